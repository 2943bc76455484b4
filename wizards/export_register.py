"""The register of personal data as a file, for a data-protection officer: a table, JSON, or a page to print."""

import base64

from odoo import fields, models

from ..core.audit import Act
from ..core.register import to_csv, to_json

#: columns of the table, in the words of the screen
COLUMNS = (
    "part",
    "place",
    "model",
    "what",
    "attribute",
    "data_class",
    "purpose",
    "until",
    "days",
    "erasure",
    "sources",
    "basis",
)


class ExportRegister(models.TransientModel):
    _name = "interop.export.register"
    _description = "Export the register of personal data"

    form = fields.Selection(
        [("csv", "Table (CSV)"), ("json", "JSON"), ("print", "Page to print")],
        string="As",
        required=True,
        default="csv",
    )
    file = fields.Binary(attachment=False, readonly=True)

    def action_export(self):
        """The register as it is just now; who took it is recorded."""
        self.ensure_one()
        rows = self.env["interop.register.line"]._make()
        name = f"register-{fields.Date.context_today(self)}.{self.form}"
        self.env["interop.audit"]._record(
            [
                Act(
                    "exported",
                    res_model="interop.register.line",
                    res_name=name,
                    details={"lines": len(rows), "as": self.form},
                )
            ]
        )
        if self.form == "print":
            return self.env.ref("healthcare_interop.register_report").report_action(
                rows, config=False
            )
        text = self._as_table(rows) if self.form == "csv" else self._as_json()
        self.file = base64.b64encode(text.encode("utf-8-sig" if self.form == "csv" else "utf-8"))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "download",
        }

    def _as_table(self, rows):
        """As people read it on the screen."""
        described = rows.fields_get(COLUMNS, ["string", "selection"])
        words = {name: dict(one.get("selection", ())) for name, one in described.items()}
        return to_csv(
            [described[name]["string"] for name in COLUMNS],
            (
                [
                    words[name].get(row[name], row[name]) if name != "days" else row.days or ""
                    for name in COLUMNS
                ]
                for row in rows
            ),
        )

    def _as_json(self):
        """With codes, for another program."""
        about = {
            "kind": "healthcare-interop-register",
            "database": self.env.cr.dbname,
            "company": self.env.company.name,
            "at": f"{fields.Datetime.now().isoformat()}Z",
        }
        return to_json(about, self.env["interop.register.line"]._lines())
