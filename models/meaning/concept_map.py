"""Code of one system → code of another (FHIR ConceptMap)."""

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...core.concepts import Concepts, Line, tables


class ConceptMap(models.Model):
    _name = "interop.concept.map"
    _description = "Concept map"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "name"

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="What mapping rules call it.")
    active = fields.Boolean(default=True)
    line_ids = fields.One2many("interop.concept.map.line", "map_id", string="Translations")
    line_count = fields.Integer(compute="_compute_counts")
    untranslated_count = fields.Integer(string="Untranslated codes", compute="_compute_counts")
    note = fields.Text()

    _code_uniq = models.Constraint("UNIQUE (code)", "Another concept map has this code.")

    def _compute_counts(self):
        lines, untranslated = (
            dict(self.env[model]._read_group([("map_id", "in", self.ids)], ["map_id"], ["__count"]))
            for model in ("interop.concept.map.line", "interop.untranslated")
        )
        for concept_map in self:
            concept_map.line_count = lines.get(concept_map, 0)
            concept_map.untranslated_count = untranslated.get(concept_map, 0)

    @tools.ormcache("system_id")
    def _concepts(self, system_id):
        """What all concept maps say to one source system."""
        return Concepts(self._tables(system_id), self._tables(0))

    @tools.ormcache("system_id")
    def _tables(self, system_id):
        """The lines for one system only, or with 0 those for every system: kept once, whoever looks them up.

        Read as rows, not records: a map may have fifty thousand lines, and workers read them anew with every change.
        """
        self.env.flush_all()
        return tables(
            Line(*row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT m.code, COALESCE(l.source_system, ''), l.source_code, l.target_code, l.valid_from, l.valid_until
                      FROM interop_concept_map_line l JOIN interop_concept_map m ON m.id = l.map_id
                     WHERE m.active AND COALESCE(l.for_system_id, 0) = %s
                     ORDER BY l.id
                    """,
                    system_id,
                )
            )
        )


class ConceptMapLine(models.Model):
    _name = "interop.concept.map.line"
    _description = "Translation"
    _inherit = ["interop.configuration"]
    _order = "map_id, source_system, source_code, valid_from"
    _rec_name = "source_code"

    map_id = fields.Many2one("interop.concept.map", required=True, ondelete="cascade", index=True)
    for_system_id = fields.Many2one(
        "interop.system", string="Only for", ondelete="cascade", help="Empty: every system."
    )
    source_system = fields.Char(string="Code system", help="Empty: whatever the code system.")
    source_code = fields.Char(required=True, string="Code")
    target_code = fields.Char(required=True, string="Means")
    valid_from = fields.Date(
        string="Valid from", help="First day on which it means this. Empty: always did."
    )
    valid_until = fields.Date(
        string="Valid until", help="Last day on which it means this. Empty: still does."
    )

    _code_uniq = models.UniqueIndex(
        "(map_id, COALESCE(for_system_id, 0), COALESCE(source_system, ''), source_code, "
        "COALESCE(valid_from, '-infinity'::date))",
        "This code is translated already.",
    )
    _period = models.Constraint(
        "CHECK (valid_from <= valid_until)", "The last day is before the first."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._settle_untranslated()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self._settle_untranslated()
        return result

    def _settle_untranslated(self):
        """What is translated now is no longer on the list of what is not."""
        # the list is the machine's; whoever may translate takes codes off it
        self.env["interop.untranslated"].sudo()._settle(self.map_id)
