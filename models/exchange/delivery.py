"""One fact of one message on one route: the only thing that has a processing state."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .ledger import LedgerReference

STATES = [
    ("pending", "Waiting"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("discarded", "Discarded"),
]

EFFECTS = [
    ("created", "Created"),
    ("updated", "Changed"),
    ("unchanged", "Nothing to change"),
    ("superseded", "Newer news were known already"),
    ("merged", "Merged"),
    ("unmerged", "Merge undone"),
]

CATEGORIES = [
    ("mapping", "Message content"),
    ("code", "Unknown code"),
    ("reference", "Missing reference"),
    ("business", "Business rule"),
    ("ownership", "Other system's data"),
    ("disagreement", "Systems disagree"),
    ("facility", "Unknown facility"),
    ("identity", "Identity conflict"),
    ("security", "Security"),
    ("format", "Format"),
    ("contract", "Contract"),
    ("transient", "Temporary"),
    ("defect", "Defect"),
]


class Delivery(models.Model):
    _name = "interop.delivery"
    _description = "Delivery"
    _order = "id desc"
    _log_access = False
    _rec_name = "subject"

    message_id = fields.Many2one(
        "interop.message", required=True, readonly=True, ondelete="cascade", index=True
    )
    route_id = fields.Many2one("interop.route", readonly=True, ondelete="restrict")
    lane = fields.Integer(readonly=True)
    direction = fields.Selection(
        [("in", "In"), ("out", "Out")], required=True, readonly=True, default="in"
    )
    system_id = LedgerReference("interop.system", readonly=True)
    company_id = LedgerReference("res.company", readonly=True)
    facility_id = LedgerReference("interop.facility", readonly=True)
    ordinal = fields.Integer(readonly=True, help="Which of the facts that the message states.")
    entity = fields.Char(readonly=True)
    event = fields.Char(readonly=True)
    subject = fields.Char(
        readonly=True, help="What the fact is about. Order is kept for each subject."
    )
    version = fields.Char(readonly=True)
    mapping_version_id = LedgerReference(
        "interop.mapping.version",
        string="Mapped by",
        readonly=True,
        help="The mapping as it was when it read this: what it said then is kept.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="pending")
    not_before = fields.Datetime(
        string="Not before",
        readonly=True,
        help="Empty: due now. 'Infinity': waits behind another of its subject.",
    )
    is_parked = fields.Boolean(
        compute="_compute_is_parked", help="Waits behind another delivery of its subject."
    )
    waiting_since = fields.Datetime(readonly=True)
    effect = fields.Selection(EFFECTS, readonly=True)
    res_model = fields.Char(string="Record type", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    reason = fields.Char(readonly=True, help="Why it, or a part of it, was not written.")
    error_category = fields.Selection(CATEGORIES, string="Kind of error", readonly=True)
    error_code = fields.Char(string="Error", readonly=True)
    error_path = fields.Char(
        string="Place", readonly=True, help="Where in the message; never what stands there."
    )
    error_detail = fields.Char(string="Detail", readonly=True)
    error_value = fields.Char(string="Missing code", readonly=True)
    fingerprint = fields.Char(readonly=True, help="Deliveries that failed for one cause share it.")
    tries = fields.Integer(readonly=True)
    received_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    attempt_ids = fields.One2many("interop.attempt", "delivery_id", readonly=True)
    exception_id = fields.Many2one("interop.exception", compute="_compute_exception_id")

    _due_idx = models.Index("(route_id, lane, id) WHERE state = 'pending'")
    _subject_idx = models.Index("(route_id, subject, id) WHERE state IN ('pending', 'failed')")
    _failed_idx = models.Index("(fingerprint) WHERE state = 'failed'")
    _record_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    # what made no record and is settled is found by its subject only; few are, and no delivery is while it waits
    _recordless_idx = models.Index(
        "(subject) WHERE res_id IS NULL AND state IN ('done', 'discarded')"
    )
    _waiting_idx = models.Index("(not_before) WHERE state = 'pending' AND not_before IS NOT NULL")

    def _compute_is_parked(self):
        self.env.cr.execute(
            SQL(
                "SELECT id FROM interop_delivery WHERE id = ANY(%s) AND not_before = 'infinity'",
                self.ids,
            )
        )
        parked = {row[0] for row in self.env.cr.fetchall()}
        for delivery in self:
            delivery.is_parked = delivery.id in parked

    @api.depends("fingerprint", "state")
    def _compute_exception_id(self):
        found = {
            exception.fingerprint: exception
            for exception in self.env["interop.exception"].search(
                [
                    ("fingerprint", "in", [f for f in self.mapped("fingerprint") if f]),
                    ("state", "=", "open"),
                ]
            )
        }
        for delivery in self:
            delivery.exception_id = (
                found.get(delivery.fingerprint) if delivery.state == "failed" else False
            )

    def _set_state(self, allowed, target, **values):
        """The one gate for people's decisions; the drain has its own, set-wise one. Returns what was moved."""
        moved = self.filtered(lambda delivery: delivery.state in allowed)
        if moved:
            # a delivery is nobody's to write; the button that leads here checked the right
            moved.sudo().write({"state": target, **values})
            moved.env.flush_all()
        return moved

    def _check_may_decide(self):
        """Trying again and discarding are for resolvers; the row itself is nobody's to write."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("healthcare_interop.group_resolver")):
            raise AccessError(self.env._("Only resolvers try messages again or discard them."))

    def _try_again(self):
        """Make failed deliveries due again, in order, and let their lanes know after commit."""
        self._check_may_decide()
        moved = self._set_state(("failed",), "pending", not_before=False, waiting_since=False)
        moved._release_followers()
        moved.route_id._wake_after_commit({(d.route_id.id, d.lane) for d in moved})
        return moved

    def action_try_again(self):
        moved = self._try_again()
        if not moved:
            raise UserError(self.env._("Only failed deliveries can be tried again."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s deliveries are being tried again.", len(moved)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _discard(self, reason):
        """Never again, for a reason that stays on the record. What waited behind them goes on."""
        self._check_may_decide()
        moved = self._set_state(
            ("failed", "pending"),
            "discarded",
            reason=reason,
            not_before=False,
            done_at=fields.Datetime.now(),
        )
        moved._release_followers()
        moved.route_id._wake_after_commit({(d.route_id.id, d.lane) for d in moved})
        self.env["interop.exception"]._close_settled([f for f in moved.mapped("fingerprint") if f])
        return moved

    def _release_followers(self):
        """What was parked behind these may go on; the drain parks again whatever still has a failed one before it."""
        if not self:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_delivery f SET not_before = NULL
                  FROM (SELECT DISTINCT route_id, subject, system_id FROM interop_delivery WHERE id = ANY(%s)) s
                 WHERE f.route_id = s.route_id AND f.subject = s.subject AND f.system_id = s.system_id
                   AND f.state = 'pending' AND f.not_before = 'infinity'
                """,
                self.ids,
            )
        )
        self.invalidate_model(["not_before"])

    def _action_open_records(self):
        """The records these deliveries made, all of one model."""
        model = self[:1].res_model
        ids = self.mapped("res_id")
        action = {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
        }
        if len(set(ids)) == 1:
            action |= {"view_mode": "form", "res_id": ids[0]}
        return action

    def action_open_record(self):
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("This delivery made no record."))
        return self._action_open_records()


class Attempt(models.Model):
    """One try that failed (or, on the road out, that called somebody). Places and codes, never values."""

    _name = "interop.attempt"
    _description = "Attempt"
    _order = "id desc"
    _log_access = False
    _rec_name = "at"

    delivery_id = fields.Many2one(
        "interop.delivery", required=True, readonly=True, ondelete="cascade", index=True
    )
    at = fields.Datetime(required=True, readonly=True)
    category = fields.Selection(CATEGORIES, readonly=True)
    code = fields.Char(readonly=True)
    place = fields.Char(
        readonly=True, help="Where in the message, or for a defect where in the code."
    )
