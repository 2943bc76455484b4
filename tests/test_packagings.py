"""What products come in, as their catalogue tells it; and what takes the place of others."""

from datetime import datetime
from decimal import Decimal

from odoo.tests import tagged

from ..core.canonical import CLEAR, Identifier, Money, Order, Packaging, Product, SupplierPrice
from .common_stock import StockMovementCase


@tagged("post_install", "-at_install")
class PackagingsTest(StockMovementCase):
    def told(self, hour=8, number="GLV", **said):
        product = Product(identifiers=self.ids(number, system="CDM"), **said)
        return self.item("updated", product, at=datetime(2026, 3, 1, hour))

    def pack(self, unit="BX", quantity=100, gtin=""):
        return Packaging(unit, Decimal(quantity), gtin)

    def test_a_box_is_what_it_holds_once_that_is_told(self):
        self.stocked(self.gloves, 500)
        self.done(self.fact("M1", quantity=2, unit="BX"))
        self.assertEqual(498, self.on_hand(self.gloves))
        self.assertEqual(["updated"], self.effects(self.told(packagings=(self.pack(),))))
        for number, unit in (("M2", "BX"), ("M3", "XBX"), ("M4", "box")):
            self.done(self.fact(number, quantity=1, unit=unit))
        self.assertEqual(198, self.on_hand(self.gloves))
        self.done(self.fact("M5", quantity=1, unit="CS"))
        self.assertEqual(197, self.on_hand(self.gloves))

    def test_odoo_knows_the_packaging_and_its_barcode(self):
        self.apply(self.told(packagings=(self.pack(gtin="04012345678901"),)))
        unit = self.gloves.interop_packaging_ids.uom_id
        self.assertEqual((100, self.gloves.uom_id), (unit.relative_factor, unit.relative_uom_id))
        self.assertIn(unit, self.gloves.uom_ids)
        self.assertEqual("04012345678901", self.gloves.product_uom_ids.barcode)
        again = self.told(9, packagings=(self.pack(gtin="04012345678901"),))
        self.assertEqual(["unchanged"], self.effects(again))

    def test_others_stay_and_a_changed_one_changes(self):
        self.apply(self.told(packagings=(self.pack(), self.pack("CS", 1000))))
        self.apply(self.told(9, packagings=(self.pack(quantity=50),)))
        found = {one.code: one.quantity for one in self.gloves.interop_packaging_ids}
        self.assertEqual({"BX": 50, "CS": 1000}, found)
        self.stocked(self.gloves, 60)
        self.done(self.fact(quantity=1, unit="BX"))
        self.assertEqual(10, self.on_hand(self.gloves))

    def test_products_that_come_in_the_same_share_a_unit(self):
        self.apply(
            self.told(packagings=(self.pack(),)), self.told(number="NEW", packagings=(self.pack(),))
        )
        units = self.env["interop.packaging"].search([("code", "=", "BX")]).uom_id
        self.assertEqual(1, len(units))

    def test_what_is_no_pack_or_holds_nothing_is_named(self):
        error = self.fails(self.told(packagings=(self.pack("L"),)), "unknown_pack")
        self.assertEqual(("packagings", "L"), (error.path, error.value))

    def test_a_price_for_a_box_is_one_for_what_it_holds_whenever_that_is_told(self):
        price = SupplierPrice(
            self.ref("organization", "S-1", display="Vendor"), Money(Decimal(20)), unit="BX"
        )
        orders = (
            ("A", [{"supplier_prices": (price,)}, {"packagings": (self.pack(),)}]),
            ("B", [{"packagings": (self.pack(),)}, {"supplier_prices": (price,)}]),
            ("C", [{"packagings": (self.pack(),), "supplier_prices": (price,)}]),
        )
        for number, told in orders:
            for hour, said in enumerate(told, 8):
                product = self.done(self.told(hour, number, **said))
            seller = product.seller_ids
            self.assertEqual(
                (1, 20, product.interop_packaging_ids.uom_id),
                (len(seller), seller.price, seller.product_uom_id),
                number,
            )
            self.assertEqual(["unchanged"], self.effects(self.told(12, number, **told[-1])))

    # -- replaced --

    def placed(self, number, product="GLV", event="placed", **said):
        order = Order(
            identifiers=(Identifier(number, "GRH", "PLAC"),),
            code=self.code(product),
            quantity=self.quantity(3),
            **said,
        )
        return self.item(event, order, at=datetime(2026, 3, 2, 8))

    def test_what_is_replaced_is_ordered_no_more(self):
        where = {"kind": "supply", "location": self.ref("location", "SUR")}
        main = self.env["stock.location"].create(
            {"name": "Main", "usage": "internal", "location_id": self.stock.id}
        )
        self.make_place("MAIN", stock_location_id=main.id)
        where["performer"] = self.ref("location", "MAIN")
        before = self.done(self.placed("S1", **where))
        nitrile = self.make_product("NIT", default_code="NIT-9")
        self.apply(self.told(replaced_by=self.ref("product", "NIT", "CDM")))
        self.assertEqual(nitrile, self.gloves.interop_replaced_by_id)
        error = self.fails(self.placed("S2", **where), "product_replaced")
        self.assertEqual(("code", "NIT-9", "business"), (error.path, error.value, error.category))
        self.assertEqual(["unchanged"], self.effects(self.placed("S1", **where)))
        self.assertEqual("confirmed", before.state)
        self.done(self.placed("S3", "NIT", **where))
        bought = {
            "kind": "purchase",
            "performer": self.ref("organization", "S-1", display="Vendor"),
        }
        self.fails(self.placed("P1", **bought), "product_replaced")

    def test_a_successor_may_be_taken_back(self):
        nitrile = self.make_product("NIT")
        self.apply(self.told(replaced_by=self.ref("product", "NIT", "CDM")))
        self.assertEqual(nitrile, self.gloves.interop_replaced_by_id)
        self.apply(self.told(9, replaced_by=CLEAR))
        self.assertFalse(self.gloves.interop_replaced_by_id)
