"""Nobody finds out by refused messages that a credential has expired: its owner is reminded (``ending``).

One that was replaced ends on purpose: its owner hears of it a day before, and only if the sender uses it still.
"""

from datetime import timedelta

from odoo import api, fields, models

from ...core.lifecycle import REMINDERS

STILL_USED = timedelta(days=1)


class CredentialExpiry(models.Model):
    _name = "interop.credential"
    _inherit = ["interop.credential", "interop.ending"]

    _ends_at = "expires_at"
    _ending_activity = "healthcare_interop.activity_credential_expires"
    _ending_settled_by = frozenset({"is_revoked", "successor_id"})

    @api.model
    def _cron_expiry(self):
        self._remind_of_ends()

    def _ending(self):
        now = fields.Datetime.now()
        return [("is_revoked", "=", False), ("prefix", "!=", False), ("expires_at", ">", now)]

    def _is_ending(self):
        return not self.is_revoked and not self.successor_id

    def _term_due(self, now):
        term = super()._term_due(now)
        if self.successor_id:
            is_used = self.last_used_at and now - self.last_used_at < STILL_USED
            return term if is_used and term == REMINDERS[-1] else 0
        return term

    def _words_of_end(self):
        words = {
            "name": self.name,
            "endpoint": self.endpoint_id.name,
            "date": self.expires_at.date(),
        }
        if self.successor_id:
            return {
                "summary": self.env._("%(name)s ends on %(date)s and is still in use", **words),
                "note": self.env._(
                    "Its successor is there, but the sender at %(endpoint)s has not changed over. From then on its "
                    "messages are refused.",
                    **words,
                ),
            }
        return {
            "summary": self.env._("%(name)s ends on %(date)s", **words),
            "note": self.env._(
                "From then on messages at %(endpoint)s that prove themselves with it are refused. Press Rotate: the old "
                "one goes on beside the new one until the sender has changed over.",
                **words,
            ),
        }
