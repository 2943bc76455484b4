"""Check digits: whether a number is one that its issuer can have given out, or was mistyped on its way.

Each scheme knows where its digit stands and how many digits there are. ``M10`` and ``M11`` are those of HL7 table 0061
as HL7 v2 defines them (chapter 2A, data type CX, and CK before it): HL7's Mod 10 is the Luhn algorithm, and its Mod 11
weighs with 2 to 7 again and again. A number with anything but digits has no check digit in any of these schemes; blanks
and hyphens, which people write between groups of digits, are none of it.

>>> holds("nhs", "943 476 5919"), holds("nhs", "943 476 5918"), digit_of("M11", "1234567")
(True, False, '4')
"""

from __future__ import annotations

import re
from collections.abc import Callable

_GROUPS = re.compile(r"[ -]")
_NPI_PREFIX = "80840"


def _digits(number: str) -> str:
    """``number`` without what people write between groups; '' for what is no row of digits (ASCII ones, and few enough)."""
    bare = _GROUPS.sub("", number)
    return bare if bare.isascii() and bare.isdigit() and len(bare) <= 64 else ""


def _luhn(body: str) -> str:
    """HL7's M10: every other digit from the right is doubled; the sum of all digits is filled up to a multiple of 10."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def _mod11(body: str) -> str:
    """HL7's M11: weights 2 to 7 from the right, over and over; a remainder of 0 counts as 1, and 10 is written 0."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body)))
    return str((11 - (total % 11 or 1)) % 10)


def _nhs(body: str) -> str:
    """Weights 10 to 2 from the left; '' where 10 would be left, since such a number is never given out."""
    total = sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True))
    rest = -total % 11
    return "" if rest == 10 else str(rest)


def _gtin(body: str) -> str:
    """GS1 General Specifications 7.9: weights 3 and 1 in turn from the right, filled up to a multiple of 10."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def _npi(body: str) -> str:
    """US National Provider Identifier: Luhn, as if the prefix of health cards stood before it."""
    return _luhn(_NPI_PREFIX + body)


#: scheme → (its calculation, how many digits a number has with its check digit; none where any number of them will do)
_SCHEMES: dict[str, tuple[Callable[[str], str], tuple[int, ...]]] = {
    "M10": (_luhn, ()),
    "M11": (_mod11, ()),
    "nhs": (_nhs, (10,)),
    "gtin": (_gtin, (8, 12, 13, 14)),
    "NPI": (_npi, (10,)),
}
SCHEMES = tuple(_SCHEMES)
#: HL7 table 0061: the schemes that a message may name itself
STATED = ("M10", "M11", "NPI")


def digit_of(scheme: str, body: str) -> str:
    """The check digit that belongs to ``body``, which is without one; '' where there is none. ``KeyError``: no scheme."""
    calculate, lengths = _SCHEMES[scheme]
    bare = _digits(body)
    if not bare or (lengths and len(bare) + 1 not in lengths):
        return ""
    return calculate(bare)


def holds(scheme: str, number: str) -> bool:
    """Whether ``number`` ends in its check digit. ``KeyError`` for a scheme that is none of ``SCHEMES``."""
    bare = _digits(number)
    return len(bare) > 1 and digit_of(scheme, bare[:-1]) == bare[-1]


def agrees(scheme: str, number: str, digit: str) -> bool:
    """Whether ``digit`` is the check digit of ``number``, as CX-2 says it of CX-1 by the scheme in CX-3.

    The standard calls CX-2 a part of the number; senders write the number in CX-1 with it and without it, so either will
    do. What can't be told is not held against the sender: a scheme that table 0061 does not define, a number with letters.
    """
    if scheme not in STATED or not _digits(number):
        return True
    return digit_of(scheme, number) == digit or (number.endswith(digit) and holds(scheme, number))
