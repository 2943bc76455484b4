"""What does it send? Places and numbers of an endpoint's messages, for whoever may see them, and never a value."""

import base64
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..models.exchange import endpoint_survey
from .common import InteropCase

TABLES = ("interop_survey", "interop_survey_place", "interop_survey_code")


@tagged("post_install", "-at_install")
class TestSurvey(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = new_test_user(
            cls.env, "survey-operator", groups="healthcare_interop.group_operator"
        )

    def look(self, endpoint=None, user=None, **values):
        """The survey that the dialog's button makes, and what it opens."""
        survey = (
            self.env["interop.survey"]
            .with_user(user or self.operator)
            .create({"endpoint_id": (endpoint or self.endpoint).id, **values})
        )
        return survey, survey.action_look()

    def fates(self, survey):
        return {row.place: row.fate for row in survey.place_ids}

    def words(self):
        """Everything that the tables of surveys hold, as text."""
        self.env.flush_all()
        found = []
        for table in TABLES:
            self.env.cr.execute(SQL("SELECT t::text FROM %s t", SQL.identifier(table)))
            found += [row[0] for row in self.env.cr.fetchall()]
        return "\n".join(found)

    def send_patients(self):
        self.send(
            self.party("N-4711", name={"family": "Dorfmeister"}, diagnosis="Gout", shoe_size=43),
            self.party("N-4712", name={"family": "Dorfmeister"}),
        )

    def test_the_last_messages_are_counted_by_what_becomes_of_their_places(self):
        self.send_patients()
        survey, action = self.look()
        self.assertEqual((survey.documents, survey.skipped), (2, 0))
        found = self.fates(survey)
        self.assertEqual(found["name.family"], "read")
        self.assertEqual((found["diagnosis"], found["shoe_size"]), ("never", "dropped"))
        rows = {row.place: row for row in survey.place_ids}
        self.assertEqual((rows["name.family"].messages, rows["shoe_size"].messages), (2, 1))
        self.assertIn("party.name", rows["name.family"].read_by)
        self.assertEqual(action["domain"], [("survey_id", "=", survey.id)])
        self.assertEqual(action["name"], "Test json, messages: 2")
        self.assertEqual(
            self.env["interop.survey.place"].with_user(self.operator).search(action["domain"]),
            survey.place_ids,
        )

    def test_nothing_of_what_was_said_is_in_the_survey(self):
        self.send_patients()
        self.look()
        self.receive(self.hl7(key="N-4713", name="Grubenhofer^Resi"), self.endpoints["hl7v2"])
        self.look(self.endpoints["hl7v2"])
        sample = self.hl7(key="N-4714", name="Unterthurner^Veit").decode() + "ZPI|Nockherberg\r"
        self.look(self.endpoints["hl7v2"], subject="sample", sample=sample)
        words = self.words()
        self.assertIn("PID-5", words)
        self.assertIn("ZPI-1", words)
        for value in (
            "Dorfmeister",
            "Gout",
            "N-471",
            "Grubenhofer",
            "Resi",
            "Unterthurner",
            "Veit",
            "Nockherberg",
        ):
            self.assertNotIn(value, words)

    def test_a_sample_tells_what_stored_messages_no_longer_have_and_is_not_kept(self):
        body = json.dumps(self.party("1", name="Nora", patient={"dob": "1934-06-09"}))
        survey, _action = self.look(subject="sample", sample=body)
        (row,) = survey.place_ids.filtered(lambda one: one.place == "patient.dob")
        self.assertEqual((row.fate, row.hints), ("dropped", "party.birth_date"))
        survey.invalidate_recordset()
        self.assertFalse(survey.sample)
        coded = base64.b64encode(body.encode())
        survey, _action = self.look(subject="sample", file=coded)
        self.assertIn("patient.dob", self.fates(survey))
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'interop_survey'"
        )
        self.assertFalse({"sample", "file"} & {row[0] for row in self.env.cr.fetchall()})

    def test_rubbish_is_counted_or_refused_in_words(self):
        good = json.dumps(self.party("1", name="Nora"))
        survey, _action = self.look(subject="sample", sample=f"{good}\nno json at all")
        self.assertEqual((survey.documents, survey.skipped), (1, 1))
        for values in (
            {"subject": "sample", "sample": "no json at all"},
            {"subject": "sample"},
            {"subject": "sample", "file": "%%%"},
            {},
        ):
            with self.assertRaises(UserError):
                self.look(**values)
        for most in (0, 1001):
            with self.assertRaises(ValidationError):
                self.look(most=most)

    def test_messages_whose_content_is_gone_are_told_apart(self):
        self.send_patients()
        message = self.env["interop.message"].search(
            [("endpoint_id", "=", self.endpoint.id)], limit=1
        )
        self.env.cr.execute(SQL("DELETE FROM interop_payload WHERE message_id = %s", message.id))
        survey, _action = self.look()
        self.assertEqual((survey.documents, survey.skipped), (1, 1))

    def test_only_the_newest_are_looked_at(self):
        self.send_patients()
        survey, _action = self.look(most=1)
        self.assertEqual(survey.documents, 1)

    def test_large_messages_are_read_one_by_one_and_not_without_end(self):
        place = "odoo.addons.healthcare_interop.models.exchange.endpoint_survey"
        self.assertEqual(list(endpoint_survey._portions([])), [])
        with patch(f"{place}.PORTION_BYTES", 10), patch(f"{place}.MOST_BYTES", 30):
            for sizes, expected in (
                ((4, 4, 4), [[0, 1], [2]]),
                ((40, 1), [[0]]),
                ((20, 9, 9), [[0], [1]]),
            ):
                found = endpoint_survey._portions(list(enumerate(sizes)))
                self.assertEqual(list(found), expected)
        with patch(f"{place}.PORTION", 2):
            found = endpoint_survey._portions([(number, 1) for number in range(5)])
            self.assertEqual(list(found), [[0, 1], [2, 3], [4]])
        self.send_patients()
        with patch(f"{place}.MOST_BYTES", 1):
            survey, _action = self.look()
        self.assertEqual(survey.documents, 1)

    def test_codes_are_counted_and_not_told_where_the_contract_is_strict(self):
        rule = {"target": "gender", "source": "sex", "transform": "code", "concept_map": "gender"}
        mapping = self.env["interop.mapping"].search([("name", "=", "test party")])
        mapping.write({"rule_ids": [(0, 0, rule)]})
        mapping._go_live()
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        attribute = self.env["interop.contract.attribute"].create(
            {
                "contract_id": contract.id,
                "path": "sex",
                "purpose": "tests",
                "data_class": "confidential",
            }
        )
        contract._go_live()
        self.send(self.party("1", sex="QQ"), self.party("2", sex="F"))
        survey, _action = self.look()
        (row,) = survey.code_ids
        self.assertEqual((row.source, row.codes, row.untranslated, row.shown), ("sex", 2, 1, ""))
        self.assertNotIn("QQ", self.words())
        attribute.data_class = "internal"
        contract._go_live()
        survey, _action = self.look()
        self.assertEqual((survey.code_ids.shown, survey.code_ids.known), ("QQ ×1", "F ×1"))
        place = survey.place_ids.with_context(survey_id=survey.id)[:1]
        self.assertEqual(place.action_open_codes()["domain"], [("survey_id", "=", survey.id)])

    def test_a_survey_is_its_maker_s_and_takes_no_right_to_read_content(self):
        self.send_patients()
        self.assertFalse(self.operator.has_group("healthcare_interop.group_payload_reader"))
        survey, _action = self.look()
        other = new_test_user(self.env, "survey-other", groups="healthcare_interop.group_operator")
        self.assertFalse(self.env["interop.survey.place"].with_user(other).search([]))
        with self.assertRaises(AccessError):
            survey.with_user(other).read(["documents"])
        viewer = new_test_user(self.env, "survey-viewer", groups="healthcare_interop.group_viewer")
        with self.assertRaises(AccessError):
            self.look(user=viewer)

    def test_messages_of_another_company_are_not_counted(self):
        self.send_patients()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "survey-stranger",
            groups="healthcare_interop.group_operator",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self.look(user=stranger)

    def drafted(self, chosen):
        action = chosen.action_draft_mapping()
        if action.get("res_id"):
            return self.env["interop.mapping"].browse(action["res_id"])
        return self.env["interop.mapping"].search(action["domain"])

    def test_chosen_places_become_a_draft_that_does_nothing(self):
        body = json.dumps(self.party("1", kind="thing", dob="1934-06-09", sex="F", xyz=1))
        administrator = new_test_user(
            self.env, "survey-administrator", groups="healthcare_interop.group_administrator"
        )
        survey, _action = self.look(user=administrator, subject="sample", sample=body)
        chosen = survey.place_ids.filtered("hints")
        made = self.drafted(chosen)
        self.assertFalse(made.active_version_id)
        mappings = self.env["interop.mapping"]
        acting = [record for _mapping, record in mappings._chosen_for(self.system.id)]
        self.assertFalse(made & mappings.concat(*acting), "it maps nothing yet")
        self.assertEqual(made.system_id, self.system)
        self.assertEqual(made.name, "test.thing.updated.v1: Patients and parties")
        rules = {rule.source: rule for rule in made.rule_ids}
        self.assertEqual((rules["dob"].target, rules["sex"].target), ("birth_date", "gender"))
        self.assertEqual(rules["dob"].transform, "json.date")
        with self.assertRaises(UserError):
            (survey.place_ids - chosen).action_draft_mapping()
        with self.assertRaises(AccessError):
            chosen.with_user(self.operator).action_draft_mapping()

    def test_a_draft_of_hl7_follows_a_mapping_of_such_messages_also_an_archived_one(self):
        pattern = self.env["interop.mapping"].search([("name", "=", "test hl7")])
        pattern.active = False
        survey, _action = self.look(
            self.endpoints["hl7v2"],
            user=self.env.user,
            subject="sample",
            sample=self.hl7().decode(),
        )
        (name,) = survey.place_ids.filtered(lambda row: row.place == "PID-5")
        self.assertEqual((name.fate, name.hints.split(", ")[0]), ("kept", "party.name"))
        made = self.drafted(name)
        self.assertEqual(
            (made.entity, made.documents, made.event, made.version_path),
            ("party", "ZZT^Z01", "updated", "MSH-7"),
        )
        self.assertEqual((made.rule_ids.source, made.rule_ids.transform), ("PID-5", "hl7.name"))

    def test_drafts_of_other_documents_do_not_act_in_the_place_of_the_first(self):
        names = set()
        for kind in ("XXX^Y98", "XXX^Y99"):
            survey, _action = self.look(
                self.endpoints["hl7v2"],
                user=self.env.user,
                subject="sample",
                sample=self.hl7(kind=kind).decode(),
            )
            chosen = survey.place_ids.filtered(lambda row: row.place == "PID-5")
            made = self.drafted(chosen)._go_live()
            names.add(made.name)
            self.assertIn("name", made.rule_ids.mapped("target"))
        self.assertEqual(len(names), 2)

    def test_the_codes_of_a_sample_may_be_given_a_meaning_before_any_message_came(self):
        rule = {"target": "gender", "source": "sex", "transform": "code", "concept_map": "gender"}
        mapping = self.env["interop.mapping"].search([("name", "=", "test party")])
        mapping.write({"rule_ids": [(0, 0, rule)]})
        mapping._go_live()
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        self.env["interop.contract.attribute"].create(
            {
                "contract_id": contract.id,
                "path": "sex",
                "purpose": "tests",
                "data_class": "internal",
            }
        )
        contract._go_live()
        body = json.dumps(self.party("1", sex="QQ"))
        survey, _action = self.look(subject="sample", sample=body)
        codes = survey.code_ids.browse().with_context(survey_id=survey.id)
        action = codes.with_user(self.operator).action_translate()
        listed = self.env["interop.untranslated"].search(action["domain"])
        self.assertEqual((listed.source_code, listed.count), ("QQ", 0))
        self.assertIn("female, male", listed.meanings)
        codes.with_user(self.operator).action_translate()
        self.assertEqual(self.env["interop.untranslated"].search(action["domain"]), listed)
        listed.target_code = "other"
        listed.action_translate()
        survey, _action = self.look(subject="sample", sample=body)
        self.assertEqual((survey.code_ids.codes, survey.code_ids.untranslated), (1, 0))
        with self.assertRaisesRegex(UserError, "may be shown"):
            codes.with_context(survey_id=survey.id).with_user(self.operator).action_translate()

    def test_codes_of_several_senders_get_their_meaning_by_sender(self):
        other = self.env["interop.system"].create({"name": "Other", "code": "t-other"})
        for value, system in (("a", self.system), ("b", other)):
            self.env["interop.endpoint.source"].create(
                {"endpoint_id": self.endpoint.id, "value": value, "system_id": system.id}
            )
        survey = self.env["interop.survey"].create({"endpoint_id": self.endpoint.id})
        codes = survey.code_ids.with_context(survey_id=survey.id)
        with self.assertRaisesRegex(UserError, "Several systems"):
            codes.action_translate()

    def test_the_button_of_an_endpoint_opens_the_dialog(self):
        action = self.endpoint.with_user(self.operator).action_survey()
        self.assertEqual(
            (action["res_model"], action["context"]["default_endpoint_id"]),
            ("interop.survey", self.endpoint.id),
        )
