"""What people see of a disagreement, and what they can do about it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.disagreements import Said
from ...core.errors import PermanentError


class DisagreementScreens(models.Model):
    _inherit = "interop.disagreement"

    attribute_label = fields.Char(string="Attribute", compute="_compute_words")
    display_name = fields.Char(compute="_compute_words")
    speaker = fields.Char(string="Says otherwise", compute="_compute_words")
    standing = fields.Char(string="Whose word stands", compute="_compute_words")
    record_name = fields.Char(string="About", compute="_compute_record")
    told_text = fields.Char(
        string="It says",
        compute="_compute_record",
        help="Shown to those who may see the record. Empty where it is not known any more: open its messages.",
    )
    standing_text = fields.Char(string="What stands", compute="_compute_record")

    @api.depends("entity", "attribute", "system_id", "stands_system_id")
    @api.depends_context("lang")
    def _compute_words(self):
        attributes = self.env["interop.attribute"]
        people = self.env._("People here")
        for one in self:
            one.attribute_label = attributes._label(one.entity, one.attribute)
            # without whose it is: names stand in crumbs and titles
            one.display_name = one.attribute_label
            one.speaker = one.system_id.name or people
            one.standing = one.stands_system_id.name or people

    @api.depends("res_model", "res_id", "state")
    @api.depends_context("uid", "lang")
    def _compute_record(self):
        for one in self:
            record = one._record()
            is_seen = record and record.has_access("read")
            one.record_name = record.display_name if is_seen else False
            values = (one._said_values() if is_seen else None) or {}
            one.told_text = one._in_words(record, values)
            standing = {name: record[name] for name in values if one._may_read(record, name)}
            one.standing_text = one._in_words(record, standing)

    def _record(self):
        """The record it is about; none where it is gone."""
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].with_context(active_test=False).browse(self.res_id).exists()

    def _said_values(self):
        """What was said; None where it is not known, or the key is gone."""
        try:
            # the row's own content, shown field by field to whoever may see the fields
            return self.sudo()._unsealed()
        except PermanentError:
            return None

    def _may_read(self, record, name):
        field = record._fields.get(name)
        return bool(field) and record._has_field_access(field, "read")

    def _in_words(self, record, values):
        told = [
            self._value_in_words(record, name, value)
            for name, value in values.items()
            if self._may_read(record, name)
        ]
        return ", ".join(filter(None, told)) or (self.env._("(nothing)") if told else False)

    def _value_in_words(self, record, name, value):
        field = record._fields[name]
        if field.relational:
            if isinstance(value, int):
                value = self.env[field.comodel_name].browse(value).exists()
            elif isinstance(value, list):
                value = self.env[field.comodel_name].browse(value[0][2]).exists()
            # the name of what a shown record refers to, as any form shows it
            return ", ".join(value.sudo().mapped("display_name")) if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return str(value) if value else ""

    # -- what people do --

    def _check_may_decide(self):
        self.check_access("write")

    def action_keep(self):
        """What stands is to stand, until somebody says something else."""
        self._check_may_decide()
        chosen = self.filtered(lambda one: one.state == "open")
        chosen._decide()
        return True

    def action_take_word(self):
        """Write what was said, with the rights of whoever says so; the word that stood before is the other one now."""
        self._check_may_decide()
        for one in self:
            one._take_word()
        return True

    def action_open_again(self):
        """Undo a decision."""
        self._check_may_decide()
        chosen = self.filtered("decided_by_id")
        chosen.write({"state": "open", "decided_by_id": False, "settled_at": False})
        chosen._settle_causes(set(chosen.mapped("cause")))
        return True

    def _decide(self):
        self.write(
            {
                "state": "settled",
                "decided_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
            }
        )
        if self:
            self._settle_causes(set(self.mapped("cause")))

    def _take_word(self):
        record, values = self._record(), self._said_values()
        if not record or values is None:
            raise UserError(
                self.env._("What was said is not known any more. Change the record itself instead.")
            )
        # marks are compared, and the word that stood is kept, by the engine
        engine, hearing = self.sudo(), self.env["interop.hearing"].sudo()
        # the whole of it, whatever of it the user may see
        stood = hearing._standing(record.sudo(), values)
        # the record is the user's to write, or not
        record.write(values)
        speaker, mark, stood_mark = self.system_id.id or 0, engine.mark, hearing._mark(stood)
        if stood_mark != mark:
            before = self.stands_system_id.id or 0
            engine._decide_on_what_stood(before, Said(stood_mark, speaker, mark), stood)
        engine.write({"stands_system_id": self.system_id.id, "stands_mark": mark})
        self._decide()

    def _decide_on_what_stood(self, speaker, said, values):
        """List the word that stood until now as decided upon: to take it is the way back."""
        key = (self.res_id, self.entity, self.attribute)
        self._list(self.res_model, self.company_id.id, [(key, speaker, said, values, None)])
        self.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("entity", "=", self.entity),
                ("attribute", "=", self.attribute),
                ("system_id", "=", speaker or False),
            ]
        )._decide()

    def action_open_messages(self):
        """The deliveries by which the one who says otherwise told of the record, the last one first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What %s told of it", self.speaker),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("system_id", "=", self.system_id.id),
            ],
        }
