"""Opening a message's content asks why, first."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class OpenContent(models.TransientModel):
    """Holds the question, never the content."""

    _name = "interop.open.content"
    _description = "Open content"

    message_id = fields.Many2one("interop.message", required=True, readonly=True)
    reason = fields.Selection(
        selection=lambda self: self.env["interop.content.reading"]._fields["reason"].selection,
        required=True,
        help="What the content is needed for. Stays in the audit log.",
    )
    words = fields.Char(
        string="In words",
        required=True,
        help="Stays in the audit log for years: say what for, and never name the patient.",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "message_id" in fields_list and not values.get("message_id"):
            values["message_id"] = self._message_at_hand().id
        return values

    def _message_at_hand(self):
        """The message that one is at: itself, that of a delivery, or of the newest delivery that an exception stopped."""
        model, record = self.env.context.get("active_model"), self.env.context.get("active_id")
        if model not in ("interop.message", "interop.delivery", "interop.exception") or not record:
            raise UserError(self.env._("Open a message first: its content is read from there."))
        found = self.env[model].browse(record).exists()
        if model == "interop.exception":
            found = found._deliveries()[-1:]
        message = found if model == "interop.message" else found.message_id
        if not message:
            raise UserError(self.env._("No message is kept of this any more."))
        return message

    def action_open(self):
        self.ensure_one()
        return self.message_id._open_content(self.reason, self.words)._action_show()
