"""Entries go when their years are over: whole sealed months, by a seal that says so, and by no button."""

import logging
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from ...core.audit import Act, Seal, removal
from ...core.audit_verify import Verification
from .audit_seal import COLUMNS
from .audit_triggers import NAMED

_logger = logging.getLogger(__name__)

#: system parameter: years that entries are kept
YEARS = "healthcare_interop.audit_years"
DEFAULT_YEARS = 10
#: whatever the parameter says
LEAST_YEARS = 1


class AuditRetention(models.Model):
    _inherit = "interop.audit.seal"

    def _cron_retain(self):
        """Each day: take away the oldest month whose time is over, and come again if there is another."""
        if self._retain(self._keep_from(date.today())):
            self.env.ref("healthcare_interop.cron_audit_retain")._trigger()

    def _years(self):
        # a parameter of the system, which the machine reads
        text = self.env["ir.config_parameter"].sudo().get_param(YEARS) or ""
        return max(int(text), LEAST_YEARS) if text.isdecimal() else DEFAULT_YEARS

    def _keep_from(self, today):
        """The first day of the oldest month that is kept."""
        return today.replace(day=1) - relativedelta(years=self._years())

    def _retain(self, keep_from):
        """Remove the entries of the oldest sealed month before ``keep_from``; the seal that says so, or None.

        What does not verify stays: it is evidence. A sealer that comes to the same number waits and stops, or makes this
        transaction fail, and it is done the next day.
        """
        log, ring = self.env["interop.audit"], self.env["interop.keyring"]._keyring()
        removals = log._removals()
        begins_at = max((seal.removed_through or 0 for seal in removals), default=0)
        month = self._oldest_month(begins_at, keep_from)
        if not month:
            return None
        if self._has_findings(ring, self._with_entries(log, begins_at, month[-1].id)):
            _logger.error("The audit log up to seal %s does not verify: it is kept.", month[-1].id)
            return None
        seal = removal(
            month,
            last=self._last(),
            at=self.env["interop.audit"]._now(),
            key_id=ring.current_key_id,
            keys=ring.audit_keys,
        )
        if not self._keep(self.env.cr, seal, []):
            return None
        self._take_away(seal)
        details = {"entries": seal.count, "through_seal": seal.removed_through}
        log._record([Act("removed", res_model=self._name, res_id=seal.id, details=details)])
        self.env.cr.postcommit.add(lambda: self._tell(self.env.cr, seal))
        return seal

    def _oldest_month(self, begins_at, keep_from):
        """The seals of the first month after ``begins_at`` that ended before ``keep_from``, in order."""
        self.env.cr.execute(
            SQL(
                """
                SELECT %(columns)s FROM interop_audit_seal s
                 WHERE s.id > %(begins_at)s AND s.sealed_at < %(keep_from)s
                   AND s.sealed_at < (SELECT date_trunc('month', min(o.sealed_at)) + interval '1 month'
                                        FROM interop_audit_seal o WHERE o.id > %(begins_at)s)
                 ORDER BY s.id
                """,
                columns=COLUMNS,
                begins_at=begins_at,
                keep_from=keep_from,
            )
        )
        return [Seal(*row) for row in self.env.cr.fetchall()]

    def _with_entries(self, log, begins_at, last):
        for seal, entries in log._seals(begins_at):
            if seal.id > last:
                return
            yield seal, entries

    def _has_findings(self, ring, seals):
        """Whether anything of ``seals``, each with its entries, does not verify."""
        check = None
        for seal, entries in seals:
            if check is None:
                before = {"seal_id": seal.id - 1, "head": seal.previous}
                check = Verification(ring.audit_keys, heads={}, state=before)
            if next(check.feed(seal, entries), None):
                return True
        return False

    def _last(self):
        self.env.cr.execute(
            SQL("SELECT %s FROM interop_audit_seal s ORDER BY s.id DESC LIMIT 1", COLUMNS)
        )
        return Seal(*self.env.cr.fetchone())

    def _take_away(self, seal):
        """What ``seal`` names; the triggers let pass no more. The last seal before it stays, and the chain begins there."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM interop_audit_entry e
                 USING unnest(string_to_array(NULLIF(%s, ''), ',')) AS r
                 WHERE e.id BETWEEN %s
                """,
                seal.entries,
                SQL(NAMED),
            )
        )
        self.env.cr.execute(
            SQL("DELETE FROM interop_audit_seal WHERE id < %s", seal.removed_through)
        )
        self.env.invalidate_all()
