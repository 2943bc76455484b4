"""Credentials whose holder is known to an identity provider: what its tokens must show, and the keys that they are
verified with, which the provider changes when it likes.

The keys lie with the credential, so that a change reaches every worker with its gate (ADR 6). They are fetched once an
hour, and when a token of that issuer is signed with a key nobody knows: after its refusal and never more often than every
five minutes; the sender's next try succeeds. What can't be fetched leaves the last known keys in force and is told.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...core.auth import oauth
from ...core.errors import InteropError, PermanentError
from .seldom import Seldom

SCHEME = "oauth"
TRY_EVERY = timedelta(minutes=5)
ACTIVITY = "healthcare_interop.activity_credential_keys"
CRON = "healthcare_interop.cron_keys"

#: a worker asking for the job that looks, for each credential ``(database, its id)``; the job itself keeps to ``TRY_EVERY``
_asking = Seldom(seconds=60)


class OAuthCredential(models.Model):
    _inherit = "interop.credential"

    issuer = fields.Char(
        tracking=True,
        copy=False,
        help="The identity provider, exactly as its tokens name it (iss): https://…",
    )
    audience = fields.Char(
        tracking=True, copy=False, help="What a token must be meant for (aud), exactly."
    )
    client = fields.Char(
        tracking=True,
        copy=False,
        help="The sender as the provider knows it: azp or client_id of the token, or sub where it has neither.",
    )
    scopes = fields.Char(
        tracking=True, copy=False, help="All of these must be in the token. Separated by spaces."
    )
    keys_from = fields.Selection(
        [("discovery", "Fetched from the provider"), ("hand", "Given by hand")],
        string="Keys",
        default="discovery",
        copy=False,
        help="Fetched: found by the issuer's address, looked at every hour and whenever a new one is used. By hand: for "
        "providers that this server can't reach; whoever changes a key there has to change it here.",
    )
    jwks = fields.Text(string="Key set", copy=False, help="Public keys only (JWK Set, RFC 7517).")
    keys_tried_at = fields.Datetime(string="Keys looked for", readonly=True, copy=False)
    keys_fetched_at = fields.Datetime(string="Keys fetched", readonly=True, copy=False)
    keys_error = fields.Char(
        string="Keys can't be fetched",
        readonly=True,
        copy=False,
        help="The last known ones are in force.",
    )

    @api.constrains("scheme", "issuer", "audience", "client", "scopes", "keys_from", "jwks")
    def _check_oauth(self):
        for credential in self.filtered(lambda one: one.scheme == SCHEME):
            if not (credential.issuer or "").startswith("https://") or not credential.audience:
                raise ValidationError(
                    self.env._("Say which provider (an https address) and which audience.")
                )
            if not (credential.client or (credential.scopes or "").strip()):
                raise ValidationError(
                    self.env._(
                        "Name the client or a scope: otherwise every client of that provider could send."
                    )
                )
            if credential.jwks or credential.keys_from == "hand":
                credential._read_keys(credential.jwks)

    def _read_keys(self, text):
        try:
            return oauth.read_keys(text or "")
        except PermanentError as error:
            raise ValidationError(
                self.env._("There is no public key in that key set (%s).", error.code)
            ) from error

    def _issue_oauth(self):
        """Nothing is made and nothing shown: the sender has its secret from the provider."""
        if self.keys_from == "discovery":
            self._refresh_keys()
            if not self.jwks:
                raise UserError(
                    self.env._(
                        "The keys of %(issuer)s can't be fetched: %(error)s.",
                        issuer=self.issuer,
                        error=self.keys_error,
                    )
                )
        self.prefix = self.client or self.scopes
        return ""

    def _terms(self, row):
        if row["scheme"] != SCHEME:
            return super()._terms(row)
        try:
            keys = oauth.read_keys(row["jwks"] or "")
        except PermanentError:
            keys = ()
        return oauth.Terms(
            issuer=row["issuer"] or "",
            audience=row["audience"] or "",
            client=row["client"] or "",
            scopes=frozenset((row["scopes"] or "").split()),
            keys=keys,
        )

    # -- the keys --

    def _look_for_new_keys(self, credentials, request):
        """After a refusal: where a token names a key that its issuer may have made since, have it looked for."""
        for credential in credentials:
            if not oauth.lacks_key(credential, request):
                continue
            place = (self.env.cr.dbname, credential.reference)
            if _asking.is_due(place):
                _asking.note(place)
                self.env.ref(CRON)._trigger()

    @api.model
    def _cron_keys(self):
        if self.env["interop.door"]._is_neutralized():
            return
        due = fields.Datetime.now() - TRY_EVERY
        self.search(
            [
                ("scheme", "=", SCHEME),
                ("keys_from", "=", "discovery"),
                ("is_revoked", "=", False),
                ("prefix", "!=", False),
                "|",
                ("keys_tried_at", "=", False),
                ("keys_tried_at", "<=", due),
            ]
        )._refresh_keys()

    def action_fetch_keys(self):
        self.check_access("write")
        if self.env["interop.door"]._is_neutralized():
            raise UserError(
                self.env._("This is a copy of a database: it asks nobody outside for keys.")
            )
        self._refresh_keys()

    def _refresh_keys(self):
        """Ask each issuer once, for all of its credentials."""
        by_issuer = self.grouped("issuer")
        # all are asked before anything is written: nobody who revokes waits for a slow provider
        told = {issuer: self._fetched_keys(issuer) for issuer in by_issuer}
        now = fields.Datetime.now()
        for issuer, credentials in by_issuer.items():
            text, trouble = told[issuer]
            if trouble:
                credentials.write({"keys_tried_at": now, "keys_error": trouble})
                credentials._tell_keys_are_missing()
                continue
            credentials.write({"keys_tried_at": now, "keys_fetched_at": now, "keys_error": False})
            credentials.filtered(lambda one, text=text: one.jwks != text).jwks = text
            # reminders are the machine's own
            credentials.sudo().activity_feedback([ACTIVITY])

    def _fetched_keys(self, issuer):
        """``(key set, what went wrong)``, one of them empty."""
        try:
            text = self.env["interop.connector.jwks"]._fetch(issuer)
            oauth.read_keys(text)
        except InteropError as error:
            return "", " ".join(filter(None, (error.code, error.detail)))
        return text, ""

    def _tell_keys_are_missing(self):
        for credential in self.filtered("jwks"):
            if credential.activity_search([ACTIVITY]):
                continue
            user = credential._reminded()
            there = credential.with_context(lang=user.lang)
            there.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=there.env._("The keys of %s can't be fetched", credential.issuer),
                note=there.env._(
                    "The last known ones are in force. Once the provider changes its keys, messages at %s are refused.",
                    credential.endpoint_id.name,
                ),
            )
