"""Supply orders that are changed, delivered and cancelled: what was delivered stays so."""

from odoo.tests import tagged

from .common_supply import SupplyCase, day


@tagged("post_install", "-at_install")
class SupplyChangesTest(SupplyCase):
    # -- changed --

    def test_a_changed_quantity_changes_the_open_move(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed())
        for hour, quantity in ((9, 15), (10, 6), (11, 7)):
            self.assertEqual(
                ["updated"], self.effects(self.order("changed", hour, quantity=quantity))
            )
            move = self.open_moves(picking)
            self.assertEqual((quantity, quantity), (move.product_uom_qty, move.quantity))
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 12, quantity=7)))

    def test_older_news_never_overwrites_newer(self):
        picking = self.done(self.placed(8))
        self.apply(self.order("changed", 12, quantity=20))
        self.assertEqual(["superseded"], self.effects(self.order("changed", 10, quantity=15)))
        self.assertEqual(20, picking.move_ids.product_uom_qty)
        self.assertEqual(["updated"], self.effects(self.order("changed", 10, priority="asap")))
        self.assertEqual(("1", 20), (picking.priority, picking.move_ids.product_uom_qty))

    def test_another_place_or_product(self):
        self.stocked(self.gloves, 50)
        self.stocked(self.masks, 50)
        picking = self.done(self.placed())
        self.apply(self.order("changed", 9, location="MED"))
        self.assertEqual(self.other_store, picking.location_dest_id)
        self.assertEqual(self.other_store, picking.move_line_ids.location_dest_id)
        self.apply(self.placed(10, event="changed", product="MSK", quantity=4, location="MED"))
        move = self.open_moves(picking)
        self.assertEqual((self.masks, 4, 4), (move.product_id, move.product_uom_qty, move.quantity))
        self.assertEqual("assigned", picking.state)
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 11, quantity=4)))

    def test_another_visit(self):
        encounter = self.make_encounter("V1")
        picking = self.done(self.placed())
        news = self.order("changed", 9, encounter=self.ref("encounter", "V1"))
        self.assertEqual(["updated"], self.effects(news))
        self.assertEqual(encounter, picking.move_ids.interop_encounter_id)
        self.assertEqual(["unchanged"], self.effects(news))

    def test_completion_says_how_many_there_were(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed())
        self.apply(self.order("completed", 9, quantity=8))
        self.assertEqual(("done", 8), (picking.state, self.on_hand(self.gloves)))
        self.assertFalse(self.open_moves(picking))

    def test_what_people_add_to_the_transfer_is_theirs(self):
        picking = self.done(self.placed())
        self.env["stock.move"].create(
            {
                "picking_id": picking.id,
                "product_id": self.masks.id,
                "product_uom_qty": 3,
                "location_id": self.stock.id,
                "location_dest_id": self.store.id,
            }
        )
        self.apply(self.order("changed", 9, quantity=12))
        self.assertEqual([12, 3], picking.move_ids.sorted("id").mapped("product_uom_qty"))

    # -- delivered in part --

    def test_after_a_partial_delivery_news_is_about_the_rest(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed())
        self.deliver(picking, 4)
        self.assertEqual("done", picking.state)
        rest = self.open_moves(picking)
        self.assertEqual(
            (6, self.system), (rest.product_uom_qty, rest.picking_id.interop_system_id)
        )
        self.assertEqual(["unchanged"], self.effects(self.placed(9)))
        self.assertEqual(["updated"], self.effects(self.order("changed", 10, quantity=7)))
        self.assertEqual(3, self.open_moves(picking).product_uom_qty)
        self.fails(self.order("changed", 11, quantity=3), "less_than_delivered")
        self.assertEqual(["updated"], self.effects(self.order("changed", 12, quantity=4)))
        self.assertFalse(self.open_moves(picking))
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 13, quantity=4)))
        self.fails(self.order("changed", 14, quantity=5), "supply_closed")
        self.assertEqual(4, self.on_hand(self.gloves))

    def test_cancelling_takes_back_what_has_not_been_delivered(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed())
        self.deliver(picking, 4)
        self.assertEqual(["updated"], self.effects(self.order("cancelled", 9)))
        self.assertFalse(self.open_moves(picking))
        self.assertEqual(4, self.on_hand(self.gloves))
        self.assertEqual(["unchanged"], self.effects(self.order("cancelled", 10)))

    def test_more_than_ordered_may_be_delivered(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed())
        self.deliver(picking, 12)
        self.assertEqual(["unchanged"], self.effects(self.placed(9)))
        self.assertEqual(["unchanged"], self.effects(self.order("completed", 10)))
        self.assertEqual(12, self.on_hand(self.gloves))

    # -- cancelled --

    def test_a_cancelled_order_frees_its_goods(self):
        self.stocked(self.gloves, 10)
        picking = self.done(self.placed())
        self.assertEqual(["updated"], self.effects(self.order("cancelled", 9)))
        self.assertEqual("cancel", picking.state)
        self.assertEqual(["unchanged"], self.effects(self.order("cancelled", 9)))
        other = self.done(self.placed(number="S2"))
        self.assertEqual(10, other.move_ids.quantity)
        self.fails(self.order("completed", 10), "supply_cancelled")
        self.fails(self.placed(11), "supply_cancelled")
        self.assertEqual(["superseded"], self.effects(self.placed(7)))

    def test_what_was_delivered_stays_delivered(self):
        self.stocked(self.gloves, 10)
        self.done(self.placed())
        self.apply(self.order("completed", 9))
        error = self.fails(self.order("cancelled", 10), "supply_closed")
        self.assertEqual("status", error.path)
        self.assertEqual(10, self.on_hand(self.gloves))

    def test_an_order_cancelled_before_it_came_is_never_delivered(self):
        for number, said in (("S1", {"kind": "supply"}), ("S2", {})):
            self.apply(self.order("cancelled", 12, number=number, **said))
            self.apply(self.placed(8, number=number))
            picking = self.env["stock.picking"].search([("origin", "=", number)])
            self.assertEqual(("cancel", 1), (picking.state, len(picking)), number)
            self.assertFalse(self.open_moves(picking))
        self.apply(self.order("cancelled", 12, number="S3"))
        (again,) = self.done(self.placed(13, number="S3"))
        self.assertEqual("confirmed", again.state)

    # -- completed --

    def test_completion_delivers_what_is_reserved_and_what_is_not_there(self):
        self.stocked(self.gloves, 4)
        picking = self.done(self.placed())
        self.assertEqual(["updated"], self.effects(self.order("completed", 9)))
        self.assertEqual("done", picking.state)
        self.assertEqual(10, self.on_hand(self.gloves))
        self.assertEqual(-6, self.on_hand(self.gloves, self.stock))
        self.assertEqual(day(1, 9), picking.move_ids.interop_occurred_at)
        self.assertFalse(picking.backorder_ids)
        self.assertEqual(["unchanged"], self.effects(self.order("completed", 10)))
        self.assertEqual(10, self.on_hand(self.gloves))

    def test_an_order_that_comes_completed_is_delivered(self):
        self.stocked(self.gloves, 50)
        picking = self.done(self.placed(event="completed", completed_at=self.moment(day(1, 7))))
        self.assertEqual(("done", 10), (picking.state, self.on_hand(self.gloves)))
        self.assertEqual(day(1, 7), picking.move_ids.interop_occurred_at)

    def test_a_result_that_calls_itself_a_service_completes_the_supply(self):
        picking = self.done(self.placed(filler="L1"))
        self.apply(self.order("completed", 9, number="", filler="L1", kind="service"))
        self.assertEqual("done", picking.state)
        self.assertFalse(self.env["interop.charge"].search([("partner_id", "=", False)]))

    def test_completion_and_order_in_one_call(self):
        self.assertEqual(
            ["created", "updated"],
            sorted(self.effects(self.order("completed", 9), self.placed())),
        )
        self.assertEqual(10, self.on_hand(self.gloves))

    def test_nobody_guesses_the_lot_of_what_is_not_there(self):
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": self.screw.id})
        self.stocked(self.screw, 3, lot=lot)
        picking = self.done(self.placed(product="SCR"))
        self.fails(self.order("completed", 9), "lot_required")
        self.assertEqual("assigned", picking.state)
        self.stocked(self.screw, 7, lot=lot)
        picking.action_assign()
        self.apply(self.order("completed", 9))
        self.assertEqual(("done", lot), (picking.state, picking.move_line_ids.lot_id))
        self.fails(self.placed(number="S2", event="completed", product="SCR"), "lot_required")
        left = self.env["stock.picking"].search([("origin", "=", "S2")])
        self.assertEqual(("confirmed", 0), (left.state, left.move_ids.quantity))

    def test_more_is_closed_once_it_is_delivered(self):
        picking = self.done(self.placed(event="completed"))
        self.fails(self.order("changed", 10, quantity=12), "supply_closed")
        self.fails(self.order("changed", 10, location="MED"), "supply_closed")
        self.fails(self.order("changed", 10, code=self.code("MSK")), "supply_closed")
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 11, status="active")))
        self.assertEqual("done", picking.state)
