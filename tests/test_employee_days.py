"""What is told of somebody's work for a day: moves, corrections, several posts."""

import itertools
from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from ..core.canonical import CLEAR, PersonName
from .common_days import DaysCase


@tagged("post_install", "-at_install")
class MoveTest(DaysCase):
    def test_a_move_acts_on_its_day_without_a_message(self):
        employee = self.onboarded(role="nurse")
        self.assertEqual(["updated"], self.effects(self.move("B", 5, role="head nurse")))
        self.assertEqual(("A", "nurse"), (employee.department_id.name, employee.job_title))
        self.assertEqual(date(2026, 4, 5), employee.interop_due_on)
        self.assertEqual(["A", "B"], self.seen(employee, 4, 5))
        self.assertEqual(("head nurse", False), (employee.job_title, employee.interop_due_on))

    def test_worker_type_job_and_manager_move_with_it(self):
        employee = self.onboarded(worker_type="contractor", manager=self.ref("employee", "M1"))
        first = employee.parent_id
        self.assertTrue(first)
        self.done(
            self.move(
                "B",
                5,
                worker_type="staff",
                job=self.code("RN", display="Registered nurse"),
                manager=self.ref("employee", "M2"),
            )
        )
        self.assertEqual(("contractor", first), (employee.employee_type, employee.parent_id))
        self.assertFalse(employee.job_id)
        self.on(5)
        self.assertEqual(
            ("employee", "Registered nurse"), (employee.employee_type, employee.job_id.name)
        )
        self.assertNotIn(employee.parent_id, (first, self.env["hr.employee"]))

    def test_two_moves_and_a_past_one_in_every_order_of_arrival(self):
        moves = {"B": 5, "C": 10, "A": date(2026, 3, 2)}
        for number, order in enumerate(itertools.permutations(moves)):
            name = f"P{number}"
            with freeze_time("2026-01-01 08:00"), self.env.cr.savepoint():
                employee = self.done(
                    self.told(name, 0, organization=self.ref("organization", "C")),
                    now=datetime(2026, 1, 1, 8),
                )
            for ward in order:
                self.done(self.move(ward, moves[ward], number=name, said=9))
            self.assertEqual(["A", "B", "B", "C"], self.seen(employee, 1, 5, 9, 10), order)

    def test_a_move_is_corrected_or_withdrawn_before_its_day(self):
        employee = self.onboarded()
        corrected = self.move("B", 5), self.move("C", 5, said=9)
        self.done(*corrected[:1])
        self.done(*corrected[1:])
        self.assertEqual(["superseded"], self.effects(self.move("B", 5)))
        self.assertEqual(["A", "C"], self.seen(employee, 4, 5))
        self.done(self.move("B", 9, said=10))
        self.assertEqual(3, len(employee.version_ids))
        self.assertEqual(["updated"], self.effects(self.move(None, 9, said=11, is_withdrawn=True)))
        self.assertEqual(["superseded"], self.effects(self.move("B", 9, said=10)))
        self.assertEqual(
            2, len(employee.version_ids), "no version for a day on which nothing happens"
        )
        self.assertEqual(["C", "C"], self.seen(employee, 9, 20))
        self.assertFalse(employee.interop_due_on)

    def test_a_withdrawal_may_overtake_its_move(self):
        employee = self.onboarded()
        self.done(self.move(None, 5, said=9, is_withdrawn=True))
        self.assertEqual(["superseded"], self.effects(self.move("B", 5)))
        self.assertEqual(["A", "A"], self.seen(employee, 4, 5))

    def test_the_past_is_corrected_without_touching_what_came_after(self):
        employee = self.onboarded()
        self.done(self.move("B", date(2026, 3, 10)))
        self.assertEqual("B", employee.department_id.name)
        self.done(self.move("C", date(2026, 3, 5), said=9))
        self.assertEqual("B", employee.department_id.name)
        self.assertEqual(
            ["A", "C", "B"],
            employee.version_ids.sorted("date_version").department_id.mapped("name"),
        )

    def test_news_without_a_day_holds_from_now_until_the_plan(self):
        employee = self.onboarded()
        self.done(self.move("B", 5))
        self.done(self.told("E-1", 9, organization=self.ref("organization", "C"), role="porter"))
        self.assertEqual(("C", "porter"), (employee.department_id.name, employee.job_title))
        self.assertEqual(
            ["superseded"],
            self.effects(self.told("E-1", 7, organization=self.ref("organization", "A"))),
        )
        self.assertEqual(["C", "B"], self.seen(employee, 4, 5))
        self.assertEqual("porter", employee.job_title)

    def test_what_people_planned_by_hand_stays(self):
        employee = self.onboarded()
        employee.create_version(
            {"date_version": date(2026, 4, 8), "department_id": self.ward("C").id}
        )
        self.done(self.move("B", 5))
        self.assertEqual(["A", "B"], self.seen(employee, 4, 5))
        self.on(8, with_odoo=True)
        self.assertEqual("C", employee.department_id.name)

    def test_a_contract_goes_on(self):
        employee = self.onboarded(role="nurse")
        employee.write(
            {"contract_date_start": "2026-01-01", "wage": 7, "contract_date_end": "2026-04-30"}
        )
        self.done(self.move("B", 5))
        self.done(self.move("C", 7, number="E-2", event="onboarded", role="porter"))
        self.done(self.move("C", date(2026, 5, 2), said=9))
        first, moved, ended = employee.version_ids.sorted("date_version")
        self.assertEqual((7, 7, 7), (first.wage, moved.wage, ended.wage))
        self.assertEqual(first.contract_date_end, moved.contract_date_end)
        self.assertFalse(ended.contract_date_start)
        self.assertEqual(("nurse", "nurse"), (moved.job_title, ended.job_title))

    def test_a_stand_in_goes_back(self):
        employee = self.onboarded()
        self.done(self.move("B", 5, effective_until=date(2026, 4, 7)))
        self.assertEqual(["A", "B", "B", "A"], self.seen(employee, 4, 5, 7, 8))

    def test_the_same_again_changes_nothing(self):
        self.onboarded()
        for day in (5, date(2026, 3, 10)):
            self.done(self.move("B", day))
            before = self.env["interop.post"].search([]).mapped("write_date")
            self.assertEqual(["unchanged"], self.effects(self.move("B", day)))
            self.assertEqual(before, self.env["interop.post"].search([]).mapped("write_date"))

    def test_what_is_repeated_every_night_is_no_news(self):
        employee = self.onboarded()
        effects = [self.effects(self.move("A", date(2026, 3, n), said=n))[0] for n in range(2, 12)]
        self.assertEqual({"unchanged"}, set(effects[1:]))
        self.assertEqual((1, 2), (len(employee.version_ids), len(employee.interop_post_ids)))
        self.assertEqual(["updated"], self.effects(self.move("B", date(2026, 3, 12), said=12)))

    def test_who_starts_later_is_shown_but_not_in_the_ward_yet(self):
        employee = self.done(self.move("B", 5, event="onboarded", name=PersonName("Wren")))
        self.assertFalse(employee.department_id)
        self.assertEqual([False, "B"], self.seen(employee, 4, 5))

    def test_rubbish(self):
        employee = self.onboarded()
        own = self.ref("employee", "E-1")
        self.fails(self.told("E-1", 9, manager=own), "own_manager")
        self.fails(self.move("B", 5, manager=own), "own_manager")
        self.fails(self.move("B", 5, worker_type="nobody's word"), "unknown_worker_type")
        self.assertFalse(self.env["interop.post"].search([]))
        self.done(
            self.move("B", date(9999, 12, 31), said=9),
            self.move("C", date.min, said=9, number="E-2"),
        )
        self.done(self.move("no ward of ours", 6, said=10))
        self.assertEqual(["A"], self.seen(employee, 6))
        self.done(self.told("E-1", 11, manager=CLEAR, job=CLEAR))
        self.assertFalse(employee.parent_id or employee.job_id)


@tagged("post_install", "-at_install")
class PostTest(DaysCase):
    def post(self, number, ward, start=None, *, said=8, **more):
        return self.told(
            "E-1",
            said,
            post=self.ids(number),
            organization=ward and self.ref("organization", ward),
            effective_at=start and date(2026, 4, start),
            **more,
        )

    def test_posts_stand_beside_one_another_and_one_is_the_main_one(self):
        employee = self.onboarded("C")
        self.done(self.post("P1", "A"))
        self.done(self.post("P2", "B", 5, said=9, role="teacher"))
        self.assertEqual(["A", "A"], self.seen(employee, 4, 6))
        self.assertEqual(
            {("GRH|P1", "A"), ("GRH|P2", "B")},
            {(post.number, post.department_id.name) for post in employee.interop_post_ids},
        )
        self.done(self.post("P2", "B", 5, said=10, is_main_post=True))
        self.assertEqual(["A", "B"], self.seen(employee, 4, 5))

    def test_the_next_one_takes_over_when_the_main_one_ends(self):
        for order in itertools.permutations(range(2)):
            with self.env.cr.savepoint(flush=False) as savepoint:
                employee = self.onboarded("C")
                told = (
                    self.post("P1", "A", effective_until=date(2026, 4, 9)),
                    self.post("P2", "B", 5, said=9),
                )
                for place in order:
                    self.done(told[place])
                self.assertEqual(["A", "A", "B"], self.seen(employee, 4, 9, 10))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_post_that_starts_on_another_day_than_planned(self):
        employee = self.onboarded("C")
        self.done(self.post("P1", "A", 5))
        self.done(self.post("P1", "A", 9, said=10))
        self.assertEqual(["superseded"], self.effects(self.post("P1", "A", 5, said=9)))
        self.assertEqual(["C", "A"], self.seen(employee, 8, 9))

    def test_a_post_that_ends_today(self):
        employee = self.onboarded("C")
        self.done(
            self.post("P1", "A"),
        )
        self.assertEqual("A", employee.department_id.name)
        self.done(self.post("P2", "B", said=9))
        self.done(self.post("P1", None, said=10, is_withdrawn=True))
        self.assertEqual("B", employee.department_id.name)
