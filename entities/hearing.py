"""Two speakers, two words: what systems (or people) say otherwise than what stands is listed, and taken off by itself."""

from odoo import fields, models

from ..core.disagreements import is_news, left_out, mark_of, written
from ..core.ownership import PEOPLE


class Hearing(models.AbstractModel):
    """Asked only where a second system told of a record, a disagreement is listed, or a word was left out.

    Then it costs one statement a set, and one more where something is to be listed or taken off. It goes with the
    change itself: what is undone was never listed.
    """

    _name = "interop.hearing"
    _inherit = "interop.entity"
    _description = "Interop hearing"

    def _hear(self, plugin, call, heard):
        """What is being written. ``heard``: (item, record as it is before, ``{attribute: {field: value}}``, ``Tellers``).

        Returns the speaker's marks to be kept, ``{record id: {attribute: mark}}``.
        """
        marks, words = {}, []
        listed = self._disagreements()._listed(
            plugin._home, {record.id for _item, record, *_rest in heard}
        )
        for item, record, told, tellers in heard:
            for attribute, values in told.items():
                mark = self._mark(values)
                if mark is None:
                    continue
                marks.setdefault(record.id, {})[attribute] = mark
                before = self._standing(record, values)
                before_mark = self._mark(before)
                key = (record.id, item.entity.NAME, attribute)
                rows = listed.get(key, ())
                known = {one.said_by: one.said.mark for one in rows}
                pending = {one.said_by: one.said.mark for one in rows if one.is_pending}
                others = {
                    # who told of it while nobody else did said what stands
                    system: said.get(attribute) or known.get(system, before_mark)
                    for system, (attributes, said) in tellers.others.items()
                    if attribute in attributes
                }
                values_of = {before_mark: before, mark: values}
                words += (
                    (key, speaker, said, values_of.get(said.mark))
                    for speaker, said in written(call.system, mark, pending | others).items()
                )
        self._list(plugin, call, listed, words)
        return marks

    def _hear_left_out(self, plugin, call, entries):
        """What is not written, or written over people's word.

        ``entries``: (item, record, attribute, its values, rule, ``Tellers``). Versions are kept of what was left out: older
        news of it is no news.
        """
        versions, marks, words = {}, {}, []
        for item, record, attribute, values, rule, tellers in entries:
            mark = self._mark(values)
            if mark is None:
                continue
            standing = self._standing(record, values)
            speaker, owner = call.system, rule.owner
            said = left_out(speaker, mark, stands=owner, stands_mark=self._mark(standing))[speaker]
            versions.setdefault(record.id, {})[attribute] = plugin._version(item)
            marks.setdefault(record.id, {})[attribute] = mark
            if owner == PEOPLE or attribute in tellers.others.get(owner, ({},))[0]:
                words.append(((record.id, item.entity.NAME, attribute), speaker, said, values))
        self._versions()._keep(plugin._home, call.system, versions, marks)
        ids = {key[0] for key, *_rest in words}
        self._list(plugin, call, self._disagreements()._listed(plugin._home, ids), words)

    def _hear_people(self, plugin, call, entries):
        """A system's word is about to be written over that of people, who own the attribute; entries as above."""
        words = []
        listed = self._disagreements()._listed(plugin._home, {entry[1].id for entry in entries})
        for item, record, attribute, values, _rule, _tellers in entries:
            standing, mark = self._standing(record, values), self._mark(values)
            key = (record.id, item.entity.NAME, attribute)
            if mark is None or self._is_overridden(listed.get(key, ()), self._mark(standing)):
                continue
            said = written(call.system, mark, {PEOPLE: self._mark(standing)})[PEOPLE]
            words.append((key, PEOPLE, said, standing))
        self._list(plugin, call, listed, words)

    def _is_overridden(self, listed, standing):
        """Whether people's word was written over before: what stands is then a system's, and theirs is listed."""
        return any(
            one.said_by == PEOPLE and one.is_pending and one.said.stands_mark == standing
            for one in listed
        )

    def _list(self, plugin, call, listed, words):
        """List what is news of ``words``: ((record id, entity, attribute), speaker, said, the values said or None)."""
        news = []
        for key, speaker, said, values in words:
            known = next((one for one in listed.get(key, ()) if one.said_by == speaker), None)
            if is_news(known and known.listed, said):
                news.append((key, speaker, said, values, known))
        if news:
            self._disagreements()._list(plugin._home, call.company, news)

    def _mark(self, values):
        return mark_of(self.env["interop.keyring"]._keyring().fingerprint_key, values)

    def _standing(self, record, values):
        """What the fields of ``values`` hold, as a message would tell it."""
        return {name: self._told(record._fields[name], record[name]) for name in values}

    def _told(self, field, value):
        if field.type == "many2one":
            return value.id
        if field.type in ("one2many", "many2many"):
            return [(fields.Command.SET, 0, value.ids)]
        return value

    def _disagreements(self):
        # the engine's own bookkeeping; a service user has no rights of its own on it
        return self.env["interop.disagreement"].sudo()
