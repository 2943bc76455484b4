"""What an endpoint's form shows beside its settings."""

from odoo import api, fields, models
from odoo.tools import SQL

NEWEST = 5


class EndpointScreens(models.Model):
    _inherit = "interop.endpoint"

    last_message_ids = fields.Many2many(
        "interop.message",
        string="Last messages",
        compute="_compute_last_message_ids",
        help="The newest five.",
    )
    is_without_credential = fields.Boolean(compute="_compute_is_without_credential")

    def _compute_last_message_ids(self):
        for endpoint in self:
            endpoint.last_message_ids = endpoint._newest_messages(NEWEST)

    def _newest_messages(self, most):
        """Along the index by system and time: an old endpoint costs no more than a new one."""
        self.env["interop.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id FROM unnest(%(systems)s::int[]) AS s (id)
                 CROSS JOIN LATERAL (SELECT id, received_at FROM interop_message
                                      WHERE system_id = s.id AND endpoint_id = %(endpoint)s
                                      ORDER BY received_at DESC LIMIT %(newest)s) AS m
                 ORDER BY m.received_at DESC, m.id DESC LIMIT %(newest)s
                """,
                systems=self._source_systems().ids,
                endpoint=self.id or None,
                newest=most,
            )
        )
        return self.env["interop.message"].browse([row[0] for row in rows])

    @api.depends("credential_ids.state")
    def _compute_is_without_credential(self):
        for endpoint in self:
            # whether there is one at all is no secret
            credentials = endpoint.sudo().credential_ids
            endpoint.is_without_credential = "valid" not in credentials.mapped("state")

    def action_open_messages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "interop.message",
            "view_mode": "list,form,pivot,graph",
            "domain": [("endpoint_id", "=", self.id)],
        }

    def action_survey(self):
        """The dialog that asks of what it shall tell what comes in here."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What does it send? %s", self.name),
            "res_model": "interop.survey",
            "view_mode": "form",
            "target": "new",
            "context": {"default_endpoint_id": self.id},
        }

    def action_try_sample(self):
        """The dialog in which a message is tried, without anything being kept."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try a sample: %s", self.name),
            "res_model": "interop.try.sample",
            "view_mode": "form",
            "target": "new",
            "context": {"default_endpoint_id": self.id, "dialog_size": "extra-large"},
        }
