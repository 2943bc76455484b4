"""Who still calls an interface: the systems whose messages come in at it, and the last use of its credentials."""

from odoo import api, fields, models
from odoo.tools import SQL

#: systems that a sentence names
MOST_NAMED = 5


class Caller(models.Model):
    """What was counted (``interop.endpoint.use``), and what came since."""

    _name = "interop.caller"
    _description = "Who calls an endpoint"
    _auto = False
    _order = "last_at desc, id"
    _rec_name = "system_id"

    endpoint_id = fields.Many2one("interop.endpoint", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    system_id = fields.Many2one("interop.system", readonly=True)
    messages = fields.Integer(
        string="Messages, 30 days", readonly=True, help="Messages of the last 30 days."
    )
    last_at = fields.Datetime(
        string="Last seen", readonly=True, help="When its last message came in here."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT use.endpoint_id * 1000000::bigint + use.system_id AS id, use.endpoint_id, e.company_id, use.system_id,
                   COALESCE(sum(messages) FILTER (WHERE day >= (now() AT TIME ZONE 'UTC')::date - 30), 0) AS messages,
                   max(last_at) AS last_at
              FROM (%s) AS use
              JOIN interop_endpoint e ON e.id = use.endpoint_id
             GROUP BY use.endpoint_id, e.company_id, use.system_id
            """,
            self.env["interop.endpoint.use"]._uses(),
        )


class EndpointCallers(models.Model):
    _name = "interop.endpoint"
    _inherit = ["interop.endpoint", "interop.silent"]

    caller_ids = fields.One2many("interop.caller", "endpoint_id", string="Who still calls it")
    consumer_ids = fields.Many2many(
        "interop.system",
        string="Consumers",
        compute="_compute_consumer_ids",
        help="The systems that may send here: its permitted sources, or its own system.",
    )
    last_call_at = fields.Datetime(
        string="Last use",
        compute="_compute_use",
        help="When somebody who could prove itself last called, to the minute.",
    )
    is_silent = fields.Boolean(string="Nobody calls it", help="Nobody has called it for 90 days.")

    @api.depends("source_ids.system_id", "system_id")
    def _compute_consumer_ids(self):
        for endpoint in self:
            # what the user may not see of other companies is left out below
            systems = endpoint.sudo()._source_systems().with_env(self.env)
            endpoint.consumer_ids = systems._filtered_access("read")

    def _compute_use(self):
        """Two statements, whatever the number of endpoints and of messages."""
        calls = self._calls()
        for endpoint in self:
            last, messages = calls.get(endpoint._origin.id, (False, 0))
            endpoint.last_call_at, endpoint.month_messages = last, messages
            endpoint.is_silent = endpoint._is_silent_since(last)

    def _calls(self):
        """``{endpoint id: (last call, messages of 30 days)}``."""
        self.env["interop.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT endpoint_id, max(last_at), sum(messages)::bigint
                  FROM (
                       SELECT endpoint_id, last_at, messages FROM (%(callers)s) AS caller
                        UNION ALL
                       SELECT c.endpoint_id, u.used_at, 0 FROM interop_credential_use u
                         JOIN interop_credential c ON c.id = u.credential_id
                       ) AS call
                 WHERE endpoint_id = ANY(%(ids)s::int[])
                 GROUP BY endpoint_id
                """,
                callers=self.env["interop.caller"]._table_query,
                ids=self.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _callers_in_words(self):
        """The systems that sent something in the last 30 days; '' where none did."""
        # a reminder is for whoever answers for the endpoint, and names who calls it
        callers = self.sudo().caller_ids.filtered("messages")
        names = [caller.system_id.name for caller in callers[:MOST_NAMED]]
        return ", ".join(names) + (" …" if len(callers) > MOST_NAMED else "")
