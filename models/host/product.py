from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["interop.mastered", "product.product", "interop.sync.history"]
