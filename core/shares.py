"""Cost centres that are split in shares from a day on: what is put down to one is borne by several.

>>> from datetime import date
>>> splits = {1: {date(2026, 7, 1): {2: Decimal(60), 3: Decimal(40)}}}
>>> shared(1, date(2026, 6, 30), splits), shared(1, date(2026, 7, 1), splits)
({1: Decimal('100')}, {2: Decimal('60'), 3: Decimal('40')})
>>> divided(Decimal("0.05"), {2: Decimal(60), 3: Decimal(40)}, 2)
{2: Decimal('0.03'), 3: Decimal('0.02')}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

WHOLE = Decimal(100)
#: centre → from which day on → who bears how many per cent of it
Splits = Mapping[int, Mapping[date, Mapping[int, Decimal]]]


def shared(centre: int, day: date, splits: Splits) -> dict[int, Decimal]:
    """``{centre: per cent}`` of what is put down to ``centre`` on ``day``; a share may be split again.

    What nobody else bears stays with the centre, and so does what comes back to one that it went through.
    """
    return _shared(centre, day, splits, WHOLE, frozenset())


def _shared(
    centre: int, day: date, splits: Splits, whole: Decimal, through: frozenset[int]
) -> dict[int, Decimal]:
    begun = [start for start in splits.get(centre, {}) if start <= day]
    if not begun or centre in through:
        return {centre: whole}
    split = splits[centre][max(begun)]
    rest = whole * (WHOLE - sum(split.values())) / WHOLE
    found: dict[int, Decimal] = {centre: rest} if rest else {}
    for target, percent in split.items():
        part = _shared(target, day, splits, whole * percent / WHOLE, through | {centre})
        for bearer, share in part.items():
            found[bearer] = found.get(bearer, Decimal()) + share
    return found


def divided(amount: Decimal, shares: Mapping[int, Decimal], places: int) -> dict[int, Decimal]:
    """``amount`` in ``shares`` (``{centre: per cent}``, 100 in all); what rounding leaves is the largest share's."""
    unit = Decimal(1).scaleb(-places)
    found = {
        centre: (amount * share / WHOLE).quantize(unit, ROUND_HALF_UP)
        for centre, share in shares.items()
    }
    largest = max(shares, key=lambda centre: (shares[centre], -centre))
    found[largest] += amount - sum(found.values())
    return found
