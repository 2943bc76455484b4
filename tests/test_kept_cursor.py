"""The connection that a worker keeps for its rate limits: commits by itself, comes back when lost, and counts exactly."""

import threading
import time
from unittest.mock import patch

import psycopg2
from psycopg2.errors import DivisionByZero
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..core.rate import Limit
from ..models.exchange import kept_cursor

SENDERS, EACH = 4, 60


@tagged("post_install", "-at_install")
class TestKeptCursor(TransactionCase):
    """With real connections beside the test's own, so what is written here is committed, and taken away again."""

    def setUp(self):
        super().setUp()
        self.kept = self.new()
        outside = patch.object(kept_cursor.module, "current_test", None)
        outside.start()
        self.addCleanup(outside.stop)
        self.addCleanup(self.clean)

    def new(self):
        kept = kept_cursor.KeptCursor()
        self.addCleanup(kept.close)
        return kept

    def clean(self):
        self.new().rows(
            self.env, SQL("DELETE FROM interop_rate WHERE key LIKE 'test/%%' RETURNING 1")
        )

    def test_each_statement_commits_and_the_connection_stays(self):
        kept = self.new()
        pids = {kept.rows(self.env, SQL("SELECT pg_backend_pid()"))[0] for _again in range(3)}
        self.assertEqual(len(pids), 1)
        first, second = (
            kept.rows(self.env, SQL("SELECT pg_current_xact_id()::text")) for _again in range(2)
        )
        self.assertNotEqual(first, second)
        status = kept._cr._cnx.info.transaction_status
        self.assertEqual(status, TRANSACTION_STATUS_IDLE)

    def test_a_connection_that_was_lost_is_made_anew(self):
        kept = self.new()
        [(pid,)] = kept.rows(self.env, SQL("SELECT pg_backend_pid()"))
        self.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        self.assertEqual(self.env.cr.fetchone(), (True,))
        [(other,)] = kept.rows(self.env, SQL("SELECT pg_backend_pid()"))
        self.assertNotEqual(pid, other)

    def test_one_that_was_lost_unnoticed_can_be_closed(self):
        kept = self.new()
        [(pid,)] = kept.rows(self.env, SQL("SELECT pg_backend_pid()"))
        self.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        self.assertFalse(kept._cr.closed)
        kept.close()
        self.assertEqual(kept.rows(self.env, SQL("SELECT 1")), [(1,)])

    def test_one_that_odoo_closed_too(self):
        kept = self.new()
        [(pid,)] = kept.rows(self.env, SQL("SELECT pg_backend_pid()"))
        kept._cr._cnx.close()
        self.assertNotEqual(kept.rows(self.env, SQL("SELECT pg_backend_pid()")), [(pid,)])

    def test_a_statement_that_is_wrong_is_told_and_leaves_no_hole(self):
        kept = self.new()
        with self.assertRaises(DivisionByZero):
            kept.rows(self.env, SQL("SELECT 1 / 0"))
        self.assertEqual(kept.rows(self.env, SQL("SELECT 1")), [(1,)])

    def test_what_is_given_back_is_as_odoo_wants_it(self):
        kept = self.new()
        kept.rows(self.env, SQL("SELECT 1"))
        connection = kept._cr._cnx
        kept.close()
        self.assertFalse(connection.autocommit)
        with db_connect(self.env.cr.dbname).cursor() as cr:
            for setting, value in (
                ("transaction_isolation", "repeatable read"),
                ("enable_seqscan", "on"),
                ("plan_cache_mode", "auto"),
            ):
                cr.execute("SELECT current_setting(%s)", (setting,))
                self.assertEqual(cr.fetchone(), (value,))

    def test_an_old_snapshot_makes_the_statement_no_slower(self):
        """A backup's or a drain's: what it might still see can't be cleared away, and must not be read past each time."""
        limit = Limit("test/long", "long", 100_000, 1, 100_000)
        self.env.cr.execute("SELECT 1")
        # rows of a second ago and more are not looked at, however many versions there are
        for _again in range(30):
            self.take(self.kept, (limit,))
            time.sleep(0.01)
        [(rows,)] = self.kept.rows(
            self.env, SQL("SELECT count(*) FROM interop_rate WHERE key = 'test/long'")
        )
        self.assertGreaterEqual(rows, 3)
        [(plan,)] = self.kept.rows(
            self.env,
            SQL(
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT full_at FROM interop_rate WHERE key = 'test/long' "
                "ORDER BY slot DESC LIMIT 1"
            ),
        )
        scan = plan[0]["Plan"]["Plans"][0]
        self.assertIn("Index", scan["Node Type"])
        self.assertEqual(scan["Actual Rows"], 1)
        self.env["interop.rate"]._forget(self.kept._cr)
        [(rows,)] = self.kept.rows(
            self.env, SQL("SELECT count(*) FROM interop_rate WHERE key = 'test/long'")
        )
        self.assertEqual(rows, 1)

    def test_many_at_once_take_what_there_is_and_not_one_more(self):
        """On connections of their own, with two limits in either order."""
        one = Limit("test/one", "one", 1, 3600, 100)
        other = Limit("test/other", "other", 1, 3600, 150)
        taken, failed = [], []

        def send(kept, limits):
            try:
                taken.extend(self.take(kept, limits) for _again in range(EACH))
            except psycopg2.Error as error:
                failed.append(error)

        threads = [
            threading.Thread(target=send, args=(self.new(), (one, other)[:: 1 if even else -1]))
            for even in (place % 2 for place in range(SENDERS))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failed, [])
        self.assertEqual(len(taken), SENDERS * EACH)
        self.assertEqual(sum(taken), 100)
        # what one refused was not taken from the other
        self.assertEqual(
            sum(self.take(self.kept, (other,)) for _again in range(SENDERS * EACH)), 50
        )

    def take(self, kept, limits):
        return self.env["interop.rate"]._take(limits, 1, kept=kept)[0]
