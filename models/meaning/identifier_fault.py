"""Numbers with a wrong check digit that were taken: on which record, whose number, who sent it. Never the number itself."""

import json

from odoo import api, fields, models
from odoo.tools import SQL


class IdentifierFault(models.Model):
    """Written after a drain's commit; one row for each record, place and kind of number, however often it comes."""

    _name = "interop.identifier.fault"
    _inherit = ["interop.about.record"]
    _description = "Wrong check digit"
    _order = "state desc, last_seen desc, id desc"
    _rec_name = "place"
    _log_access = False

    system_id = fields.Many2one(
        "interop.system", string="Sent by", required=True, readonly=True, ondelete="cascade"
    )
    res_model = fields.Char(string="Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    place = fields.Char(
        required=True,
        readonly=True,
        help="What the number says of the record, or that it is its own.",
    )
    place_word = fields.Char(string="In the place of", compute="_compute_place_word")
    number_system = fields.Char(string="Whose number", readonly=True)
    number_type = fields.Char(string="Type of number", readonly=True)
    scheme = fields.Char(string="Check", readonly=True)
    state = fields.Selection(
        [("open", "To look at"), ("dismissed", "Dealt with")],
        required=True,
        readonly=True,
        default="open",
    )
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)

    _record_uniq = models.UniqueIndex(
        "(res_model, res_id, place, COALESCE(number_system, ''), COALESCE(number_type, ''), system_id)",
        "Listed already.",
    )

    @api.depends("place")
    @api.depends_context("lang")
    def _compute_place_word(self):
        for fault in self:
            is_own = fault.place == "identifiers"
            fault.place_word = (
                self.env._("its own number") if is_own else (fault.place or "").replace("_", " ")
            )

    @api.model
    def _keep(self, cr, flagged, now):
        """List ``flagged``: (system id, model, record id, fault) each. One statement, none for none."""
        rows = {}
        for system, model, record, fault in flagged:
            whose, kind = fault.system[:255], fault.type[:64]
            rows[model, record, fault.path, whose, kind, system] = {
                "model": model,
                "record": record,
                "place": fault.path,
                "whose": whose,
                "type": kind,
                "scheme": fault.scheme,
                "system": system,
            }
        if not rows:
            return
        cr.execute(
            SQL(
                """
                INSERT INTO interop_identifier_fault AS f (res_model, res_id, place, number_system, number_type, scheme,
                    system_id, state, first_seen, last_seen)
                SELECT v.model, v.record, v.place, NULLIF(v.whose, ''), NULLIF(v.type, ''), v.scheme, v.system,
                    'open', %(now)s, %(now)s
                  FROM json_to_recordset(%(rows)s) AS v (model text, record int, place text, whose text, type text,
                    scheme text, system int)
                ON CONFLICT (res_model, res_id, place, COALESCE(number_system, ''), COALESCE(number_type, ''), system_id)
                DO UPDATE SET last_seen = EXCLUDED.last_seen, scheme = EXCLUDED.scheme
                """,
                rows=json.dumps([rows[key] for key in sorted(rows)]),
                now=now,
            )
        )

    def action_dismiss(self):
        """It was looked at; should the same record's number come wrong again, it stays dealt with."""
        self.state = "dismissed"

    def action_reopen(self):
        self.state = "open"
