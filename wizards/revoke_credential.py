"""What revoking would do, in words, before it is done."""

from datetime import timedelta

from odoo import api, fields, models

RECENT = timedelta(days=1)


class RevokeCredential(models.TransientModel):
    _name = "interop.revoke.credential"
    _description = "Revoke a credential"

    credential_id = fields.Many2one("interop.credential", required=True, readonly=True)
    endpoint_id = fields.Many2one(related="credential_id.endpoint_id")
    last_used_at = fields.Datetime(related="credential_id.last_used_at")
    others = fields.Integer(
        string="Other valid credentials",
        compute="_compute_consequences",
        help="Those with which messages can be sent to the same endpoint afterwards.",
    )
    is_recent = fields.Boolean(compute="_compute_consequences")
    reason = fields.Char(
        required=True, help="Stands in the history of the credential, for whoever asks later."
    )

    @api.depends("credential_id")
    def _compute_consequences(self):
        now = fields.Datetime.now()
        for wizard in self:
            credential = wizard.credential_id
            others = credential.endpoint_id.credential_ids - credential
            wizard.others = len(others.filtered(lambda one: one.state == "valid"))
            used = credential.last_used_at
            wizard.is_recent = bool(used and now - used < RECENT)

    def action_revoke(self):
        self.ensure_one()
        self.credential_id._revoke(self.reason)
        return {"type": "ir.actions.act_window_close"}
