"""The plain values that pass between HTTP and the door."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .body import Body
from .errors import MessageRefused
from .peer import Peer
from .rate import Taken


@dataclass(frozen=True, slots=True)
class Knock:
    """A request before its body is read: ``read`` gives the raw bytes, ``pieces`` the same one after another where they need
    not be held at once; ``length`` is what Content-Length announces.

    ``peer`` is the other end of the connection, a proxy mostly. ``rest`` is what follows the endpoint in the address
    (``Patient/123`` for a FHIR PUT). Header names are lower case; ``now`` is aware: the moment of the first run, where Odoo
    runs a request again. ``taken`` outlives each run, too.
    """

    endpoint: str
    method: str
    path: str
    rest: str
    content_type: str
    headers: Mapping[str, str]
    length: int
    now: datetime
    read: Callable[[], bytes] = field(repr=False, compare=False)
    taken: Taken = field(default_factory=Taken, repr=False, compare=False)
    peer: Peer = field(default_factory=Peer)
    pieces: Callable[[], Iterator[bytes]] | None = field(default=None, repr=False, compare=False)
    held: list[Body] = field(default_factory=list, repr=False, compare=False)

    @property
    def body(self) -> Body:
        """One for all runs: what was read stays read."""
        if not self.held:
            self.held.append(Body(self.pieces() if self.pieces else self._at_once()))
        return self.held[0]

    def _at_once(self) -> Iterator[bytes]:
        yield self.read()


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` are pairs; ``body`` raw bytes in ``content_type``."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, headers: tuple[tuple[str, str], ...]) -> Answer:
        """The same answer that tells more.

        >>> Answer(202, "", b"", (("A", "1"),)).with_headers((("B", "2"),)).headers
        (('A', '1'), ('B', '2'))
        """
        return replace(self, headers=self.headers + headers) if headers else self


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read from one body: ``parcels`` to store, ``errors`` by index for those that were not taken.

    ``heads`` are the answers' heads by index (see ``answers.head_of``); ``is_many`` whether the sender sent a batch and
    so expects one.
    """

    parcels: tuple[Any, ...]
    errors: Mapping[int, MessageRefused]
    heads: Mapping[int, dict[str, Any] | None]
    is_many: bool


#: what PostgreSQL's text can't hold
NUL = "\x00"


def has_nul(*texts: str) -> bool:
    """Whether a text holds NUL, which PostgreSQL can't store."""
    return any(NUL in text for text in texts)


def is_many(count: int, content_type: str) -> bool:
    """Whether a body of ``count`` documents was a batch by its form, even if only one stood in it."""
    media = content_type.partition(";")[0].strip().lower()
    return count != 1 or "batch" in media or "ndjson" in media


#: what an index row of PostgreSQL takes, with room for its other columns
LONGEST_SUBJECT = 300


def stored_subject(subject: str, unique: str) -> str:
    """The subject under which a fact's order is kept.

    A fact without a key is nobody's: it gets a subject of its own (``unique``), or every other one like it would wait
    behind it. One longer than an index row takes is cut and told apart by its digest.
    """
    if subject.endswith("/?"):
        return subject + unique
    if len(subject.encode()) <= LONGEST_SUBJECT:
        return subject
    digest = hashlib.sha256(subject.encode()).hexdigest()
    return f"{subject[:100]}~{digest}"
