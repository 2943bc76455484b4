"""Which taxes lines of invoices and bills have where a rule gives some."""

from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..core.canonical import Invoice
from .common_accounting import AccountingCase


@tagged("post_install", "-at_install")
class TestLineTaxes(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.special = cls.tax(15, "purchase", sequence=99)
        cls.levy = cls.tax(2, "purchase")

    @classmethod
    def tax(cls, rate, use, **values):
        return cls.env["account.tax"].create(
            {"name": f"Interop {rate} {use}", "type_tax_use": use, "amount": rate, **values}
        )

    def taxes(self, number="B1", rate=None, **said):
        bill = self.done(self.bill(number, self.line(tax_rate=rate), **said))
        return bill.invoice_line_ids.tax_ids

    def test_without_a_rate_the_rules_are_taken_instead_of_the_products(self):
        self.assertEqual(self.purchase_tax, self.taxes())
        self.rule(tax_ids=(self.special + self.levy).ids)
        self.assertEqual(self.special + self.levy, self.taxes("B2"))

    def test_of_several_with_the_told_rate_none_is_guessed(self):
        self.company.account_purchase_tax_id = False
        self.gloves.supplier_taxes_id = False
        told = self.bill("B1", self.line(tax_rate=Decimal(15)))
        error = self.fails(told, "several_taxes")
        self.assertEqual(("15", "lines[0].tax_rate"), (error.value, error.path))
        self.gloves.supplier_taxes_id = self.special
        self.assertEqual(self.special, self.taxes("B2", Decimal(15)))
        self.gloves.supplier_taxes_id = False
        self.company.account_purchase_tax_id = self.special
        self.assertEqual(self.special, self.taxes("B3", Decimal(15)))
        self.company.account_purchase_tax_id = self.levy
        self.fails(told, "several_taxes")
        self.special.price_include_override = "tax_included"
        self.assertEqual(self.purchase_tax, self.taxes("B4", Decimal(15)))

    def test_of_those_with_the_told_rate_the_rules_is_taken(self):
        self.assertNotEqual(self.special, self.taxes("B1", Decimal(15)))
        self.rule(tax_ids=(self.special + self.levy).ids)
        self.assertEqual(self.special, self.taxes("B2", Decimal(15)))

    def test_no_other_rate_is_booked_than_was_told(self):
        self.rule(tax_ids=self.levy.ids)
        self.assertEqual(15, self.taxes("B1", Decimal(15)).amount)
        self.assertFalse(self.taxes("B2", tax=self.money(0)))

    def test_amounts_with_the_tax_in_are_counted_by_the_rules_tax(self):
        self.special.price_include_override = "tax_included"
        self.rule(tax_ids=self.special.ids)
        line = self.line(price="8.05", tax_included=True)
        bill = self.done(self.bill("B1", line, total=self.money("80.50")))
        self.assertEqual(self.special, bill.invoice_line_ids.tax_ids)
        self.assertEqual((70, 80.5), (bill.amount_untaxed, bill.amount_total))

    def test_by_category(self):
        above = self.env["product.category"].create({"name": "Supplies"})
        self.rule(tax_ids=self.levy.ids, product_category_id=above.id)
        self.assertEqual(self.purchase_tax, self.taxes("B1"))
        self.gloves.categ_id = above.create({"name": "Gloves", "parent_id": above.id})
        self.assertEqual(self.levy, self.taxes("B2"))

    def test_charges_and_stated_invoices(self):
        tax = self.tax(3, "sale")
        self.rule("customer_invoice", tax_ids=tax.ids, facility_id=self.facility.id)
        encounter = self.make_encounter("V1")
        charge = self.charged(encounter)
        encounter.action_draft_invoice()
        self.assertEqual(tax, charge.move_line_id.tax_ids)
        other = self.charged(self.make_encounter("V2", facility_id=self.ward.id))
        other.encounter_id.action_draft_invoice()
        self.assertFalse(other.move_line_id.tax_ids)
        stated = Invoice(
            identifiers=self.ids("I1"),
            kind="customer",
            encounter=self.ref("encounter", "V1"),
            lines=(self.line(tax_rate=None),),
        )
        move = self.done(self.item("received", stated))
        self.assertEqual(tax, move.invoice_line_ids.tax_ids)

    def test_an_archived_tax_is_not_made_up_for(self):
        self.rule(tax_ids=(self.special + self.levy).ids)
        self.special.active = False
        self.env.registry.clear_cache()
        self.fails(self.bill("B1", self.line(tax_rate=None)), "tax_archived")
        tax = self.tax(3, "sale")
        self.rule("customer_invoice", tax_ids=tax.ids)
        tax.active = False
        encounter = self.make_encounter("V1")
        self.charged(encounter)
        with self.assertRaises(UserError):
            encounter.action_draft_invoice()

    def test_taxes_are_of_the_right_use(self):
        for about, tax in (
            ("customer_invoice", self.levy),
            ("vendor_bill", self.tax(3, "sale")),
            ("payment", self.levy),
        ):
            with self.subTest(about), self.assertRaises(ValidationError):
                self.rule(about, tax_ids=tax.ids)

    def test_rules_of_taxes_cost_a_message_no_statement(self):
        self.rule(tax_ids=self.special.ids)
        items = [self.bill(f"N{number}") for number in range(25)]
        with self.at_most(9, self.bill("W"), per=25):
            self.apply(*items)
