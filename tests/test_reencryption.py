"""Keys are rotated while everything goes on, and nothing becomes unreadable."""

import base64
import os
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..core.keyring import Keyring, generate_entry, key_id_of
from ..models.exchange import reencryption, settings
from .common import InteropCase

KEYS = {name: generate_entry(name, os.urandom) for name in ("k1", "k2", "k3")}
MOST_STEPS = 20


@tagged("post_install", "-at_install")
class ReencryptionTest(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        option = settings.Settings._option

        def without_keys(self, name):
            return "" if name == "encryption_keys" else option(self, name)

        # this server's own keys would be neither those of before nor the new ones
        cls.startClassPatcher(patch.object(settings.Settings, "_option", without_keys))
        cls.env["interop.credential"].search([]).unlink()
        for endpoint in cls.endpoints.values():
            cls.issue(endpoint)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.env.registry.clear_cache)
        # what a test issues is rolled back
        self.addCleanup(self.secrets.update, dict(self.secrets))

    # -- what the tests say --

    @contextmanager
    def keys(self, *names):
        """As on a server that was started with these keys."""
        line = ",".join(KEYS[name] for name in names)
        with patch.dict(os.environ, HEALTHCARE_INTEROP_KEYS=line):
            self.env.registry.clear_cache()
            yield
        self.env.registry.clear_cache()

    def take_in(self, count=3):
        for number in range(count):
            self.assertEqual(202, self.receive(self.party(f"P{number}")).status)

    def stored(self, sealed):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT %(column)s FROM %(table)s WHERE %(column)s IS NOT NULL ORDER BY id",
                column=SQL.identifier(sealed.column),
                table=SQL.identifier(sealed.table),
            )
        )
        return [bytes(row[0]) for row in self.env.cr.fetchall()]

    def key_ids(self):
        return {key_id_of(value) for sealed in reencryption.SEALED for value in self.stored(sealed)}

    def begin(self):
        with trap_jobs() as trap:
            run = self.env["interop.reencryption"]._begin()
            trap.assert_jobs_count(1, only=run._step)
        return run

    def finish(self, run):
        for _step in range(MOST_STEPS):
            if run.state != "running":
                return
            with trap_jobs():
                run._step()
        self.fail("it goes on for ever")

    def put_back(self, content):
        """As a server writes that knows the old key only."""
        message = self.env["interop.message"].search([("endpoint_id", "=", self.endpoint.id)])[-1:]
        sealed = Keyring(KEYS["k1"]).encrypt(
            content, row_uuid=message.uuid, random_bytes=os.urandom
        )
        self.env.cr.execute(
            "UPDATE interop_payload SET body = %s WHERE message_id = %s", (sealed, message.id)
        )

    def contents(self):
        messages = self.env["interop.message"].search([("endpoint_id", "=", self.endpoint.id)])
        return [message._payload_body() for message in messages]

    # -- what holds --

    def test_every_encrypted_column_is_known(self):
        self.env.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_name LIKE 'interop\\_%' AND data_type = 'bytea'"
        )
        uploads = {
            model._table for model in self.env.values() if model._transient and not model._abstract
        }
        known = {(one.table, one.column) for one in reencryption.SEALED}
        kept = {row for row in self.env.cr.fetchall() if row[0] not in uploads}
        self.assertEqual(known, kept)

    def test_all_gets_the_new_key_and_is_read_without_the_old_one(self):
        with self.keys("k1"):
            self.issue(self.endpoint)
            self.take_in()
            before = self.contents()
        with self.keys("k2", "k1"):
            run = self.begin()
            self.finish(run)
            self.assertEqual(("done", False), (run.state, run.reason))
            self.assertEqual(run.total, run.changed + run.unreadable)
            self.assertEqual(100.0, run.progress)
        with self.keys("k2"):
            self.assertEqual(before, self.contents())
            self.assertEqual(202, self.receive(self.party("P9")).status)
        self.assertEqual({"k2"}, self.key_ids())

    def test_disagreements_are_bound_to_their_rows_as_before(self):
        sealed = next(one for one in reencryption.SEALED if one.column == "told")
        values = {
            "res_model": "res.partner",
            "res_id": self.env.company.partner_id.id,
            "entity": "party",
            "attribute": "name",
            "system_id": self.system.id,
        }
        disagreement = self.env["interop.disagreement"]
        with self.keys("k1"):
            told = base64.b64decode(
                disagreement._sealed(*values.values(), {"name": "Somebody else"})
            )
            columns = {**values, "told": told, "state": "open"}
            self.env.cr.execute(
                SQL(
                    "INSERT INTO interop_disagreement (%s) VALUES %s RETURNING id",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    tuple(columns.values()),
                )
            )
            one = disagreement.browse(self.env.cr.fetchone()[0])
        with self.keys("k2", "k1"):
            self.finish(self.begin())
        with self.keys("k2"):
            self.assertEqual({"name": "Somebody else"}, one._unsealed())
        self.assertEqual({"k2"}, {key_id_of(value) for value in self.stored(sealed)})

    def test_the_databases_own_key_still_reads_what_it_protected(self):
        self.take_in()
        before = self.contents()
        self.assertEqual({"db"}, self.key_ids())
        with self.keys("k1"):
            self.assertEqual(before, self.contents())
            self.assertEqual(202, self.receive(self.party("P9")).status)
            self.finish(self.begin())
            self.assertEqual({"k1"}, self.key_ids())

    def test_what_is_written_with_the_old_key_meanwhile_is_found(self):
        with self.keys("k1"):
            self.issue(self.endpoint)
            self.take_in(2)
        with self.keys("k2", "k1"):
            run = self.begin()
            late = iter([self.contents()[0]])
            finish_pass = type(run)._finish_pass

            def meanwhile(self_, ring):
                content = next(late, None)
                if content:
                    self.put_back(content)
                return finish_pass(self_, ring)

            with patch.object(type(run), "_finish_pass", meanwhile):
                self.finish(run)
            self.assertEqual(2, run.position["pass"])
            self.assertEqual("done", run.state)
            self.assertEqual({"k2"}, self.key_ids())

    def test_what_cannot_be_read_is_counted_and_stays(self):
        with self.keys("k3"):
            self.issue(self.endpoint)
            self.take_in(1)
        with self.keys("k1"):
            self.issue(self.endpoint)
            self.take_in(2)
        with self.keys("k2", "k1"):
            run = self.begin()
            self.finish(run)
            self.assertEqual("done", run.state)
            self.assertEqual(2, run.unreadable)
        with self.keys("k3"):
            self.assertEqual(3, len([one for one in self._readable() if one]))
        self.assertEqual({"k2", "k3"}, self.key_ids())

    def _readable(self):
        self.env.cr.execute("SELECT body FROM interop_payload ORDER BY id")
        return [row[0] for row in self.env.cr.fetchall()]

    def test_batches_are_small_and_all_are_taken(self):
        with self.keys("k1"):
            self.issue(self.endpoint)
            self.take_in(7)
        with self.keys("k2", "k1"), patch.object(reencryption, "BATCH", 2):
            run = self.begin()
            with patch.object(reencryption, "MOST_SECONDS", -1), trap_jobs():
                run._step()
            # a step without time looks how much there is, and comes back
            self.assertEqual(("running", 0), (run.state, run.changed))
            self.assertGreaterEqual(run.total, 8)
            self.finish(run)
        self.assertEqual({"k2"}, self.key_ids())

    def test_a_server_that_does_not_know_the_key_leaves_the_step_to_others(self):
        with self.keys("k1"):
            self.issue(self.endpoint)
            self.take_in(1)
        with self.keys("k2", "k1"):
            run = self.begin()
        with self.keys("k1"), trap_jobs() as trap:
            run._step()
            trap.assert_jobs_count(1, only=run._step)
            self.assertEqual("running", run.state)
            self.assertNotIn("k2", self.key_ids())
            run.sudo().moved_at = fields.Datetime.now() - timedelta(hours=1)
            run._step()
            self.assertEqual("stopped", run.state)
            self.assertIn("No server", run.reason)
            with self.assertRaises(UserError):
                run.action_resume()

    def test_stopped_and_gone_on(self):
        with self.keys("k1"):
            self.issue(self.endpoint)
            self.take_in(1)
        with self.keys("k2", "k1"):
            run = self.begin()
            run.action_stop()
            with trap_jobs() as trap:
                run._step()
                trap.assert_jobs_count(0)
                self.assertIn("k1", self.key_ids())
                run.action_resume()
                trap.assert_jobs_count(1, only=run._step)
            self.finish(run)
        self.assertEqual({"k2"}, self.key_ids())

    def test_one_run_at_a_time(self):
        self.begin()
        with self.assertRaises(UserError):
            self.begin()

    # -- servers that are restarted one after another --

    def test_the_door_asks_to_come_back_where_it_cannot_read_a_secret_yet(self):
        with self.keys("k2"):
            self.issue(self.endpoint)
        with self.keys("k1"):
            before = self.env["interop.message"].search_count([])
            answer = self.receive(self.party("P1"))
            self.assertEqual(503, answer.status)
            self.assertEqual("30", dict(answer.headers)["Retry-After"])
            self.assertEqual(before, self.env["interop.message"].search_count([]))
        with self.keys("k2", "k1"):
            self.assertEqual(202, self.receive(self.party("P1")).status)

    def test_a_secret_that_cannot_be_read_keeps_no_other_out(self):
        with self.keys("k1"):
            self.issue(self.endpoint)
        known = self.secrets[self.endpoint.code]
        with self.keys("k2"):
            self.issue(self.endpoint)
        self.secrets[self.endpoint.code] = known
        with self.keys("k1"):
            self.assertEqual(202, self.receive(self.party("P1")).status)

    def test_a_delivery_waits_where_its_message_cannot_be_read_yet(self):
        with self.keys("k2"):
            self.issue(self.endpoint)
            self.take_in(1)
        with self.keys("k1"), mute_logger("odoo.addons.healthcare_interop"):
            self.drain_all()
            [row] = self.rows()
            self.assertEqual(("pending", "key_unknown"), (row["state"], row["error_code"]))
        self.env.cr.execute("UPDATE interop_delivery SET not_before = NULL WHERE state = 'pending'")
        with self.keys("k2", "k1"):
            self.drain_all()
        self.assertEqual(["done"], [row["state"] for row in self.rows()])

    # -- people --

    def test_a_key_is_made_and_shown_once(self):
        user = new_test_user(self.env, "keys", groups="healthcare_interop.group_administrator")
        keys = self.env["interop.encryption.keys"].with_user(user).create({})
        self.assertEqual(("database", "db"), (keys.source, keys.current))
        action = keys.action_make_key()
        first, kept = action["context"]["interop_shown_once"].split(",")
        self.assertTrue(first.startswith("k1:"))
        self.assertTrue(kept.startswith("fp:"))
        shown = self.env["interop.encryption.keys"].with_context(**action["context"])
        self.assertEqual({"line": f"{first},{kept}"}, shown.default_get(["line"]))
        fingerprint = self.env["interop.keyring"]._keyring().fingerprint_key
        with patch.dict(KEYS, made=f"{first},{kept}"), self.keys("made"):
            self.assertEqual("environment", self.env["interop.keyring"]._source())
            self.assertEqual(fingerprint, self.env["interop.keyring"]._keyring().fingerprint_key)
            again = keys.action_make_key()["context"]["interop_shown_once"]
            self.assertTrue(again.startswith("k2:"))
            self.assertNotIn(",", again)
            with trap_jobs():
                opened = keys.action_begin()
        run = self.env["interop.reencryption"].browse(opened["res_id"])
        self.assertEqual(("k1", user), (run.key, run.create_uid))

    def test_only_administrators(self):
        user = new_test_user(self.env, "oper", groups="healthcare_interop.group_operator")
        run = self.begin()
        with self.assertRaises(AccessError):
            self.env["interop.encryption.keys"].with_user(user).create({})
        for act in ("action_stop", "action_resume"):
            with self.subTest(act=act), self.assertRaises(AccessError):
                getattr(run.with_user(user), act)()
        with self.assertRaises(AccessError):
            run.with_user(user).read(["state"])
        administrator = new_test_user(
            self.env, "adm", groups="healthcare_interop.group_administrator"
        )
        with self.assertRaises(AccessError):
            run.with_user(administrator).write({"state": "done"})
