"""When to try again: a pure decision. The clock and the dice are arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential, capped, with jitter: ``base_seconds``, twice that, … up to ``cap_seconds``.

    ``jitter`` is the share of a delay that is left to chance (0: none, 1: all of it), so that what
    failed together does not come back together. ``max_attempts`` counts the first try; 0: no end. A
    peer's ``Retry-After`` is honoured up to ``retry_after_cap_seconds``.

    >>> backoff = Backoff(base_seconds=10, cap_seconds=60, jitter=0)
    >>> [backoff.delay(attempt, random01=0.5) for attempt in (1, 2, 3, 4)]
    [10.0, 20.0, 40.0, 60.0]
    """

    base_seconds: float = 5.0
    factor: float = 2.0
    cap_seconds: float = 3600.0
    jitter: float = 0.5
    max_attempts: int = 12
    retry_after_cap_seconds: float = 86400.0

    def __post_init__(self):
        is_sound = (
            0 < self.base_seconds <= self.cap_seconds
            and self.factor >= 1
            and 0 <= self.jitter <= 1
            and self.max_attempts >= 0
            and self.retry_after_cap_seconds > 0
        )
        if not is_sound:
            raise ValueError("a back-off that never waits, or waits for ever")

    def delay(
        self, attempt: int, *, random01: float, retry_after: float | None = None
    ) -> float | None:
        """Seconds to wait after the failed ``attempt`` (the first is 1); None: attempts are used
        up.

        ``retry_after`` is what the peer asked for; one never comes back earlier than that.
        ``random01`` is from [0, 1).
        """
        if self.max_attempts and attempt >= self.max_attempts:
            return None
        full = self._full(attempt)
        seconds = full * (1 - self.jitter) + full * self.jitter * random01
        if retry_after is None:
            return seconds
        return max(seconds, min(retry_after, self.retry_after_cap_seconds))

    def _full(self, attempt: int) -> float:
        try:
            return min(self.cap_seconds, self.base_seconds * self.factor ** (max(attempt, 1) - 1))
        except OverflowError:
            return self.cap_seconds


def parse_retry_after(value: str, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for (RFC 9110, 10.2.3): a number or a date;
    None for neither."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - now).total_seconds())
