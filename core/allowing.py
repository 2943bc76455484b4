"""What a contract could allow of a document at the most, and what it has to list so that one place of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .allowed import by_url, parse_path, split_path
from .codecs.fhir_structure import RESOURCE_TYPES, elements
from .contract import Contract, Contracts
from .document import Document
from .errors import PermanentError

_INDEX = re.compile(r"\[\d+\]")
_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Listed:
    """A place as a contract names it: ``path`` in documents of ``kind``, in FHIR in resources of that type."""

    format: str
    kind: str
    path: str


def at_most(document: Document) -> Document:
    """``document`` as it would be stored if contracts allowed all of it: what is missing is never stored.

    >>> from .document import Envelope
    >>> at_most(Document("json", "x", {"name": "Ada", "diagnosis": "Gout"}, Envelope("x"))).body
    {'name': 'Ada'}
    """
    everything = Contract.allowing(document.format, "*", *sorted(_everything(document)))
    return Contracts([everything]).minimise(document)[0]


def listed(document: Document, path: str) -> Listed:
    """``path``, a place of ``document`` with indexes, as its contract lists it.

    ``entry[0].resource.name[0].family`` of a Bundle is ``name.family`` of Patient; what stands in a FHIR extension is kept
    with the extension, by its URL.

    >>> from .document import Envelope
    >>> listed(Document("json", "x", {"items": [{"code": 1}]}, Envelope("x")), "items[0].code").path
    'items.code'
    """
    if document.format == "fhir":
        return _in_resource(document.body, path)
    plain = path if document.format == "hl7v2" else _INDEX.sub("", path)
    return Listed(document.format, document.kind, plain)


def element_of(document: Document, path: str) -> str:
    """The element of a FHIR resource that ``path`` stands in, with its data type: ``Patient.name (HumanName)``."""
    place = listed(document, path)
    name = split_path(place.path)[0]
    element = elements(place.kind).get(name) if place.kind in RESOURCE_TYPES else None
    if element is None or element.is_primitive or "_" in element.type:
        return f"{place.kind}.{name}"
    return f"{place.kind}.{name} ({element.type})"


def _in_resource(body: Any, path: str) -> Listed:
    value, kind, names = body, body["resourceType"], []
    for name, index in _STEP.findall(path):
        value = value[name]
        value = value[int(index)] if index else value
        if isinstance(value, dict) and "resourceType" in value:
            kind, names = value["resourceType"], []
        elif name == "extension":
            names.append(by_url(value))
            break
        else:
            names.append(name)
    return Listed("fhir", kind, ".".join(names))


def _everything(document: Document) -> set[str]:
    """Paths of a contract that allow all that the document has, as far as paths can."""
    if document.format == "hl7v2":
        return {f"{segment.name}-*" for segment in document.body.segments}
    extensions = _extensions(document.body, ()) if document.format == "fhir" else ()
    return {"*", *filter(can_be_listed, extensions)}


def _extensions(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    """The places of all extensions; no ``*`` allows one."""
    if isinstance(value, list):
        for item in value:
            yield from _extensions(item, names)
    elif isinstance(value, dict):
        names = () if "resourceType" in value else names
        for name, member in value.items():
            if name == "extension":
                yield from (".".join((*names, by_url(item))) for item in member)
            else:
                yield from _extensions(member, (*names, name))


def can_be_listed(path: str) -> bool:
    """Whether a contract of FHIR or JSON can name ``path``: JSON has names that no path has."""
    try:
        parse_path(path)
    except PermanentError:
        return False
    return True
