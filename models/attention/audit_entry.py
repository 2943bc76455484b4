"""The audit log: who did what to what, when, and with what outcome. Rows are only ever added (docs/adr/0013)."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...core.audit import ACTIONS, MACHINE, PERSON, SYSTEM, Entry
from ..exchange.ledger import LedgerReference
from .audit_triggers import ENTRY_TRIGGERS

_lt = LazyTranslate(__name__)

ACTION_WORDS = {
    "login": _lt("System came in"),
    "signed_in": _lt("Person signed in by an identity provider"),
    "refused": _lt("Refused at the door"),
    "created": _lt("Created"),
    "changed": _lt("Changed"),
    "deleted": _lt("Deleted"),
    "endpoint_state": _lt("Endpoint changed status"),
    "credential_issued": _lt("Credential issued"),
    "credential_revoked": _lt("Credential revoked"),
    "rights_changed": _lt("Roles given or taken"),
    "payload_read": _lt("Content read"),
    "person_found": _lt("Person looked for"),
    "person_erased": _lt("Person erased"),
    "replayed": _lt("Tried again"),
    "discarded": _lt("Discarded"),
    "bound": _lt("Code bound"),
    "decided": _lt("Disagreement decided"),
    "approved": _lt("Version put in use"),
    "imported": _lt("Configuration imported"),
    "exported": _lt("Exported"),
    "verified": _lt("Audit log verified"),
    "removed": _lt("Removed after their time"),
}
OUTCOMES = [("success", "Done"), ("refused", "Refused"), ("failed", "Failed")]
ACTORS = [(PERSON, "Person"), (SYSTEM, "System"), (MACHINE, "Odoo itself")]

#: the columns of an entry as the verification reads them
COLUMNS = SQL(", ").join(SQL.identifier("e", name) for name in Entry._fields)


class AuditEntry(models.Model):
    _name = "interop.audit.entry"
    _description = "Audit entry"
    _inherit = ["interop.append.only"]
    _order = "id desc"
    _rec_name = "res_name"
    _log_access = False

    at = fields.Datetime(string="When", readonly=True, required=True)
    action = fields.Selection(
        lambda self: [(word, self.env._(ACTION_WORDS[word])) for word in ACTIONS],
        string="What was done",
        readonly=True,
        required=True,
    )
    outcome = fields.Selection(OUTCOMES, readonly=True, required=True)
    actor_kind = fields.Selection(ACTORS, string="Kind of actor", readonly=True, required=True)
    actor_id = fields.Integer(
        string="Actor's number", readonly=True, help="Of the user or the system, in this database."
    )
    actor = fields.Char(
        string="Who", readonly=True, help="Login of the user, or name of the system, at that time."
    )
    remote_address = fields.Char(string="From address", readonly=True)
    res_model = fields.Char(string="Technical name", readonly=True)
    res_kind = fields.Char(string="Record type", compute="_compute_res_kind")
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    res_name = fields.Char(
        string="About", readonly=True, help="What the record was called at that time."
    )
    company_id = LedgerReference("res.company", readonly=True)
    message_uuid = fields.Char(string="Message", readonly=True)
    count = fields.Integer(
        string="Times",
        readonly=True,
        required=True,
        help="More than one: that many alike were counted, and this one was written.",
    )
    details = fields.Text(
        readonly=True,
        help="What changed: before and after. Never a value of a patient, never a secret.",
    )
    key_id = fields.Char(string="Key of the MAC", readonly=True, required=True)
    mac = fields.Char(
        readonly=True,
        required=True,
        help="Covers all of the entry. Made with a key that the database doesn't hold.",
    )
    seal_id = fields.Many2one(
        "interop.audit.seal",
        compute="_compute_seal_id",
        help="Empty: waits for its seal, for a minute at most.",
    )
    details_words = fields.Text(string="In lines", compute="_compute_details_words")

    _at_idx = models.Index("(at)")
    _about_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _message_idx = models.Index("(message_uuid) WHERE message_uuid IS NOT NULL")

    def init(self):
        self.env.cr.execute(ENTRY_TRIGGERS)

    def _compute_seal_id(self):
        seals = self.env["interop.audit.seal"]._of_entries(self.ids)
        for entry in self:
            entry.seal_id = seals.get(entry.id, False)

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_res_kind(self):
        for entry in self:
            # an entry may outlive the model that it tells of
            known = entry.res_model in self.env and self.env["ir.model"]._get(entry.res_model)
            entry.res_kind = known.name if known else entry.res_model

    @api.depends("details", "res_model")
    @api.depends_context("lang")
    def _compute_details_words(self):
        log = self.env["interop.audit"]
        for entry in self:
            entry.details_words = log._details_in_lines(entry.details, entry.res_model)

    @api.depends("action", "res_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["action"]._description_selection(self.env))
        for entry in self:
            entry.display_name = f"{words.get(entry.action, '')} {entry.res_name or ''}".strip()

    def action_open_record(self):
        """What the entry is about, as it stands now, for those who may see it."""
        self.ensure_one()
        known = self.res_id and self.res_model in self.env
        if not known or not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("It isn't there any more. What was done to it stays here."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
