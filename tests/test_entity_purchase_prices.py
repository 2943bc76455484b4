"""What purchase orders are placed at: contract prices, the sender's where there is none, and what differs is shown."""

from datetime import date, datetime

from odoo.tests import tagged

from .common_purchase import PurchaseCase


@tagged("post_install", "-at_install")
class PurchasePricesTest(PurchaseCase):
    def test_prices_follow_quantity_date_and_unit(self):
        self.contract(self.gloves, 4, min_qty=100)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.contract(self.gloves, 30, product_uom_id=dozen.id)
        dear = self.contract(self.masks, 1, date_end=date(2026, 2, 1))
        orders = self.done(
            self.placed(self.line(quantity=100)),
            self.placed(self.line(quantity=self.quantity(2, "DZN")), number="P2"),
            self.placed(self.line("MSK"), number="P3"),
            self.placed(
                self.line("MSK"), number="P4", authored_at=self.moment(datetime(2026, 1, 9))
            ),
        )
        self.assertEqual(dear.price, 1)
        self.assertEqual([4, 30, 2, 1], orders.order_line.mapped("price_unit"))
        self.assertEqual(["Units", "Dozens"], orders[:2].order_line.product_uom_id.mapped("name"))

    def test_without_any_price_nothing_is_ordered(self):
        self.make_product("NEW", standard_price=99)
        self.contract(self.make_product("FREE"), 0)
        for code in ("NEW", "FREE"):
            error = self.fails(self.placed(self.line(code)), "no_contract_price")
            self.assertEqual((f"{code} / S-1", "lines[0]"), (error.value, error.path))
            self.assertEqual("business", error.category)
        self.contract(self.masks, 2).min_qty = 5
        self.fails(
            self.placed(self.line("GLV"), performer=self.ref("organization", "S-9")),
            "no_contract_price",
        )
        self.assertFalse(self.env["purchase.order"].search([("origin", "=", "P1")]))

    def test_the_senders_price_stands_where_there_is_no_contract(self):
        self.make_product("NEW", standard_price=99)
        order = self.done(
            self.placed(self.line("NEW", 2, unit_price=7), self.line("GLV", 1, unit_price=1))
        )
        self.assertEqual([("NEW", 2, 7), ("GLV", 1, 5)], self.told(order))
        self.assertEqual(
            ["unchanged"],
            self.effects(
                self.placed(
                    self.line("NEW", 2, unit_price=7), self.line("GLV", 1, unit_price=1), hour=9
                )
            ),
        )
        self.apply(self.placed(self.line("NEW", 4, unit_price=6), event="changed", hour=10))
        self.assertEqual([("NEW", 4, 6)], self.told(order))

    def test_a_contracts_price_that_is_not_the_stated_one_is_shown(self):
        stated = self.placed(self.line("GLV", 1, unit_price=4), self.line("MSK", 1))
        order = self.done(stated)
        gloves, masks = order.order_line
        self.assertEqual((5, 4), (gloves.price_unit, gloves.interop_stated_price))
        self.assertEqual([True, False], [gloves.interop_price_differs, masks.interop_price_differs])
        found = self.env["purchase.order"].search([("interop_price_differs", "=", True)])
        self.assertEqual((True, True), (order.interop_price_differs, order in found))
        same = self.placed(
            self.line("GLV", 1, unit_price=5), self.line("MSK", 1), event="changed", hour=9
        )
        self.assertEqual(["updated"], self.effects(same))
        self.assertFalse(order.interop_price_differs)
        gloves.price_unit = 6
        self.assertTrue(order.interop_price_differs)

    def test_prices_are_stated_in_one_currency(self):
        self.make_product("NEW")
        self.env.ref("base.CHF").active = True
        order = self.done(self.placed(self.line("NEW", unit_price=self.money(3, "CHF"))))
        self.assertEqual(("CHF", 3), (order.currency_id.name, order.order_line.price_unit))
        self.fails(
            self.placed(
                self.line("NEW", unit_price=self.money(3, "CHF")),
                self.line("GLV", unit_price=self.money(3, self.company.currency_id.name)),
                number="P2",
            ),
            "several_currencies",
        )
        error = self.fails(
            self.placed(self.line("NEW", unit_price=self.money(3, "XXQ")), number="P3"),
            "unknown_currency",
        )
        self.assertEqual("XXQ", error.value)
