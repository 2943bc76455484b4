"""JSON Schemas with few names and small values, what became of them, and documents that may fit: made up by hypothesis."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "cc")
PATTERNS = ("^a", "c", "^[ab]$")
WORDS = ("", "a", "b", "cc", "abc")
TYPES = ("null", "boolean", "string", "array", "object", "integer", "number")

small = st.integers(0, 3)
names = st.sampled_from(NAMES)
scalars = (
    st.none() | st.booleans() | st.integers(-2, 5) | st.sampled_from((0.5, 1.0, 2.5)) | st.sampled_from(WORDS)
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
types = st.sampled_from(TYPES) | st.lists(
    st.sampled_from(TYPES), min_size=1, max_size=3, unique=True
)
references = st.sampled_from(("one", "two")).map(lambda name: {"$ref": f"#/$defs/{name}"})


def _keywords(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    some = st.lists(inner, min_size=1, max_size=2)
    by_name = st.dictionaries(names, inner, max_size=2)
    return {
        "type": types,
        "enum": st.lists(scalars, min_size=1, max_size=3, unique_by=repr),
        "const": scalars,
        "minimum": st.integers(-1, 3) | st.just(0.5),
        "maximum": st.integers(-1, 3) | st.just(1.5),
        "exclusiveMinimum": st.integers(-1, 3),
        "exclusiveMaximum": st.integers(-1, 3),
        "multipleOf": st.sampled_from((1, 2, 4, 0.5, 1.5)),
        "minLength": small,
        "maxLength": small,
        "pattern": st.sampled_from(PATTERNS),
        "format": st.sampled_from(("date", "uri")),
        "minItems": small,
        "maxItems": small,
        "uniqueItems": st.booleans(),
        "contains": inner,
        "minContains": small,
        "maxContains": small,
        "prefixItems": some,
        "items": inner,
        "unevaluatedItems": inner,
        "minProperties": small,
        "maxProperties": small,
        "required": st.lists(names, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(
            names, st.lists(names, max_size=2, unique=True), max_size=1
        ),
        "dependentSchemas": st.dictionaries(names, inner, max_size=1),
        "properties": by_name,
        "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), inner, max_size=2),
        "additionalProperties": inner,
        "unevaluatedProperties": inner,
        "propertyNames": inner,
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
        "title": st.just("x"),
    }


@st.composite
def _objects(draw: Any, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    known = _keywords(inner)
    chosen = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=4, unique=True))
    return {name: draw(known[name]) for name in chosen}


schemas = st.recursive(
    st.booleans() | st.builds(dict) | references | st.builds(lambda one: {"type": one}, types),
    _objects,
    max_leaves=6,
)


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    """A whole schema, whose parts may refer to two of their own."""
    top = draw(_objects(schemas))
    return top | {"$defs": {"one": draw(schemas), "two": draw(schemas)}}


@st.composite
def pairs(draw: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A schema, and what became of it: a keyword or three are gone, there, or otherwise."""
    old = draw(documents())
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, new)
    return old, new


def _change(draw: Any, document: dict[str, Any]) -> None:
    home = draw(st.sampled_from(_homes(document)))
    known = _keywords(schemas)
    present = sorted(home.keys() & known.keys())
    if present and draw(st.booleans()):
        name = draw(st.sampled_from(present))
        if draw(st.booleans()):
            del home[name]
            return
    else:
        name = draw(st.sampled_from(sorted(known)))
    home[name] = draw(known[name])


def _homes(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a schema that are schemas themselves."""
    found, waiting = [], [document]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict):
            continue
        found.append(one)
        for name, value in one.items():
            if name in ("properties", "patternProperties", "dependentSchemas", "$defs"):
                waiting.extend(value.values())
            elif name in ("prefixItems", "allOf", "anyOf", "oneOf"):
                waiting.extend(value)
            elif name not in ("enum", "const", "dependentRequired"):
                waiting.append(value)
    return found
