"""Merges and unmerges (HL7 v2 A40, A37; FHIR Patient.link): an alias table, nothing is deleted.

Safe against itself: merging into oneself, in a circle or again changes nothing. Merges are rare, so they are taken one
by one, in order.
"""

from dataclasses import replace

from odoo import models

from ..core.applying import Outcome, missing_reference
from ..core.binding import keys_of
from ..core.canonical import Reference
from ..core.errors import MappingError

ATTRIBUTE = "merged_into"
#: what names its patient directly
HOLDERS = (
    "interop.encounter",
    "interop.appointment",
    "interop.coverage",
    "interop.authorization",
    "interop.claim",
    "interop.charge",
    "interop.order",
)


class Merging(models.AbstractModel):
    _name = "interop.merging"
    _inherit = "interop.entity"
    _description = "Interop merging"

    def _apply(self, plugin, call, items):
        """Outcomes for ``items`` (events merged, unmerged) of the entity ``plugin``."""
        return [self._apply_one(plugin, call, item) for item in items]

    # -- who somebody was at a time --

    def _as_of(self, plugin, call, pairs, known):
        """``{key: record id}`` for news older than the merge of whom it names: it is said of the merged record itself.

        A registration that arrives after the merge must not become the survivor's. Without a version of its own, news is
        as new as its arrival.
        """
        merged = self._aliases()._into(plugin._home, set(known.values()))
        if not merged:
            return {}
        versions = self._versions()._of(plugin._home, list(merged), call.system)
        bound = self._bindings()._resolve(plugin._entity, known, follow_merges=False)
        found = {}
        for item, keys in pairs:
            for key in keys.keys() & bound.keys() if item.version else ():
                record = bound[key]
                while (into := merged.get(record)) and item.version >= versions.get(record, {}).get(
                    ATTRIBUTE, ""
                ):
                    record = into
                found[key] = record
        return found

    def _is_merged(self, record):
        """Whether ``record`` stands behind another one now."""
        return bool(
            self._aliases().search_count(
                [
                    ("res_model", "=", record._name),
                    ("merged_id", "=", record.id),
                    ("is_active", "=", True),
                ],
                limit=1,
            )
        )

    # -- merging --

    def _apply_one(self, plugin, call, item):
        merged = self._record(plugin, call, item.entity.identifiers, follow_merges=False)
        if merged is None:
            return Outcome.failed(item, MappingError("no_key", path="identifiers"))
        if self._is_superseded(plugin, call, item, merged):
            return Outcome.done(item, "superseded", plugin._home, merged)
        if item.event == "unmerged":
            return self._unmerge(plugin, call, item, merged)
        return self._merge(plugin, call, item)

    def _record(self, plugin, call, identifiers, *, follow_merges=True):
        """The record that ``identifiers`` name; a stub is made for one that nobody has heard of yet."""
        keys = keys_of(identifiers, call.identity_domain)
        if not keys:
            return None
        known = self._bindings()._resolve(plugin._entity, keys, follow_merges=follow_merges)
        found = next((known[key] for key in keys if key in known), None)
        if found is None:
            reference = Reference(plugin._entity, tuple(identifiers))
            found = plugin._stub(call, [reference])[reference]
        return found

    def _is_superseded(self, plugin, call, item, merged):
        stored = self._versions()._of(plugin._home, [merged], call.system).get(merged, {})
        return bool(item.version) and item.version < stored.get(ATTRIBUTE, "")

    def _merge(self, plugin, call, item):
        survivor_reference = item.entity.merged_into
        if not survivor_reference:
            return Outcome.failed(item, MappingError("required", path=ATTRIBUTE))
        # that two numbers are one record's is just what a merge says
        known = self._find_references(replace(call, takes_first=True), [survivor_reference])
        if survivor_reference not in known and not self._may_stub(call, survivor_reference):
            return missing_reference(item, call, survivor_reference, ATTRIBUTE)
        survivor = self._record(plugin, call, survivor_reference.identifiers)
        merged = self._record(plugin, call, item.entity.identifiers)
        if merged == survivor:
            return Outcome.done(item, "unchanged", plugin._home, survivor)
        self._keep_version(plugin, call, item, merged)
        moved = self._move(plugin, merged, survivor)
        self._aliases()._merge(plugin._home, merged, survivor, call.system, call.now, moved)
        self._set_active(plugin, merged, False)
        return Outcome.done(item, "merged", plugin._home, survivor)

    def _unmerge(self, plugin, call, item, merged):
        self._keep_version(plugin, call, item, merged)
        undone = self._aliases()._unmerge(plugin._home, merged, call.now)
        if undone is None:
            return Outcome.done(item, "unchanged", plugin._home, merged)
        self._move_back(merged, *undone)
        self._set_active(plugin, merged, True)
        return Outcome.done(item, "unmerged", plugin._home, merged)

    def _move(self, plugin, merged, survivor):
        """What was recorded of the merged patient is the survivor's from now on: visits must not depend on whether they
        were told before the merge or after it. Returns ``{model: ids}`` for an unmerge."""
        if plugin._home != "res.partner":
            return {}
        moved = {}
        for model in HOLDERS:
            holders = self.env[model].with_context(active_test=False)
            records = holders.search([("partner_id", "=", merged)])
            records.write({"partner_id": survivor})
            moved[model] = records.ids
        return moved

    def _move_back(self, merged, survivor, moved):
        """Those that are still the survivor's go back to whom they came from."""
        for model, ids in (moved or {}).items():
            records = self.env[model].browse(ids).exists()
            records.filtered(lambda record: record.partner_id.id == survivor).write(
                {"partner_id": merged}
            )

    def _keep_version(self, plugin, call, item, record):
        if item.version:
            self._versions()._keep(plugin._home, call.system, {record: {ATTRIBUTE: item.version}})

    def _set_active(self, plugin, record, is_active):
        """The merged record is archived, so that nobody picks it by hand, and comes back with the unmerge."""
        self.env[plugin._home].browse(record).write({"active": is_active})

    def _aliases(self):
        # the engine's own bookkeeping; a service user has no rights of its own on it
        return self.env["interop.alias"].sudo()
