"""Purchase orders: requests for quotation at contract prices, changed and cancelled as Odoo allows."""

from odoo import fields
from odoo.tests import tagged

from ..core.canonical import CLEAR
from .common_entities import NOW
from .common_purchase import PurchaseCase, day


@tagged("post_install", "-at_install")
class PurchaseOrderTest(PurchaseCase):
    # -- placed --

    def test_an_order_is_a_draft_at_the_vendors_prices(self):
        order = self.done(
            self.placed(
                self.line("GLV", 10, planned_at=self.moment(day(9, 12)), number="1"),
                self.line("MSK", 3),
                authored_at=self.moment(day(1, 7)),
            )
        )
        self.assertEqual("purchase.order", order._name)
        self.assertEqual(
            ("draft", self.vendor, "P1", self.buyer, day(1, 7), self.company),
            (
                order.state,
                order.partner_id,
                order.origin,
                order.user_id,
                order.date_order,
                order.company_id,
            ),
        )
        self.assertEqual([("GLV", 10, 5), ("MSK", 3, 2)], self.told(order))
        self.assertEqual(day(9, 12), order.order_line[0].date_planned)
        self.assertEqual(["1", "#2"], order.order_line.mapped("interop_number"))
        self.assertEqual(self.facility.warehouse_id.in_type_id, order.picking_type_id)
        self.assertFalse(self.env["interop.order"].search([("name", "=", "P1")]))

    def test_the_short_form_is_one_line(self):
        order = self.done(self.placed(lines=None, code=self.code("GLV"), quantity=4))
        self.assertEqual([("GLV", 4, 5)], self.told(order))
        self.apply(self.order("changed", 9, quantity=6))
        self.assertEqual([("GLV", 6, 5)], self.told(order))
        self.fails(self.order("changed", 10, quantity=0), "quantity_not_positive")

    def test_goods_go_to_the_warehouse_of_the_place(self):
        other = self.env["stock.warehouse"].create({"name": "Annex", "code": "ANX"})
        self.make_place("ANX", stock_location_id=other.lot_stock_id.id)
        order = self.done(self.placed(location=self.ref("location", "ANX")))
        self.assertEqual(other.in_type_id, order.picking_type_id)
        order = self.done(self.placed(number="P2"))
        place = {"location": self.ref("location", "ANX")}
        news = self.order("changed", 9, number="P2", priority="stat", **place)
        self.assertEqual(["updated"], self.effects(news))
        self.assertEqual((other.in_type_id, "1"), (order.picking_type_id, order.priority))
        self.assertEqual(["unchanged"], self.effects(news))
        order = self.confirmed(number="P3")
        self.fails(self.order("changed", 9, number="P3", **place), "purchase_confirmed")

    def test_the_vendor_may_be_named_shortly(self):
        order = self.done(self.placed(performer=self.ref("employee", "S-1")))
        self.assertEqual(self.vendor, order.partner_id)

    def test_twice_is_once(self):
        self.assertEqual(["created"], self.effects(self.placed()))
        self.assertEqual(["unchanged"], self.effects(self.placed()))
        self.assertEqual(
            ["created", "unchanged"],
            self.effects(self.placed(number="P2"), self.placed(number="P2")),
        )
        orders = self.env["purchase.order"].search([("origin", "in", ("P1", "P2"))])
        self.assertEqual([1, 1], [len(order.order_line) for order in orders])

    # -- changed --

    def test_lines_come_change_and_go(self):
        order = self.done(self.placed(self.line("GLV", 10), self.line("MSK", 3)))
        self.apply(self.placed(self.line("GLV", 12), self.line("MSK", 3), event="changed", hour=9))
        self.assertEqual([("GLV", 12, 5), ("MSK", 3, 2)], self.told(order))
        self.apply(self.placed(self.line("MSK", 4), event="changed", hour=10))
        self.assertEqual([("MSK", 4, 2)], self.told(order))
        self.apply(self.placed(self.line("MSK", 4), self.line("GLV", 1), event="changed", hour=11))
        self.assertEqual([("MSK", 4, 2), ("GLV", 1, 5)], self.told(order))
        self.assertEqual(
            ["superseded"],
            self.effects(
                self.placed(self.line("GLV", 99), event="changed", hour=10, performer=None)
            ),
        )

    def test_orders_that_change_alike_change_each(self):
        self.contract(self.masks, 1, min_qty=50)
        planned = self.moment(day(9, 12))
        orders = self.done(self.placed(), self.placed(number="P2"))
        added = self.line(), self.line("MSK", 60, planned_at=planned)
        self.apply(
            self.placed(*added, event="changed", hour=9),
            self.placed(*added, event="changed", hour=9, number="P2"),
        )
        for order in orders:
            self.assertEqual([("GLV", 10, 5), ("MSK", 60, 1)], self.told(order))
            self.assertEqual(day(9, 12), order.order_line[1].date_planned)

    def test_lines_are_known_by_their_numbers(self):
        order = self.done(
            self.placed(self.line("GLV", 10, number="1"), self.line("GLV", 20, number="2"))
        )
        first, second = order.order_line
        self.apply(
            self.placed(
                self.line("GLV", 21, number="2"),
                self.line("MSK", 1, number="1"),
                event="changed",
                hour=9,
            )
        )
        self.assertEqual(("MSK", 1), (first.product_id.name, first.product_qty))
        self.assertEqual(("GLV", 21), (second.product_id.name, second.product_qty))

    def test_a_changed_quantity_needs_a_price_too(self):
        self.masks.seller_ids.min_qty = 5
        order = self.done(self.placed(self.line("MSK", 5)))
        error = self.fails(
            self.placed(self.line("MSK", 4), event="changed", hour=9), "no_contract_price"
        )
        self.assertEqual("MSK / S-1", error.value)
        self.assertEqual([("MSK", 5, 2)], self.told(order))

    def test_what_people_add_stays(self):
        order = self.done(self.placed())
        fee = self.env["product.product"].create({"name": "Freight", "type": "service"})
        order.order_line = [
            fields.Command.create({"product_id": fee.id, "product_qty": 1, "price_unit": 20})
        ]
        self.apply(self.placed(self.line("MSK", 1), event="changed", hour=9))
        self.assertEqual(
            ["Freight", "MSK"], order.order_line.product_id.sorted("name").mapped("name")
        )

    def test_another_vendor_is_another_order(self):
        self.done(self.placed())
        self.fails(self.placed(performer=self.ref("organization", "S-2"), hour=9), "vendor_changed")

    # -- confirmed by people --

    def confirmed(self, *lines, **said):
        order = self.done(self.placed(*lines, **said))
        order.button_confirm()
        self.assertEqual("purchase", order.state)
        return order

    def receive(self, order, quantity):
        picking = order.picking_ids.filtered(lambda one: one.state == "assigned")
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()

    def incoming(self, order):
        moves = order.order_line.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        return sum(moves.mapped("product_qty"))

    def test_after_approval_the_incoming_goods_follow(self):
        order = self.confirmed()
        for hour, quantity in ((9, 15), (10, 12)):
            self.assertEqual(
                ["updated"],
                self.effects(self.placed(self.line(quantity=quantity), event="changed", hour=hour)),
            )
            self.assertEqual(
                (quantity, quantity), (order.order_line.product_qty, self.incoming(order))
            )
        self.receive(order, 5)
        self.fails(
            self.placed(self.line(quantity=4), event="changed", hour=11), "less_than_received"
        )
        self.fails(self.placed(self.line("MSK"), event="changed", hour=11), "less_than_received")
        self.apply(self.placed(self.line(quantity=8), event="changed", hour=12))
        self.assertEqual(3, self.incoming(order))

    def test_after_approval_a_line_is_ordered_no_more(self):
        order = self.confirmed(self.line("GLV", 10), self.line("MSK", 3))
        self.apply(self.placed(self.line("GLV", 10), event="changed", hour=9))
        self.assertEqual([("GLV", 10), ("MSK", 0)], [one[:2] for one in self.told(order)])
        self.assertEqual(10, self.incoming(order))
        self.assertEqual(
            ["unchanged"], self.effects(self.placed(self.line("GLV", 10), event="changed", hour=10))
        )
        self.fails(
            self.placed(
                self.line("GLV", 10, number="1"),
                self.line("GLV", 1, number="#2"),
                event="changed",
                hour=11,
            ),
            "purchase_confirmed",
        )

    def test_a_locked_order_is_left_alone(self):
        order = self.confirmed()
        self.assertEqual(["updated"], self.effects(self.order("completed", 9)))
        self.assertTrue(order.locked)
        self.assertEqual(["unchanged"], self.effects(self.order("completed", 10)))
        self.fails(self.placed(self.line(quantity=15), event="changed", hour=11), "purchase_locked")
        self.fails(self.order("cancelled", 12), "purchase_locked")
        self.assertEqual(["unchanged"], self.effects(self.placed(hour=13)))

    # -- cancelled --

    def test_a_cancelled_order_is_cancelled_in_odoo(self):
        order = self.confirmed()
        self.receive(order, 4)
        self.assertEqual(["updated"], self.effects(self.order("cancelled", 9)))
        self.assertEqual(("cancel", 0), (order.state, self.incoming(order)))
        self.assertEqual(["unchanged"], self.effects(self.order("cancelled", 10)))
        self.fails(self.placed(self.line(quantity=1), hour=11), "purchase_cancelled")
        self.fails(self.placed(hour=11), "purchase_cancelled")
        self.fails(self.order("completed", 11), "purchase_not_confirmed")

    def test_a_billed_order_is_for_a_person(self):
        order = self.confirmed()
        self.receive(order, 10)
        order.action_create_invoice()
        order.invoice_ids.invoice_date = NOW.date()
        order.invoice_ids.action_post()
        error = self.fails(self.order("cancelled", 9), "purchase_billed")
        self.assertEqual("status", error.path)
        self.assertEqual("purchase", order.state)

    def test_an_order_cancelled_before_it_came(self):
        for number, said in (("P1", {"kind": "purchase"}), ("P2", {})):
            self.apply(self.order("cancelled", 12, number=number, **said))
            order = self.done(self.placed(number=number))
            self.assertEqual("cancel", order.state)
        self.apply(self.order("cancelled", 12, number="P3"))
        self.assertEqual("draft", self.done(self.placed(number="P3", hour=13)).state)

    # -- what is wrong with one --

    def test_an_order_says_what_is_missing(self):
        self.make_product("SUP")
        for said, code, path in (
            ({"performer": None}, "required", "performer"),
            ({"performer": CLEAR}, "required", "performer"),
            ({"performer": self.ref("location", "CENTRAL")}, "required", "performer"),
            ({"lines": (self.line(""),)}, "required", "lines[0].code"),
            ({"lines": (self.line(), self.line(quantity=None))}, "required", "lines[1].quantity"),
            ({"lines": (self.line(quantity=0),)}, "quantity_not_positive", "lines[0].quantity"),
            ({"lines": (self.line(quantity=self.quantity(1, "mL")),)}, "unit_mismatch", "lines[0].quantity"),
            ({"lines": (self.line(number="1"),) * 2}, "line_twice", "lines"),
            ({"code": self.code("GLV")}, "lines_unexpected", "lines"),
            ({"status": "revoked"}, "unknown_status", "status"),
            ({"event": "completed"}, "purchase_not_confirmed", "status"),
            ({"kind": "supply"}, "lines_unexpected", "lines"),
            ({"kind": "service"}, "lines_unexpected", "lines"),
        ):  # fmt: skip
            with self.subTest(said):
                self.assertEqual(path, self.fails(self.placed(**said), code).path)
        self.assertFalse(self.env["purchase.order"].search([("origin", "=", "P1")]))

    def test_unknown_codes_and_vendors_are_named_or_awaited(self):
        error = self.fails(self.placed(self.line("NEW")), "unknown_product", may_create=False)
        self.assertEqual(("NEW", "lines[0].code"), (error.value, error.path))
        error = self.fails(
            self.placed(performer=self.ref("organization", "S-9")),
            "unknown_organization",
            may_create=False,
        )
        self.assertEqual("S-9", error.value)
        (outcome,) = self.apply(self.placed(self.line("NEW")), may_create=False, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(self.order("changed", 9, kind="purchase", quantity=4), "unknown_order")

    def test_a_quantity_alone_is_of_one_line(self):
        self.apply(self.placed(self.line("GLV"), self.line("MSK")))
        self.fails(self.order("changed", 9, quantity=4), "several_lines")

    def test_an_order_stays_of_its_kind(self):
        self.apply(self.placed())
        error = self.fails(
            self.order("changed", 9, kind="supply", quantity=4), "order_kind_changed"
        )
        self.assertEqual("kind", error.path)

    # -- statements --

    def test_statements_are_the_orms_own_and_hardly_more(self):
        for number in range(20):
            self.contract(self.make_product(f"P{number}"), 3 + number)

        def orders(prefix, count):
            return [
                self.placed(self.line(f"P{one % 20}", 5), number=f"{prefix}{one}")
                for one in range(count)
            ]

        for _time in range(2):
            model = self.done(*orders(f"W{_time}-", 2))
        fresh = [
            {
                "partner_id": self.vendor.id,
                "picking_type_id": model[0].picking_type_id.id,
                "user_id": self.buyer.id,
                "origin": f"B{one}",
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": 5,
                            "product_uom_id": product.uom_id.id,
                        }
                    )
                ],
            }
            for one, product in (
                (one, self.env["product.product"].search([("name", "=", f"P{one % 20}")]))
                for one in range(200)
            )
        ]
        acting = self.env["interop.system"]._acting(self.system.id, self.company.id)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        acting["purchase.order"].create(fresh)
        self.env.flush_all()
        bare = (self.env.cr.sql_log_count - before) / 200
        print(f"\nbare: {bare:.2f} statements an order")  # pylint: disable=print-used
        with self.at_most(bare + 1, self.placed(number="W"), per=200):
            self.apply(*orders("N", 200))
        with self.at_most(0.5, self.placed(number="W"), per=200):
            self.apply(*orders("N", 200))
