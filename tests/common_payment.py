"""A hospital that is paid, and messages of payments."""

from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from odoo import fields

from ..core.canonical import Claim, Identifier, Payment, PaymentAllocation, Reference
from .common_entities import EntityCase


def at(hour):
    return datetime(2026, 3, 10, hour)


class PaymentCase(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].create(
            {"name": "Interop bank", "type": "bank", "code": "IBNK"}
        )
        cls.facility.payment_journal_id = cls.journal
        cls.payer = cls.make_partner("P80", "organization", is_company=True)
        cls.patient = cls.make_partner("4711")
        cls.service = cls.make_product("LAB", entity="service", taxes_id=False)

    # -- what a hospital has --

    def invoices(self, count, amount=100, *, kind="out_invoice", partner=None, **values):
        """Drafts, all made at once."""
        line = {"product_id": self.service.id, "price_unit": amount, "tax_ids": False}
        return self.env["account.move"].create(
            [
                {
                    "move_type": kind,
                    "partner_id": (partner or self.patient).id,
                    "invoice_date": "2026-03-01",
                    "date": "2026-03-01",
                    "invoice_line_ids": [fields.Command.create(line)],
                    **values,
                }
                for _number in range(count)
            ]
        )

    def invoice(self, amount=100, *, post=True, **more):
        move = self.invoices(1, amount, **more)
        if post:
            move.action_post()
        return move

    def claim(self, number="CL-1", **said):
        return self.done(self.item("submitted", Claim(identifiers=self.ids(number), **said)))

    # -- messages --

    def payment(self, number="Y1", hour=8, event="registered", **said):
        said = {
            "kind": "inbound",
            "amount": self.money(100),
            "paid_on": date(2026, 3, 9),
            "partner": self.ref("organization", "P80"),
            "reference": f"EFT-{number}",
        } | said
        said = {name: value for name, value in said.items() if value is not None}
        return self.item(event, Payment(identifiers=self.ids(number), **said), at=at(hour))

    def part(self, amount, pays=None, entity="invoice"):
        reference = Reference(entity, (Identifier(pays, "GRH"),)) if pays else None
        return PaymentAllocation(self.money(amount), reference)

    def for_invoices(self, *pairs, **said):
        parts = tuple(self.part(amount, move.name) for amount, move in pairs)
        said.setdefault("amount", self.money(sum(amount for amount, _move in pairs)))
        return self.payment(allocations=parts, **said)

    @contextmanager
    def clock(self, at):
        """What Odoo calls now; freezing all of Python's clocks takes seconds."""
        with patch.object(fields.Datetime, "now", return_value=at):
            yield

    def parts(self, payment):
        return [
            (part.amount, part.amount_open, part.reason or "")
            for part in payment.interop_allocation_ids
        ]

    def balance(self):
        """Of everything on the receivable accounts, the bank's and the outstanding: {account type: sum}."""
        self.env.flush_all()
        groups = self.env["account.move.line"]._read_group(
            [("parent_state", "=", "posted"), ("company_id", "=", self.company.id)],
            ["account_id"],
            ["balance:sum"],
        )
        return {account.code: round(total, 2) for account, total in groups if round(total, 2)}
