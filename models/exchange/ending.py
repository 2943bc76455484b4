"""Nobody finds out by refused messages that something has ended: its owner is reminded before, once for each term.

One activity a record. It is put anew 30 days, a week and a day before the end, and closes by itself once there is nothing left
to decide: the record is done with, stays after all, or ends later.
"""

from datetime import timedelta

from odoo import fields, models

from ...core.lifecycle import REMINDERS, term_due


class Ending(models.AbstractModel):
    """For models with activities whose records end at a moment that somebody answers for. Nothing ends by itself here."""

    _name = "interop.ending"
    _inherit = "interop.owned"
    _description = "Ends at a moment that its owner is reminded of"

    #: the field that says when
    _ends_at = "sunset_at"
    #: the kind of activity, an XML id
    _ending_activity = ""
    #: fields besides that one by which somebody settles it
    _ending_settled_by = frozenset()

    #: the term that its owner was last reminded of; 0: of none
    reminded_days = fields.Integer(readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if self._ends_at in vals:
            self.filtered("reminded_days").reminded_days = 0
        if ({self._ends_at} | self._ending_settled_by) & vals.keys():
            self._close_reminders()
        return result

    def _ending(self):
        """The domain of what is about to end, whenever that may be."""
        raise NotImplementedError

    def _is_ending(self):
        """Whether this record is about to end, as far as its owner has something to decide."""
        raise NotImplementedError

    def _words_of_end(self):
        """The summary and the note of the activity."""
        raise NotImplementedError

    def _remind_of_ends(self):
        """Remind all owners whose term has come."""
        now = fields.Datetime.now()
        horizon = now + timedelta(days=REMINDERS[0])
        for record in self.search([*self._ending(), (self._ends_at, "<=", horizon)]):
            term = record._term_due(now)
            if term:
                end = record[self._ends_at].date()
                record._remind(self._ending_activity, "_words_of_end", end)
                record.reminded_days = term

    def _term_due(self, now):
        """The term (days) that its owner has to hear of now; 0: none."""
        return term_due(self[self._ends_at] - now, self.reminded_days)

    def _close_reminders(self):
        horizon = fields.Datetime.now() + timedelta(days=REMINDERS[0])
        settled = self.filtered(
            lambda one: (
                not one._is_ending() or not one[self._ends_at] or one[self._ends_at] > horizon
            )
        )
        # reminders are the machine's own, whoever has settled what they were about
        settled.sudo().activity_feedback([self._ending_activity])
