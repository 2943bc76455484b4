"""What a sender proves itself with. Hashed where only compared, otherwise encrypted; shown once."""

import os
from datetime import timedelta

from odoo import api, fields, models

from ...core.auth import api_key, standard_webhooks
from .gate import CREDENTIAL_TRIGGER


class Credential(models.Model):
    _name = "interop.credential"
    _description = "Credential"
    _order = "endpoint_id, id desc"

    name = fields.Char(required=True, default=lambda self: self.env._("Credential"))
    endpoint_id = fields.Many2one("interop.endpoint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="endpoint_id.company_id", store=True)
    scheme = fields.Selection(related="endpoint_id.scheme", store=True, readonly=True)
    prefix = fields.Char(
        readonly=True, index=True, copy=False, help="The part of an API key that may be shown."
    )
    key_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    secret = fields.Binary(attachment=False, readonly=True, copy=False, groups=fields.NO_ACCESS)
    uuid = fields.Char(
        readonly=True, copy=False, default=lambda self: self.env["interop.message"]._new_uuid()
    )
    expires_at = fields.Datetime(
        default=lambda self: fields.Datetime.now() + timedelta(days=365),
        help="Empty: never. Refused from then on.",
    )
    is_revoked = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
            ("empty", "No secret yet"),
        ],
        compute="_compute_state",
    )

    def init(self):
        self.env.cr.execute(CREDENTIAL_TRIGGER)

    @api.depends("is_revoked", "expires_at", "prefix")
    def _compute_state(self):
        now = fields.Datetime.now()
        for credential in self:
            if credential.is_revoked:
                credential.state = "revoked"
            elif not credential.prefix:
                credential.state = "empty"
            elif credential.expires_at and credential.expires_at <= now:
                credential.state = "expired"
            else:
                credential.state = "valid"

    def action_revoke(self):
        self.write({"is_revoked": True})

    def _issue(self):
        """Make a new secret for this credential and return it: the only time anybody sees it."""
        self.ensure_one()
        if self.scheme == "api_key":
            key = api_key.generate(os.urandom)
            # hashes are nobody's to write by hand; whoever may issue a credential gets them written
            self.sudo().write(
                {"prefix": key.prefix, "key_hash": key.digest, "secret": False, "is_revoked": False}
            )
            return key.key
        secret = standard_webhooks.generate_secret(os.urandom)
        self._keep_secret(secret)
        return secret

    def _keep_secret(self, secret):
        """Encrypt ``secret`` with the database's keyring and keep it; what is shown is its last four characters."""
        sealed = (
            self.env["interop.keyring"]
            ._keyring()
            .encrypt(secret.encode(), row_uuid=self.uuid, random_bytes=os.urandom, purpose="secret")
        )
        # likewise
        self.sudo().write({"prefix": f"…{secret[-4:]}", "key_hash": False, "is_revoked": False})
        # fields.Binary would base64 it; the door reads raw bytes
        self.env.cr.execute(
            "UPDATE interop_credential SET secret = %s WHERE id = %s", (sealed, self.id)
        )
        self.invalidate_recordset(["secret"])
