"""Transforms for every format, and what those of one format share.

A transform takes the values of a source (HL7 repetitions or texts, JSON values; a tuple of such for each part of a joined
source), the rule's argument and the context, and returns a canonical value, or None for "nothing said". It is pure. What
cannot be understood raises ``MappingError``; the engine adds the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Protocol

from ..canonical import Coding, Identifier, Quantity
from ..errors import MappingError

Values = tuple[Any, ...]


class Translate(Protocol):
    """Looks a code up in a concept map; None where the map does not know it."""

    def __call__(self, concept_map: str, coding: Coding, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What mapping needs of the world. ``zone`` is that of a sender who writes none, ``source`` the system's name.

    ``untranslated``, where given, gets (target, concept map, coding) of each code that no map knows and that leaves its
    target without a value.
    """

    zone: tzinfo
    translate: Translate
    received_at: datetime
    source: str = ""
    untranslated: list[tuple[str, str, Coding]] | None = None


class Transform(Protocol):
    def __call__(self, values: Values, argument: str, context: Context, /) -> Any: ...


#: the decimals HL7 NM, FHIR and JSON allow; a bound on the exponent, for 1e999999999 would fill the memory
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_YES = frozenset(("y", "yes", "true", "t", "1"))
_NO = frozenset(("n", "no", "false", "f", "0"))

#: HL7 table 0396 and common habits → the URI that FHIR uses for the same code system
_CODE_SYSTEMS = {
    "LN": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "SNOMED-CT": "http://snomed.info/sct",
    "C4": "http://www.ama-assn.org/go/cpt",
    "CPT4": "http://www.ama-assn.org/go/cpt",
    "NDC": "http://hl7.org/fhir/sid/ndc",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "UCUM": "http://unitsofmeasure.org",
    "HCPCS": "http://terminology.hl7.org/CodeSystem/HCPCS",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ATC": "http://www.whocc.no/atc",
}
_TABLE = re.compile(r"HL7-?(\d{4})")


def code_system(word: str) -> str:
    """The URI of the code system that HL7 v2 calls ``word``; other words (local systems) stay as they are."""
    known = _CODE_SYSTEMS.get(word.upper())
    if known:
        return known
    table = _TABLE.fullmatch(word)
    return f"http://terminology.hl7.org/CodeSystem/v2-{table[1]}" if table else word


def word(value: Any) -> str:
    """One value as text, blanks around it taken off; '' for what is none (an object, nothing, HL7's null)."""
    if isinstance(value, str):
        text = value.strip()
    elif hasattr(value, "text"):
        text = value.text().strip()
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int | Decimal):
        text = str(value)
    else:
        text = ""
    return "" if text == '""' else text


def first_word(values: Iterable[Any]) -> str:
    """The first value that is any text; of a joined source, the first part's."""
    return next((text for value in values if (text := word(_first(value)))), "")


def _first(value: Any) -> Any:
    if not isinstance(value, tuple | list):
        return value
    return value[0] if value else None


def parts(values: Values, count: int) -> tuple[Sequence[Any], ...]:
    """The parts of a joined source, exactly ``count``; a plain source is the first part."""
    found = values if values and isinstance(values[0], tuple) else (values,)
    return (*found[:count], *((),) * (count - len(found)))


def number(text: str, code: str = "bad_number") -> Decimal | None:
    """``text`` as a decimal, None where it is empty. Digits are kept as written: "100.00" has two places."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise MappingError(code)
    return Decimal(text)


def flag(text: str) -> bool | None:
    """``text`` as yes or no, None where it is empty."""
    small = text.lower()
    if not small:
        return None
    if small in _YES:
        return True
    if small in _NO:
        return False
    raise MappingError("bad_flag")


def amount_of(value: Decimal | None, unit: str = "", system: str = "") -> Quantity | None:
    """A quantity, unless there is no number."""
    return None if value is None else Quantity(value, unit, system)


def unique(items: Iterable[Any]) -> tuple[Any, ...] | None:
    """The items without repetitions and None; None where nothing is left."""
    found = tuple(dict.fromkeys(item for item in items if item is not None))
    return found or None


# -- the transforms ----------------------------------------------------------------------------------------------------


def _copy(values: Values, argument: str, context: Context) -> Any:
    """The value as it stands."""
    return next(
        (
            value.text() if hasattr(value, "text") else value
            for value in values
            if value is not None
        ),
        None,
    )


def _text(values: Values, argument: str, context: Context) -> str | None:
    """The first value as text, blanks around it taken off."""
    return first_word(values) or None


def _lower(values: Values, argument: str, context: Context) -> str | None:
    """The first value as text in small letters."""
    return first_word(values).lower() or None


def _upper(values: Values, argument: str, context: Context) -> str | None:
    """The first value as text in capital letters."""
    return first_word(values).upper() or None


def _code(values: Values, argument: str, context: Context) -> Coding | None:
    """The first value as a code of the code system that the argument names."""
    text = first_word(values)
    return Coding(text, code_system(argument)) if text else None


def _fixed(values: Values, argument: str, context: Context) -> str | None:
    """The argument itself, wherever the source says anything."""
    return (
        argument if first_word(values) or any(isinstance(value, dict) for value in values) else None
    )


def _flag(values: Values, argument: str, context: Context) -> bool | None:
    """Yes or no, from Y, N, yes, no, true, false, 1 or 0; the argument "not" turns it round."""
    found = flag(first_word(values))
    return found if found is None or argument != "not" else not found


def _decimal(values: Values, argument: str, context: Context) -> Decimal | None:
    """The first value as a decimal number."""
    return number(first_word(values))


def _join(values: Values, argument: str, context: Context) -> str | None:
    """All values joined by the argument (a bar if none is given); nothing at all where one of them is missing."""
    words = [first_word((value,)) for value in values]
    return (argument or "|").join(words) if all(words) else None


def _identifier(values: Values, argument: str, context: Context) -> Identifier | None:
    """All values joined by a bar as a number of their own kind, which the argument names; nothing where one is missing."""
    text = _join(values, "|", context)
    return Identifier(text, type=argument) if text else None


TRANSFORMS: dict[str, Transform] = {
    "copy": _copy,
    "text": _text,
    "lower": _lower,
    "upper": _upper,
    "code": _code,
    "fixed": _fixed,
    "flag": _flag,
    "decimal": _decimal,
    "join": _join,
    "identifier": _identifier,
}
