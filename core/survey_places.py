"""The places of a document that hold something, as names alone: no value, no index, nothing that may be one.

HL7 v2: fields ("PID-5"). FHIR: elements of each resource, with its type ("Patient.name.family"). JSON: members ("item.code").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .codecs.fhir_bundle import resources
from .document import Document
from .fhir_extensions import OWN
from .never import speakable

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
#: a name with so many digits is a number that somebody used as one
_NUMBER = re.compile(r"\d.*\d.*\d", re.ASCII)
#: an address that is made of words, as those of StructureDefinitions are
_WORDS = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z][A-Za-z._-]*)+", re.ASCII)
#: what says what a document is, not what it states
_SAID = frozenset(("resourceType",))


def places(document: Document) -> set[tuple[str, str]]:
    """{(kind, place)}; of a Bundle the kinds are those of its resources."""
    if document.format == "hl7v2":
        return {(document.kind, place) for place in _fields(document.body)}
    if document.format != "fhir":
        return {(document.kind, place) for place in _members(document.body, "") if place}
    found = set()
    waiting = [part.body for part in resources(document.body)]
    while waiting:
        resource = waiting.pop()
        kind = resource.get("resourceType", "")
        waiting.extend(item for item in resource.get("contained", ()) if isinstance(item, dict))
        own = {name: value for name, value in resource.items() if name != "contained"}
        found |= {(kind, f"{kind}.{place}") for place in _members(own, "") if place not in _SAID}
    return found


def _fields(message: Any) -> Iterator[str]:
    for segment in message.segments:
        name = segment.name if _SEGMENT.fullmatch(segment.name) else "*"
        first = 3 if name == "MSH" else 1
        for number in range(first, len(segment.fields)):
            if segment.raw(number):
                yield f"{name}-{number}"


def _members(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            shown = safe_name(name)
            if name == "extension" and isinstance(member, list):
                for item in member:
                    url = safe_url(item.get("url")) if isinstance(item, dict) else "…"
                    yield f"{place}.extension({url})".lstrip(".")
            else:
                yield from _members(member, f"{place}.{shown}" if place else shown)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item, place)
    elif value is not None and value != "":
        yield place


def safe_name(name: str) -> str:
    """A member's name; ``*`` for one that may be a value somebody used as a name."""
    return "*" if _NUMBER.search(name) else speakable(name)


def safe_url(url: Any) -> str:
    """The address of an extension; ``…`` for one that is no plain name of a definition."""
    text = url if isinstance(url, str) else ""
    is_plain = text in OWN or (len(text) <= 200 and _WORDS.fullmatch(text) is not None)
    return text if is_plain else "…"
