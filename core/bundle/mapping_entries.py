"""Mappings and adaptations as entries of a configuration file: rules by their keys, differences with what they differ from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from ..definition import HEADER, Definition, Line, from_json, line_from_json, line_to_json
from ..errors import MappingError
from ..profiles import Difference, Own
from .parts import MAPPINGS

#: how deep adaptations of adaptations go
MOST_ADAPTED = 8

Entry = dict[str, Any]


class Mistake(NamedTuple):
    """What is wrong, and where: ``mappings[3].definition.rules[2].target``."""

    place: str
    code: str


def depth(entry: Entry) -> int:
    """How many mappings stand above one."""
    found = 0
    while (entry := entry.get("adapts")) is not None:
        found += 1
    return found


def wrong_mappings(value: dict[str, Any]) -> Iterator[Mistake]:
    """What the schema can't tell: rules that can't work, and places in tests that are none."""
    for index, entry in enumerate(value.get(MAPPINGS, [])):
        place = f"{MAPPINGS}[{index}]"
        if depth(entry) > MOST_ADAPTED:
            yield Mistake(f"{place}.adapts", "too_deep")
            continue
        try:
            if "adapts" in entry:
                difference_of(entry)
            else:
                definition_of(entry).check()
        except MappingError as error:
            inner = ".".join(filter(None, (error.path, error.detail)))
            yield Mistake(f"{place}: {inner}" if inner else place, error.code)
        for number, test in enumerate(entry.get("tests", [])):
            if _moment(test["received_at"]) is None:
                yield Mistake(f"{place}.tests[{number}].received_at", "bad_time")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def definition_of(entry: Entry) -> Definition:
    """The definition of a mapping that adapts none. ``MappingError`` with the place."""
    head = {"name": entry["name"], "format": entry["format"]}
    return from_json({**entry["definition"], **head})


def definition_entry(definition: Definition) -> Entry:
    """A definition as it stands in an entry, which says its name and format itself."""
    return {
        name: said for name, said in definition.to_json().items() if name not in ("name", "format")
    }


def difference_of(entry: Entry) -> Difference:
    """What an adaptation says differently. ``MappingError`` with the place."""
    lines = []
    for index, own in enumerate(entry.get("rules", [])):
        sides = [
            line_from_json({**own[side], "key": own["key"]}, f"rules[{index}].{side}")
            if side in own
            else None
            for side in ("rule", "profile")
        ]
        lines.append(Own(own["key"], *sides))
    if len({one.key for one in lines}) < len(lines):
        raise MappingError("bad_definition", path="rules")
    header = {name: tuple(pair) for name, pair in entry.get("header", {}).items()}
    return Difference(header, tuple(lines))


def difference_entry(difference: Difference) -> Entry:
    """A difference as it stands in an entry: of each rule what is said here (none: switched off) and what the profile said."""
    header = {name: list(difference.header[name]) for name in HEADER if name in difference.header}
    rules = [
        {"key": one.key} | _side("rule", one.line) | _side("profile", one.base)
        for one in sorted(difference.lines, key=lambda one: one.key)
    ]
    return ({"header": header} if header else {}) | ({"rules": rules} if rules else {})


def _side(name: str, line: Line | None) -> Entry:
    if line is None:
        return {}
    return {name: {part: said for part, said in line_to_json(line).items() if part != "key"}}
