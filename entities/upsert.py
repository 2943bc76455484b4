"""Create or change one Odoo record for each canonical entity, compared first, attribute by attribute.

What an entity says of itself in its file: ``_entity``, ``_home`` and

- ``_prepare(call, items)``  look up, set-wise, whatever values need (references, codes); returns any object and outcomes
- ``_to_values(call, item, prepared)``  ``{attribute: {field: value}}`` for the attributes the message speaks of
- ``_create_values(call, item, values)``  what a new record needs besides
- ``_stub_values(call, reference)``  the least a record needs to stand in for what has not arrived
"""

from datetime import timezone

from odoo import models
from odoo.tools import float_compare

from ..core.applying import Outcome, clashing_identifiers
from ..core.binding import MAY_CLASH, clash, keys_of
from ..core.disagreements import NOBODY
from ..core.errors import BusinessRule, InteropError, MappingError
from ..core.versions import version_text

LONGEST_IDENTIFIER = 255


class Upsert(models.AbstractModel):
    _name = "interop.entity.upsert"
    _inherit = "interop.entity"
    _description = "Interop entity with one home"

    _entity = ""
    _home = ""
    #: the canonical entity that tells of it, where that is another word than ``_entity``
    _told_as = ""
    #: the fields of the home that each attribute writes; empty for what is told, and owned, as a whole
    _attribute_fields = {}

    def _apply(self, call, items):
        now, later, outcomes = self._claim(call, items)
        prepared, stopped = self._prepare(call, [item for item, _keys in now])
        outcomes += stopped.values()
        known = self._known(call, now)
        clashing = self._clashing(call, now, known)
        outcomes += [outcome for name, outcome in clashing.items() if name not in stopped]
        stopped = stopped.keys() | clashing.keys()
        new, old = [], []
        for item, keys in now:
            if item.delivery in stopped:
                continue
            try:
                values = self._to_values(call, item, prepared)
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
                continue
            record = next((known[key] for key in keys if key in known), None)
            (new if record is None else old).append((item, keys, values, record))
        gate = self.env["interop.ownership.gate"]
        new, old, stopped, left_out = gate._pass(self, call, new, old)
        made = self._make(call, new) + self._change(call, old, known)
        outcomes += stopped + (gate._telling(made, left_out) if left_out else made)
        if later:
            outcomes += self._apply(call, later)
        return outcomes

    def _claim(self, call, items):
        """``(pairs of item and keys, items for a second pass, outcomes)``.

        Two items of one call may be one thing under two names: the second waits until the first has its record.
        """
        now, later, outcomes, claimed = [], [], [], set()
        for item in items:
            keys = keys_of(item.entity.identifiers, call.identity_domain)
            if not keys or any(
                not value or max(len(namespace), len(value)) > LONGEST_IDENTIFIER
                for namespace, value in keys
            ):
                outcomes.append(
                    Outcome.failed(
                        item, MappingError("no_key" if not keys else "bad_key", path="identifiers")
                    )
                )
            elif claimed.isdisjoint(keys):
                claimed.update(keys)
                now.append((item, keys))
            else:
                later.append(item)
        return now, later, outcomes

    def _known(self, call, pairs):
        """``{(namespace, value): record id}`` of what is known already of pairs (item, keys)."""
        return self._bindings()._resolve(
            self._entity, {key for _item, keys in pairs for key in keys}
        )

    def _clashing(self, call, pairs, known):
        """``{delivery: outcome}`` of items that go by identifiers of two different records; no statement where none does."""
        if call.takes_first or self._entity in MAY_CLASH:
            return {}
        suspects = [(item, keys) for item, keys in pairs if clash(keys, known)]
        # whom news is of may depend on its time: those who were merged since are one
        merged = self._bindings()._resolve(
            self._entity, {key for _item, keys in suspects for key in keys}
        )
        return {
            item.delivery: clashing_identifiers(item, call, self._entity, found, "identifiers")
            for item, keys in suspects
            if (found := clash(keys, merged))
        }

    # -- creating --

    def _make(self, call, new):
        """Reserve the bindings, then create all records in one go."""
        if not new:
            return []
        reserved = {
            key: kind for _item, keys, _values, _record in new for key, kind in keys.items()
        }
        self._bindings()._reserve(self._entity, self._home, reserved, call.system, call.now)
        vals_list = []
        for item, _keys, values, _record in new:
            flat = {field: value for fields_ in values.values() for field, value in fields_.items()}
            vals_list.append(self._record_values(call, item, flat))
        records = self._create(vals_list)
        self._bindings()._assign(
            self._entity,
            self._home,
            {
                key: record.id
                for record, (_item, keys, _v, _r) in zip(records, new, strict=True)
                for key in keys
            },
        )
        self._versions()._keep(
            self._home,
            call.system,
            {
                record.id: self._settled_versions(call, item, values)
                for record, (item, _keys, values, _record) in zip(records, new, strict=True)
            },
        )
        self._after_create(call, list(zip((entry[0] for entry in new), records, strict=True)))
        return [
            Outcome.done(item, "created", self._home, record.id)
            for record, (item, _keys, _values, _record) in zip(records, new, strict=True)
        ]

    # -- changing --

    def _change(self, call, old, known):
        """Write only what differs and is not older than what is known; records with equal changes in one write."""
        if not old:
            return []
        self._bind_more(call, old, known)
        wanted = sorted({record for _item, _keys, _values, record in old})
        records = self.env[self._home].browse(wanted).exists()
        by_id = {record.id: record for record in records}
        tellers = self._versions()._tellers(self._home, by_id, call.system)
        writes, versions, outcomes, heard, told = {}, {}, [], [], []
        for item, _keys, values, record_id in old:
            if record_id not in by_id:
                outcomes.append(
                    Outcome.failed(item, BusinessRule("record_deleted", path=self._entity))
                )
                continue
            version, told_by = self._version(item), tellers.get(record_id, NOBODY)
            fresh = self._fresh(version, values, told_by.mine, by_id[record_id])
            told.append((item, by_id[record_id], values, told_by.mine))
            if not fresh and values:
                outcomes.append(Outcome.done(item, "superseded", self._home, record_id))
                continue
            try:
                changes = self._differences(by_id[record_id], fresh)
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
                continue
            if newer := {name: version for name in fresh if told_by.mine.get(name) != version}:
                versions.setdefault(record_id, {}).update(newer)
            if (told_by.others or told_by.is_listed) and self._attribute_fields:
                heard.append((item, by_id[record_id], fresh, told_by))
            if changes:
                writes.setdefault(_frozen(changes), (changes, []))[1].append(record_id)
            effect = "updated" if changes else "unchanged"
            outcomes.append(Outcome.done(item, effect, self._home, record_id))
        # before the write: what stood there was somebody's word too
        self._before_write(call, told)
        said = self.env["interop.hearing"]._hear(self, call, heard) if heard else {}
        self._write_all(
            call,
            [
                # one prefetch for all: what a write looks up around a record is looked up for the whole set at once
                (changes, records.browse(ids).with_prefetch(records.ids))
                for changes, ids in writes.values()
            ],
        )
        self._versions()._keep(self._home, call.system, versions, said)
        return outcomes

    def _bind_more(self, call, old, known):
        """A known record came under further names: they are its own from now on."""
        fresh, records = {}, {}
        for _item, keys, _values, record in old:
            for key, kind in keys.items():
                if key not in known and key not in records:
                    fresh[key], records[key] = kind, record
        self._bindings()._reserve(self._entity, self._home, fresh, call.system, call.now)
        self._bindings()._assign(self._entity, self._home, records)

    def _differences(self, record, values):
        """``{field: value}`` of what a write would change; an ``InteropError`` where it may not be changed so."""
        return {
            field: value
            for fields_ in values.values()
            for field, value in fields_.items()
            if self._differs(record, field, value)
        }

    def _differs(self, record, name, value):
        field = record._fields[name]
        current = record[name]
        if field.type == "many2one":
            return current.id != (value or False)
        if field.type in ("one2many", "many2many"):
            return set(current.ids) != {
                id_ for command in value for id_ in (command[2] if command[0] == 6 else ())
            }
        if field.type in ("float", "monetary"):
            return float_compare(current, value or 0.0, precision_digits=6) != 0
        return (current or False) != (value or False)

    def _write_all(self, call, writes):
        """``writes``: pairs of (changes, the records that get them)."""
        for changes, records in writes:
            self._write(call, records, changes)

    def _write(self, call, records, changes):
        records.write(changes)

    def _version(self, item):
        """The source's own version, else the time of receipt: without one, what comes later is newer."""
        return item.version or version_text(item.received_at.replace(tzinfo=timezone.utc))

    def _fresh(self, version, values, known_versions, record):
        """``values`` of the attributes in which ``version`` is not older than what is known of ``record``.

        ``known_versions``: ``{attribute: version}`` of what the same system said before.
        """
        return {
            attribute: value
            for attribute, value in values.items()
            if version >= known_versions.get(attribute, "")
        }

    # -- stubs --

    def _stub(self, call, references):
        made, by_key, unique = {}, {}, []
        for reference in references:
            keys = keys_of(reference.identifiers, call.identity_domain)
            same = next((by_key[key] for key in keys if key in by_key), None)
            if same is None:
                same = len(unique)
                unique.append((reference, keys))
            by_key.update(dict.fromkeys(keys, same))
            made[reference] = same
        self._bindings()._reserve(
            self._entity,
            self._home,
            {key: kind for _reference, keys in unique for key, kind in keys.items()},
            call.system,
            call.now,
        )
        records = self.env[self._home].create(
            [self._stub_values(call, reference) for reference, _keys in unique]
        )
        self._bindings()._assign(
            self._entity, self._home, {key: records[same].id for key, same in by_key.items()}
        )
        return {reference: records[same].id for reference, same in made.items()}

    # -- what each entity says of itself --

    def _can_compare(self, item, attribute):
        """Whether what ``item`` says of ``attribute`` is of now, as what stands is."""
        return True

    def _prepare(self, call, items):
        return None, {}

    def _to_values(self, call, item, prepared):
        raise NotImplementedError

    def _create_values(self, call, item, values):
        return {}

    def _record_values(self, call, item, values):
        """What a new record is created with; ``values``: those told, by field."""
        return self._create_values(call, item, values) | values

    def _stub_values(self, call, reference):
        return {"name": reference.display or reference.identifiers[0].value}

    def _create(self, vals_list):
        return self.env[self._home].create(vals_list)

    def _settled_versions(self, call, item, values):
        """``{attribute: version}`` of a new record."""
        return dict.fromkeys(self._settled(call, item, values), self._version(item))

    def _settled(self, call, item, values):
        """The attributes of a new record in which older news may not change it any more: all that the message tells."""
        return values

    def _before_write(self, call, told):
        """Hook: ``told`` of (item, known record, values, ``{attribute: version}`` that the same system told), late ones too."""

    def _after_create(self, call, pairs):
        """Hook: ``pairs`` of (item, new record)."""


def _frozen(changes):
    return tuple(sorted((field, repr(value)) for field, value in changes.items()))
