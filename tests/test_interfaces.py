"""The inventory: who may call, who calls, and what that costs to know."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..models.exchange import endpoint_use
from .common import DoorCase


@tagged("post_install", "-at_install")
class TestInterfaces(DoorCase):
    def setUp(self):
        super().setUp()
        self.use = self.env["interop.endpoint.use"]

    def arrived(self, days, *messages):
        """Messages that came in so many days ago."""
        ids = self.send(*messages)
        self.env.cr.execute(
            "UPDATE interop_message SET received_at = received_at - %s * interval '1 day' WHERE uuid = ANY(%s)",
            (days, ids),
        )
        self.env.invalidate_all()

    def counted(self):
        self.use._cron_count()
        return {
            (row.endpoint_id.code, row.kind, row.day): row.messages for row in self.use.search([])
        }

    def callers(self):
        self.env.invalidate_all()
        return [(caller.system_id.code, caller.messages) for caller in self.endpoint.caller_ids]

    def test_what_no_person_makes_is_not_the_machines(self):
        credentials = self.env["interop.credential"]
        for model in (self.env["interop.endpoint"], credentials, self.env["interop.contract"]):
            with self.subTest(model._name):
                self.assertFalse(model.default_get(["user_id"]).get("user_id"))
                admin = self.env.ref("base.user_admin")
                mine = model.with_user(admin).default_get(["user_id"])
                self.assertEqual(mine["user_id"], admin.id)

    def test_who_calls_is_known_at_once_and_stays_so_when_it_is_counted(self):
        self.assertEqual(self.callers(), [])
        self.arrived(3, self.party("1"), self.party("2"))
        self.send(self.party("3"))
        self.assertEqual(self.callers(), [("t-ehr", 3)])
        before = self.endpoint.last_call_at
        self.counted()
        self.assertEqual(self.callers(), [("t-ehr", 3)])
        self.assertEqual(self.endpoint.month_messages, 3)
        self.assertEqual(self.endpoint.last_call_at, before)

    def test_a_message_is_counted_once(self):
        self.arrived(2, self.party("1"), self.party("2"))
        first = self.counted()
        self.assertEqual(sum(first.values()), 2)
        self.assertEqual(self.counted(), first)
        # what came in since the last time is added, to the same day as well
        self.arrived(0.5, self.party("3"))
        self.env.cr.execute(
            "UPDATE interop_endpoint_use SET counted_until = counted_until - interval '1 day'"
        )
        self.env.invalidate_all()
        self.assertEqual(sum(self.counted().values()), 3)
        self.assertEqual(self.callers(), [("t-ehr", 3)])

    def test_what_came_a_moment_ago_is_counted_next_time(self):
        self.send(self.party("1"))
        self.assertEqual(self.counted(), {})
        self.assertEqual(self.callers(), [("t-ehr", 1)])

    def test_kinds_are_the_senders_words_and_only_so_many_count_apart(self):
        messages = [self.party(f"k{number}") for number in range(4)]
        for number, message in enumerate(messages):
            message["type"] = f"test.patient.k{number % 3}.v1"
        self.arrived(1, *messages)
        self.patch(endpoint_use, "MOST_KINDS", 1)
        by_kind = {kind: number for (_code, kind, _day), number in self.counted().items()}
        self.assertEqual(by_kind, {"test.patient.k0.v1": 2, "": 2})

    def test_a_last_use_is_kept_longer_than_a_count(self):
        self.arrived(50, self.party("1"))
        self.arrived(40, self.party("2"))
        rows = self.counted()
        self.assertEqual(len(rows), 1)
        [(_code, _kind, day)] = rows
        self.assertEqual(day, fields.Date.today() - timedelta(days=40))
        self.assertEqual(self.callers(), [("t-ehr", 0)])
        self.assertTrue(self.endpoint.last_call_at)

    def test_history_costs_nothing(self):
        """Neither statements nor the rows that are read depend on what was counted."""
        self.send(self.party("0"))
        self.env.invalidate_all()
        statements = []
        endpoints = self.endpoint | self.endpoints["fhir"] | self.endpoints["hl7v2"]
        for number in (1, 60):
            self.arrived(2, *(self.party(f"h{number}-{place}") for place in range(number)))
            self.counted()
            self.env.flush_all()
            endpoints.invalidate_recordset(["last_call_at", "month_messages", "is_silent"])
            endpoints.mapped("create_date")
            before = self.env.cr.sql_log_count
            endpoints.mapped("last_call_at")
            statements.append(self.env.cr.sql_log_count - before)
        self.assertEqual(statements, [2, 2])
        self.env.cr.execute("SELECT count(*) FROM interop_endpoint_use")
        self.assertLessEqual(self.env.cr.fetchone()[0], 2)

    def test_nobody_calls_what_has_been_silent_for_ninety_days(self):
        endpoints = self.env["interop.endpoint"]
        silent = [("is_silent", "=", True), ("system_id", "=", self.system.id)]
        # what is new has had no time to be called
        self.assertFalse(endpoints.search(silent))
        self.env.cr.execute("UPDATE interop_endpoint SET create_date = '2020-01-01'")
        self.env.invalidate_all()
        self.arrived(91, self.party("1"))
        self.env.cr.execute(
            "INSERT INTO interop_credential_use (credential_id, used_at) SELECT id, now() FROM interop_credential "
            "WHERE endpoint_id = %s",
            (self.endpoints["fhir"].id,),
        )
        found = endpoints.search(silent)
        self.assertIn(self.endpoint, found)
        # who was let in counts, even where nothing was stored
        self.assertNotIn(self.endpoints["fhir"], found)
        self.assertTrue(self.endpoints["fhir"].last_call_at)
        others = endpoints.search([("is_silent", "=", False), ("system_id", "=", self.system.id)])
        self.assertEqual(others | found, endpoints.search([("system_id", "=", self.system.id)]))
        self.arrived(89, self.party("2"))
        self.assertNotIn(self.endpoint, endpoints.search(silent))

    def test_consumers_are_who_may_send(self):
        self.assertEqual(self.endpoint.consumer_ids, self.system)
        other = self.env["interop.system"].create({"name": "Lab", "code": "t-lab"})
        engine = self.make_endpoint(
            "json",
            source_ids=[(0, 0, {"value": "l", "system_id": other.id})],
        )
        self.assertEqual(engine.consumer_ids, other)

    def test_event_types_tell_who_sends_them(self):
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        hl7 = self.env["interop.contract"].search([("name", "=", "test hl7v2")])
        self.send(self.party("1"), self.party("2"))
        self.arrived(2, self.party("3"))
        self.env.invalidate_all()
        self.assertEqual((contract.consumer_ids, contract.month_messages), (self.system, 3))
        self.assertTrue(contract.last_received_at)
        self.assertFalse(hl7.last_received_at)
        self.counted()
        self.env.invalidate_all()
        self.assertEqual(contract.month_messages, 3)
        self.env.cr.execute("UPDATE interop_contract SET create_date = '2020-01-01'")
        self.env.invalidate_all()
        silent = self.env["interop.contract"].search([("is_silent", "=", True)])
        self.assertIn(hl7, silent)
        self.assertNotIn(contract, silent)

    def test_another_companys_callers_are_not_told(self):
        self.send(self.party("1"))
        company = self.env["res.company"].create({"name": "Another hospital"})
        stranger = new_test_user(
            self.env,
            "interfaces-stranger",
            groups="healthcare_interop.group_operator",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["interop.caller"].with_user(stranger).search([]))
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        theirs = contract.with_user(stranger)
        self.assertFalse(theirs.last_received_at)
        self.assertFalse(theirs.consumer_ids)
