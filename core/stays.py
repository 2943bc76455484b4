"""Where a patient was, and when: rules that give the same whatever order messages arrive in.

A stay is known by its encounter, place and start. Its end is never guessed from what arrived last: it is what was told,
else the start of the next stay elsewhere, else the end of the encounter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .canonical import Encounter, Moment, Period, Reference

#: events that say where the patient is from then on; others name the place in passing
MOVING = frozenset({"started", "transferred", "class_changed"})

Stay = tuple[Reference, "datetime | None", "datetime | None"]


def naive(moment: Moment | None) -> datetime | None:
    """A moment as Odoo stores times: UTC without a zone, to the second; None for none."""
    return moment.at.replace(tzinfo=None, microsecond=0) if moment else None


def event_time(version: str, received_at: datetime) -> datetime:
    """When what a message tells happened: the time in its version, else the time of receipt.

    >>> event_time("20200508T130643.000000#00000000000000000042", datetime(2024, 1, 1))
    datetime.datetime(2020, 5, 8, 13, 6, 43)
    >>> event_time("n00000000000000000042", datetime(2024, 1, 1))
    datetime.datetime(2024, 1, 1, 0, 0)
    """
    try:
        return datetime.strptime(version[:15], "%Y%m%dT%H%M%S")
    except ValueError:
        return received_at.replace(tzinfo=None, microsecond=0)


def stays_told(encounter: Encounter, event: str, at: datetime) -> list[Stay]:
    """The stays that one message tells of, as (place, start, end told).

    Places with periods are taken as they are, a single one without lasts as long as the encounter. Else an admission starts a stay when the encounter starts, a transfer or a
    change of class when it happens; an update, a discharge or a charge that names the place in passing tells of none.
    """
    if encounter.stays:
        alone = encounter.period if len(encounter.stays) == 1 else None
        return [_told(stay.location, stay.period or alone) for stay in encounter.stays]
    if event not in MOVING or not encounter.location:
        return []
    admitted = naive(encounter.period.start) if encounter.period and event == "started" else None
    return [(encounter.location, admitted or at, None)]


def _told(place: Reference, period: Period | None) -> Stay:
    return place, naive(period.start) if period else None, naive(period.end) if period else None


@dataclass(frozen=True, slots=True)
class Span:
    """What follows for one stay from all of them: its end, and whether it only repeats the place of the one before."""

    end: datetime | None
    is_repeat: bool


def spans(
    rows: Sequence[tuple[int, int, datetime | None, datetime | None]], until: datetime | None
) -> list[Span]:
    """A span for each of ``rows`` (id, place, start, end told) of one encounter that lasts ``until``, in their order.

    >>> monday, tuesday, friday = datetime(2024, 1, 1), datetime(2024, 1, 2), datetime(2024, 1, 5)
    >>> [span.end for span in spans([(1, 20, tuesday, None), (2, 10, monday, None)], friday)]
    [datetime.datetime(2024, 1, 5, 0, 0), datetime.datetime(2024, 1, 2, 0, 0)]
    """
    ordered = sorted(rows, key=lambda row: (row[2] or datetime.min, row[1]))
    found = {}
    for place, (key, where, start, told) in enumerate(ordered):
        moved = next((later[2] for later in ordered[place + 1 :] if later[1] != where), None)
        lasts = until if until and (not start or until >= start) else None
        is_repeat = place > 0 and ordered[place - 1][1] == where and not ordered[place - 1][3]
        found[key] = Span(told or moved or lasts, is_repeat)
    return [found[row[0]] for row in rows]
