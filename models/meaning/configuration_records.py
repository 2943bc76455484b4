"""Parts of the configuration whose entries are their records' fields: read out, looked up and written, set-wise."""

from decimal import Decimal

from odoo import models

from ...core.bundle.form import known_by
from ...core.bundle.parts import (
    COMPANIES,
    COMPANY,
    CREDENTIAL,
    FLAG,
    INTEGER,
    KEYS,
    NUMBER,
    PARAMETERS,
    PLAIN,
    column,
    line_key,
)
from ...core.bundle.references import word_field
from .configuration_names import NAMED_RECORDS


class ConfigurationRecords(models.AbstractModel):
    _name = "interop.configuration.records"
    _description = "Records as entries of a configuration file"

    # -- out --

    def _records(self, part):
        """All records of a part as the user may see them; what is archived is none of it."""
        model = self.env[PLAIN[part].model]
        if part == COMPANIES:
            return model.browse(self.env.context.get("allowed_company_ids") or model.search([]).ids)
        if part == PARAMETERS:
            # system parameters are the administrator's of the server; those of the add-on are no secrets
            return model.sudo().search([("key", "in", KEYS)])
        return model.search([])

    def _entries(self, part, records):
        """``[(id, entry)]``."""
        if part == PARAMETERS:
            values = {one.key: one.value or None for one in records}
            return [(0, {"key": key, "value": values.get(key)}) for key in KEYS]
        told = PLAIN[part]
        return [
            (
                record.id,
                self._said(told.fields, record)
                | {lines.name: self._lines(lines, record) for lines in told.lines},
            )
            for record in records
        ]

    def _credentials(self):
        """What is valid here, by its terms; no secret, no key, no digest of one."""
        found = {}
        # expiry is computed; the list is short
        for one in self.env["interop.credential"].search([("is_revoked", "=", False)]):
            if one.state == "valid" and one.endpoint_id.active:
                entry = self._said(CREDENTIAL.fields, one)
                found[known_by("credentials", entry)] = entry
        return list(found.values())

    def _lines(self, lines, record):
        said = (self._said(lines.fields, line, record) for line in record[lines.column])
        return sorted(said, key=lambda line: line_key(line, lines.key))

    def _said(self, fields, record, owner=None):
        company = self._company_of(owner or record)
        return {field.name: self._value(field, record, company) for field in fields}

    def _company_of(self, record):
        if record._name == "res.company":
            return record
        return record.company_id if "company_id" in record._fields else None

    def _value(self, field, record, company):
        if field.to == COMPANY and record._name == "res.company":
            return record.name
        value = record.with_context(active_test=False, lang=None)[column(field)]
        if field.to in NAMED_RECORDS:
            # the name of a system or facility is no secret to whoever may see what names it
            words = value.sudo().mapped(word_field(field.to))
            return sorted(words) if field.is_many else next(iter(words), None)
        if field.is_many:
            words = self.env["interop.configuration.names"]
            return sorted(words._word(field.to, one, company) for one in value)
        if field.to:
            return self.env["interop.configuration.names"]._word(field.to, value, company)
        if field.kind == NUMBER:
            return Decimal(str(value))
        if field.kind in (FLAG, INTEGER):
            return value if value or field.is_needed else None
        return str(value) if value else None

    # -- in --

    def _write_parameters(self, entries):
        # see _records
        parameters = self.env["ir.config_parameter"].sudo()
        for entry in entries:
            parameters.set_param(entry["key"], entry["value"] or False)

    def _make(self, part, entries, ids):
        """Records of new entries, one call for all; one that is archived here is taken out of the archive."""
        archived = self._archived(part)
        fresh = []
        for entry in entries:
            record = archived.get(known_by(part, entry))
            if record:
                mine = self._entries(part, record)[0][1]
                changed = self._changed(part, record, mine, mine | entry, ids)
                record.write({"active": True, **changed})
            else:
                fresh.append(entry)
        made = self.env[PLAIN[part].model].create([self._vals(part, entry, ids) for entry in fresh])
        self._link(part, zip(made, fresh, strict=True), ids)

    def _link(self, part, made, ids):
        """What entries name of their own part, once all of them are there."""
        own = [field for field in PLAIN[part].fields if field.to == part]
        for record, entry in made:
            vals = self._columns(own, entry, None, ids)
            if any(vals.values()):
                record.write(vals)

    def _archived(self, part):
        model = self.env[PLAIN[part].model].with_context(active_test=False)
        archived = model.search([("active", "=", False)], order="id")
        return {
            known_by(part, entry): self.env[PLAIN[part].model].browse(record_id)
            for record_id, entry in self._entries(part, archived)
        }

    def _vals(self, part, entry, ids):
        told = PLAIN[part]
        fields = [field for field in told.fields if field.to != part]
        vals = self._columns(fields, entry, entry.get(COMPANY), ids)
        for lines in told.lines:
            vals[lines.column] = [
                (0, 0, self._columns(lines.fields, line, entry.get(COMPANY), ids))
                for line in entry.get(lines.name, ())
            ]
        return vals

    def _changed(self, part, record, mine, entry, ids):
        """The columns in which an entry differs from ``mine``, what it is here."""
        told = PLAIN[part]
        company = entry.get(COMPANY)
        # names of accounts and the like mean others in another company
        moved = mine.get(COMPANY) != company
        fields = [
            field
            for field in told.fields
            if mine[field.name] != entry[field.name] or (moved and field.to)
        ]
        vals = self._columns(fields, entry, company, ids)
        for lines in told.lines:
            if commands := self._commands(lines, record, mine, entry, ids):
                vals[lines.column] = commands
        return vals

    def _commands(self, lines, record, mine, entry, ids):
        before = {line_key(line, lines.key): line for line in mine[lines.name]}
        after = {line_key(line, lines.key): line for line in entry[lines.name]}
        known = {
            line_key(self._said(lines.fields, one, record), lines.key): one.id
            for one in record[lines.column]
        }
        commands = [(2, known[key]) for key in before if key not in after]
        for key, line in after.items():
            if before.get(key) != line:
                vals = self._columns(lines.fields, line, entry.get(COMPANY), ids)
                commands.append((1, known[key], vals) if key in known else (0, 0, vals))
        return commands

    def _columns(self, fields, entry, company, ids):
        """Values for Odoo of what an entry says; ``ids(kind, word, company)`` finds what it names."""
        vals = {}
        for field in fields:
            if field.name not in entry and not field.is_many:
                continue
            value = entry.get(field.name)
            if field.is_many:
                value = [(6, 0, [ids(field.to, word, company) for word in value or ()])]
            elif field.to and value:
                value = ids(field.to, value, company)
            elif field.kind == NUMBER:
                value = float(value)
            vals[column(field)] = False if value is None else value
        return vals
