"""The values of the canonical JSON form: one canonical value made of one member, whose members have the attributes' names.

A value of a wrong type raises ``MappingError("bad_value")``: what a sender writes in our own form is written on purpose.
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
    Packaging,
    PaymentAllocation,
    Period,
    PersonName,
    Quantity,
    Reference,
    SupplierPrice,
)
from ..errors import MappingError
from ..moments import date_iso, parse_iso
from .common import Context, code_system, flag, number, unique, word

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


def identifier_of(value: Any, context: Context) -> Identifier:
    if isinstance(value, str | int):
        return Identifier(_needed(_word(value)))
    item = _object(value)
    return Identifier(
        _needed(_word(item.get("value"))),
        *(_word(item.get(n)) for n in ("system", "type", "assigner")),
    )


def coding_of(value: Any, context: Context) -> Coding:
    if isinstance(value, str | int):
        return Coding(_needed(_word(value)))
    item = _object(value)
    return Coding(
        _needed(_word(item.get("code"))),
        code_system(_word(item.get("system"))),
        _word(item.get("display")),
    )


def name_of(value: Any, context: Context) -> PersonName | None:
    if isinstance(value, str):
        return PersonName(text=word(value)) if word(value) else None
    item = _object(value)
    given = tuple(text for name in _list(item.get("given")) if (text := _word(name)))
    family, prefix, suffix, text, use = (
        _word(item.get(n)) for n in ("family", "prefix", "suffix", "text", "use")
    )
    return PersonName(family, given, prefix, suffix, text, use) if family or given or text else None


def address_of(value: Any, context: Context) -> Address:
    item = _object(value)
    lines = tuple(text for line in _list(item.get("lines")) if (text := _word(line)))
    return Address(
        lines, *(_word(item.get(n)) for n in ("city", "state", "postal_code", "country", "use"))
    )


def contact_of(value: Any, context: Context) -> Contact:
    item = _object(value)
    kind = _word(item.get("kind"))
    if kind not in ("phone", "mobile", "fax", "email", "url"):
        raise MappingError("bad_value")
    return Contact(kind, _needed(_word(item.get("value"))), _word(item.get("use")))


def quantity_of(value: Any, context: Context) -> Quantity:
    item = value if isinstance(value, dict) else {"value": value}
    amount = number(_needed(word(item.get("value"))), "bad_quantity")
    return Quantity(amount, _word(item.get("unit")), _word(item.get("system")))


def money_of(value: Any, context: Context) -> Money:
    item = value if isinstance(value, dict) else {"amount": value}
    amount = number(_needed(word(item.get("amount"))), "bad_amount")
    return Money(amount, _word(item.get("currency")).upper())


def moment_of(value: Any, context: Context) -> Moment:
    return parse_iso(_needed(_word(value)), context.zone)


def date_of(value: Any, context: Context) -> date:
    day = date_iso(_needed(_word(value)))
    if day is None:
        raise MappingError("bad_time")
    return day


def period_of(value: Any, context: Context) -> Period | None:
    item = _object(value)
    start, end = (moment_of(item[n], context) if item.get(n) else None for n in ("start", "end"))
    return Period(start, end) if start or end else None


def reference_of(value: Any, context: Context, entity: str = "") -> Reference:
    """``{"identifiers": […], "display": …}``, or short: ``{"system": …, "value": …}``, or the value alone."""
    if isinstance(value, dict) and "identifiers" in value:
        identifiers = unique(identifier_of(name, context) for name in _list(value["identifiers"]))
        display = _word(value.get("display"))
        entity = _word(value.get("entity")) or entity
    else:
        item = dict(value) if isinstance(value, dict) else {"value": value}
        display = _word(item.pop("display", None))
        identifiers = (identifier_of(item, context),)
    if not identifiers:
        raise MappingError("bad_value")
    return Reference(entity, identifiers, display)


def _members(value: Any, context: Context) -> tuple[dict[str, Any], Callable[..., Any]]:
    """An object, and what gives ``(name, make)`` the value made of a member, or None where it has none."""
    item = _object(value)

    def made(name: str, make: Make) -> Any:
        return make(item[name], context) if item.get(name) is not None else None

    return item, made


def line_of(value: Any, context: Context) -> InvoiceLine:
    item, made = _members(value, context)
    return InvoiceLine(
        description=_word(item.get("description")),
        product=made("product", lambda part, _: reference_of(part, context, "product")),
        code=made("code", coding_of),
        quantity=made("quantity", quantity_of),
        unit_price=made("unit_price", money_of),
        amount=made("amount", money_of),
        order_line=_word(item.get("order_line")),
        tax_rate=number(word(item.get("tax_rate"))),
        tax_included=flag(word(item.get("tax_included"))),
    )


def order_line_of(value: Any, context: Context) -> OrderLine:
    item, made = _members(value, context)
    return OrderLine(
        code=made("code", coding_of),
        quantity=made("quantity", quantity_of),
        unit_price=made("unit_price", money_of),
        planned_at=made("planned_at", moment_of),
        number=_word(item.get("number")),
    )


def supplier_price_of(value: Any, context: Context) -> SupplierPrice:
    item, made = _members(value, context)
    price = money_of(item.get("price"), context)
    if price.amount < 0:
        raise MappingError("bad_amount")
    return SupplierPrice(
        supplier=reference_of(item.get("supplier"), context, "organization"),
        price=price,
        quantity=number(word(item.get("quantity"))),
        unit=_word(item.get("unit")),
        valid_from=made("valid_from", date_of),
        valid_until=made("valid_until", date_of),
        code=_word(item.get("code")),
    )


def packaging_of(value: Any, context: Context) -> Packaging:
    item = _object(value)
    quantity = number(_needed(word(item.get("quantity"))), "bad_quantity")
    if quantity <= 0:
        raise MappingError("bad_quantity")
    return Packaging(_needed(_word(item.get("unit"))), quantity, _word(item.get("gtin")))


def claim_line_of(value: Any, context: Context) -> ClaimLine:
    item, made = _members(value, context)
    return ClaimLine(
        number=_needed(_word(item.get("number"))),
        code=made("code", coding_of),
        quantity=made("quantity", quantity_of),
        amount=made("amount", money_of),
    )


def adjudication_of(value: Any, context: Context) -> Adjudication:
    item, made = _members(value, context)
    return Adjudication(
        number=_needed(_word(item.get("number"))),
        approved=made("approved", money_of),
        patient_share=made("patient_share", money_of),
        denial=made("denial", coding_of),
    )


def allocation_of(value: Any, context: Context) -> PaymentAllocation:
    item = _object(value)
    pays = None
    if item.get("pays") is not None:
        pays = reference_of(item["pays"], context, "invoice")
        if pays.entity not in PAYABLE:
            raise MappingError("bad_value")
    return PaymentAllocation(money_of(item.get("amount"), context), pays)


def stay_of(value: Any, context: Context) -> LocationStay:
    item, made = _members(value, context)
    return LocationStay(
        reference_of(item.get("location"), context, "location"), made("period", period_of)
    )
