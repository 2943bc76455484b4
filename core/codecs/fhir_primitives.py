"""The primitive types of FHIR R4 (datatypes.html#primitive) as predicates on parsed JSON values.

Stricter than the official JSON schema in two points that the specification asks for: dates exist in the calendar, and
strings hold no control characters. More lenient in one: any Unicode space may stand in a string.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_YEAR = "(?!0000)[0-9]{4}"
_DAY = f"({_YEAR})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_PARTIAL = f"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

Predicate = Callable[[Any], bool]


def _matching(pattern: str) -> Predicate:
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and match(value) is not None


def _calendar(pattern: str) -> Predicate:
    """Also true only when the day exists in its month; groups 1–3 are year, month and day, or None."""
    match = re.compile(pattern, re.ASCII).fullmatch

    def is_valid(value: Any) -> bool:
        found = match(value) if isinstance(value, str) else None
        if found is None:
            return False
        year, month, day = found.group(1, 2, 3)
        return day is None or int(day) <= monthrange(int(year), int(month))[1]

    return is_valid


def _whole_from(least: int) -> Predicate:
    """32-bit whole numbers (booleans are ints in Python, not in FHIR)."""
    allowed = range(least, 2**31)
    return lambda value: type(value) is int and value in allowed


def _is_boolean(value: Any) -> bool:
    return value is True or value is False


def _is_decimal(value: Any) -> bool:
    return isinstance(value, Decimal) or type(value) is int


_has_control = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]").search


def _is_string(value: Any) -> bool:
    return isinstance(value, str) and value != "" and _has_control(value) is None


def _is_base64(value: Any) -> bool:
    """Looked at, not decoded: no attachment is ever kept."""
    return isinstance(value, str) and _not_base64(value) is None


_not_base64 = re.compile(r"[^0-9A-Za-z+/=\s]").search
_is_uri = _matching(r"\S+")

PRIMITIVES: dict[str, Predicate] = {
    "base64Binary": _is_base64,
    "boolean": _is_boolean,
    "canonical": _is_uri,
    "code": _matching(r"\S+(?:\s\S+)*"),
    "date": _calendar(f"{_DAY}|{_PARTIAL}"),
    "dateTime": _calendar(f"{_DAY}(?:T{_TIME}{_ZONE})?|{_PARTIAL}"),
    "decimal": _is_decimal,
    "id": _matching(r"[A-Za-z0-9.-]{1,64}"),
    "instant": _calendar(f"{_DAY}T{_TIME}{_ZONE}"),
    "integer": _whole_from(-(2**31)),
    "markdown": _is_string,
    "oid": _matching(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"),
    "positiveInt": _whole_from(1),
    "string": _is_string,
    "time": _matching(_TIME),
    "unsignedInt": _whole_from(0),
    "uri": _is_uri,
    "url": _is_uri,
    "uuid": _matching(f"urn:uuid:{_UUID}"),
    "xhtml": _is_string,
}
