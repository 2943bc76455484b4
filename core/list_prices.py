"""What a service's list price was at a moment, by what systems told of it (docs/adr/0017).

A price is told with a version; the time in it says since when it holds. So a service that was done before the price rose
is charged at the old price, whichever message came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from .versions import NUMBERED

#: smaller differences are the machine's own
_SAME = 5e-7


class Told(NamedTuple):
    """A list price told by the version ``version``, in force since ``since`` (None: before anything was told)."""

    since: datetime | None
    version: str
    price: float


def same(one: float, other: float) -> bool:
    """Whether two prices are one.

    >>> same(0.1 + 0.2, 0.3)
    True
    """
    return abs(one - other) < _SAME


def in_order(told: Sequence[Told]) -> list[Told]:
    """Oldest first."""
    return sorted(told, key=lambda one: (one.since or datetime.min, one.version))


def in_force(told: Sequence[Told], standing: float, at: datetime | None) -> Told | None:
    """The one of ``told`` (oldest first) in force at ``at``; None where none of them decides.

    None decides where the newest is not what stands in the catalogue (``standing``): a person has set another price
    since, and a person's price stands. Nor where no moment is known. Before the first price, and where none was asked
    (a price of 0 is none), the next one that was told counts: its ``since`` is after ``at`` then.
    """
    if not told or at is None or not same(told[-1].price, standing):
        return None
    since = [one for one in told if one.since is None or one.since <= at]
    if since and since[-1].price:
        return since[-1]
    return next((one for one in told[len(since) :] if one.price), None)


def to_keep(told: Sequence[Told], standing: float, price: Told, known: Told | None) -> list[Told]:
    """What is to be kept when ``price`` is told, of which the catalogue says ``standing`` before.

    ``told``: what is kept already, oldest first. ``known``: the newest word that the same system said of the price
    before (its ``price`` counts for nothing), None if there was none.

    A price that is told again and again is kept once: what changes it, or is late, bounds it by ``known``. Where nothing
    is kept yet, what stood until then held before everything. Late news of a number without a time is past, and says
    nothing of when: [].
    """
    is_late = known is not None and price.version < known.version
    if is_late and price.version.startswith(NUMBERED):
        return []
    if not is_late and same(standing, price.price):
        return []
    kept = []
    if not told and standing:
        kept.append(Told(None, "", standing))
    stands = not told or same(told[-1].price, standing)
    is_newer = known is not None and (not told or known.version > told[-1].version)
    if stands and is_newer and not known.version.startswith(NUMBERED):
        kept.append(known._replace(price=standing))
    return [*kept, price]
