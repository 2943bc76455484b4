"""Who sends what by which version of a contract: counted from the messages when somebody looks, never on the way in."""

from odoo import fields, models
from odoo.tools import SQL

from .contract_version import RECENT_DAYS


class ContractSender(models.Model):
    """A line for each system and version of the last 30 days. Of a version that was in use, what came since it no longer is."""

    _name = "interop.contract.sender"
    _description = "Sender by contract version"
    _auto = False
    _order = "last_at desc"
    _rec_name = "version_id"

    version_id = fields.Many2one("interop.contract.version", readonly=True)
    contract_id = fields.Many2one("interop.contract", readonly=True)
    status = fields.Selection(related="version_id.status")
    sunset_at = fields.Datetime(related="version_id.sunset_at")
    system_id = fields.Many2one("interop.system", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    count = fields.Integer(string="Messages of the last 30 days", readonly=True)
    last_at = fields.Datetime(string="Last seen", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(m.id) AS id, v.id AS version_id, v.contract_id, m.system_id, m.company_id, count(*) AS count,
                   max(m.received_at) AS last_at
              FROM interop_message m JOIN interop_contract_version v ON v.id = m.contract_version_id
             WHERE m.received_at > (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
               AND (v.out_of_use_at IS NULL OR m.received_at >= v.out_of_use_at)
             GROUP BY v.id, v.contract_id, m.system_id, m.company_id
            """,
            RECENT_DAYS,
        )


class ContractSenders(models.Model):
    _inherit = "interop.contract.version"

    sender_ids = fields.One2many(
        "interop.contract.sender",
        "version_id",
        string="Sent by",
        help="Since it is out of use: those who name it.",
    )

    def _senders(self):
        """Who still sends by it, whoever asks: names of systems and numbers of messages."""
        self.ensure_one()
        self.env.flush_all()
        # likewise
        return self.env["interop.contract.sender"].sudo().search([("version_id", "=", self.id)])
