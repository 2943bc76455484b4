"""Orders of goods from the door to Odoo's records, by the shipped mappings; and what a lane of two hundred costs."""

from ..core.canonical import Identifier
from .common import InteropCase
from .test_statements import told

LANE = 200


class TestOrderDrains(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_route = cls.make_route("order")
        cls.movement_route = cls.make_route("stock_movement")
        stock = cls.facility.warehouse_id.lot_stock_id
        cls.store = cls.env["stock.location"].create({"name": "Ward", "location_id": stock.id})
        cls.bind(
            cls.env["interop.location"].create({"name": "W", "stock_location_id": cls.store.id}),
            "location",
            "W",
        )
        cls.vendor = cls.bind(
            cls.env["res.partner"].create({"name": "Vendor"}), "organization", "V"
        )
        cls.products = cls.env["product.product"].create(
            [{"name": f"G{number}", "is_storable": True} for number in range(20)]
        )
        for product in cls.products:
            cls.bind(product, "product", product.name)
            cls.env["stock.quant"]._update_available_quantity(product, stock, 10000)
        cls.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": cls.vendor.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "price": 3,
                }
                for product in cls.products
            ]
        )

    @classmethod
    def bind(cls, record, entity, value):
        cls.env["interop.binding"]._bind(record, entity, (Identifier(value, "L"),), cls.system)
        return record

    def ref(self, value):
        return {"system": "L", "value": value}

    def event(self, what, key, /, **data):
        return {
            "type": f"org.interop.{what}.v1",
            "id": f"m{next(self.numbers)}",
            "source": "t",
            "data": {"identifiers": [self.ref(key)], **data},
        }

    def supplies(self, count, prefix="S"):
        return [
            self.event(
                "order.placed",
                f"{prefix}{number}",
                kind="supply",
                code={"system": "L", "code": f"G{number % 20}"},
                quantity=5,
                location=self.ref("W"),
            )
            for number in range(count)
        ]

    def purchases(self, count, prefix="P"):
        return [
            self.event(
                "order.placed",
                f"{prefix}{number}",
                kind="purchase",
                performer=self.ref("V"),
                lines=[{"code": {"system": "L", "code": f"G{number % 20}"}, "quantity": 5}],
            )
            for number in range(count)
        ]

    def drained(self, what, messages, ceiling):
        self.send(*messages)
        self.after_commit()
        self.env.cr.execute("UPDATE queue_job SET state = 'done'")
        self.env.flush_all()
        self.env.invalidate_all()
        before, jobs = self.env.cr.sql_log_count, 0
        while self.due_lanes():
            before += 1  # our own look
            self.drain(self.order_route)
            jobs += 1
        statements = self.env.cr.sql_log_count - before - 1
        told(f"drain, {what} ({jobs} jobs)", statements, len(messages))
        self.assertEqual(set(self.states()), {"done"})
        self.assertLessEqual(statements / len(messages), ceiling)

    def test_a_lane_of_supply_orders(self):
        self.send(*self.supplies(2, "W"))
        self.drain(self.order_route)
        self.drained("supply orders", self.supplies(LANE), 3)
        pickings = self.env["stock.picking"].search([("origin", "like", "S%")])
        self.assertEqual((LANE, {"assigned"}), (len(pickings), set(pickings.mapped("state"))))
        done = [self.event("order.completed", f"S{number}") for number in range(LANE)]
        self.drained("supply orders completed", done, 5)
        self.assertEqual({"done"}, set(pickings.mapped("state")))
        self.assertTrue(all(one.interop_delivery_count == 2 for one in pickings))

    def test_a_lane_of_purchase_orders(self):
        self.send(*self.purchases(2, "W"))
        self.drain(self.order_route)
        self.drained("purchase orders", self.purchases(LANE), 8)
        orders = self.env["purchase.order"].search([("origin", "like", "P%")])
        self.assertEqual((LANE, {"draft"}), (len(orders), set(orders.mapped("state"))))
        self.assertEqual({15}, set(orders.mapped("amount_untaxed")))

    def test_a_purchase_from_order_to_shelf(self):
        self.send(*self.purchases(1))
        self.drain(self.order_route)
        order = self.env["purchase.order"].search([("origin", "=", "P0")])
        order.button_confirm()
        self.send(
            self.event(
                "purchase_order.acknowledged",
                "P0",
                lines=[{"code": {"system": "L", "code": "G0"}, "quantity": 4}],
            )
        )
        self.drain(self.order_route)
        self.assertEqual(("changed", 1), (order.interop_answer, len(order.activity_ids)))
        line = {"product": self.ref("G0"), "quantity": 4, "order": self.ref("P0")}
        self.send(self.event("shipment.announced", "D0", **line))
        self.drain(self.movement_route)
        self.assertEqual(4, order.picking_ids.move_line_ids.quantity)
        self.assertEqual(0, order.order_line.qty_received)
        self.send(self.event("goods.received", "D0", **line))
        self.drain(self.movement_route)
        self.assertEqual(4, order.order_line.qty_received)
        count = {"product": self.ref("G0"), "quantity": 2, "to_location": self.ref("W")}
        self.send(self.event("stock.counted", "C0", **count))
        self.drain(self.movement_route)
        quant = self.env["stock.quant"].search([("location_id", "=", self.store.id)])
        self.assertEqual((2, True), (quant.inventory_quantity, quant.inventory_quantity_set))
        self.assertEqual({"done"}, set(self.states()))
        self.assertGreaterEqual(order.interop_delivery_count, 3)

    def test_a_route_says_whether_goods_that_are_not_there_can_be_used(self):
        used = {"product": self.ref("G0"), "quantity": 2, "from_location": self.ref("W")}
        self.movement_route.beyond_stock = "refuse"
        self.send(self.event("item.consumed", "U0", **used))
        self.drain(self.movement_route)
        (row,) = self.rows()
        self.assertEqual(("failed", "beyond_stock"), (row["state"], row["error_code"]))
        self.movement_route.beyond_stock = "post"
        self.send(self.event("item.consumed", "U1", **used))
        self.drain(self.movement_route)
        quant = self.env["stock.quant"].search([("location_id", "=", self.store.id)])
        self.assertEqual(-2, quant.quantity)
