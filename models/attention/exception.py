"""One cause, with every delivery it stopped."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..exchange.delivery import CATEGORIES
from ..exchange.own_cursor import after_commit


class InteropException(models.Model):
    """Opened and closed by the machine, by the fingerprint that its deliveries share; counts are derived, never stored.

    There is no foreign key between deliveries and exceptions: eight lanes that meet one unknown product would abort one
    another over it.
    """

    _name = "interop.exception"
    _description = "Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, last_seen desc"

    name = fields.Char(string="What happened", compute="_compute_name")
    fingerprint = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    route_id = fields.Many2one("interop.route", readonly=True, ondelete="cascade")
    system_id = fields.Many2one("interop.system", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    category = fields.Selection(CATEGORIES, string="Kind", readonly=True)
    code = fields.Char(string="Error", readonly=True)
    path = fields.Char(
        string="Place", readonly=True, help="Where in the message; never what stands there."
    )
    detail = fields.Char(readonly=True)
    value = fields.Char(string="Missing code", readonly=True)
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    resolved_at = fields.Datetime(readonly=True)
    delivery_count = fields.Integer(
        string="Stopped", compute="_compute_counts", help="Failed deliveries of this cause."
    )
    waiting_count = fields.Integer(
        string="Waiting behind",
        compute="_compute_counts",
        help="Deliveries that wait behind those, to keep their order.",
    )
    advice = fields.Text(string="What you can do", compute="_compute_name")

    _open_uniq = models.UniqueIndex(
        "(fingerprint) WHERE state = 'open'", "One open exception a cause."
    )
    _fingerprint_idx = models.Index("(fingerprint)")

    @api.depends("code", "category", "value", "path", "system_id", "route_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for exception in self:
            exception.name, exception.advice = exception._in_words()

    def _in_words(self):
        """(headline, advice) in the reader's language, from category and code."""
        system = self.system_id.name or self.env._("A system")
        route = self.route_id.name or self.env._("no route")
        if self.category == "code" and self.value:
            return (
                self.env._(
                    "%(system)s sends the code %(code)s, which nothing in Odoo carries",
                    system=system,
                    code=self.value,
                ),
                self.env._(
                    "Create the missing record or bind the code to an existing one (Configuration → Bindings), or translate "
                    "it in a concept map. Then press Try again: everything that waits for it goes on, in order."
                ),
            )
        if self.category == "reference":
            return (
                self.env._(
                    "%(system)s refers to something that has not arrived (%(path)s)",
                    system=system,
                    path=self.path or "?",
                ),
                self.env._(
                    "Ask the sender to send it, or let the route create what Odoo does not know; then press Try again. "
                    "Nothing is lost meanwhile."
                ),
            )
        if self.category == "facility":
            return (
                self.env._("%s names a facility that no table knows", system),
                self.env._(
                    "Add its code to a facility (Configuration → Facilities), then press Try again."
                ),
            )
        if self.category in ("mapping", "format"):
            return (
                self.env._(
                    "Messages of %(system)s lack what %(route)s needs at %(path)s",
                    system=system,
                    route=route,
                    path=self.path or "?",
                ),
                self.env._(
                    "Adjust the mapping, or ask the sender to fill this place. Then press Try again."
                ),
            )
        if self.category == "identity":
            return (
                self.env._("%s used one message id for two different contents", system),
                self.env._(
                    "The second one was refused. The sender has to give each message an id of its own."
                ),
            )
        if self.category == "business":
            return (
                self.env._(
                    "Odoo's rules refuse what %(system)s sent (%(code)s)",
                    system=system,
                    code=self.code or "?",
                ),
                self.env._("Look at the deliveries, put the record right, then press Try again."),
            )
        return (
            self.env._(
                "Something unexpected happened with messages of %(system)s on %(route)s",
                system=system,
                route=route,
            ),
            self.env._(
                "This is for a developer: the technical tab names the place. The messages are kept."
            ),
        )

    def _compute_counts(self):
        failed, waiting = {}, {}
        # the fingerprint is shown to nobody; it only leads from here to the deliveries
        fingerprints = [f for f in self.sudo().mapped("fingerprint") if f]
        if fingerprints:
            self.env.cr.execute(
                SQL(
                    """
                    SELECT d.fingerprint, count(DISTINCT d.id), count(DISTINCT f.id)
                      FROM interop_delivery d
                      LEFT JOIN interop_delivery f
                        ON f.route_id = d.route_id AND f.subject = d.subject AND f.system_id = d.system_id
                       AND f.state = 'pending' AND f.id > d.id
                     WHERE d.state = 'failed' AND d.fingerprint = ANY(%s)
                     GROUP BY d.fingerprint
                    """,
                    fingerprints,
                )
            )
            for fingerprint, count, behind in self.env.cr.fetchall():
                failed[fingerprint], waiting[fingerprint] = count, behind
        for exception in self:
            # likewise
            fingerprint = exception.sudo().fingerprint
            exception.delivery_count = failed.get(fingerprint, 0)
            exception.waiting_count = waiting.get(fingerprint, 0)

    def _deliveries(self):
        # likewise
        return self.env["interop.delivery"].search(
            [("state", "=", "failed"), ("fingerprint", "in", self.sudo().mapped("fingerprint"))],
            order="id",
        )

    def action_try_again(self):
        return self._deliveries().action_try_again()

    def action_open_deliveries(self):
        self.ensure_one()
        # the fingerprint is shown to nobody; it only leads from here to the deliveries
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stopped deliveries"),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("fingerprint", "=", self.sudo().fingerprint)],
        }

    # -- the machine's side: autocommit, after the commit of whoever failed (DESIGN.md section 7) --

    def _open_after_commit(self, fingerprints, settled):
        """Open exceptions for ``fingerprints`` and close those of ``settled`` once this transaction has committed."""
        if not fingerprints and not settled:
            return
        exceptions = self.env(context={})["interop.exception"]

        def put_right(cr):
            exceptions._open(cr, fingerprints)
            exceptions._close(cr, settled)

        after_commit(exceptions.env, put_right)

    def _open(self, cr, fingerprints):
        """Upsert the open exception of each fingerprint from its newest failed delivery. One statement."""
        if not fingerprints:
            return
        cr.execute(
            SQL(
                """
                INSERT INTO interop_exception (fingerprint, state, route_id, system_id, team_id, company_id, category, code,
                    path, detail, value, first_seen, last_seen, create_date, write_date, create_uid, write_uid)
                SELECT DISTINCT ON (d.fingerprint) d.fingerprint, 'open', d.route_id, d.system_id,
                    COALESCE(r.team_id, s.team_id), d.company_id, d.error_category, d.error_code,
                    d.error_path, d.error_detail, d.error_value, n.now, n.now, n.now, n.now, 1, 1
                  FROM interop_delivery d
                  LEFT JOIN interop_route r ON r.id = d.route_id
                  LEFT JOIN interop_system s ON s.id = d.system_id
                 CROSS JOIN (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now) n
                 WHERE d.state = 'failed' AND d.fingerprint = ANY(%s)
                 ORDER BY d.fingerprint, d.id DESC
                ON CONFLICT (fingerprint) WHERE state = 'open'
                DO UPDATE SET last_seen = EXCLUDED.last_seen, team_id = EXCLUDED.team_id
                """,
                sorted(fingerprints),
            )
        )

    def _open_identity_conflict(self, endpoint, system, company):
        """One id came with two contents: on record even though the second was refused. A person closes it."""
        fingerprint = f"identity/{endpoint}/{system}"
        statement = SQL(
            """
            INSERT INTO interop_exception (fingerprint, state, system_id, team_id, company_id, category, code,
                first_seen, last_seen, create_date, write_date, create_uid, write_uid)
            SELECT %(fingerprint)s, 'open', %(system)s, (SELECT team_id FROM interop_system WHERE id = %(system)s),
                %(company)s, 'identity', 'identity_conflict', n.now, n.now, n.now, n.now, 1, 1
              FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now) n
            ON CONFLICT (fingerprint) WHERE state = 'open'
            DO UPDATE SET last_seen = EXCLUDED.last_seen, team_id = EXCLUDED.team_id
            """,
            fingerprint=fingerprint,
            system=system,
            company=company,
        )
        after_commit(self.env(context={}), lambda cr: cr.execute(statement))

    def action_resolve(self):
        """Close by hand what no delivery holds open (identity conflicts)."""
        self.filtered(lambda e: e.state == "open" and not e.delivery_count).write(
            {"state": "resolved", "resolved_at": fields.Datetime.now()}
        )

    def _close(self, cr, fingerprints):
        """Close what no failed delivery holds open any more. One statement."""
        if not fingerprints:
            return
        cr.execute(
            SQL(
                """
                UPDATE interop_exception e
                   SET state = 'resolved', resolved_at = clock_timestamp() AT TIME ZONE 'UTC'
                 WHERE e.state = 'open' AND e.fingerprint = ANY(%s) AND e.category <> 'identity'
                   AND NOT EXISTS (SELECT 1 FROM interop_delivery d
                                    WHERE d.state = 'failed' AND d.fingerprint = e.fingerprint)
                   AND NOT EXISTS (SELECT 1 FROM interop_disagreement o
                                    WHERE o.state = 'open' AND o.cause = e.fingerprint)
                """,
                sorted(fingerprints),
            )
        )

    def _close_settled(self, fingerprints):
        self._open_after_commit(set(), set(fingerprints))

    def _repair(self, cr):
        """The completeness check: every failed delivery and open disagreement on an open exception, none without one."""
        cr.execute(
            """
            SELECT DISTINCT d.fingerprint FROM interop_delivery d
             WHERE d.state = 'failed' AND NOT EXISTS (
                       SELECT 1 FROM interop_exception e WHERE e.state = 'open' AND e.fingerprint = d.fingerprint)
            """
        )
        self._open(cr, {row[0] for row in cr.fetchall()})
        cr.execute(
            """
            SELECT DISTINCT o.cause FROM interop_disagreement o
             WHERE o.state = 'open' AND NOT EXISTS (
                       SELECT 1 FROM interop_exception e WHERE e.state = 'open' AND e.fingerprint = o.cause)
            """
        )
        self._open_disagreements(cr, {row[0] for row in cr.fetchall()})
        cr.execute("SELECT fingerprint FROM interop_exception WHERE state = 'open'")
        self._close(cr, {row[0] for row in cr.fetchall()})
