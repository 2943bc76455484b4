"""The audit log as the verification reads it: chunks of seals with their entries, as a stream."""

from odoo import models
from odoo.tools import SQL

from ...core.audit import REMOVAL, Entry, Seal
from ...core.audit_heads import read_heads
from ..exchange.own_cursor import autocommit
from .audit_entry import COLUMNS as ENTRY_COLUMNS
from .audit_seal import COLUMNS as SEAL_COLUMNS

#: seals, and about as many entries, that are in memory together
CHUNK_SEALS = 500
CHUNK_ENTRIES = 20_000
#: ids asked for at once
CHUNK_IDS = 50_000


class AuditReading(models.AbstractModel):
    _inherit = "interop.audit"

    def _seals(self, after):
        """The seals with a number beyond ``after``, in order, each with its stored entries in the order of their ids."""
        while chunk := self._seal_chunk(after):
            entries = self._entries_of(chunk)
            for seal in chunk:
                yield seal, entries.get(seal.id, [])
            after = chunk[-1].id

    def _seal_chunk(self, after):
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM interop_audit_seal s WHERE s.id > %s ORDER BY s.id LIMIT %s",
                SEAL_COLUMNS,
                after,
                CHUNK_SEALS,
            )
        )
        chunk, size = [], 0
        for row in self.env.cr.fetchall():
            seal = Seal(*row)
            size += sum(last - first + 1 for first, last in seal.ranges())
            if chunk and size > CHUNK_ENTRIES:
                break
            chunk.append(seal)
        return chunk

    def _entries_of(self, seals):
        named = [(seal.id, first, last) for seal in seals for first, last in seal.ranges()]
        if not named:
            return {}
        numbers, firsts, lasts = zip(*named, strict=True)
        self.env.cr.execute(
            SQL(
                """
                SELECT n.seal_id, %s
                  FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS n (seal_id, first_id, last_id)
                  JOIN interop_audit_entry e ON e.id BETWEEN n.first_id AND n.last_id
                 ORDER BY n.seal_id, e.id
                """,
                ENTRY_COLUMNS,
                list(numbers),
                list(firsts),
                list(lasts),
            )
        )
        entries = {}
        for seal_id, *row in self.env.cr.fetchall():
            entries.setdefault(seal_id, []).append(Entry(*row))
        return entries

    def _removals(self):
        self.env.cr.execute(
            SQL("SELECT %s FROM interop_audit_seal s WHERE s.kind = %s", SEAL_COLUMNS, REMOVAL)
        )
        return [Seal(*row) for row in self.env.cr.fetchall()]

    def _unnamed(self, is_sealed):
        """Stored entries whose ids ``is_sealed`` doesn't know."""
        after = 0
        while ids := self._id_chunk(after):
            after = ids[-1]
            unnamed = [number for number in ids if not is_sealed(number)]
            if unnamed:
                self.env.cr.execute(
                    SQL(
                        "SELECT %s FROM interop_audit_entry e WHERE e.id = ANY(%s) ORDER BY e.id",
                        ENTRY_COLUMNS,
                        unnamed,
                    )
                )
                yield from (Entry(*row) for row in self.env.cr.fetchall())

    def _id_chunk(self, after):
        self.env.cr.execute(
            SQL(
                "SELECT e.id FROM interop_audit_entry e WHERE e.id > %s ORDER BY e.id LIMIT %s",
                after,
                CHUNK_IDS,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _lost(self):
        """Entries that wait for a seal, and are not there."""
        self.env.cr.execute(
            SQL(
                """
                SELECT u.entry_id FROM interop_audit_unsealed u
                 WHERE NOT EXISTS (SELECT 1 FROM interop_audit_entry e WHERE e.id = u.entry_id) ORDER BY u.entry_id
                """
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _heads(self, path=""):
        """What the file of heads (the configured one, or one that is named) says; ``{}`` where there is none."""
        path = path or self.env["interop.audit.seal"]._heads_path()
        if not path:
            return {}
        try:
            with open(path, encoding="utf-8", errors="replace") as lines:
                return read_heads(self.env.cr.dbname, lines)
        except FileNotFoundError:
            return {}

    def _forget_newer(self, heads, last):
        """Strike off ``heads`` those of seals beyond ``last`` that were made since this transaction began to look."""
        newer = [number for number in heads if number > last]
        if not newer:
            return
        with autocommit(self.env) as cr:
            cr.execute(SQL("SELECT id, head FROM interop_audit_seal WHERE id = ANY(%s)", newer))
            made = dict(cr.fetchall())
        for number in newer:
            if heads[number] == {made.get(number)}:
                del heads[number]
