"""What every entity plug-in is: a set-wise ``_apply``, and help with references."""

from zoneinfo import ZoneInfo

from odoo import api, models

from ..core.applying import (
    Outcome,
    clashing_identifiers,
    missing_reference,
    unknown_reference,
)
from ..core.binding import MAY_CLASH, clash, keys_of
from ..core.errors import MissingCode


class Entity(models.AbstractModel):
    """An entity is found by name: ``env["interop.entity.<name>"]``. Other add-ons extend one by ``_inherit``.

    ``_apply`` gets items of one call, each subject once, runs as the source system's service user in the call's company
    with chatter off, inside a savepoint, and returns an ``Outcome`` for every item. What can be expected (a missing code,
    older news) is an outcome; raising is for the unexpected, and costs halving the set. Work set-wise: a loop that
    queries is a defect.
    """

    _name = "interop.entity"
    _description = "Interop entity"

    #: items applied in one call; small where one item is slow, so that a drain can stop in time
    _set_size = 100

    #: the group whose members may apply it (external id); it is given to service users (``models/meaning/service_rights``)
    _right = ""
    #: entities whose right it takes besides where a route has ticked something: {field of the route: entities}
    _right_also = {}
    #: the model of a stub, where it is not its home
    _stub_home = ""
    #: what it changes in Odoo with that right: {model: some of "wcd", write, create, delete}
    _touches = {}

    def _apply(self, call, items):
        raise NotImplementedError

    def _day(self, call, moment):
        """The calendar day of ``moment`` where the facility is; today where none was told."""
        return moment.at.astimezone(ZoneInfo(call.zone)).date() if moment else call.now.date()

    # -- references --

    def _find_references(self, call, references):
        """``{reference: record id}`` of those that are bound, one statement for each kind of entity.

        One whose identifiers are bound to two records is not found: it would be one of them by chance.
        """
        return self._look_up(call, references)[0]

    def _look_up(self, call, references):
        """``({reference: record id}, {reference: what it names at once})``: see ``_find_references`` and ``clash``."""
        found, clashing = {}, {}
        by_entity = {}
        for reference in references:
            by_entity.setdefault(reference.entity, set()).add(reference)
        for entity, wanted in by_entity.items():
            keys = {
                reference: list(keys_of(reference.identifiers, call.identity_domain))
                for reference in wanted
            }
            known = self._bindings()._resolve(
                entity, {key for names in keys.values() for key in names}
            )
            may_clash = call.takes_first or entity in MAY_CLASH
            for reference, names in keys.items():
                if not may_clash and (two := clash(names, known)):
                    clashing[reference] = two
                    continue
                record = next((known[name] for name in names if name in known), None)
                if record is not None:
                    found[reference] = record
        return found, clashing

    def _take_references(self, call, wanted):
        """Resolve what items refer to, making stubs where that is allowed.

        ``wanted``: triples (item, reference, path of the attribute). Returns ``(found, outcomes)``: the record id of each
        reference, and an outcome for each delivery that has to wait or fails because of one.
        """
        references = {reference for _item, reference, _path in wanted}
        found, clashing = self._look_up(call, references)
        absent = [
            reference
            for reference in references
            if reference not in found and reference not in clashing
        ]
        stubs = [
            reference
            for reference in absent
            if reference.identifiers and self._may_stub(call, reference)
        ]
        by_entity = {}
        for reference in stubs:
            by_entity.setdefault(reference.entity, []).append(reference)
        for entity, names in sorted(by_entity.items()):
            found |= self.env[f"interop.entity.{entity}"]._stub(call, names)
        outcomes = {}
        for item, reference, path in wanted:
            if item.delivery in outcomes:
                continue
            if reference in clashing:
                outcomes[item.delivery] = clashing_identifiers(
                    item, call, reference.entity, clashing[reference], path
                )
            elif reference not in found:
                outcomes[item.delivery] = self._unresolved(call, item, reference, path)
        return found, outcomes

    def _mentioned(self, items, paths):
        """What ``items`` refer to at ``paths``, as ``_take_references`` wants it: triples (item, reference, path)."""
        return [
            (item, reference, path)
            for item in items
            for path in paths
            if (reference := getattr(item.entity, path))
        ]

    def _reference_values(self, entity, homes, found):
        """``{attribute: {field: record id}}`` of the references that ``entity`` speaks of; ``homes``: attribute → field."""
        return {
            attribute: {field: found[reference] if reference else False}
            for attribute, field in homes.items()
            if (reference := getattr(entity, attribute)) is not None
        }

    def _may_stub(self, call, reference):
        """What the same document carries may be stood in for; anything else only where the route creates unknowns."""
        if not (reference.is_carried or call.may_create):
            return False
        # a system makes what its messages give it the right to, and waits for the rest
        plugin = self.env.get(f"interop.entity.{reference.entity}")
        home = plugin is not None and (plugin._stub_home or getattr(plugin, "_home", ""))
        return not home or self.env[home].has_access("create")

    def _unresolved(self, call, item, reference, path):
        if not reference.identifiers:
            return Outcome.failed(item, unknown_reference(reference, path))
        return missing_reference(item, call, reference, path)

    def _stub(self, call, references):
        """Make a record of lowest version for each reference and bind it; ``{reference: record id}``."""
        raise NotImplementedError

    def _one_of(self, allowed, value, path):
        """``value`` if it is one of the words ``allowed``; a sender's own word is a code that nobody translated."""
        if value and value not in allowed:
            raise MissingCode(f"unknown_{path}", path=path, value=value[:64])
        return value or False

    @api.model
    def _bindings(self):
        # bindings are the engine's own bookkeeping; a service user has no rights of its own on them
        return self.env["interop.binding"].sudo()

    @api.model
    def _versions(self):
        # likewise
        return self.env["interop.version"].sudo()
