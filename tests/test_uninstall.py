"""What the hook of uninstalling takes away before Odoo does the rest; ``./dev upgrade`` uninstalls in earnest."""

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import uninstall_hook
from ..uninstall import ADDON, AUDIT_TABLES
from .common import InteropCase

KEPT = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE %s"


@tagged("post_install", "-at_install")
class TestUninstall(InteropCase):
    def rows(self, sql, *values):
        self.env.flush_all()
        self.env.cr.execute(sql, values)
        return self.env.cr.fetchall()

    def test_nobody_logs_in_as_a_system_any_more(self):
        person = self.env.ref("base.user_admin")
        self.assertTrue(self.system.user_id.active)
        uninstall_hook(self.env)
        self.assertFalse(self.system.user_id.active)
        self.assertTrue(person.active)

    def test_the_kept_log_takes_no_row_and_gives_none(self):
        uninstall_hook(self.env)
        for table in AUDIT_TABLES:
            [[kept]] = self.rows(KEPT, f"{table}_kept_%")
            for statement in (
                f"DELETE FROM {kept}",
                f"UPDATE {kept} SET id = id",
                f"TRUNCATE {kept}",
                f"INSERT INTO {kept} SELECT * FROM {kept}",
            ):
                with (
                    self.subTest(statement=statement),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                    self.env.cr.savepoint(flush=False),
                ):
                    self.rows(statement)

    def test_a_later_installation_finds_no_name_taken(self):
        uninstall_hook(self.env)
        names = [name for [name] in self.rows("SELECT relname FROM pg_class")]
        taken = [name for name in names if name.startswith(AUDIT_TABLES)]
        self.assertEqual(len(taken), 4, taken)
        self.assertEqual([name for name in taken if "_kept_" not in name], [])

    def test_what_only_this_add_on_needs_goes(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param(f"{ADDON}.audit_years", "7")
        parameters.set_param("healthcare.interop", "of another one")
        self.send(self.party("n1"))
        self.route._wake(self.env.cr, {(self.route.id, 0)})
        mine, others = "model_name LIKE 'interop.%%'", "model_name NOT LIKE 'interop.%%'"
        count = "SELECT count(*) FROM queue_job WHERE "
        [[jobs]] = self.rows(count + others)
        uninstall_hook(self.env)
        self.assertEqual(self.rows(count + mine), [(0,)])
        self.assertEqual(self.rows(count + others), [(jobs,)])
        keys = "SELECT key FROM ir_config_parameter WHERE key LIKE 'healthcare%%' ORDER BY 1"
        self.assertEqual(self.rows(keys), [("healthcare.interop",)])
        functions = "SELECT proname FROM pg_proc WHERE proname LIKE 'interop\\_%%'"
        self.assertEqual(self.rows(functions), [("interop_audit_refuse",)])
        self.assertEqual(self.rows("SELECT to_regclass('interop_rate')"), [(None,)])
        self.assertEqual(self.rows("SELECT to_regclass('queue_job_interop_idx')"), [(None,)])
