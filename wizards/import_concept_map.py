"""A concept map from a CSV file: looked through first, then taken as a whole or not at all."""

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

WORDS = {
    "unknown_column": _lt("this column is not known"),
    "missing_column": _lt("this column is missing"),
    "missing": _lt("nothing stands here"),
    "too_long": _lt("this is longer than 255 characters"),
    "bad_date": _lt("this is no date like 2026-12-31"),
    "bad_period": _lt("the last day is before the first"),
    "twice": _lt("this code stands in the file before"),
    "not_csv": _lt("from here on this is no CSV: a quotation mark is left open"),
    "no_rows": _lt("the file has no lines"),
    "unknown_system": _lt("no system has this code"),
    "not_utf8": _lt("the file is not UTF-8"),
}
#: mistakes that are shown; somebody mends the file, and comes back
MOST_SHOWN = 20


class ImportConceptMap(models.TransientModel):
    _name = "interop.import.concept.map"
    _description = "Import a concept map"

    map_id = fields.Many2one("interop.concept.map", required=True, readonly=True)
    file = fields.Binary(string="CSV file", attachment=False)
    file_name = fields.Char()
    is_replacing = fields.Boolean(
        string="Remove what is not in the file",
        help="Otherwise the file adds and changes lines, and leaves the others as they are.",
    )
    mistakes = fields.Text(readonly=True)

    @api.onchange("file")
    def _onchange_file(self):
        self.mistakes = False

    def action_import(self):
        """Import, or show what is wrong with the file and import nothing."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            text = base64.b64decode(self.file).decode("utf-8-sig")
        except (UnicodeDecodeError, binascii.Error):
            return self._show([self._said(1, "not_utf8", "")])
        loaded = self.map_id._load_csv(text, is_replacing=self.is_replacing)
        if loaded.mistakes:
            return self._show([self._said(*mistake) for mistake in loaded.mistakes])
        told = self.env._(
            "%(added)s added, %(changed)s changed, %(unchanged)s as they were, %(removed)s removed.",
            added=loaded.added,
            changed=loaded.changed,
            unchanged=loaded.unchanged,
            removed=loaded.removed,
        )
        self.map_id.message_post(body=told)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": told,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _said(self, line, code, column):
        if column:
            return self.env._(
                "Line %(line)s, %(column)s: %(what)s.", line=line, column=column, what=WORDS[code]
            )
        return self.env._("Line %(line)s: %(what)s.", line=line, what=WORDS[code])

    def _show(self, lines):
        more = len(lines) - MOST_SHOWN
        shown = lines[:MOST_SHOWN] + ([self.env._("… and %s more.", more)] if more > 0 else [])
        self.mistakes = "\n".join(shown)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import translations"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
