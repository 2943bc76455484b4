"""What is closed from a day on: archived on that day, without a message."""

import logging

from odoo import fields, models

from ..exchange.contain import attempt, defect_of, is_race

_logger = logging.getLogger(__name__)
#: what closes
CLOSING = ("hr.department", "res.partner")


class Closing(models.AbstractModel):
    """Mixed into Odoo's own records; ``_cron_interop_close`` is the scheduler's."""

    _name = "interop.closing"
    _description = "Interop closing"

    interop_closed_on = fields.Date(
        string="Closed on",
        copy=False,
        index="btree_not_null",
        help="The first day on which it is closed, as a connected system told it.",
    )

    def _interop_is_closed(self, day):
        return bool(self.interop_closed_on and self.interop_closed_on <= day)

    def _cron_interop_close(self):
        """What was told to close today, or since the last run, is archived; one that can't be stops no other."""
        today = fields.Date.today()
        for model in CLOSING:
            for record in self.env[model].search([("interop_closed_on", "<=", today)]):
                _result, error = attempt(record._interop_close)
                if error is None:
                    continue
                self.env.invalidate_all(flush=False)
                if is_race(error):
                    raise error
                _logger.error("%s %s can't close: %s", model, record.id, defect_of(error).detail)

    def _interop_close(self):
        with self.env.cr.savepoint():
            self.write({"active": False})
            self.env.flush_all()
