"""Concept maps as entries of a configuration file."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...core.concept_csv import Row
from ...core.concept_csv import write as to_csv


class ConceptMapEntry(models.Model):
    _inherit = "interop.concept.map"

    def _rows(self):
        return [
            Row(
                line.source_code,
                line.source_system or "",
                line.target_code,
                line.for_system_id.code or "",
                line.valid_from or None,
                line.valid_until or None,
            )
            for line in self.env["interop.concept.map.line"].search([("map_id", "in", self.ids)])
        ]

    def _to_entry(self):
        note = {"note": self.note} if self.note else {}
        lines = [_line(row) for row in sorted(self._rows(), key=lambda row: str(row.key))]
        return {"code": self.code, "name": self.name, **note, "lines": lines}

    def _find_entry(self, entry):
        """One that is archived too: its code is taken."""
        return self.with_context(active_test=False).search([("code", "=", entry["code"])], limit=1)

    def _take_entry(self, entry):
        """Make it say what the entry says, no more and no less."""
        vals = {"name": entry["name"], "note": entry.get("note")}
        if self:
            self.write(vals | {"active": True})
        concept_map = self or self.create({"code": entry["code"], **vals})
        if entry["lines"]:
            loaded = concept_map._load_csv(to_csv(map(_row, entry["lines"])), is_replacing=True)
            if loaded.mistakes:
                line, code, _column = loaded.mistakes[0]
                raise UserError(self.env._("lines[%(index)s]: %(code)s", index=line - 2, code=code))
        else:
            concept_map.line_ids.unlink()
        return concept_map


def _line(row):
    """A translation as an entry's line."""
    said = {
        "code": row.code,
        "means": row.means,
        "code_system": row.code_system,
        "only_for": row.only_for,
        "valid_from": row.valid_from and row.valid_from.isoformat(),
        "valid_until": row.valid_until and row.valid_until.isoformat(),
    }
    return {name: value for name, value in said.items() if value}


def _row(line):
    return Row(
        line["code"],
        line.get("code_system", ""),
        line["means"],
        line.get("only_for", ""),
        fields.Date.to_date(line.get("valid_from")),
        fields.Date.to_date(line.get("valid_until")),
    )
