"""Nobody finds out by a 410 that an interface has ended: its owner is reminded before the sunset, once for each term.

One activity an endpoint. It is put anew 30 days, a week and a day before, and closes by itself once the endpoint is retired,
stays after all, or ends later.
"""

from datetime import timedelta

from odoo import api, fields, models

from ...core.lifecycle import DEPRECATED, REMINDERS

ACTIVITY = "healthcare_interop.activity_sunset"


class EndpointSunset(models.Model):
    _inherit = "interop.endpoint"

    #: the term that its owner was last reminded of; 0: of none
    reminded_days = fields.Integer(readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if "sunset_at" in vals:
            self.filtered("reminded_days").reminded_days = 0
        if {"sunset_at", "deprecated_at", "state"} & set(vals):
            self._close_reminders()
        return result

    @api.model
    def _cron_sunset(self):
        now = fields.Datetime.now()
        horizon = now + timedelta(days=REMINDERS[0])
        ending = self.search([("status", "=", DEPRECATED), ("sunset_at", "<=", horizon)])
        for endpoint in ending:
            left = endpoint.sunset_at - now
            term = min(days for days in REMINDERS if left <= timedelta(days=days))
            if not endpoint.reminded_days or endpoint.reminded_days > term:
                endpoint._remind(ACTIVITY, "_words_of_sunset", endpoint.sunset_at.date())
                endpoint.reminded_days = term

    def _words_of_sunset(self):
        words = {
            "name": self.name,
            "date": fields.Datetime.context_timestamp(self, self.sunset_at).date(),
            "senders": self._callers_in_words(),
        }
        summary = self.env._("%(name)s is meant to end on %(date)s", **words)
        if words["senders"]:
            note = self.env._(
                "In the last 30 days it was still called by %(senders)s. Agree with them on the change, then press Retire; or "
                "set a later day.",
                **words,
            )
        else:
            note = self.env._("Nobody has called it in the last 30 days. Press Retire.")
        return {"summary": summary, "note": note}

    def _close_reminders(self):
        horizon = fields.Datetime.now() + timedelta(days=REMINDERS[0])
        settled = self.filtered(
            lambda one: one.status != DEPRECATED or not one.sunset_at or one.sunset_at > horizon
        )
        # reminders are the machine's own, whoever has settled what they were about
        settled.sudo().activity_feedback([ACTIVITY])
