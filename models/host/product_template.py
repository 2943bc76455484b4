from odoo import fields, models


class ProductTemplate(models.Model):
    """The form most people open; what messages change are its variants."""

    _inherit = "product.template"

    interop_delivery_count = fields.Integer(
        string="Sync history", compute="_compute_interop_deliveries"
    )
    interop_has_failed = fields.Boolean(compute="_compute_interop_deliveries")

    def _compute_interop_deliveries(self):
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            template.interop_delivery_count = sum(variants.mapped("interop_delivery_count"))
            template.interop_has_failed = any(variants.mapped("interop_has_failed"))

    def action_interop_history(self):
        self.ensure_one()
        variants = self.with_context(active_test=False).product_variant_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sync history of %s", self.display_name),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("res_model", "=", "product.product"), ("res_id", "in", variants.ids)],
        }
