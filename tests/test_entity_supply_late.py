"""News of a supply order that was told before it was completed and arrives after: the goods end where they would have."""

import itertools

from odoo.tests import tagged

from .common_supply import SupplyCase, day


@tagged("post_install", "-at_install")
class SupplyLateTest(SupplyCase):
    number = 0

    def setUp(self):
        super().setUp()
        self.stocked(self.gloves, 50)

    def completed(self, **said):
        """An order of ten placed at eight and completed at twelve."""
        picking = self.done(self.placed(8, **said))
        self.apply(self.order("completed", 12))
        return picking

    def both_ways(self, news, look):
        """What ``look`` finds after placing, ``news`` and completing, in order and with the news last."""
        found = []
        for late in (False, True):
            self.number += 1
            number = f"N{self.number}"
            picking = self.done(self.placed(8, number=number))
            last = [news(number), self.order("completed", 12, number=number)]
            for item in reversed(last) if late else last:
                self.assertEqual(["updated"], self.effects(item))
            found.append(look(picking))
        self.assertEqual(*found)
        return found[0]

    def test_another_quantity(self):
        for quantity in (15, 6, 1):
            found = self.both_ways(
                lambda number, quantity=quantity: self.order(
                    "changed", 10, number=number, quantity=quantity
                ),
                lambda picking: [
                    (move.state, move.product_uom_qty, move.quantity, move.interop_occurred_at)
                    for move in picking.move_ids
                ],
            )
            self.assertEqual([("done", quantity, quantity, day(1, 12))], found)
        self.assertEqual(2 * (15 + 6 + 1), self.on_hand(self.gloves))
        self.assertEqual(50 - 2 * (15 + 6 + 1), self.on_hand(self.gloves, self.stock))

    def test_any_order_of_arrival(self):
        for place, arrival in enumerate(itertools.permutations(range(4))):
            number = f"A{place}"
            told = [
                self.placed(8, number=number),
                self.order("changed", 9, number=number, quantity=15),
                self.order("changed", 10, number=number, quantity=12),
                self.order("completed", 12, number=number),
            ]
            for one in arrival:
                self.apply(told[one])
            picking = self.env["stock.picking"].search([("origin", "=", number)])
            self.assertEqual(("done", 12), (picking.state, picking.move_ids.quantity), arrival)
            self.assertEqual(day(1, 12), picking.move_ids.interop_occurred_at, arrival)

    def test_the_same_again_changes_nothing(self):
        self.completed()
        news = self.order("changed", 10, quantity=15)
        self.assertEqual(["updated"], self.effects(news))
        self.assertEqual(["unchanged"], self.effects(news))
        older = self.order("changed", 9, quantity=3)
        self.assertEqual(["superseded"], self.effects(older))
        self.assertEqual(15, self.on_hand(self.gloves))

    def test_more_than_there_is_leaves_a_gap_as_a_completion_does(self):
        self.completed()
        self.apply(self.order("changed", 10, quantity=60))
        self.assertEqual(
            (60, -10), (self.on_hand(self.gloves), self.on_hand(self.gloves, self.stock))
        )

    def test_another_place(self):
        state, place, held = self.both_ways(
            lambda number: self.order("changed", 10, number=number, location="MED"),
            lambda picking: (
                picking.state,
                picking.location_dest_id,
                picking.move_ids.move_line_ids.mapped("location_dest_id"),
            ),
        )
        self.assertEqual(("done", self.other_store, self.other_store), (state, place, held))
        self.assertEqual(
            (0, 20), (self.on_hand(self.gloves), self.on_hand(self.gloves, self.other_store))
        )

    def test_another_source(self):
        self.stocked(self.gloves, 30, self.other_store)
        self.both_ways(
            lambda number: self.order("changed", 10, number=number, performer="MED"),
            lambda picking: (
                picking.location_id,
                picking.move_ids.move_line_ids.mapped("location_id"),
            ),
        )
        left = [self.on_hand(self.gloves, place) for place in (self.stock, self.other_store)]
        self.assertEqual(([50, 10], 20), (left, self.on_hand(self.gloves)))

    def test_another_visit(self):
        encounter = self.make_encounter("V1")
        found = self.both_ways(
            lambda number: self.order(
                "changed", 10, number=number, encounter=self.ref("encounter", "V1")
            ),
            lambda picking: picking.move_ids.interop_encounter_id,
        )
        self.assertEqual(encounter, found)

    def test_another_product_is_for_people(self):
        self.completed()
        news = self.placed(10, event="changed", product="MSK")
        self.assertEqual("code", self.fails(news, "supply_closed").path)
        self.assertEqual(10, self.on_hand(self.gloves))

    def test_what_was_cancelled_since_stays_cancelled(self):
        picking = self.done(self.placed(8))
        self.apply(self.order("cancelled", 12))
        self.assertEqual(["unchanged"], self.effects(self.order("changed", 10, quantity=15)))
        self.assertEqual("cancel", picking.state)

    def test_what_people_delivered_stays_as_they_did_it(self):
        picking = self.done(self.placed(8))
        self.deliver(picking, 4)
        self.apply(self.order("completed", 12))
        self.fails(self.order("changed", 9, quantity=3), "less_than_delivered")
        self.assertEqual(["updated"], self.effects(self.order("changed", 10, quantity=7)))
        moves = picking._interop_chain().move_ids.sorted("id")
        self.assertEqual([4, 3], moves.mapped("quantity"))
        by_hand = self.done(self.placed(8, number="S2"))
        self.deliver(by_hand, 10)
        self.apply(self.order("completed", 12, number="S2"))
        self.fails(self.order("changed", 10, number="S2", quantity=12), "supply_closed")

    def test_lots_are_taken_as_long_as_there_are_some(self):
        first, second = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.screw.id} for name in ("L1", "L2")]
        )
        self.stocked(self.screw, 10, lot=first)
        self.stocked(self.screw, 2, lot=second)
        picking = self.completed(product="SCR")
        self.fails(self.order("changed", 9, quantity=13), "lot_required")
        self.assertEqual(["updated"], self.effects(self.order("changed", 10, quantity=12)))
        lines = picking.move_line_ids.sorted("id")
        self.assertEqual([(first, 10), (second, 2)], [(one.lot_id, one.quantity) for one in lines])
        self.assertEqual(["updated"], self.effects(self.order("changed", 11, quantity=10)))
        self.assertEqual(10, self.on_hand(self.screw))

    def test_what_is_used_at_once_costs_its_centre_what_was_used(self):
        centre = self.facility.analytic_account_id
        self.assertTrue(centre)
        party = self.make_partner("P1")
        for late, number in enumerate(("A", "B")):
            placed = self.placed(
                8, number=number, location=None, party=self.ref("party", "P1"), event="placed"
            )
            picking = self.done(placed)
            news = [
                self.order("changed", 10, number=number, quantity=4),
                self.order("completed", 12, number=number),
            ]
            for item in reversed(news) if late else news:
                self.apply(item)
            line = picking.move_ids.analytic_account_line_ids
            self.assertEqual((-20, 4), (line.amount, line.unit_amount), number)
        self.assertTrue(party)
