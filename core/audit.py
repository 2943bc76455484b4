"""The audit log's own arithmetic: what an entry's bytes are, its MAC, and the seal over many of them.

An entry carries an HMAC-SHA256 over every column it is stored with, from birth; a seal names the entries it closes, digests
their MACs in order, holds the head of the seal before it, and is closed with a head of its own, an HMAC likewise. So who has
the database but not the key can neither alter, add, nor take away anything that was sealed without its showing; who takes
the newest seals away with their entries is found by a head that went outside (``audit_heads``). docs/adr/0013 says what this
proves, against whom, and what it can't.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .audit_ranges import Ranges, parse_ranges

#: who acted: a person, a connected system, or Odoo itself
PERSON, SYSTEM, MACHINE = "person", "system", "machine"
#: what a seal closes: entries, or the removal of those whose time is over
ENTRIES, REMOVAL = "entries", "removal"
#: entries under one seal; a seal that names more was not made here
MOST_SEALED = 5_000
#: what stands before the first seal
NO_HEAD = "0" * 64

SUCCESS, REFUSED, FAILED = "success", "refused", "failed"
#: the closed list of what is recorded
ACTIONS = (
    "login",
    "signed_in",
    "refused",
    "created",
    "changed",
    "deleted",
    "endpoint_state",
    "credential_issued",
    "credential_revoked",
    "rights_changed",
    "payload_read",
    "person_found",
    "person_erased",
    "replayed",
    "discarded",
    "bound",
    "decided",
    "approved",
    "imported",
    "exported",
    "verified",
    "removed",
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class Act(NamedTuple):
    """What somebody did, as whoever records it says it; who, when and where from is found out for them.

    ``details`` holds words, numbers, and lists and dicts of them: no value of a patient and no secret.
    """

    action: str
    res_model: str = ""
    res_id: int = 0
    res_name: str = ""
    company_id: int = 0
    message_uuid: str = ""
    outcome: str = SUCCESS
    count: int = 1
    details: Mapping[str, Any] = {}
    #: ``(kind, id, name)`` of who acted, where it is not the user at hand
    actor: tuple[str, int, str] | None = None
    #: where it came from, where that is not the request at hand; '' where nobody can say
    remote_address: str | None = None


class Entry(NamedTuple):
    """A stored entry, column by column; ``mac`` covers all the others. Absent is None, never ''."""

    id: int
    #: naive, in UTC, with microseconds
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    actor_id: int | None
    actor: str | None
    remote_address: str | None
    res_model: str | None
    res_id: int | None
    res_name: str | None
    company_id: int | None
    message_uuid: str | None
    count: int
    #: JSON as stored
    details: str | None
    key_id: str
    mac: str = ""


class Seal(NamedTuple):
    """A stored seal; ``head`` covers all the other columns.

    ``entries`` names what it closes by id (``1-4,7``). One of kind ``removal`` closes none: its entries are those taken
    away, its digest is over the heads of the seals up to ``removed_through``, of which the last one stays.
    """

    id: int
    #: naive, in UTC, with microseconds
    sealed_at: datetime
    kind: str
    first_id: int | None
    last_id: int | None
    count: int
    entries: str
    digest: str
    previous: str
    removed_through: int | None
    key_id: str
    head: str = ""

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """What it closes, ``()`` where that can't be: the text was altered, and the head tells so."""
        if self.kind != ENTRIES:
            return ()
        found = parse_ranges(self.entries)
        named = sum(last - first + 1 for first, last in found)
        return found if named <= MOST_SEALED else ()


def details_text(details: Mapping[str, Any]) -> str | None:
    """``details`` as they are stored: canonical JSON that PostgreSQL takes; None for none."""
    return storable(_encode(dict(details))) if details else None


def storable(text: str) -> str:
    """``text`` without what no PostgreSQL text can hold, so that what is read back is what was signed."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def entry_mac(key: bytes, entry: Entry) -> str:
    """HMAC-SHA256 in hex. The bytes are a JSON array: types, lengths and absences can't be confused."""
    return _mac(key, ["interop.audit.entry/1", entry.id, _moment(entry.at), *entry[2:-1]])


def seal_head(key: bytes, seal: Seal) -> str:
    """HMAC-SHA256 in hex, of a seal likewise."""
    return _mac(key, ["interop.audit.seal/1", seal.id, _moment(seal.sealed_at), *seal[2:-1]])


def signed(entry: Entry, keys: Mapping[str, bytes]) -> Entry:
    return entry._replace(mac=entry_mac(keys[entry.key_id], entry))


def sealed(
    entries: Iterable[tuple[int, str]],
    *,
    last: Seal | None,
    at: datetime,
    key_id: str,
    keys: Mapping[str, bytes],
) -> Seal:
    """The seal after ``last`` over ``(id, mac)`` of at least one and at most ``MOST_SEALED`` entries, which are ordered."""
    ordered = sorted(entries)
    ranges = Ranges()
    for number, _mac_of_it in ordered:
        ranges.add(number, number)
    seal = Seal(
        id=last.id + 1 if last else 1,
        sealed_at=at,
        kind=ENTRIES,
        first_id=ordered[0][0],
        last_id=ordered[-1][0],
        count=len(ordered),
        entries=str(ranges),
        digest=digest_of_entries(ordered),
        previous=last.head if last else NO_HEAD,
        removed_through=None,
        key_id=key_id,
    )
    return seal._replace(head=seal_head(keys[key_id], seal))


def removal(
    gone: Iterable[Seal],
    *,
    last: Seal,
    at: datetime,
    key_id: str,
    keys: Mapping[str, bytes],
) -> Seal:
    """The seal that says that the entries of the seals ``gone`` (in order, at least one) are taken away on purpose.

    The last of ``gone`` stays where it is, and the chain begins with it.
    """
    seals, ranges = list(gone), Ranges()
    for seal in seals:
        for first, end in seal.ranges():
            ranges.add(first, end)
    bounds = ranges.bounds()
    made = Seal(
        id=last.id + 1,
        sealed_at=at,
        kind=REMOVAL,
        first_id=bounds and bounds[0],
        last_id=bounds and bounds[1],
        count=sum(seal.count for seal in seals if seal.kind == ENTRIES),
        entries=str(ranges),
        digest=hashlib.sha256("".join(f"{s.id}:{s.head}\n" for s in seals).encode()).hexdigest(),
        previous=last.head,
        removed_through=seals[-1].id,
        key_id=key_id,
    )
    return made._replace(head=seal_head(keys[key_id], made))


def digest_of_entries(entries: Iterable[tuple[int, str]]) -> str:
    """SHA-256 in hex over ``(id, mac)`` in the order given."""
    return hashlib.sha256("".join(f"{id_}:{mac}\n" for id_, mac in entries).encode()).hexdigest()


def holds(expected: str, found: str) -> bool:
    """Compared as bytes: a stored value may have been altered to anything."""
    return hmac.compare_digest(expected.encode(), found.encode("utf-8", "replace"))


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _mac(key: bytes, values: list[Any]) -> str:
    return hmac.digest(key, _encode(values).encode(), "sha256").hex()
