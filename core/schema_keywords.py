"""What single keywords of JSON Schema (2020-12) say about values, types and numbers, so that two can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TYPES = {
    "null": {"null"},
    "boolean": {"boolean"},
    "string": {"string"},
    "array": {"array"},
    "object": {"object"},
    "integer": {"integer"},
    "number": {"integer", "fraction"},
}
ALL_TYPES = frozenset().union(*_TYPES.values())
NUMBERS = frozenset({"integer", "fraction"})
#: above it, numbers of the validator are not exact
EXACT = 2**53

NARROWED, UNKNOWN = "narrowed", "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """What may be refused: ``place`` as people write it (``item[].code``; '' is the document), ``keyword`` of JSON Schema;
    ``why`` it is ``narrowed``, or ``unknown`` where it can't be compared."""

    place: str
    keyword: str
    why: str = NARROWED


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal as JSON Schema has it: 1 is 1.0, true is not 1."""
    return key(one) == key(other)


def key(value: Any) -> Any:
    """What equal values have in common."""
    if isinstance(value, bool) or value is None:
        return ("is", value)
    if isinstance(value, dict):
        return ("object", frozenset((name, key(member)) for name, member in value.items()))
    if isinstance(value, list):
        return ("array", tuple(map(key, value)))
    return ("string" if isinstance(value, str) else "number", value)


def types_of_word(word: Any) -> frozenset[str]:
    if word is None:
        return ALL_TYPES
    words = [word] if isinstance(word, str) else word
    return frozenset().union(*(_TYPES[one] for one in words))


def types_of_value(value: Any) -> frozenset[str]:
    kind = key(value)[0]
    if kind == "number":
        return frozenset({"integer" if value == int(value) else "fraction"})
    if kind == "is":
        return frozenset({"null" if value is None else "boolean"})
    return frozenset({kind})


def values_of(schema: dict[str, Any]) -> frozenset[Any] | None:
    """The values that ``enum`` and ``const`` leave; None: any."""
    found = None
    if "enum" in schema:
        found = frozenset(map(key, schema["enum"]))
    if "const" in schema:
        only = frozenset({key(schema["const"])})
        found = only if found is None else found & only
    return found


def numbers(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
    for name, other, sign in (
        ("minimum", "exclusiveMinimum", 1),
        ("maximum", "exclusiveMaximum", -1),
    ):
        before, after = (_bound(one, name, other, sign) for one in (old, new))
        if after is not None and (before is None or before < after):
            yield Gap(place, other if after[1] else name)
    step, had = new.get("multipleOf"), old.get("multipleOf")
    if step is not None and not (had is not None and _is_multiple(had, step)):
        yield Gap(place, "multipleOf")


def _bound(schema: dict[str, Any], name: str, exclusive: str, sign: int) -> tuple | None:
    """The stricter of the two bounds as a pair that sorts by strictness."""
    found = [(sign * schema[one], one == exclusive) for one in (name, exclusive) if one in schema]
    return max(found, default=None)


def _is_multiple(one: Any, other: Any) -> bool:
    if one == other:
        return True
    are_whole = one == int(one) and other == int(other) and one < EXACT
    return are_whole and one % other == 0


def counts(old, new, lower: str, upper: str, place: str) -> Iterator[Gap]:
    if new.get(lower, 0) > old.get(lower, 0):
        yield Gap(place, lower)
    if upper in new and (upper not in old or old[upper] > new[upper]):
        yield Gap(place, upper)
