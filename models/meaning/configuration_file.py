"""The configuration of this database as a file, and a file into it: compared first, then what was chosen of it whole or not at all."""

import hashlib
from typing import NamedTuple

import psycopg2

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...core.bundle.differences import (
    ALIKE,
    CHANGED,
    NEW,
    ONLY_HERE,
    compare,
    completed,
)
from ...core.bundle.form import Bundle, known_by, read, write
from ...core.bundle.mapping_entries import Mistake
from ...core.bundle.parts import (
    COMPANIES,
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
    in_order,
    named,
    renamed,
    unknown,
    with_needed,
)
from .configuration_names import ENTRY_WORDS, KINDS, SHARED

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

    # -- in --

    def _take(self, text, *, companies=None, chosen=None, archived=(), is_put_in_use=False):
        """Take a file in: ``(changes, mistakes)``. With a mistake nothing is changed; what can't be raises, with its place.

        ``chosen`` are ``(part, known)`` of the entries to take, None for all that differ; new ones that they name come along;
        ``archived`` those of what is only
        here and is to be archived. Mappings are put in use where that was asked for; those that another one that is taken
        adapts always are.
        """
        self._check_may_take()
        plan = self._plan(text, companies)
        if plan.mistakes:
            return [], plan.mistakes
        taken = [
            one
            for one in plan.changes
            if one.state != ONLY_HERE and (chosen is None or (one.part, one.known) in chosen)
        ]
        taken = [*with_needed(plan.bundle, plan.changes, taken)]
        if mistakes := plan.all_mistakes(taken):
            return [], mistakes
        wide = self._wide()
        taken = in_order(plan.bundle, taken)
        mappings = {one.known for one in taken if one.part == MAPPINGS}
        used = mappings if is_put_in_use else mappings & plan.adapted(taken)
        wide._write(plan._replace(used=used), [one for one in taken if one.state not in ALIKE])
        wide._publish(
            [one for one in taken if one.part == CONTRACTS and (is_put_in_use or one.state == NEW)]
        )
        wide._put_in_use(plan, [one for one in taken if one.known in used and one.state in ALIKE])
        gone = wide._archive(plan, archived)
        return [*taken, *gone], ()

    def _check_may_take(self):
        if not (self.env.su or self.env.user.has_group("healthcare_interop.group_administrator")):
            raise AccessError(self.env._("Only administrators import and compare a configuration."))
        for part, model in MODELS.items():
            if part not in (COMPANIES, PARAMETERS):
                self.env[model].check_access("write")

    def _write(self, plan, changes):
        for part in PARTS:
            some = [change for change in changes if change.part == part]
            # what adapts another comes after it, new or not
            for states in ((NEW, CHANGED),) if part in BY_HAND else ((NEW,), (CHANGED,)):
                group = [change for change in some if change.state in states]
                if group:
                    self._write_all(plan, part, states[0], group)

    def _write_all(self, plan, part, state, changes):
        """In one go; where that fails, one by one, to tell which it is."""
        try:
            with self.env.cr.savepoint():
                self._write_group(plan, part, state, changes)
        except AccessError:
            raise
        except (UserError, ValueError, psycopg2.IntegrityError, psycopg2.DataError) as error:
            for change in changes if len(changes) > 1 else ():
                self._write_all(plan, part, state, [change])
            place = changes[0].place if len(changes) == 1 else part
            told = self._reason(part, error)
            raise UserError(self.env._("%(place)s: %(told)s", place=place, told=told)) from error

    def _reason(self, part, error):
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, ValueError):
            return self.env._("a value that can't be kept")
        return self.env[MODELS[part]]._sql_error_to_message(error)

    def _write_group(self, plan, part, state, changes):
        plain = self.env["interop.configuration.records"]
        entries = [plan.bundle.parts[part][change.index] for change in changes]
        if part in BY_HAND:
            model = self.env[BY_HAND[part]]
            for change, entry in zip(changes, entries, strict=True):
                record = model._find_entry(entry)._take_entry(entry)
                if part == MAPPINGS and change.known in plan.used:
                    record._put_taken_in_use()
        elif part == PARAMETERS:
            plain._write_parameters(entries)
        elif state == NEW:
            plain._make(part, entries, self._finder(plan))
        else:
            mine = {known_by(part, entry): entry for entry in plan.here[part]}
            # accounts of rounding are a company's; whoever may set up the add-on may set these two
            model = self.env[MODELS[part]].sudo(self.env.su or part == COMPANIES)
            for change, entry in zip(changes, entries, strict=True):
                record = model.browse(plan.ids[part, change.known])
                here = mine[change.known]
                record.write(plain._changed(part, record, here, entry, self._finder(plan)))

    def _finder(self, plan):
        """``(kind, word, company's name) → id``; entries that were written a moment ago are found."""
        made = {}

        def find(kind, word, company):
            if kind in KINDS:
                [found] = plan.words[kind, word, "" if kind in SHARED else company or ""]
                return found
            if word not in made.get(kind, ()):
                model = self.env[MODELS[kind]]
                made[kind] = {one[ENTRY_WORDS[kind]]: one.id for one in model.search([])}
            return made[kind][word]

        return find

    def _put_in_use(self, plan, changes):
        for change in changes:
            entry = plan.bundle.parts[MAPPINGS][change.index]
            self.env["interop.mapping"]._find_entry(entry)._put_taken_in_use()

    def _publish(self, changes):
        """What is new of contracts always acts; of others what stands is published where that was asked for."""
        plain = self.env["interop.configuration.records"]
        contracts = plain._records(CONTRACTS)
        ids = {
            known_by(CONTRACTS, entry): one for one, entry in plain._entries(CONTRACTS, contracts)
        }
        for change in changes:
            try:
                contracts.browse(ids[change.known])._publish_if_changed(
                    self.env._("From a configuration file")
                )
            except UserError as error:
                told = {"place": change.place, "told": str(error)}
                raise UserError(self.env._("%(place)s: %(told)s", **told)) from error

    def _archive(self, plan, archived):
        """Archive what is only here and was chosen for it, users of things before the things."""
        found = [
            one
            for one in plan.changes
            if one.state == ONLY_HERE and (one.part, one.known) in archived and self._is_made(one)
        ]
        for part in reversed(PARTS):
            ids = [plan.ids[one.part, one.known] for one in found if one.part == part]
            if ids:
                self.env[MODELS[part]].browse(ids).write({"active": False})
        return found

    def _is_made(self, change):
        return change.part in BY_HAND or PLAIN[change.part].is_made

    def _digest(self, text):
        """By which the audit log, and whoever has the file, know which one it was."""
        return hashlib.sha256(text.encode()).hexdigest()
