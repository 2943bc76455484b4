"""Canonical values as R4 data types (datatypes.html, references.html). Each gives None where there is nothing to say."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, tzinfo
from typing import Any

from ...fhir_extensions import ADDITIONAL_IDENTIFIER, extended, extension
from ...moments import to_iso
from ...transforms.fhir_references import ENTITY_OF, LOGICAL_ID, logical_id
from ..values import (
    Address,
    Coding,
    Contact,
    Identifier,
    Moment,
    Money,
    Period,
    PersonName,
    Quantity,
    Reference,
)
from . import words

Json = dict[str, Any]

#: the resource that stands for an entity where no identifier names another
TYPE_OF = {
    "party": "Patient",
    "employee": "Practitioner",
    "organization": "Organization",
    "location": "Location",
    "service": "HealthcareService",
    "product": "Device",
    "encounter": "Encounter",
    "appointment": "Appointment",
    "coverage": "Coverage",
    "order": "ServiceRequest",
    "claim": "Claim",
    "charge": "ChargeItem",
    "invoice": "Invoice",
}
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_BLANK = re.compile(r"\s", re.ASCII)
_BLANKS = re.compile(r"\s+", re.ASCII)


def said(**members: Any) -> Json:
    """The members that say something. A name with ``_`` at its end is one that Python keeps for itself (``class_``)."""
    return {
        name.rstrip("_"): value
        for name, value in members.items()
        if value not in (None, "", [], {})
    }


def code(text: str) -> str:
    """A code has no two blanks in a row (datatypes.html#code)."""
    return _BLANKS.sub(" ", text)


def uri(text: str) -> str:
    """A uri has no blanks: they are written as in any other address (RFC 3986, 2.1)."""
    return _BLANK.sub("%20", text)


def coding(value: Coding) -> Json:
    return said(system=uri(value.system), code=code(value.code), display=value.display)


def concept(*values: Coding | None, text: str = "") -> Json | None:
    """A CodeableConcept of all these codes, which mean one thing."""
    return said(coding=[coding(value) for value in values if value], text=text) or None


def word(value: str | None, table: Mapping[str, str], system: str) -> Json | None:
    """A canonical word as the Coding of a standard's table."""
    found = table.get(value or "")
    return said(system=system, code=found) if found else None


def worded(value: str | None, table: Mapping[str, str], system: str) -> Json | None:
    """``word`` as a CodeableConcept."""
    found = word(value, table, system)
    return {"coding": [found]} if found else None


# -- identifiers and references ----------------------------------------------------------------------------------------


def own_id(kind: str, identifiers: tuple[Identifier, ...]) -> str:
    """The id that a server gave the resource, where the first identifier is one of a ``kind``."""
    first = identifiers[0]
    is_own = first == logical_id(kind, first.value) and _ID.fullmatch(first.value)
    return first.value if is_own else ""


def identifiers(kind: str, values: tuple[Identifier, ...]) -> Json:
    """``id`` and ``identifier`` of a resource."""
    own = own_id(kind, values)
    return said(id=own, identifier=[identifier(item) for item in values[bool(own) :]])


def identifier(value: Identifier) -> Json:
    kind = said(coding=[said(system=words.IDENTIFIER_TYPES, code=code(value.type))])
    return said(
        type=kind if value.type else None,
        system=uri(value.system),
        value=value.value,
        assigner=said(display=value.assigner),
    )


def reference(value: Reference | None) -> Json | None:
    """A Reference by all names: a server's id as ``Type/id``, one business identifier, the others beside it."""
    if value is None:
        return None
    kind = _named_type(value)
    own = own_id(kind, value.identifiers)
    first, *others = [*value.identifiers[bool(own) :], None]
    return said(
        extension=extended(
            *(
                extension(ADDITIONAL_IDENTIFIER, "Identifier", identifier(item))
                for item in others
                if item
            )
        ),
        reference=f"{kind}/{own}" if own else None,
        type=kind,
        identifier=identifier(first) if first else None,
        display=value.display,
    )


def references(values: Iterable[Reference | None]) -> list[Json] | None:
    return [found for value in values if (found := reference(value))] or None


def _named_type(value: Reference) -> str:
    first = value.identifiers[0]
    kind = first.system.removeprefix("fhir:") if first.type == LOGICAL_ID else ""
    return kind if ENTITY_OF.get(kind) == value.entity else TYPE_OF[value.entity]


# -- people ------------------------------------------------------------------------------------------------------------


def name(value: PersonName | None) -> list[Json] | None:
    if value is None:
        return None
    return [
        said(
            use=value.use if value.use in words.NAME_USES else None,
            text=value.text,
            family=value.family,
            given=list(value.given),
            prefix=[value.prefix] if value.prefix else None,
            suffix=[value.suffix] if value.suffix else None,
        )
    ]


def address(value: Address | None) -> Json | None:
    if value is None:
        return None
    return said(
        use=value.use if value.use in words.ADDRESS_USES else None,
        line=list(value.lines),
        city=value.city,
        state=value.state,
        postalCode=value.postal_code,
        country=value.country,
    )


def addresses(value: Address | None) -> list[Json] | None:
    found = address(value)
    return [found] if found else None


def contacts(values: tuple[Contact, ...] | None) -> list[Json] | None:
    return [_contact(item) for item in values or ()] or None


def _contact(value: Contact) -> Json:
    is_mobile = value.kind == "mobile"
    use = value.use if value.use in words.CONTACT_USES else None
    return said(
        system="phone" if is_mobile else value.kind,
        value=value.value,
        use="mobile" if is_mobile else use,
    )


# -- numbers and times -------------------------------------------------------------------------------------------------


def quantity(value: Quantity | None) -> Json | None:
    if value is None:
        return None
    unit = said(system=uri(value.system), code=code(value.unit)) if value.system else {}
    return {"value": value.value, **said(unit=value.unit), **(unit if value.unit else {})}


def money(value: Money | None) -> Json | None:
    return None if value is None else {"value": value.amount, **said(currency=value.currency)}


def moment(value: Moment | None, zone: tzinfo) -> str | None:
    """A dateTime: a year, month or day, or a time with seconds and offset."""
    return to_iso(value, zone) if value else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def period(value: Period | None, zone: tzinfo) -> Json | None:
    if value is None:
        return None
    return said(start=moment(value.start, zone), end=moment(value.end, zone)) or None


# -- several resources -------------------------------------------------------------------------------------------------


def full_url(kind: str, names: tuple[Identifier, ...]) -> str:
    """A name for a resource in a Bundle, the same whenever it is written."""
    first = names[0]
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}|{first.system}|{first.value}").urn


def bundle(*resources: tuple[str, Json]) -> Json:
    """(fullUrl, resource) as a collection."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in resources],
    }
