"""Where more waits than an endpoint shall take, senders are asked to come back later, instead of the queue growing.

What waits is counted beside the door: every five seconds while drains are at work, every minute otherwise. An endpoint's row
only says whether it takes anything, so that the door learns of it as of any other change (``gate``), without asking. Until
the next count more may come in than was meant.

What a worker can't know: how long a request has waited at the socket before it was read. Odoo's prefork server does not say
so; a proxy in front does (its queue and time-outs are the place for that).
"""

from odoo import fields, models
from odoo.tools import SQL

from .own_cursor import after_commit, autocommit

#: an endpoint takes messages again once so much of the limit is left waiting; on the very edge it would open and close
REOPEN = 0.9
HIGH = 250_000


class Endpoint(models.Model):
    _inherit = "interop.endpoint"

    max_waiting = fields.Integer(
        string="Most waiting",
        default=HIGH,
        tracking=True,
        help="Where so many deliveries of the systems that send here wait to be worked off, senders are answered 503 and "
        "asked to come back, until a tenth of them is done. Those that wait for a person don't count. Looked at every few "
        "seconds. 0: no limit.",
    )
    is_overloaded = fields.Boolean(
        readonly=True,
        copy=False,
        help="More waits than it shall take: senders are asked to come back.",
    )

    _most_waiting = models.Constraint(
        "CHECK (max_waiting >= 0)", "Most waiting: 0 or more deliveries."
    )

    def _look_for_overload(self, cr):
        """Close what has too much waiting, open what has not; an endpoint whose case is as it was is not touched."""
        cr.execute(
            SQL(
                """
                WITH waiting AS (
                    SELECT system_id, count(*) AS number FROM interop_delivery
                     WHERE state = 'pending' AND direction = 'in' AND not_before IS DISTINCT FROM 'infinity'
                       AND EXISTS (SELECT 1 FROM interop_endpoint WHERE max_waiting > 0)
                     GROUP BY system_id
                ), sender AS (
                    SELECT endpoint_id, system_id FROM interop_endpoint_source
                     UNION
                    SELECT id, system_id FROM interop_endpoint e
                     WHERE NOT EXISTS (SELECT 1 FROM interop_endpoint_source s WHERE s.endpoint_id = e.id)
                ), load AS (
                    SELECT endpoint_id, sum(number) AS number FROM sender JOIN waiting USING (system_id) GROUP BY endpoint_id
                ), judged AS (
                    SELECT e.id, e.max_waiting > 0 AND COALESCE(load.number, 0) >=
                               e.max_waiting * CASE WHEN e.is_overloaded THEN %(reopen)s ELSE 1 END AS is_overloaded
                      FROM interop_endpoint e LEFT JOIN load ON load.endpoint_id = e.id
                )
                UPDATE interop_endpoint e SET is_overloaded = judged.is_overloaded
                  FROM judged WHERE judged.id = e.id AND judged.is_overloaded <> (e.is_overloaded IS TRUE)
                """,
                reopen=REOPEN,
            )
        )


class Route(models.Model):
    _inherit = "interop.route"

    def _pulse(self):
        result = super()._pulse()
        after_commit(self.env, self.env["interop.endpoint"]._look_for_overload)
        return result

    def _cron_watchdog(self):
        with autocommit(self.env) as cr:
            self.env["interop.endpoint"]._look_for_overload(cr)
            self.env["interop.rate"]._forget(cr)
        return super()._cron_watchdog()
