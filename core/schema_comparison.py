"""Whether all that one JSON Schema (2020-12) accepts is accepted by another: keyword by keyword, place by place.

A schema is the conjunction of its keywords, so one that implies each keyword of another implies the other. That is sound,
and not complete: what can't be told is told as a difference. ``format`` is an annotation, as the validator takes it.

References are followed within the document. Dynamic ones, anchors, documents within the document and keywords of older
drafts are compared as a whole: the same, or not to be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from .schema_keywords import (
    ALL_TYPES,
    EXACT,
    NARROWED,
    NUMBERS,
    UNKNOWN,
    Gap,
    counts,
    equal,
    numbers,
    types_of_value,
    types_of_word,
    values_of,
)

#: what is not in use is not compared: the rest of the keywords says nothing about validity
_ASSERTING = frozenset(
    """type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems
    maxItems uniqueItems contains minContains maxContains prefixItems items unevaluatedItems minProperties maxProperties
    required dependentRequired dependentSchemas properties patternProperties additionalProperties unevaluatedProperties
    propertyNames allOf anyOf oneOf not if then else $ref $dynamicRef $recursiveRef dependencies additionalItems
    contentEncoding contentMediaType contentSchema""".split()
)
#: compared as a whole
_OPAQUE = (
    "$dynamicRef", "$recursiveRef", "dependencies", "additionalItems", "contentEncoding", "contentMediaType",
    "contentSchema",
)  # fmt: skip
_REFERRING = ("$ref", "$dynamicRef", "$recursiveRef")
#: they look at the members that no keyword beside or beneath them has looked at
_IN_PLACE = (
    "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$ref", "$dynamicRef", "$recursiveRef",
)  # fmt: skip
#: (lower bound, upper bound, of which types)
_COUNTS = (
    ("minLength", "maxLength", "string"),
    ("minItems", "maxItems", "array"),
    ("minProperties", "maxProperties", "object"),
)
#: comparisons, and references one behind the other, after which it is given up
_MOST_COMPARED = 5_000
_MOST_FOLLOWED = 32


class Incomparable(Exception):
    """It leads in a circle, elsewhere, or too far."""


def gaps(old: Any, new: Any) -> tuple[Gap, ...]:
    """Where ``new`` may refuse what ``old`` accepts; none: all that ``old`` accepts, ``new`` accepts as well.

    Both are schemas as ``strict_json`` reads them. What can't be compared is a gap.
    """
    if equal(old, new):
        return ()
    try:
        return tuple(dict.fromkeys(_Comparison(old, new).gaps(old, new, "")))
    except (Incomparable, RecursionError):
        return (Gap("", "$ref", UNKNOWN),)


def says_nothing(schema: Any) -> bool:
    """Whether it accepts everything, as far as its own keywords tell."""
    return schema is True or (isinstance(schema, dict) and not _ASSERTING & schema.keys())


class _Comparison:
    """Two documents. Schemas are told apart by identity: they are parts of documents that stay."""

    def __init__(self, old: Any, new: Any):
        self._documents = {"old": old, "new": new}
        self._home: dict[int, str] = {}
        self._settle("old", old)
        self._settle("new", new)
        self._running: dict[tuple[int, int], str] = {}
        self._left = _MOST_COMPARED

    def _settle(self, name: str, value: Any) -> None:
        """Remember in which document a part stands, and refuse what changes the meaning of references."""
        waiting, top = [value], value
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                self._home[id(one)] = name
                if (one is not top and "$id" in one) or "$vocabulary" in one:
                    raise Incomparable
                waiting.extend(one.values())
            elif isinstance(one, list):
                waiting.extend(one)

    def holds(self, old: Any, new: Any, place: str) -> bool:
        return not self.gaps(old, new, place)

    def gaps(self, old: Any, new: Any, place: str) -> list[Gap]:
        """The gaps between two parts, at ``place``."""
        self._left -= 1
        if self._left < 0:
            raise Incomparable
        old, new = self._followed(old), self._followed(new)
        if says_nothing(new) or old is False:
            return []
        if new is False:
            return [] if not self._types(old) else [Gap(place, "false")]
        pair = (id(old), id(new))
        if pair in self._running:
            if self._running[pair] == place:
                raise Incomparable
            # a part that holds itself: what is asked is being found out further up, of a larger part of the document
            return []
        self._running[pair] = place
        try:
            found = list(self._each({} if old is True else old, new, place))
            if found and any(self.holds(part, new, place) for part in self._members(old)):
                return []
            return found
        finally:
            del self._running[pair]

    # -- references --

    def _followed(self, schema: Any) -> Any:
        """Where a schema that says nothing but a reference leads."""
        for _ in range(_MOST_FOLLOWED):
            if not isinstance(schema, dict) or _ASSERTING & schema.keys() != {"$ref"}:
                return schema
            schema = self._target(schema)
        raise Incomparable

    def _target(self, schema: dict[str, Any]) -> Any:
        reference = schema["$ref"]
        found = self._documents[self._home[id(schema)]]
        if reference == "#":
            return found
        if not reference.startswith("#/"):
            raise Incomparable
        for step in unquote(reference[2:]).split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(step)] if isinstance(found, list) else found[step]
            except (KeyError, IndexError, ValueError, TypeError):
                raise Incomparable from None
        if not isinstance(found, (dict, bool)):
            raise Incomparable
        return found

    def _members(self, schema: Any) -> list[Any]:
        """What a schema demands as a whole besides its own keywords."""
        if not isinstance(schema, dict):
            return []
        return [*schema.get("allOf", ()), *([self._target(schema)] if "$ref" in schema else [])]

    def _types(self, schema: Any, depth: int = 0) -> frozenset[str]:
        """The types that a schema may accept, and perhaps fewer."""
        if isinstance(schema, bool):
            return ALL_TYPES if schema else frozenset()
        if depth > _MOST_FOLLOWED:
            raise Incomparable
        found = types_of_word(schema.get("type"))
        if "enum" in schema:
            found &= frozenset().union(*map(types_of_value, schema["enum"]))
        if "const" in schema:
            found &= types_of_value(schema["const"])
        for part in self._members(schema):
            found &= self._types(part, depth + 1)
        return found

    def _same(self, name: str, old: Any, new: Any) -> bool:
        """Whether a keyword's value means the same in both documents."""
        if (name in old) != (name in new) or not equal(old.get(name), new.get(name)):
            return False
        if name in _REFERRING or _refers(old.get(name)):
            return equal(self._documents["old"], self._documents["new"])
        return True

    # -- keywords --

    def _each(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        """Each keyword of ``new``: does ``old`` imply it?"""
        types = self._types(old)
        if not types <= types_of_word(new.get("type")):
            yield Gap(place, "type")
        yield from self._values(old, new, place)
        if types & NUMBERS:
            yield from numbers(old, new, place)
        for lower, upper, type_ in _COUNTS:
            if type_ in types:
                yield from counts(old, new, lower, upper, place)
        if "string" in types and "pattern" in new and new["pattern"] != old.get("pattern"):
            yield Gap(place, "pattern", UNKNOWN if "pattern" in old else NARROWED)
        if "array" in types:
            yield from self._array(old, new, place)
        if "object" in types:
            yield from self._object(old, new, place)
        yield from self._combined(old, new, place)
        for name in _OPAQUE:
            if name in new and not self._same(name, old, new):
                yield Gap(place, name, UNKNOWN)

    def _values(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        had = values_of(old)
        for name in ("enum", "const"):
            if name in new and (had is None or not had <= values_of({name: new[name]})):
                yield Gap(place, name)

    def _array(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        if new.get("uniqueItems") and not (old.get("uniqueItems") or old.get("maxItems", 2) <= 1):
            yield Gap(place, "uniqueItems")
        yield from self._contains(old, new, place)
        before, old_rest = self._items(old)
        after, new_rest = self._items(new)
        most = old.get("maxItems")
        for number in range(max(len(before), len(after))):
            if most is not None and number >= most:
                return
            one = before[number] if number < len(before) else old_rest
            other = after[number] if number < len(after) else new_rest
            yield from self.gaps(one, other, f"{place}[{number}]")
        if most is None or most > max(len(before), len(after)):
            yield from self.gaps(old_rest, new_rest, f"{place}[]")
        yield from self._unevaluated("unevaluatedItems", ("contains",), old, new, place)

    def _items(self, schema: dict[str, Any]) -> tuple[list[Any], Any]:
        """The schemas of the first items, and that of all others."""
        rest = schema.get("items", True)
        if "items" not in schema and _is_plain(schema, "contains"):
            rest = schema.get("unevaluatedItems", True)
        return schema.get("prefixItems", []), rest

    def _contains(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        if "contains" not in new:
            return
        if "contains" not in old:
            if new.get("minContains", 1) > 0 or "maxContains" in new:
                yield Gap(place, "contains")
            return
        one, other = old["contains"], new["contains"]
        if not self._are_alike(one, other, f"{place}[]"):
            yield Gap(place, "contains", UNKNOWN)
        if old.get("minContains", 1) < new.get("minContains", 1):
            yield Gap(place, "minContains")
        if "maxContains" in new and old.get("maxContains", EXACT) > new["maxContains"]:
            yield Gap(place, "maxContains")

    def _object(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        needed = set(old.get("required", ()))
        for name in new.get("required", ()):
            if name not in needed:
                yield Gap(_beneath(place, name), "required")
        known = old.get("dependentRequired", {})
        for name, others in new.get("dependentRequired", {}).items():
            for other in others:
                if other not in needed and other not in known.get(name, ()):
                    yield Gap(_beneath(place, other), "dependentRequired")
        for name, schema in new.get("dependentSchemas", {}).items():
            before = old.get("dependentSchemas", {}).get(name, True)
            if not self.holds(before, schema, place):
                yield Gap(_beneath(place, name), "dependentSchemas", UNKNOWN)
        names = _beneath(place, "*")
        if not self.holds(old.get("propertyNames", True), new.get("propertyNames", True), names):
            yield Gap(place, "propertyNames")
        yield from self._properties(old, new, place)
        yield from self._unevaluated("unevaluatedProperties", (), old, new, place)

    def _properties(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        for name in sorted({*old.get("properties", {}), *new.get("properties", {})}):
            before = constraints(old, name)
            for after in constraints(new, name):
                found = [self.gaps(one, after, _beneath(place, name)) for one in before]
                yield from min(found, key=len)
        # names that neither lists, by their patterns, and those that no pattern fits
        before, after = (one.get("patternProperties", {}) for one in (old, new))
        for pattern, schema in after.items():
            yield from self.gaps(before.get(pattern, True), schema, _beneath(place, "*"))
        rest = _rest(new)
        for schema in (_rest(old), *(one for name, one in before.items() if name not in after)):
            yield from self.gaps(schema, rest, _beneath(place, "*"))

    def _unevaluated(self, name, besides, old, new, place) -> Iterator[Gap]:
        """What looks at the rest that others left: where nothing but plain keywords stands beside it, it is the rest."""
        if name not in new or _is_plain(new, *besides):
            return
        others = (_ASSERTING & {*old, *new}) - {name}
        if not all(self._same(one, old, new) for one in others):
            yield Gap(place, name, UNKNOWN)
        elif not self.holds(old.get(name, True), new[name], _beneath(place, "*")):
            yield Gap(place, name)

    def _combined(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        for part in self._members(new):
            found = [self.gaps(one, part, place) for one in (*self._members(old), old)]
            yield from min(found, key=len)
        if "anyOf" in new:
            yield from self._any_of(old, new, place)
        if "oneOf" in new and not self._is_same_choice(old.get("oneOf", ()), new["oneOf"], place):
            yield Gap(place, "oneOf", UNKNOWN)
        if "not" in new and not ("not" in old and self.holds(new["not"], old["not"], place)):
            yield Gap(place, "not", UNKNOWN)
        if "if" in new and not all(self._same(name, old, new) for name in ("if", "then", "else")):
            yield Gap(place, "if", UNKNOWN)

    def _any_of(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Gap]:
        alternatives = old.get("anyOf") or old.get("oneOf")
        each = alternatives and all(
            any(self.holds(one, other, place) for other in new["anyOf"]) for one in alternatives
        )
        if not each and not any(self.holds(old, other, place) for other in new["anyOf"]):
            yield Gap(place, "anyOf")

    def _are_alike(self, one: Any, other: Any, place: str) -> bool:
        return self.holds(one, other, place) and self.holds(other, one, place)

    def _is_same_choice(self, old: Any, new: list[Any], place: str) -> bool:
        """Whether each of the one stands for exactly one of the other."""
        left = list(new)
        for one in old:
            same = [other for other in left if self._are_alike(one, other, place)]
            if not same:
                return False
            left = [other for other in left if other is not same[0]]
        return not left


def constraints(schema: dict[str, Any], name: str) -> list[Any]:
    """The schemas that the member ``name`` of an object has to fit."""
    found = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    for pattern, one in schema.get("patternProperties", {}).items():
        if _fits(pattern, name):
            found.append(one)
    return found or [_rest(schema)]


def _rest(schema: dict[str, Any]) -> Any:
    """The schema of members that no other keyword speaks of."""
    if "additionalProperties" in schema:
        return schema["additionalProperties"]
    return schema.get("unevaluatedProperties", True) if _is_plain(schema) else True


def _is_plain(schema: dict[str, Any], *besides: str) -> bool:
    return not any(name in schema for name in (*_IN_PLACE, *besides))


def _fits(pattern: str, name: str) -> bool:
    """As the validator reads patterns."""
    return jsonschema_rs.validator_for({"pattern": pattern}).is_valid(name)


def _refers(value: Any) -> bool:
    if isinstance(value, dict):
        return any(name in value for name in _REFERRING) or any(map(_refers, value.values()))
    return isinstance(value, list) and any(map(_refers, value))


def _beneath(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
