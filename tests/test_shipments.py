"""Shipments that suppliers announce: dates, quantities and lots on the receipt, which people still validate."""

from odoo.tests import tagged

from ..core.canonical import StockMovement
from .common_purchase import PurchaseCase, day


@tagged("post_install", "-at_install")
class ShipmentTest(PurchaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.make_product("SCR", tracking="lot")
        cls.contract(cls.screw, 3)

    def setUp(self):
        super().setUp()
        self.ordered = self.done(self.placed(self.line("GLV", 10), self.line("SCR", 5)))
        self.ordered.button_confirm()

    def announced(
        self, quantity=10, hour=9, *, number="D1", product="GLV", event="announced", **said
    ):
        said.setdefault("order", self.ref("order", self.ordered.name))
        if quantity is not None:
            said["quantity"] = self.quantity(quantity, said.pop("unit", ""))
        fact = StockMovement(
            identifiers=self.ids(number),
            product=product and self.ref("product", product, "CDM"),
            **said,
        )
        return self.item(event, fact, at=day(1, hour))

    def told(self, move):
        return {line.lot_id.name or "": line.quantity for line in move.move_line_ids}

    def test_an_announcement_plans_the_receipt(self):
        move = self.done(self.announced(occurred_at=self.moment(day(5, 12))))
        self.assertEqual(("stock.move", self.ordered), (move._name, move.purchase_line_id.order_id))
        self.assertEqual((day(5, 12), "assigned"), (move.date, move.state))
        self.assertEqual(({"": 10}, False), (self.told(move), move.picked))
        self.assertEqual(0, self.ordered.order_line[0].qty_received)

    def test_lots_are_there_to_be_received(self):
        moves = self.done(
            self.announced(3, product="SCR", lot="L1"),
            self.announced(2, product="SCR", lot="L2", number="D2"),
        )
        self.assertEqual(1, len(set(moves.ids)))
        self.assertEqual({"L1": 3, "L2": 2}, self.told(moves[0]))
        moves.picking_id.button_validate()
        received = self.announced(3, 12, number="G1", product="SCR", lot="L1", event="received")
        self.assertEqual("done", self.apply(received)[0].state)

    def test_less_than_ordered_leaves_the_rest_to_be_seen(self):
        move = self.done(self.announced(6))
        self.assertEqual({"": 6}, self.told(move))
        move.picked = True
        move.picking_id._action_done()
        self.assertEqual(6, self.ordered.order_line[0].qty_received)
        rest = self.ordered.order_line[0].move_ids - move
        self.assertEqual((4, False), (rest.product_qty, rest.interop_announced))
        again = self.done(self.announced(4, number="D2", hour=12))
        self.assertEqual(rest, again)

    def test_twice_is_once_and_the_newest_stands(self):
        move = self.done(self.announced(6))
        self.assertEqual(["unchanged"], self.effects(self.announced(6)))
        self.assertEqual(["announced"], self.effects(self.announced(7, 11)))
        self.assertEqual(["superseded"], self.effects(self.announced(5, 10)))
        self.assertEqual({"": 7}, self.told(move))
        self.apply(self.announced(1, 12, number="D2", unit="DZN"))
        self.assertEqual({"": 19}, self.told(move))
        self.apply(self.announced(0, 13, number="D2"))
        self.assertEqual({"": 7}, self.told(move))

    def test_goods_that_came_are_announced_no_more(self):
        move = self.done(self.announced(10))
        move.picked = True
        move.picking_id._action_done()
        self.assertEqual(["unchanged"], self.effects(self.announced(10)))
        self.fails(self.announced(9, 12), "shipment_received")
        self.fails(self.announced(9, 12, number="D2"), "nothing_awaited")

    def test_the_receipt_that_follows_fills_the_move(self):
        move = self.done(self.announced(6))
        self.apply(self.announced(10, 12, number="D1", event="received"))
        self.assertEqual(("done", 10), (move.state, move.quantity))

    def test_what_is_wrong_is_named(self):
        for said, code, path in (
            ({"product": None}, "required", "product"),
            ({"quantity": None}, "required", "quantity"),
            ({"order": None}, "required", "order"),
            ({"quantity": -1}, "quantity_not_positive", "quantity"),
            ({"unit": "mL"}, "unit_mismatch", "quantity"),
            ({"product": "MSK"}, "nothing_awaited", "order"),
        ):
            with self.subTest(said):
                self.assertEqual(path, self.fails(self.announced(**said), code).path)
        item = self.announced(order=self.ref("order", "P99999"))
        (outcome,) = self.apply(item, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(item, "unknown_order")
