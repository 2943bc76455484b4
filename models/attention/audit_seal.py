"""Seals over the audit log's entries, in one chain; their heads also go outside the database."""

import logging
import os

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.audit import ENTRIES, MOST_SEALED, REMOVAL, Seal, sealed
from ...core.audit_heads import head_line
from ..exchange.own_cursor import autocommit
from .audit_triggers import NAMED, SEAL_TRIGGERS

_logger = logging.getLogger(__name__)

#: seals made in one run; the rest follow a minute later
MOST_SEALS = 50
KINDS = [(ENTRIES, "Closes entries"), (REMOVAL, "Entries removed after their time")]
COLUMNS = SQL(", ").join(SQL.identifier("s", name) for name in Seal._fields)
#: the last seal whose head this process wrote outside, by database
_told = {}


class AuditSeal(models.Model):
    _name = "interop.audit.seal"
    _description = "Audit seal"
    _inherit = ["interop.append.only"]
    _order = "id desc"
    _log_access = False

    sealed_at = fields.Datetime(string="When", readonly=True, required=True)
    kind = fields.Selection(KINDS, readonly=True, required=True)
    first_id = fields.Integer(string="From entry", readonly=True)
    last_id = fields.Integer(string="To entry", readonly=True)
    count = fields.Integer(string="Entries", readonly=True, required=True)
    entries = fields.Text(
        string="Numbers", readonly=True, required=True, help="Of the entries it closes."
    )
    digest = fields.Char(readonly=True, required=True, help="SHA-256 over the entries' MACs.")
    previous = fields.Char(readonly=True, required=True, help="The head of the seal before it.")
    removed_through = fields.Integer(
        readonly=True, help="Entries up to this seal were removed, their time being over."
    )
    key_id = fields.Char(string="Key of the MAC", readonly=True, required=True)
    head = fields.Char(
        readonly=True,
        required=True,
        help="Covers all of the seal, and by it all seals before. Also in the server's log.",
    )

    _last_idx = models.Index("(last_id) WHERE kind = 'entries'")

    def init(self):
        self.env.cr.execute(SEAL_TRIGGERS)

    @api.depends("first_id", "last_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for seal in self:
            seal.display_name = self.env._("Seal %s", seal.id)

    # -- sealing --

    def _cron_seal(self):
        """Every minute, and soon after something was recorded."""
        with autocommit(self.env) as cr:
            self._seal_due(cr)

    def _seal_due(self, cr):
        """Seal whatever is committed and waits, on an autocommit cursor; the seals made.

        What waits is asked for together with the last seal, in one statement: what another sealer closed meanwhile is
        either in both or in neither. Of two that come to the same number one makes it, and the other stops. Whoever
        commits late is among those that wait the next time, whatever its id: no other transaction is waited for.
        """
        made = []
        while len(made) < MOST_SEALS:
            last, entries = self._waiting(cr)
            if last and not made and _told.get(cr.dbname) != last.id:
                # a sealer killed after its commit told nobody
                self._tell(cr, last)
            if not entries:
                break
            ring = self.env["interop.keyring"]._keyring()
            seal = sealed(
                entries,
                last=last,
                at=self.env["interop.audit"]._now(),
                key_id=ring.current_key_id,
                keys=ring.audit_keys,
            )
            if not self._keep(cr, seal, [number for number, _mac in entries]):
                break
            self._tell(cr, seal)
            made.append(seal)
        return made

    def _waiting(self, cr):
        """``(last seal or None, [(id, mac)])`` of the oldest entries that wait."""
        cr.execute(
            SQL(
                """
                WITH waiting AS (
                    SELECT e.id, e.mac FROM interop_audit_unsealed u JOIN interop_audit_entry e ON e.id = u.entry_id
                     ORDER BY e.id LIMIT %s
                ), last AS (
                    SELECT s.* FROM interop_audit_seal s ORDER BY s.id DESC LIMIT 1
                )
                SELECT w.id, w.mac, %s FROM (SELECT TRUE) AS one LEFT JOIN waiting w ON TRUE LEFT JOIN last s ON TRUE
                """,
                MOST_SEALED,
                COLUMNS,
            )
        )
        rows = cr.fetchall()
        last = Seal(*rows[0][2:])
        return last if last.id else None, [row[:2] for row in rows if row[0]]

    def _keep(self, cr, seal, entry_ids):
        """Store ``seal`` and strike its entries off what waits, in one statement; False where its number is taken."""
        cr.execute(
            SQL(
                """
                WITH kept AS (
                    INSERT INTO interop_audit_seal (id, sealed_at, kind, first_id, last_id, count, entries, digest,
                        previous, removed_through, key_id, head)
                    VALUES %s ON CONFLICT (id) DO NOTHING RETURNING id
                ), closed AS (
                    DELETE FROM interop_audit_unsealed u USING kept WHERE u.entry_id = ANY(%s)
                )
                SELECT id FROM kept
                """,
                tuple(seal),
                entry_ids,
            )
        )
        return bool(cr.fetchone())

    # -- outside the database --

    def _heads_path(self):
        """The file that heads are written to: ``audit_heads`` in Odoo's configuration, section healthcare_interop."""
        return self.env["interop.settings"]._option("audit_heads")

    def _tell(self, cr, seal):
        """Write the head of a committed seal to the log, and to the file if there is one."""
        line = head_line(cr.dbname, seal)
        _logger.info(line)
        _told[cr.dbname] = seal.id
        path = self._heads_path()
        if not path:
            return
        try:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                os.write(file, f"{line}\n".encode())
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            _logger.error("The audit log's heads can't be written to %s: %s", path, error.strerror)

    # -- looking --

    def _of_entries(self, entry_ids):
        """``{entry id: seal id}`` of those that are sealed, in one statement."""
        if not entry_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT n.id, s.id FROM unnest(%s) AS n (id)
                  JOIN interop_audit_seal s ON s.kind = 'entries' AND n.id BETWEEN s.first_id AND s.last_id
                 CROSS JOIN LATERAL unnest(string_to_array(s.entries, ',')) AS r
                 WHERE n.id BETWEEN %s
                """,
                list(entry_ids),
                SQL(NAMED),
            )
        )
        return dict(self.env.cr.fetchall())


class AuditUnsealed(models.Model):
    """Which entries wait for their seal: a trigger adds them, the sealer strikes them off.

    No evidence: who takes a row away keeps an entry from its seal, and the verification finds it.
    """

    _name = "interop.audit.unsealed"
    _description = "Waits for a seal"
    _log_access = False

    entry_id = fields.Integer(required=True, index=True)
