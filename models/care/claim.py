"""Claims: what payers are asked to pay of an invoice, what they decided, and what is left to deal with."""

from decimal import Decimal

from odoo import api, fields, models

from ...core.claims import REFUSED, refused, state_of

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("queued", "In review"),
    ("accepted", "Accepted"),
    ("partial", "Partly refused"),
    ("denied", "Denied"),
    ("rejected", "Sent back"),
    ("cancelled", "Cancelled"),
]


class Claim(models.Model):
    _name = "interop.claim"
    _description = "Claim"
    _inherit = ["mail.thread"]
    _order = "submitted_on desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    facility_id = fields.Many2one("interop.facility", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    payer_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    coverage_id = fields.Many2one("interop.coverage", readonly=True)
    encounter_id = fields.Many2one("interop.encounter", readonly=True, index="btree_not_null")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        help="The invoice that the payer is to pay, as the claim names it, or the only one of the visit.",
    )
    status = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="active",
    )
    outcome = fields.Selection(
        [
            ("queued", "Not decided yet"),
            ("complete", "Decided"),
            ("partial", "Decided in part"),
            ("error", "Could not be processed"),
        ],
        string="Payer's answer",
        readonly=True,
    )
    state = fields.Selection(STATES, compute="_compute_state", store=True, index=True)
    submitted_on = fields.Date(string="Submitted", readonly=True)
    decided_on = fields.Date(string="Decided", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_total = fields.Monetary(string="Claimed", readonly=True)
    amount_approved = fields.Monetary(
        string="Payer pays", readonly=True, help="What the payer said it will pay."
    )
    amount_patient = fields.Monetary(
        string="Patient pays",
        readonly=True,
        help="What the payer leaves to the patient: copayment and deductible.",
    )
    amount_refused = fields.Monetary(
        string="Refused",
        compute="_compute_state",
        store=True,
        help="What neither the payer nor the patient is to pay.",
    )
    amount_paid = fields.Monetary(
        string="Paid", compute="_compute_paid", help="What remittances have paid of it so far."
    )
    denial_code = fields.Char(string="Reason", readonly=True, help="The payer's code for why.")
    is_settled = fields.Boolean(
        string="Dealt with",
        readonly=True,
        copy=False,
        tracking=True,
        help="Somebody decided what becomes of the refused amount. A new decision of the payer opens it again.",
    )
    line_ids = fields.One2many("interop.claim.line", "claim_id", string="Lines", readonly=True)
    decision_ids = fields.One2many(
        "interop.claim.decision", "claim_id", string="Decisions", readonly=True
    )
    allocation_ids = fields.One2many(
        "interop.payment.allocation", "claim_id", string="Payments", readonly=True
    )

    @api.depends("status", "outcome", "amount_total", "amount_approved", "amount_patient")
    def _compute_state(self):
        for claim in self:
            told = (claim.amount_total, claim.amount_approved, claim.amount_patient)
            amounts = [Decimal(str(claim.currency_id.round(amount))) for amount in told]
            claim.state = state_of(claim.status or "", claim.outcome or "", *amounts)
            is_decided = claim.state in REFUSED
            claim.amount_refused = float(refused(*amounts)) if is_decided else 0

    @api.depends("allocation_ids.amount_matched")
    def _compute_paid(self):
        for claim in self:
            claim.amount_paid = sum(claim.allocation_ids.mapped("amount_matched"))

    def action_settle(self):
        """What was refused is dealt with: written off, billed to the patient, or claimed again."""
        self.filtered(lambda claim: claim.state in REFUSED).is_settled = True

    def action_unsettle(self):
        self.is_settled = False

    def _find_invoices(self):
        """The invoices of claims that name none: of that very number, or the only one of the visit. Two statements."""
        lost = self.filtered(lambda claim: not claim.move_id)
        if not lost:
            return
        moves = self.env["account.move"].search(
            [
                ("company_id", "in", lost.company_id.ids),
                ("move_type", "=", "out_invoice"),
                ("state", "!=", "cancel"),
                "|",
                ("name", "in", lost.mapped("name")),
                ("interop_encounter_id", "in", lost.encounter_id.ids),
            ]
        )
        by_number = moves._interop_by_number()
        by_visit = moves.filtered("interop_encounter_id").grouped("interop_encounter_id")
        for claim in lost:
            numbered = by_number.get((claim.company_id, claim.name), moves.browse())
            of_visit = by_visit.get(claim.encounter_id, moves.browse())
            if move := numbered or (of_visit if len(of_visit) == 1 else moves.browse()):
                claim.move_id = move


class ClaimLine(models.Model):
    """A line as it was claimed; what became of it is a decision of the same number."""

    _name = "interop.claim.line"
    _description = "Claim line"
    _order = "claim_id, id"
    _rec_name = "number"

    claim_id = fields.Many2one(
        "interop.claim", required=True, readonly=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="claim_id.currency_id")
    number = fields.Char(string="Line", required=True, readonly=True)
    code = fields.Char(readonly=True, help="The billing code that was claimed.")
    quantity = fields.Float(readonly=True, digits="Product Unit")
    amount = fields.Monetary(string="Claimed", readonly=True)
    approved = fields.Monetary(string="Payer pays", compute="_compute_decision")
    patient_share = fields.Monetary(string="Patient pays", compute="_compute_decision")
    denial_code = fields.Char(string="Reason", compute="_compute_decision")

    @api.depends("number", "claim_id.decision_ids")
    def _compute_decision(self):
        for line in self:
            decisions = line.claim_id.decision_ids
            decision = decisions.filtered(lambda one, line=line: one.number == line.number)[:1]
            line.approved = decision.approved
            line.patient_share = decision.patient_share
            line.denial_code = decision.denial_code


class ClaimDecision(models.Model):
    """What the payer decided of one line; it may come before the claim does."""

    _name = "interop.claim.decision"
    _description = "Decision on a claim line"
    _order = "claim_id, id"
    _rec_name = "number"

    claim_id = fields.Many2one(
        "interop.claim", required=True, readonly=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="claim_id.currency_id")
    number = fields.Char(string="Line", required=True, readonly=True)
    approved = fields.Monetary(string="Payer pays", readonly=True)
    patient_share = fields.Monetary(string="Patient pays", readonly=True)
    denial_code = fields.Char(string="Reason", readonly=True, help="The payer's code for why.")
