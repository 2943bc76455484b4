"""Draining a lane: order, waves, parking, versions, identifiers (DESIGN.md sections 5 and 7)."""

import random
from unittest.mock import patch

from odoo.tools import mute_logger

from ..models.exchange import run
from .common import InteropCase


class TestOrder(InteropCase):
    def names(self, *keys):
        return [self.partner(key).name for key in keys]

    def test_messages_about_one_subject_take_effect_in_the_order_of_arrival(self):
        self.send(
            *(self.party("1", name=f"First {place}") for place in range(5)),
            *(self.party("2", name=f"Second {place}") for place in range(3)),
        )
        with self.counting_tries() as sizes:
            self.assertEqual(self.drain(), "8 done")
        self.assertEqual(sizes, [2, 2, 2, 1, 1], "each subject once a wave")
        self.assertEqual(self.names("1", "2"), ["First 4", "Second 2"])
        effects = [row["effect"] for row in self.rows()]
        self.assertEqual(effects[:5], ["created"] + ["updated"] * 4)

    def test_a_set_is_applied_in_one_call(self):
        most = self.env["interop.entity.party"]._set_size
        self.send(*(self.party(str(number), name="Jane") for number in range(most + 50)))
        with self.counting_tries() as sizes:
            self.drain_all()
        self.assertEqual(sizes, [most, 50])

    def test_a_lane_s_drain_takes_its_own_deliveries_only(self):
        self.route.lanes = 4
        self.env.flush_all()
        self.send(*(self.party(str(number), name="Jane") for number in range(40)))
        lanes = {row["lane"] for row in self.rows()}
        self.assertEqual(lanes, {0, 1, 2, 3})
        self.drain(lane=2)
        self.assertEqual({row["lane"] for row in self.rows() if row["state"] == "done"}, {2})
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 40})

    def test_a_subject_always_takes_the_same_lane(self):
        self.route.lanes = 7
        self.env.flush_all()
        for _ in range(3):
            self.send(*(self.party(str(number)) for number in range(9)))
        lanes = {}
        for row in self.rows():
            lanes.setdefault(row["subject"], set()).add(row["lane"])
        self.assertTrue(all(len(found) == 1 for found in lanes.values()), lanes)

    def test_lanes_do_not_change_under_what_waits(self):
        self.send(self.party("1"))
        with self.assertRaisesRegex(Exception, "pending"):
            self.route.lanes = 3

    def test_draining_twice_is_draining_once(self):
        said = {"name": "Jane Roe", "contacts": [{"kind": "phone", "value": "1"}]}
        self.send(self.party("1", **said), self.party("2", name="John"))
        self.drain_all()
        partners = self.env["res.partner"].search_count([])
        before = self.partner("1").write_date
        self.env.cr.execute("UPDATE interop_delivery SET state = 'pending' WHERE state = 'done'")
        self.drain_all()
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual([row["effect"] for row in self.rows()], ["unchanged"] * 2)
        self.assertEqual(self.partner("1").write_date, before)
        self.assertEqual(self.drain(), "nothing due")

    def test_a_slow_drain_still_gets_on(self):
        """Reading may take longer than a drain has: at least one set is applied, or the lane would stand for ever."""
        most = self.env["interop.entity.party"]._set_size
        self.send(*(self.party(str(number), name="Jane") for number in range(most + 20)))
        with patch.object(run, "MOST_SECONDS", -1.0):
            results = self.drain_all()
        self.assertEqual(results, [f"{most} done", "20 done"])

    def test_what_is_left_over_wakes_its_lane(self):
        most = self.env["interop.entity.party"]._set_size
        self.send(*(self.party(str(number), name="Jane") for number in range(most + 20)))
        self.after_commit()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'done' WHERE identity_key LIKE 'interop.lane:%'"
        )
        with patch.object(run, "MOST_SECONDS", -1.0):
            self.drain()
        self.env.cr.execute(
            "SELECT count(*) FROM queue_job WHERE state = 'pending' AND identity_key = %s",
            (f"interop.lane:{self.route.id}:0",),
        )
        self.assertEqual(self.env.cr.fetchone(), (1,))


class TestParking(InteropCase):
    """``guarantor`` refers to a patient that only a further message brings."""

    def waiting(self, minutes):
        self.route.wait_seconds = minutes * 60
        self.env.flush_all()

    def send_blocked(self):
        self.send(
            self.party("1", name="Early", guarantor=self.reference("9")),
            self.party("1", name="Late"),
            self.party("2", name="Other"),
        )

    def test_followers_of_a_failed_delivery_wait_and_others_do_not(self):
        self.send_blocked()
        self.drain_all()
        self.assertEqual(self.states(), ["failed", "pending", "done"])
        self.assertEqual([row["is_parked"] for row in self.rows()], [False, True, False])
        self.assertFalse(self.partner("1"))
        [exception] = self.exceptions()
        self.assertEqual((exception.delivery_count, exception.waiting_count), (1, 1))

    def test_what_arrives_later_waits_too(self):
        self.send_blocked()
        self.drain_all()
        self.send(self.party("1", name="Later still"))
        self.drain_all()
        self.assertEqual(self.states(), ["failed", "pending", "done", "pending"])
        self.assertTrue(self.rows()[-1]["is_parked"])

    def test_trying_again_after_the_cause_is_gone_releases_all_in_order(self):
        self.send_blocked()
        self.drain_all()
        self.send(self.party("9", name="Guarantor"))
        self.drain_all()
        self.assertEqual(self.counts(), {"failed": 1, "pending": 1, "done": 2})
        self.exceptions().action_try_again()
        self.after_commit()
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 4})
        self.assertEqual(self.partner("1").name, "Late")
        self.assertEqual(self.partner("1").interop_guarantor_id, self.partner("9"))
        self.assertFalse(self.exceptions())
        self.assertEqual(len(self.exceptions("resolved")), 1)

    def test_trying_again_in_vain_changes_nothing(self):
        self.send_blocked()
        self.drain_all()
        exception = self.exceptions()
        for _ in range(3):
            exception.action_try_again()
            self.after_commit()
            self.drain_all()
        self.assertEqual(self.states(), ["failed", "pending", "done"])
        self.assertTrue(self.rows()[1]["is_parked"])
        self.assertEqual(self.exceptions(), exception)
        self.assertEqual(self.rows()[0]["tries"], 4)

    def test_a_discard_says_why_and_lets_the_others_go_on(self):
        self.send_blocked()
        self.drain_all()
        failed = self.env["interop.delivery"].search([("state", "=", "failed")])
        failed._discard("sent by mistake")
        self.after_commit()
        self.drain_all()
        rows = self.rows()
        self.assertEqual([row["state"] for row in rows], ["discarded", "done", "done"])
        self.assertEqual(rows[0]["reason"], "sent by mistake")
        self.assertTrue(rows[0]["done_at"])
        self.assertFalse(self.exceptions())

    def test_a_reference_is_awaited_before_it_is_an_exception(self):
        self.waiting(10)
        self.send_blocked()
        self.drain_all()
        first, second, third = self.rows()
        self.assertEqual(
            [first["state"], second["state"], third["state"]], ["pending", "pending", "done"]
        )
        self.assertTrue(first["not_before"] and not first["is_parked"])
        self.assertTrue(second["is_parked"])
        self.assertFalse(self.exceptions())
        self.send(self.party("9", name="Guarantor"))
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(self.counts(), {"pending": 2, "done": 2}, "9 came after 1 in the lane")
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 4})
        self.assertEqual(self.partner("1").name, "Late")

    def test_patience_has_an_end(self):
        self.waiting(10)
        self.send_blocked()
        self.drain_all()
        self.env.cr.execute(
            "UPDATE interop_delivery SET waiting_since = waiting_since - interval '11 minutes'"
        )
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(self.states(), ["failed", "pending", "done"])
        self.assertEqual(self.exceptions().category, "reference")

    def test_unknown_parties_are_made_where_the_route_says_so(self):
        self.route.unknown_master = "create"
        self.env.flush_all()
        self.send_blocked()
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 3})
        stub = self.partner("9")
        self.assertEqual(self.partner("1").interop_guarantor_id, stub)
        self.send(self.party("9", name="Real Name", version=1))
        self.drain_all()
        self.assertEqual(self.partner("9"), stub)
        self.assertEqual(stub.name, "Real Name")

    def test_one_system_s_failure_does_not_hold_another_s_subject_of_the_same_name(self):
        other = self.env["interop.system"].create({"name": "Lab", "code": "t-lab"})
        self.route.system_id = False
        self.route.sequence = -1
        endpoint = self.make_endpoint("json", system_id=other.id)
        self.send_blocked()
        self.send(self.party("1", name="Lab's own"), endpoint=endpoint)
        self.drain_all()
        theirs = self.env["interop.delivery"].search([("system_id", "=", other.id)])
        self.assertEqual(theirs.mapped("state"), ["done"])


class TestVersions(InteropCase):
    PHONE = [{"kind": "phone", "value": "+1 555"}]

    def test_older_news_never_overwrite_newer_ones(self):
        self.send(self.party("1", name="New", version=2))
        self.send(self.party("1", name="Old", version=1))
        self.drain_all()
        self.assertEqual(self.partner("1").name, "New")
        self.assertEqual([row["effect"] for row in self.rows()], ["created", "superseded"])

    def test_older_news_fill_what_no_newer_ones_have_set(self):
        self.send(self.party("1", name="New", version=2))
        self.drain_all()
        self.send(self.party("1", name="Old", contacts=self.PHONE, version=1))
        self.drain_all()
        partner = self.partner("1")
        self.assertEqual((partner.name, partner.phone), ("New", "+1 555"))
        self.assertEqual(self.rows()[1]["effect"], "updated")

    def test_each_attribute_has_a_version_of_its_own(self):
        for version, said in (
            (5, {"name": "Five"}),
            (3, {"contacts": self.PHONE}),
            (4, {"contacts": [{"kind": "phone", "value": "+4"}], "name": "Four"}),
            (2, {"contacts": [{"kind": "phone", "value": "+2"}]}),
            (6, {"name": "Six"}),
        ):
            self.send(self.party("1", version=version, **said))
            self.drain_all()
        self.assertEqual((self.partner("1").name, self.partner("1").phone), ("Six", "+4"))

    def test_any_order_of_arrival_ends_the_same(self):
        news = [
            {"version": 1, "name": "One", "contacts": self.PHONE},
            {"version": 2, "address": {"city": "Two"}},
            {"version": 3, "name": "Three"},
        ]
        found = set()
        for number, order in enumerate(((0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1))):
            for place in order:
                self.send(self.party(f"p{number}", **news[place]))
            self.drain_all()
            partner = self.partner(f"p{number}")
            found.add((partner.name, partner.phone, partner.city))
        self.assertEqual(found, {("Three", "+1 555", "Two")})

    def test_without_a_version_what_comes_later_is_newer(self):
        self.send(self.party("1", name="First"))
        self.drain_all()
        self.send(self.party("1", name="Second"))
        self.drain_all()
        self.assertEqual(self.partner("1").name, "Second")


class TestIdentifiers(InteropCase):
    def test_two_names_of_one_patient_in_one_set_are_one_record(self):
        self.send(
            self.party("a", "b", name="Jane Roe"),
            self.party("b", contacts=[{"kind": "phone", "value": "1"}]),
            self.party("c", "a", address={"city": "Town"}),
        )
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 3})
        partner = self.partner("a")
        self.assertEqual(partner, self.partner("b"))
        self.assertEqual(partner, self.partner("c"))
        self.assertEqual((partner.name, partner.phone, partner.city), ("Jane Roe", "1", "Town"))

    def test_a_known_patient_is_found_under_a_further_number_from_then_on(self):
        self.send(self.party("a", name="Jane Roe"))
        self.send(self.party("b", "a"))
        self.drain_all()
        self.send(self.party("b", name="Jane Doe"))
        self.drain_all()
        self.assertEqual(self.partner("a").name, "Jane Doe")

    def test_numbers_that_no_index_can_hold_fail_their_own_message_only(self):
        long = "".join(str(number * 7919 % 97) for number in range(5000))
        self.send(
            self.party("1", name="Jane"),
            self.party(long, name="Long value"),
            {**self.party(), "data": {"identifiers": [{"value": "1", "system": long}]}},
            {**self.party(), "data": {"identifiers": [{"value": ""}]}},
            {**self.party(), "data": {"identifiers": []}},
        )
        self.drain_all()
        self.assertEqual(self.states(), ["done"] + ["failed"] * 4)

    def test_a_name_that_no_index_can_hold_fails_alone(self):
        long = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=9000))
        self.send(
            *(self.party(str(number), name=long if number == 3 else "Jane") for number in range(9))
        )
        with mute_logger("odoo.sql_db"):
            self.drain_all()
        self.assertEqual(self.counts(), {"done": 8, "failed": 1})
        self.assertEqual(self.rows()[3]["error_code"], "ProgramLimitExceeded 54000")
