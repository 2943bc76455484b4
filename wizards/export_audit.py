"""The audit log of a period as a file: FHIR AuditEvents for an audit repository, a table for people."""

import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core.audit import Act, Entry
from ..core.audit_csv import table
from ..core.audit_fhir import ndjson

#: in one file
MOST_ENTRIES = 200_000


class ExportAudit(models.TransientModel):
    _name = "interop.export.audit"
    _description = "Export the audit log"

    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=30),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=fields.Date.context_today,
        help="That day included. Days are UTC's, as the entries' times in the file.",
    )
    form = fields.Selection(
        [("fhir", "FHIR R4 AuditEvent (NDJSON)"), ("csv", "Table (CSV)")],
        string="As",
        required=True,
        default="fhir",
    )
    count = fields.Integer(string="Entries", compute="_compute_count")
    file = fields.Binary(attachment=False, readonly=True)

    @api.depends("date_from", "date_to")
    def _compute_count(self):
        for wizard in self:
            wizard.count = self.env["interop.audit.entry"].search_count(wizard._domain())

    def _domain(self):
        """The entries of the period, as far as the user may see them."""
        if not (self.date_from and self.date_to):
            return [(0, "=", 1)]
        return [("at", ">=", self.date_from), ("at", "<", self.date_to + timedelta(days=1))]

    def action_export(self):
        self.ensure_one()
        entries = self.env["interop.audit.entry"]
        if not entries.has_access("read"):
            raise AccessError(self.env._("Only auditors and administrators export the audit log."))
        found = entries.search(self._domain(), order="id", limit=MOST_ENTRIES + 1)
        self._check_size(len(found))
        rows = self._rows(found.ids)
        text = table(rows) if self.form == "csv" else ndjson(rows, observer=self.env.cr.dbname)
        self.file = base64.b64encode(text.encode("utf-8-sig" if self.form == "csv" else "utf-8"))
        name = self._file_name()
        self._record(name, len(found))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "download",
        }

    def _check_size(self, count):
        if not count:
            raise UserError(self.env._("Nothing was recorded in this time."))
        if count > MOST_ENTRIES:
            raise UserError(
                self.env._("More than %s entries: choose a shorter time.", f"{MOST_ENTRIES:,}")
            )

    def _rows(self, ids):
        """The entries as they are stored, to the microsecond."""
        columns = SQL(", ").join(map(SQL.identifier, Entry._fields))
        self.env.cr.execute(
            SQL("SELECT %s FROM interop_audit_entry WHERE id = ANY(%s) ORDER BY id", columns, ids)
        )
        return [Entry(*row) for row in self.env.cr.fetchall()]

    def _file_name(self):
        end = "csv" if self.form == "csv" else "ndjson"
        return f"audit-{self.date_from}-{self.date_to}.{end}"

    def _record(self, name, count):
        details = {"from": str(self.date_from), "to": str(self.date_to), "entries": count}
        act = Act("exported", res_model="interop.audit.entry", res_name=name, details=details)
        self.env["interop.audit"]._record([act])
