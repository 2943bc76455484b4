"""A configuration file into this database: what was chosen of it, whole or not at all; and a rehearsal that leaves nothing."""

import psycopg2

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...core.bundle.differences import ALIKE, CHANGED, NEW, ONLY_HERE
from ...core.bundle.form import known_by
from ...core.bundle.parts import (
    COMPANIES,
    CONTRACTS,
    CREDENTIALS,
    MAPPINGS,
    PARAMETERS,
    PARTS,
    PLAIN,
)
from ...core.bundle.references import in_order, with_needed, word_field
from ..exchange.own_cursor import throwaway
from .configuration_file import BY_HAND, MODELS
from .configuration_names import KINDS, SHARED


class ConfigurationTaking(models.AbstractModel):
    _inherit = "interop.configuration.file"

    def _take(self, text, *, companies=None, chosen=None, archived=(), is_put_in_use=False):
        """Take a file in: ``(changes, mistakes)``. With a mistake nothing is changed; what can't be raises, with all places.

        ``chosen`` are ``(part, known)`` of the entries to take, None for all that differ; new ones that they name come along;
        ``archived`` those of what is only here and is to be archived. Mappings are put in use where that was asked for; those
        that another one that is taken adapts always are.
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
        published = [
            one for one in taken if one.part == CONTRACTS and (is_put_in_use or one.state == NEW)
        ]
        failed = wide._write(plan._replace(used=used), taken, published)
        if failed:
            raise UserError(self._told(failed))
        wide._put_in_use(plan, [one for one in taken if one.known in used and one.state in ALIKE])
        gone = wide._archive(plan, archived)
        return [*taken, *gone], ()

    def _check_may_take(self):
        if not (self.env.su or self.env.user.has_group("healthcare_interop.group_administrator")):
            raise AccessError(self.env._("Only administrators import and compare a configuration."))
        for part, model in MODELS.items():
            if part not in (COMPANIES, PARAMETERS):
                self.env[model].check_access("write")

    def _rehearse(self, plan):
        """``{change: told}`` of what a rule of this database would keep out, were all of it taken. Nothing of it stays."""
        wide = self._wide()
        taken = [
            one
            for one in plan.changes
            if one.state in (NEW, CHANGED) and one.part != CREDENTIALS and one not in plan.wrong
        ]
        published = [one for one in taken if one.part == CONTRACTS and one.state == NEW]
        taken = in_order(plan.bundle, taken)
        used = plan.adapted(taken)
        try:
            with throwaway(wide.env) as env:
                # never wait long for a row that somebody holds
                env.cr.execute("SET LOCAL lock_timeout = '3s'")
                return env[self._name]._write(plan._replace(used=used), taken, published)
        finally:
            # what was remembered meanwhile never was
            for cache in ("default", "templates"):
                self.env.registry.clear_cache(cache)

    def _told(self, failed):
        """A line for each of ``{change: told}``."""
        return "\n".join(
            self.env._("%(place)s: %(told)s", place=change.place, told=told)
            for change, told in failed.items()
        )

    def _write(self, plan, changes, published):
        """Write changes, and publish contracts of them; ``{change: told}`` of those that can't be, in their order."""
        failed = {}
        for part in PARTS:
            some = [one for one in changes if one.part == part and one.state not in ALIKE]
            # what adapts another comes after it, new or not
            for states in ((NEW, CHANGED),) if part in BY_HAND else ((NEW,), (CHANGED,)):
                group = [change for change in some if change.state in states]
                if group:
                    self._write_all(plan, part, states[0], group, failed)
        self._publish([one for one in published if one not in failed], failed)
        return failed

    def _write_all(self, plan, part, state, changes, failed):
        """In one go; where that fails, one by one, to tell which it is."""
        try:
            with self.env.cr.savepoint():
                self._write_group(plan, part, state, changes)
        except AccessError:
            raise
        except (UserError, ValueError, psycopg2.IntegrityError, psycopg2.DataError) as error:
            if len(changes) == 1:
                failed[changes[0]] = self._reason(part, error)
                return
            for change in changes:
                self._write_all(plan, part, state, [change], failed)

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
                made[kind] = {one[word_field(kind)]: one.id for one in model.search([])}
            if word not in made[kind]:
                raise UserError(self.env._("it names “%s”, which can't be taken in", word))
            return made[kind][word]

        return find

    def _put_in_use(self, plan, changes):
        for change in changes:
            entry = plan.bundle.parts[MAPPINGS][change.index]
            self.env["interop.mapping"]._find_entry(entry)._put_taken_in_use()

    def _publish(self, changes, failed):
        """What is new of contracts always acts; of others what stands is published where that was asked for."""
        plain = self.env["interop.configuration.records"]
        contracts = plain._records(CONTRACTS)
        ids = {
            known_by(CONTRACTS, entry): one for one, entry in plain._entries(CONTRACTS, contracts)
        }
        for change in changes:
            try:
                with self.env.cr.savepoint():
                    contracts.browse(ids[change.known])._publish_if_changed(
                        self.env._("From a configuration file")
                    )
            except UserError as error:
                failed[change] = str(error)

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
