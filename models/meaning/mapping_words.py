"""What changed in a mapping, what is in conflict and what a test found, as people read it."""

from odoo import models

from ...core.definition import Line
from .mapping import COLUMNS


class MappingWords(models.AbstractModel):
    _name = "interop.mapping.words"
    _description = "Mapping in words"

    def _changes(self, changes):
        """One line each."""
        return "\n".join(self._change(change) for change in changes)

    def _change(self, change):
        what = (
            self._label("interop.mapping", change.what) if change.kind == "header" else change.what
        )
        if change.kind == "added":
            return self.env._(
                "%(what)s: new rule (%(rule)s)", what=what, rule=self._said(change, 2)
            )
        if change.kind == "removed":
            return self.env._(
                "%(what)s: rule gone (%(rule)s)", what=what, rule=self._said(change, 1)
            )
        if change.kind == "moved":
            _name, before, after = change.values[0]
            return self.env._(
                "%(what)s: moved from place %(before)s to %(after)s",
                what=what,
                before=before,
                after=after,
            )
        if change.kind == "header":
            _name, before, after = change.values[0]
            return self._instead(what, before, after)
        told = (
            self._instead(self._label("interop.mapping.rule", name), before, after)
            for name, before, after in change.values
        )
        return self.env._("%(what)s: %(changes)s", what=what, changes="; ".join(told))

    def _instead(self, what, before, after):
        return self.env._(
            "%(what)s “%(after)s” instead of “%(before)s”",
            what=what,
            before=self._shown(before),
            after=self._shown(after),
        )

    def _said(self, change, side):
        return "; ".join(
            f"{self._label('interop.mapping.rule', value[0])} {self._shown(value[side])}"
            for value in change.values
            if value[0] != "target"
        )

    def _rule(self, line, *, has_target=False):
        """A rule, or its lack, in one line; ``has_target``: with what it fills."""
        if line is None:
            return self.env._("no rule")
        if not isinstance(line, Line):
            return self._shown(line)
        rule = line.rule
        words = [rule.source or "–", rule.transform, rule.argument, rule.concept_map]
        told = " ".join(word for word in words if word)
        if rule.default:
            told = self.env._("%(rule)s, else %(default)s", rule=told, default=rule.default)
        if has_target:
            told = f"{rule.target} ← {told}"
        return self.env._("%s, required", told) if rule.required else told

    def _conflict(self, conflict):
        """What the adapted mapping did, beside a difference of one's own."""
        words = {
            "both_changed": self.env._("now %(theirs)s there, was %(base)s"),
            "off_and_changed": self.env._("switched off here; now %(theirs)s there, was %(base)s"),
            "gone": self.env._("is no longer there, was %(base)s"),
            "both_added": self.env._("is now there as well: %(theirs)s"),
            "header_changed": self.env._(
                "%(what)s: here “%(mine)s”; now “%(theirs)s” there, was “%(base)s”"
            ),
        }
        sides = {"mine": conflict.mine, "theirs": conflict.theirs, "base": conflict.base}
        targets = {line.rule.target for line in sides.values() if isinstance(line, Line)}
        told = {name: self._rule(line, has_target=len(targets) > 1) for name, line in sides.items()}
        return words[conflict.kind] % {
            **told,
            "what": self._label("interop.mapping", conflict.key),
        }

    def _mismatches(self, mismatches):
        """One line each."""
        return "\n".join(
            self.env._(
                "fact %(fact)s, %(place)s: expected %(expected)s, found %(found)s",
                fact=one.fact,
                place=one.place.removeprefix("says.") or self.env._("as a whole"),
                expected=one.expected,
                found=one.found,
            )
            for one in mismatches
        )

    def _label(self, model, name):
        """A column as people know it; what is none, such as a rule's target, as it is."""
        field = self.env[model]._fields.get(COLUMNS.get(name, name))
        return field._description_string(self.env) if field else name

    def _shown(self, value):
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        return str(value) if value != "" else self.env._("nothing")
