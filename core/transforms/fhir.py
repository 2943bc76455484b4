"""Transforms of FHIR R4 data types (datatypes.html) into canonical values.

The codec has checked the shapes; what an endpoint's own JSON passes off as FHIR is read with the same care as any JSON:
a value of another type gives nothing, or ``MappingError``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from ..canonical import (
    Address,
    Coding,
    Contact,
    Identifier,
    InvoiceLine,
    LocationStay,
    Moment,
    Money,
    Period,
    PersonName,
    Quantity,
    Reference,
)
from ..moments import date_iso, parse_iso
from ..never import is_secret_identifier
from .common import Context, Transform, Values, amount_of, first_word, number, unique, word

#: the canonical entity that a resource type is about
ENTITY_OF = {
    "Patient": "party",
    "RelatedPerson": "party",
    "Practitioner": "employee",
    "PractitionerRole": "employee",
    "Organization": "organization",
    "Location": "location",
    "HealthcareService": "service",
    "ChargeItemDefinition": "service",
    "Device": "product",
    "Medication": "product",
    "Encounter": "encounter",
    "ServiceRequest": "order",
    "DeviceRequest": "order",
    "SupplyRequest": "order",
    "MedicationRequest": "order",
    "ChargeItem": "charge",
    "Invoice": "invoice",
}
_TYPE_AND_ID = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?")
#: HL7 table 0203: the number a server gives a resource
LOGICAL_ID = "RI"
_PHYSICAL_TYPE = {"si": "site", "bu": "building", "wi": "building", "wa": "ward", "lvl": "ward", "ro": "room", "bd": "bed"}


def _dicts(values: Iterable[Any]) -> list[dict[str, Any]]:
    """The objects among the values; a list (one member of a multi-select) counts by its items."""
    found: list[dict[str, Any]] = []
    for value in values:
        if isinstance(value, dict):
            found.append(value)
        elif isinstance(value, list):
            found.extend(item for item in value if isinstance(item, dict))
    return found


def _lines(value: Any) -> tuple[str, ...]:
    """A list of strings (or one alone) as a tuple, empty ones left out."""
    items = value if isinstance(value, list) else [value]
    return tuple(text for item in items if (text := word(item)))


# -- identifiers -------------------------------------------------------------------------------------------------------


def logical_id(kind: str, value: str) -> Identifier:
    """The id of a resource as one of its identifiers: each server's ids are a namespace of their own per type."""
    return Identifier(value, f"fhir:{kind}", LOGICAL_ID)


def _identifier(item: dict[str, Any]) -> Identifier | None:
    value = word(item.get("value"))
    if not value or is_secret_identifier(item):
        return None
    codings = _dicts([_member(item, "type").get("coding")])
    kind = next((code for coding in codings if (code := word(coding.get("code")))), "")
    return Identifier(value, word(item.get("system")), kind, word(_member(item, "assigner").get("display")))


def _member(item: dict[str, Any], name: str) -> dict[str, Any]:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _names_of(kind: str, id_: str, identifiers: Any) -> tuple[Identifier, ...] | None:
    """The logical id first, then the business identifiers."""
    own = logical_id(kind, id_) if kind and id_ else None
    return unique([own, *map(_identifier, _dicts([identifiers]))])


def _identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """The resource's id and its identifiers, from "[resourceType, id, identifier]"."""
    kind, id_, identifiers = (*values, None, None, None)[:3]
    return _names_of(word(kind), word(id_), identifiers)


def _code_identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """The codes of a CodeableConcept as identifiers: a medication is known by its codes."""
    codings = _codings(values, argument, context) or ()
    return unique(Identifier(coding.code, coding.system) for coding in codings)


def _reference_identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """The identifiers of what a reference points at; the argument lists the entities it may be."""
    found = _reference(values, argument, context)
    return found.identifiers if found else None


def _udi(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """The device identifiers (UDI-DI) of a device's bar codes."""
    return unique(_udi_names(values))


def _udi_names(carriers: Iterable[Any]) -> Iterable[Identifier]:
    for item in _dicts(carriers):
        value = word(item.get("deviceIdentifier"))
        if value:
            yield Identifier(value, "udi", "UDI")


# -- references --------------------------------------------------------------------------------------------------------


def _reference(values: Values, argument: str, context: Context) -> Reference | None:
    """The first reference to one of the entities that the argument lists ("employee organization")."""
    allowed = argument.split()
    for item in _dicts(values):
        found = refer(item, allowed)
        if found:
            return found
    return None


def refer(item: dict[str, Any], allowed: list[str]) -> Reference | None:
    """What one FHIR Reference names: its target where the document carries it, else type and id, else its identifier."""
    target = _member(item, "_resolved")
    written = word(item.get("reference"))
    kind, id_ = _type_and_id(written)
    kind = word(target.get("resourceType")) or kind or word(item.get("type"))
    entity = ENTITY_OF.get(kind, "") if kind else allowed[0]
    if entity not in allowed:
        return None
    identifiers = _target_names(item, target, written, kind, id_)
    if not identifiers:
        return None
    display = word(item.get("display")) or word(target.get("name"))
    return Reference(entity, identifiers, display, is_carried=bool(target) and "?" not in written)


def _self_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """The resource itself, from "[resourceType, id, identifier]"; the argument is its entity."""
    identifiers = _identifiers(values, "", context)
    return Reference(argument, identifiers, is_carried=True) if identifiers else None


def _reference_number(values: Values, argument: str, context: Context) -> str | None:
    """The number that a reference goes by: the business identifier of its target, or else its id."""
    for item in _dicts(values):
        target = _member(item, "_resolved")
        own = _dicts([item.get("identifier"), target.get("identifier")])
        number_ = next((name.value for name in map(_identifier, own) if name), "")
        id_ = word(target.get("id")) or _type_and_id(word(item.get("reference")))[1]
        if number_ or id_:
            return number_ or id_
    return None


def _target_names(
    item: dict[str, Any], target: dict[str, Any], written: str, kind: str, id_: str
) -> tuple[Identifier, ...] | None:
    names: list[Identifier | None] = []
    if target:
        # A contained resource's id means something within its container alone.
        own_id = "" if written.startswith("#") else word(target.get("id"))
        names.extend(_names_of(kind, own_id, target.get("identifier")) or ())
        names.extend(_product_names(target))
    elif id_:
        names.append(logical_id(kind, id_))
    elif written.lower().startswith(("urn:uuid:", "urn:oid:")):
        names.append(Identifier(written, "urn:ietf:rfc:3986"))
    names.append(_identifier(_member(item, "identifier")))
    return unique(names)


def _product_names(target: dict[str, Any]) -> Iterable[Identifier]:
    """The codes by which a Medication or Device is known elsewhere."""
    if ENTITY_OF.get(word(target.get("resourceType"))) != "product":
        return
    yield from _udi_names([target.get("udiCarrier")])
    for coding in _codings_of(_member(target, "code")):
        yield Identifier(coding.code, coding.system)


def _type_and_id(written: str) -> tuple[str, str]:
    match = _TYPE_AND_ID.fullmatch(written)
    return (match[1], match[2]) if match else ("", "")


def _code_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """A product or service by its code (CodeableConcept); the argument is the entity."""
    codings = [coding for concept in _dicts(values) for coding in _codings_of(concept)]
    identifiers = unique(Identifier(coding.code, coding.system) for coding in codings)
    if not identifiers:
        return None
    return Reference(argument, identifiers, next((coding.display for coding in codings if coding.display), ""))


# -- codes -------------------------------------------------------------------------------------------------------------


def _codings_of(item: dict[str, Any]) -> list[Coding]:
    """The codings of a CodeableConcept, or the Coding itself; a concept's text stands in for a missing display."""
    codings = _dicts([item.get("coding")]) or [item]
    text = word(item.get("text"))
    return [
        Coding(code, word(coding.get("system")), word(coding.get("display")) or text)
        for coding in codings
        if (code := word(coding.get("code")))
    ]


def _codings(values: Values, argument: str, context: Context) -> tuple[Coding, ...] | None:
    """All codes of CodeableConcepts or Codings."""
    return unique(coding for item in _dicts(values) for coding in _codings_of(item))


def _coding(values: Values, argument: str, context: Context) -> Coding | None:
    """The first code of a CodeableConcept or Coding; of a plain code, the argument is its system."""
    found = _codings(values, argument, context)
    if found:
        return found[0]
    text = first_word(values)
    return Coding(text, argument) if text else None


def _concept_text(values: Values, argument: str, context: Context) -> str | None:
    """A CodeableConcept in words: its text, or else a display, or else a code."""
    for item in _dicts(values):
        codings = _codings_of(item)
        words = [word(item.get("text")), *(coding.display for coding in codings), *(coding.code for coding in codings)]
        if text := next(filter(None, words), ""):
            return text
    return None


def _place_kind(values: Values, argument: str, context: Context) -> str | None:
    """The kind of place from Location.physicalType: site, building, ward, room or bed."""
    found = _codings(values, argument, context) or ()
    return next((kind for coding in found if (kind := _PHYSICAL_TYPE.get(coding.code))), None)


# -- names, contacts, addresses ----------------------------------------------------------------------------------------


def _preferred(items: list[dict[str, Any]], *uses: str) -> list[dict[str, Any]]:
    """The items, those of the first ``uses`` first, and what is no longer true left out."""
    ranks = {use: rank for rank, use in enumerate(uses)}
    current = [item for item in items if item.get("use") not in ("old", "maiden")]
    return sorted(current, key=lambda item: ranks.get(word(item.get("use")), len(uses)))


def _name(values: Values, argument: str, context: Context) -> PersonName | None:
    """A person's official name, or else the first one that is current."""
    for item in _preferred(_dicts(values), "official", "usual"):
        name = PersonName(
            family=word(item.get("family")),
            given=_lines(item.get("given")),
            prefix=" ".join(_lines(item.get("prefix"))),
            suffix=" ".join(_lines(item.get("suffix"))),
            text=word(item.get("text")),
            use=word(item.get("use")),
        )
        if name.display:
            return name
    return None


def _contacts(values: Values, argument: str, context: Context) -> tuple[Contact, ...] | None:
    """Telephone numbers, e-mail and web addresses that are in use."""
    return unique(_contact(item) for item in _preferred(_dicts(values)))


def _contact(item: dict[str, Any]) -> Contact | None:
    kind, value, use = (word(item.get(name)) for name in ("system", "value", "use"))
    kind = {"sms": "phone", "": "phone"}.get(kind, kind)
    if not value or kind not in ("phone", "fax", "email", "url"):
        return None
    if use == "mobile":
        return Contact("mobile" if kind == "phone" else kind, value)
    return Contact(kind, value, use)


def _address(values: Values, argument: str, context: Context) -> Address | None:
    """The billing address, or else the home or first one that is current."""
    for item in _preferred(_dicts(values), "billing", "home", "work"):
        address = Address(
            lines=_lines(item.get("line")) or _lines(item.get("text")),
            city=word(item.get("city")),
            state=word(item.get("state")),
            postal_code=word(item.get("postalCode")),
            country=word(item.get("country")),
            use=word(item.get("use")),
        )
        if address != Address(use=address.use):
            return address
    return None


# -- numbers and times -------------------------------------------------------------------------------------------------


def _time(values: Values, argument: str, context: Context) -> Moment | None:
    """A date, dateTime or instant, as precise as it was written; of a Period, its start."""
    for value in values:
        text = word(value.get("start")) if isinstance(value, dict) else word(value)
        if text:
            return parse_iso(text, context.zone)
    return None


def _date(values: Values, argument: str, context: Context) -> date | None:
    """A calendar day as it was written; nothing where only a month or year was."""
    text = first_word(values)
    return date_iso(text) if text else None


def _period(values: Values, argument: str, context: Context) -> Period | None:
    """A Period, from start to end."""
    return next((period for item in _dicts(values) if (period := _period_of(item, context))), None)


def _period_of(item: dict[str, Any], context: Context) -> Period | None:
    start, end = (word(item.get(name)) for name in ("start", "end"))
    if not (start or end):
        return None
    return Period(
        parse_iso(start, context.zone) if start else None, parse_iso(end, context.zone) if end else None
    )


def _amount(item: dict[str, Any], name: str = "value") -> Decimal | None:
    return number(word(item.get(name)), "bad_amount")


def _quantity(values: Values, argument: str, context: Context) -> Quantity | None:
    """A Quantity in its coded unit, or else in the unit's words."""
    for item in _dicts(values):
        unit = word(item.get("code")) or word(item.get("unit"))
        quantity = amount_of(_amount(item), unit, word(item.get("system")) if word(item.get("code")) else "")
        if quantity:
            return quantity
    return None


def _money(values: Values, argument: str, context: Context) -> Money | None:
    """An amount of Money; the argument is the currency of one without."""
    for item in _dicts(values):
        amount = _amount(item)
        if amount is not None:
            return Money(amount, word(item.get("currency")) or argument)
    return None


def _difference(values: Values, argument: str, context: Context) -> Money | None:
    """The first amount of Money less the second ("[totalGross, totalNet]")."""
    first, second = (*values, None, None)[:2]
    more, less = _money((first,), argument, context), _money((second,), argument, context)
    if not (more and less) or more.currency != less.currency:
        return None
    return Money(more.amount - less.amount, more.currency)


# -- parts of an encounter and an invoice ------------------------------------------------------------------------------


def _stays(values: Values, argument: str, context: Context) -> tuple[LocationStay, ...] | None:
    """The places of an encounter with the time spent in each (Encounter.location)."""
    return unique(
        LocationStay(place, _period_of(_member(item, "period"), context))
        for item in _dicts(values)
        if (place := refer(_member(item, "location"), ["location"]))
    )


def _invoice_lines(values: Values, argument: str, context: Context) -> tuple[InvoiceLine, ...] | None:
    """The lines of an Invoice: what was charged, and its base price less deductions."""
    # Not unique: two equal lines are two lines.
    return tuple(map(_invoice_line, _dicts(values))) or None


def _invoice_line(item: dict[str, Any]) -> InvoiceLine:
    concept = _member(item, "chargeItemCodeableConcept")
    codings = _codings_of(concept)
    display = word(concept.get("text")) or (codings[0].display if codings else "")
    return InvoiceLine(
        description=display or word(_member(item, "chargeItemReference").get("display")),
        code=codings[0] if codings else None,
        amount=_net(_dicts([item.get("priceComponent")])),
    )


def _net(components: list[dict[str, Any]]) -> Money | None:
    """What a line costs before tax: base and surcharges less discounts and deductions; None without a base."""
    signs = {"base": 1, "surcharge": 1, "discount": -1, "deduction": -1}
    total, currency = None, ""
    for component in components:
        kind = word(component.get("type"))
        money = _member(component, "amount")
        amount = _amount(money)
        if amount is None or kind not in signs or (total is None and kind != "base"):
            continue
        # Senders write deductions with either sign.
        total = (total or Decimal()) + (amount if signs[kind] > 0 else -abs(amount))
        currency = currency or word(money.get("currency"))
    return None if total is None else Money(total, currency)


TRANSFORMS: dict[str, Transform] = {
    "fhir.identifiers": _identifiers,
    "fhir.code_identifiers": _code_identifiers,
    "fhir.reference_identifiers": _reference_identifiers,
    "fhir.udi": _udi,
    "fhir.reference": _reference,
    "fhir.self_reference": _self_reference,
    "fhir.reference_number": _reference_number,
    "fhir.code_reference": _code_reference,
    "fhir.codings": _codings,
    "fhir.coding": _coding,
    "fhir.concept_text": _concept_text,
    "fhir.place_kind": _place_kind,
    "fhir.name": _name,
    "fhir.contacts": _contacts,
    "fhir.address": _address,
    "fhir.time": _time,
    "fhir.date": _date,
    "fhir.period": _period,
    "fhir.quantity": _quantity,
    "fhir.money": _money,
    "fhir.difference": _difference,
    "fhir.stays": _stays,
    "fhir.invoice_lines": _invoice_lines,
}
