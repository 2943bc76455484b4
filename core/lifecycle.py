"""How long an interface is spoken, and how those who still speak it are told (RFC 9745, RFC 8594).

An interface is an endpoint, or a version of a contract. Nothing ends by itself: a sunset that has passed is for a person to
act on, and what is retired was retired by somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from .errors import MessageRefused

DRAFT, ACTIVE, DEPRECATED, RETIRED = "draft", "active", "deprecated", "retired"
STATUSES = (DRAFT, ACTIVE, DEPRECATED, RETIRED)
#: days before an end at which its owner is reminded
REMINDERS = (30, 7, 1)


def term_due(left: timedelta, told: int) -> int:
    """The term (days) of the reminder that is due with ``left`` to go, if ``told`` is the last that was given; 0: none.

    >>> term_due(timedelta(days=5), told=30), term_due(timedelta(days=5), told=7), term_due(timedelta(days=31), told=0)
    (7, 0, 0)
    """
    term = min((days for days in REMINDERS if left <= timedelta(days=days)), default=0)
    return 0 if told and told <= term else term


def status_of(state: str, deprecated_at: datetime | None) -> str:
    """The status of an endpoint, which has a state of its own besides: a pause or a trial is no end of an interface.

    >>> status_of("paused", None), status_of("retired", None), status_of("draft", None)
    ('active', 'retired', 'draft')
    """
    if state in (DRAFT, RETIRED):
        return state
    return DEPRECATED if deprecated_at else ACTIVE


class Retired(MessageRefused):
    """The interface was spoken once and is not any more; 410 (RFC 9110, 15.5.11)."""

    def __init__(self, successor: str = ""):
        super().__init__("interface_retired", http_status=410)
        self.successor = successor


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """``deprecated_at`` and ``sunset_at`` are aware, or None; ``successor`` is an address, or ''."""

    status: str = ACTIVE
    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None
    successor: str = ""

    def check(self) -> None:
        """Raise ``Retired`` where it is no longer spoken."""
        if self.status == RETIRED:
            raise Retired(self.successor)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What a caller is told of a deprecated or retired interface; nothing of others.

        >>> from datetime import datetime, timedelta, timezone
        >>> day = datetime(2026, 6, 30, 23, 59, 59, tzinfo=timezone.utc)
        >>> Lifecycle(DEPRECATED, deprecated_at=day).headers()
        (('Deprecation', '@1782863999'),)
        >>> Lifecycle(RETIRED, sunset_at=day).headers()
        (('Sunset', 'Tue, 30 Jun 2026 23:59:59 GMT'),)
        """
        if self.status not in (DEPRECATED, RETIRED):
            return ()
        told = []
        if self.deprecated_at:
            # a date of structured fields (RFC 9651, 3.3.7)
            told.append(("Deprecation", f"@{int(self.deprecated_at.timestamp())}"))
        if self.sunset_at:
            at = self.sunset_at.astimezone(timezone.utc)
            told.append(("Sunset", format_datetime(at, usegmt=True)))
        if self.successor:
            told.append(("Link", f'<{self.successor}>; rel="successor-version"'))
        return tuple(told)
