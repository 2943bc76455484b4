"""Which members of a document a JMESPath expression looks at, so that contracts can be held against mappings.

>>> import jmespath
>>> places_of(jmespath.compile("link[?type=='replaced-by'].other | [0]").parsed)
('link.other', 'link.type')

A FHIR extension is a place by its address, and a contract allows it as a whole:

>>> places_of(jmespath.compile("extension[?url=='http://x.example/vat'].valueDecimal").parsed)
('extension(http://x.example/vat)',)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Places = tuple[str, ...]

_EXTENSION = "extension("


def places_of(node: dict[str, Any]) -> Places:
    """The dotted names, without indexes, of everything the parsed expression may give or compare; ``*`` is any name."""
    used: dict[str, None] = {}
    result = _walk(node, ("",), used)
    found = dict.fromkeys(place.lstrip(".") or "*" for place in (*result, *used))
    return tuple(place for place in found if not any(_is_beneath(place, other) for other in found))


def _is_beneath(place: str, outer: str) -> bool:
    """Extensions are beneath nothing: what allows an element does not allow them."""
    if _EXTENSION in place and _EXTENSION not in outer:
        return False
    return place != outer and (outer == "*" or place.startswith(f"{outer}."))


def _walk(node: dict[str, Any], bases: Places, used: dict[str, None]) -> Places:
    """The places that ``node`` denotes, seen from ``bases``. What is only compared goes to ``used``."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        return tuple(_within(base, node["value"]) for base in bases)
    if kind in ("current", "identity", "index", "slice"):
        return bases
    if kind in (
        "literal",
        "expref",
    ):  # what an expref looks at is beneath its function's other argument
        return ()
    if kind in ("subexpression", "index_expression", "projection", "pipe", "flatten"):
        for child in children:
            bases = _walk(child, bases, used)
        return bases
    if kind == "value_projection":
        return _walk(
            children[1], tuple(f"{base}.*" for base in _walk(children[0], bases, used)), used
        )
    if kind == "filter_projection":
        url = _extension_url(node)
        if url:
            named = tuple(_within(base, f"{_EXTENSION}{url})") for base in bases)
            return _walk(children[1], named, used)
        items = _walk(children[0], bases, used)
        used.update(dict.fromkeys(_walk(children[2], items, used)))
        return _walk(children[1], items, used)
    found = _all(children, bases, used)
    if kind in ("comparator", "not_expression"):
        used.update(dict.fromkeys(found))
        return ()
    return found


def _within(base: str, name: str) -> str:
    """What is inside an extension is no place of its own."""
    return base if base.endswith(")") else f"{base}.{name}"


def _extension_url(node: dict[str, Any]) -> str:
    """The address in ``extension[?url=='…']``; '' for any other filter."""
    left, _, test = node["children"]
    if (left["type"], left.get("value")) != ("field", "extension") or test["type"] != "comparator":
        return ""
    name, literal = test["children"]
    is_by_url = test["value"] == "eq" and name == _URL and literal["type"] == "literal"
    return literal["value"] if is_by_url else ""


_URL = {"type": "field", "children": [], "value": "url"}


def _all(children: Iterable[Any], bases: Places, used: dict[str, None]) -> Places:
    """Functions, lists, objects, "and" and "or": everything in them counts."""
    return tuple(dict.fromkeys(place for child in children for place in _walk(child, bases, used)))
