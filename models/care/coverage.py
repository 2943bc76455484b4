"""Who pays for a patient: insurances in their order, and what payers answered to checks."""

from odoo import api, fields, models


class Coverage(models.Model):
    _name = "interop.coverage"
    _description = "Coverage"
    _inherit = ["interop.mastered", "interop.validity"]
    _order = "partner_id, rank, id"
    _valid_status = "active"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    payer_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    rank = fields.Integer(
        string="Order", readonly=True, help="1 pays first, 2 what is left, and so on."
    )
    plan_code = fields.Char(string="Plan", readonly=True)
    member_id = fields.Char(
        string="Policy number", readonly=True, help="The patient's number with the payer."
    )
    relationship = fields.Selection(
        [
            ("self", "Insured in person"),
            ("spouse", "Spouse or partner"),
            ("child", "Child"),
            ("parent", "Parent"),
            ("other", "Other"),
        ],
        readonly=True,
        help="What the patient is to the person whose insurance it is.",
    )
    status = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="active",
    )
    checked_at = fields.Datetime(
        string="Checked", readonly=True, help="When the payer last answered whether it pays."
    )
    in_force = fields.Selection(
        [("yes", "Pays"), ("no", "Does not pay")], string="Payer's answer", readonly=True
    )
    has_share = fields.Boolean(readonly=True)
    patient_share = fields.Float(string="Patient pays (%)", readonly=True)
    payer_share = fields.Float(string="Payer pays (%)", compute="_compute_payer_share")

    @api.depends("payer_id.display_name", "plan_code")
    def _compute_display_name(self):
        """Never the policy number: names of records stand in places that show no more of a patient."""
        for coverage in self:
            parts = (coverage.payer_id.display_name, coverage.plan_code)
            name = ", ".join(part for part in parts if part)
            coverage.display_name = name or self.env._("Unknown payer")

    @api.depends("has_share", "patient_share")
    def _compute_payer_share(self):
        for coverage in self:
            coverage.payer_share = 100 - coverage.patient_share if coverage.has_share else 0
