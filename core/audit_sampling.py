"""What is told of something that may come in floods: the first few of a kind in a minute, of the others how many."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import NamedTuple

#: told of each kind in a minute
FIRST_FEW = 3
#: told of all kinds together in a minute
MOST_TOLD = 60
#: kinds that are told apart; the one that was quiet for longest is forgotten for one more
MOST_KINDS = 1_000


class _Tally(NamedTuple):
    minute: int
    told: int
    untold: int


class Sampler:
    """Counts in memory, for one process; takes a lock and no time.

    What was not told is in the count of the next one of its kind that is: nothing is lost as long as the process lives and
    the kind goes on.
    """

    def __init__(self, *, first_few: int = FIRST_FEW, most_told: int = MOST_TOLD):
        self._first_few = first_few
        self._most_told = most_told
        self._lock = threading.Lock()
        self._kinds: dict[Hashable, _Tally] = {}
        self._minute = 0
        self._told = 0

    def count(self, kind: Hashable, seconds: float) -> int:
        """For one more of ``kind`` at ``seconds`` (of any clock that goes forward): 0 where nothing is to be told, otherwise
        how many it stands for, itself included."""
        minute = int(seconds // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._told = minute, 0
            was = self._kinds.pop(kind, None) or _Tally(minute, 0, 0)
            told = was.told if was.minute == minute else 0
            if told >= self._first_few or self._told >= self._most_told:
                self._keep(kind, _Tally(minute, told, was.untold + 1))
                return 0
            self._told += 1
            self._keep(kind, _Tally(minute, told + 1, 0))
            return was.untold + 1

    def _keep(self, kind, tally):
        # the kind that was quiet for longest goes first; dicts keep the order
        if len(self._kinds) >= MOST_KINDS:
            del self._kinds[next(iter(self._kinds))]
        self._kinds[kind] = tally
