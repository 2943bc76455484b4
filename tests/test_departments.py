"""Departments: a tree of any depth, closings, and who bears the costs afterwards."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..core.canonical import CLEAR, Charge, Organization, StockMovement
from .common_entities import NOW
from .common_master import MasterCase, at
from .common_supply import SupplyCase

TODAY = NOW.date()
LATER = TODAY + timedelta(10)
DEPTH = 50


class DepartmentCase(MasterCase):
    cls_ = Organization

    def told(self, number, hour=8, **said):
        said.setdefault("kind", "department")
        if isinstance(said.get("parent"), str):
            said["parent"] = self.ref("organization", said["parent"])
        if isinstance(said.get("replaced_by"), str):
            said["replaced_by"] = self.ref("organization", said["replaced_by"])
        return super().told(number, hour, **said)


@tagged("post_install", "-at_install")
class TreeTest(DepartmentCase):
    def chain(self, prefix="D", hour=8):
        return [
            self.told(
                f"{prefix}{number}",
                hour,
                name=f"Level {number}",
                **({"parent": f"{prefix}{number - 1}"} if number else {}),
            )
            for number in range(DEPTH)
        ]

    def depth(self, department):
        return len(department.parent_path.split("/")) - 1

    def test_fifty_deep_in_any_order_and_moved_as_a_whole(self):
        for prefix, step in (("U", 1), ("D", -1)):
            departments = self.done(*self.chain(prefix)[::step])[::step]
            self.assertEqual(DEPTH, self.depth(departments[-1]), prefix)
        other = self.tell("X")
        self.tell("D1", 9, parent="X")
        self.assertEqual((DEPTH, other), (self.depth(departments[-1]), departments[1].parent_id))
        self.assertIn(f"/{other.id}/", f"/{departments[-1].parent_path}")
        self.tell("D1", 10, parent=CLEAR)
        self.assertEqual(DEPTH - 1, self.depth(departments[-1]))

    def test_statements(self):
        warm = self.chain("W")[:2]
        with self.at_most(8, *warm, per=DEPTH):
            self.done(*self.chain("D"))
        with self.at_most(0.5, *warm, per=DEPTH):
            self.effects(*self.chain("D", 9))
        with self.at_most(25, *warm, per=1):
            self.done(self.told("D1", 10, parent="D0"))

    def test_nothing_stands_below_itself(self):
        top, below = self.done(self.told("A"), self.told("B", parent="A"))
        for number, parent in (("A", "A"), ("A", "B")):
            error = self.fails(self.told(number, 9, parent=parent), "hierarchy_cycle")
            self.assertEqual("parent", error.path)
        self.assertEqual((False, top), (top.parent_id.id, below.parent_id))
        self.assertEqual(["superseded"], self.effects(self.told("B", 7, parent="B")))

    def test_two_that_want_to_stand_below_each_other_at_once(self):
        one, other = self.done(self.told("A"), self.told("B"))
        outcomes = self.apply(self.told("A", 9, parent="B"), self.told("B", 9, parent="A"))
        self.assertEqual(["done", "failed"], [outcome.state for outcome in outcomes])
        self.assertEqual((other, False), (one.parent_id, other.parent_id.id))

    def test_houses_too(self):
        self.done(self.told("A", kind="provider"), self.told("B", kind="provider", parent="A"))
        self.fails(self.told("A", 9, kind="provider", parent="B"), "hierarchy_cycle")


@tagged("post_install", "-at_install")
class ClosingTest(DepartmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)

    def department(self, number):
        department = self.tell(number, name=number)
        department.interop_analytic_account_id = self.make_centre(number)
        return department

    def on(self, day):
        with freeze_time(datetime.combine(day, datetime.min.time())):
            self.env["hr.department"]._cron_interop_close()

    def charge(self, number, day=TODAY, department="D1", **said):
        fact = Charge(
            identifiers=self.ids(number),
            kind="charge",
            occurred_at=self.moment(datetime.combine(day, datetime.min.time())),
            code=self.code("CBC"),
            amount=self.money(10),
            party=self.ref("party", "P"),
            department=self.ref("organization", department),
            **said,
        )
        return self.item("posted", fact, at=at(9))

    def test_closed_from_its_day_on(self):
        department = self.department("D1")
        self.tell("D1", 9, closed_on=LATER)
        self.assertTrue(department.active)
        self.tell("D1", 10, is_active=True)
        self.on(LATER - timedelta(1))
        self.assertEqual((True, LATER), (department.active, department.interop_closed_on))
        self.on(LATER)
        self.assertFalse(department.active)
        with freeze_time(NOW + timedelta(20)):
            self.done(self.told("D1", 11, is_active=True), now=NOW + timedelta(20))
        self.assertEqual((True, False), (department.active, department.interop_closed_on))

    def test_put_off_called_off_and_told_in_another_order(self):
        department = self.department("D1")
        self.tell("D1", 9, closed_on=LATER)
        self.tell("D1", 10, closed_on=LATER + timedelta(5))
        self.assertEqual(["superseded"], self.effects(self.told("D1", 9, closed_on=LATER)))
        self.on(LATER)
        self.assertTrue(department.active)
        self.tell("D1", 11, closed_on=CLEAR)
        self.on(LATER + timedelta(5))
        self.assertTrue(department.active)
        other = self.department("D2")
        self.tell("D2", 10, is_active=True)
        self.done(self.told("D2", 9, closed_on=date(2026, 2, 1)))
        self.assertTrue(other.active, "it was opened again after that")
        self.tell("D2", 9, closed_on=LATER)
        self.assertEqual(LATER, other.interop_closed_on)

    def test_closed_at_once(self):
        department = self.department("D1")
        self.tell("D1", 9, is_active=False)
        self.assertEqual((False, TODAY), (department.active, department.interop_closed_on))
        self.done(self.told("D1", 10, is_active=False), now=NOW + timedelta(3))
        self.assertEqual(TODAY, department.interop_closed_on)
        self.assertTrue(self.tell("D1", 11, is_active=True).active)

    def test_a_house_closes_too(self):
        house = self.tell("H", kind="supplier", closed_on=LATER)
        self.assertTrue(house.active)
        self.on(LATER)
        self.assertFalse(house.active)

    def test_costs_of_a_closed_department_are_named(self):
        self.make_product("CBC", entity="service")
        department = self.department("D1")
        self.tell("D1", 9, closed_on=TODAY)
        error = self.fails(self.charge("C1"), "department_closed")
        self.assertEqual(
            ("department", "D1", "business"), (error.path, error.value, error.category)
        )
        before = self.done(self.charge("C2", TODAY - timedelta(1)))
        self.assertEqual(department, before.department_id)
        self.assertEqual(department.interop_analytic_account_id, before.analytic_account_id)

    def test_costs_go_to_whoever_replaces_it(self):
        self.make_product("CBC", entity="service")
        self.department("D1"), self.department("D2")
        last = self.department("D3")
        self.tell("D1", 9, closed_on=TODAY, replaced_by="D2")
        self.tell("D2", 9, closed_on=TODAY, replaced_by="D3")
        charge = self.done(self.charge("C1"))
        self.assertEqual(
            (last, last.interop_analytic_account_id),
            (charge.department_id, charge.analytic_account_id),
        )
        self.tell("D3", 9, closed_on=TODAY, replaced_by="D1")
        self.fails(self.charge("C2"), "department_closed")
        self.fails(self.told("D1", 10, replaced_by="D1"), "own_successor")
        self.tell("D1", 10, replaced_by=CLEAR)
        self.fails(self.charge("C2"), "department_closed")

    def test_what_is_taken_back_goes_where_it_was(self):
        self.make_product("CBC", entity="service")
        department = self.department("D1")
        charge = self.done(self.charge("C1", TODAY - timedelta(3)))
        self.tell("D1", 9, closed_on=TODAY)
        credit = Charge(
            identifiers=self.ids("C9"),
            kind="credit",
            occurred_at=self.moment(NOW),
            code=self.code("CBC"),
            amount=self.money(4),
            party=self.ref("party", "P"),
            reverses=self.ref("charge", "C1"),
            department=self.ref("organization", "D1"),
        )
        made = self.done(self.item("posted", credit, at=at(10)))
        self.assertEqual((department, charge), (made.department_id, made.reversal_of_id))


@tagged("post_install", "-at_install")
class ConsumptionTest(SupplyCase):
    def test_what_a_closed_department_uses(self):
        closed, heir = self.env["hr.department"].create([{"name": "SUR"}, {"name": "ICU"}])
        for department in closed + heir:
            department.interop_analytic_account_id = self.make_centre(department.name)
        self.ward.department_id = closed
        self.stocked(self.gloves, 10, self.store)

        def used(number, day):
            fact = StockMovement(
                identifiers=self.ids(number),
                kind="consumption",
                product=self.ref("product", "GLV", "CDM"),
                quantity=self.quantity(1),
                from_location=self.ref("location", "SUR-1"),
                occurred_at=self.moment(datetime.combine(day, datetime.min.time())),
            )
            return self.item("consumed", fact, at=NOW)

        closed.write({"interop_closed_on": TODAY, "active": False})
        before = self.done(used("M1", TODAY - timedelta(1)))
        self.assertEqual(closed.interop_analytic_account_id, before.interop_analytic_account_id)
        error = self.fails(used("M2", TODAY), "department_closed")
        self.assertEqual("SUR", error.value)
        closed.interop_successor_id = heir
        after = self.done(used("M2", TODAY))
        self.assertEqual(heir.interop_analytic_account_id, after.interop_analytic_account_id)

    def test_places_fifty_deep(self):
        place = self.ward
        for number in range(DEPTH):
            place = self.make_place(f"L{number}", parent_id=place.id)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.store, place._nearest("stock_location_id"))
        self.assertLessEqual(self.env.cr.sql_log_count - before, 3)
        self.assertFalse(place._nearest("department_id"))
        unsaved = self.env["interop.location"].new(
            {"name": "x", "stock_location_id": self.store.id}
        )
        self.assertEqual(self.store, unsaved._nearest("stock_location_id")._origin)

    def test_costs_of_a_centre_that_is_split(self):
        centre, one, other = (self.make_centre(name) for name in ("SUR", "S1", "S2"))
        self.ward.analytic_account_id = centre
        share = {"account_id": centre.id, "valid_from": TODAY}
        shares = self.env["interop.cost.share"].create(
            [
                share | {"target_id": one.id, "percent": 66.67},
                share | {"target_id": other.id, "percent": 33.33},
            ]
        )
        self.stocked(self.gloves, 10, self.store)

        def used(number, day, quantity=1):
            fact = StockMovement(
                identifiers=self.ids(number),
                kind="consumption",
                product=self.ref("product", "GLV", "CDM"),
                quantity=self.quantity(quantity),
                from_location=self.ref("location", "SUR-1"),
                occurred_at=self.moment(datetime.combine(day, datetime.min.time())),
            )
            return self.item("consumed", fact, at=NOW)

        def borne(move):
            lines = move.analytic_account_line_ids
            return {line.auto_account_id or line.account_id: line.amount for line in lines}

        before = self.done(used("M1", TODAY - timedelta(1)))
        self.assertEqual({centre: -5}, borne(before))
        after = self.done(used("M2", TODAY))
        self.assertEqual({one: -3.33, other: -1.67}, borne(after))
        self.assertAlmostEqual(1, sum(after.analytic_account_line_ids.mapped("unit_amount")))
        self.assertEqual(
            {str(one.id): 66.67, str(other.id): 33.33}, after._get_analytic_distribution()
        )
        encounter = self.make_encounter("V1")
        service = self.make_product("CBC", entity="service")
        charge = self.env["interop.charge"].create(
            {
                "name": "C1",
                "system_id": self.system.id,
                "encounter_id": encounter.id,
                "partner_id": encounter.partner_id.id,
                "product_id": service.id,
                "occurred_at": NOW,
                "amount": 10,
                "price_unit": 10,
                "quantity": 1,
                "analytic_account_id": centre.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        encounter.action_draft_invoice()
        self.assertEqual(
            {str(one.id): 66.67, str(other.id): 33.33}, charge.move_line_id.analytic_distribution
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            shares[0].percent = 70
        changed = [(1, shares[0].id, {"percent": 80}), (1, shares[1].id, {"percent": 10})]
        centre.write({"interop_share_ids": changed})
        self.assertEqual(
            {str(centre.id): 10, str(one.id): 80, str(other.id): 10},
            centre._interop_distribution(TODAY),
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            centre.write({"interop_share_ids": [(1, shares[0].id, {"percent": 91})]})
