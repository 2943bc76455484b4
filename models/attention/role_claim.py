"""Which roles people have by what their identity provider says of them (docs/sign-in.md, ADR 19)."""

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, ValidationError

from ...core import sign_in
from ...core.audit import REFUSED, Act
from ...core.errors import PermanentError

PROVIDER = "auth.oauth.provider"
ROLES = [
    ("viewer", "Viewer"),
    ("resolver", "Resolver"),
    ("operator", "Operator"),
    ("administrator", "Administrator"),
    ("auditor", "Auditor"),
    ("patient_reader", "Reader of patient details"),
    ("payload_reader", "Reader of message content"),
    ("data_protection", "Data protection"),
]

_logger = logging.getLogger(__name__)


class RoleClaim(models.Model):
    """Odoo's add-on for OAuth need not be there: so a provider is named by its number, not by a reference."""

    _name = "interop.role.claim"
    _inherit = ["interop.audited"]
    _description = "Role from a claim"
    _order = "provider_id, claim, value, id"
    _rec_name = "value"

    provider_id = fields.Integer(string="Number of the provider", required=True, aggregator=None)
    provider = fields.Selection(
        "_selection_provider",
        compute="_compute_provider",
        inverse="_inverse_provider",
        help="Where people sign in. From the first line on, whoever signs in there has the roles of these lines and no others.",
    )
    claim = fields.Char(
        required=True,
        default="groups",
        help="As the provider calls it: groups, roles, or the way to it: realm_access.roles.",
    )
    value = fields.Char(
        required=True, help="Compared exactly, with capitals. Of Entra ID's groups: the object ID."
    )
    role = fields.Selection(ROLES, required=True, help="What whoever has that value may do.")

    _once = models.Constraint(
        "UNIQUE (provider_id, claim, value, role)", "That value gives that role already."
    )

    @api.model
    def _selection_provider(self):
        if PROVIDER not in self.env:
            return []
        # their names are no secret from whoever may read these lines
        return [(str(one.id), one.name) for one in self.env[PROVIDER].sudo().search([])]

    @api.depends("provider_id")
    def _compute_provider(self):
        known = dict(self._selection_provider())
        for line in self:
            number = str(line.provider_id)
            line.provider = number if number in known else False

    def _inverse_provider(self):
        for line in self:
            if line.provider_id != (number := int(line.provider or 0)):
                line.provider_id = number

    @api.model_create_multi
    def create(self, vals_list):
        """The screen knows a provider by ``provider`` alone, which is not stored; the number has to be there at once."""
        return super().create(
            [
                {**vals, "provider_id": vals.get("provider_id") or int(vals.get("provider") or 0)}
                for vals in vals_list
            ]
        )

    @api.constrains("claim", "value")
    def _check_spaces(self):
        if any(text != text.strip() for line in self for text in (line.claim, line.value)):
            raise ValidationError(
                self.env._("Values are compared exactly: leave out the spaces around them.")
            )

    @api.model
    def _roles_told(self, provider, claims):
        """The roles of whom ``claims``, verified by the add-on that signs in, tell of; None where that provider tells of none.

        ``AccessDenied`` where the claims can't be read, on record and in the log with the reason.
        """
        # whoever signs in has no rights yet
        lines = self.sudo().search([("provider_id", "=", provider)])
        if not lines:
            return None
        grants = [sign_in.Grant(line.claim, line.value, line.role) for line in lines]
        try:
            return sign_in.roles(claims, grants, self._client(provider))
        except PermanentError as error:
            self._record_refusal(provider, error)
            raise AccessDenied(
                self.env._(
                    "What the identity provider says of you can't be read (%(code)s: %(claim)s). Tell your administrator.",
                    code=error.code,
                    claim=error.path,
                )
            ) from error

    def _record_refusal(self, provider, error):
        name = self._provider_name(provider)
        _logger.warning("sign-in by %s refused: %s (claim %s)", name, error.code, error.path)
        self.env["interop.audit"]._record(
            [
                Act(
                    "signed_in",
                    outcome=REFUSED,
                    res_model=PROVIDER,
                    res_id=provider,
                    res_name=name,
                    details={"code": error.code, "claim": error.path},
                )
            ]
        )

    def _client(self, provider):
        # whoever signs in has no rights yet
        return self.env[PROVIDER].sudo().browse(provider).client_id or ""

    def _provider_name(self, provider):
        # likewise
        return self.env[PROVIDER].sudo().browse(provider).name or ""
