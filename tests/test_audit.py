"""The audit log: what it takes, what it refuses, how it is sealed."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import config

from .. import uninstall_hook
from ..core.audit import MOST_SEALED, Act, Entry, Seal
from ..core.audit_heads import head_line, read_heads
from ..core.keyring import Keyring, generate_entry
from ..models.exchange import settings
from .common_audit import AuditMixin

MODELS = ("interop.audit.entry", "interop.audit.seal")
ROLES = ("viewer", "operator", "administrator", "auditor")


class PlainAuditCase(AuditMixin, TransactionCase):
    """Without a hospital."""


@tagged("post_install", "-at_install")
class TestEntries(PlainAuditCase):
    def test_what_is_recorded_is_there_with_who_and_when(self):
        user = new_test_user(self.env, "audit-jane", groups="base.group_user")
        before = fields.Datetime.now()
        self.log.with_user(user)._record(
            [Act("changed", res_model="res.users", res_id=user.id, details={"a": [1, 2]})]
        )
        entry = self.entries()[-1]
        self.assertEqual((entry.actor, entry.actor_id), ("audit-jane", user.id))
        self.assertEqual((entry.actor_kind, entry.outcome, entry.count), ("person", "success", 1))
        self.assertEqual((entry.res_model, entry.res_id), ("res.users", user.id))
        self.assertEqual((entry.details, entry.details_words), ('{"a":[1,2]}', "a: 1 → 2"))
        self.assertGreaterEqual(entry.at, before)
        self.assertFalse(entry.seal_id)

    def test_odoo_itself_is_no_person(self):
        self.env(user=1)["interop.audit"]._record([Act("changed")])
        self.assertEqual(self.entries()[-1].actor_kind, "machine")

    def test_the_mac_covers_every_stored_column(self):
        for table, row in (("interop_audit_entry", Entry), ("interop_audit_seal", Seal)):
            self.env.cr.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,)
            )
            self.assertEqual({name for (name,) in self.env.cr.fetchall()}, set(row._fields))

    def test_a_hundred_cost_two_statements_and_calling_the_sealer(self):
        self.record()
        self.env.cr.precommit.data.clear()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.record(100)
        # newest() and ids() are the test's own
        self.assertLessEqual(self.env.cr.sql_log_count - before - 2, 4)
        before = self.env.cr.sql_log_count
        self.record(100)
        self.assertEqual(self.env.cr.sql_log_count - before - 2, 2)

    def test_rubbish_is_taken_and_verified(self):
        self.log._record(
            [
                Act("changed", res_name="a\0b\ud800", details={"x\0": "\ud800", "n": None}),
                Act("changed", details={"quote": '"\\u0000\\', "nested": {"b": [1.5, "é"]}}),
                Act("changed", res_name="x" * 100_000),
            ]
        )
        self.seal()
        self.assertEqual(self.found(), [])
        for text in ("{", "[]", "null", "1"):
            self.assertEqual(self.log._details_in_lines(text), text)

    def test_what_is_rolled_back_did_not_happen(self):
        newest = self.newest()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.record(3)
            self.assertEqual(len(self.entries(newest)), 3)
            raise ZeroDivisionError
        self.assertFalse(self.entries(newest))
        self.seal()
        self.assertEqual(self.found(), [])


@tagged("post_install", "-at_install")
class TestAppendOnly(PlainAuditCase):
    def setUp(self):
        super().setUp()
        self.record(3)
        self.seal()

    def test_the_database_refuses_whoever_comes_past_odoo(self):
        statements = [
            "UPDATE interop_audit_entry SET actor = 'x'",
            "UPDATE interop_audit_entry SET actor = 'x' WHERE FALSE",
            "DELETE FROM interop_audit_entry",
            "DELETE FROM interop_audit_entry WHERE id = (SELECT max(id) FROM interop_audit_entry)",
            "TRUNCATE interop_audit_entry",
            "TRUNCATE interop_audit_entry, interop_audit_seal CASCADE",
            "UPDATE interop_audit_seal SET head = 'x'",
            "DELETE FROM interop_audit_seal",
            "TRUNCATE interop_audit_seal",
        ]
        self.assert_refused(statements)

    def test_nobody_has_a_button_for_it_not_even_the_superuser(self):
        for model in MODELS:
            records = self.env[model].sudo().search([], limit=1)
            self.assertTrue(records)
            for act in (
                lambda records=records: records.unlink(),
                lambda records=records: records.write({"count": 2}),
                lambda records=records: records.copy(),
                lambda records=records: records.create({"count": 2}),
            ):
                with self.assertRaises(AccessError):
                    act()

    def test_callers_from_outside_only_read(self):
        for role in ROLES:
            user = new_test_user(
                self.env, f"audit-{role}", groups=f"healthcare_interop.group_{role}"
            )
            for model in MODELS:
                records = self.env[model].with_user(user)
                with self.subTest(role=role, model=model):
                    self.assertEqual(
                        records.has_access("read"), role in ("administrator", "auditor")
                    )
                    for operation in ("create", "write", "unlink"):
                        self.assertFalse(records.has_access(operation))

    def test_no_private_method_can_be_called_from_outside(self):
        for model, names in {
            "interop.audit": ("_record", "_insert"),
            "interop.audit.seal": ("_seal_due", "_keep", "_cron_seal"),
            "interop.audit.verification": ("_step", "_end", "_cron_verify"),
        }.items():
            for name in names:
                self.assertTrue(hasattr(self.env[model], name))
                with self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_uninstalling_keeps_what_was_recorded(self):
        newest = self.newest()
        uninstall_hook(self.env)
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'interop_audit_%%_kept_%%'"
        )
        names = sorted(row[0] for row in self.env.cr.fetchall())
        self.assertEqual([name.split("_kept_")[0] for name in names], list(map(_table, MODELS)))
        self.env.cr.execute("SELECT to_regclass('interop_audit_entry')")
        self.assertEqual(self.env.cr.fetchone(), (None,))
        self.assertTrue(newest)


def _table(model):
    return model.replace(".", "_")


@tagged("post_install", "-at_install")
class TestSealing(PlainAuditCase):
    def test_a_seal_closes_what_waits_and_holds_the_head_before(self):
        self.seal()
        first_ids = self.record(3)
        [first] = self.seal()
        self.assertEqual(self.seal(), [])
        second_ids = self.record(2)
        [second] = self.seal()
        self.assertEqual(
            (first.first_id, first.last_id, first.count), (first_ids[0], first_ids[-1], 3)
        )
        self.assertEqual((second.id, second.previous), (first.id + 1, first.head))
        entry = self.env["interop.audit.entry"].browse(second_ids[0])
        self.assertEqual(entry.seal_id.id, second.id)
        self.assertEqual(self.found(), [])

    def test_many_are_sealed_in_bounded_parts(self):
        self.seal()
        with patch(f"{self.seals._seal_due.__func__.__module__}.MOST_SEALED", 4):
            self.record(10)
            self.assertEqual([seal.count for seal in self.seal()], [4, 4, 2])
        self.assertEqual(self.found(), [])
        self.assertLessEqual(4, MOST_SEALED)

    def test_heads_go_outside(self):
        with self.assertLogs("odoo.addons.healthcare_interop.models.attention.audit_seal") as logs:
            self.record(2)
            [seal] = self.seal()[-1:]
        written = read_heads(self.env.cr.dbname, self.heads.read_text().splitlines())
        self.assertEqual(written[seal.id], {seal.head})
        self.assertEqual(read_heads(self.env.cr.dbname, logs.output)[seal.id], {seal.head})
        self.assertTrue(self.verified().is_end_proven)

    def test_the_file_is_named_in_odoos_configuration(self):
        path = self.heads.with_name("odoo.conf")
        for text, expected in (
            (
                "[options]\n[healthcare_interop]\naudit_heads = /var/log/heads%d \n",
                "/var/log/heads%d",
            ),
            ("[options]\naudit_heads = /x\n", ""),
            ("", ""),
        ):
            path.write_text(text)
            settings._sections.cache_clear()
            with patch.dict(config._runtime_options, {"config": str(path)}):
                self.assertEqual(self.env["interop.settings"]._option("audit_heads"), expected)
        settings._sections.cache_clear()

    def test_a_file_that_can_not_be_written_stops_nothing(self):
        self.record()
        name = "odoo.addons.healthcare_interop.models.attention.audit_seal"
        with (
            patch.object(type(self.seals), "_heads_path", lambda _self: "/nonexistent/heads"),
            self.assertLogs(name, "ERROR"),
        ):
            self.assertTrue(self.seal())
        self.assertFalse(self.verified().is_end_proven)

    def test_a_head_that_nobody_was_told_of_is_told_by_the_next_sealer(self):
        self.record()
        with patch.object(type(self.seals), "_tell"):
            [*_, seal] = self.seal()
        self.assertEqual(self.seal(), [])
        written = read_heads(self.env.cr.dbname, self.heads.read_text().splitlines())
        self.assertEqual(written[seal.id], {seal.head})

    def test_sealing_is_called_once_a_transaction(self):
        cron = self.env.ref("healthcare_interop.cron_audit_seal")
        self.assertTrue(cron.active)
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "minutes"))
        self.env.cr.precommit.data.clear()
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.record()
        self.record()
        now = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(now - triggers, 1)

    def test_after_a_rotation_of_keys_the_log_holds(self):
        old, new = (
            generate_entry(key, lambda length, fill=fill: fill * length)
            for key, fill in (("t1", b"1"), ("t2", b"2"))
        )
        service = self.env.registry["interop.keyring"]
        newest = self.newest()
        with patch.object(service, "_keyring", lambda _self: Keyring(old)):
            self.record(2)
            self.seal()
        everything = ",".join(
            [new, old, *filter(None, service._material(self.env["interop.keyring"]))]
        )
        with patch.object(service, "_keyring", lambda _self: Keyring(everything)):
            self.record(2)
            self.seal()
            self.assertEqual(self.entries(newest).mapped("key_id"), ["t1", "t1", "t2", "t2"])
            self.assertEqual(self.found(), [])
        with patch.object(service, "_keyring", lambda _self: Keyring(new)):
            self.assertIn("missing_key", {kind for kind, *_rest in self.found()})

    def test_the_nightly_verification_tells_the_auditors(self):
        auditor = new_test_user(
            self.env, "audit-nightly", groups="healthcare_interop.group_auditor"
        )
        verifications = self.env["interop.audit.verification"]
        *_others, number = self.record(3)
        self.seal()
        verifications._cron_verify()
        self.assertEqual(verifications.search([], limit=1).state, "holds")
        self.assertFalse(verifications.search([]).activity_ids)
        with self.without_triggers() as execute:
            execute("UPDATE interop_audit_entry SET actor = 'x' WHERE id = %s", (number,))
        verifications._cron_verify()
        check = verifications.search([], limit=1)
        self.assertEqual(check.state, "broken")
        self.assertIn(auditor, check.activity_ids.user_id)
        entry = self.entries(action="verified")[-1]
        self.assertEqual(entry.outcome, "failed")
        self.assertIn("altered_entry", entry.details)

    def test_a_long_log_is_verified_in_goes(self):
        self.seal()
        for _ in range(4):
            self.record(2)
            self.seal()
        user = new_test_user(self.env, "audit-goes", groups="healthcare_interop.group_auditor")
        verifications = self.env["interop.audit.verification"].with_user(user)
        reading = "odoo.addons.healthcare_interop.models.attention.audit_reading.CHUNK_SEALS"
        module = self.env["interop.audit.verification"]._go.__func__.__module__
        with patch(f"{module}.STEP_SECONDS", -1), patch(reading, 1):
            check = verifications.browse(verifications.action_verify()["res_id"])
            self.assertEqual(check.state, "running")
            first = check.last_seal
            goes = 0
            while check.state == "running" and goes < 10_000:
                check.action_go_on()
                goes += 1
            self.assertGreater(goes, 3)
        self.assertEqual(check.state, "holds")
        self.assertGreater(check.last_seal, first)
        self.env.cr.execute(
            "SELECT count(*) FROM interop_audit_entry WHERE id <= %s", (check.last_entry,)
        )
        self.assertEqual(check.entry_count, self.env.cr.fetchone()[0])
        with self.assertRaises(AccessError):
            check.write({"state": "holds"})

    def test_on_the_command_line_any_file_with_heads_will_do(self):
        self.record()
        [*_, seal] = self.seal()
        verifications = self.env["interop.audit.verification"]
        told, holds = verifications._on_command_line()
        self.assertTrue(holds)
        self.assertIn("the log holds", told)
        self.assertNotIn("the end is not proven", told)
        log = self.heads.with_name("odoo.log")
        line = f"INFO db: {head_line(self.env.cr.dbname, seal)}".replace(seal.head, "f" * 64)
        log.write_text(line)
        told, holds = verifications._on_command_line(str(log))
        self.assertFalse(holds)
        self.assertIn(f"seal {seal.id} is not the one whose head was written outside", told)
        told, holds = verifications._on_command_line("/nonexistent/heads")
        self.assertTrue(holds)
        self.assertIn("the end is not proven", told)

    def test_only_auditors_and_administrators_verify(self):
        for role in ("viewer", "operator"):
            user = new_test_user(self.env, f"no-{role}", groups=f"healthcare_interop.group_{role}")
            with self.assertRaises(AccessError):
                self.env["interop.audit.verification"].with_user(user).action_verify()

    def test_what_is_sealed_while_one_looks_is_no_cut(self):
        self.record()
        [*_, seal] = self.seal()
        heads = {seal.id: {seal.head}, seal.id + 1: {"0" * 64}}
        self.log._forget_newer(heads, seal.id - 1)
        self.assertEqual(set(heads), {seal.id + 1})

    def test_details_hold_json(self):
        self.record(details={"b": 1, "a": timedelta(1).days})
        self.assertEqual(json.loads(self.entries()[-1].details), {"a": 1, "b": 1})
