"""Codecs: bytes to documents, and back. One file a format; each has ``decode``, ``canonical_bytes``, ``dump``, ``load``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ..document import Document, Envelope
from ..errors import BadDocument

_MODULES = {"cloudevents": "cloudevents", "fhir": "fhir", "hl7v2": "hl7v2", "json": "plain_json"}

#: the media types an endpoint of each format takes
MEDIA_TYPES: dict[str, frozenset[str]] = {
    "cloudevents": frozenset(
        {"application/cloudevents+json", "application/cloudevents-batch+json"}
    ),
    "fhir": frozenset(
        {
            "application/fhir+json",
            "application/fhir+ndjson",
            "application/json",
            "application/x-ndjson",
            "application/json+fhir",
        }
    ),
    "hl7v2": frozenset(
        {
            "application/hl7-v2",
            "application/hl7-v2+er7",
            "x-application/hl7-v2+er7",
            "application/edi-hl7v2",
            "text/plain",
        }
    ),
    "json": frozenset(
        {"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl"}
    ),
}


def codec(format: str) -> ModuleType:
    """The codec of ``format``; ``KeyError`` where there is none."""
    return importlib.import_module(f".{_MODULES[format]}", __name__)


def accepts(format: str, content_type: str, headers: Mapping[str, str]) -> bool:
    """Whether an endpoint of ``format`` takes a body of this type. A CloudEvent in binary mode may be of any type."""
    media = content_type.partition(";")[0].strip().lower()
    if media in MEDIA_TYPES[format]:
        return True
    return format == "cloudevents" and "ce-specversion" in headers


def decode(
    format: str, body: bytes, *, content_type: str, headers: Mapping[str, str], options: Any = None
) -> tuple[Document, ...]:
    """The documents in ``body``; raises ``BadDocument`` or ``BadBatch``."""
    return codec(format).decode(body, content_type=content_type, headers=headers, options=options)


def options_of_path(format: str, method: str, rest: str) -> Any:
    """What the address promises of the body: ``PUT …/Patient/123`` and ``POST …/Patient`` of FHIR.

    Raises ``BadDocument`` ``bad_address`` for an address that the format does not know.
    """
    if not rest:
        if method == "PUT":
            raise BadDocument("bad_address", http_status=405)
        return None
    parts = rest.strip("/").split("/")
    if format != "fhir" or len(parts) > 2 or (len(parts) == 2) != (method == "PUT"):
        raise BadDocument("bad_address", http_status=404)
    from .fhir import FhirOptions

    return FhirOptions(*parts)


def canonical_bytes(document: Document) -> bytes:
    """The document's stable bytes before minimisation, for its fingerprint."""
    return codec(document.format).canonical_bytes(document)


def dump_document(document: Document) -> bytes:
    """The storage form of a (minimised) body."""
    return codec(document.format).dump(document.body)


def load_document(format: str, kind: str, envelope: Envelope, data: bytes) -> Document:
    """A stored body as the document that mappings read."""
    return Document(format, kind, codec(format).load(data), envelope)
