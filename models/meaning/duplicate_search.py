"""Looking for possible duplicates among what has changed: a few statements for thousands of contacts, along indexes."""

import json
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...core.duplicates import Record, keys

#: contacts looked at under one rule in one go; the rest follows at once
MOST_LOOKED = 5000
#: what commits later than this after it was written may be missed until it changes again: each change is looked at twice
OVERLAP = timedelta(minutes=10)
#: more contacts than this that share something share nothing that tells of one person: a hospital's own telephone
MOST_ALIKE = 10


class DuplicateKey(models.Model):
    """What each contact can share with others under a rule, as ``core.duplicates`` says; kept by the search alone."""

    _name = "interop.duplicate.key"
    _description = "Key of possible duplicates"
    _log_access = False
    _rec_name = "key"

    rule_id = fields.Many2one("interop.duplicate.rule", required=True, ondelete="cascade")
    record_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    key = fields.Char(required=True)

    _key_idx = models.Index("(rule_id, key, record_id)")
    _record_idx = models.Index("(record_id, rule_id)")


class DuplicateSearch(models.Model):
    _inherit = "interop.duplicate.rule"

    def _look(self):
        """Look at what has changed since the last look, each rule by itself; True where one has more to look at."""
        # contacts of all companies are compared; who may see what is found is for the records' own rules
        rules = self.sudo().filtered("active")
        if not rules:
            return False
        self.env.flush_all()
        rules._close_merged()
        has_more = [rule._look_at_changes() for rule in rules]
        self.env["interop.duplicate"].invalidate_model()
        return any(has_more)

    def _look_at_changes(self):
        """Make the keys of what has changed anew, and pairs of those who share one; True if that was not all."""
        began = fields.Datetime.now()
        rows = self._changed()
        if rows:
            self._keep_keys(rows)
            ids = [row[0] for row in rows]
            self._close_unlike(ids)
            self._pair(ids)
        is_full = len(rows) == MOST_LOOKED
        last_id, last_at = rows[-1][:2] if is_full else (0, began - OVERLAP)
        # to the microsecond, which a field of the ORM does not keep: many may have been written in one transaction
        self.env.cr.execute(
            SQL(
                "UPDATE interop_duplicate_rule SET looked_until = %s, looked_id = %s WHERE id = %s",
                last_at,
                last_id,
                self.id,
            )
        )
        self.invalidate_recordset(["looked_until", "looked_id"])
        return is_full

    def _changed(self):
        """The contacts written, or given a number, after the last one looked at: in that order, so many at most."""
        self.env.cr.execute(
            "SELECT looked_until, looked_id FROM interop_duplicate_rule WHERE id = %s", (self.id,)
        )
        last_at, last_id = self.env.cr.fetchone()
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS (
                    (SELECT p.id, p.write_date AS at FROM res_partner p
                      WHERE (p.write_date, p.id) > (%(at)s::timestamp, %(id)s) ORDER BY p.write_date, p.id LIMIT %(most)s)
                    UNION ALL
                    (SELECT b.res_id, b.created_at FROM interop_binding b
                      WHERE b.res_model = 'res.partner' AND (b.created_at, b.res_id) > (%(at)s::timestamp, %(id)s)
                      ORDER BY b.created_at, b.res_id LIMIT %(most)s)
                ), each AS (
                    SELECT id, min(at) AS at FROM changed GROUP BY id ORDER BY at, id LIMIT %(most)s
                )
                SELECT p.id, each.at, p.active, p.name, p.phone, p.email, p.street, p.zip, p.interop_kind,
                       p.is_company, (SELECT jsonb_agg(jsonb_build_array(b.type, b.value)) FROM interop_binding b
                                       WHERE b.res_model = 'res.partner' AND b.res_id = p.id AND b.type IS NOT NULL)
                  FROM each JOIN res_partner p ON p.id = each.id ORDER BY each.at, p.id
                """,
                at=last_at or "-infinity",
                id=last_id or 0,
                most=MOST_LOOKED,
            )
        )
        return self.env.cr.fetchall()

    def _keep_keys(self, rows):
        rule = self._to_core()
        made = [
            {"record": row[0], "key": str(key)}
            for row in rows
            if row[2]
            for key in sorted(keys(rule, _record(row)))
        ]
        self.env.cr.execute(
            SQL(
                "DELETE FROM interop_duplicate_key WHERE rule_id = %s AND record_id = ANY(%s)",
                self.id,
                [row[0] for row in rows],
            )
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO interop_duplicate_key (rule_id, record_id, key) "
                "SELECT %s, v.record, v.key FROM json_to_recordset(%s) AS v (record int, key text)",
                self.id,
                json.dumps(made),
            )
        )

    def _pair(self, ids):
        """Pairs of ``ids`` and whoever shares a key with them, unless they are listed, decided or not to be compared."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_duplicate (one_id, other_id, rule_id, state, found_at)
                SELECT DISTINCT LEAST(p.id, q.id), GREATEST(p.id, q.id), %(rule)s, 'open', %(now)s::timestamp
                  FROM interop_duplicate_key a
                  JOIN interop_duplicate_key b
                    ON b.rule_id = a.rule_id AND b.key = a.key AND b.record_id <> a.record_id
                  JOIN res_partner p ON p.id = a.record_id
                  JOIN res_partner q ON q.id = b.record_id
                 WHERE a.rule_id = %(rule)s AND a.record_id = ANY(%(ids)s) AND p.active AND q.active
                   AND (p.company_id IS NULL OR q.company_id IS NULL OR p.company_id = q.company_id)
                   AND p.parent_id IS DISTINCT FROM q.id AND q.parent_id IS DISTINCT FROM p.id
                   AND %(most)s >= (SELECT count(*) FROM (SELECT FROM interop_duplicate_key c
                                     WHERE c.rule_id = a.rule_id AND c.key = a.key LIMIT %(most)s + 1) alike)
                ON CONFLICT (one_id, other_id) DO NOTHING
                """,
                rule=self.id,
                ids=ids,
                now=fields.Datetime.now(),
                most=MOST_ALIKE,
            )
        )

    def _close_unlike(self, ids):
        """Open pairs of ``ids`` that share nothing any more are none."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM interop_duplicate d
                 WHERE d.state = 'open' AND d.rule_id IS NOT NULL AND (d.one_id = ANY(%(ids)s) OR d.other_id = ANY(%(ids)s))
                   AND NOT EXISTS (
                        SELECT 1 FROM interop_duplicate_key a
                          JOIN interop_duplicate_key b ON b.rule_id = a.rule_id AND b.key = a.key
                         WHERE a.record_id = d.one_id AND b.record_id = d.other_id)
                """,
                ids=ids,
            )
        )

    def _close_merged(self):
        """Open pairs that a system has merged since are settled."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_duplicate d SET state = 'merged', decided_at = %(now)s
                  FROM interop_alias a
                 WHERE d.state = 'open' AND a.res_model = 'res.partner' AND a.is_active
                   AND (a.merged_id, a.survivor_id) IN ((d.one_id, d.other_id), (d.other_id, d.one_id))
                """,
                now=fields.Datetime.now(),
            )
        )


def _record(row):
    _id, _at, _active, name, phone, email, street, postal_code, kind, is_company, numbers = row
    return Record(
        name=name or "",
        phone=phone or "",
        email=email or "",
        street=street or "",
        postal_code=postal_code or "",
        kind=kind or "",
        is_company=bool(is_company),
        numbers=tuple((kind_ or "", value) for kind_, value in numbers or ()),
    )
