"""Transforms of the canonical JSON form, whose members have the names of the canonical dataclasses' attributes.

A value of a wrong type raises ``MappingError("bad_value")``: what a sender writes in our own form is written on purpose.
Members without a meaning are for the contract to judge. ``null`` says nothing.
"""

from __future__ import annotations

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
    Packaging,
    PaymentAllocation,
    Period,
    PersonName,
    Quantity,
    Reference,
    SupplierPrice,
)
from .canonical_json_values import (
    Make,
    address_of,
    adjudication_of,
    allocation_of,
    claim_line_of,
    coding_of,
    contact_of,
    date_of,
    identifier_of,
    line_of,
    moment_of,
    money_of,
    name_of,
    order_line_of,
    packaging_of,
    period_of,
    quantity_of,
    reference_of,
    stay_of,
    supplier_price_of,
)
from .common import Context, Transform, Values, unique


def _one(values: Values, make: Make, context: Context) -> Any:
    return next((make(value, context) for value in values if value is not None), None)


def _all(values: Values, make: Make, context: Context) -> tuple[Any, ...] | None:
    return unique(make(value, context) for value in values if value is not None)


def _identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """A list of identifiers: {value, system, type, assigner}."""
    return _all(values, identifier_of, context)


def _coding(values: Values, argument: str, context: Context) -> Coding | None:
    """A code: {code, system, display}, or the code alone."""
    return _one(values, coding_of, context)


def _codings(values: Values, argument: str, context: Context) -> tuple[Coding, ...] | None:
    """A list of codes: {code, system, display}."""
    return _all(values, coding_of, context)


def _name(values: Values, argument: str, context: Context) -> PersonName | None:
    """A person's name: {family, given, prefix, suffix, text, use}, or one text."""
    return _one(values, name_of, context)


def _contacts(values: Values, argument: str, context: Context) -> tuple[Contact, ...] | None:
    """A list of contacts: {kind: phone, mobile, fax, email or url; value; use}."""
    return _all(values, contact_of, context)


def _address(values: Values, argument: str, context: Context) -> Address | None:
    """An address: {lines, city, state, postal_code, country, use}."""
    return _one(values, address_of, context)


def _quantity(values: Values, argument: str, context: Context) -> Quantity | None:
    """A quantity: {value, unit, system}, or the number alone."""
    return _one(values, quantity_of, context)


def _money(values: Values, argument: str, context: Context) -> Money | None:
    """An amount: {amount, currency}, or the number alone."""
    return _one(values, money_of, context)


def _time(values: Values, argument: str, context: Context) -> Moment | None:
    """A time in ISO 8601; without offset it is in the sender's zone."""
    return _one(values, moment_of, context)


def _date(values: Values, argument: str, context: Context) -> date | None:
    """A calendar day: 2026-11-23."""
    return _one(values, date_of, context)


def _period(values: Values, argument: str, context: Context) -> Period | None:
    """A period: {start, end}."""
    return _one(values, period_of, context)


def _reference(values: Values, argument: str, context: Context) -> Reference | None:
    """Another thing: {identifiers: […], display} or {system, value}; the argument is its entity."""
    return _one(values, lambda value, _: reference_of(value, context, argument), context)


def _references(values: Values, argument: str, context: Context) -> tuple[Reference, ...] | None:
    """Other things: a list of {identifiers: […], display} or {system, value}; the argument is their entity."""
    return _all(values, lambda value, _: reference_of(value, context, argument), context)


def _lines(values: Values, argument: str, context: Context) -> tuple[InvoiceLine, ...] | None:
    """Invoice lines: {description, product, code, quantity, unit_price, amount, order_line, tax_rate, tax_included}."""
    # Not unique: two equal lines are two lines.
    return tuple(line_of(value, context) for value in values if value is not None) or None


def _order_lines(values: Values, argument: str, context: Context) -> tuple[OrderLine, ...] | None:
    """Lines of an order: {code, quantity, unit_price, planned_at, number}."""
    # Not unique: two equal lines are two lines.
    return tuple(order_line_of(value, context) for value in values if value is not None) or None


def _supplier_prices(
    values: Values, argument: str, context: Context
) -> tuple[SupplierPrice, ...] | None:
    """What suppliers ask: {supplier, price, quantity, unit, valid_from, valid_until, code}."""
    return _all(values, supplier_price_of, context)


def _packagings(values: Values, argument: str, context: Context) -> tuple[Packaging, ...] | None:
    """What a product comes in: {unit, quantity, gtin}."""
    return _all(values, packaging_of, context)


def _claim_lines(values: Values, argument: str, context: Context) -> tuple[ClaimLine, ...] | None:
    """Lines of a claim: {number, code, quantity, amount}."""
    return _all(values, claim_line_of, context)


def _adjudications(
    values: Values, argument: str, context: Context
) -> tuple[Adjudication, ...] | None:
    """What a payer decided of each line of a claim: {number, approved, patient_share, denial}."""
    return _all(values, adjudication_of, context)


def _allocations(
    values: Values, argument: str, context: Context
) -> tuple[PaymentAllocation, ...] | None:
    """What the parts of a payment are for: {amount, pays: {entity: claim or invoice, identifiers: […]}}."""
    # Not unique: two equal parts are two parts.
    return tuple(allocation_of(value, context) for value in values if value is not None) or None


def _stays(values: Values, argument: str, context: Context) -> tuple[LocationStay, ...] | None:
    """Places an encounter was in: {location, period}."""
    return _all(values, stay_of, context)


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
    "json.packagings": _packagings,
    "json.claim_lines": _claim_lines,
    "json.adjudications": _adjudications,
    "json.allocations": _allocations,
    "json.stays": _stays,
}
