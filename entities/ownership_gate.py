"""Before anything is made or changed: is it this system's to say?"""

from dataclasses import replace

from odoo import models

from ..core.applying import DONE, Outcome
from ..core.disagreements import NOBODY
from ..core.errors import InteropError, OwnershipError
from ..core.ownership import PEOPLE, WHOLE, judge, reason


class Gate(models.AbstractModel):
    """Holds what messages tell against ``interop.ownership``. Without a rule for the entity it costs a look into a set.

    A message that says the same as what stands is nobody's concern: senders repeat all they know of a patient with
    every lab result.
    """

    _name = "interop.ownership.gate"
    _inherit = "interop.entity"
    _description = "Interop ownership gate"

    def _pass(self, plugin, call, new, old):
        """``(new, old, outcomes, left_out)`` of ``new`` and ``old`` (lists of item, keys, values and record id or None).

        What is left of them is for the system to say, or flagged. ``left_out``: ``{delivery: {attribute: rule}}``.
        """
        rules = self.env["interop.ownership"]._rules()
        foreign = {}
        if rules.entities:
            for item, _keys, values, record in (*new, *old):
                names = values if plugin._attribute_fields else (WHOLE,)
                found = rules.foreign(
                    item.entity.NAME,
                    names,
                    system=call.system,
                    facility=call.facility,
                    is_new=record is None,
                )
                if found:
                    foreign[item.delivery] = found
        if not foreign:
            return new, old, [], {}
        differing, known = self._differing(plugin, call, foreign, old)
        outcomes, left_out, overridden = [], {}, []
        passed = [
            [
                entry
                for given in entries
                if (entry := self._judged(plugin, given, differing, outcomes, left_out, overridden))
            ]
            for entries in (new, old)
        ]
        self._tell(plugin, call, known, [*new, *old], left_out, overridden)
        return *passed, outcomes, left_out

    def _differing(self, plugin, call, foreign, old):
        """``({delivery: {attribute: rule}}, {record id: (record, Tellers)})``: where messages say otherwise.

        Those about known records that are no older than the system's last; of new records all that is foreign.
        """
        entries = [entry for entry in old if entry[0].delivery in foreign]
        records = self.env[plugin._home].browse(sorted({entry[-1] for entry in entries})).exists()
        tellers = self._versions()._tellers(plugin._home, records.ids, call.system)
        known = {record.id: (record, tellers.get(record.id, NOBODY)) for record in records}
        differing = dict(foreign)
        for item, _keys, values, id_ in entries:
            record, told_by = known.get(id_, (None, NOBODY))
            version = plugin._version(item)
            differing[item.delivery] = {
                name: rule
                for name, rule in foreign[item.delivery].items()
                if record
                and version >= told_by.mine.get(name, "")
                and self._says_otherwise(plugin, item, record, name, values)
            }
        return differing, known

    def _says_otherwise(self, plugin, item, record, name, values):
        if name == WHOLE:
            # what is told as a whole is done, or to be taken back: a non-owner's is never nothing
            return True
        if not plugin._can_compare(item, name):
            return True
        try:
            return bool(plugin._differences(record, {name: values[name]}))
        except InteropError:
            return True

    def _judged(self, plugin, entry, differing, outcomes, left_out, overridden):
        """The entry without what it may not say; None where nothing is left of it, or it fails.

        ``overridden`` gets (item, attribute, rule) of what is written over people's word.
        """
        item, keys, values, record = entry
        verdict = judge(differing.get(item.delivery, {}))
        if verdict.refused:
            outcomes.append(self._refusal(item, verdict.refused))
            return None
        overridden += (
            (item, name, rule) for name, rule in verdict.flagged.items() if rule.owner == PEOPLE
        )
        if not verdict.left_out:
            return entry
        rest = {name: value for name, value in values.items() if name not in verdict.left_out}
        left_out[item.delivery] = verdict.left_out
        if not rest or WHOLE in verdict.left_out:
            outcome = Outcome.discarded(item, reason(verdict.left_out))
            outcomes.append(outcome.with_record(plugin._home, record) if record else outcome)
            return None
        return item, keys, rest, record

    def _tell(self, plugin, call, known, entries, left_out, overridden):
        """The hearing lists whose word did not come to stand."""
        if not plugin._attribute_fields:
            return
        by_delivery = {item.delivery: (item, values, id_) for item, _keys, values, id_ in entries}

        def words(chosen):
            for delivery, name, rule in chosen:
                item, values, id_ = by_delivery[delivery]
                if id_ in known:
                    record, tellers = known[id_]
                    yield item, record, name, values[name], rule, tellers

        hearing = self.env["interop.hearing"]
        left = (
            (delivery, name, rule)
            for delivery, rules in left_out.items()
            for name, rule in rules.items()
        )
        if told := list(words(left)):
            hearing._hear_left_out(plugin, call, told)
        if told := list(words((item.delivery, name, rule) for item, name, rule in overridden)):
            hearing._hear_people(plugin, call, told)

    def _refusal(self, item, refused):
        """Named by the first attribute: one cause for each, however many others a message tells besides."""
        name, rule = next(iter(refused.items()))
        error = OwnershipError("owned_elsewhere", path=name or item.entity.NAME, detail=rule.name)
        return Outcome.failed(item, error)

    def _verdict(self, call, item, attributes, *, is_new=False):
        """What becomes of ``attributes``, whatever the item says of them."""
        return judge(
            self.env["interop.ownership"]
            ._rules()
            .foreign(
                item.entity.NAME,
                attributes,
                system=call.system,
                facility=call.facility,
                is_new=is_new,
            )
        )

    def _pass_items(self, call, items, attribute=WHOLE):
        """``(items, outcomes)`` for what is told by the event itself, such as a merge."""
        passed, outcomes = [], []
        for item in items:
            verdict = self._verdict(call, item, [attribute])
            if verdict.refused:
                outcomes.append(self._refusal(item, verdict.refused))
            elif verdict.left_out:
                outcomes.append(Outcome.discarded(item, reason(verdict.left_out)))
            else:
                passed.append(item)
        return passed, outcomes

    def _telling(self, outcomes, left_out):
        """Deliveries say what of them was left out."""
        return [
            replace(
                outcome,
                reason=reason(left_out[outcome.delivery]),
                left_out=frozenset(left_out[outcome.delivery]),
            )
            if outcome.delivery in left_out and outcome.state == DONE
            else outcome
            for outcome in outcomes
        ]
