"""Who pays for a patient: insurances in their order, and what payers answered to checks."""

from odoo import api, fields, models


class Coverage(models.Model):
    _name = "interop.coverage"
    _description = "Coverage"
    _order = "partner_id, rank, id"

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
    valid_from = fields.Date(string="Valid from", readonly=True)
    valid_until = fields.Date(string="Valid until", readonly=True)
    is_valid = fields.Boolean(
        string="Valid today", compute="_compute_is_valid", search="_search_is_valid"
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

    def _valid_domain(self):
        today = fields.Date.context_today(self)
        return fields.Domain(
            [
                ("status", "=", "active"),
                "|",
                ("valid_from", "=", False),
                ("valid_from", "<=", today),
                "|",
                ("valid_until", "=", False),
                ("valid_until", ">=", today),
            ]
        )

    @api.depends("status", "valid_from", "valid_until")
    def _compute_is_valid(self):
        valid = self.filtered_domain(self._valid_domain())
        for coverage in self:
            coverage.is_valid = coverage in valid

    def _search_is_valid(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        is_wanted = (operator == "in") == (True in value)
        return self._valid_domain() if is_wanted else ~self._valid_domain()
