"""Transforms of FHIR R4 data types (datatypes.html) into canonical values; identifiers and references are next door.

The codec has checked the shapes; what an endpoint's own JSON passes off as FHIR is read with the same care as any JSON:
a value of another type gives nothing, or ``MappingError``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from ..canonical import Address, Coding, Contact, Moment, Money, Period, PersonName, Quantity
from ..moments import date_iso, parse_iso
from .common import Context, Transform, Values, amount_of, first_word, number, unique, word

#: the code system of "there is no code"
_NO_CODE = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_PHYSICAL_TYPE = {
    "si": "site",
    "bu": "building",
    "wi": "building",
    "wa": "ward",
    "lvl": "ward",
    "ro": "room",
    "bd": "bed",
}
#: R4 has no code for a store; the value set is an example, so that words may stand for codes
_PLACE_WORDS = frozenset((*_PHYSICAL_TYPE.values(), "store"))


def dicts(values: Iterable[Any]) -> list[dict[str, Any]]:
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


def member(item: dict[str, Any], name: str) -> dict[str, Any]:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def system_of(item: dict[str, Any]) -> str:
    """The namespace of a Coding, Identifier or Quantity. One that is a word (no uri) may have blanks, written as ``%20``."""
    text = word(item.get("system"))
    return text if ":" in text else text.replace("%20", " ")


# -- codes -------------------------------------------------------------------------------------------------------------


def codings_of(item: dict[str, Any]) -> list[Coding]:
    """The codings of a CodeableConcept, or the Coding itself; a concept's text stands in for a missing display."""
    codings = dicts([item.get("coding")]) or [item]
    text = word(item.get("text"))
    return [
        Coding(code, system_of(coding), word(coding.get("display")) or text)
        for coding in codings
        if (code := word(coding.get("code"))) and coding.get("system") != _NO_CODE
    ]


def _codings(values: Values, argument: str, context: Context) -> tuple[Coding, ...] | None:
    """All codes of CodeableConcepts or Codings."""
    return unique(coding for item in dicts(values) for coding in codings_of(item))


def _coding(values: Values, argument: str, context: Context) -> Coding | None:
    """The first code of a CodeableConcept or Coding; of a plain code, the argument is its system."""
    found = _codings(values, argument, context)
    if found:
        return found[0]
    text = first_word(values)
    return Coding(text, argument) if text else None


def _plan(values: Values, argument: str, context: Context) -> Coding | None:
    """The plan that a Coverage is of, from Coverage.class: its number and name."""
    found = ((word(item.get("value")), word(item.get("name"))) for item in dicts(values))
    return next((Coding(code, display=name) for code, name in found if code), None)


def concept_text(values: Values, argument: str, context: Context) -> str | None:
    """A CodeableConcept in words: its text, or else a display, or else a code."""
    for item in dicts(values):
        codings = codings_of(item)
        words = [
            word(item.get("text")),
            *(coding.display for coding in codings),
            *(coding.code for coding in codings),
        ]
        if text := next(filter(None, words), ""):
            return text
    return None


def _place_kind(values: Values, argument: str, context: Context) -> str | None:
    """The kind of place from Location.physicalType: site, building, ward, room or bed; or that word itself, or store."""
    found = _codings(values, argument, context) or ()
    kind = next((kind for coding in found if (kind := _PHYSICAL_TYPE.get(coding.code))), None)
    text = (concept_text(values, argument, context) or "").lower()
    return kind or (text if text in _PLACE_WORDS else None)


# -- names, contacts, addresses ----------------------------------------------------------------------------------------


def _preferred(items: list[dict[str, Any]], *uses: str) -> list[dict[str, Any]]:
    """The items, those of the first ``uses`` first, and what is no longer true left out."""
    ranks = {use: rank for rank, use in enumerate(uses)}
    current = [item for item in items if item.get("use") not in ("old", "maiden")]
    return sorted(current, key=lambda item: ranks.get(word(item.get("use")), len(uses)))


def _name(values: Values, argument: str, context: Context) -> PersonName | None:
    """A person's official name, or else the first one that is current."""
    for item in _preferred(dicts(values), "official", "usual"):
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
    return unique(_contact(item) for item in _preferred(dicts(values)))


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
    for item in _preferred(dicts(values), "billing", "home", "work"):
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
    return next((period for item in dicts(values) if (period := period_of(item, context))), None)


def period_of(item: dict[str, Any], context: Context) -> Period | None:
    start, end = (word(item.get(name)) for name in ("start", "end"))
    if not (start or end):
        return None
    return Period(
        parse_iso(start, context.zone) if start else None,
        parse_iso(end, context.zone) if end else None,
    )


def amount_in(item: dict[str, Any], name: str = "value") -> Decimal | None:
    return number(word(item.get(name)), "bad_amount")


def _quantity(values: Values, argument: str, context: Context) -> Quantity | None:
    """A Quantity in its coded unit, or else in the unit's words."""
    return next((found for item in dicts(values) if (found := quantity_of(item))), None)


def quantity_of(item: dict[str, Any]) -> Quantity | None:
    unit = word(item.get("code")) or word(item.get("unit"))
    system = system_of(item) if word(item.get("code")) else ""
    return amount_of(amount_in(item), unit, system)


def _money(values: Values, argument: str, context: Context) -> Money | None:
    """An amount of Money; the argument is the currency of one without."""
    return next((found for item in dicts(values) if (found := money_of(item, argument))), None)


def money_of(item: dict[str, Any], currency: str = "") -> Money | None:
    amount = amount_in(item)
    return None if amount is None else Money(amount, word(item.get("currency")) or currency)


def _difference(values: Values, argument: str, context: Context) -> Money | None:
    """The first amount of Money less the second ("[totalGross, totalNet]")."""
    first, second = (*values, None, None)[:2]
    more, less = _money((first,), argument, context), _money((second,), argument, context)
    if not (more and less) or more.currency != less.currency:
        return None
    return Money(more.amount - less.amount, more.currency)


TRANSFORMS: dict[str, Transform] = {
    "fhir.codings": _codings,
    "fhir.coding": _coding,
    "fhir.plan": _plan,
    "fhir.concept_text": concept_text,
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
}
