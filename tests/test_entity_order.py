"""Orders: what was asked for, and the one charge that completion triggers."""

from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged

from ..core.canonical import Charge, Identifier, Order
from .common_entities import EntityCase


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


@tagged("post_install", "-at_install")
class OrderTest(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.make_product("CBC", entity="service", list_price=28)
        cls.encounter = cls.make_encounter("V1")

    def order(self, event, hour, *, number="O1", filler="", **said):
        names = [Identifier(number, "GRH", "PLAC")] if number else []
        names += [Identifier(filler, "LAB", "FILL")] if filler else []
        return self.item(event, Order(identifiers=tuple(names), **said), at=day(1, hour))

    def placed(self, hour=8, **said):
        said = {
            "kind": "service",
            "code": self.code("CBC"),
            "authored_at": self.moment(day(1, hour)),
            "encounter": self.ref("encounter", "V1"),
        } | said
        return self.order("placed", hour, **said)

    def result(self, hour=10, **said):
        """As an ORU tells it: numbers, status and the laboratory's own words for the test."""
        said = {
            "filler": "L1",
            "kind": "service",
            "status": "completed",
            "code": self.code("718-7", "http://loinc.org"),
            "completed_at": self.moment(day(1, hour)),
        } | said
        return self.order("completed", hour, **said)

    def charges(self):
        return self.env["interop.charge"].search([("order_id.name", "=", "O1")], order="id")

    def told(self):
        return [(charge.amount, charge.state) for charge in self.charges()]

    def test_an_order_is_kept_with_everything_it_says(self):
        order = self.done(
            self.placed(
                priority="stat",
                quantity=self.quantity(2),
                requester=self.ref("employee", "E-1"),
                performer=self.ref("employee", "E-2", display="Dr Wren"),
                party=self.ref("party", "P-V1"),
                location=self.ref("location", "SUR"),
            )
        )
        self.assertEqual(("O1", "active", "service"), (order.name, order.status, order.kind))
        self.assertEqual(
            (self.service, 2, "stat"), (order.product_id, order.quantity, order.priority)
        )
        self.assertEqual("E-1", order.requester_id.name)
        self.assertEqual("Dr Wren", order.performer_id.name)
        self.assertEqual(self.encounter, order.encounter_id)
        self.assertEqual(self.encounter.partner_id, order.partner_id)
        self.assertEqual("SUR", order.location_id.name)
        self.assertEqual(day(1, 8), order.authored_at)
        self.assertFalse(self.charges())

    def test_a_result_completes_the_order_and_charges_it_once(self):
        order = self.done(self.placed(quantity=self.quantity(2)))
        self.apply(self.result())
        self.assertEqual(("completed", day(1, 10)), (order.status, order.completed_at))
        charge = self.charges()
        self.assertEqual((56, 28, 2), (charge.amount, charge.price_unit, charge.quantity))
        self.assertEqual((self.service, self.encounter), (charge.product_id, charge.encounter_id))
        self.assertEqual(self.encounter.partner_id, charge.partner_id)
        self.assertEqual(day(1, 10), charge.occurred_at)
        self.assertEqual(self.centre, charge.analytic_account_id)
        self.apply(self.result())
        self.apply(self.result(11))
        self.assertEqual([(56, "open")], self.told())

    def test_the_result_teaches_the_order_its_filler_number(self):
        self.apply(self.placed())
        self.apply(self.result())
        (outcome,) = self.apply(self.result(11, number="", status="completed"))
        self.assertEqual("done", outcome.state)
        self.assertEqual([(28, "open")], self.told())

    def test_a_result_of_what_nobody_ordered_is_discarded(self):
        pending = self.order(
            "changed", 9, filler="L1", kind="service", status="active", code=self.code("X")
        )
        for item in (
            self.result(),
            pending,
            self.order("procedure.completed", 9, status="completed"),
        ):
            for may_create in (True, False):
                (outcome,) = self.apply(item, may_create=may_create)
                self.assertEqual("discarded", outcome.state)
                self.assertEqual("no billable content", outcome.reason)
        self.assertFalse(self.env["interop.order"].search([("name", "=", "O1")]))

    def test_a_result_that_came_first_completes_the_order_when_it_comes(self):
        (outcome,) = self.apply(self.result())
        self.assertEqual("discarded", outcome.state)
        (again,) = self.apply(self.result(11))
        self.assertEqual("discarded", again.state)
        self.assertEqual([], self.told())
        self.apply(self.placed())
        order = self.env["interop.order"].search([("name", "=", "O1")])
        self.assertEqual(("completed", True), (order.status, order.active))
        self.assertEqual([(28, "open")], self.told())

    def test_a_result_without_an_order_keeps_nothing_but_that_it_was_completed(self):
        self.apply(self.result())
        kept = (
            self.env["interop.order"]
            .with_context(active_test=False)
            .search([("name", "=", "O1"), ("active", "=", False)])
        )
        self.assertEqual("completed", kept.status)
        self.assertFalse(kept.partner_id or kept.encounter_id or kept.product_id)

    def test_who_ordered_does_not_reopen_what_another_system_completed(self):
        self.apply(self.placed())
        self.apply(self.result())
        other = self.env["interop.system"].create({"name": "Orders", "code": "orders-2"})
        self.apply(self.placed(20), system=other.id)
        order = self.env["interop.order"].search([("name", "=", "O1")])
        self.assertEqual("completed", order.status)

    def test_a_stub_learns_its_number(self):
        item = self.item(
            "posted",
            Charge(
                identifiers=self.ids("T9"),
                code=self.code("CBC"),
                order=self.ref("order", "L1", "LAB"),
            ),
        )
        order = self.done(item).order_id
        self.assertEqual("L1", order.name)
        self.apply(self.placed(filler="L1"))
        self.assertEqual("O1", order.name)

    def test_an_order_and_its_result_in_one_call(self):
        outcomes = self.apply(self.result(), self.placed())
        self.assertEqual(["done", "done"], [outcome.state for outcome in outcomes])
        self.assertEqual([(28, "open")], self.told())

    def test_an_order_that_comes_completed_is_charged(self):
        item = self.placed(9)
        done = self.order("completed", 9, **{**item.entity.said(), "status": "completed"})
        self.apply(done)
        self.assertEqual([(28, "open")], self.told())

    def test_news_of_a_change_and_of_an_end_come_in_any_order(self):
        self.apply(self.order("changed", 9, performer=self.ref("organization", "LAB")))
        self.apply(self.placed(8))
        order = self.env["interop.order"].search([("name", "=", "O1")])
        self.assertEqual((self.service, "LAB"), (order.product_id, order.performer_id.name))
        self.apply(self.order("cancelled", 12, number="O2"))
        self.apply(self.placed(8, number="O2"))
        self.assertEqual(
            "cancelled", self.env["interop.order"].search([("name", "=", "O2")]).status
        )

    def test_a_cancelled_order_takes_its_open_charge_back(self):
        order = self.done(self.placed())
        self.apply(self.result())
        self.apply(self.order("cancelled", 11))
        self.assertEqual("cancelled", order.status)
        self.assertEqual([(28, "reversed")], self.told())
        self.apply(self.result(10))
        self.assertEqual([(28, "reversed")], self.told())
        self.apply(self.result(12))
        self.assertEqual([(28, "open")], self.told())

    def test_a_billed_charge_of_a_cancelled_order_stays(self):
        self.apply(self.placed())
        self.apply(self.result())
        self.encounter.action_draft_invoice()
        self.apply(self.order("cancelled", 11))
        self.assertEqual([(28, "billed")], self.told())

    def charge_priced(self):
        self.env.flush_all()
        return self.env["interop.order"]._charge_priced()

    def test_without_a_price_the_charge_waits_for_one(self):
        self.service.list_price = 0
        order = self.done(self.placed(quantity=self.quantity(2)))
        self.assertFalse(order.is_unpriced)
        self.apply(self.result())
        self.assertFalse(self.charges())
        self.assertTrue(order.is_unpriced)
        self.assertEqual(0, self.charge_priced())
        self.service.list_price = 28
        self.assertEqual(1, self.charge_priced())
        self.assertEqual([(56, "open")], self.told())
        self.assertEqual(day(1, 10), self.charges().occurred_at)
        self.assertEqual(
            (self.centre, self.system),
            (self.charges().analytic_account_id, self.charges().system_id),
        )
        self.assertFalse(order.is_unpriced)
        self.assertEqual(0, self.charge_priced())
        self.assertEqual([(56, "open")], self.told())

    def test_the_result_told_again_after_the_price_came_charges_once(self):
        self.service.list_price = 0
        self.apply(self.placed())
        self.apply(self.result())
        self.service.list_price = 28
        self.apply(self.result(11))
        self.assertEqual(0, self.charge_priced())
        self.assertEqual([(28, "open")], self.told())

    def test_a_price_does_not_charge_what_was_cancelled_or_charged_otherwise(self):
        self.service.list_price = 0
        orders = self.done(self.placed(), self.placed(number="O2"))
        self.apply(self.result(), self.result(number="O2", filler="L2"))
        self.apply(self.order("cancelled", 12))
        sent = Charge(
            identifiers=self.ids("T2"),
            kind="charge",
            code=self.code("CBC"),
            amount=self.money(30),
            order=self.ref("order", "O2"),
        )
        self.apply(self.item("posted", sent, at=day(1, 12)))
        self.assertEqual([False, True], orders.mapped("is_unpriced"))
        self.service.list_price = 28
        self.charge_priced()
        self.assertEqual([30], orders.charge_ids.mapped("amount"))
        self.assertFalse(orders[1].is_unpriced)

    def test_an_order_that_cannot_be_charged_stops_no_other(self):
        self.service.list_price = 0
        orders = self.done(self.placed(), self.placed(number="O2"))
        self.apply(self.result(), self.result(number="O2", filler="L2"))
        self.service.list_price = 28
        charging = type(self.env["interop.charging"])
        prepare = charging._prepare_charge

        def refuse(charging, order, system, price):
            if order == orders[0]:
                raise ValueError("a broken extension, quoting P-V1")
            return prepare(charging, order, system, price)

        with (
            patch.object(charging, "_prepare_charge", refuse),
            self.assertLogs("odoo.addons.healthcare_interop.models.care.order_prices") as logs,
        ):
            self.assertEqual(1, self.charge_priced())
        self.assertNotIn("P-V1", logs.output[0])
        self.assertEqual([True, False], orders.mapped("is_unpriced"))
        self.assertEqual([28], orders.charge_ids.mapped("amount"))

    def test_a_charge_sent_for_the_order_takes_the_place_of_the_triggered_one(self):
        def sent(number):
            return self.item(
                "posted",
                Charge(
                    identifiers=self.ids(number),
                    kind="charge",
                    code=self.code("CBC"),
                    amount=self.money(30),
                    order=self.ref("order", "O1"),
                    encounter=self.ref("encounter", "V1"),
                ),
                at=day(1, 12),
            )

        self.apply(self.placed())
        self.apply(self.result())
        self.apply(sent("T1"))
        self.assertEqual([(28, "reversed"), (30, "open")], self.told())
        self.apply(self.placed(number="O3"))
        other = sent("T3")
        self.apply(
            self.item(
                "posted",
                Charge(
                    **{
                        **other.entity.said(),
                        "identifiers": self.ids("T3"),
                        "order": self.ref("order", "O3"),
                    }
                ),
            )
        )
        self.apply(self.result(number="O3", filler="L3"))
        charges = self.env["interop.charge"].search([("order_id.name", "=", "O3")])
        self.assertEqual([30], charges.mapped("amount"))

    def test_an_unknown_code_is_made_or_named(self):
        order = self.done(self.placed(code=self.code("NEW", display="New test")))
        self.assertEqual(("service", "New test"), (order.product_id.type, order.product_id.name))
        error = self.fails(
            self.placed(number="O2", code=self.code("U")), "unknown_service", may_create=False
        )
        self.assertEqual("U", error.value)

    def test_each_kind_goes_to_its_home_and_stays_there(self):
        self.make_product("GLV", is_storable=True)
        store = self.env["stock.location"].create({"name": "Ward store"})
        self.make_place("SUR", stock_location_id=store.id)
        goods = {
            "kind": "supply",
            "code": self.code("GLV"),
            "quantity": self.quantity(2),
            "location": self.ref("location", "SUR"),
        }
        outcomes = self.apply(self.placed(), self.placed(number="O2", **goods))
        self.assertEqual(
            {"interop.order", "stock.picking"}, {outcome.model for outcome in outcomes}
        )
        picking = self.env["stock.picking"].search([("origin", "=", "O2")])
        self.apply(self.order("cancelled", 9, number="O2"))
        self.assertEqual("cancel", picking.state)
        self.assertFalse(self.env["interop.order"].search([("name", "=", "O2")]))

    def test_unknown_words_are_named(self):
        self.fails(self.placed(status="revoked"), "unknown_status")
        self.fails(self.placed(kind="diet"), "unknown_kind")

    def test_statements_of_results(self):
        self.apply(*(self.placed(number=f"N{number}") for number in range(100)))
        items = [self.result(number=f"N{number}", filler=f"F{number}") for number in range(100)]
        warm = [self.placed(number="W"), self.result(number="W", filler="W")]
        with self.at_most(0.4, *warm, per=100):
            self.apply(*items)
        self.assertEqual(
            100, self.env["interop.charge"].search_count([("order_id.name", "like", "N%")])
        )

    # -- two systems --

    def test_what_the_performer_called_off_is_not_taken_up_by_the_placing_that_arrives_late(self):
        other = {"system": self.other_system().id}
        for place, late in enumerate((False, True)):
            number = f"T{place}"
            placed = self.placed(8, number=number)
            off = self.order("cancelled", 12, number=number, kind="service", status="cancelled")
            if late:
                self.apply(off, **other)
                self.apply(placed)
            else:
                self.apply(placed)
                self.apply(off, **other)
            order = self.env["interop.order"].search([("name", "=", number)])
            self.assertEqual(("cancelled", True), (order.status, order.active), late)
            self.apply(placed)
            self.assertEqual("cancelled", order.status, "the same once more is no news")
            self.apply(self.order("changed", 13, number=number, kind="service", status="on_hold"))
            self.assertEqual("on_hold", order.status, late)

    def other_system(self):
        return self.env["interop.system"].create(
            {
                "name": "Radiology",
                "code": "x-ris",
                "identity_domain": self.system.identity_domain,
            }
        )
