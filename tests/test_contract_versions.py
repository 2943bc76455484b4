"""Versions of a contract: published with the number that their changes ask for, in use, brought back, ended."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ..core.compatibility import BREAKING
from .common import InteropCase

DAY = timedelta(days=1)
OBJECT = {"type": "object", "properties": {"name": {"type": "string"}}}


class ContractCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env, "contract-administrator", groups="healthcare_interop.group_administrator"
        )
        cls.operator = new_test_user(
            cls.env, "contract-operator", groups="healthcare_interop.group_operator"
        )
        cls.contract = cls.env["interop.contract"].search([("name", "=", "test json")])
        cls.first = cls.contract.active_version_id

    def allow(self, *paths):
        self.contract.attribute_ids = [(0, 0, {"path": path, "purpose": "tests"}) for path in paths]

    def named(self, key, number="1.0"):
        schema = f"https://x.org/odoo/interop/v1/schemas/{self.contract.code}/{number}"
        return {**self.party(key), "specversion": "1.0", "dataschema": schema}

    def forbid(self, *paths):
        self.contract.attribute_ids.filtered(lambda line: line.path in paths).unlink()

    def publish(self, **values):
        """By the dialog."""
        action = self.contract.with_user(self.administrator).action_publish()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.administrator)
            .with_context(**action["context"])
        )
        form.note = "test"
        for name, value in values.items():
            form[name] = value
        wizard = form.save()
        wizard.action_publish()
        return self.contract.version_ids.sorted("id")[-1:]

    def with_schema(self, schema):
        self.contract.schema = json.dumps(schema)
        return self.contract._publish("schema")


@tagged("post_install", "-at_install")
class TestPublishing(ContractCase):
    def test_what_is_shipped_is_in_use_and_known_by_a_code(self):
        shipped = self.env["interop.contract"]._shipped()
        self.assertGreater(len(shipped), 50)
        self.assertEqual(set(shipped.mapped("version")), {"1.0"})
        self.assertEqual(shipped.version_ids.mapped("is_shipped"), [True] * len(shipped))
        patient = self.env.ref("healthcare_interop.contract_fhir_patient")
        self.assertEqual(patient.code, "fhir-patient")
        self.assertFalse(shipped.filtered("is_changed"))

    def test_a_change_acts_when_it_is_published(self):
        self.allow("nick")
        self.assertEqual((self.contract.change_count, self.contract.is_changed), (1, True))
        self.assertIn(
            self.contract, self.contract.search([("is_changed", "=", True)]), "and is found"
        )
        self.send(self.party("1", nick="J"))
        [row] = self.env["interop.message"].search([], limit=1)
        self.assertIn("nick", row.dropped)
        version = self.publish()
        self.assertEqual((version.number, version.note), ("1.1", "test"))
        self.assertIn("Version 1.1 published: test", self.contract.message_ids[0].body)
        self.assertEqual(self.contract.active_version_id, version)
        self.assertFalse(self.contract.is_changed)
        self.send(self.party("2", nick="J"))
        [row] = self.env["interop.message"].search([], limit=1)
        self.assertEqual((row.dropped, row.contract_version_id), (False, version))

    def test_what_breaks_needs_a_new_major_version(self):
        self.forbid("name")
        with self.assertRaisesRegex(UserError, r"Attribute · name · removed"):
            self.publish(number="1.1")
        with self.assertRaisesRegex(UserError, "1.1 does"):
            self.publish(number="1.7")
        with self.assertRaisesRegex(UserError, "does not come next"):
            self.publish(number="two")
        version = self.publish()
        self.assertEqual(version.number, "2.0")
        self.assertIn("Attribute · name · removed", version.change_text)
        self.assertEqual(self.first.status, "active", "senders may go on naming it")

    def test_the_dialog_lists_what_differs(self):
        self.forbid("name")
        self.allow("nick")
        action = self.contract.action_publish()
        wizard = self.env[action["res_model"]].create(
            {"contract_id": self.contract.id, "note": "x"}
        )
        self.assertEqual((wizard.number, wizard.verdict), ("2.0", BREAKING))
        self.assertEqual(
            [(one.verdict, one.place) for one in wizard.difference_ids],
            [("breaking", "name"), ("backward", "nick")],
        )

    def test_there_has_to_be_something_to_publish(self):
        with self.assertRaisesRegex(UserError, "Nothing has changed"):
            self.contract._publish("again")
        self.allow("nick")
        self.contract.action_back_to_active()
        self.assertFalse(self.contract.is_changed)
        self.assertNotIn("nick", self.contract.attribute_ids.mapped("path"))

    def test_back_restores_every_member_and_the_schema(self):
        self.with_schema(OBJECT)
        line = self.contract.attribute_ids.filtered(lambda one: one.path == "name")
        line.write({"data_class": "public", "purpose": "changed"})
        self.forbid("address")
        self.contract.write({"schema": False, "document": "else.v1"})
        self.contract.action_back_to_active()
        self.assertEqual(self.contract._definition(), self.contract.active_version_id._to_core())
        self.assertEqual((line.data_class, line.purpose or ""), ("confidential", "tests"))

    def test_one_press_brings_a_version_back(self):
        self.forbid("name")
        second = self.publish()
        self.first.with_user(self.administrator).action_use()
        self.assertEqual(self.contract.active_version_id, self.first)
        self.send(self.party("1", name="Jane"))
        [row] = self.env["interop.message"].search([], limit=1)
        self.assertEqual((row.contract_version_id, row.dropped), (self.first, False))
        self.assertIn("Back to version 1.0", self.contract.message_ids[0].body)
        self.assertTrue(second.out_of_use_at)
        with self.assertRaisesRegex(UserError, "in use already"):
            self.first.action_use()
        with self.assertRaises(AccessError):
            second.with_user(self.operator).action_use()

    def test_a_draft_is_followed_by_nobody_until_it_is_put_in_use(self):
        self.allow("nick")
        draft = self.publish(status="draft")
        self.assertEqual((draft.status, draft.number), ("draft", "1.1"))
        self.assertEqual(self.contract.active_version_id, self.first)
        draft.action_use()
        self.assertEqual((draft.status, self.contract.version), ("active", "1.1"))

    def test_allowing_a_place_publishes_it_and_nothing_else(self):
        self.allow("waits")
        kind = "test.thing.updated.v1"
        self.contract._allow("json", [("at.once", [kind], "internal", "to see it", None)])
        version = self.contract.active_version_id
        self.assertEqual(version.number, "1.1")
        self.assertIn("to see it", version.note)
        paths = [one.path for one in version._to_core().contract.attributes]
        self.assertIn("at.once", paths)
        self.assertNotIn("waits", paths)
        self.assertTrue(self.contract.is_changed)

    def test_versions_never_change_and_never_go(self):
        with self.assertRaises(AccessError):
            self.first.with_user(self.administrator).write({"status": "retired"})
        with self.assertRaises(UserError):
            self.first.write({"definition": "{}"})
        with self.assertRaises(UserError):
            self.first.write({"number": "9.0"})
        with self.assertRaises(UserError):
            self.first.unlink()
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.contract.unlink()
        with self.assertRaisesRegex(UserError, "never changes"):
            self.contract.code = "another"

    def test_rubbish_for_a_schema_is_told_when_it_is_saved(self):
        for text in ("{", '{"type":"text"}', '{"$ref":"http://127.0.0.1:1/"}', "{" + " " * 300_000):
            with self.subTest(text[:30]), self.assertRaises(ValidationError):
                self.contract.schema = text
        hl7 = self.env["interop.contract"].search([("name", "=", "test hl7v2")])
        with self.assertRaisesRegex(ValidationError, "HL7 v2"):
            hl7.schema = "{}"

    def test_a_half_written_schema_is_told_when_it_is_saved_with_its_place(self):
        form = Form(self.contract.with_user(self.administrator))
        form.schema = '{"properties": {"name": {"type": "text"}}}'
        self.assertTrue(form.is_changed)
        with self.assertRaisesRegex(ValidationError, r"Look at properties\.name\.type\."):
            form.save()
        form.schema = '{"type": "object"'
        with self.assertRaisesRegex(ValidationError, r"Look at line 1 column 18\."):
            form.save()
        form.schema = '{"type": "object"}'
        form.save()
        self.assertEqual(self.contract.change_count, 1)

    def test_a_version_opens_on_a_page_of_its_own(self):
        action = self.first.with_user(self.operator).action_open()
        self.assertEqual((action["res_model"], action["res_id"]), (self.first._name, self.first.id))
        self.assertNotIn("target", action)

    def test_codes_are_told_apart(self):
        made = self.env["interop.contract"].create(
            [{"name": "Näme x", "format": "json", "document": f"k{number}"} for number in (1, 2)]
        )
        self.assertEqual(made.mapped("code"), ["n-me-x", "n-me-x-2"])
        with self.assertRaises(ValidationError):
            made[0].code = "no/slash"

    def test_an_upgrade_makes_a_version_unless_people_have_made_one(self):
        shipped = self.env.ref("healthcare_interop.contract_json_party")
        other = self.env.ref("healthcare_interop.contract_json_product")
        for contract in (shipped, other):
            contract.attribute_ids = [(0, 0, {"path": "nick", "purpose": "tests"})]
        other._publish("ours")
        other.attribute_ids.filtered(lambda one: one.path == "nick").unlink()
        self.env["interop.contract"]._keep_shipped()
        self.assertEqual((shipped.version, shipped.active_version_id.is_shipped), ("1.1", True))
        self.assertEqual((other.version, other.is_changed), ("1.1", True))
        self.env["interop.contract"]._keep_shipped()
        self.assertEqual(len(shipped.version_ids), 2, "once")

    def test_what_was_in_force_before_there_were_versions_stays_so(self):
        made = self.env["interop.contract"].create(
            {"name": "old", "format": "json", "document": "old.v1"}
        )
        self.env.cr.execute("UPDATE interop_contract SET code = NULL WHERE id = %s", (made.id,))
        self.env.invalidate_all()
        self.env["interop.contract"]._keep_shipped()
        self.assertEqual((made.code, made.version), ("old", "1.0"))
        self.assertFalse(made.active_version_id.is_shipped)

    def test_an_upgrade_publishes_nothing_that_nobody_has_published(self):
        made = self.env["interop.contract"].create(
            {"name": "ours", "format": "json", "document": "ours.v1"}
        )
        self.env["interop.contract"]._keep_shipped()
        self.assertFalse(made.version_ids)
        self.assertFalse(made.active_version_id)

    def test_everything_is_on_record(self):
        self.forbid("name")
        second = self.publish()
        self.first._deprecate(fields.Datetime.now() + 60 * DAY, "change over")
        self.first._retire("done")
        self.first.action_use()
        entries = self.env["interop.audit.entry"].search(
            [("res_model", "=", "interop.contract.version"), ("res_id", "=", self.first.id)]
        )
        told = [(one.action, one.details) for one in entries.sorted("id")]
        statuses = [json.loads(details)["status"] for _, details in told if '"status"' in details]
        self.assertIn(["active", "deprecated"], statuses)
        self.assertIn(["deprecated", "retired"], statuses)
        self.assertIn(("approved", '{"version":["2.0","1.0"]}'), told)
        made = self.env["interop.audit.entry"].search(
            [("res_model", "=", "interop.contract.version"), ("res_id", "=", second.id)]
        )
        self.assertIn("created", made.mapped("action"))
        self.assertNotIn('"definition"', "".join(made.mapped("details")))


@tagged("post_install", "-at_install")
class TestEnding(ContractCase):
    def setUp(self):
        super().setUp()
        self.forbid("name")
        self.second = self.publish()

    def end(self, decision, **values):
        action = getattr(self.first.with_user(self.administrator), f"action_{decision}")()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.administrator)
            .with_context(**action["context"])
        )
        form.reason = "test"
        for name, value in values.items():
            form[name] = value
        wizard = form.save()
        told = wizard.count, wizard.sender_ids.system_id
        wizard.action_end()
        return told

    def test_who_still_names_a_version_is_counted(self):
        for key in ("1", "2"):
            answer = self.receive(self.named(key), self.endpoints["cloudevents"])
            self.assertEqual(answer.status, 202, answer.body)
        self.send(self.party("3"))
        self.env.flush_all()
        [sender] = self.first._senders()
        self.assertEqual((sender.system_id, sender.count), (self.system, 2))
        [sender] = self.second._senders()
        self.assertEqual(sender.count, 1)
        self.assertEqual(
            self.end("deprecate", sunset_at=fields.Datetime.now() + 90 * DAY), (2, self.system)
        )
        self.assertEqual(self.first.status, "deprecated")
        self.end("retire")
        self.assertEqual((self.first.status, bool(self.first.retired_at)), ("retired", True))
        with self.assertRaisesRegex(UserError, "already"):
            self.first._retire("again")

    def test_the_version_in_use_is_not_ended(self):
        for end in (self.second._retire, lambda why: self.second._deprecate(False, why)):
            with self.assertRaisesRegex(UserError, "is in use"):
                end("x")
        with self.assertRaisesRegex(UserError, "still to come"):
            self.end("deprecate", sunset_at=fields.Datetime.now() - DAY)
        with self.assertRaises(AccessError):
            self.first.with_user(self.operator)._retire("x")

    def test_the_owner_is_reminded_three_times_and_no_more(self):
        self.contract.user_id = self.administrator
        versions = self.env["interop.contract.version"]
        now = fields.Datetime.now()
        for left, told in ((40, 0), (29, 30), (20, 30), (6, 7), (0.5, 1), (-1, 1)):
            self.first.sudo().write(
                {"status": "deprecated", "sunset_at": now + left * DAY, "deprecated_at": now}
                if left == 40
                else {}
            )
            self.env.cr.execute(
                "UPDATE interop_contract_version SET sunset_at = %s WHERE id = %s",
                (now + left * DAY, self.first.id),
            )
            self.env.invalidate_all()
            versions._cron_sunsets()
            self.assertEqual(self.first.reminded_days, told, left)
            self.assertEqual(len(self.first.activity_ids), bool(told))
        self.assertEqual(self.first.activity_ids.user_id, self.administrator)
        self.first._retire("done")
        self.assertFalse(self.first.activity_ids)

    def test_without_an_owner_an_administrator_is_reminded(self):
        self.contract.user_id = False
        self.first._deprecate(fields.Datetime.now() + 5 * DAY, "x")
        self.env["interop.contract.version"]._cron_sunsets()
        user = self.first.activity_ids.user_id
        self.assertTrue(user.has_group("healthcare_interop.group_administrator"))

    def test_any_two_versions_are_compared(self):
        action = self.first.with_user(self.operator).action_compare()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.operator)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((wizard.old_id, wizard.new_id), (self.second, self.first))
        self.assertEqual(wizard.verdict, "backward")
        self.assertEqual(wizard.difference_ids.mapped("place"), ["name"])
        wizard.write({"old_id": self.first.id, "new_id": self.second.id})
        self.assertEqual(wizard.verdict, "breaking")
        self.allow("nick")
        wizard.write({"old_id": self.second.id, "new_id": False})
        self.assertEqual(wizard.difference_ids.mapped("place"), ["nick"])
        wizard.new_id = self.second
        self.assertEqual((wizard.verdict, len(wizard.difference_ids)), ("same", 0))


@tagged("post_install", "-at_install")
class TestAtOnce(TransactionCase):
    def connection(self):
        """The contract on a connection of its own, of which nothing stays."""
        cr = self.enterContext(self.registry.cursor())
        self.assertIsNot(cr._cnx, self.env.cr._cnx)
        self.addCleanup(cr.rollback)
        self.addCleanup(cr.postcommit.clear)
        return self.env(cr=cr).ref("healthcare_interop.contract_json_party")

    def test_of_two_who_publish_at_once_one_makes_a_version(self):
        first, second = self.connection(), self.connection()
        self.assertEqual(first.version, second.version)
        first.attribute_ids = [(0, 0, {"path": "nick", "purpose": "tests"})]
        first._publish("first")
        with self.assertRaises(LockError):
            second._publish("second")
        self.assertEqual(first.version, "1.1")
