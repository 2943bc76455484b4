"""What is in a FHIR document: the resources of a Bundle, and what their references point at.

References are resolved when a mapping asks (``resolve``), never stored: the target's identifiers would otherwise stand
twice in every payload. The rules are those of bundle.html#references, with one more for senders that give resources
a urn:uuid as fullUrl and still refer to them as ``Patient/123``: where only one resource of the Bundle can be meant,
it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from .fhir_structure import RESOURCE_TYPES

#: what a resolved reference carries of its target, where the target has it
RESOLVED_ELEMENTS = (
    "id", "identifier", "code", "batch", "lotNumber", "expirationDate", "udiCarrier", "basedOn"
)  # fmt: skip
#: methods that only ask; their entries hold nothing to take
_READING = frozenset({"GET", "HEAD"})
_TYPE_AND_ID = re.compile(
    r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of a document. ``method`` is POST, PUT, PATCH or DELETE in a transaction, batch or history, '' elsewhere.

    ``path`` is its place in the document (``Bundle.entry[2].resource``) and ``scope`` that of the Bundle it stands in:
    a Bundle may hold Bundles. A DELETE often has no resource; its ``body`` is then what its URL says: type and id, or
    type and identifier.
    """

    kind: str
    body: dict[str, Any]
    full_url: str = ""
    method: str = ""
    path: str = ""
    scope: str = ""


class Parts(tuple[Part, ...]):
    """The parts of one document, in the order they take effect, with an index for references."""

    @cached_property
    def by_name(self) -> dict[tuple[str, str], Part | None]:
        """(scope, name) → part; None where a name stands for several resources. A deleted resource has no name."""
        index: dict[tuple[str, str], Part | None] = {}
        for part in self:
            if part.method == "DELETE":
                continue
            for name in _names(part):
                known = index.get((part.scope, name), part)
                index[part.scope, name] = part if known is part else _newest(known, part)
        return index


def resources(body: dict[str, Any]) -> Parts:
    """The resources that a document states: its own, or those of its entries (Bundles inside Bundles included).

    Entries that only ask (GET, HEAD) are left out. A history lists the newest version first (http.html#history); here
    it comes oldest first, so that the last one said is the last one applied.
    """
    return Parts(_walk(body, body.get("resourceType", ""), ""))


def resolve(part: Part, parts: Parts | tuple[Part, ...]) -> dict[str, Any]:
    """The part's body as a mapping sees it: each reference found in the document has ``_resolved`` beside it.

    ``{"reference": "urn:uuid:…", "_resolved": {"resourceType": …, "id": …, "identifier": […], "name": "words"}}``, and
    those of ``RESOLVED_ELEMENTS`` that the target has; ``name`` is one line for people, absent where there is none. The
    part itself stays as it is. Give the ``Parts`` that ``resources`` returned, whose index is made once.
    """
    index = (parts if isinstance(parts, Parts) else Parts(parts)).by_name
    return _resolved(part.body, part, index)


def parse_search(url: str) -> dict[str, Any] | None:
    """``Patient?identifier=system|value`` as the resource it describes; None for any other search."""
    kind, _, query = url.partition("?")
    kind = kind.rpartition("/")[2]
    terms = parse_qsl(query, keep_blank_values=True)
    if kind not in RESOURCE_TYPES or len(terms) != 1 or terms[0][0] != "identifier":
        return None
    system, bar, value = terms[0][1].rpartition("|")
    if not value:
        return None
    return {
        "resourceType": kind,
        "identifier": [{"system": system, "value": value} if system else {"value": value}],
    }


def type_and_id(url: str) -> tuple[str, str] | None:
    """``[base/]Patient/123[/_history/4]`` → ("Patient", "123")."""
    found = _TYPE_AND_ID.search(url)
    return (found[1], found[2]) if found and found[1] in RESOURCE_TYPES else None


def _walk(resource: dict[str, Any], path: str, scope: str, **entry: str) -> Iterator[Part]:
    if resource.get("resourceType") != "Bundle":
        yield Part(resource.get("resourceType", ""), resource, path=path, scope=scope, **entry)
        return
    entries = list(enumerate(resource.get("entry", ())))
    if resource.get("type") == "history":
        entries.reverse()
    for number, item in entries:
        request = item.get("request", {})
        method = request.get("method", "")
        body = item.get("resource") or _described(request)
        if method not in _READING and body is not None:
            place = f"{path}.entry[{number}].resource"
            yield from _walk(body, place, path, full_url=item.get("fullUrl", ""), method=method)


def _described(request: dict[str, Any]) -> dict[str, Any] | None:
    """What the URL of an entry without a resource tells of it."""
    url = request.get("url", "")
    named = type_and_id(url)
    if named is not None:
        return {"resourceType": named[0], "id": named[1]}
    return parse_search(url)


def _names(part: Part) -> Iterator[str]:
    """The strings other resources may call this one by."""
    named = f"{part.kind}/{part.body['id']}" if "id" in part.body else ""
    if part.full_url:
        yield _plain(part.full_url)
    if named and named != part.full_url:
        yield named


def _newest(known: Part | None, part: Part) -> Part | None:
    """Versions of one resource (a history, or PUT twice): the last; different resources: nobody can tell."""
    is_same = known is not None and known.full_url == part.full_url and known.kind == part.kind
    return part if is_same else None


def _plain(url: str) -> str:
    """A URL without version; urn:uuid is compared in small letters (RFC 9562)."""
    url = url.partition("/_history/")[0]
    return url.lower() if url.lower().startswith("urn:uuid:") else url


def _resolved(value: Any, part: Part, index: dict[tuple[str, str], Part | None]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, part, index) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {name: _resolved(member, part, index) for name, member in value.items()}
    reference = value.get("reference")
    if isinstance(reference, str):
        target = _target(reference, part, index)
        if target is not None:
            copy["_resolved"] = _essence(target)
    return copy


def _target(
    reference: str, part: Part, index: dict[tuple[str, str], Part | None]
) -> dict[str, Any] | None:
    if reference.startswith("#"):
        return _contained(reference[1:], part.body)
    found = None
    for scope in (part.scope, "Bundle"):
        for name in _candidates(reference, part):
            found = found or index.get((scope, name))
    return found.body if found is not None else parse_search(reference)


def _contained(name: str, root: dict[str, Any]) -> dict[str, Any] | None:
    if not name:
        return root
    return next((item for item in root.get("contained", ()) if item.get("id") == name), None)


def _candidates(reference: str, part: Part) -> Iterator[str]:
    """The names a reference may mean, surest first: relative ones are relative to the server of the part itself."""
    plain = _plain(reference)
    own = type_and_id(part.full_url)
    if own is not None and ":" not in plain:
        yield part.full_url[: -len("/".join(own))] + plain
    yield plain


def _essence(resource: dict[str, Any]) -> dict[str, Any]:
    kept = {name: resource[name] for name in RESOLVED_ELEMENTS if name in resource}
    name = display_name(resource)
    return {"resourceType": resource["resourceType"], **kept, **({"name": name} if name else {})}


def display_name(resource: dict[str, Any]) -> str:
    """One line for people: a person's official name, an organization's or place's name, a device's."""
    name = resource.get("name") or resource.get("deviceName")
    if isinstance(name, str):
        return name
    names = [item for item in name or () if item.get("use") not in ("old", "maiden")]
    if not names:
        return ""
    best = next((item for item in names if item.get("use") == "official"), names[0])
    words = (
        *best.get("prefix", ()),
        *best.get("given", ()),
        best.get("family", ""),
        *best.get("suffix", ()),
    )
    return best.get("text") or best.get("name") or " ".join(word for word in words if word)
