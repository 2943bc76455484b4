"""Which system is the system of record, for which attributes of what, and what becomes of the word of others."""

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...core.ownership import FLAG, IGNORE, PEOPLE, REFUSE, Ownership, Rule
from ..exchange.route import ENTITY_WORDS

POLICIES = [
    (REFUSE, "Refuse the message"),
    (IGNORE, "Leave it out"),
    (FLAG, "Take it, and list it"),
]
#: the name of the owner of what people keep here, where a system's code stands
PEOPLE_NAME = "Odoo"
#: Odoo counts documents in them: nobody's word
COUNTED = ("supplier_rank", "customer_rank")


class Attribute(models.Model):
    """What may be given to an owner by itself: an attribute of an entity, as versions are kept of."""

    _name = "interop.attribute"
    _description = "Attribute"
    _order = "entity, sequence, id"
    _rec_name = "label"

    entity = fields.Selection(ENTITY_WORDS, required=True, readonly=True)
    name = fields.Char(string="Technical name", required=True, readonly=True)
    label = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)

    _name_uniq = models.Constraint("UNIQUE (entity, name)", "This attribute is listed already.")

    @api.model
    @tools.ormcache("self.env.lang", "entity", "name")
    def _label(self, entity, name):
        """The word for an attribute in the reader's language."""
        # words of configuration, for whoever reads an error or a form
        return self.sudo().search([("entity", "=", entity), ("name", "=", name)]).label or name


class OwnershipRule(models.Model):
    """One group of attributes and whose they are. The way out, which the chatter tells, is to archive it."""

    _name = "interop.ownership"
    _description = "Ownership"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "entity, id"

    active = fields.Boolean(default=True, tracking=True)
    entity = fields.Selection(
        ENTITY_WORDS,
        string="What",
        required=True,
        tracking=True,
        help="What is told of: patients, employees, products …",
    )
    attribute_ids = fields.Many2many(
        "interop.attribute",
        string="Attributes",
        domain="[('entity', '=', entity)]",
        tracking=True,
        help="Which of its attributes. Empty: all that no other line gives to somebody else.",
    )
    system_id = fields.Many2one(
        "interop.system",
        string="Mastered by",
        ondelete="restrict",
        tracking=True,
        help="The system of record: its word stands, and people can't change it here. Empty: people here, in Odoo.",
    )
    facility_id = fields.Many2one(
        "interop.facility",
        string="Only at",
        ondelete="cascade",
        tracking=True,
        help="Only for messages of this facility, and on forms for records that name it, such as encounters. Empty: "
        "everywhere.",
    )
    policy = fields.Selection(
        POLICIES,
        string="What others say",
        required=True,
        default=IGNORE,
        tracking=True,
        help="What becomes of a message of another system that says otherwise. Refuse: it fails, nothing of it is "
        "written, and it waits under Exceptions. Leave it out: the rest of it is written. Take it: it is written, and "
        "listed as a disagreement.",
    )

    summary = fields.Char(string="In words", compute="_compute_summary")

    @api.depends("attribute_ids", "system_id", "policy")
    @api.depends_context("lang")
    def _compute_summary(self):
        policies = dict(self._fields["policy"]._description_selection(self.env))
        for rule in self:
            group = ", ".join(rule.attribute_ids.mapped("label")) or self.env._("All of it")
            rule.summary = self.env._(
                "%(group)s: mastered by %(owner)s. What others say: %(policy)s",
                group=group,
                owner=rule._owner_in_words(),
                policy=(policies.get(rule.policy) or "").lower(),
            )

    @api.depends("entity", "attribute_ids", "system_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["entity"]._description_selection(self.env))
        for rule in self:
            group = ", ".join(rule.attribute_ids.mapped("label")) or self.env._("all of it")
            rule.display_name = self.env._(
                "%(what)s, %(group)s: %(owner)s",
                what=words.get(rule.entity, ""),
                group=group,
                owner=rule._owner_in_words(),
            )

    def _owner_in_words(self):
        # the name of a system is no secret to whoever may see the rule
        return self.system_id.sudo().name or self.env._("people here")

    @api.onchange("entity")
    def _onchange_entity(self):
        self.attribute_ids = self.attribute_ids.filtered(lambda one: one.entity == self.entity)

    # -- what makes no sense --

    @api.constrains("entity", "attribute_ids")
    def _check_attributes(self):
        for rule in self:
            strangers = rule.attribute_ids.filtered(
                lambda one, rule=rule: one.entity != rule.entity
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(attributes)s: no attribute of what this line is about.",
                        attributes=", ".join(strangers.mapped("label")),
                    )
                )

    @api.constrains("entity", "attribute_ids", "facility_id", "active")
    def _check_one_owner(self):
        """One owner a group, or it would depend on chance whose word stands."""
        others = self.search([("entity", "in", self.mapped("entity"))])
        for rule in self.filtered("active"):
            alike = others.filtered(
                lambda one, rule=rule: (
                    one != rule and (one.entity, one.facility_id) == (rule.entity, rule.facility_id)
                )
            )
            for other in alike:
                shared = other.attribute_ids & rule.attribute_ids
                if shared or not (other.attribute_ids or rule.attribute_ids):
                    raise ValidationError(
                        self.env._(
                            "Two lines give the same to an owner: %(group)s. Change the other line, or archive it.",
                            group=", ".join(shared.mapped("label")) or rule.display_name,
                        )
                    )

    # -- compiled --

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._forget()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget()
        return result

    def _forget(self):
        """Views are kept apart: they say which fields people can't change."""
        self.env.registry.clear_cache("templates")

    @api.model
    @tools.ormcache()
    def _rules(self):
        """All rules as the core asks them, compiled once a worker; a change anywhere throws them away everywhere."""
        # configuration is read for the machine, whoever is asking
        return Ownership(rule._to_core() for rule in self.sudo().search([]))

    @api.model
    @tools.ormcache("model", "home")
    def _owned_fields(self, model, home):
        """``{field of model: ((word of bindings, entity, attribute), …)}`` of what some system masters.

        Of the entities that live in ``home``, which is ``model`` or what it is a part of. Empty without a rule for them.
        """
        rules, found = self._rules(), {}
        for name in sorted(self.env.registry) if rules.entities else ():
            plugin = self.env[name] if name.startswith("interop.entity.") else None
            if getattr(plugin, "_home", "") != home:
                continue
            entity = plugin._told_as or plugin._entity
            if entity not in rules.entities:
                continue
            for attribute, names in plugin._attribute_fields.items():
                if any(
                    rule.owner != PEOPLE and (not rule.attributes or attribute in rule.attributes)
                    for rule in rules.rules
                    if rule.entity == entity
                ):
                    for field in names:
                        if field in self.env[model]._fields and field not in COUNTED:
                            found.setdefault(field, []).append((plugin._entity, entity, attribute))
        return {field: tuple(attributes) for field, attributes in found.items()}

    def _to_core(self):
        self.ensure_one()
        return Rule(
            id=self.id,
            entity=self.entity,
            attributes=frozenset(self.attribute_ids.mapped("name")),
            owner=self.system_id.id or PEOPLE,
            name=self.system_id.code or PEOPLE_NAME,
            facility=self.facility_id.id or 0,
            policy=self.policy,
        )
