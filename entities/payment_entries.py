"""Where and when a payment is booked, and how it is taken back."""

from dataclasses import replace
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..core.errors import BusinessRule


class PaymentEntries(models.AbstractModel):
    _name = "interop.payment.entries"
    _inherit = "interop.transaction"
    _description = "Interop entries of payments"

    def _booking_days(self, call, days, journal):
        """``{day: the day it is booked on}``; None for a day in a locked period where the route refuses such."""
        company = self.env["res.company"].browse(call.company)

        def booked(day):
            locks = [lock for lock, _name in company._get_violated_lock_dates(day, False, journal)]
            if not locks:
                return day
            return max(locks) + timedelta(days=1) if call.moves_locked else None

        return {day: booked(day) for day in days}

    def _needed(self, value, code, path):
        if not value:
            raise BusinessRule(code, path=path)
        return value

    def _take_back(self, call, payments):
        """Reverse the entries of ``payments``, on the first open day from today on, and cancel them. Nothing is deleted."""
        if not payments:
            return
        posted = payments.move_id.filtered(lambda move: move.state == "posted")
        today = call.now.date()
        # what is gone must not stay in the books: a locked day is never a reason to leave it
        moving = replace(call, moves_locked=True)
        for journal, moves in posted.grouped("journal_id").items():
            day = self._booking_days(moving, [today], journal)[today]
            moves._reverse_moves([{"date": day, "ref": move.name} for move in moves], cancel=True)
        (payments.move_id - posted).unlink()
        payments.write({"state": "canceled"})

    def _hand_over(self, before, after):
        """What went by the payment ``before``, its names and versions, goes by ``after``."""
        for table in ("interop_binding", "interop_version"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET res_id = %s WHERE res_model = 'account.payment' AND res_id = %s",
                    SQL.identifier(table),
                    after.id,
                    before.id,
                )
            )
