"""What each part of a payment is for, and whether it has found it."""

import logging
from datetime import timedelta

from odoo import api, fields, models

from ..exchange.contain import attempt, defect_of, is_race

_logger = logging.getLogger(__name__)

#: minutes until a part is looked for again: doubled with every look, a day at most
LONGEST_PAUSE = 24 * 60
#: parts looked for in one run of the watchdog; the rest follow a minute later
MOST_PARTS = 500
#: entity → the field with what a part of a payment is for
NAMED = {"claim": "claim_id", "invoice": "move_id"}


class PaymentAllocation(models.Model):
    """One line of a payment's entry, matched with one claim or invoice and with nothing else.

    A payer pays parts of many invoices at once. A line for each makes every match exact, and what finds nothing stays what
    accounting knows already: an open item of the payer.
    """

    _name = "interop.payment.allocation"
    _description = "Payment allocation"
    _order = "payment_id desc, id"
    _check_company_auto = True

    payment_id = fields.Many2one(
        "account.payment", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="payment_id.company_id", store=True)
    partner_id = fields.Many2one(related="payment_id.partner_id", string="Paid by")
    date = fields.Date(related="payment_id.date", string="Booked on")
    currency_id = fields.Many2one(related="payment_id.currency_id")
    entity = fields.Selection(
        [("claim", "Claim"), ("invoice", "Invoice")], string="Is for a", readonly=True
    )
    name = fields.Char(string="Number", readonly=True, help="As the payer wrote it.")
    names = fields.Json(readonly=True, help="All numbers it goes by: pairs of namespace and value.")
    is_rest = fields.Boolean(
        string="The rest", readonly=True, help="What no part covers that was told."
    )
    is_rounding = fields.Boolean(
        string="Rounding",
        readonly=True,
        help="Small enough to be booked on the company's account for rounding differences: nothing is to be matched.",
    )
    amount = fields.Monetary(
        required=True, readonly=True, help="Below zero: takes back what was paid before."
    )
    claim_id = fields.Many2one("interop.claim", readonly=True, index="btree_not_null")
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", check_company=True
    )
    line_ids = fields.One2many(
        "account.move.line", "interop_allocation_id", string="Journal item", readonly=True
    )
    amount_open = fields.Monetary(string="Not matched", compute="_compute_amounts")
    amount_matched = fields.Monetary(string="Matched", compute="_compute_amounts")
    is_open = fields.Boolean(compute="_compute_amounts", search="_search_is_open")
    reason = fields.Selection(
        [
            ("unnamed", "Names nothing"),
            ("unknown", "Nothing of that number is known yet"),
            ("no_invoice", "The claim has no invoice yet"),
            ("draft", "The invoice is not posted"),
            ("settled", "Nothing is left to pay"),
            ("account", "The invoice is kept on another account"),
        ],
        string="Why not",
        readonly=True,
    )
    looks = fields.Integer(readonly=True, default=0)
    look_at = fields.Datetime(readonly=True, help="When it is looked for again.")

    _look_idx = models.Index("(look_at) WHERE look_at IS NOT NULL")

    @api.depends("line_ids.amount_residual_currency", "payment_id.state", "amount")
    def _compute_amounts(self):
        for part in self:
            line = part.line_ids[:1]
            is_booked = line and part.payment_id.state in ("in_process", "paid")
            # the line of money that comes in is a credit
            sign = -1 if part.payment_id.payment_type == "inbound" else 1
            part.amount_open = sign * line.amount_residual_currency if is_booked else 0
            part.amount_matched = part.amount - part.amount_open if is_booked else 0
            part.is_open = bool(is_booked and not line.reconciled and not part.is_rounding)

    def _search_is_open(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        is_wanted = (operator == "in") == (True in value)
        domain = fields.Domain(
            [
                ("payment_id.state", "in", ("in_process", "paid")),
                ("line_ids.reconciled", "=", False),
                ("line_ids", "!=", False),
                ("is_rounding", "=", False),
            ]
        )
        return domain if is_wanted else ~domain

    @api.depends("name", "entity", "payment_id.display_name")
    def _compute_display_name(self):
        for part in self:
            words = (part.payment_id.display_name, part.name)
            part.display_name = ", ".join(word for word in words if word)

    # -- matching --

    def action_match(self):
        """Look for what they pay now, whenever the next look is due."""
        self._match()

    def action_open_payment(self):
        return self.payment_id._get_records_action()

    def _match(self):
        """Match with what they pay as far as that is open; the rest says why not, and is looked for again."""
        waiting = self.filtered("is_open")
        waiting._resolve()
        plan = []
        for part in waiting:
            part._take_debtor()
            part.reason, targets = part._targets()
            if targets:
                plan.append(part.line_ids | targets)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
        waiting.filtered(lambda part: part.is_open and not part.reason).reason = "settled"
        self._put_off()

    def _take_debtor(self):
        """Whose debt is paid, where that is known by now: the ledger of partners is then as right as that of accounts.

        As if it had been known when the payment was booked: draft or not, the invoice says who it is.
        """
        line, debtor = self.line_ids, self.move_id.line_ids._interop_owed().partner_id[:1]
        if debtor and line.partner_id != debtor:
            line.partner_id = debtor
            if line.account_id.account_type == "asset_receivable":
                # Odoo counts what is posted for a customer
                debtor._increase_rank("customer_rank")

    def _match_safely(self):
        """As ``_match``; what can't be matched stops nothing else, and is looked for again."""
        if not self or self._has_matched():
            return
        for part in self:
            if not part._has_matched():
                part._put_off()

    def _has_matched(self):
        """Whether matching went through; what it had done before it failed is undone."""
        _result, error = attempt(self._match_within_savepoint)
        if error and is_race(error):
            # whoever called is run again, and sees what the other one did
            raise error
        if error:
            _logger.warning(
                "%d parts of payments can't be matched: %s", len(self), defect_of(error)
            )
        return error is None

    def _match_within_savepoint(self):
        with self.env.cr.savepoint():
            self._match()

    def _put_off(self):
        """When those that are open still are looked for again."""
        now = fields.Datetime.now()
        for part in self:
            if not part.is_open or not part.names:
                part.look_at = False
                continue
            pause = min(2**part.looks, LONGEST_PAUSE)
            part.write({"looks": part.looks + 1, "look_at": now + timedelta(minutes=pause)})

    def _targets(self):
        """``(why there is none, open lines to match with)``."""
        nothing = self.env["account.move.line"]
        if not self.names:
            return "unnamed", nothing
        move = self.move_id
        if not move:
            return ("no_invoice" if self.claim_id else "unknown"), nothing
        if move.state != "posted":
            return "draft", nothing
        owed = move.line_ids._interop_owed().filtered(
            lambda line: (
                not line.reconciled and line.amount_residual * self.line_ids.amount_residual < 0
            )
        )
        if not owed:
            return "settled", nothing
        same = owed.filtered(lambda line: line.account_id == self.line_ids.account_id)
        return (False, same) if same else ("account", nothing)

    def _resolve(self):
        """Find the claims and invoices that are named; a few statements, whatever their number."""
        lost = self.filtered(lambda part: part.names and not part.move_id)
        if not lost:
            return
        # bindings are the engine's own bookkeeping
        bindings = self.env["interop.binding"].sudo()
        found = {}
        for entity in NAMED:
            keys = {key for part in lost for key in part._keys() if part.entity == entity}
            found[entity] = bindings._resolve(entity, keys)
        for part in lost:
            names = found[part.entity]
            if id_ := next((names[key] for key in part._keys() if key in names), False):
                part[NAMED[part.entity]] = id_
        lost.claim_id._find_invoices()
        for part in lost:
            part.move_id = part.move_id or part.claim_id.move_id
        lost.filtered(lambda part: not part.move_id)._find_by_number()

    def _keys(self):
        return [tuple(key) for key in self.names]

    def _find_by_number(self):
        """By the number that stands on the invoice: ours on what we send, the vendor's on what we get."""
        for side, mine in self.grouped(lambda part: part.payment_id.partner_type).items():
            numbers = {value for part in mine for _namespace, value in part._keys()}
            numbered = self.env["account.move"]._interop_numbered(mine.company_id, numbers, side)
            for part in mine:
                keys = ((part.company_id, value) for _namespace, value in part._keys())
                if key := next((key for key in keys if key in numbered), None):
                    part.move_id = numbered[key]

    def _match_due(self):
        """Look again for those whose time has come; how many there were. Called every minute."""
        due = self.search(
            [("look_at", "<=", fields.Datetime.now())], order="look_at, id", limit=MOST_PARTS
        )
        for company in due.company_id:
            mine = due.filtered(lambda part, company=company: part.company_id == company)
            mine.with_company(company)._match_safely()
        return len(due)
