"""How fast a sender may send: token buckets, and what it is told of them.

A bucket holds up to ``burst`` tokens and is filled at ``rate`` tokens a second; a message takes one. What is kept of it is
not a count but the moment at which it will be full again (GCRA's theoretical arrival time, ITU-T I.371 annex A): one
number, from which everything follows at any time, and nothing to be filled by anybody. PostgreSQL does the same arithmetic
in the statement that takes (``models/exchange/rate.py``); a test holds that both agree. All times are whole nanoseconds:
with floats the last token would come now and then a moment too late or too soon.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11 (May 2026): ``RateLimit-Policy: "endpoint";q=100;w=60`` and
``RateLimit: "endpoint";r=50;t=30``. ``t`` is the time until the bucket is full again, so that a sender that spreads ``r``
over ``t`` keeps to its rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .errors import MessageRefused

#: seconds of the periods that people count in
PERIODS = {"second": 1, "minute": 60, "hour": 3600}
SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is kept: when it will be full (past: it is), and when that was written. Nanoseconds since 1970."""

    full_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` messages each ``period`` seconds, of which ``burst`` may come at once.

    ``key`` names the bucket, ``name`` the policy in the headers. ``count`` and ``burst`` are at least 1.
    """

    key: str
    name: str
    count: int
    period: int
    burst: int

    @classmethod
    def of(cls, name: str, number: int, count: int, period: int, burst: int) -> Limit | None:
        """The limit of the ``name`` (endpoint, credential) with this ``number``, as people set it; ``count`` 0: none.

        ``burst`` 0: a tenth of ``count``, one at least. A limit that was changed begins with a bucket of its own: what was
        taken slowly is not waited for at a new pace.
        """
        if not count:
            return None
        burst = burst or -(-count // 10)
        return cls(f"{name}/{number}/{count}/{period}/{burst}", name, count, period, burst)

    @property
    def step(self) -> int:
        """Nanoseconds in which a token comes."""
        return -(-self.period * SECOND // self.count)

    @property
    def room(self) -> int:
        """Nanoseconds in which an empty bucket fills."""
        return self.burst * self.step


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit after it was asked: nanoseconds until its bucket is full; more than ``limit.room`` where tokens are owed."""

    limit: Limit
    fills_in: int

    @property
    def remaining(self) -> int:
        """Messages that may come at once."""
        return max(0, (self.limit.room - self.fills_in) // self.limit.step)

    @property
    def wait(self) -> int:
        """Nanoseconds until the next message may come; 0: now."""
        return max(0, self.fills_in + self.limit.step - self.limit.room)


class RateLimited(MessageRefused):
    """Too fast: come back in ``retry_after`` seconds. The standings tell of which limit."""

    http_status = 429

    def __init__(self, standings: Iterable[Standing]):
        out = [standing for standing in standings if standing.wait]
        super().__init__("rate_limited", detail=", ".join(one.limit.name for one in out))
        #: a moment may have passed since it was refused, so that nobody has to wait any more
        self.retry_after = _seconds(max((one.wait for one in out), default=1))


class Overloaded(MessageRefused):
    """More waits than the endpoint shall take: come back in ``retry_after`` seconds."""

    http_status = 503

    def __init__(self, retry_after: int):
        super().__init__("overloaded")
        self.retry_after = retry_after


@dataclass(slots=True)
class Taken:
    """What one request has taken so far, however often it is run: ``tokens`` of each of ``limits``, and how these stood."""

    limits: tuple[Limit, ...] = ()
    tokens: int = 0
    standings: tuple[Standing, ...] = ()


def take(
    limits: Sequence[Limit],
    buckets: Sequence[Bucket | None],
    now: int,
    *,
    tokens: int = 1,
    is_owed: bool = False,
) -> tuple[bool, tuple[Bucket, ...]]:
    """Whether ``tokens`` were taken, and the buckets as they stand then (None: one that nobody asked yet is full).

    All or nothing: where one limit says no, none gives. ``is_owed``: taken in any case; what is not there is owed, and the
    next ones wait for it. A clock that went back is taken to stand still until now, so that nobody waits for it.
    """
    filled = [_filled(bucket, now) for bucket in buckets]
    wanted = [at + tokens * limit.step for limit, at in zip(limits, filled, strict=True)]
    is_allowed = is_owed or all(
        at - now <= limit.room for limit, at in zip(limits, wanted, strict=True)
    )
    return is_allowed, tuple(Bucket(at, now) for at in (wanted if is_allowed else filled))


def _filled(bucket: Bucket | None, now: int) -> int:
    """When it will be full, at the earliest now."""
    if bucket is None:
        return now
    return max(now, bucket.full_at - max(0, bucket.seen_at - now))


def headers(standings: Sequence[Standing]) -> tuple[tuple[str, str], ...]:
    """What a sender is told of its limits with any answer; nothing where there are none."""
    if not standings:
        return ()
    policies = (f'"{one.limit.name}";q={one.limit.count};w={one.limit.period}' for one in standings)
    stands = (
        f'"{one.limit.name}";r={one.remaining};t={_seconds(one.fills_in)}' for one in standings
    )
    return ("RateLimit-Policy", ", ".join(policies)), ("RateLimit", ", ".join(stands))


def _seconds(nanoseconds: int) -> int:
    """Rounded up: who comes too early is refused again."""
    return -(-max(0, nanoseconds) // SECOND)
