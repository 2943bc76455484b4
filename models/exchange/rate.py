"""How fast may be sent at an endpoint and with a credential: settings, the table of buckets, and the statement that takes.

Buckets stand in one unlogged table that all workers and hosts share, so that a limit holds over all of them. What is lost
with it in a crash of PostgreSQL is what was taken: everybody begins with a full burst.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.rate import PERIODS, Limit, Standing
from .kept_cursor import KEPT

#: A bucket's newest row counts. Within a tenth of a second it is updated, then a new one follows: PostgreSQL can't clear away
#: what a row was while anybody, a drain or a backup, still has an older snapshot, and would have to read past thousands of
#: versions of one hot row (ADR 14). Advisory locks, in the order of the keys, keep two requests apart; each statement of the
#: function sees what others committed until then (READ COMMITTED, as autocommit has it). Who is refused writes nothing.
TABLE = """
CREATE UNLOGGED TABLE IF NOT EXISTS interop_rate (
    key varchar NOT NULL,
    slot bigint NOT NULL,
    full_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    PRIMARY KEY (key, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
CREATE OR REPLACE FUNCTION interop_take(keys varchar[], steps bigint[], rooms bigint[], tokens bigint, is_owed boolean)
RETURNS TABLE (key varchar, is_taken boolean, fills_in bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    now bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(k.key, 7481))
       FROM (SELECT unnest(keys) AS key ORDER BY 1) AS k;
    now := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000;
    RETURN QUERY
    WITH filled AS (
        SELECT w.key, tokens * w.step AS cost, w.room, GREATEST(now / 100000000, newest.slot) AS slot,
               GREATEST(now, newest.full_at - GREATEST(0, newest.seen_at - now)) AS full_at
          FROM unnest(keys, steps, rooms) AS w (key, step, room)
          LEFT JOIN LATERAL (SELECT r.slot, r.full_at, r.seen_at FROM interop_rate r
                              WHERE r.key = w.key ORDER BY r.slot DESC LIMIT 1) AS newest ON TRUE
    ), decided AS (
        SELECT f.key, f.slot, f.cost, f.full_at, is_owed OR bool_and(f.full_at + f.cost - now <= f.room) OVER () AS is_taken
          FROM filled f
    ), taken AS (
        INSERT INTO interop_rate (key, slot, full_at, seen_at)
        SELECT d.key, d.slot, d.full_at + d.cost, now FROM decided d WHERE d.is_taken
            ON CONFLICT (key, slot) DO UPDATE SET full_at = EXCLUDED.full_at, seen_at = EXCLUDED.seen_at
    )
    SELECT d.key, d.is_taken, d.full_at - now + CASE WHEN d.is_taken THEN d.cost ELSE 0 END FROM decided d;
END $$;
"""


class Rate(models.AbstractModel):
    _name = "interop.rate"
    _description = "Rate limits"

    def init(self):
        self.env.cr.execute(TABLE)

    def _take(self, limits, tokens, *, is_owed=False, kept=KEPT):
        """Take ``tokens`` of each of ``limits`` or of none: ``(whether they were taken, standings)``. One statement.

        ``is_owed``: they are taken in any case, and the next ones wait for what was not there. ``kept``:
        the connection.
        """
        found = kept.rows(
            self.env,
            SQL(
                "SELECT key, is_taken, fills_in FROM interop_take(%s, %s, %s, %s, %s)",
                [limit.key for limit in limits],
                [limit.step for limit in limits],
                [limit.room for limit in limits],
                tokens,
                is_owed,
            ),
        )
        fills_in = {key: fills for key, _is_taken, fills in found}
        standings = tuple(Standing(limit, fills_in[limit.key]) for limit in limits)
        return all(is_taken for _key, is_taken, _fills in found), standings

    def _forget(self, cr):
        """What counts no more: rows that a newer one follows; and a bucket that is full, which is as good as none.

        That with a day's grace, for clocks that were set wrong.
        """
        cr.execute(
            SQL(
                """
                DELETE FROM interop_rate r
                 WHERE full_at < (extract(epoch FROM clock_timestamp() - interval '1 day') * 1000000)::bigint * 1000
                    OR EXISTS (SELECT 1 FROM interop_rate n WHERE n.key = r.key AND n.slot > r.slot)
                """
            )
        )

    def _standings(self, limits):
        """How ``limits`` stand, without taking anything."""
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (key) key, GREATEST(0, LEAST(full_at, full_at - seen_at + now) - now)
                  FROM interop_rate,
                       (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000 AS now) AS clock
                 WHERE key = ANY(%s) ORDER BY key, slot DESC
                """,
                [limit.key for limit in limits],
            )
        )
        fills_in = dict(self.env.cr.fetchall())
        return [Standing(limit, fills_in.get(limit.key, 0)) for limit in limits]


class RateLimited(models.AbstractModel):
    """Whoever has a rate limit of its own: an endpoint, a credential."""

    _name = "interop.rate.limited"
    _description = "Rate limited"
    _rate_name = ""

    rate_limit = fields.Integer(
        string="Most messages",
        default=0,
        help="As many may come in each period; who sends faster is answered 429 and told how long to wait. A batch counts "
        "as many as it has messages: it is taken as soon as one may come, and the next sender waits for the rest. "
        "0: no limit.",
    )
    rate_period = fields.Selection(
        [("second", "Second"), ("minute", "Minute"), ("hour", "Hour")],
        string="In each",
        required=True,
        default="second",
    )
    rate_burst = fields.Integer(
        string="At once",
        default=0,
        help="How many may come at once after a pause, before they have to keep to the rate. 0: a tenth of what may come "
        "in the period, one at least. After a crash of PostgreSQL everybody begins with this many.",
    )
    rate_use = fields.Char(
        string="Current use", compute="_compute_rate_use", help="As it stood when you opened this."
    )

    _rate = models.Constraint(
        "CHECK (rate_limit BETWEEN 0 AND 100000 AND rate_burst BETWEEN 0 AND 100000)",
        "Rate limits: 0 to 100,000 messages.",
    )

    def _limit(self):
        """The limit as the door takes it, or None."""
        return Limit.of(
            self._rate_name, self.id, self.rate_limit, PERIODS[self.rate_period], self.rate_burst
        )

    def _rate_settings(self):
        """What a credential in the place of this one is limited to; nothing said for none."""
        names = ("rate_limit", "rate_period", "rate_burst")
        return {name: self[name] for name in names} if self else {}

    @api.depends("rate_limit", "rate_period", "rate_burst")
    def _compute_rate_use(self):
        limits = {one: one._limit() for one in self if one.ids}
        asked = [limit for limit in limits.values() if limit]
        standings = {}
        if asked:
            standings = {one.limit: one for one in self.env["interop.rate"]._standings(asked)}
        for one in self:
            limit = limits.get(one)
            one.rate_use = self._rate_words(standings[limit]) if limit else False

    def _rate_words(self, standing):
        burst = standing.limit.burst
        if not standing.fills_in:
            return self.env._("Nobody is sending: %s may come at once.", burst)
        if standing.wait:
            return self.env._("Used up: the next may come in %s s.", round(standing.wait / 1e9, 1))
        return self.env._(
            "%(left)s of %(burst)s may come at once.", left=standing.remaining, burst=burst
        )


class Endpoint(models.Model):
    _name = "interop.endpoint"
    _inherit = ["interop.endpoint", "interop.rate.limited"]
    _rate_name = "endpoint"

    rate_limit = fields.Integer(tracking=True)
    rate_period = fields.Selection(tracking=True)
    rate_burst = fields.Integer(tracking=True)


class Credential(models.Model):
    _name = "interop.credential"
    _inherit = ["interop.credential", "interop.rate.limited"]
    _rate_name = "credential"
