"""Appointments: status, time, people and rooms, whatever order messages come in; and who is booked twice."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from ..core.canonical import CLEAR, Appointment, Identifier, Party
from .common_entities import EntityCase


def day(number, hour=0, minute=0):
    return datetime(2026, 3, number, hour, minute)


@tagged("post_install", "-at_install")
class AppointmentTest(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.make_product("OPC", entity="service")

    def appointment(self, event, hour, *, number="T1", filler="", **said):
        names = [Identifier(number, "GRH", "PLAC")] if number else []
        names += [Identifier(filler, "GRH", "FILL")] if filler else []
        if "staff" in said and said["staff"]:
            said["staff"] = tuple(self.ref("employee", one) for one in said["staff"])
        if said.get("location"):
            said["location"] = self.ref("location", said["location"])
        return self.item(event, Appointment(identifiers=tuple(names), **said), at=day(1, hour))

    def booked(self, hour=8, **said):
        said = {"period": self.period(day(2, 9), day(2, 9, 30))} | said
        return self.appointment("booked", hour, **said)

    def test_it_is_kept_with_everything_it_says(self):
        one = self.done(
            self.booked(
                filler="F1",
                party=self.ref("party", "4711", display="Doe"),
                service=self.code("OPC"),
                staff=("E-1", "E-2"),
                location="R1",
            )
        )
        self.assertEqual(
            ("T1", "booked", day(2, 9), day(2, 9, 30)),
            (one.name, one.status, one.start_at, one.end_at),
        )
        self.assertEqual("Doe", one.partner_id.name)
        self.assertEqual("OPC, T1", one.display_name)
        self.assertEqual(self.service, one.product_id)
        self.assertEqual({"E-1", "E-2"}, set(one.staff_ids.mapped("name")))
        self.assertEqual("R1", one.location_id.name)
        self.assertEqual((self.company, self.facility), (one.company_id, one.facility_id))

    def test_both_numbers_are_one_appointment(self):
        first = self.done(self.booked(filler="F1"))
        again = self.done(self.appointment("confirmed", 9, number="", filler="F1"))
        self.assertEqual(first, again)
        self.assertEqual(("T1", "confirmed"), (again.name, again.status))

    def test_each_event_has_its_status_where_the_message_gives_none(self):
        for event, status in (
            ("booked", "booked"),
            ("confirmed", "confirmed"),
            ("cancelled", "cancelled"),
            ("no_show", "no_show"),
        ):
            one = self.done(self.appointment(event, 8, number=event))
            self.assertEqual(status, one.status)

    def test_a_move_changes_the_time_and_nothing_else(self):
        one = self.done(self.booked(staff=("E-1",)))
        self.done(self.appointment("confirmed", 9))
        later = self.period(day(3, 10), day(3, 10, 30))
        self.done(self.appointment("rescheduled", 10, period=later))
        self.assertEqual(
            (day(3, 10), "confirmed", "E-1"), (one.start_at, one.status, one.staff_ids.name)
        )

    def test_whatever_the_order_of_arrival_the_end_is_the_same(self):
        def told():
            return [
                self.booked(8, staff=("E-1",), location="R1"),
                self.appointment(
                    "rescheduled", 9, period=self.period(day(3, 10), day(3, 11)), staff=("E-2",)
                ),
                self.appointment("confirmed", 10),
                self.appointment("cancelled", 11),
            ]

        seen = set()
        for turn in range(4):
            items = told()
            one = self.done(*items[turn:], *items[:turn])[0]
            seen.add(
                (one.start_at, one.end_at, one.status, one.staff_ids.name, one.location_id.name)
            )
            self.env["interop.binding"].search([("entity", "=", "appointment")]).unlink()
        self.assertEqual({(day(3, 10), day(3, 11), "cancelled", "E-2", "R1")}, seen)

    def test_again_is_unchanged_and_what_is_old_is_superseded(self):
        self.done(self.booked(8, staff=("E-1", "E-2")))
        self.assertEqual(["unchanged"], self.effects(self.booked(8, staff=("E-2", "E-1"))))
        self.assertEqual(["superseded"], self.effects(self.booked(7, staff=("E-1", "E-2"))))

    def test_what_is_cleared_goes(self):
        one = self.done(self.booked(staff=("E-1",), location="R1", service=self.code("OPC")))
        self.done(
            self.appointment(
                "rescheduled", 9, period=CLEAR, staff=CLEAR, location=CLEAR, service=CLEAR
            )
        )
        self.assertFalse(one.start_at or one.end_at or one.staff_ids or one.location_id)
        self.assertFalse(one.product_id)

    def test_what_it_names_and_nobody_knows_is_waited_for_and_then_named(self):
        for said, code in (
            ({"staff": ("E-404",)}, "missing_reference"),
            ({"service": self.code("nobody-knows")}, "missing_code"),
        ):
            (outcome,) = self.apply(self.booked(**said), may_create=False)
            self.assertNotEqual("done", outcome.state)
            self.assertFalse(self.env["interop.appointment"].search([]))
            self.assertTrue(code)

    def test_a_word_that_is_no_status_is_named(self):
        self.assertEqual("status", self.fails(self.booked(status="maybe"), "unknown_status").path)

    def test_a_merged_patient_takes_the_appointments_along(self):
        one = self.done(self.booked(party=self.ref("party", "old")))
        old, survivor = one.partner_id, self.make_partner("new")
        merged = Party(identifiers=self.ids("old"), merged_into=self.ref("party", "new"))
        self.done(self.item("merged", merged, at=day(1, 9)))
        self.assertEqual(survivor, one.partner_id)
        unmerged = Party(identifiers=self.ids("old"))
        self.done(self.item("unmerged", unmerged, at=day(1, 10)))
        self.assertEqual(old, one.partner_id)

    # -- booked twice --

    def coming(self, number, hour, *, until=None, **said):
        start = fields.Datetime.now().replace(hour=0, minute=0, second=0) + timedelta(days=2)
        end = start + timedelta(hours=until or hour + 1)
        period = self.period(start + timedelta(hours=hour), end)
        return self.done(self.appointment("booked", 8, number=number, period=period, **said))

    def clashing(self):
        return set(
            self.env["interop.appointment"].search([("is_clashing", "=", True)]).mapped("name")
        )

    def test_who_is_booked_twice_is_told(self):
        first = self.coming("A", 9, staff=("E-1",))
        second = self.coming("B", 9, staff=("E-1", "E-2"))
        third = self.coming("C", 10, staff=("E-1",))
        self.assertEqual((second, first), (first.clash_ids, second.clash_ids))
        self.assertFalse(third.is_clashing)
        self.assertEqual({"A", "B"}, self.clashing())
        self.done(self.appointment("cancelled", 9, number="B"))
        self.env.invalidate_all()
        self.assertFalse(first.is_clashing or second.is_clashing)
        self.assertEqual(set(), self.clashing())

    def test_a_room_holds_one_and_a_ward_many(self):
        self.make_place("ROOM", kind="room")
        self.make_place("WARD", kind="ward")
        for number, place in (("A", "ROOM"), ("B", "ROOM"), ("C", "WARD"), ("D", "WARD")):
            self.coming(number, 9, location=place)
        self.assertEqual({"A", "B"}, self.clashing())
        everybody = self.env["interop.appointment"].search([("is_clashing", "=", False)])
        self.assertEqual({"C", "D"}, set(everybody.mapped("name")))

    # -- statements --

    def test_statements_of_new_changed_and_unchanged_appointments(self):
        """Bar 5 of issue 4."""
        staff = [f"E-{number}" for number in range(5)]
        self.done(*(self.booked(number=f"W{one}", staff=(one,), location="R1") for one in staff))

        def told(hour, prefix="T"):
            # no two at the same time, so that no write is like another
            start = day(2, hour)
            return [
                self.booked(
                    hour,
                    number=f"{prefix}{number}",
                    party=self.ref("party", f"P{number}", is_carried=True),
                    service=self.code("OPC"),
                    staff=(staff[number % 5],),
                    location="R1",
                    period=self.period(
                        start + timedelta(minutes=number), start + timedelta(minutes=number + 30)
                    ),
                )
                for number in range(200)
            ]

        self.done(
            *(
                self.item("registered", Party(identifiers=self.ids(f"P{number}")), at=day(1, 7))
                for number in range(200)
            )
        )
        with self.at_most(1, *told(8, "W")[:2], per=200):
            self.done(*told(8))
        with self.at_most(1, *told(9, "W")[:2], per=200):
            self.done(*told(9))
        with self.at_most(0.2, *told(9, "W")[:2], per=200):
            self.assertEqual({"unchanged"}, set(self.effects(*told(9))))
