"""Rotating and revoking a credential from its row: the dialogs know which one it is about."""

from odoo import models


class CredentialScreens(models.Model):
    _inherit = "interop.credential"

    def action_rotate(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Issue a new secret"),
            "res_model": "interop.issue.credential",
            "view_mode": "form",
            "target": "new",
            "context": {"default_endpoint_id": self.endpoint_id.id, "default_replaces_id": self.id},
        }

    def action_ask_revoke(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revoke %s", self.name),
            "res_model": "interop.revoke.credential",
            "view_mode": "form",
            "target": "new",
            "context": {"default_credential_id": self.id},
        }
