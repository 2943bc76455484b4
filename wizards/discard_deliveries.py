"""Discarding asks for a reason, once, in words, with the count."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiscardDeliveries(models.TransientModel):
    _name = "interop.discard.deliveries"
    _description = "Discard deliveries"

    delivery_ids = fields.Many2many("interop.delivery", string="Deliveries", readonly=True)
    count = fields.Integer(compute="_compute_count")
    reason = fields.Char(
        required=True, help="Stays on the record: why they shall never take effect."
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if (
            "delivery_ids" in fields_list
            and self.env.context.get("active_model") == "interop.delivery"
        ):
            open_ones = self.env["interop.delivery"].search(
                [
                    ("id", "in", self.env.context.get("active_ids") or []),
                    ("state", "in", ("failed", "pending")),
                ]
            )
            values["delivery_ids"] = [(6, 0, open_ones.ids)]
        return values

    @api.depends("delivery_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.delivery_ids)

    def action_discard(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why. Whoever asks later finds it on the record."))
        moved = self.delivery_ids._discard(self.reason.strip())
        if not moved:
            raise UserError(self.env._("None of them is open any more: somebody else was faster."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Discarded: %s. What waited behind goes on.", len(moved)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
