"""One message to Odoo and its answer back: what is relayed, what is refused, what is tried again.

=========================================================  ===========================================================
Odoo (or what stands before it) says                        the sender gets
=========================================================  ===========================================================
2xx with an acknowledgement                                 that one, byte for byte
400, 413, 415, 422                                          AE (CE) with the problem's title and code
408, 425, 429, 5xx, no answer, a broken one, 404 in HTML    nothing yet: it is tried again, same bytes and same id
any other, such as 401, 403, 404 as a problem               AR (CR) with the problem's title and code
=========================================================  ===========================================================

Trying again is safe whatever became of the first try: the door knows a message by its MSH-10 and content (or by the id
of the request) and answers a repeat as it answered the first.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from .frames import EB, SB
from .negative import negative
from .settings import Limits, Listener
from .upstream import Reply, Unreachable, Upstream

RELAYED, REFUSED, UNANSWERED = "relayed", "refused", "unanswered"

ERROR, REJECTED = "error", "rejected"
_OWN_FAULT = {400, 413, 415, 422}
_TRY_AGAIN = {408, 425, 429}
_HL7_TYPES = {"application/hl7-v2", "application/hl7-v2+er7", "x-application/hl7-v2+er7"}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_UNPRINTABLE = re.compile(r"[^ -~]+")
LONGEST_TITLE = 200
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
TOO_LONG = ("The message is too long", "too_long")
UNAVAILABLE = ("The message cannot be taken just now", "unavailable")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``answer`` None: none, and the connection is to be closed. ``reason`` is for the log: our words and codes."""

    kind: str
    answer: bytes | None = field(default=None, repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A final answer that is no acknowledgement."""

    outcome: str
    title: str
    code: str
    status: int


@dataclass(frozen=True, slots=True)
class Later:
    """No answer yet; ``after`` is what Retry-After asks for, in seconds."""

    reason: str
    after: float = 0.0


def judge(reply: Reply, now: datetime) -> bytes | Refusal | Later:
    """What an answer means; bytes: the acknowledgement."""
    media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    status = reply.status
    if 200 <= status < 300:
        is_ack = media in _HL7_TYPES and reply.body.startswith(b"MSH")
        is_safe = SB not in reply.body and EB not in reply.body
        return (
            reply.body if is_ack and is_safe else Later(f"HTTP {status} without an acknowledgement")
        )
    is_strange_404 = status == 404 and not media.endswith("+json")
    if status in _TRY_AGAIN or status >= 500 or is_strange_404:
        return Later(f"HTTP {status}", _retry_after(reply.headers.get("retry-after", ""), now))
    title, code = _problem(reply)
    return Refusal(ERROR if status in _OWN_FAULT else REJECTED, title, code, status)


def _retry_after(text: str, now: datetime) -> float:
    """RFC 9110, 10.2.3: seconds or a date; 0 for anything else."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return max(0.0, (at - now).total_seconds()) if at.tzinfo else 0.0


def _problem(reply: Reply) -> tuple[str, str]:
    """Title and code of a problem (RFC 9457); our own where the answer has none that can be told."""
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        told = None
    told = told if isinstance(told, dict) else {}
    title, code = told.get("title"), told.get("code")
    title = _UNPRINTABLE.sub(" ", title)[:LONGEST_TITLE].strip() if isinstance(title, str) else ""
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    return title or f"HTTP {reply.status}", code or "internal_error"


class Relay:
    """The way from one listener to its endpoint. ``in_flight`` is shared by all listeners."""

    def __init__(
        self,
        listener: Listener,
        limits: Limits,
        in_flight: asyncio.Semaphore,
        *,
        clock: Callable[[], float] = time.time,
        random: Callable[[], float],
    ):
        self.listener = listener
        self._limits, self._in_flight = limits, in_flight
        self._clock, self._random = clock, random
        self._upstream = Upstream(
            listener.address, listener.upstream_tls, most_idle=limits.max_in_flight
        )

    def close(self) -> None:
        """Keep no connection for another request; those under way go on."""
        self._upstream.close()

    async def ask(self, body: bytes) -> Reply:
        """One signed POST; ``Unreachable``."""
        path = self.listener.address.path
        async with self._in_flight:
            # signed only now: it may have waited for its turn, and a signature is good for five minutes
            proof = self.listener.credential.headers(path, body, clock=self._clock)
            sent = {"Content-Type": self.listener.content_type, "Accept": "*/*", **proof}
            return await self._upstream.post(sent, body, seconds=self._limits.request_seconds)

    async def pass_on(self, content: bytes) -> Outcome:
        """Post one message, again and again as long as that may help and the time lasts."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + self._limits.retry_seconds, FIRST_PAUSE
        while True:
            verdict = await self._try(content)
            if isinstance(verdict, bytes):
                return Outcome(RELAYED, verdict)
            if isinstance(verdict, Refusal):
                return self._refused(content, verdict)
            left = until - loop.time()
            wait = max(verdict.after, pause * (0.5 + self._random() / 2))
            if left > 0:
                await asyncio.sleep(min(wait, left))
            if wait >= left:
                return self._unavailable(content, verdict.reason)
            pause = min(2 * pause, LONGEST_PAUSE)

    def too_long(self, head: bytes) -> Outcome:
        """The refusal of a message that was not kept."""
        return self._refused(head, Refusal(ERROR, *TOO_LONG, 413))

    async def _try(self, content: bytes) -> bytes | Refusal | Later:
        try:
            reply = await self.ask(content)
        except Unreachable as error:
            return Later(error.args[0])
        return judge(reply, self._now())

    def _refused(self, content: bytes, refusal: Refusal) -> Outcome:
        answer = negative(
            content,
            refusal.outcome,
            title=refusal.title,
            code=refusal.code,
            now=self._now(),
        )
        return Outcome(REFUSED, answer, f"{refusal.status} {refusal.code}")

    def _unavailable(self, content: bytes, reason: str) -> Outcome:
        if self.listener.unavailable == "close":
            return Outcome(UNANSWERED, None, reason)
        title, code = UNAVAILABLE
        answer = negative(content, ERROR, title=title, code=code, now=self._now())
        return Outcome(REFUSED, answer, reason)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), timezone.utc)
