"""What happened, in numbers; nothing of what was in a message, its MSH-10 included."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields


@dataclass(slots=True)
class Tally:
    """Of one connection, or of all that have ended."""

    messages: int = 0
    relayed: int = 0
    refused: int = 0
    unanswered: int = 0
    #: begun and not ended: begun anew, or the connection broke
    cut: int = 0
    noise_bytes: int = 0

    def add(self, other: Tally) -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

    def __str__(self) -> str:
        told = (f"{getattr(self, item.name)} {item.name}" for item in fields(self))
        return ", ".join(told).replace("_", " ")


class Sparingly:
    """Logs a kind of line at most once in ``seconds``, and then how many like it were left out."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float], seconds: float = 10.0):
        self._logger, self._clock, self._seconds = logger, clock, seconds
        self._last: dict[str, tuple[float, int]] = {}

    def warn(self, kind: str, line: str) -> None:
        """``kind`` must come from a small set: each is remembered."""
        now = self._clock()
        at, left_out = self._last.get(kind, (None, 0))
        if at is not None and now - at < self._seconds:
            self._last[kind] = (at, left_out + 1)
            return
        self._last[kind] = (now, 0)
        more = f" ({left_out} more like it before)" if left_out else ""
        self._logger.warning("%s%s", line, more)
