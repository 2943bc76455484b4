"""What a sender proves itself with. Hashed where only compared, otherwise encrypted; shown once.

A credential has one secret; an endpoint has as many credentials at once as it needs, of whatever schemes. Rotation is a
successor beside the old one, which gets an end (``_succeeded_by``): the sender changes over when it likes, without a gap.
"""

import os
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.auth import api_key, standard_webhooks
from .endpoint import SCHEMES
from .gate import CREDENTIAL_TRIGGER
from .owned import whoever_makes_it


class Credential(models.Model):
    _name = "interop.credential"
    _description = "Credential"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "endpoint_id, id desc"

    name = fields.Char(required=True, tracking=True, default=lambda self: self.env._("Credential"))
    endpoint_id = fields.Many2one("interop.endpoint", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="endpoint_id.company_id", store=True)
    scheme = fields.Selection(
        SCHEMES,
        string="Authentication",
        compute="_compute_scheme",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        default=whoever_makes_it,
        domain=[("share", "=", False)],
        help="Whoever is reminded 30 days, a week and a day before it expires.",
    )
    prefix = fields.Char(
        readonly=True, index=True, copy=False, help="The part of an API key that may be shown."
    )
    key_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    secret = fields.Binary(attachment=False, readonly=True, copy=False, groups=fields.NO_ACCESS)
    uuid = fields.Char(
        readonly=True, copy=False, default=lambda self: self.env["interop.message"]._new_uuid()
    )
    expires_at = fields.Datetime(
        string="Expires",
        tracking=True,
        default=lambda self: fields.Datetime.now() + timedelta(days=365),
        help="Empty: never. Refused from then on.",
    )
    successor_id = fields.Many2one(
        "interop.credential",
        string="Replaced by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Both are valid until this one expires or is revoked.",
    )
    is_revoked = fields.Boolean(readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
            ("empty", "No secret yet"),
        ],
        compute="_compute_state",
    )
    days_left = fields.Integer(compute="_compute_state")

    def init(self):
        self.env.cr.execute(CREDENTIAL_TRIGGER)

    @api.depends("endpoint_id")
    def _compute_scheme(self):
        for credential in self:
            credential.scheme = credential.scheme or credential.endpoint_id.scheme

    @api.depends("is_revoked", "expires_at", "prefix")
    def _compute_state(self):
        now = fields.Datetime.now()
        for credential in self:
            ends = credential.expires_at
            credential.days_left = (ends - now).days if ends else 0
            if credential.is_revoked:
                credential.state = "revoked"
            elif not credential.prefix:
                credential.state = "empty"
            elif ends and ends <= now:
                credential.state = "expired"
            else:
                credential.state = "valid"

    def write(self, vals):
        if not vals.get("is_revoked", True) and True in self.mapped("is_revoked"):
            raise UserError(
                self.env._("What was revoked stays revoked. Issue a new credential instead.")
            )
        return super().write(vals)

    # -- its life --

    def action_revoke(self):
        """Refused from the commit on, by every worker (ADR 6)."""
        self.write({"is_revoked": True})

    def _revoke(self, reason):
        """As ``action_revoke``, with the reason in the chatter."""
        self.action_revoke()
        for credential in self:
            credential.message_post(body=self.env._("Revoked: %s", reason))

    def _succeeded_by(self, successor, *, overlap):
        """``successor`` takes over. This one ends after ``overlap`` (a timedelta), or sooner if it would have; without
        any it is revoked."""
        self.ensure_one()
        self.successor_id = successor
        if not overlap:
            self.action_revoke()
            return
        end = fields.Datetime.now() + overlap
        if not self.expires_at or self.expires_at > end:
            self.expires_at = end

    def _issue(self):
        """Put this credential in force. Returns its new secret, the only time anybody sees it; '' where the scheme has none
        of ours."""
        self.ensure_one()
        self.check_access("write")
        if self.is_revoked:
            raise UserError(self.env._("A revoked credential gets no new secret."))
        return getattr(self, f"_issue_{self.scheme}")()

    def _issue_api_key(self):
        key = api_key.generate(os.urandom)
        # hashes are nobody's to write by hand; whoever may issue a credential gets them written
        self.sudo().write({"prefix": key.prefix, "key_hash": key.digest, "secret": False})
        return key.key

    def _issue_standard_webhooks(self):
        secret = standard_webhooks.generate_secret(os.urandom)
        self._keep_secret(secret)
        return secret

    def _terms(self, _row):
        """What the scheme of a row (columns, as the gate reads them) asks for beside secrets and digests."""
        return None

    def _keep_secret(self, secret):
        """Encrypt ``secret`` with the database's keyring and keep it; what is shown is its last four characters."""
        sealed = (
            self.env["interop.keyring"]
            ._keyring()
            .encrypt(secret.encode(), row_uuid=self.uuid, random_bytes=os.urandom, purpose="secret")
        )
        # hashes are nobody's to write by hand
        self.sudo().write({"prefix": f"…{secret[-4:]}", "key_hash": False})
        # fields.Binary would base64 it; the door reads raw bytes
        self.env.cr.execute(
            "UPDATE interop_credential SET secret = %s WHERE id = %s", (sealed, self.id)
        )
        self.invalidate_recordset(["secret"])
