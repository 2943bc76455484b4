"""Codes that no concept map knew, and that left something unsaid: seen first, how often, and what they shall mean."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: no code is longer; what is longer is no code, and may be somebody's words
LONGEST = 64
#: rows kept of one map and system: a rule that reads numbers as codes must not fill the table
MOST = 1000
#: words that are shown of what a map leads to
MOST_MEANINGS = 12


class Untranslated(models.Model):
    """Written after a drain's commit, by counting; never by a request."""

    _name = "interop.untranslated"
    _description = "Untranslated code"
    _order = "count desc, id"
    _rec_name = "source_code"
    _log_access = False

    map_id = fields.Many2one(
        "interop.concept.map", required=True, readonly=True, ondelete="cascade"
    )
    system_id = fields.Many2one(
        "interop.system", string="Sent by", required=True, readonly=True, ondelete="cascade"
    )
    source_system = fields.Char(string="Code system", readonly=True)
    source_code = fields.Char(string="Code", required=True, readonly=True)
    count = fields.Integer(string="Times", readonly=True)
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    target_code = fields.Char(
        string="Means", help="What it shall mean. Select several lines to say it of all at once."
    )
    meanings = fields.Char(
        string="The map knows",
        compute="_compute_meanings",
        help="What codes mean so far by this map: one of these words, unless the map leads to codes of your own.",
    )
    is_for_all = fields.Boolean(
        string="For every system", help="Not only for the one that sent it."
    )

    _code_uniq = models.UniqueIndex(
        "(map_id, system_id, COALESCE(source_system, ''), source_code)", "Listed already."
    )

    @api.depends("map_id")
    def _compute_meanings(self):
        words = {}
        for concept_map, target in self.env["interop.concept.map.line"]._read_group(
            [("map_id", "in", self.map_id.ids)], ["map_id", "target_code"]
        ):
            words.setdefault(concept_map, []).append(target)
        for one in self:
            known = sorted(words.get(one.map_id, []))
            told = ", ".join(known[:MOST_MEANINGS])
            one.meanings = f"{told} …" if len(known) > MOST_MEANINGS else told

    @api.model
    def _count(self, cr, misses):
        """Add ``{(system id, map code, code system, code): times}``, 0 for one of a sample; one statement, none for none."""
        rows = [
            {"system": system, "map": concept_map, "space": space, "code": code, "times": times}
            for (system, concept_map, space, code), times in sorted(misses.items())
            if len(code) <= LONGEST and len(space) <= 255
        ]
        if not rows:
            return
        cr.execute(
            SQL(
                """
                INSERT INTO interop_untranslated AS u (map_id, system_id, source_system, source_code, count, first_seen, last_seen)
                SELECT m.id, v.system, NULLIF(v.space, ''), v.code, v.times, %(now)s, %(now)s
                  FROM json_to_recordset(%(rows)s) AS v (system int, map text, space text, code text, times int)
                  JOIN interop_concept_map m ON m.code = v.map
                 WHERE (SELECT count(*) FROM interop_untranslated o
                         WHERE o.map_id = m.id AND o.system_id = v.system) < %(most)s
                    OR EXISTS (SELECT 1 FROM interop_untranslated o
                                WHERE o.map_id = m.id AND o.system_id = v.system AND o.source_code = v.code
                                  AND COALESCE(o.source_system, '') = v.space)
                ON CONFLICT (map_id, system_id, COALESCE(source_system, ''), source_code)
                DO UPDATE SET count = u.count + EXCLUDED.count, last_seen = EXCLUDED.last_seen
                """,
                rows=json.dumps(rows),
                now=fields.Datetime.now(),
                most=MOST,
            )
        )

    @api.model
    def _action_for(self, system, told):
        """The list of ``{(map code, code)}``, of which none has to have come in a message yet."""
        self.check_access("write")
        self._count(self.env.cr, {(system.id, name, "", code): 0 for name, code in told})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.untranslated_action"
        )
        maps = sorted({name for name, _code in told})
        return action | {"domain": [("system_id", "=", system.id), ("map_id.code", "in", maps)]}

    def _settle(self, maps):
        """Take off the list what the lines of ``maps`` translate by now."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM interop_untranslated u USING interop_concept_map_line l
                 WHERE l.map_id = u.map_id AND u.map_id = ANY(%s) AND l.source_code = u.source_code
                   AND COALESCE(l.source_system, '') IN ('', COALESCE(u.source_system, ''))
                   AND COALESCE(l.for_system_id, u.system_id) = u.system_id
                   AND (l.valid_until IS NULL OR l.valid_until >= CURRENT_DATE)
                """,
                maps.ids,
            )
        )
        self.invalidate_model()

    def action_translate(self):
        """Add those that have a meaning to their concept maps; they leave the list."""
        ready = self.filtered("target_code")
        if not ready:
            raise UserError(self.env._("Say what the codes mean first, in the column Means."))
        lines = {}
        for one in ready:
            for_system = False if one.is_for_all else one.system_id.id
            key = (one.map_id.id, for_system, one.source_system or "", one.source_code)
            lines[key] = {
                "map_id": one.map_id.id,
                "for_system_id": for_system,
                "source_system": one.source_system,
                "source_code": one.source_code,
                "target_code": one.target_code,
            }
        self.env["interop.concept.map.line"].create(list(lines.values()))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Translated: %s. From now on they are understood.", len(ready)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
