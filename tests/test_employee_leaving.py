"""Who leaves, and what takes effect on its day."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..core.canonical import PersonName
from .common_days import DaysCase
from .common_entities import NOW
from .common_ownership import OwnershipCase

TODAY = NOW.date()


@tagged("post_install", "-at_install")
class LeavingTest(DaysCase):
    def user(self, employee, *groups):
        names = ",".join(("base.group_user", *groups))
        user = new_test_user(self.env, f"u{employee.id}", names)
        employee.user_id = user
        return user

    def leaves(self, day=None, *, said=9):
        return self.told("E-1", said, event="left", effective_at=day and date(2026, 4, day))

    def test_who_leaves_later_is_here_until_then(self):
        employee = self.onboarded()
        user = self.user(employee, "healthcare_interop.group_resolver")
        self.done(self.leaves(5))
        self.assertTrue(employee.active and user.has_group("healthcare_interop.group_resolver"))
        self.done(self.told("E-1", 10, is_active=True, role="nurse"))
        self.on(4)
        self.assertTrue(employee.active)
        self.on(5)
        self.assertEqual((False, date(2026, 4, 5)), (employee.active, employee.departure_date))
        self.assertFalse(user.has_group("healthcare_interop.group_viewer"))
        self.assertTrue(user.active and user.has_group("base.group_user"))
        self.assertTrue(employee.exists())

    def test_leaving_is_put_off_or_called_off(self):
        employee = self.onboarded()
        self.done(self.leaves(5))
        self.done(self.told("E-1", 10, effective_at=date(2026, 4, 5), is_withdrawn=True))
        self.assertEqual(["superseded"], self.effects(self.leaves(5)))
        self.done(self.leaves(9, said=11))
        self.on(8)
        self.assertTrue(employee.active)
        self.on(9)
        self.assertFalse(employee.active)

    def test_the_end_of_an_employment_is_a_day_of_leaving(self):
        employee = self.onboarded()
        for said, day in ((9, 5), (10, 7)):
            self.done(self.told("E-1", said, active_period=self.period(end=datetime(2026, 4, day))))
        self.on(6)
        self.assertTrue(employee.active)
        self.on(7)
        self.assertFalse(employee.active)

    def test_roles_and_work_are_taken_back_at_once(self):
        employee = self.onboarded()
        user = self.user(
            employee,
            "healthcare_interop.group_administrator",
            "hr.group_hr_user",
            "healthcare_interop.group_auditor",
        )
        exception = self.env["interop.exception"].create({"fingerprint": "x", "category": "code"})
        activity = exception.activity_schedule("mail.mail_activity_data_todo", user_id=user.id)
        self.done(self.leaves())
        self.assertFalse(employee.active)
        self.assertEqual(TODAY, employee.departure_date)
        ours = self.env["ir.model.data"].search(
            [("model", "=", "res.groups"), ("module", "=", "healthcare_interop")]
        )
        self.assertFalse(set(ours.mapped("res_id")) & set(user.group_ids.ids))
        self.assertTrue(user.has_group("hr.group_hr_user"))
        self.assertFalse(activity.user_id)
        self.assertIn("left", exception.message_ids[0].body)

    def test_who_comes_back_has_no_roles(self):
        employee = self.onboarded()
        user = self.user(employee, "healthcare_interop.group_resolver")
        self.done(self.leaves())
        self.done(self.told("E-1", 10, event="onboarded", is_active=True))
        self.assertEqual((True, False), (employee.active, employee.departure_date))
        self.assertFalse(user.has_group("healthcare_interop.group_viewer"))

    def test_who_works_in_another_company_too_keeps_the_roles(self):
        employee = self.onboarded()
        user = self.user(employee, "healthcare_interop.group_resolver")
        other = self.env["res.company"].create({"name": "Other house"})
        self.env["hr.employee"].create({"name": "Wren", "company_id": other.id, "user_id": user.id})
        self.done(self.leaves())
        self.assertTrue(user.has_group("healthcare_interop.group_resolver"))

    def test_a_move_after_leaving_brings_nobody_back(self):
        employee = self.onboarded()
        self.done(self.move("B", 9, is_active=True))
        self.done(self.leaves(5))
        self.on(9)
        self.assertFalse(employee.active)


@tagged("post_install", "-at_install")
class EffectTest(DaysCase):
    def test_one_who_cannot_change_stops_nobody(self):
        stuck = self.onboarded()
        self.done(self.move("B", 5))
        other = self.done(self.told("E-2", 8, organization=self.ref("organization", "A")))
        self.done(self.move("C", 5, number="E-2"))
        days = type(self.env["interop.employee.days"])
        take_effect = days._take_effect

        def fails(plugin, employees, today):
            if employees == stuck:
                raise ValueError("a value")
            return take_effect(plugin, employees, today)

        self.patch(days, "_take_effect", fails)
        with self.assertLogs("odoo.addons.healthcare_interop.models.host.hr_employee") as logs:
            self.assertEqual(["C"], self.seen(other, 5))
        self.assertNotIn("a value", "".join(logs.output))
        self.assertEqual(date(2026, 4, 5), stuck.interop_due_on)
        self.patch(days, "_take_effect", take_effect)
        self.assertEqual(["B"], self.seen(stuck, 6))

    def test_statements(self):
        """Three a message: posts and days that change nothing, posts whose ward changes."""

        def told(hour, ward, day, *, number="", kind="post"):
            return [
                self.told(
                    f"{number}{n}",
                    hour,
                    event="onboarded",
                    name=PersonName(f"Wren {n}"),
                    organization=self.ref("organization", ward),
                    role=f"Role {n}",
                    effective_at=day,
                    post=self.ids(f"P{n}") if kind == "post" else None,
                )
                for n in range(100)
            ]

        past = date(2020, 1, 1)
        for kind in ("post", "move"):
            with self.subTest(kind):
                warm = told(7, "A", past, number=f"W{kind}", kind=kind)[:2]
                with self.at_most(6.5, *warm, per=100):
                    self.done(*told(8, "A", past, number=kind, kind=kind))
                with self.at_most(0.3, *warm, per=100):
                    self.effects(*told(9, "A", past, number=kind, kind=kind))
                with self.at_most(3, *warm, per=100):
                    self.done(*told(10, "B", past, number=kind, kind=kind))
                with self.at_most(1.5, *warm, per=100):
                    self.done(*told(11, "C", date(2026, 4, 5), number=kind, kind=kind))

    def test_odoo_finds_the_version_of_today_for_many_as_for_one(self):
        employees = self.env["hr.employee"]
        for place, days in enumerate(([2], [-9, -2], [-2, 0, 3], [5, 9], [1])):
            employee = self.env["hr.employee"].create(
                {"name": f"E{place}", "date_version": TODAY + timedelta(days[0])}
            )
            for day in days[1:]:
                employee.create_version({"date_version": TODAY + timedelta(day)})
            employees += employee
        with freeze_time(NOW + timedelta(2)):
            employees._compute_current_version_id()
        self.assertEqual(
            [2, -2, 0, 5, 1],
            [(one.current_version_id.date_version - TODAY).days for one in employees],
        )
        self.assertTrue(self.env["hr.employee"].new({"name": "X"}).current_version_id)

    def test_contracts_may_not_overlap(self):
        employee = self.env["hr.employee"].create(
            {"name": "E", "contract_date_start": TODAY, "contract_date_end": TODAY + timedelta(9)}
        )
        with self.assertRaises(ValidationError):
            employee.create_version(
                {
                    "date_version": TODAY + timedelta(5),
                    "contract_date_start": TODAY + timedelta(5),
                    "contract_date_end": False,
                }
            )


@tagged("post_install", "-at_install")
class OwnedTest(OwnershipCase, DaysCase):
    def test_days_of_what_another_system_masters(self):
        employee = self.onboarded()
        rule = self.own("employee", "organization", policy="refuse")
        self.done(self.move("B", 5))
        news = self.move("C", 9, said=10, role="porter")
        self.assertRefused(self.by_lab(news)[0], "organization")
        rule.policy = "ignore"
        self.assertEqual(["done"], [outcome.state for outcome in self.by_lab(news)])
        self.assertEqual(["A", "B", "B"], self.seen(employee, 4, 5, 9))
        self.assertEqual("porter", employee.job_title)

    def test_leaving_is_the_masters_to_say(self):
        employee = self.onboarded()
        self.own("employee", "is_active")
        ends = self.period(end=datetime(2026, 4, 5))
        self.by_lab(self.told("E-1", 9, active_period=ends, role="porter"))
        self.by_lab(self.told("E-1", 9, event="left", effective_at=date(2026, 4, 5)))
        self.on(5)
        self.assertTrue(employee.active)
