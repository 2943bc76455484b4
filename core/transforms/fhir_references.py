"""Transforms of FHIR R4 identifiers and references (references.html), and of the parts of resources made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from ..canonical import Coding, Identifier, InvoiceLine, LocationStay, Money, Reference
from ..fhir_extensions import ADDITIONAL_IDENTIFIER
from ..never import is_secret_identifier
from .common import Context, Transform, Values, unique, word
from .fhir import (
    amount_in,
    codings_of,
    concept_text,
    dicts,
    member,
    money_of,
    period_of,
    quantity_of,
    system_of,
)

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
    "Appointment": "appointment",
    "Coverage": "coverage",
    "Claim": "claim",
    "ServiceRequest": "order",
    "DeviceRequest": "order",
    "SupplyRequest": "order",
    "MedicationRequest": "order",
    "ChargeItem": "charge",
    "Invoice": "invoice",
    "PaymentReconciliation": "payment",
}
_TYPE_AND_ID = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?")
#: HL7 table 0203: the number a server gives a resource
LOGICAL_ID = "RI"
#: what the price of one is called among the components of a line's price
UNIT_PRICE = "unit price"


# -- identifiers -------------------------------------------------------------------------------------------------------


def logical_id(kind: str, value: str) -> Identifier:
    """The id of a resource as one of its identifiers: each server's ids are a namespace of their own per type."""
    return Identifier(value, f"fhir:{kind}", LOGICAL_ID)


def _identifier(item: dict[str, Any]) -> Identifier | None:
    value, system, kind = word(item.get("value")), system_of(item), member(item, "type")
    codes = [word(coding.get("code")) for coding in dicts([kind.get("coding")])]
    typed = {"coding": [{"code": code} for code in codes], "text": word(kind.get("text"))}
    if not value or is_secret_identifier({"system": system, "type": typed}):
        return None
    code = next(filter(None, codes), "")
    return Identifier(value, system, code, word(member(item, "assigner").get("display")))


def _names_of(kind: str, id_: str, identifiers: Any) -> tuple[Identifier, ...] | None:
    """The logical id first, then the business identifiers."""
    own = logical_id(kind, id_) if kind and id_ else None
    return unique([own, *map(_identifier, dicts([identifiers]))])


def _identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """The resource's id and its identifiers, from "[resourceType, id, identifier]"."""
    kind, id_, identifiers = (*values, None, None, None)[:3]
    return _names_of(word(kind), word(id_), identifiers)


def _code_identifiers(
    values: Values, argument: str, context: Context
) -> tuple[Identifier, ...] | None:
    """The codes of a CodeableConcept that name one article: those of the systems that the argument lists."""
    # Other codes name a class (a substance, a kind of device), which would make one article of many.
    systems = argument.split()
    codings = [coding for concept in dicts(values) for coding in codings_of(concept)]
    return unique(
        Identifier(coding.code, coding.system) for coding in codings if coding.system in systems
    )


def _reference_identifiers(
    values: Values, argument: str, context: Context
) -> tuple[Identifier, ...] | None:
    """The identifiers of what a reference points at; the argument lists the entities it may be."""
    found = _reference(values, argument, context)
    return found.identifiers if found else None


def _udi(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """The device identifiers (UDI-DI) of a device's bar codes."""
    return unique(_udi_names(values))


def _udi_names(carriers: Iterable[Any]) -> Iterable[Identifier]:
    for item in dicts(carriers):
        value = word(item.get("deviceIdentifier"))
        if value:
            yield Identifier(value, "udi", "UDI")


# -- references --------------------------------------------------------------------------------------------------------


def _reference(values: Values, argument: str, context: Context) -> Reference | None:
    """The first reference to one of the entities that the argument lists ("employee organization")."""
    allowed = argument.split()
    for item in dicts(values):
        found = refer(item, allowed)
        if found:
            return found
    return None


def _references(values: Values, argument: str, context: Context) -> tuple[Reference, ...] | None:
    """Every reference to one of the entities that the argument lists ("employee organization")."""
    allowed = argument.split()
    return unique(refer(item, allowed) for item in dicts(values))


def refer(item: dict[str, Any], allowed: list[str]) -> Reference | None:
    """What one FHIR Reference names: its target where the document carries it, else type and id, else its identifier."""
    target = member(item, "_resolved")
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
    for item in dicts(values):
        target = member(item, "_resolved")
        own = dicts([item.get("identifier"), target.get("identifier")])
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
        names.extend(_udi_names([target.get("udiCarrier")]))
        names = names or [_code_name(target.get("code"))]
    elif id_:
        names.append(logical_id(kind, id_))
    elif written.lower().startswith(("urn:uuid:", "urn:oid:")):
        names.append(Identifier(written, "urn:ietf:rfc:3986"))
    names.append(_identifier(member(item, "identifier")))
    names.extend(_additional_identifiers(item))
    return unique(names)


def _additional_identifiers(item: dict[str, Any]) -> Iterable[Identifier | None]:
    """R4 gives a Reference one identifier, and HL7 this extension for more."""
    for extension in dicts([item.get("extension")]):
        if extension.get("url") == ADDITIONAL_IDENTIFIER:
            yield _identifier(member(extension, "valueIdentifier"))


def _type_and_id(written: str) -> tuple[str, str]:
    match = _TYPE_AND_ID.fullmatch(written)
    return (match[1], match[2]) if match else ("", "")


def _code_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """A product or service by its code (CodeableConcept): the one the user chose, or the first. Argument: entity."""
    for concept in dicts(values):
        name = _code_name(concept)
        if name:
            return Reference(argument, (name,), concept_text((concept,), "", context) or "")
    return None


def _code_name(concept: Any) -> Identifier | None:
    """One code stands for the thing; others beside it may name the class it belongs to."""
    codings = [coding for item in dicts([concept]) for coding in _chosen_first(item)]
    return Identifier(codings[0].code, codings[0].system) if codings else None


def _chosen_first(concept: dict[str, Any]) -> list[Coding]:
    codings = dicts([concept.get("coding")])
    ranked = sorted(codings, key=lambda coding: coding.get("userSelected") is not True)
    return codings_of({**concept, "coding": ranked})


# -- parts of an encounter and an invoice ------------------------------------------------------------------------------


def _stays(values: Values, argument: str, context: Context) -> tuple[LocationStay, ...] | None:
    """The places of an encounter with the time spent in each (Encounter.location)."""
    return unique(
        LocationStay(place, period_of(member(item, "period"), context))
        for item in dicts(values)
        if (place := refer(member(item, "location"), ["location"]))
    )


def _invoice_lines(
    values: Values, argument: str, context: Context
) -> tuple[InvoiceLine, ...] | None:
    """The lines of an Invoice: what was charged, and its base price less deductions.

    Article, quantity and line of the order come as ``_product``, ``_quantity`` and ``_order_line`` (extensions)."""
    # Not unique: two equal lines are two lines.
    return tuple(map(_invoice_line, dicts(values))) or None


def _invoice_line(item: dict[str, Any]) -> InvoiceLine:
    concept = member(item, "chargeItemCodeableConcept")
    # the words of the line are its description, not what the code means
    codings = codings_of({"coding": concept.get("coding")})
    display = word(concept.get("text")) or (codings[0].display if codings else "")
    components = dicts([item.get("priceComponent")])
    rate = next(_tax_factors(components), None)
    return InvoiceLine(
        description=display or word(member(item, "chargeItemReference").get("display")),
        product=refer(member(item, "_product"), ["product"]),
        code=codings[0] if codings else None,
        quantity=quantity_of(member(item, "_quantity")),
        unit_price=next(_unit_prices(components), None),
        amount=_net(components),
        order_line=word(item.get("_order_line")),
        tax_rate=None if rate is None else rate.scaleb(2),
    )


def _tax_factors(components: list[dict[str, Any]]) -> Iterator[Decimal]:
    """The share of the price that is tax, where a line says it."""
    for item in components:
        if item.get("type") == "tax" and (factor := amount_in(item, "factor")) is not None:
            yield factor


def _unit_prices(components: list[dict[str, Any]]) -> Iterator[Money]:
    """The price of one, which a line may have for information (Invoice.lineItem.priceComponent)."""
    for item in components:
        text = word(member(item, "code").get("text"))
        if item.get("type") == "informational" and text == UNIT_PRICE:
            money = money_of(member(item, "amount"))
            if money:
                yield money


def _net(components: list[dict[str, Any]]) -> Money | None:
    """What a line costs before tax: base and surcharges less discounts and deductions; None without a base."""
    signs = {"base": 1, "surcharge": 1, "discount": -1, "deduction": -1}
    total, currency = None, ""
    for component in components:
        kind = word(component.get("type"))
        money = member(component, "amount")
        amount = amount_in(money)
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
    "fhir.references": _references,
    "fhir.self_reference": _self_reference,
    "fhir.reference_number": _reference_number,
    "fhir.code_reference": _code_reference,
    "fhir.stays": _stays,
    "fhir.invoice_lines": _invoice_lines,
}
