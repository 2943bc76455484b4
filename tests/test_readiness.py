"""What the page finds on a server that is set up badly, and well."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields, tools
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..core.readiness import Facts, findings
from ..models.attention import readiness
from .common import InteropCase


@tagged("post_install", "-at_install")
class ReadinessTest(InteropCase):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env, "ready", groups="healthcare_interop.group_administrator"
        )
        self.page = self.env["interop.readiness"].with_user(self.user)

    def look(self):
        action = self.page._look()
        rows = self.env["interop.readiness"].search(action["domain"])
        return {row.code: row for row in rows}

    def test_every_finding_has_words(self):
        self.assertEqual({one.code for one in findings(Facts())}, readiness.WORDS.keys())
        for row in self.look().values():
            self.assertTrue(row.name)
            self.assertEqual(row.level != "good", bool(row.advice))

    def test_restricted_attributes_of_an_older_database_have_no_end(self):
        self.assertEqual(self.look()["attribute_retention"].level, "good")
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        line = contract.attribute_ids[0]
        # no form allows it: older than the constraint
        self.env.cr.execute(
            "UPDATE interop_contract_attribute SET data_class = 'restricted', retention_days = NULL WHERE id = %s",
            (line.id,),
        )
        self.env.invalidate_all()
        found = self.look()["attribute_retention"]
        self.assertEqual(found.level, "problem")
        self.assertIn(f"test json: {line.path}", found.advice)

    def test_content_that_is_kept_past_its_time(self):
        before = self.page._least_data_facts()
        self.send(self.party("1"), self.party("2"))
        messages = self.env["interop.message"].search([("endpoint_id", "=", self.endpoint.id)])
        messages.payload_until = fields.Datetime.now() - timedelta(days=3)
        for message, state in zip(messages, ("failed", "done"), strict=True):
            self.env["interop.delivery"].search([("message_id", "=", message.id)]).state = state
        self.env.flush_all()
        after = self.page._least_data_facts()
        for name in ("overdue_contents", "held_contents"):
            self.assertEqual(after[name], before[name] + 1, name)
        found = self.look()
        self.assertIn(str(after["overdue_contents"]), found["overdue_contents"].advice)
        self.assertEqual(found["held_contents"].level, "advice")

    def test_it_looks_anew_each_time(self):
        first = self.look()
        self.assertEqual(len(first), len(self.look()))
        self.assertFalse(any(row.exists() for row in first.values()))

    def test_what_stands_in_the_servers_configuration_counts(self):
        bad = {"workers": 0, "list_db": True, "admin_passwd": "admin", "proxy_mode": False}
        with patch.dict(tools.config.options, bad):
            found = self.look()
        for code in ("workers", "list_db", "master_password"):
            self.assertEqual("problem", found[code].level, code)
        with patch.dict(
            tools.config.options, {"workers": 4, "list_db": False, "admin_passwd": "x" * 20}
        ):
            found = self.look()
        for code in ("workers", "list_db", "master_password"):
            self.assertEqual("good", found[code].level, code)

    def test_doors_that_nobody_can_use_or_everybody_may_flood(self):
        found = self.look()
        self.assertIn(self.endpoint.code, found["limits"].advice)
        self.assertNotIn(self.endpoint.code, found["credentials"].advice or "")
        self.endpoint.rate_limit = 50
        self.endpoint.payload_days = 400
        self.endpoint.credential_ids.expires_at = fields.Datetime.now() + timedelta(days=3)
        found = self.look()
        self.assertNotIn(self.endpoint.code, found["limits"].advice or "")
        self.assertIn(self.endpoint.code, found["retention"].advice)
        self.assertEqual("advice", found["expiring"].level)
        self.endpoint.credential_ids.write({"is_revoked": True})
        self.assertIn(self.endpoint.code, self.look()["credentials"].advice)

    def test_what_lies_about_and_who_sleeps(self):
        self.receive(self.party("P1"))
        self.env.cr.execute(
            "UPDATE interop_delivery SET received_at = received_at - interval '1 hour'"
        )
        watchdog = self.env.ref("healthcare_interop.cron_watchdog")
        watchdog.lastcall = fields.Datetime.now()
        found = self.look()
        self.assertEqual(("problem", "good"), (found["drained"].level, found["watchdog"].level))
        watchdog.active = False
        self.drain_all()
        found = self.look()
        self.assertEqual(("good", "problem"), (found["drained"].level, found["watchdog"].level))

    def test_only_administrators(self):
        operator = new_test_user(self.env, "op", groups="healthcare_interop.group_operator")
        with self.assertRaises(AccessError):
            self.env["interop.readiness"].with_user(operator)._look()
