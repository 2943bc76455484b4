"""Source document → canonical entity, as data: mappings and their rules.

What stands here is what people are working at. Messages are mapped by the version that was put in use last
(``mapping_version.py``), so that half a change never acts.
"""

import sys

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.definition import HEADER, Definition, Line, free_key
from ...core.errors import InteropError
from ...core.rules import Rule
from ..exchange.route import ENTITY_WORDS

#: attributes of a definition whose columns are called otherwise
COLUMNS = {"when": "when_path", "version": "version_path", "default": "default_value"}
#: a rule's attributes as columns, in the order in which people read them
RULE_COLUMNS = tuple(COLUMNS.get(name, name) for name in Rule.__slots__)
HEADER_COLUMNS = tuple(COLUMNS.get(name, name) for name in HEADER)
#: all that a definition is made of
DEFINING = (
    "name",
    "format",
    "entity",
    *HEADER_COLUMNS,
    "extends_id.active_version_id",
    *(f"rule_ids.{name}" for name in ("key", "sequence", "is_off", "base", *RULE_COLUMNS)),
)


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
        help="HL7: segments that start a group (FT1, or ORC,OBR; MFE>ORG: each ORG within its MFE). JSON: path of a list.",
    )
    when_path = fields.Char(
        string="Only when", help="A path that must give something; path=a|b: one of these values."
    )
    version_path = fields.Char(
        string="Version at", help="Time or sequence that tells older news from newer."
    )
    rule_ids = fields.One2many("interop.mapping.rule", "mapping_id", string="Rules", copy=True)
    rule_count = fields.Integer(compute="_compute_rule_count")

    @api.depends(*DEFINING)
    def _compute_rule_count(self):
        for mapping in self:
            mapping.rule_count = len(mapping._definition().lines)

    @api.constrains("documents", "each", "when_path", "version_path", "rule_ids", "format")
    def _check_compiles(self):
        for mapping in self:
            mapping._check_works(mapping._definition())

    def _check_works(self, definition):
        """``ValidationError`` with the place for a definition that cannot work."""
        try:
            definition.check()
        except InteropError as error:
            raise ValidationError(
                self.env._(
                    "%(name)s: %(code)s at %(path)s",
                    name=definition.name,
                    code=error.code,
                    path=error.path or "?",
                )
            ) from error

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _definition(self):
        """What it says as it stands here, in use or not, as the core's value."""
        self.ensure_one()
        return self._own_definition()

    def _own_definition(self):
        # the cache keeps the order in which they were read
        ordered = self.rule_ids.sorted(lambda rule: (rule.sequence, rule._origin.id or sys.maxsize))
        lines = (rule._to_core() for rule in ordered if not rule.is_off)
        return Definition(
            name=self.name,
            format=self.format,
            entity=self.entity,
            **self._header(),
            lines=tuple(lines),
        )

    def _header(self):
        """``{attribute: text}`` of what an adaptation may say differently."""
        texts = {name: self[COLUMNS.get(name, name)] or "" for name in HEADER}
        return texts | {"documents": " ".join(texts["documents"].split())}


class MappingRule(models.Model):
    """A line of a mapping; of one that adapts another, a rule that is added, changed or switched off there."""

    _name = "interop.mapping.rule"
    _description = "Mapping rule"
    _inherit = ["interop.configuration"]
    _order = "mapping_id, sequence, id"
    _rec_name = "target"

    mapping_id = fields.Many2one("interop.mapping", required=True, ondelete="cascade", index=True)
    key = fields.Char(
        readonly=True,
        help="What the rule goes by in versions, files and in mappings that adapt this one. It never changes.",
    )
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
    is_off = fields.Boolean(
        string="Switched off",
        help="The rule of the mapping that this one adapts does not act here.",
    )
    base = fields.Text(
        readonly=True,
        help="What the adapted mapping's rule said when the difference was made. Empty: there was none.",
    )

    _key_uniq = models.Constraint("UNIQUE (mapping_id, key)", "Another rule goes by this key.")

    @api.model_create_multi
    def create(self, vals_list):
        self._give_keys(vals_list)
        rules = super().create(vals_list)
        rules._forget_effective()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._forget_effective()
        return result

    def unlink(self):
        self._forget_effective()
        return super().unlink()

    def _forget_effective(self):
        """What mappings say as a whole is read anew."""
        self.env["interop.mapping.effective"].invalidate_model()
        self.mapping_id.invalidate_recordset(["effective_ids"])

    def _give_keys(self, vals_list):
        """A key of its own to each that has none, by what it fills."""
        keyless = [vals for vals in vals_list if not vals.get("key")]
        if not keyless:
            return
        taken = {}
        of_known = [("mapping_id", "in", [vals.get("mapping_id") for vals in vals_list])]
        for rule in self.search(of_known):
            taken.setdefault(rule.mapping_id.id, set()).add(rule.key)
        for vals in vals_list:
            known = taken.setdefault(vals.get("mapping_id"), set())
            if not vals.get("key"):
                vals["key"] = free_key(vals.get("target") or "", known)
            known.add(vals["key"])

    @api.model
    def _load_records(self, data_list, update=False):
        """A rule from a data file goes by its external id: the same in every database and after every upgrade."""
        for data in data_list:
            if data.get("xml_id"):
                data["values"]["key"] = data["xml_id"].partition(".")[2]
        return super()._load_records(data_list, update)

    @api.constrains("target", "source", "transform", "argument", "concept_map", "default_value")
    def _check_compiles(self):
        self.mapping_id._check_compiles()

    def _to_core(self):
        return Line(
            self.key or "",
            self.sequence,
            Rule(
                **{
                    name: self[COLUMNS.get(name, name)] or ""
                    for name in Rule.__slots__
                    if name != "required"
                },
                required=self.required,
            ),
        )


def columns(line):
    """A core's line as the columns of a rule."""
    said = {COLUMNS.get(name, name): getattr(line.rule, name) for name in Rule.__slots__}
    return {"key": line.key, "sequence": line.place, **said}
