"""Nobody finds out by refused messages that a version has ended: the contract's owner is reminded before (``ending``)."""

from odoo import api, models

from ...core.lifecycle import DEPRECATED


class ContractSunset(models.Model):
    _name = "interop.contract.version"
    _inherit = ["interop.contract.version", "interop.ending"]

    _ending_activity = "healthcare_interop.activity_contract_ends"
    _ending_settled_by = frozenset({"status"})

    @api.model
    def _cron_sunsets(self):
        self._remind_of_ends()

    def _ending(self):
        return [("status", "=", DEPRECATED), ("contract_id.active", "=", True)]

    def _is_ending(self):
        return self.status == DEPRECATED

    def _owner(self):
        return self.contract_id.user_id

    def _words_of_end(self):
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
