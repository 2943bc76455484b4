"""Concept maps in and out of CSV files, fifty thousand lines at a time."""

import base64
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...core.concept_csv import Mistake, Row, read, write


class Loaded(NamedTuple):
    """What a file did, or would do: lines added, changed, unchanged, removed; ``mistakes`` keep it from doing anything."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    mistakes: tuple[Mistake, ...] = ()


class ConceptMapFile(models.Model):
    _inherit = "interop.concept.map"

    csv_file = fields.Binary(string="As CSV", compute="_compute_csv_file")

    def _compute_csv_file(self):
        for concept_map in self:
            concept_map.csv_file = base64.b64encode(concept_map._to_csv().encode())

    def action_export(self):
        """Download all translations as a file that can be imported again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/csv_file/{self.code}.csv?download=true",
            "target": "download",
        }

    def _to_csv(self):
        lines = self.env["interop.concept.map.line"].search([("map_id", "=", self.id)])
        return write(
            Row(
                line.source_code,
                line.source_system or "",
                line.target_code,
                line.for_system_id.code or "",
                line.valid_from or None,
                line.valid_until or None,
            )
            for line in lines
        )

    def _load_csv(self, text, *, is_replacing=False):
        """Take the lines of a file: all of them or, where one is wrong, none. ``is_replacing``: others go."""
        self.ensure_one()
        self.check_access("write")
        self.env["interop.concept.map.line"].check_access("create")
        rows, mistakes = read(text)
        systems, unknown = self._systems_of(rows)
        mistakes += unknown
        if mistakes:
            return Loaded(mistakes=tuple(sorted(mistakes)))
        self.env.flush_all()
        added, changed = self._upsert(rows, systems)
        removed = self._remove_others(rows, systems) if is_replacing else 0
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        # the list is the machine's; whoever may translate takes codes off it
        self.env["interop.untranslated"].sudo()._settle(self)
        return Loaded(added, changed, len(rows) - added - changed, removed)

    def _systems_of(self, rows):
        wanted = {row.only_for for row in rows} - {""}
        known = self.env["interop.system"].search([("code", "in", sorted(wanted))])
        systems = {system.code: system.id for system in known}
        first = {}
        for place, row in enumerate(rows):
            first.setdefault(row.only_for, place)
        return systems, [
            # blank lines and the heading come before: the line is told as near as rows can tell it
            Mistake(first[code] + 2, "unknown_system", "only_for")
            for code in sorted(wanted - systems.keys())
        ]

    def _columns(self, rows, systems):
        return SQL(
            "unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::date[], %s::date[])",
            [row.code for row in rows],
            [row.code_system or None for row in rows],
            [row.means for row in rows],
            [systems.get(row.only_for) for row in rows],
            [row.valid_from for row in rows],
            [row.valid_until for row in rows],
        )

    def _upsert(self, rows, systems):
        """``(added, changed)``; one statement."""
        told = self.env.execute_query(
            SQL(
                """
                INSERT INTO interop_concept_map_line AS l (map_id, source_code, source_system, target_code, for_system_id,
                       valid_from, valid_until, create_uid, write_uid, create_date, write_date)
                SELECT %(map)s, v.code, v.code_system, v.means, v.system, v.first, v.last, %(user)s, %(user)s, %(now)s, %(now)s
                  FROM %(rows)s AS v (code, code_system, means, system, first, last)
                ON CONFLICT (map_id, COALESCE(for_system_id, 0), COALESCE(source_system, ''), source_code,
                             COALESCE(valid_from, '-infinity'::date))
                DO UPDATE SET target_code = EXCLUDED.target_code, valid_until = EXCLUDED.valid_until,
                              write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                 WHERE (l.target_code, l.valid_until) IS DISTINCT FROM (EXCLUDED.target_code, EXCLUDED.valid_until)
                RETURNING xmax = 0
                """,
                map=self.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
                rows=self._columns(rows, systems),
            )
        )
        added = sum(is_new for (is_new,) in told)
        return added, len(told) - added

    def _remove_others(self, rows, systems):
        others = self.env.execute_query(
            SQL(
                """
                SELECT l.id FROM interop_concept_map_line l
                 WHERE l.map_id = %(map)s AND NOT EXISTS (
                       SELECT 1 FROM %(rows)s AS v (code, code_system, means, system, first, last)
                        WHERE v.code = l.source_code AND v.code_system IS NOT DISTINCT FROM NULLIF(l.source_system, '')
                          AND v.system IS NOT DISTINCT FROM l.for_system_id
                          AND v.first IS NOT DISTINCT FROM l.valid_from)
                """,
                map=self.id,
                rows=self._columns(rows, systems),
            )
        )
        self.env["interop.concept.map.line"].browse([row[0] for row in others]).unlink()
        return len(others)
