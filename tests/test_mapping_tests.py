"""Tests of mappings as records: what they find, and that a version which is against them is not put in use."""

import json

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .test_mapping_profiles import ProfileCase


@tagged("post_install", "-at_install")
class TestMappingTests(ProfileCase):
    def setUp(self):
        super().setUp()
        self.test = self.make(self.profile)
        self.test.action_take_found()

    def make(self, mapping, *, name="a name is read", **values):
        sample = {
            "type": "test.patient.updated.v1",
            "id": "1",
            "data": {"identifiers": [{"value": "T1", "system": "MRN"}], "name": "Test Person"},
        }
        return self.env["interop.mapping.test"].create(
            {"name": name, "mapping_id": mapping.id, "sample": json.dumps(sample), **values}
        )

    def test_what_it_gives_now_is_what_is_expected(self):
        self.assertEqual((self.test.result, self.test.mismatch_text), ("green", ""))
        [fact] = json.loads(self.test.expected)
        self.assertEqual(fact["subject"], "party/MRN|T1")
        self.assertEqual(fact["says"]["name"]["text"], "Test Person")
        self.assertEqual(self.test.format, "json")

    def test_a_test_that_expects_nothing_yet_is_red(self):
        test = self.make(self.profile, name="new")
        self.assertEqual(test.result, "red")
        self.assertIn("nothing is expected yet", test.mismatch_text)

    def test_a_change_makes_it_red_and_says_where(self):
        self.rule("name").source = "contacts"
        self.env.invalidate_all()
        self.assertEqual(self.test.result, "red")
        self.assertIn("fact 1, name: expected (text Test Person), found —", self.test.mismatch_text)
        self.assertEqual((self.profile.test_count, self.profile.red_count), (1, 1))

    def test_a_version_with_a_red_test_cannot_be_put_in_use(self):
        in_use = self.profile.active_version_id
        self.rule("name").source = "contacts"
        version = self.profile._propose()
        with self.assertRaisesRegex(UserError, "a name is read: fact 1, name: expected"):
            version.action_activate()
        self.assertEqual(self.profile.active_version_id, in_use)
        wizard = self.env["interop.put.in.use"].create({"mapping_id": self.profile.id})
        self.assertIn("a name is read", wizard.red_text)
        with self.assertRaises(UserError):
            wizard.action_put_in_use()
        self.rule("name").source = "name"
        self.rule("contacts").unlink()
        self.profile._go_live()
        self.assertNotEqual(self.profile.active_version_id, in_use)

    def test_what_was_in_use_comes_back_all_the_same_and_the_red_test_is_told(self):
        first = self.profile.active_version_id
        self.rule("name").source = "name.family || name"
        self.rule("name").transform = "json.name"
        self.profile._go_live()
        test = self.make(self.profile, name="later")
        test.expected = "[]"
        first.action_activate()
        self.assertEqual(self.profile.active_version_id, first)
        self.assertIn("later", self.profile.message_ids[0].body)

    def test_an_adaptation_runs_the_tests_of_what_it_adapts(self):
        self.assertEqual(self.own.test_count, 1)
        self.effective("name").unlink()
        self.env.invalidate_all()
        self.assertEqual(self.own.red_count, 1)
        with self.assertRaisesRegex(UserError, "a name is read"):
            self.own._go_live()
        self.assertEqual(self.test.result, "green", "the original is as it was")

    def test_an_adaptation_may_expect_something_else(self):
        self.effective("name").unlink()
        context = self.own.action_open_tests()["context"]
        seen = self.test.with_context(**context)
        self.assertEqual(seen.result, "red")
        action = seen.action_take_found()
        own = self.env["interop.mapping.test"].browse(action["res_id"])
        self.assertEqual((own.mapping_id, own.stands_for_id), (self.own, self.test))
        self.assertNotIn("Test Person", own.expected)
        self.assertIn("Test Person", self.test.expected, "the original's is as it was")
        self.env.invalidate_all()
        self.assertEqual((self.own.test_count, self.own.red_count), (1, 0))
        self.own._go_live()

    def test_what_the_contract_does_not_allow_is_not_there(self):
        sample = json.loads(self.test.sample)
        sample["data"]["gender"] = "male"
        self.env["interop.mapping.rule"].create(
            {
                "mapping_id": self.profile.id,
                "target": "gender",
                "source": "gender",
                "transform": "text",
            }
        )
        self.test.sample = json.dumps(sample)
        self.assertEqual(self.test.result, "green")

    def test_hl7_is_read_with_any_line_ends(self):
        mapping = self.env["interop.mapping"].search([("name", "=", "test hl7")])
        sample = self.hl7().decode().replace("\r", "\n")
        test = self.env["interop.mapping.test"].create(
            {"name": "hl7", "mapping_id": mapping.id, "sample": sample}
        )
        self.assertEqual(test.format, "hl7v2")
        test.action_take_found()
        self.assertIn("Doe", test.expected)

    def test_a_plain_object_is_given_its_type(self):
        data = json.loads(self.test.sample)["data"]
        test = self.make(self.profile, sample=json.dumps(data), kind="test.patient.x.v1")
        test.action_take_found()
        self.assertIn("party/MRN|T1", test.expected)

    def test_what_nothing_reads_may_be_expected(self):
        test = self.make(self.profile, sample='{"type": "other", "data": {}}')
        test.action_take_found()
        self.assertEqual((test.expected, test.result), ("[]", "green"))

    def test_rubbish_is_red_and_no_error(self):
        for sample in ("no json", "{", "[]", '{"type": "test.patient.a"}', "MSH|^~\\&"):
            for format_ in ("json", "cloudevents", "hl7v2", "fhir"):
                test = self.make(self.profile, sample=sample, format=format_)
                with self.subTest(sample=sample, format=format_):
                    self.assertEqual(test.result, "red")
        with self.assertRaises(UserError):
            self.make(self.profile, sample="no json").action_take_found()
        with self.assertRaises(ValidationError):
            self.test.expected = "no json"
        self.test.expected = '{"facts": 1}'
        self.assertEqual(self.test.result, "red")

    def test_red_ones_are_found(self):
        tests = self.env["interop.mapping.test"]
        mine = [("mapping_id", "=", self.profile.id)]
        self.assertEqual(tests.search([*mine, ("result", "=", "green")]), self.test)
        red = self.make(self.profile, name="red")
        self.assertEqual(tests.search([*mine, ("result", "in", ["red"])]), red)
        self.assertEqual(tests.search([*mine, ("result", "!=", "red")]), self.test)

    def test_one_is_written_in_the_form(self):
        with Form(
            self.env["interop.mapping.test"].with_context(default_mapping_id=self.profile.id)
        ) as form:
            form.name = "by hand"
            form.sample = self.test.sample
            self.assertEqual(form.result, "red")
        self.assertEqual(form.record.mapping_id, self.profile)

    def test_archived_ones_are_not_run(self):
        self.rule("name").source = "contacts"
        self.test.active = False
        self.assertEqual((self.profile.test_count, self.profile.red_count), (0, 0))
