"""What mappings read of a sender and no contract allows: listed after a survey, and allowed at once."""

import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import InteropCase

KIND = "test.thing.updated.v1"


@tagged("post_install", "-at_install")
class TestAllowRead(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env, "allow-administrator", groups="healthcare_interop.group_administrator"
        )
        cls.contract = cls.env["interop.contract"].search([("name", "=", "test json")])

    def setUp(self):
        super().setUp()
        self.draft = self.env["interop.mapping"].create(
            {
                "name": "things",
                "format": "json",
                "documents": KIND,
                "system_id": self.system.id,
                "entity": "party",
                "event": "updated",
                "rule_ids": [
                    (0, 0, {"target": target, "source": source, "transform": transform})
                    for target, source, transform in (
                        ("identifiers", "number", "json.identifiers"),
                        ("birth_date", "person.born", "json.date"),
                        ("gender", "person.ssn", "text"),
                        ("language", "speaks", "text"),
                    )
                ],
            }
        )

    def survey(self, *bodies, endpoint=None, user=None):
        bodies = bodies or (
            self.party("1", kind="thing", person={"born": "1934-06-09", "ssn": "1"}, mood="good"),
        )
        survey = (
            self.env["interop.survey"]
            .with_user(user or self.administrator)
            .create(
                {
                    "endpoint_id": (endpoint or self.endpoint).id,
                    "subject": "sample",
                    "sample": "\n".join(
                        one if isinstance(one, str) else json.dumps(one) for one in bodies
                    ),
                }
            )
        )
        survey.action_look()
        return survey

    def ask(self, survey=None):
        survey = survey or self.survey()
        places = self.env["interop.survey.place"].with_user(survey.env.user)
        action = places.with_context(survey_id=survey.id).action_allow_read()
        return self.env[action["res_model"]].with_user(survey.env.user).browse(action["res_id"])

    def lines(self, wizard):
        return {line.place: line for line in wizard.line_ids}

    def test_the_draft_s_places_are_listed_with_what_is_sent_chosen(self):
        wizard = self.ask()
        lines = self.lines(wizard)
        self.assertEqual(set(lines), {"number", "person.born", "speaks"}, "nobody reads mood")
        self.assertEqual(wizard.never, "person.ssn")
        born = lines["person.born"]
        self.assertEqual(
            (born.read_by, born.data_class, born.purpose, born.documents, born.contracts),
            ("party.birth_date", "restricted", "claims only", KIND, self.contract.name),
        )
        self.assertEqual((born.is_sent, born.is_chosen), (True, True))
        self.assertEqual((lines["speaks"].is_sent, lines["speaks"].is_chosen), (False, False))

    def test_what_is_chosen_is_allowed_at_once_and_the_draft_gives_something(self):
        wizard = self.ask()
        before = self.contract.attribute_ids
        lines = self.lines(wizard)
        lines["number"].write({"is_chosen": True, "data_class": "internal", "purpose": "who it is"})
        told = wizard.action_allow()
        self.assertIn(self.contract.name, told["params"]["message"])
        fresh = self.contract.attribute_ids - before
        self.assertEqual(
            {(row.path, row.data_class, row.purpose) for row in fresh},
            {
                ("person.born", "restricted", "claims only"),
                ("number", "internal", "who it is"),
            },
        )
        (message,) = self.contract.message_ids.filtered(lambda one: "person.born" in one.body)
        self.assertIn("number allowed: who it is", message.body)
        self.assertEqual(message.author_id, self.administrator.partner_id)
        self.assertEqual(set(self.lines(self.ask())), {"speaks"})
        self.draft._go_live()
        self.send(self.party("1", kind="thing", number="T1", person={"born": "1934-06-09"}))
        survey = self.env["interop.survey"].create({"endpoint_id": self.endpoint.id})
        survey.action_look()
        fates = {row.place: (row.fate, row.read_by) for row in survey.place_ids}
        self.assertEqual(fates["person.born"], ("read", "party.birth_date"))

    def test_as_the_browser_fills_it_in(self):
        wizard = self.ask()
        # in the order in which the browser reads them
        wizard.invalidate_recordset()
        with Form(wizard) as form:
            self.assertEqual(form.never, "person.ssn")
            places = [line.place for line in wizard.line_ids]
            with form.line_ids.edit(places.index("person.born")) as line:
                line.data_class, line.purpose = "internal", "to know how old"
            with form.line_ids.edit(places.index("speaks")) as line:
                line.is_chosen = True
                line.purpose = "which letters they read"
        wizard.action_allow()
        rows = {row.path: row for row in self.contract.attribute_ids}
        self.assertEqual(rows["person.born"].purpose, "to know how old")
        self.assertIn("speaks", rows)
        self.assertNotIn("number", rows)

    def test_contracts_list_what_can_be_listed_once_and_in_their_own_format(self):
        contracts = self.env["interop.contract"]
        rows = [
            ("a.b", ["zz.one.v1", "zz.two.v1"], "internal", "x", 0),
            ("a.b", ["zz.one.v1"], "public", "y", 0),
            ("c", ["zz.two.v1", KIND], "restricted", "z", 12),
        ]
        changed = contracts._allow("cloudevents", rows)
        made = changed - self.contract
        self.assertIn(self.contract, changed)
        self.assertEqual((made.format, made.document), ("json", "zz.one.v1 zz.two.v1"))
        self.assertEqual(
            {"a.b": ("internal", 0), "c": ("restricted", 12)},
            {row.path: (row.data_class, row.retention_days) for row in made.attribute_ids},
        )
        self.assertFalse(contracts._allow("cloudevents", rows), "all of it is listed")
        self.assertFalse(contracts._allow("json", []))
        for place in ("a b", "", "a..b"):
            with self.subTest(place), self.assertRaises(ValidationError):
                contracts._allow("json", [(place, [KIND], "internal", "x", 0)])

    def test_resources_within_a_bundle_count_by_themselves(self):
        self.draft.copy(
            {
                "name": "fhir things",
                "format": "fhir",
                "documents": "Patient",
                "rule_ids": [
                    (
                        0,
                        0,
                        {"target": "name", "source": "contact[0].name", "transform": "fhir.name"},
                    ),
                    (0, 0, {"target": "language", "source": "photo[0].title", "transform": "text"}),
                ],
            }
        )
        patient = {"resourceType": "Patient", "id": "1", "contact": [{"name": {"text": "x"}}]}
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}]}
        wizard = self.ask(self.survey(bundle, endpoint=self.endpoints["fhir"]))
        lines = self.lines(wizard)
        self.assertEqual(list(lines), ["contact.name"])
        self.assertEqual(
            (lines["contact.name"].documents, lines["contact.name"].is_sent), ("Patient", True)
        )
        self.assertEqual(wizard.never, "photo.title")

    def test_it_can_be_taken_back(self):
        self.ask().action_allow()
        row = self.contract.attribute_ids.filtered(lambda one: one.path == "person.born")
        row.with_user(self.administrator).unlink()
        self.contract.with_user(self.administrator)._publish("not needed")
        self.assertIn("person.born", self.lines(self.ask()))

    def test_what_somebody_listed_meanwhile_stays_as_it_is(self):
        first, second = self.ask(), self.ask()
        first.action_allow()
        second.line_ids.data_class = "public"
        second.action_allow()
        rows = self.contract.attribute_ids.filtered(lambda one: one.path == "person.born")
        self.assertEqual(rows.mapped("data_class"), ["restricted"])

    def test_nothing_chosen_and_no_purpose_are_asked_for_again(self):
        before = self.contract.attribute_ids
        wizard = self.ask()
        wizard.line_ids.purpose = " "
        with self.assertRaisesRegex(UserError, "person.born"):
            wizard.action_allow()
        wizard.line_ids.is_chosen = False
        with self.assertRaisesRegex(UserError, "Choose"):
            wizard.action_allow()
        self.assertEqual(self.contract.attribute_ids, before)

    def test_where_mappings_get_all_they_read_it_says_so(self):
        self.draft.rule_ids = [(5, 0, 0), (0, 0, {"target": "name", "source": "name"})]
        with self.assertRaisesRegex(UserError, "allow all"):
            self.ask()
        self.draft.rule_ids = [(0, 0, {"target": "gender", "source": "ssn", "transform": "text"})]
        with self.assertRaisesRegex(UserError, "Never stored.*ssn"):
            self.ask()

    def test_mappings_in_use_count_and_those_of_others_don_t(self):
        self.draft._go_live()
        self.assertIn("person.born", self.lines(self.ask()))
        other = self.env["interop.system"].create({"name": "Other", "code": "a-other"})
        self.draft.copy({"name": "others", "system_id": other.id})
        self.draft.active = False
        with self.assertRaisesRegex(UserError, "allow all"):
            self.ask()

    def test_a_draft_that_can_not_work_is_left_out(self):
        broken = self.draft.copy({"name": "broken"})
        self.env.cr.execute(
            "UPDATE interop_mapping_rule SET source = 'a b[' WHERE mapping_id = %s", (broken.id,)
        )
        self.env.invalidate_all()
        self.assertIn("person.born", self.lines(self.ask()))

    def test_documents_without_contract_get_a_new_one_together(self):
        kinds = ("ZZX^Z01", "ZZX^Z02")
        endpoint = self.endpoints["hl7v2"]
        mapping = self.env["interop.mapping"].search([("name", "=", "test hl7")])
        mapping.copy({"name": "zz", "documents": " ".join(kinds), "system_id": self.system.id})
        samples = [self.hl7(str(number), kind=kind).decode() for number, kind in enumerate(kinds)]
        wizard = self.ask(self.survey("".join(samples), endpoint=endpoint))
        lines = self.lines(wizard)
        self.assertEqual(lines["PID-5"].standard_name, "Patient identification: Patient name")
        self.assertEqual(
            (lines["PID-5"].contracts, lines["PID-5"].documents), ("", " ".join(kinds))
        )
        self.assertTrue(lines["PID-5"].is_chosen)
        wizard.line_ids.filtered(lambda one: not one.purpose).purpose = "test"
        wizard.action_allow()
        made = self.env["interop.contract"].search([("document", "=", " ".join(kinds))])
        self.assertEqual((made.format, made.name), ("hl7v2", "ZZX^Z01, ZZX^Z02"))
        self.assertIn("PID-5", made.attribute_ids.mapped("path"))

    def test_only_administrators_allow(self):
        operator = new_test_user(self.env, "allow-op", groups="healthcare_interop.group_operator")
        survey = self.survey(user=operator)
        with self.assertRaises(AccessError):
            self.ask(survey)
        wizard = self.ask()
        other = new_test_user(self.env, "allow-2", groups="healthcare_interop.group_administrator")
        for user in (operator, other):
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_allow()
