"""Interfaces that nobody uses any more: found, so that somebody can ask whether they may end."""

from datetime import timedelta

from odoo import fields, models

#: what nobody uses for so long is what nobody may miss
SILENT_DAYS = 90


class Silent(models.AbstractModel):
    """For models whose ``_compute_use`` says how much each record is used, and since when not."""

    _name = "interop.silent"
    _description = "Is used, or not any more"

    month_messages = fields.Integer(
        string="Messages, 30 days", compute="_compute_use", help="Messages of the last 30 days."
    )
    is_silent = fields.Boolean(
        compute="_compute_use",
        search="_search_is_silent",
        string="Nobody uses it",
        help="Nobody has used it for 90 days.",
    )

    def _compute_use(self):
        raise NotImplementedError

    def _is_silent_since(self, last):
        """Whether nobody has used this record for long if ``last`` (or nothing) was its last use."""
        newest = last or self.create_date
        return bool(newest and newest < fields.Datetime.now() - timedelta(days=SILENT_DAYS))

    def _search_is_silent(self, operator, value):
        if operator != "in":
            return NotImplemented
        silent = self.with_context(active_test=False).search([]).filtered("is_silent")
        return [("id", "in" if True in value else "not in", silent.ids)]
