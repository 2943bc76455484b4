"""product → ``product.product`` that is stocked."""

from odoo import models


class Product(models.AbstractModel):
    _name = "interop.entity.product"
    _inherit = "interop.catalogue"
    _description = "Interop entity: product"

    _entity = "product"

    def _to_values(self, call, item, prepared):
        product = item.entity
        values = self._catalogue_values(call, product)
        if product.gtin is not None:
            values["gtin"] = {"barcode": product.gtin or False}
        if product.tracking:
            words = self.env[self._home]._fields["tracking"].get_values(self.env)
            values["tracking"] = {"tracking": self._one_of(words, product.tracking, "tracking")}
        if product.cost is not None:
            values["cost"] = {"standard_price": self._amount(call, product.cost, "cost")}
        return values

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "type": "consu", "is_storable": True}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"type": "consu", "is_storable": True}
