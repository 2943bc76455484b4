"""What a day is told with: requests, a clock that never strikes twice, numbers never repeated."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import dataclass, field

from devkit import hospital_er7 as er7
from devkit import hospital_world as world

LAG = dt.timedelta(seconds=3)
LAST_SECOND = 24 * 3600 - 1


@dataclass(frozen=True)
class Sent:
    """One HTTP request to ``/interop/v1/in/<endpoint><path>``, made at ``at``.

    ``note`` says in words what it is; an ordinary trouble's note starts with ``trouble:``.
    """

    endpoint: str
    content_type: str
    body: bytes
    note: str
    at: dt.datetime
    path: str = ""
    method: str = "POST"
    headers: dict = field(default_factory=dict)


class Story:
    """The day as it is being written. Every event has a second of its own."""

    def __init__(self, seed, date, chunk=0):
        self.seed, self.date, self.chunk = seed, date, chunk
        self.rng = random.Random(f"{seed}/{date.isoformat()}/{chunk}")
        self.midnight = dt.datetime.combine(date, dt.time(), world.ZONE)
        self.visits = []
        self.sent = []
        self._seconds = set()
        self._counts = {}
        self._places = {}

    def when(self, minute):
        """The moment of this minute of the day, or the first free second after (or before) it."""
        wanted = min(max(int(minute * 60), 0), LAST_SECOND)
        second = next(
            free
            for free in itertools.chain(range(wanted, LAST_SECOND + 1), range(wanted, -1, -1))
            if free not in self._seconds
        )
        self._seconds.add(second)
        return self.midnight + dt.timedelta(seconds=second)

    @property
    def tag(self):
        """What tells this story's numbers from other seeds' and chunks'; '' for the demo's own."""
        return "" if (self.seed, self.chunk) == (1, 0) else f"{self.seed}.{self.chunk}."

    def number(self, prefix):
        """The next business number of a kind: V261123-0001."""
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}{self.date:%y%m%d}-{self.tag}{self._counts[prefix]:04d}"

    def patient(self, *, born=(1941, 2004)):
        """The next new person. The same seed has the same people on every day."""
        self._counts["patient"] = self._counts.get("patient", 0) + 1
        number = (
            world.FIRST_PATIENT
            + ((self.seed - 1) * 10_000 + self.chunk) * 1000
            + self._counts["patient"]
        )
        return world.patient(number, random.Random(number), born=born)

    def control_id(self, letter, when):
        """An MSH-10 (ST, at most 20 characters)."""
        return f"{letter}{when:%m%d%H%M%S}{self.tag}".rstrip(".")

    def send(self, endpoint, content_type, body, note, when, *, key=None, **more):
        """Add a request, made a moment after its event; ``key`` lets a trouble find it again."""
        if key:
            self._places[key] = len(self.sent)
        self.sent.append(Sent(endpoint, content_type, body, note, when + LAG, **more))

    def hl7(self, endpoint, segments, note, when, *, style=er7.PLAIN, key=None):
        content_type = er7.ER7 if style.zone else er7.CONTENT_TYPE
        self.send(endpoint, content_type, er7.encode(segments, style), note, when, key=key)

    def has(self, key):
        """Whether something was sent under ``key``."""
        return key in self._places

    def find(self, key):
        """The place and the request that were sent under ``key``."""
        place = self._places[key]
        return place, self.sent[place]

    def ordered(self):
        """Everything in order of arrival."""
        return sorted(self.sent, key=lambda sent: sent.at)
