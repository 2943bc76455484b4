"""Least data in FHIR documents: what the contracts of each resource type list, without what is never stored.

Kept whatever the contract says, because identity and order hang on it: ``resourceType``, ``id``, ``meta`` (versionId,
lastUpdated, source), and of a Bundle what holds its entries together. A resource without contract, or of a type that
is never stored, keeps its ``resourceType`` alone. Contained resources follow the contract of their own type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .allowed import EVERYTHING, Allowed
from .codecs.fhir_bundle import parse_search, type_and_id
from .codecs.fhir_structure import RESOURCE_TYPES, Element, elements
from .fhir_extensions import ADDITIONAL_IDENTIFIER
from .never import is_never, is_never_extension, is_never_resource, is_secret_identifier

_META = ("versionId", "lastUpdated", "source")
_DROPPED_META = ("profile", "security", "tag", "extension")
_RESOURCE = ("resourceType", "id")
_BUNDLE = ("resourceType", "id", "type", "timestamp")
#: resources whose code is a diagnosis
_DIAGNOSES = frozenset({"AllergyIntolerance", "Condition"})
#: handled apart from the other elements of a resource
_HANDLED = frozenset({"resourceType", "id", "meta", "contained"})


@dataclass(frozen=True, slots=True)
class _Work:
    """``allowed_for`` a resource type; ``dropped`` places; ``hidden``: names of the resources nothing is kept of;
    ``diagnoses``: (system, code) that the document itself gives as a diagnosis."""

    allowed_for: Callable[[str], Allowed | None]
    dropped: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    diagnoses: set[tuple[str, str]] = field(default_factory=set)

    def is_hidden(self, kind: str) -> bool:
        return is_never_resource(kind) or self.allowed_for(kind) is None


def minimise(
    resource: dict[str, Any], allowed_for: Callable[[str], Allowed | None]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The resource without what is not allowed, and the places of what was dropped, sorted: ``Patient.text``,
    ``Observation``. Indexes and values are not in them. A shape R4 does not know is dropped too."""
    work = _Work(allowed_for)
    return _resource(resource, work), tuple(sorted(work.dropped))


def _resource(resource: dict[str, Any], work: _Work) -> dict[str, Any]:
    kind = resource["resourceType"]
    if kind == "Bundle":
        return _bundle(resource, work)
    allowed = work.allowed_for(kind)
    if allowed is None or is_never_resource(kind):
        work.dropped.add(kind if kind in RESOURCE_TYPES else "*")
        return {"resourceType": kind}
    own = {name: member for name, member in resource.items() if name not in _HANDLED}
    # "#1" is a name in this resource only; the next resource may mean something else by it.
    hidden_here = set(_hidden_contained(resource, work))
    work.hidden.update(hidden_here)
    kept = {**_members(own, kind, allowed, kind, work), **_contained(resource, work)}
    work.hidden.difference_update(hidden_here)
    return {**_skeleton(resource, _RESOURCE, work), **kept}


def _hidden_contained(resource: dict[str, Any], work: _Work) -> Iterator[str]:
    work.diagnoses.update(_diagnoses(resource))
    for item in resource.get("contained", ()):
        work.diagnoses.update(_diagnoses(item))
        if work.is_hidden(item["resourceType"]):
            yield f"#{item.get('id')}"


def _contained(resource: dict[str, Any], work: _Work) -> dict[str, Any]:
    if is_never(resource["resourceType"], "contained", "Resource"):
        return {}
    kept = [_resource(item, work) for item in resource.get("contained", ())]
    kept = [item for item in kept if len(item) > 1]
    return {"contained": kept} if kept else {}


def _skeleton(resource: dict[str, Any], names: tuple[str, ...], work: _Work) -> dict[str, Any]:
    """These elements as they are, and what is kept of ``meta``."""
    kept = {name: resource[name] for name in names if name in resource}
    meta = resource.get("meta", {})
    kept_meta = {name: meta[name] for name in _META if name in meta}
    work.dropped.update(
        f"{resource['resourceType']}.meta.{name}" for name in meta if name in _DROPPED_META
    )
    return {**kept, "meta": kept_meta} if kept_meta else kept


def _bundle(bundle: dict[str, Any], work: _Work) -> dict[str, Any]:
    kept = _skeleton(bundle, _BUNDLE, work)
    if "identifier" in bundle and not is_secret_identifier(bundle["identifier"]):
        kept["identifier"] = bundle["identifier"]
    work.dropped.update(f"Bundle.{name}" for name in ("link", "signature") if name in bundle)
    entries = bundle.get("entry", ())
    for entry in entries:
        _note_hidden(entry, work)
    return {**kept, "entry": [_entry(entry, work) for entry in entries]} if entries else kept


def _note_hidden(entry: dict[str, Any], work: _Work) -> None:
    """What others in the Bundle may say of this entry's resource, and must not."""
    resource = entry.get("resource", {"resourceType": "Bundle"})
    kind = resource["resourceType"]
    work.diagnoses.update(_diagnoses(resource))
    if kind != "Bundle" and work.is_hidden(kind) and "fullUrl" in entry:
        work.hidden.add(entry["fullUrl"])


def _diagnoses(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The codes a resource gives as a diagnosis. Senders repeat them: Synthea bills a claim line by diagnosis."""
    concepts = [resource.get("code", {})] if resource["resourceType"] in _DIAGNOSES else []
    concepts += [item.get("diagnosisCodeableConcept", {}) for item in resource.get("diagnosis", ())]
    for concept in concepts:
        for coding in concept.get("coding", ()):
            if "code" in coding:
                yield coding.get("system", ""), coding["code"]


def _entry(entry: dict[str, Any], work: _Work) -> dict[str, Any]:
    """Its resource, name and request; searches in a URL are cut off, unless they are by an identifier we may keep."""
    kept: dict[str, Any] = {}
    if "fullUrl" in entry and entry["fullUrl"] not in work.hidden:
        kept["fullUrl"] = entry["fullUrl"]
    if "resource" in entry:
        kept["resource"] = _resource(entry["resource"], work)
    if "request" in entry:
        kept["request"] = {
            "method": entry["request"]["method"],
            "url": _request_url(entry["request"]["url"]),
        }
    work.dropped.update(
        f"Bundle.entry.{name}" for name in ("link", "search", "response") if name in entry
    )
    return kept


def _request_url(url: str) -> str:
    searched = parse_search(url)
    is_kept = searched is not None and not is_secret_identifier(searched["identifier"][0])
    return url if is_kept else url.partition("?")[0]


def _members(
    value: dict[str, Any], type_name: str, allowed: Allowed, place: str, work: _Work
) -> dict[str, Any]:
    """What is kept of the elements of one complex value."""
    known = elements(type_name)
    kept = {}
    for name, member in value.items():
        element = known.get(name)
        here = f"{place}.{name}" if name.lstrip("_") in known else f"{place}.*"
        result = None
        if name == "extension" and not is_never(type_name, name, "Extension"):
            result = _extensions(member, type_name, allowed, here, work)
        elif element is not None and name != "modifierExtension":
            result = _member(member, type_name, name, element, allowed, here, work)
        if result is None:
            work.dropped.add(here)
        else:
            kept[name] = result
    return kept


def _member(
    member: Any,
    type_name: str,
    name: str,
    element: Element,
    allowed: Allowed,
    here: str,
    work: _Work,
) -> Any:
    """None where nothing of it is kept."""
    beneath = allowed.under(name)
    if beneath is None or is_never(type_name, name, element.type):
        return None
    if not isinstance(member, list):
        return _single(member, element, beneath, here, work)
    items = [_single(item, element, beneath, here, work) for item in member]
    return [item for item in items if item is not None] or None


def _single(value: Any, element: Element, allowed: Allowed, here: str, work: _Work) -> Any:
    if element.is_primitive:
        return value if allowed.is_all and not isinstance(value, (dict, list)) else None
    if not isinstance(value, dict) or _is_forbidden(value, element, work):
        work.dropped.add(here)
        return None
    return _members(value, element.type, allowed, here, work) or None


def _is_forbidden(value: dict[str, Any], element: Element, work: _Work) -> bool:
    if element.type == "Identifier":
        return is_secret_identifier(value)
    if element.type == "CodeableConcept" and work.diagnoses:
        codings = value.get("coding", ())
        return any(
            (coding.get("system", ""), coding.get("code")) in work.diagnoses for coding in codings
        )
    return element.type == "Reference" and _is_forbidden_reference(value, work)


def _is_forbidden_reference(value: dict[str, Any], work: _Work) -> bool:
    """It points at something of which nothing is stored, so its words are not either; or it names a secret number."""
    reference = value.get("reference", "")
    named = type_and_id(reference)
    kind = named[0] if named else value.get("type", "")
    if reference in work.hidden or (kind in RESOURCE_TYPES and is_never_resource(kind)):
        return True
    searched = parse_search(reference)
    return searched is not None and is_secret_identifier(searched["identifier"][0])


def _is_part_of(type_name: str, url: str) -> bool:
    """Whether what allows a value of this type allows the extension too."""
    return type_name == "Extension" or (type_name == "Reference" and url == ADDITIONAL_IDENTIFIER)


def _extensions(
    items: Any, type_name: str, allowed: Allowed, here: str, work: _Work
) -> list[Any] | None:
    """The extensions the contract names, and what is inside those."""
    kept = []
    for item in items if isinstance(items, list) else ():
        url = item.get("url", "")
        inner = EVERYTHING if allowed.is_all and _is_part_of(type_name, url) else None
        beneath = allowed.extension(url) or inner
        if beneath is not None and not is_never_extension(url):
            part = _members(item, "Extension", beneath, here, work)
            # of one that is kept for another in it the address stays too: the place of the other goes by it
            kept.append({"url": item["url"], **part} if part and url else part)
        else:
            work.dropped.add(here)
    return kept or None
