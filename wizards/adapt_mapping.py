"""Adapting a mapping asks for whom."""

from odoo import fields, models
from odoo.exceptions import UserError


class AdaptMapping(models.TransientModel):
    _name = "interop.adapt.mapping"
    _description = "Adapt a mapping"

    mapping_id = fields.Many2one(
        "interop.mapping",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    system_id = fields.Many2one(
        "interop.system",
        ondelete="cascade",
        help="Whose documents are read differently. Empty: those of every system that has no adaptation of its own.",
    )

    def action_adapt(self):
        """An adaptation without a difference yet, opened to be given some."""
        self.ensure_one()
        if not self.mapping_id.active_version_id:
            raise UserError(
                self.env._("Put “%s” in use before it is adapted.", self.mapping_id.name)
            )
        return self.mapping_id._adapted_for(self.system_id)._action_open()


class PutInUse(models.TransientModel):
    """What would change, what its tests say, and why it is done."""

    _name = "interop.put.in.use"
    _description = "Put a mapping in use"

    mapping_id = fields.Many2one(
        "interop.mapping",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    pending_text = fields.Text(related="mapping_id.pending_text")
    red_text = fields.Text(related="mapping_id.red_text")
    is_new = fields.Boolean(compute="_compute_how")
    needs_four_eyes = fields.Boolean(compute="_compute_how")
    note = fields.Char(string="Why", help="Stays with the version, for whoever asks later.")

    def _compute_how(self):
        for wizard in self:
            wizard.is_new = not wizard.mapping_id.active_version_id
            wizard.needs_four_eyes = self.env["interop.mapping.version"]._needs_four_eyes()

    def action_put_in_use(self):
        """Keep a version and put it in use; where four eyes are asked for, keep it for somebody else to approve."""
        self.ensure_one()
        version = self.mapping_id._propose(note=(self.note or "").strip())
        if self.needs_four_eyes:
            return version._action_open()
        version.action_activate()
        return {"type": "ir.actions.act_window_close"}
