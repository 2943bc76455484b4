"""The workbench: what a sample gives under the rules somebody is working at, at once and without storing anything.

The sample travels to the server and back; it reaches no table and no log.
"""

import re
from dataclasses import asdict
from datetime import timezone

from odoo import models
from odoo.exceptions import AccessError

from ...core.allowing import element_of, listed
from ...core.definition import Definition, Line
from ...core.errors import InteropError
from ...core.hl7_names import field_name, segment_name
from ...core.rules import Rule, attributes_of
from ...core.sample_places import places_of
from ...core.transforms import TRANSFORMS, describe
from ...core.workbench import Given, tried
from .mapping import COLUMNS, RULE_COLUMNS

#: characters of a sample that are tried; a workbench is for one message
LONGEST_SAMPLE = 200_000
#: documents of a sample that are shown
MOST_DOCUMENTS = 5

_HL7_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})-(\d+)")


class MappingWorkbench(models.Model):
    _inherit = "interop.mapping"

    def action_open_workbench(self):
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "interop_workbench",
            "name": self.env._("Workbench"),
            "context": {"active_id": self.id, "active_model": self._name},
            "params": {"mapping_id": self.id},
        }

    def _check_may_work(self):
        self.ensure_one()
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("healthcare_interop.group_administrator")):
            raise AccessError(self.env._("Only administrators work at mappings."))

    def workbench_load(self):
        """What the screen needs before there is a sample."""
        self._check_may_work()
        words = dict(self._fields["entity"]._description_selection(self.env))
        return {
            "name": self.display_name,
            "format": self.format,
            "entity": words.get(self.entity, self.entity),
            "is_adaptation": bool(self.extends_id),
            "rules": self._workbench_rules(),
            "targets": sorted(attributes_of(self.entity)),
            "transforms": [
                {"name": name, "about": describe(name)}
                for name in sorted(TRANSFORMS)
                if "." not in name or name.startswith(self._workbench_transforms())
            ],
            "concept_maps": self.env["interop.concept.map"].search([]).mapped("code"),
            "tests": [
                {"name": test.name, "sample": test.sample, "kind": test.kind or ""}
                for test in self._all_tests()
            ],
        }

    def _workbench_transforms(self):
        return {"hl7v2": ("hl7.",), "fhir": ("fhir.", "json."), "json": ("json.",)}[self.format]

    def _workbench_lines(self):
        return self.effective_ids if self.extends_id else self.rule_ids

    def _workbench_rules(self):
        names = ("id", "key", "sequence", *RULE_COLUMNS)
        return [
            {name: rule[name] or ("" if name != "required" else False) for name in names}
            | {
                "id": rule.id,
                "sequence": rule.sequence,
                "origin": rule.origin if self.extends_id else "",
            }
            for rule in self._workbench_lines()
        ]

    def workbench_try(self, sample, rules, kind=""):
        """What ``rules`` (as ``workbench_load`` gives them) make of ``sample``; ``error`` where it can't be read.

        ``places``: the sample, place by place, with the standard's names and why a place is dropped. ``facts``: of each
        what every rule gives and what the entity would say.
        """
        self._check_may_work()
        test = self.env["interop.mapping.test"].new(
            {
                "mapping_id": self.id,
                "format": self._workbench_codec(sample),
                "sample": sample[:LONGEST_SAMPLE],
                "kind": kind,
            }
        )
        answer = {"places": [], "facts": [], "error": "", "place": ""}
        try:
            documents = list(test._read_sample())[:MOST_DOCUMENTS]
            answer["places"] = [place for pair in documents for place in _told(*pair)]
            mapping = self._workbench_definition(rules).mapping()
            found = tried(mapping, test._documents(), test._context(self), timezone.utc)
            acting = [_acts(given) for given in rules]
            answer["facts"] = [_beside(asdict(fact), acting) for fact in found]
        except InteropError as error:
            answer["error"], answer["place"] = error.code, error.path or error.detail
        return answer

    def _workbench_codec(self, sample):
        is_event = self.format == "json" and '"specversion"' in sample
        return "cloudevents" if is_event else self.format

    def _workbench_definition(self, rules):
        head = self._definition()
        lines = tuple(
            Line(str(place), place, _rule(given))
            for place, given in enumerate(rules)
            if _acts(given)
        )
        return Definition(
            **{name: getattr(head, name) for name in Definition.__slots__ if name != "lines"},
            lines=lines,
        )

    def workbench_save(self, rules, gone):
        """Keep the rules as they stand on the screen; ``gone``: ids of those taken away. The rules as they are now."""
        self._check_may_work()
        known = {rule.id: rule for rule in self._workbench_lines()}
        commands = [(2, id_) for id_ in gone if id_ in known]
        last = max((rule.sequence for rule in known.values()), default=0)
        for given in rules:
            vals = {name: given[name] for name in RULE_COLUMNS if name in given}
            rule = known.get(given.get("id"))
            if rule is None:
                last += 10
                commands.append((0, 0, {**vals, "sequence": last}))
            elif any((rule[name] or "") != (value or "") for name, value in vals.items()):
                commands.append((1, rule.id, vals))
        self.write({"effective_ids" if self.extends_id else "rule_ids": commands})
        self.invalidate_recordset()
        return self._workbench_rules()


def _acts(given):
    """Whether a rule of the screen does anything: it is not switched off, and says what it fills."""
    return bool(given.get("target")) and given.get("origin") != "off"


def _beside(fact, acting):
    """The fact with something to stand beside every rule of the screen, those that don't act included."""
    given = iter(fact["rules"])
    nothing = asdict(Given())
    return fact | {"rules": [next(given) if acts else nothing for acts in acting]}


def _rule(given):
    """A rule as the screen has it."""
    texts = {
        name: str(given.get(COLUMNS.get(name, name)) or "")
        for name in Rule.__slots__
        if name != "required"
    }
    return Rule(**texts, required=bool(given.get("required")))


def _told(document, kept):
    """The document's places with their names, and why one is dropped."""
    for place in places_of(document, kept):
        group, name = _named(document, place.path)
        is_allowable = not (place.is_kept or place.is_never)
        yield {
            "path": place.path,
            "group": group,
            "name": name,
            "value": place.value,
            "dropped": "never" if place.is_never else ("contract" if is_allowable else ""),
            "allow": asdict(listed(document, place.path)) if is_allowable else {},
        }


def _named(document, path):
    """``(what it stands in, its name)``."""
    if found := _HL7_PLACE.match(path) if document.format == "hl7v2" else None:
        segment, number = found[1], int(found[2])
        head = " ".join(filter(None, (segment, segment_name(segment))))
        return head, field_name(segment, number)
    if document.format == "fhir":
        return element_of(document, path), ""
    return re.split(r"[.\[\]0-9]+", path)[0], ""
