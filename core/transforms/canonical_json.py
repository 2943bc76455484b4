"""Transforms of the canonical JSON form, whose members have the names of the canonical dataclasses' attributes.

A value of a wrong type raises ``MappingError("bad_value")``: what a sender writes in our own form is written on purpose.
Members without a meaning are for the contract to judge. ``null`` says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ..canonical import (
    Address,
    Adjudication,
    ClaimLine,
    Coding,
    Contact,
    Identifier,
    InvoiceLine,
    LocationStay,
    Moment,
    Money,
    OrderLine,
    PaymentAllocation,
    Period,
    PersonName,
    Quantity,
    Reference,
    SupplierPrice,
)
from ..errors import MappingError
from ..moments import date_iso, parse_iso
from .common import Context, Transform, Values, code_system, flag, number, unique, word

Make = Callable[[Any, Context], Any]
#: what a payment may be for
PAYABLE = ("claim", "invoice")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingError("bad_value")
    return value


def _word(value: Any) -> str:
    """A text (or number) member; '' where there is none."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
        raise MappingError("bad_value")
    return word(value)


def _needed(text: str) -> str:
    if not text:
        raise MappingError("bad_value")
    return text


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


# -- one value each ----------------------------------------------------------------------------------------------------


def _identifier_of(value: Any, context: Context) -> Identifier:
    if isinstance(value, str | int):
        return Identifier(_needed(_word(value)))
    item = _object(value)
    return Identifier(
        _needed(_word(item.get("value"))),
        *(_word(item.get(n)) for n in ("system", "type", "assigner")),
    )


def _coding_of(value: Any, context: Context) -> Coding:
    if isinstance(value, str | int):
        return Coding(_needed(_word(value)))
    item = _object(value)
    return Coding(
        _needed(_word(item.get("code"))),
        code_system(_word(item.get("system"))),
        _word(item.get("display")),
    )


def _name_of(value: Any, context: Context) -> PersonName | None:
    if isinstance(value, str):
        return PersonName(text=word(value)) if word(value) else None
    item = _object(value)
    given = tuple(text for name in _list(item.get("given")) if (text := _word(name)))
    family, prefix, suffix, text, use = (
        _word(item.get(n)) for n in ("family", "prefix", "suffix", "text", "use")
    )
    return PersonName(family, given, prefix, suffix, text, use) if family or given or text else None


def _address_of(value: Any, context: Context) -> Address:
    item = _object(value)
    lines = tuple(text for line in _list(item.get("lines")) if (text := _word(line)))
    return Address(
        lines, *(_word(item.get(n)) for n in ("city", "state", "postal_code", "country", "use"))
    )


def _contact_of(value: Any, context: Context) -> Contact:
    item = _object(value)
    kind = _word(item.get("kind"))
    if kind not in ("phone", "mobile", "fax", "email", "url"):
        raise MappingError("bad_value")
    return Contact(kind, _needed(_word(item.get("value"))), _word(item.get("use")))


def _quantity_of(value: Any, context: Context) -> Quantity:
    item = value if isinstance(value, dict) else {"value": value}
    amount = number(_needed(word(item.get("value"))), "bad_quantity")
    return Quantity(amount, _word(item.get("unit")), _word(item.get("system")))


def _money_of(value: Any, context: Context) -> Money:
    item = value if isinstance(value, dict) else {"amount": value}
    amount = number(_needed(word(item.get("amount"))), "bad_amount")
    return Money(amount, _word(item.get("currency")).upper())


def _moment_of(value: Any, context: Context) -> Moment:
    return parse_iso(_needed(_word(value)), context.zone)


def _date_of(value: Any, context: Context) -> date:
    day = date_iso(_needed(_word(value)))
    if day is None:
        raise MappingError("bad_time")
    return day


def _period_of(value: Any, context: Context) -> Period | None:
    item = _object(value)
    start, end = (_moment_of(item[n], context) if item.get(n) else None for n in ("start", "end"))
    return Period(start, end) if start or end else None


def _reference_of(value: Any, context: Context, entity: str = "") -> Reference:
    """``{"identifiers": […], "display": …}``, or short: ``{"system": …, "value": …}``, or the value alone."""
    if isinstance(value, dict) and "identifiers" in value:
        identifiers = unique(_identifier_of(name, context) for name in _list(value["identifiers"]))
        display = _word(value.get("display"))
        entity = _word(value.get("entity")) or entity
    else:
        item = dict(value) if isinstance(value, dict) else {"value": value}
        display = _word(item.pop("display", None))
        identifiers = (_identifier_of(item, context),)
    if not identifiers:
        raise MappingError("bad_value")
    return Reference(entity, identifiers, display)


def _members(value: Any, context: Context) -> tuple[dict[str, Any], Callable[..., Any]]:
    """An object, and what gives ``(name, make)`` the value made of a member, or None where it has none."""
    item = _object(value)

    def made(name: str, make: Make) -> Any:
        return make(item[name], context) if item.get(name) is not None else None

    return item, made


def _line_of(value: Any, context: Context) -> InvoiceLine:
    item, made = _members(value, context)
    return InvoiceLine(
        description=_word(item.get("description")),
        product=made("product", lambda part, _: _reference_of(part, context, "product")),
        code=made("code", _coding_of),
        quantity=made("quantity", _quantity_of),
        unit_price=made("unit_price", _money_of),
        amount=made("amount", _money_of),
        order_line=_word(item.get("order_line")),
        tax_rate=number(word(item.get("tax_rate"))),
        tax_included=flag(word(item.get("tax_included"))),
    )


def _order_line_of(value: Any, context: Context) -> OrderLine:
    item, made = _members(value, context)
    return OrderLine(
        code=made("code", _coding_of),
        quantity=made("quantity", _quantity_of),
        unit_price=made("unit_price", _money_of),
        planned_at=made("planned_at", _moment_of),
        number=_word(item.get("number")),
    )


def _supplier_price_of(value: Any, context: Context) -> SupplierPrice:
    item, made = _members(value, context)
    price = _money_of(item.get("price"), context)
    if price.amount < 0:
        raise MappingError("bad_amount")
    return SupplierPrice(
        supplier=_reference_of(item.get("supplier"), context, "organization"),
        price=price,
        quantity=number(word(item.get("quantity"))),
        unit=_word(item.get("unit")),
        valid_from=made("valid_from", _date_of),
        valid_until=made("valid_until", _date_of),
        code=_word(item.get("code")),
    )


def _claim_line_of(value: Any, context: Context) -> ClaimLine:
    item, made = _members(value, context)
    return ClaimLine(
        number=_needed(_word(item.get("number"))),
        code=made("code", _coding_of),
        quantity=made("quantity", _quantity_of),
        amount=made("amount", _money_of),
    )


def _adjudication_of(value: Any, context: Context) -> Adjudication:
    item, made = _members(value, context)
    return Adjudication(
        number=_needed(_word(item.get("number"))),
        approved=made("approved", _money_of),
        patient_share=made("patient_share", _money_of),
        denial=made("denial", _coding_of),
    )


def _allocation_of(value: Any, context: Context) -> PaymentAllocation:
    item = _object(value)
    pays = None
    if item.get("pays") is not None:
        pays = _reference_of(item["pays"], context, "invoice")
        if pays.entity not in PAYABLE:
            raise MappingError("bad_value")
    return PaymentAllocation(_money_of(item.get("amount"), context), pays)


def _stay_of(value: Any, context: Context) -> LocationStay:
    item, made = _members(value, context)
    return LocationStay(
        _reference_of(item.get("location"), context, "location"), made("period", _period_of)
    )


# -- the transforms ----------------------------------------------------------------------------------------------------


def _one(values: Values, make: Make, context: Context) -> Any:
    return next((make(value, context) for value in values if value is not None), None)


def _all(values: Values, make: Make, context: Context) -> tuple[Any, ...] | None:
    return unique(make(value, context) for value in values if value is not None)


def _identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """A list of identifiers: {value, system, type, assigner}."""
    return _all(values, _identifier_of, context)


def _coding(values: Values, argument: str, context: Context) -> Coding | None:
    """A code: {code, system, display}, or the code alone."""
    return _one(values, _coding_of, context)


def _codings(values: Values, argument: str, context: Context) -> tuple[Coding, ...] | None:
    """A list of codes: {code, system, display}."""
    return _all(values, _coding_of, context)


def _name(values: Values, argument: str, context: Context) -> PersonName | None:
    """A person's name: {family, given, prefix, suffix, text, use}, or one text."""
    return _one(values, _name_of, context)


def _contacts(values: Values, argument: str, context: Context) -> tuple[Contact, ...] | None:
    """A list of contacts: {kind: phone, mobile, fax, email or url; value; use}."""
    return _all(values, _contact_of, context)


def _address(values: Values, argument: str, context: Context) -> Address | None:
    """An address: {lines, city, state, postal_code, country, use}."""
    return _one(values, _address_of, context)


def _quantity(values: Values, argument: str, context: Context) -> Quantity | None:
    """A quantity: {value, unit, system}, or the number alone."""
    return _one(values, _quantity_of, context)


def _money(values: Values, argument: str, context: Context) -> Money | None:
    """An amount: {amount, currency}, or the number alone."""
    return _one(values, _money_of, context)


def _time(values: Values, argument: str, context: Context) -> Moment | None:
    """A time in ISO 8601; without offset it is in the sender's zone."""
    return _one(values, _moment_of, context)


def _date(values: Values, argument: str, context: Context) -> date | None:
    """A calendar day: 2026-11-23."""
    return _one(values, _date_of, context)


def _period(values: Values, argument: str, context: Context) -> Period | None:
    """A period: {start, end}."""
    return _one(values, _period_of, context)


def _reference(values: Values, argument: str, context: Context) -> Reference | None:
    """Another thing: {identifiers: […], display} or {system, value}; the argument is its entity."""
    return _one(values, lambda value, _: _reference_of(value, context, argument), context)


def _references(values: Values, argument: str, context: Context) -> tuple[Reference, ...] | None:
    """Other things: a list of {identifiers: […], display} or {system, value}; the argument is their entity."""
    return _all(values, lambda value, _: _reference_of(value, context, argument), context)


def _lines(values: Values, argument: str, context: Context) -> tuple[InvoiceLine, ...] | None:
    """Invoice lines: {description, product, code, quantity, unit_price, amount, order_line, tax_rate, tax_included}."""
    # Not unique: two equal lines are two lines.
    return tuple(_line_of(value, context) for value in values if value is not None) or None


def _order_lines(values: Values, argument: str, context: Context) -> tuple[OrderLine, ...] | None:
    """Lines of an order: {code, quantity, unit_price, planned_at, number}."""
    # Not unique: two equal lines are two lines.
    return tuple(_order_line_of(value, context) for value in values if value is not None) or None


def _supplier_prices(
    values: Values, argument: str, context: Context
) -> tuple[SupplierPrice, ...] | None:
    """What suppliers ask: {supplier, price, quantity, unit, valid_from, valid_until, code}."""
    return _all(values, _supplier_price_of, context)


def _claim_lines(values: Values, argument: str, context: Context) -> tuple[ClaimLine, ...] | None:
    """Lines of a claim: {number, code, quantity, amount}."""
    return _all(values, _claim_line_of, context)


def _adjudications(
    values: Values, argument: str, context: Context
) -> tuple[Adjudication, ...] | None:
    """What a payer decided of each line of a claim: {number, approved, patient_share, denial}."""
    return _all(values, _adjudication_of, context)


def _allocations(
    values: Values, argument: str, context: Context
) -> tuple[PaymentAllocation, ...] | None:
    """What the parts of a payment are for: {amount, pays: {entity: claim or invoice, identifiers: […]}}."""
    # Not unique: two equal parts are two parts.
    return tuple(_allocation_of(value, context) for value in values if value is not None) or None


def _stays(values: Values, argument: str, context: Context) -> tuple[LocationStay, ...] | None:
    """Places an encounter was in: {location, period}."""
    return _all(values, _stay_of, context)


TRANSFORMS: dict[str, Transform] = {
    "json.identifiers": _identifiers,
    "json.coding": _coding,
    "json.codings": _codings,
    "json.name": _name,
    "json.contacts": _contacts,
    "json.address": _address,
    "json.quantity": _quantity,
    "json.money": _money,
    "json.time": _time,
    "json.date": _date,
    "json.period": _period,
    "json.reference": _reference,
    "json.references": _references,
    "json.lines": _lines,
    "json.order_lines": _order_lines,
    "json.supplier_prices": _supplier_prices,
    "json.claim_lines": _claim_lines,
    "json.adjudications": _adjudications,
    "json.allocations": _allocations,
    "json.stays": _stays,
}
