"""Supply orders: internal transfers from the main store, reserved as they are placed."""

from unittest.mock import patch

from odoo.exceptions import LockError
from odoo.tests import tagged

from ..core.canonical import CLEAR
from .common_supply import SupplyCase, day


@tagged("post_install", "-at_install")
class SupplyOrderTest(SupplyCase):
    # -- placed --

    def test_an_order_is_a_reserved_transfer_from_the_main_store_to_the_ward(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed(priority="stat", location="SUR-1"))
        self.assertEqual("stock.picking", picking._name)
        self.assertEqual((self.stock, self.store), (picking.location_id, picking.location_dest_id))
        self.assertEqual(
            ("assigned", "S1", "1", self.system, "internal"),
            (
                picking.state,
                picking.origin,
                picking.priority,
                picking.interop_system_id,
                picking.picking_type_code,
            ),
        )
        move = picking.move_ids
        self.assertEqual(
            (self.gloves, 10, 10), (move.product_id, move.product_uom_qty, move.quantity)
        )
        self.assertEqual(self.company, picking.company_id)
        self.assertEqual(50, self.on_hand(self.gloves, self.stock))
        self.assertFalse(self.env["interop.order"].search([("name", "=", "S1")]))

    def test_what_is_short_stays_to_be_seen(self):
        self.stocked(self.gloves, 4)
        pickings = self.done(self.placed(), self.placed(number="S2"))
        self.assertEqual(["assigned", "confirmed"], pickings.mapped("state"))
        self.assertEqual([4, 0], pickings.move_ids.mapped("quantity"))
        self.assertEqual(["partially_available", "confirmed"], pickings.move_ids.mapped("state"))

    def test_goods_that_somebody_else_is_at_are_waited_for(self):
        self.stocked(self.gloves, 50)
        quants = type(self.env["stock.quant"])
        with (
            patch.object(quants, "lock_for_update", side_effect=LockError("busy")),
            self.assertRaises(LockError),
        ):
            self.apply(self.placed())
        picking = self.done(self.placed())
        with patch.object(quants, "lock_for_update", side_effect=LockError("busy")):
            picking.do_unreserve()
            picking.action_assign()
        self.assertEqual(10, picking.move_ids.quantity)

    def test_nothing_is_taken_from_the_stores_of_wards(self):
        self.stocked(self.gloves, 20, self.store)
        self.stocked(self.gloves, 20, self.other_store)
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        picking = self.done(self.placed())
        self.assertEqual(0, picking.move_ids.quantity)
        self.stocked(self.gloves, 6, shelf)
        picking.action_assign()
        self.assertEqual(6, picking.move_ids.quantity)
        self.assertEqual(shelf, picking.move_line_ids.location_id)

    def test_what_is_taken_first_is_for_odoo_to_say(self):
        self.stock.removal_strategy_id = self.env.ref("stock.removal_lifo")
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("Old", "New")]
        )
        for at, shelf in ((day(1), shelves[0]), (day(2), shelves[1])):
            self.env["stock.quant"]._update_available_quantity(self.gloves, shelf, 10, in_date=at)
        self.stocked(self.gloves, 10)
        self.stocked(self.gloves, 10, self.other_store)
        pickings = self.done(self.placed(quantity=15), self.placed(number="S2", quantity=20))
        self.assertEqual([15, 15], pickings.move_ids.mapped("quantity"))
        first, second = (picking.move_line_ids for picking in pickings)
        self.assertEqual(self.stock | shelves[1], first.location_id)
        self.assertEqual(shelves, second.location_id)

    def test_numbers_come_from_odoos_sequence_without_gaps_too(self):
        sequence = self.facility.warehouse_id.int_type_id.sequence_id
        before = sequence.number_next_actual
        first = self.done(self.placed(), self.placed(number="S2"))
        self.assertEqual(
            [sequence.get_next_char(before), sequence.get_next_char(before + 1)],
            first.mapped("name"),
        )
        sequence.write({"implementation": "no_gap", "prefix": "X/"})
        second = self.done(self.placed(number="S3"), self.placed(number="S4"))
        self.assertEqual(2, len(set(second.mapped("name"))))
        self.assertTrue(all(name.startswith("X/") for name in second.mapped("name")))

    def test_other_transfers_take_from_wherever_odoo_lets_them(self):
        self.stocked(self.gloves, 20, self.store)
        move = self.env["stock.move"].create(
            {
                "product_id": self.gloves.id,
                "product_uom_qty": 5,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(self.store, move.move_line_ids.location_id)

    def test_whoever_is_asked_supplies_if_it_is_a_place(self):
        self.stocked(self.gloves, 20, self.other_store)
        pickings = self.done(
            self.placed(performer="MED"),
            self.placed(number="S2", performer=self.ref("organization", "SUPPLY")),
            self.placed(number="S3", performer=self.ref("employee", "E1")),
        )
        self.assertEqual(
            [self.other_store, self.stock, self.stock], [one.location_id for one in pickings]
        )
        self.assertEqual(10, pickings[0].move_ids.quantity)

    def test_an_order_for_a_visit_goes_to_where_its_patient_is(self):
        encounter = self.make_encounter("V1", location_id=self.room.id)
        picking = self.done(self.placed(location=None, encounter=self.ref("encounter", "V1")))
        self.assertEqual(self.store, picking.location_dest_id)
        self.assertEqual(encounter, picking.move_ids.interop_encounter_id)

    def test_an_order_for_a_patient_without_any_place_is_used_by_the_patient(self):
        self.stocked(self.gloves, 50)
        item = self.placed(event="completed", location=None, party=self.ref("party", "P-V1"))
        picking = self.done(item)
        patient = self.env.ref("healthcare_interop.stock_location_patient")
        self.assertEqual(("done", patient), (picking.state, picking.location_dest_id))
        lines = picking.move_ids.analytic_account_line_ids
        self.assertEqual((self.centre, -50), (lines.account_id, sum(lines.mapped("amount"))))
        self.assertFalse(self.env["res.partner"].search([("name", "=", "P-V1")]))
        encounter = self.make_encounter("V1", location_id=self.room.id)
        both = {"party": self.ref("party", "P-V1"), "encounter": self.ref("encounter", "V1")}
        picking = self.done(self.placed(number="S2", location=None, **both))
        self.assertEqual(
            (self.store, encounter),
            (picking.location_dest_id, picking.move_ids.interop_encounter_id),
        )
        self.assertFalse(picking.move_ids.interop_analytic_account_id)

    def test_quantities_are_in_the_senders_unit(self):
        litre = self.env.ref("uom.product_uom_litre")
        self.make_product("DIS", uom_id=litre.id)
        dozen, box, drops = self.done(
            self.placed(quantity=self.quantity(2, "DZN")),
            self.placed(number="S2", quantity=self.quantity(3, "BX")),
            self.placed(number="S3", product="DIS", quantity=self.quantity(500, "mL")),
        )
        self.assertEqual(24, dozen.move_ids.product_qty)
        self.assertEqual(3, box.move_ids.product_qty)
        self.assertEqual(0.5, drops.move_ids.product_qty)
        error = self.fails(
            self.placed(number="S4", quantity=self.quantity(1, "mL")), "unit_mismatch"
        )
        self.assertEqual("mL", error.value)

    def test_twice_is_once(self):
        self.assertEqual(["created"], self.effects(self.placed()))
        self.assertEqual(["unchanged"], self.effects(self.placed()))
        self.assertEqual(
            ["created", "unchanged"],
            self.effects(self.placed(number="S2"), self.placed(number="S2")),
        )
        self.assertEqual(
            2, self.env["stock.picking"].search_count([("origin", "in", ("S1", "S2"))])
        )

    def test_a_draft_is_not_reserved_before_it_is_active(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed(status="draft"))
        self.assertEqual(("draft", 0), (picking.state, picking.move_ids.quantity))
        self.assertEqual(["updated"], self.effects(self.order("changed", 9, quantity=12)))
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 9, status="draft")))
        self.assertEqual(("draft", 12), (picking.state, picking.move_ids.product_uom_qty))
        self.apply(self.order("changed", 9, code=self.code("MSK")))
        self.assertEqual(("draft", 12), (picking.state, self.open_moves(picking).product_uom_qty))
        self.apply(self.order("changed", 9, code=self.code("GLV")))
        self.assertEqual(["updated"], self.effects(self.order("changed", 9, status="active")))
        self.assertEqual(("assigned", 12), (picking.state, self.open_moves(picking).quantity))

    def test_what_is_on_hold_is_not_reserved(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed())
        self.assertEqual(["updated"], self.effects(self.order("changed", 9, status="on_hold")))
        self.assertEqual((0, True), (picking.move_ids.quantity, picking.interop_is_on_hold))
        picking.action_assign()
        self.assertEqual(0, picking.move_ids.quantity)
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 10, status="on_hold")))
        self.assertEqual(["updated"], self.effects(self.order("changed", 11, status="active")))
        self.assertEqual((10, False), (picking.move_ids.quantity, picking.interop_is_on_hold))
        held = self.done(self.placed(number="S2", status="on_hold"))
        self.assertEqual(("confirmed", 0), (held.state, held.move_ids.quantity))

    # -- what is wrong with one --

    def test_news_that_come_first_hold_whether_or_not_they_say_of_what_kind(self):
        self.stocked(self.gloves, 50)
        for place, kind in enumerate((None, "supply")):
            number = f"S{place}"
            self.apply(self.order("changed", 9, number=number, kind=kind, quantity=3))
            self.apply(self.order("completed", 10, number=number, kind=kind))
            picking = self.done(self.placed(number=number))
            self.assertEqual("done", picking.state)
            self.assertEqual(3, picking.move_ids.quantity)
            self.assertEqual(day(1, 10), picking.move_ids.interop_occurred_at)
            self.assertFalse(self.env["interop.order"].search([("name", "=", number)]))

    def test_unknown_codes_are_named(self):
        error = self.fails(self.placed(product="NEW"), "unknown_product", may_create=False)
        self.assertEqual("NEW", error.value)
        error = self.fails(self.placed(location="W9"), "unknown_location", may_create=False)
        self.assertEqual("W9", error.value)
        (outcome,) = self.apply(self.placed(product="NEW"), may_create=False, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(self.placed(status="revoked"), "unknown_status")

    def test_an_order_without_its_essentials_says_what_is_missing(self):
        self.make_place("LAB")
        self.make_product("SRV", entity="product", type="service", is_storable=False)
        for said, code, path in (
            ({"location": None}, "required", "location"),
            ({"location": "LAB"}, "place_without_stock", "location"),
            ({"location": "CENTRAL"}, "same_place", "location"),
            ({"performer": "LAB"}, "place_without_stock", "performer"),
            ({"quantity": None}, "required", "quantity"),
            ({"quantity": CLEAR}, "required", "quantity"),
            ({"code": CLEAR}, "required", "code"),
            ({"quantity": 0}, "quantity_not_positive", "quantity"),
            ({"quantity": -4}, "quantity_not_positive", "quantity"),
            ({"product": "SRV"}, "not_stocked", "code"),
        ):
            with self.subTest(said):
                self.assertEqual(path, self.fails(self.placed(**said), code).path)
        self.assertFalse(self.env["stock.picking"].search([("origin", "=", "S1")]))

    def test_one_that_is_wrong_stops_no_other(self):
        outcomes = self.apply(self.placed(quantity=-1), self.placed(number="S2"))
        self.assertEqual(["failed", "done"], [outcome.state for outcome in outcomes])

    def test_a_transfer_that_people_deleted_is_for_a_person(self):
        self.done(self.placed()).unlink()
        self.fails(self.order("cancelled", 9), "record_deleted")

    def test_another_company_has_its_own_store(self):
        company = self.env["res.company"].create({"name": "Clinic"})
        facility = self.env["interop.facility"].create({"name": "Clinic", "company_id": company.id})
        self.system.user_id.sudo().company_ids += company
        store = self.env["stock.location"].create(
            {
                "name": "X",
                "location_id": facility.warehouse_id.lot_stock_id.id,
                "company_id": company.id,
            }
        )
        self.make_place("CLI", company_id=company.id, stock_location_id=store.id)
        picking = self.done(self.placed(location="CLI"), company=company.id, facility=facility.id)
        self.assertEqual(company, picking.company_id)
        self.assertEqual(facility.warehouse_id.lot_stock_id, picking.location_id)

    def test_the_transfer_tells_its_history(self):
        picking = self.done(self.placed())
        self.assertEqual({picking.id: picking.id}, picking._interop_kin()["stock.picking"])
        self.assertEqual(0, picking.interop_delivery_count)

    # -- statements --

    def test_statements(self):
        products = [self.make_product(f"P{number}") for number in range(20)]
        for product in products:
            self.stocked(product, 10000)

        def orders(event, hour, **said):
            return [
                self.placed(
                    hour, number=f"N{number}", product=f"P{number % 20}", event=event, **said
                )
                for number in range(200)
            ]

        def warm(event, hour, **said):
            return self.order(event, hour, number="W", **said)

        with self.at_most(3, self.placed(number="W", product="P0"), per=200):
            self.apply(*orders("placed", 8))
        with self.at_most(0.5, self.placed(number="W", product="P0"), per=200):
            self.apply(*orders("placed", 8))
        changes = [warm("changed", 9, quantity=3), warm("changed", 10, quantity=4)]
        with self.at_most(4, *changes, per=200):
            self.apply(*orders("changed", 9, quantity=12))
        with self.at_most(5, warm("completed", 11), per=100):
            self.apply(*(self.order("completed", 10, number=f"N{n}") for n in range(100)))
        last = self.placed(number="W2", product="P0"), self.order("cancelled", 11, number="W2")
        with self.at_most(2, *last, per=100):
            self.apply(*(self.order("cancelled", 10, number=f"N{n}") for n in range(100, 200)))
        moves = self.env["stock.move"]._read_group(
            [("picking_id.origin", "like", "N%")], ["state"], ["__count", "quantity:sum"]
        )
        self.assertEqual({("done", 100, 1200), ("cancel", 100, 0)}, set(moves))

    def test_statements_where_each_orders_another_product_and_nothing_is_there(self):
        for number in range(100):
            self.make_product(f"P{number}")
        with self.at_most(2, self.placed(number="W"), per=100):
            self.apply(
                *(self.placed(number=f"N{number}", product=f"P{number}") for number in range(100))
            )
