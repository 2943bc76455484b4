"""The audit log with several connections: late commits, two sealers, what a rollback takes along.

These commit for real, and nobody can take entries back: they stay in the test database, in a chain that holds.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from ..core.audit import Act
from ..models.attention import audit_seal


@tagged("post_install", "-at_install")
class TestAtOnce(TransactionCase):
    def setUp(self):
        super().setUp()
        self.open = self.enterContext(ExitStack())
        path = Path(self.open.enter_context(tempfile.TemporaryDirectory())) / "heads"
        self.open.enter_context(
            patch.object(
                self.env.registry["interop.audit.seal"], "_heads_path", lambda _self: str(path)
            )
        )
        audit_seal._told.clear()

    def connection(self, *, is_autocommit=False):
        """An environment on a connection of its own."""
        cr = self.open.enter_context(self.registry.cursor())
        self.assertIsNot(cr._cnx, self.env.cr._cnx)
        cr._cnx.autocommit = is_autocommit
        self.open.callback(self._end, cr)
        return self.env(cr=cr)

    @staticmethod
    def _end(cr):
        cr.postcommit.clear()
        cr.rollback()
        cr._cnx.autocommit = False

    def record(self, env, name):
        env["interop.audit"]._record([Act("changed", res_name=name)])

    def commit(self, env):
        env.cr.postcommit.clear()
        env.cr.commit()

    def seal(self):
        env = self.connection(is_autocommit=True)
        return env["interop.audit.seal"]._seal_due(env.cr)

    def names(self, seal):
        env = self.connection()
        ids = [n for first, last in seal.ranges() for n in range(first, last + 1)]
        return env["interop.audit.entry"].browse(ids).mapped("res_name")

    def assertHolds(self):
        env = self.connection()
        check = env["interop.audit.verification"].create({})
        check._step(None)
        self.assertEqual(check.findings or [], [])
        self.assertTrue(check.is_end_proven)

    def test_a_late_commit_with_a_smaller_number_gets_its_seal_later(self):
        late, early = self.connection(), self.connection()
        self.record(late, "late")
        self.record(early, "early")
        self.commit(early)
        [*_, seal] = self.seal()
        self.assertEqual(self.names(seal)[-1], "early")
        self.assertEqual(self.seal(), [])
        self.assertHolds()
        self.commit(late)
        [after] = self.seal()
        self.assertEqual(self.names(after), ["late"])
        self.assertLess(after.first_id, seal.last_id)
        self.assertHolds()

    def test_nobody_waits_for_a_transaction_that_stays_open(self):
        hanging = self.connection()
        self.record(hanging, "hangs")
        quick = self.connection()
        self.record(quick, "quick")
        self.commit(quick)
        [*_, seal] = self.seal()
        self.assertIn("quick", self.names(seal))

    def test_what_is_rolled_back_leaves_a_gap_and_nothing_else(self):
        undone, kept = self.connection(), self.connection()
        self.record(undone, "undone")
        undone.cr.rollback()
        self.record(kept, "kept")
        self.commit(kept)
        [*_, seal] = self.seal()
        self.assertEqual(self.names(seal)[-1], "kept")
        self.assertHolds()

    def test_of_two_sealers_at_once_one_seals(self):
        env = self.connection()
        self.record(env, "both want it")
        self.commit(env)
        self.seal()
        self.record(env, "both want it")
        self.commit(env)
        made = []
        service = self.env.registry["interop.audit.seal"]
        keep = service._keep

        def overtaken(sealer, cr, seal, ids):
            if not made:
                made.append(None)
                made.extend(self.seal())
            return keep(sealer, cr, seal, ids)

        with patch.object(service, "_keep", overtaken):
            self.assertEqual(self.seal(), [])
        self.assertEqual(len(made), 2)
        self.assertEqual(self.names(made[1]), ["both want it"])
        self.assertEqual(self.seal(), [])
        self.assertHolds()
