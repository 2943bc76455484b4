"""Which systems send documents of a contract, and when the last one came."""

from odoo import fields, models
from odoo.tools import SQL

from ...core.contract import Contract as CoreContract


class ContractUse(models.Model):
    _name = "interop.contract"
    _inherit = ["interop.contract", "interop.silent"]

    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        domain=[("share", "=", False)],
        help="Whoever answers for what may be sent and kept of these documents.",
    )
    consumer_ids = fields.Many2many(
        "interop.system",
        string="Sent by",
        compute="_compute_use",
        help="Systems that have sent such documents.",
    )
    last_received_at = fields.Datetime(
        string="Last use", compute="_compute_use", help="When the last such document came in."
    )
    is_silent = fields.Boolean(
        string="Nobody sends it", help="No such document has come in for 90 days."
    )

    def _compute_use(self):
        """Two statements, whatever the number of contracts and of messages."""
        uses = self._uses_by_kind()
        for contract in self:
            core = CoreContract(contract.format, contract.document, ())
            mine = [use for use in uses if core.is_for(use["format"], use["kind"])]
            systems = self.env["interop.system"].browse({use["system_id"] for use in mine})
            contract.consumer_ids = systems._filtered_access("read")
            contract.month_messages = sum(use["messages"] for use in mine)
            last = max((use["last_at"] for use in mine), default=False)
            contract.last_received_at = last
            contract.is_silent = contract._is_silent_since(last)

    def _uses_by_kind(self):
        """What came in where the user may look, by format, kind and system."""
        self.env["interop.message"].flush_model()
        endpoints = self.env["interop.endpoint"].with_context(active_test=False)._search([])
        self.env.cr.execute(
            SQL(
                """
                SELECT e.format, use.kind, use.system_id, max(use.last_at) AS last_at,
                       COALESCE(sum(use.messages) FILTER (
                           WHERE use.day >= (now() AT TIME ZONE 'UTC')::date - 30), 0)::bigint AS messages
                  FROM (%(uses)s) AS use JOIN interop_endpoint e ON e.id = use.endpoint_id
                 WHERE e.id IN %(endpoints)s
                 GROUP BY e.format, use.kind, use.system_id
                """,
                # counts are the machine's; of which endpoints they are told is asked above
                uses=self.env["interop.endpoint.use"]._uses(),
                endpoints=endpoints.subselect(),
            )
        )
        return self.env.cr.dictfetchall()
