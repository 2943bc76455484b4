"""Invoices made from charges: what happens to the charges when a person changes the invoice."""

from odoo import api, fields, models
from odoo.exceptions import UserError

OWED_ACCOUNTS = ("asset_receivable", "liability_payable")
#: types of invoices, and the field with the number that both sides know: ours on what we send, the vendor's on what we get
NUMBERED = {
    "customer": (("out_invoice", "out_refund"), "name"),
    "supplier": (("in_invoice", "in_refund"), "ref"),
}


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

    @api.model
    def _interop_numbered(self, companies, numbers, side="customer"):
        """``{(company, number): invoice}`` of those of ``numbers`` that stand on one invoice of that company; two statements.

        ``side``: "customer" for what we send, "supplier" for what we get.
        """
        kinds, field = NUMBERED[side]
        found = self.search(
            [
                ("company_id", "in", companies.ids),
                ("move_type", "in", kinds),
                ("state", "!=", "cancel"),
                (field, "in", sorted(numbers)),
            ]
        )
        return found._interop_by_number(field)

    def _interop_by_number(self, field="name"):
        """``{(company, number): invoice}``; a number that stands on several names none of them."""
        found = self.grouped(lambda move: (move.company_id, move[field]))
        return {key: same for key, same in found.items() if len(same) == 1}

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
            invoices._interop_find_claims()
            # payments are matched for whoever may post the invoice
            parts = self.env["interop.payment.allocation"].sudo()
            parts.search(
                [("move_id", "in", invoices.ids), ("look_at", "!=", False)]
            )._match_safely()
        return posted

    def _interop_find_claims(self):
        """Claims that came before the invoice they are about find it: by its number, or as the only one of their visit."""
        visits = self.interop_encounter_id.ids
        numbers = [name for name in self.mapped("name") if name and name != "/"]
        if not (visits or numbers):
            return
        # which claims there are does not depend on who bills
        claims = self.env["interop.claim"].sudo()
        claims.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("move_id", "=", False),
                "|",
                ("encounter_id", "in", visits),
                ("name", "in", numbers),
            ]
        )._find_invoices()

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

    def _interop_owed(self):
        """Those on accounts of what customers and suppliers owe and are owed."""
        return self.filtered(lambda line: line.account_id.account_type in OWED_ACCOUNTS)

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
