"""Code of one system → code of another (FHIR ConceptMap)."""

from odoo import fields, models, tools


class ConceptMap(models.Model):
    _name = "interop.concept.map"
    _description = "Concept map"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "name"

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="What mapping rules call it.")
    active = fields.Boolean(default=True)
    line_ids = fields.One2many("interop.concept.map.line", "map_id", string="Translations")
    line_count = fields.Integer(compute="_compute_line_count")
    note = fields.Text()

    _code_uniq = models.Constraint("UNIQUE (code)", "Another concept map has this code.")

    def _compute_line_count(self):
        counts = dict(
            self.env["interop.concept.map.line"]._read_group(
                [("map_id", "in", self.ids)], ["map_id"], ["__count"]
            )
        )
        for concept_map in self:
            concept_map.line_count = counts.get(concept_map, 0)

    @tools.ormcache("system_id")
    def _tables(self, system_id):
        """``{map code: {(code system, code): target}}`` for one source system; its own lines go before common ones."""
        tables = {}
        # configuration is read for the machine, whoever is asking
        lines = (
            self.env["interop.concept.map.line"]
            .sudo()
            .search([("map_id.active", "=", True), ("for_system_id", "in", (False, system_id))])
        )
        for line in lines.sorted(lambda line: bool(line.for_system_id)):
            key = (line.source_system or "", line.source_code)
            tables.setdefault(line.map_id.code, {})[key] = line.target_code
        return tables


class ConceptMapLine(models.Model):
    _name = "interop.concept.map.line"
    _description = "Translation"
    _inherit = ["interop.configuration"]
    _order = "map_id, source_system, source_code"
    _rec_name = "source_code"

    map_id = fields.Many2one("interop.concept.map", required=True, ondelete="cascade", index=True)
    for_system_id = fields.Many2one(
        "interop.system", string="Only for", ondelete="cascade", help="Empty: every system."
    )
    source_system = fields.Char(string="Code system", help="Empty: whatever the code system.")
    source_code = fields.Char(required=True, string="Code")
    target_code = fields.Char(required=True, string="Means")

    _code_uniq = models.UniqueIndex(
        "(map_id, COALESCE(for_system_id, 0), COALESCE(source_system, ''), source_code)",
        "This code is translated already.",
    )
