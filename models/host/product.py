from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["interop.mastered", "product.product", "interop.sync.history"]

    def _interop_owned(self):
        """The price that people see on a variant is the one that messages write by another name."""
        owned = super()._interop_owned()
        return owned | {"lst_price": owned["list_price"]} if "list_price" in owned else owned
