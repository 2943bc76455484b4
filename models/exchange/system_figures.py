"""The figures on a system's card. Derived when somebody looks, from partial indexes: history costs nothing."""

from datetime import datetime, time, timezone

from odoo import api, fields, models
from odoo.tools import SQL

#: a delivery that is due and still waiting after this time wants somebody's eye
LATE_SECONDS = 300


class SystemFigures(models.Model):
    _inherit = "interop.system"

    in_today = fields.Integer(
        string="In today", compute="_compute_figures", help="Messages received since midnight."
    )
    out_today = fields.Integer(
        string="Out today", compute="_compute_figures", help="Messages sent since midnight."
    )
    last_message_at = fields.Datetime(string="Last message", compute="_compute_figures")
    failed_count = fields.Integer(
        string="Failed",
        compute="_compute_figures",
        help="Deliveries that wait for somebody to put something right.",
    )
    pending_count = fields.Integer(
        string="Waiting",
        compute="_compute_figures",
        help="Deliveries not done yet: due, or behind another of theirs.",
    )
    oldest_pending_at = fields.Datetime(
        string="Oldest waiting since",
        compute="_compute_figures",
        help="When the oldest of those that are due arrived.",
    )
    open_exception_count = fields.Integer(
        string="Exceptions",
        compute="_compute_figures",
        help="Causes that stop something of this system.",
    )
    health = fields.Selection(
        [
            ("quiet", "Fine"),
            ("late", "Late"),
            ("failed", "Needs somebody"),
            ("idle", "Not connected yet"),
        ],
        compute="_compute_figures",
    )
    is_live = fields.Boolean(compute="_compute_endpoint_figures")
    endpoint_count = fields.Integer(
        string="Number of endpoints", compute="_compute_endpoint_figures"
    )
    endpoint_summary = fields.Char(
        string="Endpoint status",
        compute="_compute_endpoint_figures",
        help="How its endpoints stand.",
    )

    def _compute_figures(self):
        """Two statements, whatever the number of systems."""
        traffic, work = self._traffic(), self._open_work()
        now = fields.Datetime.now()
        for system in self:
            system.in_today, system.out_today, system.last_message_at = traffic.get(
                system.id, (0, 0, False)
            )
            failed, pending, oldest, exceptions = work.get(system.id, (0, 0, False, 0))
            system.failed_count, system.pending_count = failed, pending
            system.oldest_pending_at = oldest
            system.open_exception_count = exceptions
            is_late = oldest and (now - oldest).total_seconds() > LATE_SECONDS
            idle = "quiet" if system.last_message_at else "idle"
            system.health = "failed" if failed or exceptions else "late" if is_late else idle

    def _traffic(self):
        """``{system id: (in today, out today, last message)}``: today's rows, and one row of the index for the last."""
        self.env["interop.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, t.incoming, t.outgoing, l.received_at
                  FROM unnest(%(ids)s::int[]) AS s (id)
                 CROSS JOIN LATERAL (
                       SELECT count(*) FILTER (WHERE direction = 'in'), count(*) FILTER (WHERE direction = 'out')
                         FROM interop_message m WHERE m.system_id = s.id AND m.received_at >= %(midnight)s
                       ) AS t (incoming, outgoing)
                  LEFT JOIN LATERAL (
                       SELECT received_at FROM interop_message m WHERE m.system_id = s.id
                        ORDER BY received_at DESC LIMIT 1
                       ) AS l ON TRUE
                """,
                ids=self.ids,
                midnight=self._midnight(),
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _open_work(self):
        """``{system id: (failed, waiting, oldest due, open exceptions)}``: only what is open is looked at."""
        self.env["interop.delivery"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT system_id, sum(failed)::int, sum(waiting)::int, min(oldest), sum(exceptions)::int
                  FROM (
                       SELECT system_id, count(*) AS failed, 0 AS waiting, NULL::timestamp AS oldest, 0 AS exceptions
                         FROM interop_delivery WHERE state = 'failed' GROUP BY system_id
                        UNION ALL
                       SELECT system_id, 0, count(*),
                              min(received_at) FILTER (WHERE not_before IS NULL
                                                          OR not_before <= clock_timestamp() AT TIME ZONE 'UTC'), 0
                         FROM interop_delivery WHERE state = 'pending' GROUP BY system_id
                        UNION ALL
                       SELECT system_id, 0, 0, NULL, count(*)
                         FROM interop_exception WHERE state = 'open' GROUP BY system_id
                       ) AS open_work
                 WHERE system_id = ANY(%(ids)s::int[])
                 GROUP BY system_id
                """,
                ids=self.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _midnight(self):
        """When today began for whoever looks, in UTC."""
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        midnight = datetime.combine(today.date(), time.min, tzinfo=today.tzinfo)
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    @api.depends("endpoint_ids.state")
    @api.depends_context("lang")
    def _compute_endpoint_figures(self):
        labels = dict(
            self.env["interop.endpoint"]._fields["state"]._description_selection(self.env)
        )
        for system in self:
            states = system.endpoint_ids.mapped("state")
            system.endpoint_count = len(states)
            system.is_live = "live" in states
            found = [state for state in labels if state in states]
            system.endpoint_summary = ", ".join(labels[state] for state in found) or self.env._(
                "No endpoint"
            )

    # -- every number leads to the records behind it --

    def _open(self, name, model, domain, context=None):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {name}",
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("system_id", "=", self.id), *domain],
            "context": {"create": False, **(context or {})},
        }

    def action_open_today(self):
        return self._open(
            self.env._("Messages"), "interop.message", [], {"search_default_today": 1}
        )

    def action_open_messages(self):
        return self._open(self.env._("Messages"), "interop.message", [])

    def action_open_failed(self):
        return self._open(
            self.env._("Failed deliveries"), "interop.delivery", [("state", "=", "failed")]
        )

    def action_open_pending(self):
        return self._open(
            self.env._("Waiting deliveries"), "interop.delivery", [("state", "=", "pending")]
        )

    def action_open_exceptions(self):
        return self._open(
            self.env._("Exceptions"), "interop.exception", [], {"search_default_open": 1}
        )

    def action_open_endpoints(self):
        action = self._open(self.env._("Endpoints"), "interop.endpoint", [])
        action["context"] = {"default_system_id": self.id}
        action["help"] = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.endpoint_action"
        )["help"]
        if len(self.endpoint_ids) == 1:
            action |= {"view_mode": "form", "res_id": self.endpoint_ids.id}
        return action
