"""Who sends what by which version of a contract: counted once, by system and day, never on the way in."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..exchange.endpoint_use import KEPT_DAYS
from .contract_version import RECENT_DAYS


class ContractSending(models.Model):
    """What was counted. Each run adds what came since the last one; days longer than a month ago go."""

    _name = "interop.contract.sending"
    _description = "Messages by contract version and day"
    _log_access = False
    _rec_name = "day"

    version_id = fields.Many2one("interop.contract.version", required=True, ondelete="cascade")
    system_id = fields.Many2one("interop.system", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", ondelete="cascade", index=True)
    day = fields.Date(required=True)
    is_named = fields.Boolean(
        required=True, help="The version was out of use when they came: they named it."
    )
    messages = fields.Integer(required=True)
    last_at = fields.Datetime(required=True)
    #: everything before this moment is counted
    counted_until = fields.Datetime(required=True, index=True)

    _one_a_day = models.UniqueIndex(
        "(version_id, system_id, COALESCE(company_id, 0), day, is_named)", "One line a day."
    )

    def _since(self, now):
        """The moment up to which everything is counted, or from which on it matters."""
        self.env.cr.execute("SELECT max(counted_until) FROM interop_contract_sending")
        oldest = now - timedelta(days=KEPT_DAYS)
        return max(self.env.cr.fetchone()[0] or oldest, oldest)

    def _came(self, since, until):
        """SQL of what came between two moments: version, system, company, day, is_named, messages, last_at."""
        # as literals: of a moment that it does not know PostgreSQL expects a third of all messages, and reads all of them
        return SQL(
            """
            SELECT v.id AS version_id, m.system_id, m.company_id, m.received_at::date AS day,
                   COALESCE(m.received_at >= v.out_of_use_at, FALSE) AS is_named, count(*) AS messages,
                   max(m.received_at) AS last_at
              FROM interop_message m JOIN interop_contract_version v ON v.id = m.contract_version_id
             WHERE m.direction = 'in' AND m.received_at >= %s AND m.received_at < %s
             GROUP BY 1, 2, 3, 4, 5
            """,
            since,
            until,
        )

    @api.model
    def _count(self, until):
        """Add what came before ``until`` and was not counted yet."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_contract_sending AS u (version_id, system_id, company_id, day, is_named, messages, last_at,
                    counted_until)
                SELECT version_id, system_id, company_id, day, is_named, messages, last_at, %(until)s
                  FROM (%(came)s) AS came
                ON CONFLICT (version_id, system_id, COALESCE(company_id, 0), day, is_named) DO UPDATE
                   SET messages = u.messages + excluded.messages, last_at = excluded.last_at,
                       counted_until = excluded.counted_until
                """,
                until=until,
                came=self._came(self._since(until), until),
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM interop_contract_sending WHERE day < %s",
                (until - timedelta(days=KEPT_DAYS)).date(),
            )
        )
        self.env.invalidate_all(flush=False)


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
        sending = self.env["interop.contract.sending"]
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT (v.id * 1000000::bigint + s.system_id) * 1000 + COALESCE(s.company_id, 0) AS id, v.id AS version_id,
                   v.contract_id, s.system_id, s.company_id, sum(s.messages)::bigint AS count, max(s.last_at) AS last_at
              FROM (SELECT version_id, system_id, company_id, day, is_named, messages, last_at FROM interop_contract_sending
                     UNION ALL %s) AS s
              JOIN interop_contract_version v ON v.id = s.version_id
             WHERE s.day >= %s
               AND (v.out_of_use_at IS NULL OR s.day > v.out_of_use_at::date
                    OR s.day = v.out_of_use_at::date AND s.is_named)
             GROUP BY v.id, v.contract_id, s.system_id, s.company_id
            """,
            sending._came(sending._since(now), now + timedelta(days=1)),
            (now - timedelta(days=RECENT_DAYS)).date(),
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
