from odoo import models


class ProductTemplate(models.Model):
    """The form most people open; what messages change are its variants."""

    _name = "product.template"
    _inherit = ["product.template", "interop.sync.history"]

    def _interop_kin(self):
        variants = self.with_context(active_test=False).product_variant_ids
        return {"product.product": {variant.id: variant.product_tmpl_id.id for variant in variants}}
