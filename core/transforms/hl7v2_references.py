"""Transforms of HL7 v2 numbers (CX, EI, XCN, CE) and places (PL) into identifiers and references."""

from __future__ import annotations

import re
from typing import Any

from ..canonical import Identifier, Reference
from ..check_digits import agrees
from ..codecs.hl7v2_message import Repetition
from .common import Context, Transform, Values, code_system, first_word, parts, unique
from .hl7v2 import best_name, leaf, xpn

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

#: table 0203 (and CX-4) of what is never read: social security, passport and driving licence numbers
_PERSONAL_TYPES = frozenset(("SS", "SSN", "SB", "PPN", "DL"))
_PERSONAL_AUTHORITIES = frozenset(("USSSA", "SSA", "urn:oid:2.16.840.1.113883.4.1"))


# -- identifiers -------------------------------------------------------------------------------------------------------


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
    if not isinstance(value, Repetition) or value.separators.subcomponent not in value.raw:
        return leaf(value, component)
    return _authority(leaf(value, component), leaf(value, component, 2), leaf(value, component, 3))


def _cx(value: Any, default_type: str) -> Identifier | None:
    number_, kind = leaf(value), leaf(value, 5)
    if not number_ or kind.upper() in _PERSONAL_TYPES:
        return None
    system = _authority_in(value, 4)
    if system in _PERSONAL_AUTHORITIES:
        return None
    return Identifier(
        number_, system, kind or default_type, leaf(value, 6), _misfit(value, number_, 2)
    )


def _misfit(value: Any, number_: str, component: int) -> str:
    """The scheme by which the check digit in ``component`` (the scheme is the next one) is not that of the number; else ''."""
    digit, scheme = leaf(value, component), leaf(value, component + 1)
    return "" if not digit or agrees(scheme, number_, digit) else scheme


def _ei(value: Any, kind: str) -> Identifier | None:
    number_ = leaf(value)
    if not number_:
        return None
    return Identifier(number_, _authority(leaf(value, 2), leaf(value, 3), leaf(value, 4)), kind)


def _ce(value: Any, kind: str) -> Identifier | None:
    code = leaf(value)
    return Identifier(code, code_system(leaf(value, 3)), kind) if code else None


def _xcn(value: Any, default_type: str) -> Identifier | None:
    number_, kind = leaf(value), leaf(value, 13)
    if not number_ or kind.upper() in _PERSONAL_TYPES:
        return None
    return Identifier(
        number_, _authority_in(value, 9), kind or default_type, misfit=_misfit(value, number_, 11)
    )


def _identifiers(values: Values, argument: str, context: Context) -> tuple[Identifier, ...] | None:
    """Identifiers with their assigner and type (CX); the argument is the type of one that names none."""
    return unique(_cx(value, argument) for value in values)


def _entity_identifiers(
    values: Values, argument: str, context: Context
) -> tuple[Identifier, ...] | None:
    """Order numbers with their namespace (EI); the argument is their type, such as PLAC or FILL."""
    return unique(_ei(value, argument) for value in values)


def _coded_identifiers(
    values: Values, argument: str, context: Context
) -> tuple[Identifier, ...] | None:
    """A code that names a thing (CE, CWE) as its identifier; the argument is its type."""
    return unique(_ce(value, argument) for value in values)


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
    name = next((name for value in values if leaf(value) and (name := xpn(value, 2))), None)
    return Reference(entity, identifiers, name.display if name else "", is_carried)


def _person_references(
    values: Values, argument: str, context: Context
) -> tuple[Reference, ...] | None:
    """Members of staff, one for each value (XCN). Argument: entity (employee), "carried", type of number."""
    return unique(_person_reference((value,), argument, context) for value in values)


def _refer(values: Values, argument: str, identify: Any, display: int = 0) -> Reference | None:
    entity, is_carried, kind = _options(argument)
    numbers, words = parts(values, 2)
    identifiers = unique(identify(value, kind) for value in numbers)
    if not identifiers:
        return None
    if display:
        name = leaf(numbers[0], display)
    else:
        told = best_name(words) if entity == "party" else None
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


def _place(value: Any) -> Identifier | None:
    """The place by its path "point of care|room|bed", in the namespace of its facility."""
    path = "|".join(leaf(value, component) for component, _ in _LEVELS).rstrip("|")
    facility = _authority_in(value, 4)
    if path:
        return Identifier(path, facility)
    # No number at all: the facility itself, or what people call the place.
    words = (leaf(value, component) for component in (4, 7, 8, 9))
    name = next((text for text in words if text), "")
    return Identifier(name) if name else None


def _place_words(value: Any) -> str:
    levels = [leaf(value, component) for component, _ in _LEVELS]
    return ", ".join(part for part in levels if part) or leaf(value, 9) or leaf(value, 4)


def _depth(value: Any) -> int:
    return max(
        (n for n, (component, _) in enumerate(_LEVELS, 1) if leaf(value, component)), default=0
    )


def _place_identifiers(
    values: Values, argument: str, context: Context
) -> tuple[Identifier, ...] | None:
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
    return "site" if leaf(values[0], 4) else None


def _place_name(values: Values, argument: str, context: Context) -> str | None:
    """A place in words, from ward to bed (PL)."""
    return _place_words(values[0]) or None


def _place_parent(values: Values, argument: str, context: Context) -> Reference | None:
    """The place around a place: the room of a bed, the ward of a room (PL)."""
    value = values[0]
    around = [depth for depth in range(1, _depth(value)) if leaf(value, depth)]
    if not around:
        return None
    names = [leaf(value, component) for component in range(1, around[-1] + 1)]
    parent = Identifier("|".join(names), _authority_in(value, 4))
    return Reference("location", (parent,), ", ".join(filter(None, names)))


TRANSFORMS: dict[str, Transform] = {
    "hl7.identifiers": _identifiers,
    "hl7.entity_identifiers": _entity_identifiers,
    "hl7.coded_identifiers": _coded_identifiers,
    "hl7.reference": _reference,
    "hl7.order_reference": _order_reference,
    "hl7.coded_reference": _coded_reference,
    "hl7.person_reference": _person_reference,
    "hl7.person_references": _person_references,
    "hl7.place_identifiers": _place_identifiers,
    "hl7.place_reference": _place_reference,
    "hl7.place_kind": _place_kind,
    "hl7.place_name": _place_name,
    "hl7.place_parent": _place_parent,
}
