"""Payments that messages report: one journal item for each part that pays something of its own."""

from odoo import api, fields, models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "interop.sync.history"]

    interop_allocation_ids = fields.One2many(
        "interop.payment.allocation", "payment_id", string="Pays", copy=False
    )
    interop_paid_on = fields.Date(
        string="Paid on",
        readonly=True,
        copy=False,
        help="The day that was reported. It differs from the booking date where that lay in a locked period.",
    )

    @api.depends("move_id.line_ids.matched_debit_ids", "move_id.line_ids.matched_credit_ids")
    def _compute_stat_buttons_from_reconciliation(self):
        """What a reported payment is matched with, along the indexes.

        Odoo asks by joins on "debit or credit side"; until PostgreSQL has statistics of the tables it plans them as loops
        over all journal items within loops over all journal items, and every remittance asks.
        """
        reported = self.filtered("interop_allocation_ids")
        reported._compute_interop_matches()
        return super(AccountPayment, self - reported)._compute_stat_buttons_from_reconciliation()

    def _compute_interop_matches(self):
        for payment in self:
            lines = payment.move_id.line_ids
            money = lines.filtered(
                lambda line, payment=payment: line.account_id == payment.outstanding_account_id
            )
            moves = payment.invoice_ids | lines._interop_owed()._interop_counterparts().move_id
            sales = moves.filtered(lambda move: move.is_sale_document(True))
            payment.reconciled_invoice_ids = sales
            payment.reconciled_invoices_count = len(sales)
            is_refund = sales and set(sales.mapped("move_type")) == {"out_refund"}
            payment.reconciled_invoices_type = "credit_note" if is_refund else "invoice"
            bills = moves.filtered(lambda move: move.is_purchase_document(True))
            payment.reconciled_bill_ids = bills
            payment.reconciled_bills_count = len(bills)
            told = money._interop_counterparts().statement_line_id
            payment.reconciled_statement_line_ids = told
            payment.reconciled_statement_lines_count = len(told)

    def _generate_move_vals(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        if self.interop_allocation_ids and not line_ids:
            line_ids = [fields.Command.create(values) for values in self._prepare_interop_lines()]
        return super()._generate_move_vals(write_off_line_vals, force_balance, line_ids)

    def _prepare_interop_lines(self):
        """Values of the entry's lines: the money, a line for each part, and one for what no part covers."""
        money, whole = self._prepare_move_line_default_vals()
        sign = -1 if self.payment_type == "inbound" else 1
        left, left_balance = whole["amount_currency"], whole["debit"] - whole["credit"]
        lines = []
        for part in self.interop_allocation_ids:
            amount = sign * part.amount
            balance = self.currency_id._convert(
                amount, self.company_id.currency_id, self.company_id, self.date
            )
            left, left_balance = left - amount, left_balance - balance
            lines.append(
                whole
                | self._interop_target_values(part)
                | {"amount_currency": amount, "interop_allocation_id": part.id, "balance": balance}
            )
        if not self.currency_id.is_zero(left):
            lines.append(whole | {"amount_currency": left, "balance": left_balance})
        else:
            # parts are converted one by one: what rounding leaves goes to the last
            lines[-1]["balance"] += left_balance
        for line in lines:
            balance = self.company_id.currency_id.round(line.pop("balance"))
            line |= {"debit": max(balance, 0.0), "credit": max(-balance, 0.0)}
        return [money, *lines]

    def _interop_target_values(self, part):
        """The account and partner of what the part pays, where it is known: only items of one account can be matched.

        What is rounding is owed by nobody.
        """
        account = self.company_id.interop_rounding_account_id
        if part.is_rounding and account:
            return {"name": self.env._("Rounding"), "account_id": account.id}
        owed = part.move_id.line_ids._interop_owed()[:1]
        values = {"name": part.name} if part.name else {}
        if owed:
            values |= {"account_id": owed.account_id.id, "partner_id": owed.partner_id.id}
        return values

    def _synchronize_to_moves(self, changed_fields):
        """A draft entry of several parts is written anew; Odoo would look for one counterpart."""
        divided = self.filtered(
            lambda payment: payment.interop_allocation_ids and payment.move_id.state == "draft"
        )
        if changed_fields & set(self._get_trigger_fields_to_synchronize()):
            for payment in divided:
                lines = payment._prepare_interop_lines()
                payment.move_id.with_context(skip_invoice_sync=True).write(
                    {
                        "date": payment.date,
                        "partner_id": payment.partner_id.id,
                        "currency_id": payment.currency_id.id,
                        "partner_bank_id": payment.partner_bank_id.id,
                        "line_ids": [
                            fields.Command.clear(),
                            *(fields.Command.create(values) for values in lines),
                        ],
                    }
                    | (
                        {"name": "/", "journal_id": payment.journal_id.id}
                        if "journal_id" in changed_fields
                        else {}
                    )
                )
        return super(AccountPayment, self - divided)._synchronize_to_moves(changed_fields)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    interop_allocation_id = fields.Many2one(
        "interop.payment.allocation",
        string="Part of a payment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _interop_counterparts(self):
        """The journal items that these are matched with."""
        return (
            self.matched_debit_ids.debit_move_id | self.matched_credit_ids.credit_move_id
        ) - self
