"""Amounts that come without a currency: the company's, another one by rule, or refused."""

from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..core.canonical import Charge, Invoice, Payment
from .common_accounting import AccountingCase


@tagged("post_install", "-at_install")
class TestUntoldCurrencies(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.company.currency_id
        cls.foreign = cls.env.ref("base.EUR" if cls.own.name != "EUR" else "base.USD")
        cls.foreign.active = True
        cls.patient = cls.make_partner("4711")
        cls.journal("bank", "IBK1")
        cls.facility.payment_journal_id = cls.journal("cash", "ICS1")

    def charge(self, number, **said):
        said = {"amount": self.money(9), "code": self.code("GLV"), **said}
        said.setdefault("party", self.ref("party", "4711"))
        return self.item("recorded", Charge(identifiers=self.ids(number), **said))

    def invoice(self, number):
        values = {
            "kind": "customer",
            "number": number,
            "partner": self.ref("party", "4711"),
            "lines": (self.line(tax_rate=None),),
        }
        return self.item("received", Invoice(identifiers=self.ids(number), **values))

    def payment(self, number, currency=""):
        payment = Payment(
            identifiers=self.ids(number),
            kind="inbound",
            amount=self.money(9, currency),
            paid_on=date(2026, 3, 9),
            partner=self.ref("party", "4711"),
        )
        return self.item("registered", payment)

    def untold(self, mark):
        """A charge, an invoice of lines, a bill and a payment, none of which names a currency, by what rules are about."""
        return [
            ("customer_invoice", self.charge(f"C{mark}")),
            ("customer_invoice", self.invoice(f"I{mark}")),
            ("vendor_bill", self.bill(f"B{mark}")),
            ("payment", self.payment(f"Y{mark}")),
        ]

    def test_without_a_rule_it_is_the_companys(self):
        for about, item in self.untold("1"):
            with self.subTest(about):
                self.assertEqual(self.own, self.done(item).currency_id)

    def test_a_rule_says_another_one(self):
        for about in ("customer_invoice", "vendor_bill", "payment"):
            self.rule(about, system_id=self.system.id, currency_id=self.foreign.id)
        for about, item in self.untold("1"):
            with self.subTest(about):
                self.assertEqual(self.foreign, self.done(item).currency_id)

    def test_a_rule_refuses_it(self):
        for about in ("customer_invoice", "vendor_bill", "payment"):
            self.rule(about, is_currency_needed=True)
        for about, item in self.untold("1"):
            with self.subTest(about):
                self.assertEqual("currency", self.fails(item, "no_currency").path)
        told = [
            self.charge("C2", amount=self.money(9, self.own.name)),
            self.bill("B2", currency=self.own.name),
            self.payment("Y2", self.own.name),
        ]
        for item in told:
            self.assertEqual(self.own, self.done(item).currency_id)

    def test_a_nearer_rule_lifts_the_refusal(self):
        self.rule(is_currency_needed=True)
        self.rule(facility_id=self.facility.id, currency_id=self.own.id)
        self.assertEqual(self.own, self.done(self.bill()).currency_id)
        self.fails(self.bill("B2"), "no_currency", facility=self.ward.id)

    def test_one_that_is_refused_does_not_stop_the_others(self):
        self.rule("customer_invoice", is_currency_needed=True)
        items = [self.charge("C1"), self.charge("C2", amount=self.money(9, self.own.name))]
        self.assertEqual(["failed", "done"], [one.state for one in self.apply(*items)])

    def test_a_currency_that_is_not_in_use_is_not_assumed(self):
        self.rule(currency_id=self.foreign.id)
        self.foreign.active = False
        self.fails(self.bill(), "no_currency")

    def test_list_prices_are_in_the_companys(self):
        self.rule("customer_invoice", currency_id=self.foreign.id)
        charge = self.done(self.charge("C1", amount=None))
        self.assertEqual((self.own, self.gloves.lst_price), (charge.currency_id, charge.amount))

    def test_list_prices_need_no_currency(self):
        self.rule("customer_invoice", is_currency_needed=True)
        self.assertEqual(self.own, self.done(self.charge("C1", amount=None)).currency_id)

    def test_a_known_charge_keeps_its_currency(self):
        charge = self.done(self.charge("C1", amount=self.money(9, self.own.name)))
        self.rule("customer_invoice", currency_id=self.foreign.id)
        self.assertEqual(charge, self.done(self.charge("C1", amount=self.money(10))))
        self.assertEqual((10, self.own), (charge.amount, charge.currency_id))

    def test_a_credit_is_in_its_charges(self):
        self.done(self.charge("C1", amount=self.money(9, self.foreign.name)))
        self.rule("customer_invoice", is_currency_needed=True)
        taken_back = self.charge("C2", kind="credit", reverses=self.ref("charge", "C1"))
        credit = self.done(taken_back)
        self.assertEqual(self.foreign, self.env["interop.charge"].browse(credit.id).currency_id)

    def test_a_bill_is_in_the_currency_of_its_order(self):
        self.rule(is_currency_needed=True)
        line = {"product_id": self.gloves.id, "product_qty": 10, "price_unit": 7}
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "currency_id": self.foreign.id,
                "order_line": [fields.Command.create(line)],
            }
        )
        order.button_confirm()
        bill = self.done(self.bill(order=self.ref("order", order.name)))
        self.assertEqual(self.foreign, bill.currency_id)

    def test_what_makes_no_sense_is_refused(self):
        department = self.env["hr.department"].create({"name": "Radiology"})
        rubbish = [
            {"currency_id": self.own.id, "is_currency_needed": True},
            {"currency_id": self.own.id, "department_id": department.id},
            {"is_currency_needed": True, "department_id": department.id},
        ]
        for values in rubbish:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.rule(**values)
