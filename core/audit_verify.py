"""Whether the audit log is what it was: a stream of seals and entries in, the places where it is not out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from .audit import (
    NO_HEAD,
    REMOVAL,
    Entry,
    Seal,
    digest_of_entries,
    entry_mac,
    holds,
    seal_head,
)
from .audit_ranges import Ranges

#: an entry is sealed within a minute of its commit; one that lies about for longer than any transaction was kept from it
LATEST_SEAL = timedelta(hours=1)
#: bad entries of one seal that are held against each other's places, which costs their square
MOST_SWAPPED = 50


class Finding(NamedTuple):
    """One place where the log is not what it was. ``last`` ends a run of entries or seals, and is its beginning for one."""

    kind: str
    entry: int | None = None
    seal: int | None = None
    last: int | None = None
    #: an id of a key, or of another entry
    detail: str = ""


class Verification:
    """Feed every seal in order with its entries, then what no seal names, then close. Each step yields findings.

    ``keys``: by id. ``heads``: what was written outside, by number of the seal. ``removals``: the seals of kind *removal*,
    which tell before the chain begins where it begins. ``state`` of an earlier one goes on where that one stood.
    """

    def __init__(
        self,
        keys: Mapping[str, bytes],
        *,
        heads: Mapping[int, set[str]],
        removals: Iterable[Seal] = (),
        state: Mapping | None = None,
    ):
        self._keys = keys
        self._heads = heads
        state = state or {}
        self.begins_at = max(
            (seal.removed_through or 0 for seal in removals if self._is_genuine(seal)), default=0
        )
        self.seal_id: int = state.get("seal_id", 0)
        self.entry_id: int = state.get("entry_id", 0)
        self.count: int = state.get("count", 0)
        self._head: str | None = state.get("head", NO_HEAD)
        self._known = Ranges(state.get("known", ""))

    def state(self) -> dict:
        """What another one needs to go on after this one's last seal; JSON."""
        return {
            "seal_id": self.seal_id,
            "entry_id": self.entry_id,
            "count": self.count,
            "head": self._head,
            "known": str(self._known),
        }

    def is_sealed(self, entry_id: int) -> bool:
        """Whether a seal fed so far names it."""
        return entry_id in self._known

    # -- seals --

    def feed(self, seal: Seal, entries: Iterable[Entry]) -> Iterator[Finding]:
        """``entries`` are those stored whose ids ``seal.ranges()`` has, in the order of their ids."""
        if seal.id < self.begins_at:
            # its entries were taken away on purpose; it may be gone any time
            return
        is_first = seal.id == self.begins_at
        yield from self._place(seal, is_first)
        yield from self._seal(seal)
        if not is_first:
            yield from self._entries(seal, list(entries))
        self.seal_id, self._head = seal.id, seal.head

    def _place(self, seal, is_first):
        expected = max(self.seal_id + 1, self.begins_at)
        if seal.id != expected:
            yield Finding("missing_seal", seal=expected, last=seal.id - 1)
        elif not is_first and not holds(self._head, seal.previous):
            yield Finding("broken_chain", seal=seal.id)

    def _seal(self, seal):
        if seal.key_id not in self._keys:
            yield Finding("missing_key", seal=seal.id, detail=seal.key_id)
        elif not self._is_genuine(seal):
            yield Finding("altered_seal", seal=seal.id)
        outside = self._heads.get(seal.id)
        if outside and outside != {seal.head}:
            yield Finding("other_head", seal=seal.id)

    def _is_genuine(self, seal):
        key = self._keys.get(seal.key_id)
        return key is not None and holds(seal_head(key, seal), seal.head)

    # -- the entries of a seal --

    def _entries(self, seal, entries):
        is_whole, bad = True, []
        for entry in entries:
            if entry.key_id not in self._keys:
                is_whole = False
                yield Finding("missing_key", entry=entry.id, seal=seal.id, detail=entry.key_id)
            elif not holds(entry_mac(self._keys[entry.key_id], entry), entry.mac):
                bad.append(entry)
        missing = list(_missing(seal, entries))
        for first, last in missing:
            yield Finding("missing_entry", entry=first, seal=seal.id, last=last)
        yield from self._bad(seal, bad, missing)
        for first, last in seal.ranges():
            if not self._known.add(first, last):
                yield Finding("sealed_twice", entry=first, seal=seal.id, last=last)
            self.entry_id = max(self.entry_id, last)
        self.count += len(entries)
        found = digest_of_entries((entry.id, entry.mac) for entry in entries)
        is_whole = is_whole and not bad and not missing and seal.kind != REMOVAL
        if is_whole and not holds(found, seal.digest):
            yield Finding("other_entries", entry=seal.first_id, seal=seal.id, last=seal.last_id)

    def _bad(self, seal, bad, missing):
        places = [entry.id for entry in bad] + [first for first, _last in missing]
        for entry in bad:
            was = self._was(entry, places[:MOST_SWAPPED])
            kind = "reordered_entry" if was else "altered_entry"
            yield Finding(kind, entry=entry.id, seal=seal.id, detail=was)

    def _was(self, entry, places):
        """The place under which ``entry`` is genuine, as text; '' for none."""
        key = self._keys[entry.key_id]
        for place in places:
            if holds(entry_mac(key, entry._replace(id=place)), entry.mac):
                return str(place)
        return ""

    # -- what no seal names, and the end --

    def rest(
        self, entries: Iterable[Entry], *, lost: Iterable[int] = (), now: datetime
    ) -> Iterator[Finding]:
        """``entries``: stored ones that ``is_sealed`` doesn't know, after all seals were fed. ``lost``: ids that wait for a
        seal and are not stored."""
        for entry_id in lost:
            yield Finding("missing_entry", entry=entry_id, last=entry_id)
        for entry in entries:
            key = self._keys.get(entry.key_id)
            if key is None or not holds(entry_mac(key, entry), entry.mac):
                yield Finding("inserted_entry", entry=entry.id)
            elif now - entry.at > LATEST_SEAL:
                yield Finding("unsealed_entry", entry=entry.id)

    def close(self) -> Iterator[Finding]:
        """After the rest: what the heads outside know and the database doesn't."""
        newest = max(self._heads, default=0)
        if newest > self.seal_id:
            yield Finding("cut_off", seal=self.seal_id + 1, last=newest)

    @property
    def is_end_proven(self) -> bool:
        """Whether the newest seal's head is known outside: otherwise a cut-off end would not show."""
        return self.seal_id in self._heads or not self.seal_id


def _missing(seal, entries):
    """Runs of ids that ``seal`` names and ``entries`` (ordered) lack."""
    there = iter(entries)
    found = next(there, None)
    for first, last in seal.ranges():
        at = first
        while found is not None and found.id <= last:
            if found.id > at:
                yield at, found.id - 1
            at = found.id + 1
            found = next(there, None)
        if at <= last:
            yield at, last
