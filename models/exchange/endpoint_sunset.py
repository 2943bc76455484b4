"""Nobody finds out by a 410 that an interface has ended: its owner is reminded before the sunset (``ending``)."""

from odoo import api, fields, models

from ...core.lifecycle import DEPRECATED


class EndpointSunset(models.Model):
    _name = "interop.endpoint"
    _inherit = ["interop.endpoint", "interop.ending"]

    _ending_activity = "healthcare_interop.activity_sunset"
    _ending_settled_by = frozenset({"deprecated_at", "state"})

    @api.model
    def _cron_sunset(self):
        self._remind_of_ends()

    def _ending(self):
        return [("status", "=", DEPRECATED)]

    def _is_ending(self):
        return self.status == DEPRECATED

    def _words_of_end(self):
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
