"""Waking a lane: the job row that plain SQL writes, who counts as awake, and what the watchdog puts right."""

import json
from datetime import datetime, timedelta

from odoo import SUPERUSER_ID

from odoo.addons.queue_job.job import Job

from .common import InteropCase

#: what differs from job to job
OWN = {
    "id",
    "uuid",
    "graph_uuid",
    "date_created",
    "create_date",
    "write_date",
    "create_uid",
    "write_uid",
}


class TestWaking(InteropCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM queue_job")

    def wake(self, lanes=((0,)), **options):
        pairs = {(self.route.id, lane) for lane in lanes}
        self.job_route()._wake(self.env.cr, pairs, **options)

    def jobs(self):
        self.env.cr.execute(
            "SELECT to_jsonb(j) FROM queue_job j WHERE method_name = '_drain' ORDER BY id"
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def set_job(self, **values):
        for name, value in values.items():
            if name == "state":
                self.env.cr.execute("UPDATE queue_job SET state = %s", (value,))
            else:
                self.env.cr.execute("UPDATE queue_job SET eta = %s", (value,))

    # -- the row --

    def test_the_row_is_what_with_delay_stores(self):
        for klass in ("urgent", "normal", "bulk"):
            with self.subTest(klass):
                self.env.cr.execute("DELETE FROM queue_job")
                self.route.klass = klass
                self.env.flush_all()
                self.wake()
                [ours] = self.jobs()
                self.env.cr.execute("DELETE FROM queue_job")
                self.job_route().with_delay(
                    priority=ours["priority"],
                    channel=f"root.interop.{klass}",
                    identity_key=ours["identity_key"],
                    description=ours["name"],
                    max_retries=0,
                )._drain(0)
                self.env.flush_all()
                [theirs] = self.jobs()
                differing = {
                    name: (ours[name], theirs[name])
                    for name in ours
                    if name not in OWN and ours[name] != theirs[name]
                }
                self.assertEqual(differing, {})

    def test_the_job_drains_the_lane_and_may_run_twice(self):
        self.send(self.party("1", name="Jane Roe"))
        self.after_commit()
        [row] = self.jobs()
        for _ in range(2):
            job = Job.load(self.env(user=SUPERUSER_ID, su=True), row["uuid"])
            job.perform()
            self.after_commit()
        self.assertEqual(self.counts(), {"done": 1})
        self.assertEqual(self.partner("1").name, "Jane Roe")

    def test_the_job_function_and_its_channels_are_known_to_queue_job(self):
        self.wake()
        [row] = self.jobs()
        job = self.env["queue.job"].search([("uuid", "=", row["uuid"])])
        self.assertEqual(job.job_function_id, self.env.ref("healthcare_interop.job_function_drain"))
        channels = self.env["queue.job.channel"].search([]).mapped("complete_name")
        for klass in ("urgent", "normal", "bulk"):
            self.assertIn(f"root.interop.{klass}", channels)
        self.assertEqual(job.records, self.job_route())
        self.assertEqual(list(job.args), [0])

    # -- who is awake --

    def test_a_job_that_is_about_to_run_or_runs_is_enough(self):
        self.wake()
        for state in ("pending", "enqueued", "started"):
            self.set_job(state=state)
            self.wake()
            self.assertEqual(len(self.jobs()), 1, state)

    def test_a_job_that_ended_does_not_count(self):
        for place, state in enumerate(("done", "failed", "cancelled", "wait_dependencies")):
            self.wake()
            self.assertEqual(len(self.jobs()), place + 1)
            self.set_job(state=state)

    def test_a_job_of_the_future_never_counts(self):
        self.wake()
        self.set_job(eta=datetime.utcnow() + timedelta(minutes=1))
        self.wake()
        self.assertEqual(len(self.jobs()), 2)
        self.set_job(eta=datetime.utcnow() - timedelta(minutes=1))
        self.wake()
        self.assertEqual(len(self.jobs()), 2, "one whose time has come does")

    def test_a_later_look_is_not_made_twice(self):
        soon = datetime.utcnow() + timedelta(seconds=30)
        self.wake(eta=soon)
        self.wake(eta=soon)
        self.wake(eta=soon + timedelta(seconds=30))
        self.assertEqual(len(self.jobs()), 1, "the earlier one sees to both")
        self.wake(eta=soon - timedelta(seconds=20))
        self.assertEqual(len(self.jobs()), 2)
        self.wake()
        self.assertEqual(len(self.jobs()), 3)

    def test_each_lane_has_a_job_of_its_own(self):
        self.wake(lanes=(0, 1, 2))
        self.wake(lanes=(1, 2, 3))
        self.assertEqual(sorted(json.loads(row["args"])[0] for row in self.jobs()), [0, 1, 2, 3])

    def test_only_what_is_due_wakes_a_drained_lane(self):
        self.wake(due_only=True)
        self.assertFalse(self.jobs())
        self.send(self.party("1"))
        for not_before in ("infinity", datetime.utcnow() + timedelta(minutes=1)):
            self.env.cr.execute("UPDATE interop_delivery SET not_before = %s", (not_before,))
            self.wake(due_only=True)
            self.assertFalse(self.jobs())
        self.env.cr.execute("UPDATE interop_delivery SET not_before = NULL")
        self.wake(due_only=True)
        self.assertEqual(len(self.jobs()), 1)

    def test_the_door_wakes_the_lanes_that_it_filled(self):
        self.route.lanes = 3
        self.env.flush_all()
        self.send(*(self.party(str(number)) for number in range(30)))
        self.assertFalse(self.jobs(), "not before the commit")
        self.after_commit()
        self.assertEqual(sorted(json.loads(row["args"])[0] for row in self.jobs()), [0, 1, 2])

    def test_a_drain_looks_again_when_something_waits(self):
        self.route.wait_seconds = 600
        self.env.flush_all()
        self.send(self.party("1", guarantor=self.reference("9")))
        self.after_commit()
        self.set_job(state="done")
        self.drain()
        [row] = [row for row in self.jobs() if row["state"] == "pending"]
        self.assertTrue(row["eta"])
        self.assertEqual(self.rows()[0]["not_before"][:19], row["eta"][:19])

    def test_what_waits_for_a_time_is_looked_for_although_something_due_came_first(self):
        """A race's loser waits a second; the job for what is due hides the need of a later one, and must make it."""
        self.send(self.party("1"), self.party("2"))
        self.after_commit()
        later = datetime.utcnow() + timedelta(minutes=1)
        self.env.cr.execute(
            "UPDATE interop_delivery SET not_before = %s WHERE id = (SELECT min(id) FROM interop_delivery)",
            (later,),
        )
        self.set_job(state="done")
        self.drain()
        [row] = [row for row in self.jobs() if row["state"] == "pending"]
        self.assertEqual(row["eta"][:19], later.isoformat()[:19])

    def test_trying_again_wakes_the_lane(self):
        self.send(self.party(name="No key"))
        self.drain_all()
        self.env.cr.execute("DELETE FROM queue_job")
        self.exceptions().action_try_again()
        self.after_commit()
        self.assertEqual(len(self.jobs()), 1)

    # -- the pulse --

    def pulses(self):
        self.env.cr.execute(
            "SELECT uuid, eta, state FROM queue_job WHERE method_name = '_pulse' ORDER BY id"
        )
        return self.env.cr.fetchall()

    def beat(self):
        """The job of the next pulse at its time, and what it does after its commit."""
        uuid = next(uuid for uuid, _eta, state in self.pulses() if state == "pending")
        self.env.cr.execute(
            "UPDATE queue_job SET eta = eta - interval '6 seconds' WHERE method_name = '_pulse'"
        )
        self.env.cr.execute("UPDATE queue_job SET state = 'started' WHERE uuid = %s", (uuid,))
        job = Job.load(self.env(user=SUPERUSER_ID, su=True), uuid)
        job.perform()
        self.env.cr.execute("UPDATE queue_job SET state = 'done' WHERE uuid = %s", (uuid,))
        self.after_commit()

    def test_who_wakes_a_lane_starts_two_pulses_one_after_the_other(self):
        self.wake(lanes=(0, 1))
        self.wake(lanes=(2,))
        [(_uuid, first, _state), (_uuid, second, _state)] = self.pulses()
        self.assertGreater(first, datetime.utcnow())
        self.assertGreaterEqual(second, first + timedelta(seconds=4))

    def test_nothing_woken_starts_no_pulse(self):
        self.wake()
        self.env.cr.execute("DELETE FROM queue_job WHERE method_name = '_pulse'")
        self.wake()
        self.assertFalse(self.pulses())

    def test_pulses_come_back_as_long_as_a_drain_is_alive(self):
        self.wake()
        self.beat()
        states = [state for _uuid, _eta, state in self.pulses()]
        self.assertEqual(states, ["done", "pending", "pending"])
        self.env.cr.execute("UPDATE queue_job SET state = 'done' WHERE method_name = '_drain'")
        self.beat()
        self.beat()
        self.assertEqual([state for _uuid, _eta, state in self.pulses()], ["done"] * 3)

    def test_a_pulse_that_was_lost_on_its_way_leaves_the_next_one(self):
        self.wake()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'enqueued' WHERE uuid = %s", (self.pulses()[0][0],)
        )
        self.beat()
        self.assertEqual([state for _uuid, _eta, state in self.pulses()][2:], ["pending"] * 2)

    def test_pulses_that_never_came_do_not_count(self):
        self.wake()
        self.env.cr.execute(
            "UPDATE queue_job SET eta = eta - interval '1 minute' WHERE method_name = '_pulse'"
        )
        self.wake(lanes=(1,))
        self.assertEqual(len(self.pulses()), 4)

    # -- the watchdog --

    def watch(self):
        self.job_route()._cron_watchdog()
        self.after_commit()

    def test_the_watchdog_wakes_what_nobody_woke(self):
        self.send(self.party("1"))
        self.env.cr.postcommit._funcs.clear()
        self.watch()
        self.watch()
        self.assertEqual(len(self.jobs()), 1)

    def test_the_watchdog_lets_sleep_what_is_not_due(self):
        self.send(self.party("1"))
        self.env.cr.postcommit._funcs.clear()
        self.env.cr.execute("UPDATE interop_delivery SET not_before = now() + interval '1 day'")
        self.watch()
        self.assertFalse(self.jobs())

    def test_the_watchdog_opens_and_closes_exceptions_that_a_kill_left_wrong(self):
        self.send(self.party(name="No key"))
        self.job_route()._drain(0)
        self.env.cr.postcommit._funcs.clear()
        self.assertFalse(self.exceptions())
        self.watch()
        self.assertEqual(self.exceptions().delivery_count, 1)
        self.env.cr.execute("UPDATE interop_delivery SET state = 'done', fingerprint = NULL")
        self.watch()
        self.assertFalse(self.exceptions())

    def test_the_watchdog_releases_what_a_race_left_parked(self):
        self.send(self.party("1"))
        self.env.cr.postcommit._funcs.clear()
        self.env.cr.execute("UPDATE interop_delivery SET not_before = 'infinity'")
        self.watch()
        self.assertEqual(len(self.jobs()), 1)
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 1})

    def test_the_watchdog_leaves_parked_what_waits_behind_another(self):
        self.send(self.party("1", guarantor=self.reference("9")), self.party("1"))
        self.drain_all()
        self.env.cr.execute("DELETE FROM queue_job")
        self.watch()
        self.assertTrue(self.rows()[1]["is_parked"])
        self.assertFalse(self.jobs())
