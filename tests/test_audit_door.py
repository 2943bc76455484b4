"""What the audit log has of who came in at the door, and of who was refused: little, and nothing is left out of the count."""

import json
from collections import defaultdict
from unittest.mock import patch

from odoo.tests import tagged

from ..core.audit_sampling import FIRST_FEW, Sampler
from ..models.attention import audit_door
from .common_audit import AuditCase


@tagged("post_install", "-at_install")
class TestAtTheDoor(AuditCase):
    def setUp(self):
        super().setUp()
        self.clock = 60.0
        # a secret that a test issues is gone after it
        self.addCleanup(self.secrets.update, dict(self.secrets))
        self.enterContext(patch.object(audit_door, "_refusals", defaultdict(Sampler)))
        self.enterContext(patch.object(audit_door, "_seen", {}))
        self.enterContext(patch.object(audit_door, "time", lambda: self.clock))
        self.receive(self.party("warm"))
        self.mark = self.newest()

    def refuse(self):
        return self.receive(self.party("1"), headers={"webhook-signature": "v1,AAAA"})

    def test_a_system_that_comes_in_is_told_once_a_day_and_worker(self):
        audit_door._seen.clear()
        for key in "12":
            self.assertEqual(self.receive(self.party(key)).status, 202)
        [entry] = self.entries(self.mark)
        self.assertEqual((entry.action, entry.actor_kind), ("login", "system"))
        self.assertEqual((entry.actor, entry.actor_id), ("Test EHR", self.system.id))
        credential = self.endpoint.credential_ids
        self.assertEqual((entry.res_model, entry.res_id), (credential._name, credential.id))
        self.issue(self.endpoint)
        self.receive(self.party("3"))
        self.assertEqual(len(self.entries(self.mark, action="login")), 2)

    def test_a_login_that_is_rolled_back_is_told_by_the_next(self):
        audit_door._seen.clear()
        self.receive(self.party("1"))
        self.assertTrue(audit_door._seen)
        self.env.cr.postrollback.run()
        self.assertFalse(audit_door._seen)

    def test_the_ordinary_path_costs_no_statement(self):
        with patch.object(type(self.log), "_record") as record:
            self.receive(self.party("1"))
        record.assert_not_called()

    def test_the_first_refusals_are_told_and_the_others_counted(self):
        for _ in range(50):
            self.assertEqual(self.refuse().status, 401)
        entries = self.entries(self.mark)
        self.assertEqual(entries.mapped("count"), [1] * FIRST_FEW)
        self.assertEqual(set(entries.mapped("outcome")), {"refused"})
        self.assertEqual(entries[0].res_id, self.endpoint.id)
        self.assertEqual(json.loads(entries[0].details), {"reason": "unauthenticated"})
        self.clock += 60
        self.refuse()
        later = self.entries(self.mark)[FIRST_FEW]
        self.assertEqual(later.count, 50 - FIRST_FEW)
        told = json.loads(later.details)
        self.assertEqual(told, {"reason": "unauthenticated", "since": "1970-01-01T00:01:00+00:00"})
        self.assertEqual(sum(self.entries(self.mark).mapped("count")), 51)

    def test_whom_a_flood_hides_is_told_with_the_address(self):
        for address in ("192.0.2.1", "192.0.2.1", "192.0.2.7"):
            self.patch(type(self.log), "_address", lambda _log, address=address: address)
            for _time in range(FIRST_FEW):
                self.refuse()
        addresses = self.entries(self.mark).mapped("remote_address")
        self.assertEqual(addresses, ["192.0.2.1"] * FIRST_FEW + ["192.0.2.7"] * FIRST_FEW)

    def test_what_is_left_is_told_by_whoever_comes_next(self):
        for _time in range(10):
            self.refuse()
        self.patch(type(self.log), "_address", lambda _log: "192.0.2.7")
        self.clock += 60
        self.assertEqual(self.receive(self.party("1")).status, 202)
        later = self.entries(self.mark)[-1]
        self.assertEqual((later.action, later.count), ("refused", 10 - FIRST_FEW))
        # it did not come from where the next one is
        self.assertFalse(later.remote_address)

    def test_what_was_rolled_back_is_told_again(self):
        self.refuse()
        self.env.cr.postrollback.run()
        self.clock += 60
        for _time in range(2):
            self.refuse()
        self.assertEqual(sum(self.entries(self.mark).mapped("count")), 3)

    def test_an_endpoint_that_is_gone_is_still_named(self):
        endpoint = self.make_endpoint("json")
        for _time in range(11):
            self.receive(b"{}", endpoint)
        number = endpoint.id
        endpoint.unlink()
        self.clock += 60
        self.refuse()
        later = [one for one in self.entries(self.mark) if one.res_id == number][-1]
        self.assertEqual(later.count, 11 - FIRST_FEW)

    def test_over_the_sample_a_refusal_costs_no_statement_more(self):
        for _ in range(FIRST_FEW):
            self.refuse()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        with patch.object(type(self.log), "_refused"):
            self.refuse()
        plain = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        self.refuse()
        self.assertEqual(self.env.cr.sql_log_count - before, plain)

    def test_refusals_of_all_kinds_are_told(self):
        self.endpoint.state = "draft"
        self.receive(self.party("1"))
        self.endpoint.state = "live"
        self.receive(b"{")
        self.receive(self.party("1"), content_type="text/html")
        reasons = [
            json.loads(one.details)["reason"] for one in self.entries(self.mark, action="refused")
        ]
        self.assertEqual(len(reasons), 3)
        self.assertIn("endpoint_not_live", reasons)
        self.assertIn("unsupported_media_type", reasons)

    def test_no_name_that_somebody_asks_for_gets_in(self):
        endpoint = self.env["interop.endpoint"].new({"code": "4711-doe-jane", "format": "json"})
        self.secrets[endpoint.code] = self.secrets[self.endpoint.code]
        self.assertEqual(self.receive(self.party("1"), endpoint).status, 401)
        [entry] = self.entries(self.mark)
        self.assertFalse(entry.res_id)
        self.assertNotIn("4711", str(entry.read()))
