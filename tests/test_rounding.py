"""Differences of rounding have an account; what differs by more is for a person."""

from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_bills import BillCase
from .common_payment import PaymentCase


def rounding_account(case):
    account = case.env["account.account"].create(
        {"code": "658999", "name": "Rounding", "account_type": "expense"}
    )
    case.company.interop_rounding_account_id = account
    return account


@tagged("post_install", "-at_install")
class PaymentRoundingTest(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = rounding_account(cls)

    def booked(self, payment):
        return sum(
            payment.move_id.line_ids.filtered(lambda line: line.account_id == self.account).mapped(
                "balance"
            )
        )

    def test_cents_too_many_or_too_few_are_booked_and_nothing_stays_open(self):
        for paid, balance in (("100.05", -0.05), ("99.95", 0.05), ("100.01", -0.01)):
            move = self.invoice(100)
            number = f"R{paid}"
            payment = self.done(
                self.payment(
                    number, amount=self.money(paid), allocations=(self.part(100, move.name),)
                )
            )
            self.assertAlmostEqual(balance, self.booked(payment), 2, paid)
            self.assertEqual(
                ("paid", False),
                (move.payment_state, any(payment.interop_allocation_ids.mapped("is_open"))),
            )
            self.assertAlmostEqual(0, sum(payment.move_id.line_ids.mapped("balance")))
            self.assertEqual(["unchanged"], self.effects(
                self.payment(number, amount=self.money(paid), allocations=(self.part(100, move.name),))
            ))  # fmt: skip

    def test_more_than_that_stays_an_open_item(self):
        move = self.invoice(100)
        payment = self.done(
            self.payment(amount=self.money("100.06"), allocations=(self.part(100, move.name),))
        )
        self.assertEqual(0, self.booked(payment))
        self.assertEqual(
            [0.06], payment.interop_allocation_ids.filtered("is_open").mapped("amount")
        )
        self.company.interop_rounding_tolerance = 0.1
        other = self.done(
            self.payment("Y2", amount=self.money("50.06"), allocations=(self.part(50),))
        )
        self.assertAlmostEqual(-0.06, self.booked(other))

    def test_a_few_cents_that_are_for_nothing_are_no_rounding(self):
        payment = self.done(self.payment(amount=self.money("0.03")))
        self.assertEqual((0, True), (self.booked(payment), payment.interop_allocation_ids.is_open))

    def test_without_an_account_a_rest_is_open(self):
        self.company.interop_rounding_account_id = False
        move = self.invoice(100)
        payment = self.done(
            self.payment(amount=self.money("100.01"), allocations=(self.part(100, move.name),))
        )
        self.assertEqual(
            [0.01], payment.interop_allocation_ids.filtered("is_open").mapped("amount")
        )

    def test_what_is_paid_out_and_taken_back(self):
        payment = self.done(
            self.payment(kind="outbound", amount=self.money("20.02"), allocations=(self.part(20),))
        )
        self.assertAlmostEqual(0.02, self.booked(payment))
        self.done(self.payment(hour=9, event="cancelled"))
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.account.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(0, sum(lines.mapped("balance")))

    def test_a_tolerance_is_not_below_zero(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.company.interop_rounding_tolerance = -1
            self.env.flush_all()


@tagged("post_install", "-at_install")
class BillRoundingTest(BillCase):
    def test_a_bill_is_what_was_asked(self):
        account = rounding_account(self)
        for place, (total, rounding) in enumerate(
            (("80.55", 0.05), ("80.46", -0.04), ("80.50", 0))
        ):
            bill = self.done(self.bill(f"R{place}", total=self.money(total)))
            self.assertAlmostEqual(float(total), bill.amount_total)
            self.assertAlmostEqual(10.5, bill.amount_tax)
            lines = bill.invoice_line_ids.filtered(lambda line: line.account_id == account)
            self.assertAlmostEqual(rounding, sum(lines.mapped("balance")))
        back = self.done(self.bill("R9", self.line(quantity=-10), total=self.money("-80.52")))
        self.assertEqual(("in_refund", 80.52), (back.move_type, back.amount_total))

    def test_more_than_that_names_both_places(self):
        rounding_account(self)
        error = self.fails(self.bill("R1", total=self.money("80.56")), "total_differs")
        self.assertEqual(("total", "lines"), (error.path, error.detail))
        self.assertFalse(self.env["account.move"].search([("ref", "=", "R1")]))
