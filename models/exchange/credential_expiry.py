"""Nobody finds out by refused messages that a credential has expired: its owner is reminded, and once for each term.

One activity a credential. It is put anew 30 days, a week and a day before the end, and closes by itself once the
credential has a successor, is revoked or ends later. One that was replaced ends on purpose: its owner hears of it a day
before, and only if the sender uses it still.
"""

from datetime import timedelta

from odoo import api, fields, models

TERMS_DAYS = (30, 7, 1)
ACTIVITY = "healthcare_interop.activity_credential_expires"
STILL_USED = timedelta(days=1)


class CredentialExpiry(models.Model):
    _name = "interop.credential"
    _inherit = ["interop.credential", "interop.owned"]

    #: the term that its owner was last reminded of; 0: of none
    warned_days = fields.Integer(readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if "expires_at" in vals:
            self.filtered("warned_days").warned_days = 0
        if {"expires_at", "is_revoked", "successor_id"} & set(vals):
            self._close_warnings()
        return result

    @api.model
    def _cron_expiry(self):
        now = fields.Datetime.now()
        ending = self.search(
            [
                ("is_revoked", "=", False),
                ("prefix", "!=", False),
                ("expires_at", ">", now),
                ("expires_at", "<=", now + timedelta(days=TERMS_DAYS[0])),
            ]
        )
        for credential in ending:
            term = credential._term_to_warn_of(now)
            if term:
                credential._warn(term)

    def _term_to_warn_of(self, now):
        """The term (days) that its owner has to hear of now; 0: none."""
        left = self.expires_at - now
        term = min(days for days in TERMS_DAYS if left <= timedelta(days=days))
        if self.warned_days and self.warned_days <= term:
            return 0
        if self.successor_id:
            is_used = self.last_used_at and now - self.last_used_at < STILL_USED
            return term if is_used and term == TERMS_DAYS[-1] else 0
        return term

    def _warn(self, term):
        self._remind(ACTIVITY, "_words_of_warning", self.expires_at.date())
        self.warned_days = term

    def _words_of_warning(self):
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

    def _close_warnings(self):
        horizon = fields.Datetime.now() + timedelta(days=TERMS_DAYS[0])
        settled = self.filtered(
            lambda one: (
                one.is_revoked or one.successor_id or not one.expires_at or one.expires_at > horizon
            )
        )
        # reminders are the machine's own, whoever has settled what they were about
        settled.sudo().activity_feedback([ACTIVITY])
