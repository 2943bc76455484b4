"""Making a secret, and showing it once.

The secret travels in the answer of the button and stands in no table but, encrypted or hashed, in its credential: the
field that shows it is not stored.
"""

from datetime import timedelta

from odoo import api, fields, models

OVERLAP = [("now", "At once"), ("day", "In a day"), ("week", "In a week"), ("month", "In a month")]
OVERLAP_DAYS = {"day": 1, "week": 7, "month": 30}


class IssueCredential(models.TransientModel):
    _name = "interop.issue.credential"
    _description = "Issue a credential"

    endpoint_id = fields.Many2one("interop.endpoint", required=True, readonly=True)
    scheme = fields.Selection(related="endpoint_id.scheme")
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

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        # Char fields that are not stored get no default by themselves
        if "secret" in fields_list and self.env.context.get("issued_secret"):
            values["secret"] = self.env.context["issued_secret"]
        return values

    def action_issue(self):
        """Make the credential and open this dialog again, with the secret: the only time that anybody sees it."""
        self.ensure_one()
        self.check_access("write")
        now = fields.Datetime.now()
        credential = self.env["interop.credential"].create(
            {
                "name": self.name,
                "endpoint_id": self.endpoint_id.id,
                "expires_at": now + timedelta(days=self.valid_days) if self.valid_days else False,
            }
        )
        secret = credential._issue()
        self._end_replaced(now)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy it now"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_endpoint_id": self.endpoint_id.id, "issued_secret": secret},
        }

    def _end_replaced(self, now):
        old = self.replaces_id
        if not old:
            return
        if self.overlap == "now":
            old.action_revoke()
            return
        end = now + timedelta(days=OVERLAP_DAYS[self.overlap])
        if not old.expires_at or old.expires_at > end:
            old.expires_at = end
