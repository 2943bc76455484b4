"""Concept maps and contracts as entries of a configuration file."""

from collections import Counter

from odoo import fields, models

from ...core.concept_csv import Row
from ...core.concept_csv import write as to_csv
from ...core.configuration_file import CONCEPT_MAPS, CONTRACTS
from .configuration_file import Seen


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
        return self.search([("code", "=", entry["code"])], limit=1)

    def _look_at(self, entry):
        if not self:
            told = self.env._("%s translations", len(entry["lines"]))
            return Seen(CONCEPT_MAPS, entry["name"], "new", told)
        known = {row.key: _line(row) for row in self._rows()}
        counts = Counter(_state(known.get(_row(line).key), line) for line in entry["lines"])
        told = []
        if counts["new"]:
            told.append(self.env._("%s translations more", counts["new"]))
        if counts["changed"]:
            told.append(self.env._("%s translations changed", counts["changed"]))
        if self.name != entry["name"] or (self.note or "") != entry.get("note", self.note or ""):
            told.append(self.env._("name or note"))
        return Seen(CONCEPT_MAPS, entry["name"], "changed" if told else "same", "\n".join(told))

    def _take_entry(self, entry):
        """Lines are added and changed; others stay."""
        vals = {"name": entry["name"]} | ({"note": entry["note"]} if "note" in entry else {})
        if self:
            self.write(vals)
        concept_map = self or self.create({"code": entry["code"], **vals})
        if entry["lines"]:
            concept_map._load_csv(to_csv(map(_row, entry["lines"])))
        return concept_map


class ContractFile(models.Model):
    _inherit = "interop.contract"

    def _to_entry(self):
        attributes = [
            {"path": line.path, "class": line.data_class}
            | ({"purpose": line.purpose} if line.purpose else {})
            | ({"retention_days": line.retention_days} if line.retention_days else {})
            for line in self.attribute_ids.sorted("path")
        ]
        schema = {"schema": self.schema} if self.schema else {}
        head = {name: self[name] for name in ("format", "document", "name", "code")}
        return head | schema | {"attributes": attributes}

    def _find_entry(self, entry):
        return self.search(
            [("format", "=", entry["format"]), ("document", "=", entry["document"])], limit=1
        )

    def _look_at(self, entry):
        if not self:
            told = self.env._("%s attributes", len(entry["attributes"]))
            return Seen(CONTRACTS, entry["name"], "new", told)
        mine = self._to_entry()
        before, after = (
            {line["path"]: line for line in one["attributes"]} for one in (mine, entry)
        )
        told = [self.env._("%s is allowed", path) for path in after if path not in before]
        told += (
            self.env._("%s is no longer allowed", path) for path in before if path not in after
        )
        told += (
            self.env._("%s: class, purpose or retention", path)
            for path, line in after.items()
            if path in before and before[path] != line
        )
        if any(mine.get(name) != entry.get(name) for name in ("name", "schema")):
            told.append(self.env._("name or schema"))
        return Seen(CONTRACTS, entry["name"], "changed" if told else "same", "\n".join(told))

    def _take_entry(self, entry):
        """What may be stored is what the file lists, no more and no less, once it is published."""
        wanted = {line["path"]: line for line in entry["attributes"]}
        known = {line.path: line for line in self.attribute_ids}
        lines = [(2, line.id) for path, line in known.items() if path not in wanted]
        for path, line in wanted.items():
            vals = {
                "data_class": line["class"],
                "purpose": line["purpose"],
                "retention_days": line.get("retention_days", 0),
            }
            lines.append(
                (1, known[path].id, vals) if path in known else (0, 0, {"path": path, **vals})
            )
        names = ("format", "document", "name", "schema")
        vals = {name: entry.get(name) for name in names} | {"attribute_ids": lines}
        if not self:
            return self.create(vals | {"code": self._free_code(entry.get("code") or entry["name"])})
        self.write(vals)
        return self


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


def _state(known, line):
    if known is None:
        return "new"
    return "same" if known == line else "changed"
