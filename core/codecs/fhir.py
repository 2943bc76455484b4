"""FHIR R4 in JSON: one resource, one Bundle (one document, whatever its type), or NDJSON with a resource a line.

A document is taken whole or not at all: everything R4 says about its shape is checked before anyone reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..document import Document, Envelope
from ..errors import BadDocument
from . import strict_json
from .batch import decode_each
from .fhir_bundle import Part, Parts, resolve, resources, type_and_id
from .fhir_structure import RESOURCE_TYPES, check_resource
from .wellformed import media_type

__all__ = [
    "RESOURCE_TYPES",
    "FhirOptions",
    "Part",
    "Parts",
    "canonical_bytes",
    "decode",
    "dump",
    "load",
    "read",
    "resolve",
    "resources",
]

FORMAT = "fhir"
_NDJSON = frozenset({"application/fhir+ndjson", "application/x-ndjson", "application/ndjson"})
#: Bundles whose entries are requests (bdl-3)
_REQUESTING = frozenset({"batch", "transaction", "history"})
#: the resource a Bundle of this type must begin with (bdl-11, bdl-12)
_FIRST = {"message": "MessageHeader", "document": "Composition"}
#: what a sender sets anew when it sends the same Bundle again (messaging.html: Bundle.id changes, MessageHeader.id stays)
_RESTAMPED = frozenset({"id", "meta", "timestamp", "signature"})


@dataclass(frozen=True, slots=True)
class FhirOptions:
    """What ``PUT …/<Type>/<id>`` promises of its body; '' where nothing was promised."""

    expected_type: str = ""
    expected_id: str = ""


def decode(
    body: bytes,
    *,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    options: FhirOptions | None = None,
) -> tuple[Document, ...]:
    """One document, or one a line for an NDJSON content type.

    Raises ``BadDocument`` (or ``BadBatch`` for NDJSON, listing every bad line) with the codes of ``strict_json.loads``,
    ``check_resource`` and: ``empty_body``, ``wrong_fhir_version``, ``wrong_type``, ``wrong_id``, ``wrong_first_resource``,
    ``duplicate_full_url``, ``bad_full_url``, ``missing_request``, ``bad_request_url``, ``empty_entry``.
    """
    media = _media_type(content_type)
    if not body.strip():
        raise BadDocument("empty_body")
    if media not in _NDJSON:
        return (_decode_one(body, 0, options or FhirOptions()),)
    lines = (line for _, line in strict_json.iter_lines(body))
    return decode_each(
        lines, lambda line, index: _decode_one(line, index, options or FhirOptions())
    )


def read(resource: Any, *, index: int = 0) -> Document:
    """A document from JSON that was already parsed (what a CloudEvent carries). Raises ``BadDocument`` as ``decode`` does."""
    check_resource(resource)
    _check_bundles(resource)
    return Document(FORMAT, resource["resourceType"], resource, _envelope(resource), index)


def canonical_bytes(document: Document) -> bytes:
    """Stable bytes of what the document says; a Bundle without what a sender stamps anew on every sending."""
    body = document.body
    if document.kind == "Bundle":
        body = {name: value for name, value in body.items() if name not in _RESTAMPED}
    return strict_json.dumps(body)


def dump(body: dict[str, Any]) -> bytes:
    return strict_json.dumps(body)


def load(data: bytes) -> dict[str, Any]:
    return strict_json.loads(data)


def _media_type(content_type: str) -> str:
    """The media type; its ``fhirVersion`` must be R4 where it is named (http.html#version-parameter)."""
    media = media_type(content_type)
    if media is None:
        return ""
    if media.parameters.get("fhirversion", "4.0") not in ("4.0", "4.0.0", "4.0.1"):
        raise BadDocument("wrong_fhir_version", http_status=415)
    return media.text


def _decode_one(body: bytes, index: int, options: FhirOptions) -> Document:
    document = read(strict_json.loads(body), index=index)
    _check_expected(document.body, options)
    return document


def _check_expected(resource: dict[str, Any], options: FhirOptions) -> None:
    """An update by PUT has type and id in the URL and the same in the body (http.html#update)."""
    kind = resource["resourceType"]
    if options.expected_type and kind != options.expected_type:
        raise BadDocument("wrong_type", path=kind)
    if options.expected_id and resource.get("id") != options.expected_id:
        raise BadDocument("wrong_id", path=f"{kind}.id")


def _check_bundles(resource: dict[str, Any]) -> None:
    """The invariants of the Bundle and of those inside it; a loop, for Bundles may nest."""
    waiting = [("Bundle", resource)]
    while waiting:
        path, bundle = waiting.pop()
        if bundle["resourceType"] != "Bundle":
            continue
        _check_bundle(bundle, path)
        for number, entry in enumerate(bundle.get("entry", ())):
            if "resource" in entry:
                waiting.append((f"{path}.entry[{number}].resource", entry["resource"]))


def _check_bundle(bundle: dict[str, Any], path: str) -> None:
    if "type" not in bundle:
        raise BadDocument("missing_element", path=f"{path}.type")
    kind = bundle["type"]
    entries = bundle.get("entry", ())
    first = _FIRST.get(kind)
    if first and (not entries or entries[0].get("resource", {}).get("resourceType") != first):
        raise BadDocument("wrong_first_resource", path=f"{path}.entry[0].resource", detail=first)
    for number, entry in enumerate(entries):
        _check_entry(entry, f"{path}.entry[{number}]", is_requesting=kind in _REQUESTING)
    if kind != "history":
        _check_unique(entries, path)


def _check_entry(entry: dict[str, Any], path: str, *, is_requesting: bool) -> None:
    if not entry.keys() & {"resource", "request", "response"}:
        raise BadDocument("empty_entry", path=path)  # bdl-5
    if entry.get("fullUrl", "").lower() == "urn:uuid:":
        raise BadDocument("bad_full_url", path=f"{path}.fullUrl")
    if is_requesting and "request" not in entry:
        raise BadDocument("missing_request", path=path)  # bdl-3
    if is_requesting and not _is_request(entry["request"], entry.get("resource", {})):
        raise BadDocument("bad_request_url", path=f"{path}.request")


def _is_request(request: dict[str, Any], resource: dict[str, Any]) -> bool:
    """A method and a URL; what is replaced or deleted is named: ``Type/id`` (as in the resource) or a search."""
    method, url = request.get("method", ""), request.get("url", "")
    if not method or not url:
        return False
    if method not in ("PUT", "DELETE"):
        return True
    named = type_and_id(url)
    if method == "DELETE" or not resource or named is None:
        return named is not None or "?" in url
    return named == (resource["resourceType"], resource.get("id", named[1]))


def _check_unique(entries: list[dict[str, Any]], path: str) -> None:
    """One resource stands once in a Bundle, or in several versions (bdl-7; in a request ``ifMatch`` is the version)."""
    seen = set()
    for number, entry in enumerate(entries):
        version = entry.get("resource", {}).get("meta", {}).get("versionId")
        name = (entry.get("fullUrl"), version, entry.get("request", {}).get("ifMatch"))
        if name[0] and name in seen:
            raise BadDocument("duplicate_full_url", path=f"{path}.entry[{number}].fullUrl")
        seen.add(name)


def _envelope(resource: dict[str, Any]) -> Envelope:
    if resource["resourceType"] != "Bundle":
        return _resource_envelope(resource)
    if resource["type"] == "message":
        return _message_envelope(resource, resource["entry"][0]["resource"])
    meta = resource.get("meta", {})
    number = _identifier(resource) or _version_name(resource)
    return Envelope(
        type="Bundle",
        id=number,
        is_id_unique=_is_promised(number),
        source=_source(meta),
        time=resource.get("timestamp") or meta.get("lastUpdated", ""),
    )


def _resource_envelope(resource: dict[str, Any]) -> Envelope:
    """A resource without version names no message: A, then B, then A again are three (CANON)."""
    meta = resource.get("meta", {})
    number = _version_name(resource)
    return Envelope(
        type=resource["resourceType"],
        id=number,
        is_id_unique=bool(number),
        source=_source(meta),
        time=meta.get("lastUpdated", ""),
    )


def _message_envelope(bundle: dict[str, Any], header: dict[str, Any]) -> Envelope:
    """A message is named by its MessageHeader.id, which stays when it is sent again (messaging.html#reliable)."""
    number = header.get("id") or _identifier(bundle)
    source = header.get("source", {})
    return Envelope(
        type=header.get("eventCoding", {}).get("code") or header.get("eventUri", "MessageHeader"),
        id=number,
        is_id_unique=_is_promised(number),
        source=source.get("endpoint", "") or _source(bundle.get("meta", {})),
        time=bundle.get("timestamp") or bundle.get("meta", {}).get("lastUpdated", ""),
        correlation=header.get("response", {}).get("identifier", ""),
    )


def _identifier(bundle: dict[str, Any]) -> str:
    identifier = bundle.get("identifier", {})
    if "value" not in identifier:
        return ""
    return f"{identifier.get('system', '')}|{identifier['value']}"


def _is_promised(number: str) -> bool:
    """Whether another content under ``number`` is a conflict: a Bundle's identifier without system is unique nowhere, and
    real senders copy MSH-10 there."""
    return bool(number) and not number.startswith("|")


def _version_name(resource: dict[str, Any]) -> str:
    version = resource.get("meta", {}).get("versionId")
    if not version or "id" not in resource:
        return ""
    return f"{resource['resourceType']}/{resource['id']}/{version}"


def _source(meta: dict[str, Any]) -> str:
    """``meta.source`` up to the ``#``: behind it servers write the number of the request."""
    return meta.get("source", "").partition("#")[0]
