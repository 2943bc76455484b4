"""Products and services: created, changed, withdrawn, and what suppliers ask for them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..core.canonical import CLEAR, Money, Product, Service, SupplierPrice
from .common_master import MasterCase


class CatalogueCase(MasterCase):
    def assert_prices_are_the_companys(self, name, field):
        own = self.company.currency_id.name
        other = "EUR" if own != "EUR" else "USD"
        for currency in ("", own):
            thing = self.tell(f"C{currency}", **{name: Money(Decimal("12.50"), currency)})
            self.assertEqual(12.5, thing[field])
        error = self.fails(self.told("F", **{name: Money(Decimal(1), other)}), "foreign_currency")
        self.assertEqual((name, other), (error.path, error.value))
        self.tell(f"C{own}", 9, **{name: CLEAR})
        self.assertEqual(0, thing[field])


@tagged("post_install", "-at_install")
class ProductTest(CatalogueCase):
    cls_ = Product

    def test_it_is_kept_with_everything_it_says(self):
        one = self.tell(
            "G",
            name="Gloves",
            codes=(self.code("GLV-9"),),
            gtin="2900000000017",
            unit="DZN",
            tracking="lot",
            price=Money(Decimal("4.20")),
            cost=Money(Decimal("2.10")),
        )
        self.assertEqual(
            ("Gloves", "GLV-9", "2900000000017", "lot", 4.2, 2.1),
            (
                one.name,
                one.default_code,
                one.barcode,
                one.tracking,
                one.list_price,
                one.standard_price,
            ),
        )
        self.assertEqual(self.env.ref("uom.product_uom_dozen"), one.uom_id)
        self.assertTrue(one.is_storable)

    def asked(self, price, supplier="S-1", **more):
        supplier = self.ref("organization", supplier, display="Vendor")
        return SupplierPrice(supplier, Money(Decimal(str(price))), **more)

    def prices(self, product):
        return [
            (seller.partner_id.name, seller.min_qty, seller.price)
            for seller in product.seller_ids.sorted(lambda one: (one.partner_id.name, one.min_qty))
        ]

    def test_what_suppliers_ask_is_kept_beside_what_others_ask(self):
        one = self.tell(
            "G",
            supplier_prices=(self.asked("2.10", code="V-77"), self.asked(2, quantity=Decimal(100))),
        )
        self.assertEqual([("Vendor", 0, 2.1), ("Vendor", 100, 2)], self.prices(one))
        self.assertEqual("V-77", one.seller_ids.sorted("min_qty")[0].product_code)
        news = {"supplier_prices": (self.asked("2.25"), self.asked(3, "S-2", unit="DZN"))}
        self.assertEqual(["updated"], self.effects(self.told("G", 9, **news)))
        self.assertEqual(["unchanged"], self.effects(self.told("G", 9, **news)))
        self.assertEqual([2, 2.25, 3], sorted(one.seller_ids.mapped("price")))
        dozen = one.seller_ids.filtered(lambda seller: seller.price == 3)
        self.assertEqual(self.env.ref("uom.product_uom_dozen"), dozen.product_uom_id)
        self.assertEqual(["superseded"], self.effects(self.told("G", 7, **news)))

    def test_a_new_first_day_is_a_new_price_and_the_contract_price_of_its_day(self):
        one = self.tell("G", supplier_prices=(self.asked(2, valid_until=date(2026, 3, 31)),))
        self.tell("G", 9, supplier_prices=(self.asked(3, valid_from=date(2026, 4, 1)),))
        vendor = one.seller_ids.partner_id
        for day, price in ((date(2026, 3, 5), 2), (date(2026, 4, 5), 3)):
            self.assertEqual(price, one._select_seller(vendor, quantity=1, date=day).price)

    def test_a_price_in_a_currency_or_unit_that_nobody_knows_is_named(self):
        for said, code in (
            ({"price": Money(Decimal(1), "XXX")}, "unknown_currency"),
            ({"unit": "XXX"}, "unknown_unit"),
        ):
            price = replace(self.asked(1), **said)
            self.assertEqual(
                "XXX", self.fails(self.told("G", supplier_prices=(price,)), code).value
            )

    def test_withdrawn_and_back(self):
        one = self.tell("G", name="Gloves")
        self.assertFalse(self.tell("G", 9, is_active=False).active)
        self.assertTrue(self.tell("G", 10, is_active=True).active)
        self.assertEqual("Gloves", one.name)

    def test_prices(self):
        self.assert_prices_are_the_companys("price", "list_price")
        self.assert_prices_are_the_companys("cost", "standard_price")

    def test_words_and_units_that_nobody_knows_are_named(self):
        self.assert_word_is_named("tracking")
        self.assertEqual(self.env.ref("uom.product_uom_unit"), self.tell("BOX", unit="BX").uom_id)
        self.assertEqual(
            "unit", self.fails(self.told("X", unit="armful"), "unknown_base_unit").path
        )


@tagged("post_install", "-at_install")
class ServiceTest(CatalogueCase):
    cls_ = Service

    def test_it_is_kept_and_withdrawn(self):
        one = self.tell("S", name="Scan", codes=(self.code("RAD-9"),), price=Money(Decimal(175)))
        self.assertEqual(
            ("Scan", "RAD-9", 175, "service"),
            (one.name, one.default_code, one.list_price, one.type),
        )
        self.assertFalse(self.tell("S", 9, is_active=False).active)

    def test_a_price_that_nobody_gave_is_none(self):
        self.assertEqual(0, self.tell("S", name="Scan").list_price)

    def test_prices(self):
        self.assert_prices_are_the_companys("price", "list_price")
