"""Opening the content of a message: with a reason, on record before anything is shown, and for a short while."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...core.codecs import load_document
from ...core.content import classes_in, content_of
from ...core.contract import DATA_CLASSES
from ...core.document import Envelope
from ...core.errors import InteropError
from ...core.problem_catalog import explain
from ..exchange.contain import attempt, defect_of

READER = "healthcare_interop.group_payload_reader"
#: for how long an opened content may be looked at
OPEN_FOR = timedelta(minutes=10)
#: characters of a reason in words; fewer say nothing to who asks later
SHORTEST_REASON = 10
LONGEST_REASON = 500

REASONS = [
    ("exception", "An exception has to be cleared"),
    ("complaint", "A sender or a department complains"),
    ("mapping", "A mapping is being made or corrected"),
    ("person", "The person concerned asked"),
    ("security", "A security incident is looked into"),
    ("other", "Another reason"),
]


class ContentReading(models.TransientModel):
    """One opening: who, which message, why, when. It exists only with its audit entry, made in the same transaction.

    The content is in no column: it is decrypted while it is read, for who opened it, until its time is over. Reading it
    takes another request than opening it, so that the entry is committed by then, whatever becomes of the rendering.
    """

    _name = "interop.content.reading"
    _description = "Opened content"
    _rec_name = "message_id"
    _transient_max_hours = 1.0

    message_id = fields.Many2one("interop.message", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Opened by", required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    words = fields.Char(string="In words", required=True, readonly=True)
    opened_at = fields.Datetime(required=True, readonly=True)
    is_revealed = fields.Boolean(readonly=True)
    open_until = fields.Datetime(compute="_compute_open_until")
    content = fields.Html(
        compute="_compute_content", sanitize=False, exportable=False, compute_sudo=False
    )
    has_masked = fields.Boolean(compute="_compute_content", exportable=False, compute_sudo=False)

    @api.depends("opened_at")
    def _compute_open_until(self):
        for reading in self:
            reading.open_until = reading.opened_at + OPEN_FOR

    @api.depends_context("uid")
    def _compute_content(self):
        for reading in self:
            shown = reading._shown() if reading._is_standing() else {"refusal": "over"}
            reading.has_masked = shown.get("has_masked", False)
            reading.content = self.env["ir.qweb"]._render(
                "healthcare_interop.content_reading_content", shown
            )

    def _is_standing(self):
        """Whether who asks opened it, may still do so, and the time is not over. Superuser rights help nobody here.

        A record that is not stored has no audit entry: ``onchange`` makes one of whatever values a browser sends.
        """
        return (
            bool(self.id)
            and self.user_id.id == self.env.uid
            and self.env.user.has_group(READER)
            and self.message_id.with_env(self.env(su=False)).has_access("read")
            and self.opened_at <= fields.Datetime.now() < self.open_until
        )

    def _check_standing(self):
        if not self._is_standing():
            raise AccessError(
                self.env._("Only who opened it sees it, for ten minutes. Open it anew.")
            )

    def action_reveal(self):
        """Show what is restricted, too: recorded, then shown by the next request."""
        self.ensure_one()
        self._check_standing()
        if not self.is_revealed:
            self._record("restricted")
            # nobody writes a reading by hand: it stands for an audit entry
            self.sudo().is_revealed = True
        return self._action_show()

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Content"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _record(self, part):
        """The audit entry: who, which message, why; never a value of it."""
        # what is recorded does not depend on what the reader may see of the ledger
        message = self.message_id.sudo()
        details = {"part": part, "reason": self.reason, "words": self.words, "reading": self.id}
        if message.purged_at:
            details["purged"] = True
        message._record_read(details)

    # -- what is shown --

    def _shown(self):
        """The values of the template: the nodes, or the word for why there is nothing to show."""
        # the ledger's own columns: the right to see the content was checked
        message = self.message_id.sudo()
        nodes, error = attempt(self._nodes, message)
        if error is not None:
            # raised, it would be logged with what stands in the content
            told = error if isinstance(error, InteropError) else defect_of(error)
            return {"refusal": "unreadable", "title": _title(told), "code": told.code}
        if nodes is None:
            return {"refusal": "purged", "purged_at": message.purged_at}
        classes = classes_in(nodes)
        return {
            "refusal": "",
            "nodes": nodes,
            "classes": [
                (name, classes[name]) for name in reversed(DATA_CLASSES) if name in classes
            ],
            "has_masked": "restricted" in classes and not self.is_revealed,
        }

    def _nodes(self, message):
        body = message._payload_body()
        if body is None:
            return None
        envelope = Envelope(
            type=message.type or "",
            source=message.source or "",
            facility=message.facility_code or "",
            time=message.source_time or "",
        )
        document = load_document(message.format, message.kind, envelope, body)
        plan = self.env["interop.endpoint"]._plan(message.endpoint_id.id)
        return content_of(document, plan.contracts, is_revealed=self.is_revealed)


def _title(error):
    found = explain(error.code)
    return found.title if found else (error.code or "").replace("_", " ").capitalize()


class Message(models.Model):
    _inherit = "interop.message"

    def _open_content(self, reason, words):
        """A reading of this message's content, on record. Raises where the right, or a reason, is missing."""
        self.ensure_one()
        if not self.env.user.has_group(READER):
            raise AccessError(self.env._("Only readers of message content open it."))
        self.check_access("read")
        words = " ".join((words or "").split())
        if reason not in dict(REASONS):
            raise UserError(self.env._("Say why the content has to be read."))
        if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
            raise UserError(
                self.env._(
                    "Say in words why: between %(least)s and %(most)s characters. It stays in the audit log.",
                    least=SHORTEST_REASON,
                    most=LONGEST_REASON,
                )
            )
        # nobody makes a reading by hand: it stands for an audit entry
        reading = (
            self.env["interop.content.reading"]
            .sudo()
            .create(
                {
                    "message_id": self.id,
                    "user_id": self.env.uid,
                    "reason": reason,
                    "words": words,
                    "opened_at": fields.Datetime.now(),
                }
            )
        )
        reading = reading.with_env(self.env)
        reading._record("all but restricted")
        return reading
