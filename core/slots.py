"""Who and what is taken twice: appointments that overlap and need the same person or the same room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import NamedTuple


class Slot(NamedTuple):
    """One appointment: what it takes up (people, rooms) from ``start`` to ``end``."""

    key: int
    start: datetime
    end: datetime
    takes: frozenset[Hashable]


def clashes(slots: Iterable[Slot]) -> dict[int, set[int]]:
    """``{key: keys of the others that take the same at the same time}``. One that ends as another begins is no clash.

    >>> at = lambda hour: datetime(2026, 1, 1, hour)
    >>> one, two = Slot(1, at(9), at(11), frozenset("A")), Slot(2, at(10), at(12), frozenset("AB"))
    >>> clashes([one, two, Slot(3, at(11), at(12), frozenset("A"))])
    {1: {2}, 2: {1, 3}, 3: {2}}
    """
    by_taken: dict[Hashable, list[Slot]] = defaultdict(list)
    for slot in slots:
        for taken in slot.takes:
            by_taken[taken].append(slot)
    found: dict[int, set[int]] = defaultdict(set)
    for same in by_taken.values():
        running: list[Slot] = []
        for slot in sorted(same, key=lambda slot: (slot.start, slot.key)):
            running = [other for other in running if other.end > slot.start]
            for other in running:
                found[slot.key].add(other.key)
                found[other.key].add(slot.key)
            running.append(slot)
    return dict(sorted(found.items()))
