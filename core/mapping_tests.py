"""Tests of mappings: what a mapping makes of a sample, written down, and what differs from what was expected.

Samples are made up, so that expected and found values may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from .canonical import CLEAR, Entity
from .canonical.to_json import to_json
from .codecs.strict_json import dumps, loads
from .document import Document, Fact
from .errors import MappingError
from .mapping import Context, Mapper

#: stands for what is not there
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """``fact`` counts from 1; ``place`` is an attribute (``says.name.family``), '' where a whole fact is too much or missing."""

    fact: int
    place: str
    expected: str
    found: str


def outcome(
    mapper: Mapper, documents: Iterable[Document], context: Context, zone: tzinfo
) -> list[dict[str, Any]]:
    """What ``mapper`` tells of ``documents``, as JSON: of each fact its entity, event, subject, version and what it says.

    An attribute that is to be emptied is ``null``. Of a fact that can't be mapped the error's code and place.
    """
    told = [
        {"entity": fact.entity, "event": fact.event, "subject": fact.subject}
        | ({"version": fact.version} if fact.version else {})
        | _told(mapper, fact, context, zone)
        for document in documents
        for fact in mapper.facts(document, context)
    ]
    # as it will be read again: a decimal without a fraction is an integer
    return loads(dumps(told))


def _told(mapper: Mapper, fact: Fact, context: Context, zone: tzinfo) -> dict[str, Any]:
    try:
        return {"says": _written(mapper.entity(fact, context), zone)}
    except MappingError as error:
        return {"error": error.code} | ({"place": error.path} if error.path else {})


def _written(entity: Entity, zone: tzinfo) -> dict[str, Any]:
    emptied = [name for name, value in entity.said().items() if value is CLEAR]
    written = to_json(replace(entity, **dict.fromkeys(emptied)), zone)
    return written | dict.fromkeys(emptied)


def mismatches(expected: Any, found: list[dict[str, Any]]) -> tuple[Mismatch, ...]:
    """What differs, fact by fact and attribute by attribute, in order. ``expected``: JSON as ``outcome`` gives it; whatever
    else stands there differs as a whole."""
    wanted = expected if isinstance(expected, list) else [expected]
    told = []
    for index in range(max(len(wanted), len(found))):
        pair = [side[index] if index < len(side) else None for side in (wanted, found)]
        told += (Mismatch(index + 1, *one) for one in _differing(*pair, ""))
    return tuple(told)


def _differing(wanted: Any, found: Any, place: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in (*wanted, *(name for name in found if name not in wanted)):
            yield from _differing(
                wanted.get(name, NOTHING),
                found.get(name, NOTHING),
                f"{place}.{name}" if place else name,
            )
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _differing(one, other, f"{place}[{index}]")
    elif wanted != found or type(wanted) is not type(found):
        yield place, shown(wanted, place), shown(found, place)


def shown(value: Any, place: str) -> str:
    """A JSON value in one line, as people read it; ``place`` is '' for a whole fact."""
    if value is None:
        return "null" if place else NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        inner = "; ".join(f"{name} {shown(part, name)}" for name, part in value.items())
        return f"({inner})" if place else inner
    if isinstance(value, list):
        return ", ".join(shown(part, "[]") for part in value) or "[]"
    return str(value)


def written(value: Any, indent: str = "") -> str:
    """JSON for people: what ``outcome`` gives, two spaces a level, members in their order, decimals as numbers."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        parts = [f"{inner}{written(name)}: {written(part, inner)}" for name, part in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        parts = [f"{inner}{written(part, inner)}" for part in value]
        return "[\n" + ",\n".join(parts) + f"\n{indent}]"
    return dumps(value).decode()
