"""A drain as a whole: its bounds, what ends it, and what a kill leaves behind (DESIGN.md section 5)."""

from unittest.mock import patch

import psycopg2
from psycopg2 import errors

from ..models.exchange import run
from ..models.exchange.contain import Defect
from .common_failures import MARK, FailureCase


class TestTheWholeDrain(FailureCase):
    def test_many_bad_ones_do_not_use_up_the_savepoints_of_the_database(self):
        self.crowd(marked=60, others=40)
        most = []

        def count(*_args):
            most.append(1)
            return original(*_args)

        original = run.Drain._apply_in_savepoint
        with self.stumbling(ValueError()), patch.object(run.Drain, "_apply_in_savepoint", count):
            while self.due_lanes():
                most.clear()
                before = self.counts().get("pending", 0)
                self.drain()
                self.assertLessEqual(len(most), run.MOST_SAVEPOINTS)
                self.assertLess(self.counts().get("pending", 0), before, "a drain must get on")
        self.assertOnlyTheMarked("failed", marked=60, others=40)

    def test_order_holds_when_the_savepoints_are_used_up(self):
        self.send(*(self.party("1", name=f"Name {place}") for place in range(50)))
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 50})
        self.assertEqual(self.partner("1").name, "Name 49")

    def test_what_concerns_the_whole_process_is_raised_and_changes_nothing(self):
        class Lost(psycopg2.OperationalError):
            pgcode = None

        class Stopped(errors.AdminShutdown):
            pgcode = "57P01"

        for error in (
            MemoryError(),
            Lost("server closed the connection"),
            Stopped(),
            psycopg2.InterfaceError(),
        ):
            with self.subTest(type(error).__name__):
                self.send(self.party("1", name=MARK))
                with self.stumbling(error), self.assertRaises(type(error)), self.env.cr.savepoint():
                    self.job_route()._drain(0)
                self.env.cr.postcommit._funcs.clear()
                self.assertEqual(set(self.states()), {"pending"})
        self.assertToldNobody()

    def test_a_lane_that_another_drain_holds_is_left_to_it(self):
        """Two real connections, on a lane that the add-on ships; neither commits."""
        route = self.job_route(self.env.ref("healthcare_interop.route_party"))
        self.assertTrue(route._take_lane(0))
        with self.registry.cursor() as cr:
            other = route.with_env(route.env(cr=cr))
            self.assertEqual(other._drain(0), "busy")
            self.assertEqual(other._drain(1), "nothing due")
            cr.postcommit.clear()
            cr.rollback()

    def test_whatever_leaves_the_job_tells_no_value(self):
        self.send(self.party("1", name="Jane"))
        with (
            patch.object(run.Drain, "apply", side_effect=ValueError(MARK)),
            self.assertRaises(Defect) as caught,
            self.env.cr.savepoint(),
        ):
            self.job_route()._drain(0)
        error, told = caught.exception, []
        while error is not None:
            told.append(repr(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        self.assertNotIn("MARK", "".join(told))
        self.assertIn("ValueError", told[0])


class TestKilled(FailureCase):
    """A kill leaves the row that the drain wrote before it began, on a connection of its own."""

    def begin(self):
        """What a drain does before it is killed."""
        route = self.job_route()
        drain = run.Drain(route, 0)
        drain.take(route._due(0, run.MOST_DELIVERIES))
        return drain

    def test_the_set_shrinks_until_the_killer_stands_alone_and_fails(self):
        self.send(*(self.party(str(number), name="Jane") for number in range(70)))
        sizes = [len(self.begin().work) for _ in range(5)]
        self.assertEqual(sizes, [70, 62, 7, 1, 1])
        self.assertEqual(self.drain(), "1 failed")
        first, *others = self.rows()
        self.assertEqual((first["state"], first["error_code"]), ("failed", "process_killed"))
        self.assertEqual(first["error_category"], "defect")
        self.assertEqual(len(self.exceptions()), 1)
        self.drain_all()
        self.assertEqual({row["state"] for row in others}, {"pending"})
        self.assertEqual(self.counts(), {"failed": 1, "done": 69})

    def test_after_a_try_that_ends_the_set_grows_again(self):
        self.send(*(self.party(str(number), name="Jane") for number in range(200)))
        for _ in range(3):
            self.begin()
        with self.counting_tries() as sizes:
            self.drain_all()
        self.assertEqual(sizes[:5], [1, 2, 4, 8, 16])
        self.assertEqual(self.counts(), {"done": 200})

    def test_another_head_is_not_the_one_that_killed(self):
        self.send(*(self.party(str(number), name="Jane") for number in range(3)))
        for _ in range(5):
            self.begin()
        first = self.env["interop.delivery"].search(
            [("state", "=", "pending")], order="id", limit=1
        )
        first._discard("looked at by a person")
        self.env.flush_all()
        self.assertEqual(len(self.begin().work), 1)
        self.drain_all()
        self.assertEqual(self.counts(), {"discarded": 1, "done": 2})

    def test_a_try_that_ends_leaves_nothing_running(self):
        for body in ([self.party("1", name="Jane")], [self.party(name="No key")]):
            self.send(*body)
            self.drain_all()
            self.env.cr.execute(
                "SELECT is_running, kills FROM interop_lane_try WHERE route_id = %s",
                (self.route.id,),
            )
            self.assertEqual(self.env.cr.fetchall(), [(False, 0)])
