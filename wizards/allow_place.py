"""A place that no contract allows: allow it, with its class and what it is needed for."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.contract import default_days

#: of a place what it stands in: a segment (PID), or the first name (name)
PLACE_TOP = re.compile(r"[^-.\[]*")


class AllowPlace(models.TransientModel):
    _name = "interop.allow.place"
    _description = "Allow a place"

    format = fields.Selection("_formats", required=True, readonly=True)
    kind = fields.Char(
        string="Documents", required=True, readonly=True, help="Which documents have the place."
    )
    path = fields.Char(
        string="Place",
        required=True,
        help="A part is enough where the rest is not needed: PID-5.1, name.family.",
    )
    contract_ids = fields.Many2many(
        "interop.contract", string="Contracts for these", compute="_compute_contracts"
    )
    contract_id = fields.Many2one(
        "interop.contract",
        compute="_compute_contract",
        store=True,
        readonly=False,
        domain="[('id', 'in', contract_ids)]",
        help="A contract that is for these documents; that which lists what stands beside the place is chosen. Empty: a new one, for these alone.",
    )
    data_class = fields.Selection(
        "_data_classes", string="Class", required=True, default="confidential"
    )
    purpose = fields.Char(required=True, help="What Odoo needs it for: whoever audits reads it.")
    retention_days = fields.Integer(
        string="Keep (days)",
        compute="_compute_retention_days",
        store=True,
        readonly=False,
        help="Documents that may hold it are kept so many days at the most. 0: as long as the endpoint says.",
    )

    @api.model
    def _formats(self):
        return self.env["interop.contract"]._fields["format"]._description_selection(self.env)

    @api.model
    def _data_classes(self):
        rows = self.env["interop.contract.attribute"]
        return rows._fields["data_class"]._description_selection(self.env)

    @api.depends("format", "kind")
    def _compute_contracts(self):
        for wizard in self:
            contracts = self.env["interop.contract"]
            wizard.contract_ids = contracts._for_kind(wizard.format, wizard.kind)

    @api.depends("contract_ids")
    def _compute_contract(self):
        """That which lists the most of what stands beside the place; the closest to these documents where none does."""
        for wizard in self:
            top = PLACE_TOP.match(wizard.path or "")[0]
            wizard.contract_id = max(
                wizard.contract_ids,
                key=lambda contract, top=top: sum(
                    PLACE_TOP.match(path)[0] == top
                    for path in contract.attribute_ids.mapped("path")
                ),
                default=self.env["interop.contract"],
            )

    @api.depends("data_class")
    def _compute_retention_days(self):
        for wizard in self:
            wizard.retention_days = wizard.retention_days or default_days(wizard.data_class)

    def action_allow(self):
        """From now on the place is stored. What was dropped already is gone."""
        self.ensure_one()
        contracts = self.env["interop.contract"]
        contract = self.contract_id or contracts._new_for(self.format, [self.kind])
        if self.path in contract.attribute_ids.mapped("path"):
            raise UserError(self.env._("“%s” is allowed by this contract already.", self.path))
        contract._list(
            [
                {
                    "path": self.path,
                    "data_class": self.data_class,
                    "purpose": self.purpose,
                    "retention_days": self.retention_days,
                }
            ]
        )
        return {"type": "ir.actions.act_window_close"}
