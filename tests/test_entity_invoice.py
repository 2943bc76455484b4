"""Bills received and invoices drafted: lines, taxes and totals, matched to their orders, each once."""

from datetime import date, datetime
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from ..core.canonical import Invoice
from .common_bills import BillCase


@tagged("post_install", "-at_install")
class InvoiceTest(BillCase):
    # -- bills --

    def test_a_bill_is_drafted_with_everything_it_says(self):
        bill = self.done(self.bill(total=self.money("80.50"), tax=self.money("10.50")))
        self.assertEqual(("in_invoice", "draft"), (bill.move_type, bill.state))
        self.assertEqual((self.vendor, "B1"), (bill.partner_id, bill.ref))
        self.assertEqual(date(2026, 3, 1), bill.invoice_date)
        self.assertEqual(date(2026, 3, 31), bill.invoice_date_due)
        line = bill.invoice_line_ids
        self.assertEqual((self.gloves, "Gloves"), (line.product_id, line.name))
        self.assertEqual((10, 7, 70), (line.quantity, line.price_unit, line.price_subtotal))
        self.assertEqual(15, line.tax_ids.amount)
        self.assertEqual(80.5, bill.amount_total)
        self.assertEqual(self.company.currency_id, bill.currency_id)

    def test_lines_may_be_of_products_codes_or_words(self):
        service = self.make_product("REP", entity="service")
        bill = self.done(
            self.bill(
                "B1",
                self.line(),
                self.line(product=None, code=self.code("REP"), description=""),
                self.line(product=None, description="Freight", quantity=1, price=12),
                self.line(
                    product=None,
                    description="Rounded",
                    unit_price=None,
                    amount=self.money("33.33"),
                    quantity=7,
                ),
            )
        )
        products = [line.product_id for line in bill.invoice_line_ids]
        self.assertEqual([self.gloves, service, service.browse(), service.browse()], products)
        names = bill.invoice_line_ids.mapped("name")
        self.assertEqual(["Gloves", "REP", "Freight", "Rounded"], names)
        self.assertEqual(33.33, bill.invoice_line_ids[3].price_subtotal)

    def test_amounts_may_have_their_tax_in(self):
        """Whether the tax counts so or not: the bill comes to what was told, and the cost to what is left."""
        for place, is_in in enumerate((False, True)):
            self.purchase_tax.price_include_override = "tax_included" if is_in else "tax_excluded"
            for told, price in ((True, "8.05"), (False, "7.00")):
                line = self.line(price=price, tax_included=told)
                total = self.money("80.50")
                bill = self.done(self.bill(f"T{place}{told}", line, total=total))
                self.assertEqual((70, 80.5), (bill.amount_untaxed, bill.amount_total))
                self.assertEqual(10, bill.invoice_line_ids.quantity)
        gross = self.line(quantity=3, unit_price=None, amount=self.money("9.99"), tax_included=True)
        bill = self.done(self.bill("T9", gross, total=self.money("9.99")))
        self.assertEqual(9.99, bill.amount_total)

    def test_how_much_of_an_amount_is_tax_is_not_guessed(self):
        line = self.line(tax_included=True, tax_rate=None)
        self.assertEqual("lines[0].tax_rate", self.fails(self.bill("B1", line), "required").path)
        untaxed = self.line(tax_included=True, tax_rate=Decimal(0))
        self.assertEqual(70, self.done(self.bill("B2", untaxed)).amount_total)

    def test_the_same_vendor_and_reference_twice_is_refused(self):
        self.apply(self.bill())
        self.fails(self.bill(), "duplicate_bill")
        other = self.bill()
        again = self.item(
            "received",
            type(other.entity)(**{**other.entity.said(), "identifiers": self.ids("MSG-9")}),
        )
        self.fails(again, "duplicate_bill")
        outcomes = self.apply(
            self.bill("B2"),
            self.item(
                "received",
                type(other.entity)(
                    **{**other.entity.said(), "number": "B2", "identifiers": self.ids("MSG-8")}
                ),
            ),
        )
        self.assertEqual(["done", "failed"], [outcome.state for outcome in outcomes])
        self.assertEqual(
            2, self.env["account.move"].search_count([("partner_id", "=", self.vendor.id)])
        )

    def test_a_bill_typed_in_by_hand_counts_too(self):
        self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.vendor.id, "ref": "B1"}
        )
        self.fails(self.bill(), "duplicate_bill")

    def test_another_vendor_may_use_the_same_number(self):
        self.make_partner("S-2", "organization", is_company=True)
        first = self.bill()
        second = self.item(
            "received",
            Invoice(
                **{
                    **first.entity.said(),
                    "identifiers": self.ids("B1", system="S-2"),
                    "partner": self.ref("organization", "S-2"),
                }
            ),
        )
        self.done(first, second)

    def test_a_total_that_differs_is_refused_and_leaves_nothing(self):
        right, wrong = (
            self.bill("B1", total=self.money("80.50")),
            self.bill("B2", total=self.money("81.50")),
        )
        outcomes = self.apply(right, wrong, self.bill("B3"))
        self.assertEqual(["done", "failed", "done"], [outcome.state for outcome in outcomes])
        self.assertEqual("total_differs", outcomes[1].error.code)
        self.assertFalse(self.env["account.move"].search([("ref", "=", "B2")]))
        self.done(self.bill("B2", total=self.money("80.51")))

    def test_without_taxes_told_the_total_decides(self):
        untaxed = self.bill("B1", self.line(tax_rate=Decimal(0)), total=self.money(70))
        silent = self.bill("B2", self.line(tax_rate=None), tax=self.money(0), total=self.money(70))
        default = self.bill("B3", self.line(tax_rate=None))
        self.assertEqual([70, 70, 80.5], self.done(untaxed, silent, default).mapped("amount_total"))

    def test_an_unknown_tax_rate_is_named(self):
        error = self.fails(self.bill("B1", self.line(tax_rate=Decimal("7.7"))), "unknown_tax_rate")
        self.assertEqual(("7.7", "lines[0].tax_rate"), (error.value, error.path))

    def test_an_unknown_product_is_no_missing_line(self):
        items = [self.bill(f"B{number}", self.line(product="NEW")) for number in range(3)]
        outcomes = self.apply(*items, may_create=False)
        self.assertEqual(
            {("unknown_product", "NEW")}, {(one.error.code, one.error.value) for one in outcomes}
        )
        bill = self.done(items[0])
        self.assertEqual("NEW", bill.invoice_line_ids.product_id.name)

    def test_an_unknown_vendor_is_named(self):
        error = self.fails(
            self.bill(partner=self.ref("organization", "S-9")),
            "unknown_organization",
            may_create=False,
        )
        self.assertEqual("S-9", error.value)
        self.fails(self.bill(partner=None), "required")

    def test_a_bill_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertEqual(euro, self.done(self.bill(currency="EUR")).currency_id)
        euro.active = False
        self.fails(self.bill("B3", currency="EUR"), "unknown_currency", may_create=False)
        self.assertEqual("draft", self.done(self.bill("B3", currency="EUR")).state)
        self.fails(self.bill("B2", currency="XXX"), "unknown_currency")

    def test_a_negative_total_is_a_credit_note(self):
        bill = self.done(self.bill("B1", self.line(quantity=-10), total=self.money("-80.50")))
        self.assertEqual(("in_refund", 80.5), (bill.move_type, bill.amount_total))

    def test_a_bill_of_totals_alone_has_one_line(self):
        totals = {"lines": None, "total": self.money(115), "tax": self.money(15)}
        item = self.bill("B1")
        bill = self.done(
            self.item(
                "received",
                Invoice(**{**item.entity.said(), "identifiers": self.ids("B1"), **totals}),
            )
        )
        line = bill.invoice_line_ids
        self.assertEqual(("B1", 100, 115), (line.name, line.price_subtotal, bill.amount_total))

    # -- orders --

    def order(self, *lines, **values):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": product.id, "product_qty": quantity, "price_unit": 7}
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )
        order.button_confirm()
        return order

    def test_a_bill_is_matched_to_its_order(self):
        other = self.make_product("SYR")
        order = self.order((self.gloves, 10), (other, 5), partner_ref="ACK-1")
        for number, name in (("B1", order.name), ("B2", "ACK-1")):
            bill = self.done(
                self.bill(number, self.line(), self.line("SYR", 5), order=self.ref("order", name))
            )
            self.assertEqual(order.order_line, bill.invoice_line_ids.purchase_line_id)
            self.assertEqual(order.name, bill.invoice_origin)

    def test_two_lines_of_one_product_are_matched_one_to_one(self):
        order = self.order((self.gloves, 10), (self.gloves, 20))
        bill = self.done(
            self.bill(
                "B1", self.line(), self.line(quantity=20), order=self.ref("order", order.name)
            )
        )
        self.assertEqual(order.order_line, bill.invoice_line_ids.purchase_line_id)

    def test_an_order_that_nobody_knows_is_awaited(self):
        item = self.bill(order=self.ref("order", "P99999"))
        (outcome,) = self.apply(item, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(item, "unknown_order")

    # -- cancelled --

    def test_a_draft_is_cancelled_and_may_come_again(self):
        bill = self.done(self.bill())
        self.assertEqual(["cancelled"], self.effects(self.cancelled()))
        self.assertEqual("cancel", bill.state)
        self.assertEqual(["unchanged"], self.effects(self.cancelled()))
        again = self.done(self.bill())
        self.assertNotEqual(bill, again)
        self.assertEqual(["cancelled"], self.effects(self.cancelled()))
        self.assertEqual("cancel", again.state)

    def test_what_is_posted_is_not_cancelled(self):
        bill = self.done(self.bill())
        bill.action_post()
        self.fails(self.cancelled(), "bill_posted")
        self.assertEqual("posted", bill.state)

    def test_nobody_knows_what_to_cancel(self):
        self.fails(self.cancelled("B7"), "unknown_invoice")

    # -- customers --

    def charged(self, encounter, *amounts):
        service = self.make_product(f"S{next(self.numbers)}", entity="service", list_price=1)
        return self.env["interop.charge"].create(
            [
                {
                    "name": f"T{amount}",
                    "encounter_id": encounter.id,
                    "product_id": service.id,
                    "occurred_at": datetime(2026, 3, 1, 8),
                    "price_unit": amount,
                    "amount": amount,
                    "currency_id": self.company.currency_id.id,
                }
                for amount in amounts
            ]
        )

    def invoice(self, number="I1", **said):
        values = {"kind": "customer", "encounter": self.ref("encounter", "V1"), "number": number}
        return self.item("received", Invoice(identifiers=self.ids(number), **(values | said)))

    def test_an_invoice_of_an_encounters_charges(self):
        encounter = self.make_encounter("V1")
        charges = self.charged(encounter, 100, 20)
        move = self.done(self.invoice())
        self.assertEqual(("out_invoice", "draft"), (move.move_type, move.state))
        self.assertEqual(
            (encounter, encounter.partner_id), (move.interop_encounter_id, move.partner_id)
        )
        self.assertEqual(["billed"] * 2, charges.mapped("state"))
        self.assertEqual(move, charges.move_id)
        self.assertEqual("I1", move.ref)
        self.assertIn("2026-03-01", move.invoice_line_ids[0].name)
        self.assertEqual(["unchanged"], self.effects(self.invoice()))
        self.assertEqual(["unchanged"], self.effects(self.invoice("I2")))
        self.apply(self.cancelled("I1", kind="customer"))
        self.assertEqual(["open"] * 2, charges.mapped("state"))

    def test_nothing_to_bill_is_said(self):
        self.make_encounter("V1")
        self.fails(self.invoice(), "nothing_to_bill")

    def test_an_invoice_of_the_lines_it_states(self):
        patient = self.make_partner("4711")
        move = self.done(
            self.invoice(
                encounter=None,
                partner=self.ref("party", "4711"),
                lines=(
                    self.line(tax_rate=None, price=9),
                    self.line(product=None, description="Copy", tax_rate=None),
                ),
            )
        )
        self.assertEqual((patient, "out_invoice"), (move.partner_id, move.move_type))
        self.assertEqual(["Gloves", "Copy"], move.invoice_line_ids.mapped("name"))
        self.fails(self.invoice("I2", encounter=None, lines=(self.line(),)), "required")

    def test_a_posted_invoice_stays(self):
        self.charged(self.make_encounter("V1"), 100)
        self.done(self.invoice()).action_post()
        self.fails(self.cancelled("I1", kind="customer"), "invoice_posted")

    def test_senseless_kinds_and_keys_are_refused(self):
        self.fails(self.bill(kind="proforma"), "unknown_kind")
        self.fails(self.item("received", Invoice(kind="vendor")), "no_key")

    # -- statements --

    def test_statements_of_bills(self):
        others = [
            self.make_partner(f"S-1{place}", "organization", is_company=True) for place in range(5)
        ]
        self.assertTrue(others)
        items = [
            self.bill(
                f"N{number}",
                self.line(),
                self.line(quantity=3),
                partner=self.ref("organization", f"S-1{number % 5}"),
                total=self.money("104.65"),
            )
            for number in range(25)
        ]
        with self.at_most(9, self.bill("W"), per=25):
            self.apply(*items)
        self.assertEqual(25, self.env["account.move"].search_count([("ref", "like", "N%")]))

    def test_statements_of_matched_bills(self):
        orders = [self.order((self.gloves, 10)) for _number in range(25)]
        items = [
            self.bill(f"N{number}", order=self.ref("order", order.name))
            for number, order in enumerate(orders)
        ]
        with self.at_most(18, self.bill("W"), per=25):
            self.apply(*items)
