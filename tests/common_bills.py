"""Bills that are received."""

from datetime import date
from decimal import Decimal

from ..core.canonical import Invoice, InvoiceLine
from .common_entities import EntityCase


class BillCase(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.make_partner("S-1", "organization", is_company=True)
        cls.gloves = cls.make_product("GLV", standard_price=5)
        cls.purchase_tax = cls.make_tax(15, "purchase")
        cls.gloves.supplier_taxes_id = cls.purchase_tax
        cls.gloves.taxes_id = False

    @classmethod
    def make_tax(cls, rate, use):
        return cls.env["account.tax"].search(
            [
                ("type_tax_use", "=", use),
                ("amount", "=", rate),
                ("amount_type", "=", "percent"),
                ("company_id", "=", cls.company.id),
            ],
            limit=1,
        ) or cls.env["account.tax"].create(
            {"name": f"{rate} % {use}", "type_tax_use": use, "amount": rate}
        )

    def line(self, product="GLV", quantity=10, price=7, **said):
        values = {
            "description": "Gloves",
            "product": product and self.ref("product", product, "CDM"),
            "quantity": self.quantity(quantity, "BX"),
            "unit_price": self.money(price),
            "tax_rate": Decimal(15),
        }
        return InvoiceLine(**(values | said))

    def bill(self, number="B1", *lines, event="received", **said):
        values = {
            "kind": "vendor",
            "number": number,
            "partner": self.ref("organization", "S-1"),
            "invoice_date": date(2026, 3, 1),
            "due_date": date(2026, 3, 31),
            "lines": lines or (self.line(),),
        }
        return self.item(event, Invoice(identifiers=self.ids(number), **(values | said)))

    def cancelled(self, number="B1", **said):
        return self.item("cancelled", Invoice(identifiers=self.ids(number), **said))
