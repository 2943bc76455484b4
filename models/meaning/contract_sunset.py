"""Nobody finds out by refused messages that a version has ended: the contract's owner is reminded before its last day.

One activity a version, put anew 30 days, a week and a day before. It closes by itself once the version is retired, in use
again, or ends later.
"""

from datetime import timedelta

from odoo import api, fields, models

from ...core.lifecycle import DEPRECATED, REMINDERS

ACTIVITY = "healthcare_interop.activity_contract_ends"


class ContractSunset(models.Model):
    _inherit = "interop.contract.version"

    #: the term that its owner was last reminded of; 0: of none
    warned_days = fields.Integer(readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if "sunset_at" in vals or "status" in vals:
            self.filtered("warned_days").warned_days = 0
            horizon = fields.Datetime.now() + timedelta(days=REMINDERS[0])
            settled = self.filtered(
                lambda one: one.status != DEPRECATED or not one.sunset_at or one.sunset_at > horizon
            )
            # reminders are the machine's own, whoever has settled what they were about
            settled.sudo().activity_feedback([ACTIVITY])
        return result

    @api.model
    def _cron_sunsets(self):
        now = fields.Datetime.now()
        ending = self.search(
            [
                ("status", "=", DEPRECATED),
                ("sunset_at", "!=", False),
                ("sunset_at", "<=", now + timedelta(days=REMINDERS[0])),
                ("contract_id.active", "=", True),
            ]
        )
        for version in ending:
            left = version.sunset_at - now
            term = min(days for days in REMINDERS if left <= timedelta(days=days))
            if not version.warned_days or version.warned_days > term:
                version._remind(term)

    def _remind(self, term):
        user = self._reminded()
        # the words are for whoever reads them
        said = self.with_context(lang=user.lang)._words_of_reminder()
        values = {**said, "date_deadline": self.sunset_at.date()}
        open_ = self.activity_search([ACTIVITY])
        if open_:
            open_.write({**values, "user_id": user.id})
            open_.action_notify()
        else:
            self.activity_schedule(ACTIVITY, user_id=user.id, **values)
        self.warned_days = term

    def _words_of_reminder(self):
        senders = self._senders()
        listed = ", ".join(
            self.env._("%(system)s (%(count)s)", system=one.system_id.name, count=one.count)
            for one in senders
        )
        still = (
            self.env._("It is still named by: %s.", listed)
            if senders
            else self.env._("Nobody has named it in the last 30 days.")
        )
        return {
            "summary": self.env._(
                "%(version)s ends on %(date)s",
                version=self.display_name,
                date=self.sunset_at.date(),
            ),
            "note": self.env._(
                "%s Nothing ends by itself: retire it, or give it a later day.", still
            ),
        }

    def _reminded(self):
        """The contract's owner, as long as she is there and may see it; else an administrator of the exchange."""
        owner = self.contract_id.user_id
        if owner.active and self.with_user(owner).has_access("read"):
            return owner
        administrators = self.env.ref("healthcare_interop.group_administrator").all_user_ids
        others = administrators.filtered(
            lambda user: user.active and self.with_user(user).has_access("read")
        )
        return others.sorted("id")[:1] or self.env.ref("base.user_admin")
