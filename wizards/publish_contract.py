"""Publish what stands in a contract: what differs from the version in use, the number that this asks for, and why it is done."""

from odoo import api, fields, models

from ..core.compatibility import verdict
from .compare_contract import BETTER


class PublishContract(models.TransientModel):
    _name = "interop.publish.contract"
    _description = "Publish a contract"

    contract_id = fields.Many2one("interop.contract", required=True, readonly=True)
    in_use_id = fields.Many2one(related="contract_id.active_version_id", string="Compared with")
    number = fields.Char(
        string="Version",
        required=True,
        compute="_compute_number",
        store=True,
        precompute=True,
        readonly=False,
        help="A new major version where something breaks for those who send, else the next minor one.",
    )
    note = fields.Char(string="Why", required=True, help="Stands in the history of the contract.")
    status = fields.Selection(
        [("active", "Put it in use now"), ("draft", "Keep it as a draft")],
        string="Then",
        required=True,
        default="active",
        help="Who names no version follows the one in use. Who names one goes on with it until it is retired. A draft is "
        "followed by nobody.",
    )
    verdict = fields.Selection(BETTER, compute="_compute_differences")
    difference_ids = fields.Many2many("interop.contract.difference", compute="_compute_differences")

    @api.depends("contract_id")
    def _compute_number(self):
        for wizard in self:
            contract = wizard.contract_id
            wizard.number = contract._proposed_number(contract._definition()) if contract else False

    @api.depends("contract_id")
    def _compute_differences(self):
        for wizard in self:
            found = wizard.contract_id._differences() if wizard.contract_id else ()
            wizard.verdict = verdict(found) or "same"
            wizard.difference_ids = self.env["interop.contract.difference"]._of(found)

    def action_publish(self):
        self.ensure_one()
        self.contract_id._publish(self.note, number=self.number.strip(), status=self.status)
        return {"type": "ir.actions.act_window_close"}
