"""A hospital that buys of a vendor at contract prices."""

from datetime import datetime

from ..core.canonical import Identifier, Order
from ..core.canonical import OrderLine as Line
from .common_entities import EntityCase


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


class PurchaseCase(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.make_partner("S-1", "organization")
        cls.buyer = cls.env["res.users"].create({"name": "Buyer", "login": "x-buyer"})
        cls.vendor.buyer_id = cls.buyer
        cls.gloves = cls.make_product("GLV", standard_price=99)
        cls.masks = cls.make_product("MSK", standard_price=99)
        cls.contract(cls.gloves, 5)
        cls.contract(cls.masks, 2)

    @classmethod
    def contract(cls, product, price, **values):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": price,
                **values,
            }
        )

    def line(self, product="GLV", quantity=10, **said):
        if isinstance(quantity, int | float):
            quantity = self.quantity(quantity)
        if isinstance(said.get("unit_price"), int | float):
            said["unit_price"] = self.money(said["unit_price"])
        return Line(code=product and self.code(product), quantity=quantity, **said)

    def order(self, event, hour=8, *, number="P1", filler="", **said):
        names = [Identifier(number, "GRH", "PLAC")] if number else []
        names += [Identifier(filler, "VND", "FILL")] if filler else []
        if isinstance(said.get("quantity"), int | float):
            said["quantity"] = self.quantity(said["quantity"])
        return self.item(event, Order(identifiers=tuple(names), **said), at=day(1, hour))

    def placed(self, *lines, hour=8, event="placed", **said):
        said = {
            "kind": "purchase",
            "performer": self.ref("organization", "S-1"),
            "lines": lines or (self.line(),),
        } | said
        return self.order(event, hour, **said)

    def told(self, order):
        return [
            (line.product_id.name, line.product_qty, line.price_unit) for line in order.order_line
        ]
