"""The word for what a binding is about."""

from odoo import api, fields, models


class BindingScreens(models.Model):
    _inherit = "interop.binding"

    entity_word = fields.Char(string="What", compute="_compute_entity_word")

    @api.depends("entity")
    @api.depends_context("lang")
    def _compute_entity_word(self):
        words = dict(self.env["interop.route"]._fields["entity"]._description_selection(self.env))
        words |= {"department": self.env._("Departments"), "stock_lot": self.env._("Lots")}
        for binding in self:
            binding.entity_word = words.get(binding.entity, binding.entity)
