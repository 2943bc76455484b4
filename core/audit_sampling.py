"""What is told of something that may come in floods: the first few of a kind in a minute, of the others how many."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable
from typing import NamedTuple

#: told of each kind in a minute
FIRST_FEW = 3
#: told of all kinds together in a minute
MOST_TOLD = 60
#: of them at most so many that are over, so that there is room for what comes
MOST_LATER = 30
#: kinds that are told apart; for one more, the one that was quiet for longest is counted without its member
MOST_KINDS = 1_000

MINUTE = 60


class Sample(NamedTuple):
    """To be told: ``count`` times of ``group`` by ``member``; None: by several. ``since``: when the first of them came that was
    not told at once, where there is one. ``is_now``: the last of them came just now."""

    group: Hashable
    member: str | None
    count: int
    since: float | None
    is_now: bool = False


class _Tally(NamedTuple):
    minute: int
    told: int
    untold: int
    since: float | None


_NOTHING = _Tally(-1, 0, 0, None)


class Sampler:
    """Counts in memory, for one process; takes a lock and no time. A kind is a group (of which there are few) and a member of it
    (of which there may be any number).

    What was not told at once is told later: with the next of its kind, or in another minute with whatever comes then. Nothing
    is lost as long as the process lives and anything comes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: dict[tuple[Hashable, str | None], _Tally] = {}
        self._minute = -1
        self._told = 0

    def count(self, group: Hashable, member: str, seconds: float) -> list[Sample]:
        """What is to be told now that one more came at ``seconds`` (since whenever, of a clock that goes forward)."""
        kind = group, member
        with self._lock:
            later = self._later(seconds)
            was = self._kinds.pop(kind, _NOTHING)
            told = was.told if was.minute == self._minute else 0
            if told >= FIRST_FEW or self._told >= MOST_TOLD:
                since = seconds if was.since is None else was.since
                self._keep(kind, _Tally(self._minute, told, was.untold + 1, since))
                return later
            self._told += 1
            self._keep(kind, _Tally(self._minute, told + 1, 0, None))
            return [*later, Sample(group, member, was.untold + 1, was.since, True)]

    def later(self, seconds: float) -> list[Sample]:
        """What is to be told of minutes that are over; looked for once in each minute."""
        if int(seconds // MINUTE) == self._minute:
            return []
        with self._lock:
            return self._later(seconds)

    def give_back(self, samples: Iterable[Sample]) -> None:
        """They were not told after all; what came just now comes once more."""
        with self._lock:
            for sample in samples:
                if untold := sample.count - sample.is_now:
                    self._add(sample.group, sample.member, untold, sample.since)

    def _later(self, seconds):
        minute = int(seconds // MINUTE)
        if minute == self._minute:
            return []
        self._minute, self._told = minute, 0
        over = [(kind, tally) for kind, tally in self._kinds.items() if tally.untold][:MOST_LATER]
        for kind, tally in over:
            self._kinds[kind] = tally._replace(untold=0, since=None)
        self._told = len(over)
        return [Sample(*kind, tally.untold, tally.since) for kind, tally in over]

    def _add(self, group, member, count, since):
        was = self._kinds.pop((group, member), _NOTHING)
        first = min((one for one in (since, was.since) if one is not None), default=None)
        self._keep((group, member), was._replace(untold=was.untold + count, since=first))

    def _keep(self, kind, tally):
        self._kinds[kind] = tally
        if len(self._kinds) <= MOST_KINDS:
            return
        # dicts keep the order; those of several members are as many as groups
        quiet = next((one for one in self._kinds if one[1] is not None), None)
        if quiet is None:
            return
        gone = self._kinds.pop(quiet)
        if gone.untold:
            self._add(quiet[0], None, gone.untold, gone.since)
