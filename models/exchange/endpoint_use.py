"""How much each system sends where, by kind of document and day: counted once, so that nobody has to count the ledger.

Each run adds what came since the last one; a message is counted once, whatever the history. Of days longer than a month ago
only the last on which something came is kept, as the last use.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: a message is in the table of messages so long after the moment it was received, at the latest
SETTLED = timedelta(minutes=10)
KEPT_DAYS = 31
#: kinds of document that count apart, for a system at an endpoint in one run: senders choose their words freely
MOST_KINDS = 100


class EndpointUse(models.Model):
    _name = "interop.endpoint.use"
    _description = "Use of an endpoint by day"
    _log_access = False

    endpoint_id = fields.Many2one("interop.endpoint", required=True, ondelete="cascade")
    system_id = fields.Many2one("interop.system", required=True, ondelete="cascade", index=True)
    kind = fields.Char(required=True, help="As the format names it. Empty: all others together.")
    day = fields.Date(required=True)
    messages = fields.Integer(required=True)
    last_at = fields.Datetime(required=True)
    #: everything before this moment is counted
    counted_until = fields.Datetime(required=True, index=True)

    _one_a_day = models.UniqueIndex("(endpoint_id, system_id, kind, day)", "One line a day.")

    def _uses(self):
        """SQL of what was counted and what came since: endpoint, system, kind, day, messages, last_at."""
        # as a literal: of a moment that it does not know PostgreSQL expects a third of all messages, and reads all of them
        return SQL(
            """
            SELECT endpoint_id, system_id, kind, day, messages, last_at FROM interop_endpoint_use
             UNION ALL
            SELECT endpoint_id, system_id, kind, received_at::date, 1, received_at FROM interop_message
             WHERE direction = 'in' AND received_at >= %s
            """,
            self._counted_until(),
        )

    def _counted_until(self):
        self.env.cr.execute(
            "SELECT COALESCE(max(counted_until), '-infinity')::text FROM interop_endpoint_use"
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _cron_count(self):
        until = fields.Datetime.now() - SETTLED
        self.env.cr.execute(
            SQL(
                """
                WITH kinds AS (
                    SELECT endpoint_id, system_id, COALESCE(kind, '') AS kind, received_at::date AS day, count(*) AS messages,
                           max(received_at) AS last_at
                      FROM interop_message
                     WHERE direction = 'in' AND received_at < %(until)s AND received_at >= %(since)s
                     GROUP BY 1, 2, 3, 4
                ), ranked AS (
                    SELECT *, row_number() OVER (PARTITION BY endpoint_id, system_id, day ORDER BY messages DESC, kind) AS rank
                      FROM kinds
                )
                INSERT INTO interop_endpoint_use AS u (endpoint_id, system_id, kind, day, messages, last_at, counted_until)
                SELECT r.endpoint_id, r.system_id, CASE WHEN rank <= %(kinds)s THEN r.kind ELSE '' END, day,
                       sum(messages), max(last_at), %(until)s
                  FROM ranked r JOIN interop_endpoint e ON e.id = r.endpoint_id JOIN interop_system s ON s.id = r.system_id
                 GROUP BY 1, 2, 3, 4
                ON CONFLICT (endpoint_id, system_id, kind, day) DO UPDATE
                   SET messages = u.messages + excluded.messages, last_at = excluded.last_at,
                       counted_until = excluded.counted_until
                """,
                until=until,
                since=self._counted_until(),
                kinds=MOST_KINDS,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM interop_endpoint_use u USING interop_endpoint_use newer
                 WHERE u.day < %(kept)s AND newer.day > u.day AND newer.endpoint_id = u.endpoint_id
                   AND newer.system_id = u.system_id AND newer.kind = u.kind
                """,
                kept=(until - timedelta(days=KEPT_DAYS)).date(),
            )
        )
        self.env["interop.contract.sending"]._count(until)
        self.env.invalidate_all(flush=False)
