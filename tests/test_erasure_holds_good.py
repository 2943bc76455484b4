"""An erasure holds good: against what is applied meanwhile, against who would change its report, and what comes again."""

from contextlib import ExitStack, contextmanager, nullcontext
from unittest.mock import patch

from psycopg2 import errors

from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..core.fingerprint import keyed_identity
from ..models.exchange.keyed_identity import DONE
from ..models.protection import erasure_doing
from .common_protection import ProtectionCase


@tagged("post_install", "-at_install")
class TestErasureHoldsGood(ProtectionCase):
    # -- the report --

    def test_whoever_has_all_rights_does_not_change_it_either(self):
        erasure = self.erase().sudo()
        for record in (erasure, erasure.line_ids, erasure.digest_ids):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.unlink()
        for record, values in (
            (erasure, {"words": "another reason altogether"}),
            (erasure, {"total": 3, "others": 0}),
            (erasure.line_ids[:1], {"count": 0}),
            (erasure.digest_ids[:1], {"digest": "0"}),
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                record.write(values)

    def test_the_database_refuses_to_change_it(self):
        erasure = self.erase()
        for statement in (
            "UPDATE interop_erasure SET words = 'x' WHERE id = %s",
            "UPDATE interop_erasure SET others = others + 1, total = 0 WHERE id = %s",
            "UPDATE interop_erasure SET kin = '[]' WHERE id = %s",
            "DELETE FROM interop_erasure WHERE id = %s",
            "UPDATE interop_erasure_line SET count = 0 WHERE erasure_id = %s",
            "UPDATE interop_erasure_line SET why = 'x' WHERE erasure_id = %s",
            "DELETE FROM interop_erasure_line WHERE erasure_id = %s",
            "UPDATE interop_erasure_digest SET digest = 'x' WHERE erasure_id = %s",
            "DELETE FROM interop_erasure_digest WHERE erasure_id = %s",
            "TRUNCATE interop_erasure_digest -- %s",
        ):
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, (erasure.id,))
        # how far it has come is written as it goes on
        self.env.cr.execute("UPDATE interop_erasure SET total = 9 WHERE id = %s", (erasure.id,))
        self.assertEqual(self.env.cr.rowcount, 1)

    # -- at once --

    def test_who_applies_and_who_erases_wait_for_each_other(self):
        """On two real connections, about a record that Odoo ships; ``benchmarks/erasing.py`` does it with commits."""
        record = self.env.ref("base.main_partner")
        held = self.job_route()._held([{"res_model": record._name, "res_id": record.id}])
        statement = SQL("%s SELECT 1 WHERE TRUE %s", held["held"], held["and_held"])
        self.assertEqual(self.env.execute_query(statement), [(1,)])
        with self.registry.cursor() as cr, mute_logger("odoo.sql_db"):
            # what Odoo's own writes to a record take is not in the way
            cr.execute(
                "SELECT id FROM res_partner WHERE id = %s FOR NO KEY UPDATE NOWAIT", (record.id,)
            )
            with self.assertRaises(errors.LockNotAvailable), cr.savepoint():
                cr.execute(
                    "SELECT id FROM res_partner WHERE id = %s FOR UPDATE NOWAIT", (record.id,)
                )
            cr.rollback()

    def test_what_tells_of_nobody_is_not_held(self):
        rows = [{"res_model": "product.product", "res_id": 1}, {"id": 1}]
        self.assertFalse(self.job_route()._held(rows)["held"].code)

    def test_what_was_committed_meanwhile_has_it_begin_anew(self):
        for is_changed in (True, False):
            later = self.env(context={"is_later": True})
            with (
                self.subTest(is_changed=is_changed),
                patch.object(erasure_doing, "later", lambda _env, e=later: nullcontext(e)),
                self.seen_later(is_changed=is_changed),
                ExitStack() as stack,
            ):
                if is_changed:
                    stack.enter_context(self.assertRaises(ConcurrencyError))
                    stack.enter_context(self.env.cr.savepoint())
                self.assertEqual(self.erase().state, "done")

    @contextmanager
    def seen_later(self, *, is_changed):
        """What another connection sees of the person: the same as we did, or a delivery more."""
        kept = self.env.registry["interop.kept"]
        find, seen = kept._of, []

        def found(service, record, kin=None):
            if service.env.context.get("is_later"):
                return seen[0]._replace(deliveries={0: 0}) if is_changed else seen[0]
            seen.append(find(service, record, kin))
            return seen[-1]

        with patch.object(kept, "_of", found):
            yield

    # -- what comes again --

    def test_what_a_database_of_before_has_is_still_a_duplicate(self):
        """Keys of messages were digests without a key: an update makes keyed ones of them, once."""
        bodies = {
            "hl7v2": self.hl7(key="P4711Q"),
            "cloudevents": {**self.party("P4711Q", version=3), "specversion": "1.0"},
            "fhir": {"resourceType": "Patient", "id": "P4711Q", "meta": {"versionId": "3"}},
        }
        answers = {
            format_: self.receive(body, self.endpoints[format_]).body
            for format_, body in bodies.items()
        }
        messages = self.env["interop.message"].search([], order="id desc", limit=3)
        now = dict(zip(messages.ids, messages.mapped("dedup_key"), strict=True))
        self.assertTrue(all(":~" in key for key in now.values()))
        before = {number: f"id:{number:064x}" for number in now}
        for number, plain in before.items():
            messages.browse(number).dedup_key = plain
        self.env.flush_all()
        key = self.env["interop.keyring"]._keyring().fingerprint_key
        service = self.env["interop.message"]
        self.assertEqual(service._key_identities(), 3)
        self.assertEqual(
            {one.id: one.dedup_key for one in messages},
            {number: keyed_identity(key, plain) for number, plain in before.items()},
        )
        self.assertEqual(service._key_identities(), 0)
        for number, keyed in now.items():
            messages.browse(number).dedup_key = keyed
        self.env.flush_all()
        stored = service.search_count([])
        for format_, body in bodies.items():
            again = self.receive(body, self.endpoints[format_])
            self.assertEqual(again.body, answers[format_], format_)
        self.assertEqual(service.search_count([]), stored)

    def test_it_is_done_once(self):
        service = self.env["interop.message"]
        with patch.object(self.env.registry["interop.message"], "_key_identities") as done:
            service.init()
            self.assertFalse(done.called)
            self.env["ir.config_parameter"].set_param(DONE, False)
            service.init()
        self.assertEqual(done.call_count, 1)
