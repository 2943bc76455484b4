"""From an encounter to its invoices."""

from odoo import models


class EncounterScreens(models.Model):
    _inherit = "interop.encounter"

    def action_open_invoices(self):
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("interop_encounter_id", "=", self.id)],
            "context": {"create": False},
        }
        if len(self.invoice_ids) == 1:
            action |= {"view_mode": "form", "res_id": self.invoice_ids.id}
        return action
