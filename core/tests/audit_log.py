"""A small audit log in memory, for tests."""

from datetime import datetime, timedelta

from ..audit import ENTRIES, Entry, removal, sealed, signed
from ..audit_ranges import Ranges
from ..audit_verify import Verification

KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}
NOW = datetime(2026, 5, 1, 12, 0, 0, 7)


def entry(number, key_id="k1", **values):
    made = Entry(
        id=number,
        at=NOW + timedelta(seconds=number),
        action="changed",
        outcome="success",
        actor_kind="person",
        actor_id=2,
        actor="Jane",
        remote_address=None,
        res_model="interop.endpoint",
        res_id=number,
        res_name="E",
        company_id=1,
        message_uuid=None,
        count=1,
        details='{"a":1}',
        key_id=key_id,
    )
    return signed(made._replace(**values), KEYS)


class Log:
    """Entries by id, seals by number, heads outside: what a database and a file hold."""

    def __init__(self, *sizes, key_id="k1"):
        self.entries, self.seals, self.heads = {}, {}, {}
        for size in sizes:
            first = max(self.entries, default=0) + 1
            self.add(*range(first, first + size), key_id=key_id)

    def add(self, *numbers, key_id="k1"):
        self.entries |= {number: entry(number, key_id) for number in numbers}
        self.seal(numbers, key_id)

    def seal(self, numbers, key_id="k1"):
        pairs = [(number, self.entries[number].mac) for number in numbers]
        self.keep(sealed(pairs, last=self.last(), at=NOW, key_id=key_id, keys=KEYS))

    def last(self):
        return self.seals[max(self.seals)] if self.seals else None

    def keep(self, seal):
        self.seals[seal.id] = seal
        self.heads[seal.id] = {seal.head}

    def retain(self, through):
        gone = [seal for number, seal in sorted(self.seals.items()) if number <= through]
        self.keep(removal(gone, last=self.last(), at=NOW, key_id="k1", keys=KEYS))
        for seal in gone:
            for first, last in seal.ranges():
                for number in range(first, last + 1):
                    self.entries.pop(number, None)
            if seal.id < through:
                del self.seals[seal.id]

    def alter(self, number, **values):
        self.entries[number] = self.entries[number]._replace(**values)

    def found(self, keys=KEYS, now=NOW, heads=None, lost=(), state=None):
        heads = self.heads if heads is None else heads
        removals = [seal for seal in self.seals.values() if seal.kind != ENTRIES]
        check = Verification(keys, heads=heads, removals=removals, state=state)
        self.check = check
        found = []
        for _number, seal in sorted(self.seals.items()):
            named = Ranges(seal.entries) if seal.ranges() else ()
            stored = [one for id_, one in sorted(self.entries.items()) if named and id_ in named]
            found += check.feed(seal, stored)
        rest = [one for id_, one in sorted(self.entries.items()) if not check.is_sealed(id_)]
        found += check.rest(rest, lost=lost, now=now)
        return found + list(check.close())
