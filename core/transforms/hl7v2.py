"""Transforms of HL7 v2 data types (chapter 2A) into canonical values; numbers and references are next door.

A component that says ``""`` says nothing within a value; a whole field that does is turned into CLEAR by the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ..canonical import (
    Address,
    Coding,
    Contact,
    Moment,
    Money,
    Period,
    PersonName,
    Quantity,
)
from ..codecs.hl7v2_message import NULL, Repetition
from ..errors import MappingError
from ..moments import date_hl7, parse_hl7
from .common import (
    Context,
    Transform,
    Values,
    amount_of,
    code_system,
    first_word,
    number,
    parts,
    unique,
    word,
)

#: table 0200 (name type) and 0190 (address type), 0201 (use of telecommunication) in FHIR's words
_NAME_USE = {
    "L": "official",
    "D": "usual",
    "C": "usual",
    "A": "anonymous",
    "M": "maiden",
    "N": "nickname",
    "S": "anonymous",
}
_ADDRESS_USE = {
    "H": "home",
    "HOME": "home",
    "O": "work",
    "B": "work",
    "BI": "billing",
    "C": "temp",
    "BA": "old",
}
_ADDRESS_ORDER = ("BI", "M", "H", "HOME", "L", "P")
_CONTACT_USE = {
    "PRN": "home",
    "HOME": "home",
    "ORN": "home",
    "WPN": "work",
    "WORK": "work",
    "VHN": "temp",
    "PRS": "mobile",
}
_CONTACT_KIND = {"CP": "mobile", "FX": "fax", "INTERNET": "email", "X.400": "email"}


def leaf(value: Any, component: int = 1, sub: int = 1) -> str:
    """One leaf of a repetition; of a value that is plain text already, its only one."""
    if not isinstance(value, Repetition):
        return word(value) if component == sub == 1 else ""
    text = value.text(component, sub).strip()
    return "" if text == NULL else text


# -- names, contacts, addresses ----------------------------------------------------------------------------------------


def xpn(value: Any, start: int = 1, use: str = "") -> PersonName | None:
    """A name whose family name stands at component ``start``: 1 in XPN, 2 in XCN."""
    family, given, middle = leaf(value, start), leaf(value, start + 1), leaf(value, start + 2)
    if not (family or given):
        return None
    return PersonName(
        family=family,
        given=tuple(part for part in (given, middle) if part),
        prefix=leaf(value, start + 4),
        suffix=leaf(value, start + 3),
        use=use,
    )


def best_name(values: Iterable[Any]) -> PersonName | None:
    """The legal name, or else the first that is no pseudonym."""
    names = [(leaf(value, 7).upper(), value) for value in values]
    for wanted in (("L",), None):
        for kind, value in names:
            if (wanted is None and kind != "S") or (wanted and kind in wanted):
                name = xpn(value, use=_NAME_USE.get(kind, ""))
                if name:
                    return name
    return None


def _name(values: Values, argument: str, context: Context) -> PersonName | None:
    """A person's legal name, or else the first one given (XPN)."""
    return best_name(values)


def _xtn(value: Any) -> Iterable[Contact]:
    use = _CONTACT_USE.get(leaf(value, 2).upper(), "")
    equipment = leaf(value, 3).upper()
    kind = _CONTACT_KIND.get(equipment, "mobile" if use == "mobile" else "phone")
    use = "" if use == "mobile" else use
    phone, email = leaf(value, 1) or leaf(value, 12), leaf(value, 4)
    if "@" in phone and not email:
        phone, email = "", phone
    if kind != "email" and (phone := phone or _dialled(value)):
        yield Contact(kind, phone, use)
    if "@" in email:
        yield Contact("email", email, use)


def _dialled(value: Any) -> str:
    """A number from its country, area, local part and extension."""
    country, area, local, extension = (leaf(value, component) for component in (5, 6, 7, 8))
    if not local:
        return ""
    told = " ".join(
        part for part in (f"+{country.lstrip('+')}" if country else "", area, local) if part
    )
    return f"{told} x{extension}" if extension else told


def _contacts(values: Values, argument: str, context: Context) -> tuple[Contact, ...] | None:
    """Telephone numbers and e-mail addresses (XTN)."""
    return unique(contact for value in values for contact in _xtn(value))


def _xad(value: Any) -> Address | None:
    street = " ".join(part for sub in (1, 2, 3) if (part := leaf(value, 1, sub)))
    lines = tuple(line for line in (street, leaf(value, 2)) if line)
    city, state, code, country = (leaf(value, component) for component in (3, 4, 5, 6))
    if not (lines or city or state or code or country):
        return None
    return Address(lines, city, state, code, country, _ADDRESS_USE.get(leaf(value, 7).upper(), ""))


def _address(values: Values, argument: str, context: Context) -> Address | None:
    """The billing address, or else the mailing, home or first one (XAD)."""
    ranked = sorted(values, key=lambda value: _rank(leaf(value, 7).upper()))
    return next((address for value in ranked if (address := _xad(value))), None)


def _rank(kind: str) -> int:
    return _ADDRESS_ORDER.index(kind) if kind in _ADDRESS_ORDER else len(_ADDRESS_ORDER)


# -- codes, numbers, times ---------------------------------------------------------------------------------------------


def _coding(values: Values, argument: str, context: Context) -> Coding | None:
    """A code with its system and words (CE, CWE); the argument is the system of one that names none."""
    for value in values:
        code = leaf(value)
        if code:
            return Coding(code, code_system(leaf(value, 3) or argument), leaf(value, 2))
    return None


def _time(values: Values, argument: str, context: Context) -> Moment | None:
    """A time as precise as it was written (TS, DTM); without offset it is in the sender's zone."""
    text = first_word(values)
    return parse_hl7(text, context.zone) if text else None


def _date(values: Values, argument: str, context: Context) -> date | None:
    """A calendar day as it was written (DT, TS); nothing where only a month or year was."""
    text = first_word(values)
    return date_hl7(text) if text else None


def _period(values: Values, argument: str, context: Context) -> Period | None:
    """From the first part's time to the second part's ("PV1-44 + PV1-45")."""
    start, end = (_time(tuple(part), "", context) for part in parts(values, 2))
    return Period(start, end) if start or end else None


#: ORC-1 (table 0119) of messages that place an order: of others ORC-9 is the time of what they tell
_PLACING = frozenset(("", "NW", "PA", "CH", "RO", "RU", "SN"))


def _order_time(values: Values, argument: str, context: Context) -> Moment | None:
    """When an order was placed: the second part's time, where the first ("ORC-1.1 + ORC-9") is a control code that places one."""
    control, time = parts(values, 2)
    return _time(tuple(time), "", context) if first_word(control).upper() in _PLACING else None


#: seconds of the units that durations are written in, by the first letters of their code
_DURATIONS = (
    ("MS", Decimal("0.001")),
    ("MO", None),
    ("S", 1),
    ("M", 60),
    ("H", 3600),
    ("D", 86400),
)


def _span(values: Values, argument: str, context: Context) -> Period | None:
    """From the first part's time for as long as the second part says, in the third's unit ("AIS-4.1 + AIS-7.1 + AIS-8.1").

    The argument is the unit of a duration without one (minutes). A unit that is no time leaves the end open.
    """
    starts, lengths, units = parts(values, 3)
    start = _time(tuple(starts), "", context)
    if start is None:
        return None
    length = number(first_word(lengths), "bad_duration")
    unit = (first_word(units) or argument or "min").upper()
    seconds = next((each for letters, each in _DURATIONS if unit.startswith(letters)), None)
    if not length or length < 0 or seconds is None:
        return Period(start, None)
    try:
        end = start.at + timedelta(seconds=float(length * seconds))
    except OverflowError:
        raise MappingError("bad_duration") from None
    return Period(start, replace(start, at=end, precision="second"))


def _quantity(values: Values, argument: str, context: Context) -> Quantity | None:
    """The first part's number in the second part's unit ("RXD-4 + RXD-5"); the argument is the unit of one without."""
    amount, unit = parts(values, 2)
    told = _coding(tuple(unit), "", context)
    value = number(first_word(amount), "bad_quantity")
    return amount_of(value, told.code if told else argument, told.system if told else "")


def _money(values: Values, argument: str, context: Context) -> Money | None:
    """An amount with its currency (CP, MO); the argument is the currency of one without."""
    for value in values:
        amount = number(leaf(value), "bad_amount")
        if amount is not None:
            return Money(amount, leaf(value, 1, 2) or _currency(leaf(value, 2)) or argument)
    return None


def _currency(text: str) -> str:
    """The second component is the currency in MO, and the kind of price (two letters) in CP."""
    return text.upper() if len(text) == 3 and text.isalpha() else ""


TRANSFORMS: dict[str, Transform] = {
    "hl7.name": _name,
    "hl7.contacts": _contacts,
    "hl7.address": _address,
    "hl7.coding": _coding,
    "hl7.time": _time,
    "hl7.order_time": _order_time,
    "hl7.date": _date,
    "hl7.period": _period,
    "hl7.span": _span,
    "hl7.quantity": _quantity,
    "hl7.money": _money,
}
