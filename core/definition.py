"""What a mapping says, as one value that can be kept, compared and written down: its header, and its rules under keys that stay.

Written as canonical JSON, equal definitions have equal bytes and one fingerprint; what is empty is left out, so that an
attribute which later versions of this code add changes nobody's fingerprint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from .codecs.strict_json import dumps, loads
from .errors import InteropError, MappingError
from .mapping import Mapper, Mapping
from .rules import Rule

#: what of the header an adaptation may say differently from its profile
HEADER = ("documents", "event", "each", "when", "version")
#: and what stays its profile's
FIXED = ("name", "format", "entity")

_RULE = tuple(field.name for field in fields(Rule))


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in its place. ``key`` names it within the mapping and in all that adapts the mapping; it never changes."""

    key: str
    place: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole mapping. ``lines`` are in the order in which they act."""

    name: str
    format: str
    documents: str
    entity: str
    event: str = ""
    each: str = ""
    when: str = ""
    version: str = ""
    lines: tuple[Line, ...] = ()

    def mapping(self, snapshot: int = 0) -> Mapping:
        """What the mapper compiles; ``snapshot`` is the number under which this definition is kept."""
        return Mapping(
            name=self.name,
            format=self.format,
            documents=tuple(self.documents.split()),
            entity=self.entity,
            event=self.event,
            each=self.each,
            when=self.when,
            version=self.version,
            rules=tuple(line.rule for line in self.lines),
            snapshot=snapshot,
        )

    def check(self) -> None:
        """``MappingError`` for a definition that cannot work."""
        Mapper([self.mapping()])

    def by_key(self) -> dict[str, Line]:
        return {line.key: line for line in self.lines}

    def to_json(self) -> dict[str, Any]:
        written = {name: getattr(self, name) for name in FIXED + HEADER if getattr(self, name)}
        return written | {"rules": [line_to_json(line) for line in self.lines]}

    def text(self) -> str:
        """The canonical JSON: what is kept, and what the fingerprint is of."""
        return dumps(self.to_json()).decode()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()


def read(text: str) -> Definition:
    """The definition that ``text`` writes down. ``MappingError("bad_definition")`` with the place that is wrong."""
    try:
        return from_json(loads(text))
    except MappingError:
        raise
    except InteropError as error:
        raise MappingError("bad_definition", detail=error.detail) from None


def from_json(value: Any) -> Definition:
    """The definition of a parsed one. ``MappingError("bad_definition")`` with the place: ``rules[3].target``."""
    taken = _members(value, "", texts=FIXED + HEADER, others=("rules",), needed=("name", "format"))
    listed = taken.pop("rules", [])
    if not isinstance(listed, list):
        raise _bad("rules")
    lines = tuple(line_from_json(one, f"rules[{index}]") for index, one in enumerate(listed))
    if repeated := _repeated(line.key for line in lines):
        raise _bad(f"rules.{repeated}")
    return Definition(**{"documents": "", "entity": "", **taken}, lines=lines)


def line_to_json(line: Line) -> dict[str, Any]:
    rule = {name: said for name in _RULE if (said := getattr(line.rule, name))}
    return {"key": line.key, "place": line.place, **rule}


def line_from_json(value: Any, path: str = "") -> Line:
    """One rule of a definition. ``MappingError("bad_definition")`` with the place in it, beneath ``path``."""
    texts = tuple(name for name in _RULE if name != "required")
    taken = _members(
        value, path, texts=("key", *texts), others=("place", "required"), needed=("key", "target")
    )
    key, place = taken.pop("key"), taken.pop("place", 0)
    if isinstance(place, bool) or not isinstance(place, int):
        raise _bad(f"{path}.place")
    if not isinstance(taken.get("required", False), bool):
        raise _bad(f"{path}.required")
    return Line(key, place, Rule(**taken))


def _members(value, path, *, texts, others, needed) -> dict[str, Any]:
    """The members of an object, each known and of its type."""
    if not isinstance(value, dict):
        raise _bad(path)
    for name, said in value.items():
        if name not in (*texts, *others) or (name in texts and not isinstance(said, str)):
            raise _bad(_beneath(path, name))
    for name in needed:
        if not value.get(name):
            raise _bad(_beneath(path, name))
    return dict(value)


def _beneath(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _repeated(keys: Iterable[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _bad(path: str) -> MappingError:
    return MappingError("bad_definition", path=path)


def free_key(target: str, taken: Iterable[str]) -> str:
    """A key for a new rule for ``target`` that none of ``taken`` is: gender, gender-2, gender-3."""
    known = set(taken)
    number, key = 1, target
    while key in known:
        number += 1
        key = f"{target}-{number}"
    return key


# -- what changed from one to the next ---------------------------------------------------------------------------------

ADDED, REMOVED, CHANGED, MOVED, OTHER_HEADER = "added", "removed", "changed", "moved", "header"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two definitions. ``what`` is the rule's target, or of the header the attribute's name;
    ``values`` are (attribute, before, after), of a rule that came or went what it said."""

    kind: str
    key: str
    what: str
    values: tuple[tuple[str, Any, Any], ...]


def changes(before: Definition | None, after: Definition) -> tuple[Change, ...]:
    """What ``after`` says that ``before`` did not (None: nothing did), header first, then rule by rule in order."""
    earlier = before.by_key() if before else {}
    later = after.by_key()
    found = [
        Change(OTHER_HEADER, "", name, ((name, was, now),))
        for name in FIXED + HEADER
        if before and (was := getattr(before, name)) != (now := getattr(after, name))
    ]
    found += (
        change
        for line in after.lines
        if (change := _change(earlier.get(line.key), line)) is not None
    )
    found += (
        Change(REMOVED, line.key, line.rule.target, _said(line.rule, is_before=True))
        for line in earlier.values()
        if line.key not in later
    )
    return tuple(found)


def _change(was: Line | None, now: Line) -> Change | None:
    if was is None:
        return Change(ADDED, now.key, now.rule.target, _said(now.rule, is_before=False))
    values = rule_changes(was.rule, now.rule)
    if values:
        return Change(CHANGED, now.key, now.rule.target, values)
    if was.place != now.place:
        return Change(MOVED, now.key, now.rule.target, (("place", was.place, now.place),))
    return None


def rule_changes(was: Rule, now: Rule) -> tuple[tuple[str, Any, Any], ...]:
    """(attribute, before, after) of what differs between two rules."""
    return tuple(
        (name, getattr(was, name), getattr(now, name))
        for name in _RULE
        if getattr(was, name) != getattr(now, name)
    )


def _said(rule: Rule, *, is_before: bool) -> tuple[tuple[str, Any, Any], ...]:
    nothing = Rule("")
    told = rule_changes(nothing, rule)
    return tuple((name, now, was) for name, was, now in told) if is_before else told
