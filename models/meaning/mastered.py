"""Records that people edit, and that a system may be the master of: said on the form, and held to when people write."""

from lxml import etree

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...core.ownership import PEOPLE

NAMES = "interop_owned_fields"
BANNER = """
    <div class="alert alert-info o_interop_mastered mb-2 d-flex align-items-baseline" role="alert" invisible="not interop_mastered_by">
        <i class="fa fa-lock me-2" aria-hidden="true"/>
        <field name="interop_mastered_by" nolabel="1"/>
    </div>
"""


class Mastered(models.AbstractModel):
    """Mixed in before the model it extends (``_inherit = ["interop.mastered", "res.partner"]``), so that a write is looked
    at before anything else makes of it what it will.

    Where ``interop.ownership`` has no line for a model, a write costs a look into a cache, and views are as they were.
    """

    _name = "interop.mastered"
    _description = "Mastered record"

    #: the model that messages tell of, where this one is only what it is shown by
    _interop_home = None

    interop_mastered_by = fields.Char(string="Mastered by", compute="_compute_interop_mastered")
    interop_owned_fields = fields.Char(compute="_compute_interop_mastered")

    interop_disagreement_count = fields.Integer(
        string="Disagreements", compute="_compute_interop_disagreements"
    )

    def _compute_interop_disagreements(self):
        owners = self._interop_owned_kin()
        counts = {}
        # whoever may see the record may see on how much systems disagree; the list itself has its own access rules
        for kin, count in (
            self.env["interop.disagreement"]
            .sudo()
            ._read_group(self._interop_disagreements(owners), ["res_id"], ["__count"])
        ):
            counts[owners[kin]] = counts.get(owners[kin], 0) + count
        for record in self:
            record.interop_disagreement_count = counts.get(record.id, 0)

    def _interop_disagreements(self, owners):
        return [
            ("state", "=", "open"),
            ("res_model", "=", self._interop_home or self._name),
            ("res_id", "in", list(owners)),
        ]

    def action_interop_disagreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.disagreement_action"
        )
        return action | {"domain": self._interop_disagreements(self._interop_owned_kin())[1:]}

    # -- what is locked --

    def _interop_owned_kin(self):
        """``{id of a record that messages tell of: id of the one among these that shows it}``."""
        return {record.id: record.id for record in self if record.id}

    def _interop_locks(self):
        """``{record id: {field: (entity, attribute, rule)}}`` of what a system masters that has told of the record."""
        rules = self.env["interop.ownership"]._rules()
        owned, locks = self._interop_owned(), {}
        if not owned or not self.ids:
            return locks
        # a lock does not depend on what the reader may see
        records = self.sudo()
        owners, told = records._interop_owned_kin(), {}
        home = self._interop_home or self._name
        for kin, by_whom in self._interop_told(home, list(owners)).items():
            told.setdefault(owners[kin], set()).update(by_whom)
        for record in records.filtered(lambda one: one.id in told):
            facility = record.facility_id.id if "facility_id" in record._fields else 0
            for name, attributes in owned.items():
                for word, entity, attribute in attributes:
                    rule = rules.rule(entity, attribute, facility or 0)
                    if rule and rule.owner != PEOPLE and (word, rule.owner) in told[record.id]:
                        locks.setdefault(record.id, {})[name] = (entity, attribute, rule)
        return locks

    def _interop_owned(self):
        """The fields of this model that some system masters on some record; from a cache."""
        return self.env["interop.ownership"]._owned_fields(
            self._name, self._interop_home or self._name
        )

    def _interop_told(self, model, ids):
        """``{record id: {(word of its bindings, system that told of it)}}``, one statement."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT b.res_id, b.entity, b.system_id FROM interop_binding b
                 WHERE b.res_model = %(model)s AND b.res_id = ANY(%(ids)s)
                 UNION
                SELECT b.res_id, b.entity, v.system_id FROM interop_binding b
                  JOIN interop_version v ON v.res_model = b.res_model AND v.res_id = b.res_id
                 WHERE b.res_model = %(model)s AND b.res_id = ANY(%(ids)s)
                """,
                model=model,
                ids=ids,
            )
        )
        told = {}
        for record, word, system in rows:
            told.setdefault(record, set()).add((word, system))
        return told

    @api.depends_context("lang", "uid")
    def _compute_interop_mastered(self):
        origins = self._origin
        locks = origins._interop_locks() if origins else {}
        for record in self:
            mine = locks.get(record._origin.id, {})
            record.interop_owned_fields = f",{','.join(sorted(mine))}," if mine else False
            record.interop_mastered_by = self._interop_in_words(mine) if mine else False

    def _interop_in_words(self, locks):
        """Whose what is; one master a sentence."""
        by_owner = {}
        for entity, attribute, rule in locks.values():
            by_owner.setdefault(rule.owner, {})[entity, attribute] = rule
        attributes = self.env["interop.attribute"]
        told = []
        for owner, group in sorted(by_owner.items()):
            # the name of the system that masters a record is for everybody who may see the record
            name = self.env["interop.system"].sudo().browse(owner).name
            labels = sorted({attributes._label(*key) for key in group})
            told.append(
                self.env._(
                    "Mastered by %(owner)s, read-only here: %(what)s.",
                    owner=name,
                    what=", ".join(labels),
                )
            )
        return " ".join(told)

    # -- held to --

    def write(self, vals):
        self._interop_check_owner(vals)
        return super().write(vals)

    def _interop_check_owner(self, vals):
        """``UserError`` where a person changes what a system masters.

        Messages are written by service users, which can't log in, and Odoo's own consequences with its own rights
        (``su``): neither can be had by a call from outside, whatever its context says.
        """
        if self.env.su or not self:
            return
        wanted = self._interop_owned().keys() & vals.keys()
        if not wanted or not self._interop_is_person():
            return
        locks = self._interop_locks()
        broken = {
            name: lock
            for record in self
            for name, lock in locks.get(record.id, {}).items()
            if name in wanted and record._interop_is_change(name, vals[name])
        }
        if broken:
            raise UserError(
                self.env._(
                    "%(mastered)s\nHave it corrected there. An Interop administrator can also give it to the people here, "
                    "under Interop, Configuration, Ownership.",
                    mastered=self._interop_in_words(broken),
                )
            )

    def _interop_is_person(self):
        engine = self.env["interop.system"]._service_users()
        return self.env.uid != SUPERUSER_ID and self.env.uid not in engine

    def _interop_is_change(self, name, value):
        """Whether ``value`` is another one; what a form sends back as it was is none."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return True
        # what stands there does not depend on what the writer may see
        record = self.sudo()
        return (
            field.convert_to_record(field.convert_to_cache(value, record), record) != record[name]
        )

    # -- shown --

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        owned = self._interop_owned()
        if owned and view_type in ("form", "list") and not self._interop_is_a_part(view):
            self._interop_lock_view(arch, view_type, owned)
        return arch, view

    def _interop_is_a_part(self, view):
        """A country's own address is built into the forms of partners, which are locked as a whole, and of others."""
        return (
            "no_address_format" in self.env.context
            and view == self.env.company.country_id.address_view_id
        )

    @api.model
    def _interop_lock_view(self, arch, view_type, owned):
        """Make fields of a view read-only on records on which a system masters them."""
        for node in arch.iter("field"):
            name = node.get("name")
            if name not in owned or any(above.tag == "field" for above in node.iterancestors()):
                continue
            lock = f"',{name},' in ({NAMES} or '')"
            said = node.get("readonly")
            if said is None and self._fields[name].readonly or said in ("1", "True"):
                continue
            node.set(
                "readonly", f"({said}) or {lock}" if said and said not in ("0", "False") else lock
            )
        if view_type == "list":
            arch.append(etree.Element("field", name=NAMES, column_invisible="1"))
            return
        arch.insert(0, etree.Element("field", name=NAMES, invisible="1"))
        sheet = arch.find(".//sheet")
        (arch if sheet is None else sheet).insert(0, etree.fromstring(BANNER))
