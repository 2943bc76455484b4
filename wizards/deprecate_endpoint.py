"""When an interface is meant to end, what takes its place, and why."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: senders of hospitals change over slowly
USUAL = timedelta(days=180)


class DeprecateEndpoint(models.TransientModel):
    _name = "interop.deprecate.endpoint"
    _description = "Deprecate an endpoint"

    endpoint_id = fields.Many2one(
        "interop.endpoint", required=True, readonly=True, ondelete="cascade"
    )
    endpoint_company_id = fields.Many2one(related="endpoint_id.company_id")
    caller_ids = fields.One2many(related="endpoint_id.caller_ids")
    sunset = fields.Date(
        string="Last day",
        default=lambda self: fields.Date.context_today(self) + USUAL,
        help="Senders are told with each answer (Sunset). Its owner is reminded 30 days, a week and a day before. Empty: it "
        "will end, and nobody knows when.",
    )
    successor_id = fields.Many2one(
        "interop.endpoint",
        string="Replaced by",
        ondelete="cascade",
        domain="[('company_id', '=', endpoint_company_id), ('id', '!=', endpoint_id), ('status', '=', 'active')]",
        help="Senders are told its address with each answer.",
    )
    reason = fields.Char(required=True, help="Stands in the history of the endpoint.")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        endpoint = self.env["interop.endpoint"].browse(values.get("endpoint_id"))
        if endpoint.deprecated_at:
            sunset = endpoint.sunset_at
            local = sunset and fields.Datetime.context_timestamp(
                self.with_context(tz=endpoint.tz), sunset
            )
            values |= {
                "sunset": local and local.date(),
                "successor_id": endpoint.successor_id.id,
            }
        return values

    def action_deprecate(self):
        self.ensure_one()
        if self.sunset and self.sunset < fields.Date.context_today(self):
            raise UserError(self.env._("The last day is over already."))
        self.endpoint_id._deprecate(
            sunset=self.sunset, successor=self.successor_id, reason=self.reason
        )
        return {"type": "ir.actions.act_window_close"}
