"""Sets of ids that mostly follow one another, as text and in memory: ``1-4,7``."""

from __future__ import annotations

import bisect
import re

_RANGE = re.compile(r"([1-9]\d{0,18})(?:-([1-9]\d{0,18}))?", re.ASCII)


class Ranges:
    """Whole numbers as ranges that neither touch nor overlap, in order.

    >>> ranges = Ranges("7,1-3")
    >>> ranges.add(4, 4), ranges.add(4, 9), str(ranges), 8 in ranges, 10 in ranges
    (True, False, '1-9', True, False)
    """

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, text: str = ""):
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in parse_ranges(text):
            self.add(first, last)

    def add(self, first: int, last: int) -> bool:
        """Take in ``first`` to ``last``; False where some of them were there already."""
        low = bisect.bisect_left(self._lasts, first - 1)
        high = bisect.bisect_right(self._firsts, last + 1)
        is_new = not any(
            self._firsts[place] <= last and self._lasts[place] >= first
            for place in range(low, high)
        )
        if low < high:
            first, last = min(first, self._firsts[low]), max(last, self._lasts[high - 1])
        self._firsts[low:high], self._lasts[low:high] = [first], [last]
        return is_new

    def __contains__(self, number: int) -> bool:
        place = bisect.bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def __iter__(self):
        return zip(self._firsts, self._lasts, strict=True)

    def __str__(self) -> str:
        return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in self)

    def bounds(self) -> tuple[int, int] | None:
        return (self._firsts[0], self._lasts[-1]) if self._firsts else None


def parse_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """``1-4,7`` as pairs, as they stand; ``()`` for anything else.

    >>> parse_ranges("1-4,7"), parse_ranges("4-1"), parse_ranges("1;2")
    (((1, 4), (7, 7)), (), ())
    """
    found = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if not match or int(match[2] or match[1]) < int(match[1]):
            return ()
        found.append((int(match[1]), int(match[2] or match[1])))
    return tuple(found)
