"""Goods that are used where Odoo has none: posted and listed, or refused where the route wants that."""

from ast import literal_eval

from odoo.tests import new_test_user, tagged

from .common_stock import StockMovementCase


@tagged("post_install", "-at_install")
class StockGapsTest(StockMovementCase):
    def gaps(self, user=None):
        action = self.env.ref("healthcare_interop.stock_gap_action")
        quants = self.env["stock.quant"].with_user(user or self.env.user)
        found = quants.search(literal_eval(action.domain) + [("product_id", "=", self.gloves.id)])
        return [(quant.location_id, quant.quantity) for quant in found]

    def test_what_is_used_beyond_stock_is_posted_and_listed(self):
        self.stocked(self.gloves, 3)
        self.done(self.fact(quantity=5))
        self.assertEqual([(self.store, -2)], self.gaps())
        clerk = new_test_user(self.env, "x-store", groups="stock.group_stock_user")
        self.assertEqual([(self.store, -2)], self.gaps(clerk))
        self.done(self.fact("M2", "receipt", quantity=2, from_location=None, to_location="SUR"))
        self.assertEqual([], self.gaps())

    def test_a_gap_leads_to_its_count(self):
        self.done(self.fact(quantity=5))
        gap = self.env["stock.quant"].search(
            [("product_id", "=", self.gloves.id), ("location_id", "=", self.store.id)]
        )
        manager = new_test_user(self.env, "x-count", groups="stock.group_stock_manager")
        action = gap.with_user(manager).action_interop_count()
        self.assertEqual(action["res_model"], "stock.quant")
        self.assertEqual(self.env["stock.quant"].search(action["domain"]), gap)

    def test_a_route_may_refuse_it(self):
        self.stocked(self.gloves, 3)
        error = self.fails(self.fact(quantity=5), "beyond_stock", blocks_gaps=True)
        self.assertEqual(("quantity", "business"), (error.path, error.category))
        self.assertEqual((3, []), (self.on_hand(self.gloves), self.gaps()))
        self.done(self.fact("M2", quantity=3), blocks_gaps=True)
        self.assertEqual(0, self.on_hand(self.gloves))

    def test_what_one_call_brings_and_takes_counts_in_its_order(self):
        self.stocked(self.gloves, 3)
        outcomes = self.apply(
            self.fact("M1", quantity=2),
            self.fact("M2", quantity=2),
            self.fact("M3", "return", quantity=1),
            self.fact("M4", quantity=2),
            blocks_gaps=True,
        )
        states = [outcome.error.code if outcome.error else outcome.state for outcome in outcomes]
        self.assertEqual(["done", "beyond_stock", "done", "done"], states)
        self.assertEqual(0, self.on_hand(self.gloves))

    def test_a_lot_is_looked_at_by_itself(self):
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": self.screw.id})
        other = self.env["stock.lot"].create({"name": "L2", "product_id": self.screw.id})
        self.stocked(self.screw, 5, lot=lot)
        self.stocked(self.screw, 1, lot=other)
        used = {"product": "SCR", "quantity": 2}
        self.fails(self.fact("M1", lot="L2", **used), "beyond_stock", blocks_gaps=True)
        self.done(self.fact("M1", lot="L1", **used), blocks_gaps=True)

    def test_units_are_converted_before_they_are_compared(self):
        self.stocked(self.gloves, 23)
        self.fails(self.fact("M1", quantity=2, unit="DZN"), "beyond_stock", blocks_gaps=True)
        self.done(self.fact("M2", quantity=1, unit="DZN"), blocks_gaps=True)
        self.assertEqual(11, self.on_hand(self.gloves))

    def test_receipts_from_suppliers_are_never_refused(self):
        receipt = self.fact("R1", "receipt", quantity=9, from_location=None, to_location="SUR")
        self.done(receipt, blocks_gaps=True)
        self.assertEqual(9, self.on_hand(self.gloves))
