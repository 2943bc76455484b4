"""One immutable document, received or published: the ledger, and apart from it the content."""

import uuid as uuidlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .endpoint import FORMATS
from .ledger import LedgerReference

PURGE_BATCH = 1000


class Message(models.Model):
    """What came, from whom, and how it was answered. Written once by the door, never changed but by a purge.

    Everything that decides whether a later message is the same one (key, fingerprint, answer) stays when the content
    is purged.
    """

    _name = "interop.message"
    _description = "Message"
    _order = "id desc"
    _rec_name = "uuid"
    _log_access = False

    uuid = fields.Char(string="Message id", required=True, readonly=True)
    endpoint_id = LedgerReference("interop.endpoint", readonly=True)
    system_id = LedgerReference("interop.system", readonly=True)
    facility_id = LedgerReference("interop.facility", readonly=True)
    company_id = LedgerReference("res.company", readonly=True)
    direction = fields.Selection(
        [("in", "In"), ("out", "Out")], required=True, readonly=True, default="in"
    )
    format = fields.Selection(FORMATS, readonly=True)
    kind = fields.Char(
        string="Document", readonly=True, help="As the format names it: ADT^A01, Patient …"
    )
    type = fields.Char(readonly=True, help="What the sender calls this kind of message.")
    source = fields.Char(readonly=True, help="What the sender calls itself.")
    facility_code = fields.Char(readonly=True, help="How the message names the facility.")
    sender_ref = fields.Char(
        string="Sender's reference", readonly=True, help="MSH-10, the CloudEvents id …"
    )
    dedup_key = fields.Char(readonly=True, groups="base.group_no_one")
    fingerprint = fields.Char(readonly=True, groups="base.group_no_one")
    received_at = fields.Datetime(readonly=True, required=True, index=True)
    source_time = fields.Char(string="Sender's time", readonly=True, help="As it was written.")
    correlation_id = fields.Char(readonly=True, index="btree_not_null")
    causation_id = fields.Char(readonly=True)
    traceparent = fields.Char(
        string="Trace",
        readonly=True,
        help="Where the message stands in the sender's trace (W3C Trace Context); operators find it there by this.",
    )
    contract_version_id = LedgerReference(
        "interop.contract.version",
        string="Contract version",
        readonly=True,
        help="What decided what was kept: the version that the sender named, or the one in use of the contract that is for "
        "the fewest other documents (of a Bundle, of its first resource). Other contracts for such documents add to it.",
    )
    batch = fields.Char(readonly=True, help="Messages that arrived in one body share this word.")
    answer = fields.Json(readonly=True, groups="base.group_no_one")
    dropped = fields.Char(
        readonly=True,
        help="What the contract does not allow: dropped at the door, never stored. Places, not values.",
    )
    size = fields.Integer(string="Size (bytes)", readonly=True)
    is_test = fields.Boolean(string="Test", readonly=True)
    purged_at = fields.Datetime(string="Content removed", readonly=True)
    payload_until = fields.Datetime(string="Content kept until", readonly=True)
    delivery_ids = fields.One2many(
        "interop.delivery", "message_id", string="Deliveries", readonly=True
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("failed", "Failed"),
            ("done", "Done"),
            ("discarded", "Discarded"),
        ],
        compute="_compute_state",
        search="_search_state",
        help="Failed when one delivery failed, waiting when one waits, done when one took effect.",
    )

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "Two messages with one id.")
    # begins with the endpoint, so that the endpoint needs no index of its own
    _dedup_uniq = models.UniqueIndex("(endpoint_id, dedup_key)", "The same message twice.")
    _purge_idx = models.Index("(payload_until) WHERE purged_at IS NULL")
    _newest_idx = models.Index("(system_id, received_at)")

    @api.model
    def _new_uuid(self):
        return str(uuidlib.uuid4())

    @api.depends("delivery_ids.state")
    def _compute_state(self):
        states = {}
        for message, state in self.env["interop.delivery"]._read_group(
            [("message_id", "in", self.ids)], ["message_id", "state"]
        ):
            states.setdefault(message.id, set()).add(state)
        for message in self:
            found = states.get(message.id, {"discarded"})
            message.state = next(
                s
                for s in ("failed", "pending", "done", "discarded")
                if s in found or s == "discarded"
            )

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        domains = {
            "failed": [("delivery_ids.state", "=", "failed")],
            "pending": [("delivery_ids.state", "=", "pending")],
            "done": [("delivery_ids.state", "=", "done")],
            "discarded": [("delivery_ids.state", "=", "discarded")],
        }
        return fields.Domain.OR(
            [fields.Domain(domains[state]) for state in wanted if state in domains]
        )

    def _payload_body(self):
        """The decrypted, minimised content as stored, or None once purged.

        The caller answers for the right to see it and for its being on record: ``_open_content`` is the way for people.
        """
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT body FROM interop_payload WHERE message_id = %s", self.id))
        row = self.env.cr.fetchone()
        if not row or row[0] is None:
            return None
        return self.env["interop.keyring"]._keyring().decrypt(row[0], row_uuid=self.uuid)

    def action_open_records(self):
        """What this message made or changed in Odoo; several kinds open as the list of deliveries."""
        self.ensure_one()
        made = self.delivery_ids.filtered("res_id")
        if len(set(made.mapped("res_model"))) == 1:
            return made._action_open_records()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries"),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("message_id", "=", self.id)],
        }

    @api.autovacuum
    def _gc_payloads(self):
        """Remove content past its time, in batches. Key, fingerprint and answer stay: a resend is still a duplicate."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                WITH old AS (
                    SELECT m.id FROM interop_message m
                     WHERE m.purged_at IS NULL AND m.payload_until < %(now)s
                       AND NOT EXISTS (SELECT 1 FROM interop_delivery d
                                        WHERE d.message_id = m.id AND d.state IN ('pending', 'failed'))
                     ORDER BY m.payload_until LIMIT %(limit)s
                ), gone AS (
                    DELETE FROM interop_payload p USING old WHERE p.message_id = old.id
                ), tries AS (
                    DELETE FROM interop_attempt a USING interop_delivery d, old
                     WHERE a.delivery_id = d.id AND d.message_id = old.id
                )
                UPDATE interop_message m SET purged_at = %(now)s FROM old WHERE m.id = old.id
                """,
                now=now,
                limit=PURGE_BATCH,
            )
        )
        done = self.env.cr.rowcount
        self.env.invalidate_all()
        return done, PURGE_BATCH if done == PURGE_BATCH else 0

    def _purge_now(self):
        """Remove the content of these messages before its time (a person asked)."""
        self.env.flush_all()
        self.write({"payload_until": fields.Datetime.now() - timedelta(seconds=1)})
        self.env.flush_all()
        self._gc_payloads()


class Payload(models.Model):
    """The content of a message: minimised at the door, then encrypted (AES-256-GCM, bound to the message's id).

    A table of its own, so that lists of messages never touch it and a purge frees its space.
    """

    _name = "interop.payload"
    _description = "Message content"
    _log_access = False
    _rec_name = "message_id"

    message_id = fields.Many2one(
        "interop.message", required=True, readonly=True, ondelete="cascade"
    )
    body = fields.Binary(attachment=False, readonly=True, groups=fields.NO_ACCESS)

    _message_uniq = models.Constraint("UNIQUE (message_id)", "One content a message.")
