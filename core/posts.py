"""From when on what was told of somebody's work holds: moves, posts beside one another, ends, corrections.

What was told is kept as it was told (``Told``); what takes effect on which day is worked out anew whenever something is
told (``line``), so it does not depend on the order of arrival. What Odoo has is changed only where that differs
(``rebuilt``): what people changed by hand between two days stays.

>>> from datetime import date
>>> ward = Told(start=date(2026, 12, 1), values={"organization": "ICU"})
>>> line([ward])
{'organization': {datetime.date(2026, 12, 1): 'ICU'}}
>>> rebuilt({date(2026, 1, 1): "SUR"}, {}, line([ward])["organization"])
{datetime.date(2026, 1, 1): 'SUR', datetime.date(2026, 12, 1): 'ICU'}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

#: since ever, and for ever
EVER, NEVER = date.min, date.max
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """Attributes that hold from ``start`` to ``end``, both included. ``post`` is the post they are of, '' for the main one.

    ``is_main``: whether the sender calls the post the main one; None where it says nothing. ``order`` tells what was told
    later, where two begin on one day.
    """

    start: date = EVER
    end: date = NEVER
    post: str = ""
    is_main: bool | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    order: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """What held for a time has ended, and nothing else was told: as it was before ``start``."""

    start: date


def main_post(told: Iterable[Told], day: date) -> str:
    """The post that somebody's record shows on ``day``: the one called the main one, else the one held longest; '' for none.

    A post that is said not to be the main one comes after those of which nothing is said.
    """
    rows = [row for row in told if row.post]
    held = {row.post for row in rows if row.start <= day <= row.end}

    def rank(post: str) -> tuple[Any, ...]:
        own = sorted(
            (row for row in rows if row.post == post), key=lambda row: (row.start, row.order)
        )
        said = [row.is_main for row in own if row.is_main is not None and row.start <= day]
        word = said[-1] if said else None
        return (0 if word else 2 if word is False else 1, own[0].start, post)

    return min(held, key=rank, default="")


def line(told: Iterable[Told]) -> dict[str, dict[date, Any]]:
    """``{attribute: {day: value}}``: what takes effect on which day, ascending; ``Back`` where something ends.

    Of what holds at one time, the latest to begin counts.
    """
    rows = list(told)
    days = sorted({row.start for row in rows} | {row.end + _DAY for row in rows if row.end < NEVER})
    found: dict[str, dict[date, Any]] = {}
    holding: dict[str, Told] = {}
    for day in days:
        main = main_post(rows, day)
        now: dict[str, Told] = {}
        for row in sorted(rows, key=lambda row: (row.start, row.order)):
            if row.start <= day <= row.end and row.post in ("", main):
                now.update(dict.fromkeys(row.values, row))
        for attribute in sorted(holding.keys() | now.keys()):
            row, before = now.get(attribute), holding.get(attribute)
            if row is not before:
                value = row.values[attribute] if row else Back(before.start)
                found.setdefault(attribute, {})[day] = value
        holding = now
    return found


def changes(days: Mapping[date, Any]) -> dict[date, Any]:
    """``days`` (ascending) without those that say what the one before says."""
    found: dict[date, Any] = {}
    before: Any = _NOTHING
    for day, value in days.items():
        if value != before:
            found[day] = value
        before = value
    return found


def rebuilt(
    points: Mapping[date, Any],
    before: Mapping[date, Any],
    after: Mapping[date, Any],
    fresh: Collection[date] = (),
) -> dict[date, Any]:
    """One attribute on every day on which it may change: ``{day: value}``, ascending.

    ``points`` is what Odoo has, from which day on (at least one); ``before`` and ``after`` are the attribute's line without
    and with the news, and ``fresh`` the days that the news itself is about. What begins before Odoo's first day holds
    from that day on. A value that was not told carries on until something else was told, or somebody set another.
    """
    first = min(points)
    before, after = _since(before, first), _since(after, first)
    told = {max(day, first) for day in fresh}
    found: dict[date, Any] = {}
    was = value = None
    for day in sorted({*points, *after}):
        had = points.get(day, was)
        if day in after and (
            day in told or day not in points or before.get(day, _NOTHING) != after[day]
        ):
            value = _value(after[day], found, had)
        elif day in after or day == first or day not in before and had != was:
            value = had
        found[day] = value
        was = had
    return found


_NOTHING = object()


def _value(value: Any, found: Mapping[date, Any], had: Any) -> Any:
    if not isinstance(value, Back):
        return value
    earlier = [day for day in found if day < value.start]
    return found[max(earlier)] if earlier else had


def _since(told: Mapping[date, Any], first: date) -> dict[date, Any]:
    """``told`` from ``first`` on: what was the latest by then holds on that day."""
    early = [day for day in told if day <= first]
    late = {day: told[day] for day in sorted(told) if day > first}
    if not early or isinstance(told[max(early)], Back):
        return late
    return {first: told[max(early)], **late}
