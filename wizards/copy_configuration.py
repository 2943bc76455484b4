"""Copying what was set up for a system asks for whom."""

from odoo import fields, models


class CopyConfiguration(models.TransientModel):
    _name = "interop.copy.configuration"
    _description = "Copy a configuration"

    system_id = fields.Many2one(
        "interop.system",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    other_id = fields.Many2one(
        "interop.system",
        string="To",
        required=True,
        ondelete="cascade",
        help="A system of a further facility that sends the same kind of messages. What it has already stays.",
    )

    def action_copy(self):
        """Copy, and say how much."""
        self.ensure_one()
        copied = self.system_id._copy_meaning_to(self.other_id)
        told = self.env._(
            "Copied: %(mappings)s mappings, which wait to be put in use, and %(translations)s translations. "
            "Left as they were: %(kept)s.",
            mappings=copied.mappings,
            translations=copied.translations,
            kept=copied.kept,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": told,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
