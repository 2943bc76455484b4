"""The configuration of this database as a file, and a file into it: compared first, then what was chosen of it whole or not at all."""

import hashlib
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

from ...core.bundle.differences import (
    CHANGED,
    NEW,
    compare,
    completed,
)
from ...core.bundle.form import Bundle, known_by, read, write
from ...core.bundle.mapping_entries import Mistake
from ...core.bundle.parts import (
    COMPANY,
    CONCEPT_MAPS,
    CONTRACTS,
    CREDENTIALS,
    ENDPOINTS,
    FACILITIES,
    MAPPINGS,
    OWNERSHIP,
    PARAMETERS,
    PARTS,
    PLAIN,
    SYSTEMS,
    TEAMS,
)
from ...core.bundle.references import (
    NAMED,
    entry_word,
    named,
    renamed,
    unknown,
)
from .configuration_names import SHARED

#: parts that people read: their models write and take entries themselves
BY_HAND = {
    MAPPINGS: "interop.mapping",
    CONCEPT_MAPS: "interop.concept.map",
    OWNERSHIP: "interop.ownership",
}
MODELS = BY_HAND | {part: told.model for part, told in PLAIN.items()}
#: the codes of mistakes, by what is not known
UNKNOWN = {
    TEAMS: "unknown_team",
    SYSTEMS: "unknown_system",
    FACILITIES: "unknown_facility",
    ENDPOINTS: "unknown_endpoint",
    CONTRACTS: "unknown_contract",
    MAPPINGS: "unknown_mapping",
}


class Plan(NamedTuple):
    """What a file would do here. ``ids``: the record of each ``(part, known)``; ``wrong``: what keeps an entry out.
    ``words``: Odoo's records that are named; ``used``: the mappings to be put in use.

    ``mistakes``: what keeps the whole file out; then there is nothing else.
    """

    mistakes: tuple = ()
    bundle: Bundle = Bundle()
    here: dict = {}
    ids: dict = {}
    changes: tuple = ()
    wrong: dict = {}
    words: dict = {}
    used: frozenset = frozenset()

    def adapted(self, changes):
        """The mappings that others of ``changes`` adapt: they have to be in use."""
        entries = [
            self.bundle.parts[MAPPINGS][one.index] for one in changes if one.part == MAPPINGS
        ]
        return {known_by(MAPPINGS, one["adapts"]) for one in entries if "adapts" in one}

    def all_mistakes(self, changes):
        return self.mistakes or tuple(
            sorted({one for change in changes for one in self.wrong.get(change, ())})
        )


class ConfigurationFile(models.AbstractModel):
    _name = "interop.configuration.file"
    _description = "Configuration as a file"

    # -- out --

    def _text(self, records=None):
        """The file of ``{part: records}``, or of everything the user may see."""
        wide = self._wide()
        if records is None:
            return write(wide._here(PARTS)[0], is_whole=True)
        return write({part: wide._entries_of(part, some)[0] for part, some in records.items()})

    def _wide(self):
        """In all companies of the user, whichever are ticked at the moment, and in the language of the terms."""
        companies = [] if self.env.su else self.env.user.company_ids.ids
        return self.with_context(allowed_company_ids=companies, lang=None)

    def _here(self, parts):
        """``({part: entries}, {(part, known): id})`` of this database."""
        here, ids = {}, {}
        for part in PARTS:
            if part in parts:
                here[part], found = self._entries_of(part)
                ids |= found
        return here, ids

    def _entries_of(self, part, records=None):
        plain = self.env["interop.configuration.records"]
        if part == CREDENTIALS:
            return plain._credentials(), {}
        if part in BY_HAND:
            records = self.env[BY_HAND[part]].search([]) if records is None else records
            rows = [(record.id, record._to_entry()) for record in records]
        else:
            rows = plain._entries(part, plain._records(part) if records is None else records)
        ids = {(part, known_by(part, entry)): record_id for record_id, entry in rows}
        if len(ids) < len(rows):
            raise UserError(self._alike(part, rows))
        return [entry for _id, entry in rows], ids

    def _alike(self, part, rows):
        """The words of the first two that a file can't keep apart."""
        seen = {}
        for record_id, entry in rows:
            known = known_by(part, entry)
            if known in seen:
                break
            seen[known] = record_id
        record = self.env[MODELS[part]].browse(record_id)
        return self.env._(
            "%(kind)s: two are called “%(name)s”. A file names things by their names and codes: rename or archive one of them.",
            kind=record._description,
            name=record.display_name,
        )

    # -- compared --

    def _plan(self, text, companies=None):
        """What ``text`` would do here; nothing is changed. ``companies``: what the file calls them → what they are called here."""
        bundle, mistakes = read(text)
        if mistakes:
            return Plan(mistakes)
        wide = self._wide()
        bundle = renamed(bundle, companies or {})
        # what entries name may stand in parts that the file does not have
        here, ids = wide._here({*bundle.parts, *NAMED})
        bundle = completed(bundle, here)
        changes = compare(here, bundle)
        plan = Plan((), bundle, here, ids, changes)
        return plan._replace(words=(words := wide._words(plan)), wrong=wide._wrong(plan, words))

    def _words(self, plan):
        """Odoo's records that the file names."""
        all_named = [
            one
            for part, entries in plan.bundle.parts.items()
            for entry in entries
            for one in named(part, entry, "")
        ]
        return self.env["interop.configuration.names"]._found(all_named)

    def _wrong(self, plan, words):
        """``{change: mistakes}`` of entries that this database can't take."""
        listed = {
            part: {entry_word(part, one) for one in plan.here.get(part, ())} for part in NAMED
        }
        in_use = {
            known_by(MAPPINGS, one._known())
            for one in self.env["interop.mapping"].search([("active_version_id", "!=", False)])
        }
        listed[MAPPINGS] &= in_use

        def is_known(one):
            if one.to in UNKNOWN:
                return "" if one.word in listed[one.to] else UNKNOWN[one.to]
            shared = one.to in SHARED
            if not shared and len(words.get((COMPANY, one.company, ""), ())) != 1:
                return ""  # that the company is not known is told already
            found = words.get((one.to, one.word, "" if shared else one.company), ())
            if len(found) == 1:
                return ""
            return f"ambiguous_{one.to}" if found else f"unknown_{one.to}"

        there = [
            one for one in plan.changes if one.state in (NEW, CHANGED) and one.part != CREDENTIALS
        ]
        wrong = unknown(plan.bundle, there, is_known)
        for change in there:
            if more := [*self._wrong_words(plan.bundle, change)]:
                wrong.setdefault(change, []).extend(more)
        return wrong

    def _wrong_words(self, bundle, change):
        entry = bundle.parts[change.part][change.index]
        if change.part == OWNERSHIP:
            for code in self.env["interop.ownership"]._entry_mistakes(entry):
                yield Mistake(change.place, code)
        if change.part not in PLAIN or change.part == PARAMETERS:
            return
        told = PLAIN[change.part]
        if change.state == NEW and not told.is_made:
            yield Mistake(f"{change.place}.{COMPANY}", "unknown_company")
        yield from self._wrong_choices(told, entry, change.place)
        for lines in told.lines:
            for index, line in enumerate(entry.get(lines.name, ())):
                yield from self._wrong_choices(lines, line, f"{change.place}.{lines.name}[{index}]")

    def _wrong_choices(self, told, entry, place):
        fields = self.env[told.model]._fields
        for field in told.fields:
            value = entry.get(field.name)
            if field.kind == "choice" and value is not None:
                chosen = fields[field.column or field.name]
                if value not in chosen.get_values(self.env):
                    yield Mistake(f"{place}.{field.name}", "bad_enum")

    def _digest(self, text):
        """By which the audit log, and whoever has the file, know which one it was."""
        return hashlib.sha256(text.encode()).hexdigest()
