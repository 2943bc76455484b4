"""Entries go when their years are over: whole sealed months, and nothing else, and the log holds afterwards."""

import json
from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from ..models.attention import audit_retention
from .common_audit import AuditMixin

TODAY = date(2036, 5, 10)


@tagged("post_install", "-at_install")
class TestRetention(AuditMixin, TransactionCase):
    """Three months of the past, each of two seals, and one of today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what other tests committed is of no month of these; the seals of tests that run in here are
        cls.env["ir.config_parameter"].set_param(audit_retention.YEARS, "10")

    def setUp(self):
        super().setUp()
        with self.without_triggers() as execute:
            execute("TRUNCATE interop_audit_entry, interop_audit_seal, interop_audit_unsealed")
        self.months = {}
        for month in (1, 2, 3):
            for day in (3, 20):
                self.at(datetime(2026, month, day, 12))
        self.at(datetime(2036, 5, 9, 12))

    def at(self, moment, count=3):
        """Entries recorded and sealed at ``moment``."""
        with patch.object(self.registry["interop.audit"], "_now", lambda _self: moment):
            ids = self.record(count)
            [seal] = self.seal()
        self.months.setdefault((moment.year, moment.month), []).append((seal, ids))

    def retain(self, today=TODAY):
        seal = self.seals._retain(self.seals._keep_from(today))
        self.env.invalidate_all()
        return seal

    def there(self, month):
        ids = [number for _seal, ids in self.months[month] for number in ids]
        return len(self.env["interop.audit.entry"].browse(ids).exists())

    def test_the_oldest_month_goes_and_its_closing_seal_stays(self):
        seal = self.retain()
        closing = self.months[2026, 1][-1][0]
        self.assertEqual((seal.kind, seal.count, seal.removed_through), ("removal", 6, closing.id))
        self.assertEqual([self.there((2026, month)) for month in (1, 2, 3)], [0, 6, 6])
        seals = self.env["interop.audit.seal"].search([], order="id")
        self.assertEqual(seals[0].head, closing.head)
        self.seal()
        self.assertEqual(self.found(), [])
        [entry] = self.entries(action="removed")
        self.assertEqual(json.loads(entry.details), {"entries": 6, "through_seal": closing.id})

    def test_one_month_after_the_other_until_what_is_kept(self):
        self.assertTrue(self.retain())
        self.assertTrue(self.retain())
        self.assertTrue(self.retain())
        self.assertIsNone(self.retain())
        self.assertEqual([self.there((2026, month)) for month in (1, 2, 3)], [0, 0, 0])
        self.assertEqual(self.there((2036, 5)), 3)
        self.seal()
        self.assertEqual(self.found(), [])

    def test_nothing_goes_before_its_time(self):
        self.assertIsNone(self.retain(date(2036, 1, 31)))
        self.assertTrue(self.retain(date(2036, 2, 1)))
        self.assertIsNone(self.retain(date(2036, 2, 29)))

    def test_never_less_than_a_year_whatever_the_parameter_says(self):
        for text, years in (("0", 1), ("3", 3), ("-5", 10), ("x", 10), ("", 10)):
            self.env["ir.config_parameter"].set_param(audit_retention.YEARS, text)
            self.assertEqual(self.seals._years(), years, text)

    def test_a_changed_parameter_is_recorded(self):
        newest = self.newest()
        self.env["ir.config_parameter"].set_param(audit_retention.YEARS, "7")
        [entry] = self.entries(newest)
        self.assertEqual((entry.action, entry.res_name), ("changed", audit_retention.YEARS))
        self.assertEqual(json.loads(entry.details), {"value": ["10", "7"]})
        newest = self.newest()
        self.env["ir.config_parameter"].set_param("somebody.elses", "7")
        self.assertFalse(self.entries(newest))

    def test_what_does_not_verify_is_kept(self):
        _seal, ids = self.months[2026, 1][0]
        with self.without_triggers() as execute:
            execute("UPDATE interop_audit_entry SET actor = 'x' WHERE id = %s", (ids[0],))
        with self.assertLogs(audit_retention.__name__, "ERROR"):
            self.assertIsNone(self.retain())
        self.assertEqual(self.there((2026, 1)), 6)

    def test_the_triggers_let_pass_what_the_seal_names_and_no_more(self):
        seal = self.retain()
        statements = [
            "DELETE FROM interop_audit_entry",
            "DELETE FROM interop_audit_seal WHERE kind = 'entries'",
            "DELETE FROM interop_audit_seal WHERE kind = 'removal'",
        ]
        self.assert_refused(statements)
        self.assertTrue(seal)

    def test_tampering_is_found_after_it_too(self):
        self.retain()
        _seal, ids = self.months[2026, 2][0]
        with self.without_triggers() as execute:
            execute("DELETE FROM interop_audit_entry WHERE id = %s", (ids[1],))
        self.assertEqual([found[:2] for found in self.found()], [("missing_entry", ids[1])])

    def test_a_removal_that_somebody_wrote_themselves_is_found(self):
        first = self.months[2026, 1][0][0]
        with self.without_triggers() as execute:
            execute(
                """
                INSERT INTO interop_audit_seal (id, sealed_at, kind, count, entries, digest, previous, removed_through, key_id, head)
                SELECT id + 1, sealed_at, 'removal', 3, '1', digest, head, %s, key_id, head FROM interop_audit_seal
                 ORDER BY id DESC LIMIT 1
                """,
                (first.id,),
            )
            execute("DELETE FROM interop_audit_entry WHERE id <= %s", (first.last_id,))
        kinds = [found[0] for found in self.found()]
        self.assertEqual(kinds, ["missing_entry", "altered_seal"])

    def test_by_the_clock(self):
        with patch.object(type(self.seals), "_keep_from", lambda _self, _today: date(2026, 3, 1)):
            self.seals._cron_retain()
            self.seals._cron_retain()
            self.seals._cron_retain()
        self.env.invalidate_all()
        self.assertEqual([self.there((2026, month)) for month in (1, 2, 3)], [0, 0, 6])
