"""The workbench's questions to the server: what a sample gives under rules that are nowhere stored."""

import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_mapping_profiles import ProfileCase


@tagged("post_install", "-at_install")
class TestWorkbench(ProfileCase):
    def setUp(self):
        super().setUp()
        self.sample = json.dumps(
            self.party("W1", name="Wendy Bench", diagnosis="Gout", shoe_size="44")
        )

    def rules(self, mapping=None, **changes):
        """The rules as the screen has them; ``changes``: by target."""
        rules = (mapping or self.profile).workbench_load()["rules"]
        for rule in rules:
            rule.update(changes.get(rule["target"], {}))
        return rules

    def attempt(self, rules, sample=None, mapping=None, **said):
        sample = self.sample if sample is None else sample
        return (mapping or self.profile).workbench_try(sample, rules, **said)

    @staticmethod
    def said(answer):
        [fact] = answer["facts"]
        return {one["name"]: one for one in fact["says"]}

    def test_what_each_rule_gives_stands_beside_it(self):
        rules = self.rules()
        [fact] = self.attempt(rules)["facts"]
        given = {
            rule["target"]: one["text"] for rule, one in zip(rules, fact["rules"], strict=True)
        }
        self.assertIn("Wendy Bench", given["name"])
        self.assertEqual(given["address"], "")
        self.assertEqual((fact["subject"], fact["error"]), ("party/MRN|W1", ""))

    def test_a_change_is_tried_and_stored_nowhere(self):
        before = self.profile._definition()
        answer = self.attempt(self.rules(name={"source": "nowhere", "required": True}))
        self.assertTrue(self.said(answer)["name"]["is_missing"])
        [fact] = answer["facts"]
        self.assertEqual((fact["error"], fact["place"]), ("required", "nowhere"))
        self.assertEqual(self.profile._definition(), before)
        self.env.cr.execute("SELECT count(*) FROM interop_mapping_test")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_the_sample_is_told_place_by_place_with_why_it_is_dropped(self):
        places = {one["path"]: one for one in self.attempt(self.rules())["places"]}
        self.assertEqual(places["name"]["dropped"], "")
        self.assertEqual(places["diagnosis"]["dropped"], "never")
        self.assertEqual(places["shoe_size"]["dropped"], "contract")

    def allowed(self, place, **said):
        values = place["allow"] | {"purpose": "to send shoes"} | said
        wizard = self.env["interop.allow.place"].create(values)
        wizard.action_allow()
        return wizard

    def test_a_place_that_no_contract_allows_can_be_allowed(self):
        places = {one["path"]: one for one in self.attempt(self.rules())["places"]}
        self.assertEqual(({}, {}), (places["name"]["allow"], places["diagnosis"]["allow"]))
        wizard = self.allowed(places["shoe_size"])
        row = wizard.contract_id.attribute_ids.filtered(lambda one: one.path == "shoe_size")
        self.assertEqual(("confidential", "to send shoes"), (row.data_class, row.purpose))
        self.assertIn("shoe_size", wizard.contract_id.message_ids[:1].body)
        places = {one["path"]: one for one in self.attempt(self.rules())["places"]}
        self.assertEqual("", places["shoe_size"]["dropped"])
        with self.assertRaises(UserError):
            wizard.action_allow()

    def test_a_place_within_a_bundle_is_one_of_its_resource(self):
        patient = {"resourceType": "Patient", "id": "1", "contact": [{"name": {"text": "a"}}]}
        patient["photo"] = [{"title": "b"}]
        patient["identifier"] = [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "c"}]
        bundle = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [{"resource": patient, "request": {"method": "POST", "url": "Patient"}}],
        }
        mapping = self.env["interop.mapping"].search([("format", "=", "fhir")], limit=1)
        answer = self.attempt(self.rules(mapping), json.dumps(bundle), mapping)
        places = {one["value"]: one for one in answer["places"]}
        self.assertEqual(
            {"format": "fhir", "kind": "Patient", "path": "contact.name.text"},
            places["a"]["allow"],
        )
        self.assertEqual("Patient.contact", places["a"]["group"])
        self.assertEqual("Patient.identifier (Identifier)", places["c"]["group"])
        for value in ("b", "c"):
            self.assertEqual(("never", {}), (places[value]["dropped"], places[value]["allow"]))

    def test_where_no_contract_is_for_the_documents_a_new_one_is_made(self):
        place = {"allow": {"format": "hl7v2", "kind": "ZZZ^Z01", "path": "ZAA-3"}}
        wizard = self.allowed(place, purpose="stock")
        self.assertFalse(wizard.contract_ids)
        made = self.env["interop.contract"].search([("document", "=", "ZZZ^Z01")])
        self.assertEqual(["ZAA-3"], made.attribute_ids.mapped("path"))

    def test_only_administrators_allow(self):
        operator = new_test_user(self.env, "x-op", groups="healthcare_interop.group_operator")
        with self.assertRaises(AccessError):
            self.env["interop.allow.place"].with_user(operator).create(
                {"format": "hl7v2", "kind": "ADT^A01", "path": "PID-99", "purpose": "x"}
            )

    def test_hl7_has_the_standards_names(self):
        mapping = self.env["interop.mapping"].search([("name", "=", "test hl7")])
        sample = self.hl7().decode() + "DG1|1||I10\r"
        answer = self.attempt(self.rules(mapping), sample, mapping)
        places = {one["path"]: one for one in answer["places"]}
        self.assertEqual(places["PID-3"]["name"], "Patient identifier list")
        self.assertEqual(places["PID-3"]["group"], "PID Patient identification")
        self.assertEqual(places["DG1-3"]["dropped"], "never")
        self.assertEqual(len(answer["facts"]), 1)

    def test_a_repetition_that_is_never_stored_can_not_be_allowed(self):
        mapping = self.env["interop.mapping"].search([("name", "=", "test hl7")])
        sample = self.hl7(key="B7").decode().replace("B7^", "123-45-6789^^^USSSA^SS~B7^", 1)
        places = self.attempt(self.rules(mapping), sample, mapping)["places"]
        kept, never = [one for one in places if one["path"] == "PID-3"]
        self.assertEqual(("", {}), (kept["dropped"], kept["allow"]))
        self.assertNotIn("6789", kept["value"])
        self.assertEqual(("never", {}), (never["dropped"], never["allow"]))
        self.assertEqual("123-45-6789^^^USSSA^SS", never["value"])

    def test_rules_that_do_not_act_have_nothing_beside_them(self):
        self.effective("address").unlink()
        rules = [*self.rules(self.own), {"target": "", "source": "x"}]
        [fact] = self.attempt(rules, mapping=self.own)["facts"]
        self.assertEqual(len(fact["rules"]), len(rules))
        given = dict(zip([rule["target"] for rule in rules], fact["rules"], strict=True))
        self.assertIn("Wendy", given["name"]["text"])
        self.assertEqual(given["address"], {"text": "", "error": "", "unknown": ()})

    def test_rubbish_is_told_and_never_raised(self):
        for sample in ("no json", "[]", "{", "", '{"type": "other"}', "MSH|"):
            with self.subTest(sample):
                self.assertEqual(self.attempt(self.rules(), sample)["facts"], [])
        for wrong in ({"target": "nonsense"}, {"transform": "magic"}, {"source": "a b["}):
            answer = self.attempt(self.rules(name=wrong))
            with self.subTest(wrong):
                self.assertTrue(answer["error"])
                self.assertTrue(answer["places"], "the sample can be read all the same")

    def test_cloudevents_are_known_by_themselves(self):
        sample = json.dumps({**json.loads(self.sample), "specversion": "1.0"})
        self.assertEqual(len(self.attempt(self.rules(), sample)["facts"]), 1)

    def test_saving_a_plain_mapping(self):
        rules = self.rules(name={"source": "name.text"})
        gone = [rule["id"] for rule in rules if rule["target"] == "address"]
        rules = [rule for rule in rules if rule["target"] != "address"]
        rules.append({"target": "gender", "source": "sex", "transform": "text"})
        saved = self.profile.workbench_save(rules, gone)
        self.assertEqual([rule["target"] for rule in saved][-1], "gender")
        self.assertEqual(self.rule("name").source, "name.text")
        self.assertFalse(self.rule("address"))
        self.assertTrue(self.profile.is_changed, "it is not in use by that")

    def test_saving_an_adaptation_keeps_the_difference_only(self):
        rules = self.rules(self.own, name={"source": "name.text"})
        gone = [rule["id"] for rule in rules if rule["target"] == "address"]
        rules = [rule for rule in rules if rule["target"] != "address"]
        self.own.workbench_save(rules, gone)
        self.assertEqual(
            {rule.target: rule.is_off for rule in self.own.rule_ids},
            {"name": False, "address": True},
        )
        self.assertEqual(self.own.workbench_save(self.rules(self.own), []), self.rules(self.own))
        self.assertEqual(len(self.own.rule_ids), 2)

    def test_what_cannot_work_is_not_saved(self):
        with self.assertRaises(ValidationError):
            self.profile.workbench_save(self.rules(name={"target": "nonsense"}), [])

    def test_transforms_are_those_of_the_format_and_say_what_they_do(self):
        loaded = self.profile.workbench_load()
        names = {one["name"] for one in loaded["transforms"]}
        self.assertIn("json.name", names)
        self.assertNotIn("hl7.name", names)
        self.assertTrue(all(one["about"] for one in loaded["transforms"]))
        self.assertIn("merged_into", loaded["targets"])
        self.assertEqual(self.profile.action_open_workbench()["tag"], "interop_workbench")

    def test_only_administrators_work_there(self):
        operator = new_test_user(self.env, "bench-op", groups="healthcare_interop.group_operator")
        theirs = self.profile.with_user(operator)
        for call in (
            theirs.workbench_load,
            lambda: theirs.workbench_try(self.sample, []),
            lambda: theirs.workbench_save([], []),
        ):
            with self.assertRaises(AccessError):
                call()
