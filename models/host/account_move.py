"""Invoices made from charges: what happens to the charges when a person changes the invoice."""

from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "interop.sync.history"]

    interop_encounter_id = fields.Many2one(
        "interop.encounter",
        string="Encounter",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    interop_is_released = fields.Boolean(
        readonly=True, copy=False, help="Cancelled: its charges are to be billed again."
    )

    def message_post(self, **kwargs):
        """The order that a bill came with is told by its button and the sync history, not in the chatter too."""
        if self.env.context.get("interop_quiet"):
            return self.env["mail.message"]
        return super().message_post(**kwargs)

    def _post(self, soft=True):
        """What was paid before the invoice was posted finds it now."""
        posted = super()._post(soft)
        invoices = posted.filtered(lambda move: move.is_invoice(include_receipts=True))
        if invoices:
            # payments are matched for whoever may post the invoice
            parts = self.env["interop.payment.allocation"].sudo()
            parts.search(
                [("move_id", "in", invoices.ids), ("look_at", "!=", False)]
            )._match_safely()
        return posted

    def button_cancel(self):
        """A cancelled invoice bills nothing: its charges are to be billed again."""
        result = super().button_cancel()
        self.line_ids._interop_release_charges().interop_is_released = True
        return result

    def button_draft(self):
        if self.filtered("interop_is_released"):
            raise UserError(
                self.env._(
                    "The charges of a cancelled invoice are to be billed again: "
                    "draft a new invoice from the encounter instead."
                )
            )
        return super().button_draft()

    def action_interop_open(self):
        """Show these invoices: the form of one, a list of several."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.ids)],
        }
        if len(self) == 1:
            action |= {"view_mode": "form", "res_id": self.id}
        return action


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def unlink(self):
        """A charge whose line is deleted is to be billed again."""
        self._interop_release_charges()
        return super().unlink()

    def _interop_release_charges(self):
        """The invoices whose charges are open again."""
        # charges are the engine's: whoever may change the invoice changes them with it
        charges = self.env["interop.charge"].sudo().search([("move_line_id", "in", self.ids)])
        moves = charges.move_line_id.move_id
        charges._release()
        return moves.with_env(self.env)
