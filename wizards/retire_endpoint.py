"""Whom it would hit, before an interface is retired."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class RetireEndpoint(models.TransientModel):
    _name = "interop.retire.endpoint"
    _description = "Retire an endpoint"

    endpoint_id = fields.Many2one(
        "interop.endpoint", required=True, readonly=True, ondelete="cascade"
    )
    caller_ids = fields.One2many(related="endpoint_id.caller_ids")
    last_call_at = fields.Datetime(related="endpoint_id.last_call_at")
    sunset_at = fields.Datetime(related="endpoint_id.sunset_at")
    successor_id = fields.Many2one(related="endpoint_id.successor_id")
    month_messages = fields.Integer(related="endpoint_id.month_messages")
    is_early = fields.Boolean(compute="_compute_is_early")
    is_agreed = fields.Boolean(
        string="They know",
        help="Whoever still sends here gets 410 and must send to another address.",
    )
    reason = fields.Char(required=True, help="Stands in the history of the endpoint.")

    @api.depends("endpoint_id")
    def _compute_is_early(self):
        now = fields.Datetime.now()
        for wizard in self:
            wizard.is_early = bool(wizard.sunset_at and wizard.sunset_at > now)

    def action_retire(self):
        self.ensure_one()
        if self.month_messages and not self.is_agreed:
            raise UserError(
                self.env._(
                    "It is still called. Tell those who call it, and say so with “They know”."
                )
            )
        self.endpoint_id._retire(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
