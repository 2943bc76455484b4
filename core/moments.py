"""Times as senders write them, kept as precise as they were and no more precise.

Two notations: HL7 v2 (TS, DTM, DT: chapter 2A, "YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]") and ISO 8601 as FHIR (date,
dateTime, instant) and RFC 3339 profile it. A time without offset is one of ``zone``, the sender's. What is no time
raises ``MappingError("bad_time")``; the caller knows the path.

>>> from datetime import timezone
>>> parse_hl7("202311021104", timezone.utc)
Moment(at=datetime.datetime(2023, 11, 2, 11, 4, tzinfo=datetime.timezone.utc), precision='minute', zone='')
>>> to_iso(parse_hl7("20231102110405.6789+0200", timezone.utc))
'2023-11-02T11:04:05.678900+02:00'
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from .canonical import Moment
from .errors import MappingError

#: of a time written with so many of its parts (year first); the seventh is the fraction
PRECISIONS = ("year", "month", "day", "hour", "minute", "second", "subsecond")

#: characters of an ISO 8601 time of each of them
_LENGTHS = dict(zip(PRECISIONS, (4, 7, 10, 13, 16, 19), strict=False))

_HL7 = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?"
    r"\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?)?)?)?)?"
    r"([Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def parse_hl7(text: str, zone: tzinfo) -> Moment:
    """The HL7 v2 time ``text``: 4, 6, 8, 10, 12 or 14 digits, a fraction, an offset."""
    return _moment(_HL7.fullmatch(text.strip()), zone)


def parse_iso(text: str, zone: tzinfo) -> Moment:
    """The ISO 8601 time ``text``: a year, month or day alone, or with a time to minutes, seconds or a fraction."""
    return _moment(_ISO.fullmatch(text.strip()), zone)


def date_hl7(text: str) -> date | None:
    """The calendar day that ``text`` names as written, in no zone; None where it is less precise than a day."""
    return _date(_HL7.fullmatch(text.strip()))


def date_iso(text: str) -> date | None:
    """As ``date_hl7``, of an ISO 8601 time."""
    return _date(_ISO.fullmatch(text.strip()))


def to_iso(moment: Moment, zone: tzinfo = timezone.utc) -> str:
    """What was said, in FHIR's notation; ``zone`` is the one that was assumed where the sender named none.

    FHIR has no hour or minute without seconds, so these are written out as ``:00``.
    """
    local = moment.at.astimezone(_offset(moment.zone) if moment.zone else zone)
    if moment.precision in ("year", "month", "day"):
        return local.isoformat()[: _LENGTHS[moment.precision]]
    return local.isoformat(
        timespec="microseconds" if moment.precision == "subsecond" else "seconds"
    )


def to_iso_as_said(moment: Moment, zone: tzinfo) -> str:
    """What ``parse_iso`` reads as the same moment: no more precise than it was said, an offset only where one was named.

    >>> said = parse_hl7("2023110211", timezone.utc)
    >>> to_iso_as_said(said, timezone.utc), parse_iso("2023-11-02T11", timezone.utc) == said
    ('2023-11-02T11', True)
    """
    local = moment.at.astimezone(_offset(moment.zone) if moment.zone else zone).replace(tzinfo=None)
    is_finer = moment.precision == "subsecond"
    text = local.isoformat(timespec="microseconds" if is_finer else "seconds")
    return text[: None if is_finer else _LENGTHS[moment.precision]] + moment.zone


def _moment(match: re.Match[str] | None, zone: tzinfo) -> Moment:
    if match is None:
        raise MappingError("bad_time")
    *parts, fraction, offset = match.groups()
    numbers = [int(part) for part in parts if part is not None]
    precision = PRECISIONS[len(numbers) - 1 + (fraction is not None)]
    try:
        at = _local(numbers, fraction, _offset(offset) if offset else zone).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise MappingError("bad_time") from None
    return Moment(at, precision, _written(offset) if offset else "")


def _local(numbers: list[int], fraction: str | None, zone: tzinfo) -> datetime:
    """The start of what was said. A leap second (60) is the second after 59."""
    year, month, day, hour, minute, second = [*numbers, *(0, 1, 1, 0, 0, 0)[len(numbers) :]]
    microsecond = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    if second == 60:
        return datetime(year, month, day, hour, minute, 59, microsecond, zone) + timedelta(
            seconds=1
        )
    return datetime(year, month, day, hour, minute, second, microsecond, zone)


def _date(match: re.Match[str] | None) -> date | None:
    if match is None:
        raise MappingError("bad_time")
    year, month, day = match.group(1, 2, 3)
    if day is None:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise MappingError("bad_time") from None


@lru_cache(maxsize=256)
def _offset(text: str) -> timezone:
    """``+02:00``, ``-0500`` or ``Z``. Beyond a day it is no offset: ``ValueError``."""
    if text in "Zz":
        return timezone.utc
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


@lru_cache(maxsize=256)
def _written(offset: str) -> str:
    """An offset in one notation: ``+02:00``; UTC said as ``Z`` is ``+00:00``."""
    return "+00:00" if offset in "Zz" else f"{offset[:3]}:{offset[-2:]}"
