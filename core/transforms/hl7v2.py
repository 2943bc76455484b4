"""Transforms of HL7 v2 data types (chapter 2A) into canonical values.

A component that says ``""`` says nothing within a value; a whole field that does is turned into CLEAR by the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from ..canonical import Address, Coding, Contact, Identifier, Moment, Money, Period, PersonName, Quantity, Reference
from ..moments import date_hl7, parse_hl7
from .common import Context, Transform, Values, amount_of, code_system, first_word, number, parts, unique

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

#: table 0203 (and CX-4) of what is never read: social security, passport and driving licence numbers
_PERSONAL_TYPES = frozenset(("SS", "SSN", "SB", "PPN", "DL"))
_PERSONAL_AUTHORITIES = frozenset(("USSSA", "SSA", "urn:oid:2.16.840.1.113883.4.1"))

#: table 0200 (name type) and 0190 (address type), 0201 (use of telecommunication) in FHIR's words
_NAME_USE = {"L": "official", "D": "usual", "C": "usual", "A": "anonymous", "M": "maiden", "N": "nickname", "S": "anonymous"}
_ADDRESS_USE = {"H": "home", "HOME": "home", "O": "work", "B": "work", "BI": "billing", "C": "temp", "BA": "old"}
_ADDRESS_ORDER = ("BI", "M", "H", "HOME", "L", "P")
_CONTACT_USE = {"PRN": "home", "HOME": "home", "ORN": "home", "WPN": "work", "WORK": "work", "VHN": "temp", "PRS": "mobile"}
_CONTACT_KIND = {"CP": "mobile", "FX": "fax", "INTERNET": "email", "X.400": "email"}


def _leaf(value: Any, component: int = 1, sub: int = 1) -> str:
    """One leaf of a repetition; of a value that is plain text already, its only one."""
    if isinstance(value, str):
        text = value.strip() if component == sub == 1 else ""
    else:
        text = value.text(component, sub).strip()
    return "" if text == '""' else text


def _authority(space: str, universal: str, kind: str) -> str:
    """The namespace that a hierarchic designator (HD: namespace, universal id and its type) names.

    The universal id where it is what its type says, or the only thing given; otherwise the sender's own word.
    """
    kind = kind.upper()
    if universal and kind == "ISO" and (_OID.fullmatch(universal) or not space):
        return f"urn:oid:{universal}"
    if universal and kind in ("UUID", "GUID") and _UUID.fullmatch(universal):
        return f"urn:uuid:{universal.lower()}"
    if universal and kind == "URI":
        return universal
    return space or universal


def _authority_in(value: Any, component: int) -> str:
    return _authority(_leaf(value, component), _leaf(value, component, 2), _leaf(value, component, 3))


# -- identifiers -------------------------------------------------------------------------------------------------------


def _cx(value: Any, default_type: str) -> Identifier | None:
    number_, kind = _leaf(value), _leaf(value, 5)
    if not number_ or kind.upper() in _PERSONAL_TYPES:
        return None
    system = _authority_in(value, 4)
    if system in _PERSONAL_AUTHORITIES:
        return None
    return Identifier(number_, system, kind or default_type, _leaf(value, 6))


def _ei(value: Any, kind: str) -> Identifier | None:
    number_ = _leaf(value)
    if not number_:
        return None
    return Identifier(number_, _authority(_leaf(value, 2), _leaf(value, 3), _leaf(value, 4)), kind)


def _ce(value: Any, kind: str) -> Identifier | None:
    code = _leaf(value)
    return Identifier(code, code_system(_leaf(value, 3)), kind) if code else None


def _xcn(value: Any, default_type: str) -> Identifier | None:
    number_, kind = _leaf(value), _leaf(value, 13)
    if not number_ or kind.upper() in _PERSONAL_TYPES:
        return None
    return Identifier(number_, _authority_in(value, 9), kind or default_type)


def _identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """Identifiers with their assigner and type (CX); the argument is the type of one that names none."""
    return unique(_cx(value, argument) for value in values)


def _entity_identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """Order numbers with their namespace (EI); the argument is their type, such as PLAC or FILL."""
    return unique(_ei(value, argument) for value in values)


def _coded_identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """A code that names a thing (CE, CWE) as its identifier; the argument is its type."""
    return unique(_ce(value, argument) for value in values)


# -- names, contacts, addresses ----------------------------------------------------------------------------------------


def _xpn(value: Any, start: int = 1, use: str = "") -> PersonName | None:
    """A name whose family name stands at component ``start``: 1 in XPN, 2 in XCN."""
    family, given, middle = _leaf(value, start), _leaf(value, start + 1), _leaf(value, start + 2)
    if not (family or given):
        return None
    return PersonName(
        family=family,
        given=tuple(part for part in (given, middle) if part),
        prefix=_leaf(value, start + 4),
        suffix=_leaf(value, start + 3),
        use=use,
    )


def _best_name(values: Iterable[Any]) -> PersonName | None:
    """The legal name, or else the first that is no pseudonym."""
    names = [(_leaf(value, 7).upper(), value) for value in values]
    for wanted in (("L",), None):
        for kind, value in names:
            if (wanted is None and kind != "S") or (wanted and kind in wanted):
                name = _xpn(value, use=_NAME_USE.get(kind, ""))
                if name:
                    return name
    return None


def _name(values: Values, argument: str, context: Context) -> PersonName | None:
    """A person's legal name, or else the first one given (XPN)."""
    return _best_name(values)


def _xtn(value: Any) -> Iterable[Contact]:
    use = _CONTACT_USE.get(_leaf(value, 2).upper(), "")
    equipment = _leaf(value, 3).upper()
    kind = _CONTACT_KIND.get(equipment, "mobile" if use == "mobile" else "phone")
    use = "" if use == "mobile" else use
    phone, email = _leaf(value, 1) or _leaf(value, 12), _leaf(value, 4)
    if "@" in phone and not email:
        phone, email = "", phone
    if kind != "email" and (phone := phone or _dialled(value)):
        yield Contact(kind, phone, use)
    if "@" in email:
        yield Contact("email", email, use)


def _dialled(value: Any) -> str:
    """A number from its country, area, local part and extension."""
    country, area, local, extension = (_leaf(value, component) for component in (5, 6, 7, 8))
    if not local:
        return ""
    told = " ".join(part for part in (f"+{country.lstrip('+')}" if country else "", area, local) if part)
    return f"{told} x{extension}" if extension else told


def _contacts(values: Values, argument: str, context: Context) -> tuple[Contact, ...] | None:
    """Telephone numbers and e-mail addresses (XTN)."""
    return unique(contact for value in values for contact in _xtn(value))


def _xad(value: Any) -> Address | None:
    street = " ".join(part for sub in (1, 2, 3) if (part := _leaf(value, 1, sub)))
    lines = tuple(line for line in (street, _leaf(value, 2)) if line)
    city, state, code, country = (_leaf(value, component) for component in (3, 4, 5, 6))
    if not (lines or city or state or code or country):
        return None
    return Address(lines, city, state, code, country, _ADDRESS_USE.get(_leaf(value, 7).upper(), ""))


def _address(values: Values, argument: str, context: Context) -> Address | None:
    """The billing address, or else the mailing, home or first one (XAD)."""
    ranked = sorted(values, key=lambda value: _rank(_leaf(value, 7).upper()))
    return next((address for value in ranked if (address := _xad(value))), None)


def _rank(kind: str) -> int:
    return _ADDRESS_ORDER.index(kind) if kind in _ADDRESS_ORDER else len(_ADDRESS_ORDER)


# -- codes, numbers, times ---------------------------------------------------------------------------------------------


def _coding(values: Values, argument: str, context: Context) -> Coding | None:
    """A code with its system and words (CE, CWE); the argument is the system of one that names none."""
    for value in values:
        code = _leaf(value)
        if code:
            return Coding(code, code_system(_leaf(value, 3) or argument), _leaf(value, 2))
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


def _quantity(values: Values, argument: str, context: Context) -> Quantity | None:
    """The first part's number in the second part's unit ("RXD-4 + RXD-5"); the argument is the unit of one without."""
    amount, unit = parts(values, 2)
    told = _coding(tuple(unit), "", context)
    value = number(first_word(amount), "bad_quantity")
    return amount_of(value, told.code if told else argument, told.system if told else "")


def _money(values: Values, argument: str, context: Context) -> Money | None:
    """An amount with its currency (CP, MO); the argument is the currency of one without."""
    for value in values:
        amount = number(_leaf(value), "bad_amount")
        if amount is not None:
            return Money(amount, _leaf(value, 1, 2) or argument)
    return None


# -- references --------------------------------------------------------------------------------------------------------


def _reference(values: Values, argument: str, context: Context) -> Reference | None:
    """Another thing by its numbers (CX), named by the second part. Argument: entity, "carried" if stated here, type."""
    return _refer(values, argument, _cx)


def _order_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """An order by its placer number and, as the second part, its filler number (EI). Argument: entity, "carried"."""
    entity, is_carried, _ = _options(argument)
    placers, fillers = parts(values, 2)
    named = [*(_ei(value, "PLAC") for value in placers), *(_ei(value, "FILL") for value in fillers)]
    identifiers = unique(named)
    return Reference(entity, identifiers, is_carried=is_carried) if identifiers else None


def _coded_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """A product, service or department by its code (CE, CWE). Argument: entity, "carried" if stated here, type."""
    return _refer(values, argument, _ce, display=2)


def _person_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """A member of staff by number and name (XCN). Argument: entity (employee), "carried", type of number."""
    entity, is_carried, kind = _options(argument)
    identifiers = unique(_xcn(value, kind) for value in values)
    if not identifiers:
        return None
    name = next((name for value in values if _leaf(value) and (name := _xpn(value, 2))), None)
    return Reference(entity, identifiers, name.display if name else "", is_carried)


def _refer(values: Values, argument: str, identify: Any, display: int = 0) -> Reference | None:
    entity, is_carried, kind = _options(argument)
    numbers, words = parts(values, 2)
    identifiers = unique(identify(value, kind) for value in numbers)
    if not identifiers:
        return None
    if display:
        name = _leaf(numbers[0], display)
    else:
        told = _best_name(words) if entity == "party" else None
        name = told.display if told else first_word(words)
    return Reference(entity, identifiers, name, is_carried)


def _options(argument: str) -> tuple[str, bool, str]:
    """("party", True, "MR") of "party carried MR"."""
    entity, *rest = argument.split()
    kinds = [option for option in rest if option != "carried"]
    return entity, "carried" in rest, kinds[0] if kinds else ""


# -- places (PL) -------------------------------------------------------------------------------------------------------

#: the levels of a PL from the widest to the deepest that has a number of its own: component, kind
_LEVELS = ((1, "ward"), (2, "room"), (3, "bed"))


def _place(value: Any, depth: int = 3) -> Identifier | None:
    """The place by its path "point of care|room|bed" as far as ``depth``, in the namespace of its facility."""
    path = "|".join(_leaf(value, component) for component, _ in _LEVELS[:depth]).rstrip("|")
    facility = _authority_in(value, 4)
    if path:
        return Identifier(path, facility)
    # No number at all: the facility itself, or what people call the place.
    words = (_leaf(value, component) for component in (4, 7, 8, 9)) if depth == 3 else ()
    name = next((text for text in words if text), "")
    return Identifier(name) if name else None


def _place_words(value: Any) -> str:
    levels = [_leaf(value, component) for component, _ in _LEVELS]
    return ", ".join(part for part in levels if part) or _leaf(value, 9) or _leaf(value, 4)


def _depth(value: Any) -> int:
    return max((n for n, (component, _) in enumerate(_LEVELS, 1) if _leaf(value, component)), default=0)


def _place_identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """A place by its path "point of care|room|bed" within its facility (PL)."""
    return unique(_place(value) for value in values)


def _place_reference(values: Values, argument: str, context: Context) -> Reference | None:
    """Another place: the most specific one named (PL). Argument: entity (location), "carried" if stated here."""
    entity, is_carried, _ = _options(argument)
    for value in values:
        place = _place(value)
        if place:
            return Reference(entity, (place,), _place_words(value), is_carried)
    return None


def _place_kind(values: Values, argument: str, context: Context) -> str | None:
    """What a place is by the deepest level named: bed, room or ward; site where only the facility is (PL)."""
    depth = _depth(values[0])
    if depth:
        return _LEVELS[depth - 1][1]
    return "site" if _leaf(values[0], 4) else None


def _place_name(values: Values, argument: str, context: Context) -> str | None:
    """A place in words, from ward to bed (PL)."""
    return _place_words(values[0]) or None


def _place_parent(values: Values, argument: str, context: Context) -> Reference | None:
    """The place around a place: the room of a bed, the ward of a room (PL)."""
    value = values[0]
    for depth in range(_depth(value) - 1, 0, -1):
        if _leaf(value, depth):
            words = [_leaf(value, component) for component in range(1, depth + 1)]
            parent = _place(value, depth)
            return Reference("location", (parent,), ", ".join(part for part in words if part)) if parent else None
    return None


TRANSFORMS: dict[str, Transform] = {
    "hl7.identifiers": _identifiers,
    "hl7.entity_identifiers": _entity_identifiers,
    "hl7.coded_identifiers": _coded_identifiers,
    "hl7.name": _name,
    "hl7.contacts": _contacts,
    "hl7.address": _address,
    "hl7.coding": _coding,
    "hl7.time": _time,
    "hl7.date": _date,
    "hl7.period": _period,
    "hl7.quantity": _quantity,
    "hl7.money": _money,
    "hl7.reference": _reference,
    "hl7.order_reference": _order_reference,
    "hl7.coded_reference": _coded_reference,
    "hl7.person_reference": _person_reference,
    "hl7.place_identifiers": _place_identifiers,
    "hl7.place_reference": _place_reference,
    "hl7.place_kind": _place_kind,
    "hl7.place_name": _place_name,
    "hl7.place_parent": _place_parent,
}
