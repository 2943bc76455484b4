"""Stock movements: done in Odoo as they were reported, with lots, units and whose cost it is."""

from datetime import date

from odoo import fields
from odoo.tests import tagged

from .common_stock import StockMovementCase, day


@tagged("post_install", "-at_install")
class StockMovementTest(StockMovementCase):
    # -- the four kinds --

    def test_consumption_leaves_the_place_for_the_patient(self):
        encounter = self.make_encounter("V1")
        self.stocked(self.gloves, 10)
        move = self.done(self.fact(encounter=self.ref("encounter", "V1")))
        self.assertEqual("done", move.state)
        self.assertEqual((self.store, self.patient), (move.location_id, move.location_dest_id))
        self.assertEqual(8, self.on_hand(self.gloves))
        self.assertEqual(
            (encounter, self.system), (move.interop_encounter_id, move.interop_system_id)
        )
        self.assertEqual(day(1, 9), move.interop_occurred_at)
        self.assertEqual("M1", move.origin)
        self.assertEqual(self.company, move.company_id)
        self.assertEqual(-10, sum(move.analytic_account_line_ids.mapped("amount")))
        centres = move.analytic_account_line_ids.mapped("account_id")
        self.assertEqual(self.ward.analytic_account_id, centres)

    def test_consumption_is_valued_as_odoo_does(self):
        self.stocked(self.gloves, 10)
        self.assertEqual(10, self.done(self.fact()).value)

    def test_the_nearest_place_above_and_else_the_warehouse_holds_the_stock(self):
        self.make_place("LAB")
        moves = self.done(
            self.fact("M1", from_location="SUR-1"),
            self.fact("M2", from_location="LAB"),
            self.fact("M3", from_location=None),
            self.fact("M4", from_location=None, to_location="SUR"),
        )
        self.assertEqual(
            [self.store, self.stock, self.stock, self.store], [m.location_id for m in moves]
        )
        centres = [move.interop_analytic_account_id for move in moves]
        ward = self.ward.analytic_account_id
        self.assertEqual([ward, self.centre, self.centre, ward], centres)

    def test_what_is_gone_is_gone_whatever_was_there(self):
        self.done(self.fact(quantity=3))
        self.assertEqual(-3, self.on_hand(self.gloves))

    def test_what_others_reserved_of_it_is_free_again(self):
        self.stocked(self.gloves, 5)
        other = self.env["stock.move"].create(
            {
                "product_id": self.gloves.id,
                "product_uom_qty": 5,
                "location_id": self.store.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        other._action_confirm()
        other._action_assign()
        self.assertEqual("assigned", other.state)
        self.done(self.fact(quantity=2))
        self.assertEqual(3, self.on_hand(self.gloves))
        self.assertEqual((3, "partially_available"), (other.quantity, other.state))

    def test_a_return_comes_back_into_the_place(self):
        self.stocked(self.gloves, 10)
        move = self.done(self.fact(kind="return", from_location=None, to_location="SUR"))
        self.assertEqual((self.patient, self.store), (move.location_id, move.location_dest_id))
        self.assertEqual(12, self.on_hand(self.gloves))

    def test_a_transfer_goes_from_place_to_place(self):
        self.make_place("CENTRAL", stock_location_id=self.stock.id)
        self.stocked(self.gloves, 10, self.stock)
        self.done(self.fact(kind="transfer", from_location="CENTRAL", to_location="SUR"))
        self.assertEqual((8, 2), (self.on_hand(self.gloves, self.stock), self.on_hand(self.gloves)))
        self.fails(
            self.fact("M2", kind="transfer", from_location="SUR", to_location="SUR-1"), "same_place"
        )

    def test_the_event_tells_the_kind_where_nothing_else_does(self):
        item = self.fact(kind=None)
        items = [
            self.item(
                event, type(item.entity)(**{**item.entity.said(), "identifiers": self.ids(event)})
            )
            for event in ("consumed", "returned")
        ]
        moves = self.done(*items)
        self.assertEqual([self.patient, self.store], [move.location_dest_id for move in moves])
        self.fails(self.fact(kind="theft"), "unknown_kind")

    def test_another_company_has_its_own_stock(self):
        company = self.env["res.company"].create({"name": "Clinic"})
        facility = self.env["interop.facility"].create({"name": "Clinic", "company_id": company.id})
        # creating a service user is the system's affair: here it may act for both
        self.system.user_id.sudo().company_ids += company
        move = self.done(self.fact(from_location=None), company=company.id, facility=facility.id)
        self.assertEqual(company, move.company_id)
        self.assertEqual(facility.warehouse_id.lot_stock_id, move.location_id)
        self.assertNotEqual(self.stock, move.location_id)
        self.assertFalse(move.interop_analytic_account_id)

    # -- again --

    def test_twice_is_once(self):
        self.stocked(self.gloves, 10)
        self.assertEqual(["created"], self.effects(self.fact()))
        self.assertEqual(["unchanged"], self.effects(self.fact()))
        self.assertEqual(["unchanged", "unchanged"], self.effects(self.fact(), self.fact()))
        self.assertEqual(8, self.on_hand(self.gloves))

    def test_another_movement_under_the_same_number_is_for_a_person(self):
        self.apply(self.fact())
        self.fails(self.fact(quantity=3), "movement_done")
        self.assertEqual(-2, self.on_hand(self.gloves))

    # -- lots --

    def test_lots_are_found_or_made_with_their_expiry(self):
        known = self.env["stock.lot"].create({"name": "L1", "product_id": self.screw.id})
        expiry = date(2027, 5, 28)
        moves = self.done(
            self.fact("M1", product="SCR", lot="L1", expiry=expiry),
            self.fact("M2", product="SCR", lot="L2", expiry=expiry),
            self.fact("M3", product="SCR", lot="L2"),
        )
        lots = moves.move_line_ids.lot_id
        self.assertEqual(known, moves[0].move_line_ids.lot_id)
        self.assertEqual(["L1", "L2"], sorted(lots.mapped("name")))
        self.assertEqual([expiry, expiry], lots.mapped("interop_expiry_date"))
        self.assertEqual(-4, self.on_hand(self.screw, lot="L2"))

    def test_a_tracked_product_needs_its_lot(self):
        self.fails(self.fact(product="SCR"), "lot_required")
        self.make_product("PLT", tracking="serial")
        self.fails(self.fact(product="PLT", lot="S1"), "serial_quantity")
        self.done(self.fact(product="PLT", lot="S1", quantity=1))

    def test_the_lot_of_what_is_not_tracked_is_left_alone(self):
        self.assertFalse(self.done(self.fact(lot="L1")).move_line_ids.lot_id)

    # -- units --

    def test_quantities_are_in_the_senders_unit(self):
        litre = self.env.ref("uom.product_uom_litre")
        self.make_product("DIS", uom_id=litre.id)
        moves = self.done(
            self.fact("M1", product="DIS", unit="mL", quantity=500),
            self.fact("M2", product="DIS", unit="LTR", quantity=1),
            self.fact("M3", product="DIS", unit="", quantity=1),
            self.fact("M4", unit="DZN", quantity=1),
            self.fact("M5", unit="BX", quantity=3),
        )
        self.assertEqual(-2.5, self.on_hand(moves[0].product_id))
        self.assertEqual("ml", moves[0].product_uom.name)
        self.assertEqual(-15, self.on_hand(self.gloves))

    def test_a_unit_that_does_not_fit_is_named(self):
        error = self.fails(self.fact(unit="mL"), "unit_mismatch")
        self.assertEqual("mL", error.value)
        error = self.fails(self.fact(unit="furlong"), "unknown_unit")
        self.assertEqual("furlong", error.value)

    # -- what is wrong with one --

    def test_an_unknown_product_is_one_cause(self):
        items = [self.fact(f"U{number}", product="NEW") for number in range(20)]
        outcomes = self.apply(*items, self.fact("M1"), may_create=False)
        self.assertEqual("done", outcomes.pop().state)
        self.assertEqual({"failed"}, {outcome.state for outcome in outcomes})
        causes = {(one.error.code, one.error.value) for one in outcomes}
        self.assertEqual({("unknown_product", "NEW")}, causes)

    def test_an_unknown_product_is_made_where_the_route_says_so(self):
        move = self.done(self.fact(product="NEW", unit="BX"))
        self.assertEqual(("NEW", True), (move.product_id.name, move.product_id.is_storable))

    def test_senseless_movements_are_refused(self):
        self.make_product("SRV", entity="product", type="service", is_storable=False)
        self.fails(self.fact(product="SRV"), "not_stocked")
        self.fails(self.fact(quantity=0), "quantity_not_positive")
        self.fails(self.fact(quantity=-1), "quantity_not_positive")
        outcomes = self.apply(self.fact(quantity=-1), self.fact("M2"))
        self.assertEqual(["failed", "done"], [outcome.state for outcome in outcomes])

    # -- receipts --

    def order(self, *quantities, product=None, **values):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.make_partner(f"S{next(self.numbers)}", "organization").id,
                "picking_type_id": self.facility.warehouse_id.in_type_id.id,
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": (product or self.gloves).id,
                            "product_qty": quantity,
                            "price_unit": 7,
                        }
                    )
                    for quantity in quantities
                ],
                **values,
            }
        )
        order.button_confirm()
        return order

    def receipt(self, number="G1", **said):
        return self.fact(number, kind="receipt", from_location=None, **said)

    def test_a_receipt_without_an_order_comes_from_a_supplier(self):
        move = self.done(self.receipt(to_location="SUR", quantity=20))
        self.assertEqual("supplier", move.location_id.usage)
        self.assertEqual(20, self.on_hand(self.gloves))

    def test_a_receipt_validates_its_order(self):
        order = self.order(10)
        move = self.done(self.receipt(order=self.ref("order", order.name), quantity=10))
        self.assertEqual(order.picking_ids, move.picking_id)
        self.assertEqual(("done", 10), (order.picking_ids.state, order.order_line.qty_received))
        self.assertEqual(10, self.on_hand(self.gloves, self.stock))
        self.assertEqual(
            ["unchanged"],
            self.effects(self.receipt(order=self.ref("order", order.name), quantity=10)),
        )

    def test_movements_are_the_history_of_transfer_and_order(self):
        order = self.order(10)
        move = self.done(self.receipt(order=self.ref("order", order.name), quantity=10))
        self.assertIn(move.id, order._interop_kin()["stock.move"])
        self.assertEqual(
            {move.id: move.picking_id.id}, move.picking_id._interop_kin()["stock.move"]
        )
        self.assertEqual(0, order.interop_delivery_count)
        self.assertIn("stock.move", str(order.action_interop_history()["domain"]))

    def test_a_partial_receipt_leaves_the_rest_open(self):
        order = self.order(10, partner_ref="ACK-1")
        self.apply(self.receipt("G1", order=self.ref("order", "ACK-1"), quantity=4))
        self.assertEqual(4, order.order_line.qty_received)
        self.assertEqual(["assigned", "done"], sorted(order.picking_ids.mapped("state")))
        self.apply(
            self.receipt("G2", order=self.ref("order", "ACK-1"), quantity=5),
            self.receipt("G3", order=self.ref("order", "ACK-1"), quantity=2),
        )
        self.assertEqual(11, order.order_line.qty_received)
        again = self.receipt("G3", order=self.ref("order", "ACK-1"), quantity=2)
        self.assertEqual(["unchanged"], self.effects(again))

    def test_a_receipt_with_a_lot_against_an_order(self):
        order = self.order(5, product=self.screw)
        self.apply(
            self.receipt(product="SCR", lot="L9", order=self.ref("order", order.name), quantity=5)
        )
        self.assertEqual(5, self.on_hand(self.screw, self.stock, lot="L9"))
        self.assertEqual(5, order.order_line.qty_received)

    def test_what_the_order_does_not_have_open_comes_in_by_itself(self):
        order = self.order(10)
        self.apply(self.receipt("G1", order=self.ref("order", order.name), quantity=10))
        self.apply(self.receipt("G2", order=self.ref("order", order.name), quantity=3))
        self.assertEqual(13, self.on_hand(self.gloves, self.stock))
        self.assertEqual(10, order.order_line.qty_received)

    def test_an_order_that_nobody_knows_is_awaited(self):
        item = self.receipt(order=self.ref("order", "P99999"))
        (outcome,) = self.apply(item, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(item, "unknown_order")

    # -- statements --

    def test_statements_of_consumptions(self):
        products = [self.make_product(f"P{number}", standard_price=2) for number in range(20)]
        for product in products:
            self.stocked(product, 1000)
        items = [self.fact(f"N{number}", product=f"P{number % 20}") for number in range(100)]
        with self.at_most(5, self.fact("W"), per=100):
            self.apply(*items)
        self.assertEqual(990, self.on_hand(products[0]))

    def test_statements_of_consumptions_of_what_is_not_there(self):
        items = [
            self.fact(f"N{number}", product="SCR", lot=f"L{number % 5}") for number in range(100)
        ]
        with self.at_most(6, self.fact("W"), per=100):
            self.apply(*items)
