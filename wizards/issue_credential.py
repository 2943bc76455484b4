"""Making a secret, and showing it once; or saying whom an identity provider vouches for.

The secret travels in the answer of the button and stands in no table but, encrypted or hashed, in its credential: the
field that shows it is not stored.
"""

from datetime import timedelta

from odoo import api, fields, models

OVERLAP = [("now", "At once"), ("day", "In a day"), ("week", "In a week"), ("month", "In a month")]
#: what an identity provider's tokens must show
TERMS = ("issuer", "audience", "client", "scopes")
OVERLAP_DAYS = {"now": 0, "day": 1, "week": 7, "month": 30}


class IssueCredential(models.TransientModel):
    _name = "interop.issue.credential"
    _description = "Issue a credential"
    _inherit = ["interop.shown.once"]
    _shown = "secret"

    endpoint_id = fields.Many2one("interop.endpoint", required=True, readonly=True)
    scheme = fields.Selection(
        selection=lambda self: self.env["interop.credential"]._fields["scheme"].selection,
        string="Authentication",
        compute="_compute_from_replaced",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="May differ from the one that is replaced: both are valid meanwhile.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        compute="_compute_from_replaced",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("share", "=", False)],
        help="Whoever is reminded before it expires.",
    )
    name = fields.Char(
        required=True,
        default=lambda self: self.env._("Secret of %s", fields.Date.today()),
        help="Who holds it, or where.",
    )
    valid_days = fields.Integer(
        string="Valid for (days)", default=365, help="0: until it is revoked."
    )
    replaces_id = fields.Many2one("interop.credential", readonly=True)
    overlap = fields.Selection(
        OVERLAP,
        string="The old one ends",
        default="week",
        required=True,
        help="Two secrets are valid side by side meanwhile, so that the sender can change over without a gap.",
    )
    secret = fields.Char(store=False, readonly=True)

    issuer = fields.Char(
        string="Identity provider",
        compute="_compute_terms",
        store=True,
        readonly=False,
        help="Exactly as its tokens name it (iss): https://…",
    )
    audience = fields.Char(
        compute="_compute_terms",
        store=True,
        readonly=False,
        help="What a token must be meant for (aud), exactly. Agree on it with whoever runs the provider.",
    )
    client = fields.Char(
        compute="_compute_terms",
        store=True,
        readonly=False,
        help="The sender as the provider knows it: azp or client_id of the token, or sub where it has neither.",
    )
    scopes = fields.Char(
        compute="_compute_terms",
        store=True,
        readonly=False,
        help="All of these must be in the token. Separated by spaces. Name the client, scopes, or both.",
    )
    keys_from = fields.Selection(
        lambda self: (
            self.env["interop.credential"]._fields["keys_from"]._description_selection(self.env)
        ),
        string="Keys",
        default="discovery",
        required=True,
    )
    jwks = fields.Text(string="Key set", help="Public keys only (JWK Set, RFC 7517).")

    certificate = fields.Text(
        help="The sender's certificate (PEM), without its key. It ends when the certificate does."
    )
    is_proxy_known = fields.Boolean(compute="_compute_is_proxy_known")

    def _compute_is_proxy_known(self):
        self.is_proxy_known = bool(self.env["interop.door"]._trust().proxies)

    @api.depends("replaces_id", "endpoint_id")
    def _compute_terms(self):
        for wizard in self:
            for name in TERMS:
                wizard[name] = wizard[name] or wizard.replaces_id[name]

    @api.depends("replaces_id", "endpoint_id")
    def _compute_from_replaced(self):
        for wizard in self:
            wizard.scheme = wizard.replaces_id.scheme or wizard.endpoint_id.scheme
            wizard.user_id = wizard.replaces_id.user_id or self.env.user

    def action_issue(self):
        """Make the credential and open this dialog again, with the secret: the only time that anybody sees it."""
        self.ensure_one()
        self.check_access("write")
        credential = self.env["interop.credential"].create(self._values())
        secret = credential._issue()
        if self.replaces_id:
            self.replaces_id._succeeded_by(
                credential, overlap=timedelta(days=OVERLAP_DAYS[self.overlap])
            )
        if not secret:
            return {"type": "ir.actions.act_window_close"}
        return self._show(
            secret, default_endpoint_id=self.endpoint_id.id, default_scheme=self.scheme
        )

    def _values(self):
        days = self.valid_days
        return {
            "name": self.name,
            "endpoint_id": self.endpoint_id.id,
            "scheme": self.scheme,
            "user_id": self.user_id.id,
            "expires_at": fields.Datetime.now() + timedelta(days=days) if days else False,
            **(self._terms() if self.scheme == "oauth" else {}),
            **self.replaces_id._rate_settings(),
            "certificate": self.certificate if self.scheme == "mutual_tls" else False,
        }

    def _terms(self):
        terms = {name: (self[name] or "").strip() for name in TERMS}
        by_hand = self.keys_from == "hand"
        return {**terms, "keys_from": self.keys_from, "jwks": self.jwks if by_hand else False}
