"""Rotating a credential from its row: the dialog knows which one is to be replaced."""

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
