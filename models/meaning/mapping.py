"""Source document → canonical entity, as data: mappings and their rules."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.errors import InteropError
from ...core.mapping import Mapper, Mapping, Rule
from ..exchange.route import ENTITY_WORDS


class MappingModel(models.Model):
    """How one kind of fact is read from documents of one format."""

    _name = "interop.mapping"
    _description = "Mapping"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "format, sequence, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    format = fields.Selection(
        [("hl7v2", "HL7 v2"), ("fhir", "FHIR R4"), ("json", "JSON and CloudEvents")], required=True
    )
    documents = fields.Char(
        required=True,
        help="Kinds of document, separated by spaces; * and [..] match: ADT^A0[148] Patient *.item.consumed.v1",
    )
    system_id = fields.Many2one(
        "interop.system",
        ondelete="cascade",
        help="Only for documents of this system, in the place of the shipped mapping of the same name. Empty: for all.",
    )
    entity = fields.Selection(ENTITY_WORDS, required=True)
    event = fields.Char(help="What happened: updated, started … Empty: a rule for @event says it.")
    each = fields.Char(
        string="One fact for each",
        help="HL7: segments that start a group (FT1, or ORC,OBR). JSON: path of a list.",
    )
    when_path = fields.Char(
        string="Only when", help="A path that must give something; path=a|b: one of these values."
    )
    version_path = fields.Char(
        string="Version at", help="Time or sequence that tells older news from newer."
    )
    version = fields.Integer(
        default=1, readonly=True, copy=False, help="Counts the changes of mapping and rules."
    )
    rule_ids = fields.One2many("interop.mapping.rule", "mapping_id", string="Rules", copy=True)
    rule_count = fields.Integer(compute="_compute_rule_count")

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        for mapping in self:
            mapping.rule_count = len(mapping.rule_ids)

    def write(self, vals):
        if set(vals) - {"version", "active", "sequence"}:
            for mapping in self:
                super(MappingModel, mapping).write({"version": mapping.version + 1})
        return super().write(vals)

    @api.constrains("documents", "each", "when_path", "version_path", "rule_ids", "format")
    def _check_compiles(self):
        for mapping in self:
            try:
                Mapper([mapping._to_core()])
            except InteropError as error:
                raise ValidationError(
                    self.env._(
                        "%(name)s: %(code)s at %(path)s",
                        name=mapping.name,
                        code=error.code,
                        path=error.path or "?",
                    )
                ) from error

    def _to_core(self):
        """The frozen value that the core compiles."""
        self.ensure_one()
        return Mapping(
            name=self.name,
            format=self.format,
            documents=tuple(self.documents.split()),
            entity=self.entity,
            event=self.event or "",
            each=self.each or "",
            when=self.when_path or "",
            version=self.version_path or "",
            rules=tuple(rule._to_core() for rule in self.rule_ids),
        )


class MappingRule(models.Model):
    _name = "interop.mapping.rule"
    _description = "Mapping rule"
    _inherit = ["interop.configuration"]
    _order = "mapping_id, sequence, id"
    _rec_name = "target"

    mapping_id = fields.Many2one("interop.mapping", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    target = fields.Char(required=True, help="Attribute of the canonical entity, or @event, @key.")
    source = fields.Char(
        help="Path in the document: PID-3, PV1-44, JMESPath. “A | B” takes the first that says something."
    )
    transform = fields.Char(
        required=True, default="copy", help="Named function that turns the source into the value."
    )
    argument = fields.Char(help="What the transform needs to know.")
    concept_map = fields.Char(help="Concept map that translates the code.")
    default_value = fields.Char(string="Default", help="When the message says nothing.")
    required = fields.Boolean(help="Without it the delivery fails, naming the place.")

    @api.constrains("target", "source", "transform", "argument", "concept_map", "default_value")
    def _check_compiles(self):
        self.mapping_id._check_compiles()

    def _to_core(self):
        return Rule(
            target=self.target,
            source=self.source or "",
            transform=self.transform,
            argument=self.argument or "",
            concept_map=self.concept_map or "",
            default=self.default_value or "",
            required=self.required,
        )
