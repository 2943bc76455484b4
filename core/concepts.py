"""Concept maps as they are looked up: in memory, one dictionary access a code, whatever their length.

A table is ``{(code system, code): meaning}``; an empty code system stands for any. A meaning is a text, or where it holds
for a time only a tuple of ``Dated``. What is common to all systems is kept once, a system's own lines go before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from .canonical import Coding


class Dated(NamedTuple):
    """A meaning and the days on which it holds, both included; None is without end."""

    target: str
    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Line(NamedTuple):
    """One translation. ``concept_map`` is the map's code."""

    concept_map: str
    system: str
    code: str
    target: str
    first: date | None = None
    last: date | None = None


Meaning = str | tuple[Dated, ...]
Tables = dict[str, dict[tuple[str, str], Meaning]]


def tables(lines: Iterable[Line]) -> Tables:
    """``{map code: table}``.

    >>> tables([Line("unit", "", "BX", "box"), Line("unit", "LOCAL", "BX", "tray", date(2026, 1, 1))])["unit"]["", "BX"]
    'box'
    """
    found: Tables = {}
    for concept_map, system, code, target, first, last in lines:
        table = found.setdefault(concept_map, {})
        known = table.get((system, code))
        if known is None and first is None and last is None:
            table[system, code] = target
            continue
        if known is None:
            known = ()
        elif isinstance(known, str):
            known = (Dated(known),)
        table[system, code] = (*known, Dated(target, first, last))
    return found


class Concepts:
    """What the concept maps say to one system."""

    __slots__ = ("_own", "_common")

    def __init__(self, own: Tables, common: Tables):
        self._own, self._common = own, common

    def translate(self, concept_map: str, coding: Coding, day: date) -> str | None:
        """What ``coding`` means on ``day``; None for a code that nobody translated.

        Lines for its code system go before those for any, of these its own before common ones, and of these again one
        that holds for a time before one that always does.
        """
        for key in ((coding.system, coding.code), ("", coding.code)):
            for side in (self._own, self._common):
                meaning = side.get(concept_map, _NOTHING).get(key)
                if meaning is None:
                    continue
                if isinstance(meaning, str):
                    return meaning
                target = _on(meaning, day)
                if target is not None:
                    return target
        return None


def _on(meanings: tuple[Dated, ...], day: date) -> str | None:
    holding = [one for one in meanings if one.holds(day)]
    if not holding:
        return None
    return min(holding, key=lambda one: (one.first is None) + (one.last is None)).target


_NOTHING: Mapping[tuple[str, str], Meaning] = {}
