from odoo import models


class ProductTemplate(models.Model):
    """The form most people open; what messages change are its variants."""

    _name = "product.template"
    _inherit = ["interop.mastered", "product.template", "interop.sync.history"]

    _interop_home = "product.product"

    def _interop_owned_kin(self):
        return self._interop_kin()["product.product"]

    def _interop_kin(self):
        variants = self.with_context(active_test=False).product_variant_ids
        return {"product.product": {variant.id: variant.product_tmpl_id.id for variant in variants}}
