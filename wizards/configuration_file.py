"""Configuration as a file: downloaded, and taken in after one has seen what it would do."""

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..core.audit import Act
from ..core.configuration_file import CONCEPT_MAPS, CONTRACTS, MAPPINGS, OWNERSHIP

_lt = LazyTranslate(__name__)

WORDS = {
    "not_utf8": _lt("the file is not UTF-8"),
    "not_json": _lt("this is no JSON"),
    "duplicate_key": _lt("a name stands here twice"),
    "twice": _lt("the same thing stands in the file before"),
    "unknown_system": _lt("no system here has the code that is named"),
    "unknown_attribute": _lt("what is owned has no such attribute here"),
    "unknown_facility": _lt("no facility here, or more than one, has the name that is given"),
    "unknown_mapping": _lt("what it adapts is neither in the file nor in use here"),
    "bad_required": _lt("something is missing here"),
    "bad_additionalProperties": _lt("something here is not known"),
    "bad_type": _lt("this is not of the right kind"),
    "bad_enum": _lt("this word is not known"),
    "bad_const": _lt("this file is of another kind, or of a later form"),
    "bad_pattern": _lt("this is no date like 2026-12-31"),
    "bad_time": _lt("this is no time like 2026-12-31 10:00:00"),
    "bad_path": _lt("this path can't be read"),
    "bad_target": _lt("the entity has no such attribute"),
    "bad_transform": _lt("no transform has this name"),
    "bad_definition": _lt("this is not what a mapping says"),
}
PARTS = {
    MAPPINGS: _lt("Mapping"),
    CONCEPT_MAPS: _lt("Concept map"),
    CONTRACTS: _lt("Contract"),
    OWNERSHIP: _lt("Ownership"),
}
#: mistakes that are shown; somebody mends the file, and comes back
MOST_SHOWN = 20


class ExportConfiguration(models.TransientModel):
    _name = "interop.export.configuration"
    _description = "Export configuration"

    mapping_ids = fields.Many2many(
        "interop.mapping",
        string="Mappings",
        default=lambda self: self._default("interop.mapping"),
        help="With their tests. Chosen for you are those that did not come with the add-on as they are.",
    )
    concept_map_ids = fields.Many2many(
        "interop.concept.map",
        string="Concept maps",
        default=lambda self: self._default("interop.concept.map"),
        help="With all their translations.",
    )
    contract_ids = fields.Many2many(
        "interop.contract",
        string="Contracts",
        default=lambda self: self._default("interop.contract"),
    )
    ownership_ids = fields.Many2many(
        "interop.ownership",
        default=lambda self: self._default("interop.ownership"),
        help="Which system is the system of record for what. Systems are named by their code, facilities by their name.",
    )
    file = fields.Binary(compute="_compute_file")

    def _default(self, model):
        """What was chosen in a list; where one comes from none, what people here made."""
        chosen = self.env.context.get("active_model")
        if chosen in [
            field.comodel_name for field in self._fields.values() if field.type == "many2many"
        ]:
            ids = self.env.context.get("active_ids") if chosen == model else []
            return self.env[model].browse(ids or [])
        if model != "interop.mapping":
            return self.env[model].search([])
        return (
            self.env[model]
            .search([])
            .filtered(
                lambda mapping: mapping.is_changed or not mapping.active_version_id.is_shipped
            )
        )

    def _compute_file(self):
        files = self.env["interop.configuration.file"]
        for wizard in self:
            text = files._text(
                {
                    MAPPINGS: wizard.mapping_ids,
                    CONCEPT_MAPS: wizard.concept_map_ids,
                    CONTRACTS: wizard.contract_ids,
                    OWNERSHIP: wizard.ownership_ids,
                }
            )
            wizard.file = base64.b64encode(text.encode())

    def action_export(self):
        self.ensure_one()
        if not (
            self.mapping_ids or self.concept_map_ids or self.contract_ids or self.ownership_ids
        ):
            raise UserError(self.env._("Choose something to export."))
        name = "interop-configuration.json"
        parts = [self.mapping_ids, self.concept_map_ids, self.contract_ids, self.ownership_ids]
        told = {part._name: part.mapped("display_name") for part in parts if part}
        self.env["interop.audit"]._record([Act("exported", res_name=name, details=told)])
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "download",
        }


class ImportConfiguration(models.TransientModel):
    _name = "interop.import.configuration"
    _description = "Import configuration"

    file = fields.Binary(string="Configuration file", attachment=False)
    file_name = fields.Char()
    is_put_in_use = fields.Boolean(
        string="Put mappings in use",
        help="Otherwise they wait to be put in use one by one. A red test, or a conflict with what is adapted, keeps the "
        "whole file out.",
    )
    mistakes = fields.Text(compute="_compute_seen")
    line_ids = fields.One2many("interop.import.configuration.line", "wizard_id", readonly=True)
    new_count = fields.Integer(string="New", compute="_compute_counts")
    changed_count = fields.Integer(string="Changed", compute="_compute_counts")
    same_count = fields.Integer(string="Same", compute="_compute_counts")
    is_looked_at = fields.Boolean()

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.new_count = states.count("new")
            wizard.changed_count = states.count("changed")
            wizard.same_count = states.count("same")

    @api.depends("file")
    def _compute_seen(self):
        for wizard in self:
            wizard.mistakes = self._told(wizard._looked()[1]) if wizard.file else False

    @api.onchange("file")
    def _onchange_file(self):
        """What was looked at was another file."""
        self.is_looked_at = False
        self.line_ids = [(5,)]

    def _content(self):
        """The file's text; None for one that is no UTF-8."""
        try:
            # a form asks for its fields with the size in the place of the content
            content = self.with_context(bin_size=False).file
            return base64.b64decode(content or b"").decode("utf-8-sig")
        except (UnicodeDecodeError, binascii.Error):
            return None

    def _looked(self):
        text = self._content()
        if text is None:
            return [], [("", "not_utf8")]
        return self.env["interop.configuration.file"]._look(text)

    def _told(self, mistakes):
        lines = [
            self.env._("%(place)s: %(what)s", place=place or "–", what=self._in_words(code))
            for place, code in mistakes
        ]
        more = len(lines) - MOST_SHOWN
        shown = lines[:MOST_SHOWN] + ([self.env._("… and %s more.", more)] if more > 0 else [])
        return "\n".join(shown)

    def _in_words(self, code):
        # the words stand in WORDS as lazy terms, which the export finds
        return self.env._(WORDS[code]) if code in WORDS else code  # pylint: disable=translation-not-lazy

    def action_look(self):
        """Show what the file would do."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        seen, _mistakes = self._looked()
        self.line_ids.unlink()
        # likewise
        parts = {part: self.env._(words) for part, words in PARTS.items()}  # pylint: disable=translation-not-lazy
        self.line_ids = [
            (
                0,
                0,
                {"part": parts[one.part], "name": one.name, "state": one.state, "told": one.told},
            )
            for one in seen
        ]
        self.is_looked_at = bool(seen)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import configuration"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_import(self):
        """Take it, all of it or nothing."""
        self.ensure_one()
        if self.mistakes or not (self.file and self.is_looked_at):
            return self.action_look()
        seen, _mistakes = self.env["interop.configuration.file"]._take(
            self._content(), is_put_in_use=self.is_put_in_use
        )
        changed = sum(one.state != "same" for one in seen)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Imported: %s. All else was as in the file.", changed),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ImportConfigurationLine(models.TransientModel):
    _name = "interop.import.configuration.line"
    _description = "What an import would do"
    _order = "state, id"

    wizard_id = fields.Many2one("interop.import.configuration", required=True, ondelete="cascade")
    part = fields.Char(string="What", readonly=True)
    name = fields.Char(readonly=True)
    state = fields.Selection(
        [("changed", "Changed"), ("new", "New"), ("same", "Same")], readonly=True
    )
    told = fields.Text(string="What would change", readonly=True)
