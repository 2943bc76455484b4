"""Who sends by which version of a contract: counted once, by day, beside the door."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_contract_versions import DAY, ContractCase

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestSenders(ContractCase):
    def setUp(self):
        super().setUp()
        self.forbid("name")
        self.second = self.publish()

    def sent(self, version):
        self.env.invalidate_all()
        return [(one.system_id, one.count) for one in version._senders()]

    def arrived(self, **ago):
        """All messages that came in just now came so long ago."""
        self.env.cr.execute(
            "UPDATE interop_message SET received_at = received_at - %s WHERE received_at > %s",
            (timedelta(**ago), fields.Datetime.now() - timedelta(minutes=5)),
        )
        self.env.invalidate_all()

    def count(self):
        self.env["interop.endpoint.use"]._cron_count()
        return self.env["interop.contract.sending"].search([])

    def test_it_is_counted_once_and_by_day(self):
        self.send(self.party("1"), self.party("2"))
        self.arrived(days=3)
        self.send(self.party("3"))
        self.assertEqual(self.sent(self.second), [(self.system, 3)])
        counted = self.count()
        self.assertEqual(counted.mapped("messages"), [2])
        self.assertEqual(self.count(), counted)
        self.assertEqual(self.sent(self.second), [(self.system, 3)])
        self.arrived(days=40)
        self.assertEqual(self.sent(self.second), [(self.system, 2)])
        old = counted.copy({"day": counted.day - 40 * DAY})
        self.assertEqual(self.count(), counted)
        self.assertFalse(old.exists())

    def test_of_the_day_on_which_it_went_out_of_use_only_who_names_it_counts(self):
        self.first.sudo().out_of_use_at = self.noon(2)
        self.env.flush_all()
        for key, moment in (
            ("1", self.noon(2) - HOUR),
            ("2", self.noon(2) + HOUR),
            ("3", self.noon(3)),
        ):
            answer = self.receive(self.named(key), self.endpoints["cloudevents"])
            self.env.cr.execute(
                "UPDATE interop_message SET received_at = %s WHERE uuid = %s",
                (moment, json.loads(answer.body)["id"]),
            )
        for is_counted in (False, True):
            if is_counted:
                self.assertEqual(sum(self.count().mapped("messages")), 3)
            self.assertEqual(self.sent(self.first), [(self.system, 1)], is_counted)

    def noon(self, days):
        today = fields.Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
        return today - days * DAY

    def test_history_is_not_read(self):
        """Who sends is told by the counts: rows of messages that were counted are not looked at."""
        self.send(self.party("1"))
        self.arrived(days=1)
        self.count()
        self.env.cr.execute("UPDATE interop_message SET contract_version_id = NULL")
        self.assertEqual(self.sent(self.second), [(self.system, 1)])
