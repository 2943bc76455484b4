"""What a configuration file would do, entry by entry and field by field."""

from odoo import fields, models
from odoo.exceptions import UserError

from .configuration_words import PART_WORDS


class ImportConfigurationCompany(models.TransientModel):
    _name = "interop.import.configuration.company"
    _description = "Which company is meant"

    wizard_id = fields.Many2one("interop.import.configuration", required=True, ondelete="cascade")
    name = fields.Char(string="In the file", readonly=True)
    meant_id = fields.Many2one(
        "res.company",
        string="Here",
        help="Empty: none is meant. What the file says of this company can't be imported then; the rest can.",
    )


class ImportConfigurationLine(models.TransientModel):
    _name = "interop.import.configuration.line"
    _description = "What an import would do"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "interop.import.configuration", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    part = fields.Selection(PART_WORDS, string="What", readonly=True)
    known = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("only_here", "Only here"),
            ("issue", "To be issued here"),
            ("same", "The same"),
        ],
        string="Difference",
        readonly=True,
        help="Only here: the file does not have it. An import leaves it, unless you tick it to be archived.",
    )
    is_chosen = fields.Boolean(
        string="Import", help="Take it from the file. Of what is only here: archive it."
    )
    field_count = fields.Integer(
        string="Fields", readonly=True, aggregator=None, help="How many of its fields differ."
    )
    mistake = fields.Text(string="What keeps it out", readonly=True)
    field_ids = fields.One2many("interop.import.configuration.field", "line_id", readonly=True)
    is_tickable = fields.Boolean(compute="_compute_is_tickable")

    def _compute_is_tickable(self):
        for line in self:
            line.is_tickable = (
                not line.mistake
                and not line.wizard_id.other_file
                and line.state in ("new", "changed", "only_here")
                and line.part not in self._lasting(line.state)
            )

    def _lasting(self, state):
        """Parts of which nothing can be archived."""
        return ("companies", "parameters") if state == "only_here" else ()

    def action_tick(self):
        self.filtered("is_tickable").is_chosen = True

    def action_untick(self):
        self.is_chosen = False

    def action_import(self):
        """Called from the list, whatever is selected in it: what is ticked counts."""
        wizard = self.env["interop.import.configuration"].browse(
            self.env.context.get("interop_import", self.wizard_id[:1].id)
        )
        if not wizard.exists():
            raise UserError(self.env._("This was too long ago: choose the file again."))
        return wizard.action_import()


class ImportConfigurationField(models.TransientModel):
    _name = "interop.import.configuration.field"
    _description = "A field that differs"
    _order = "id"

    line_id = fields.Many2one(
        "interop.import.configuration.line", required=True, ondelete="cascade", index=True
    )
    place = fields.Char(string="Field", readonly=True)
    before = fields.Text(
        string="Here", readonly=True, help="Where two files are compared: in the second one."
    )
    after = fields.Text(string="In the file", readonly=True)
