"""service → ``product.product`` of type service."""

from odoo import models


class Service(models.AbstractModel):
    _name = "interop.entity.service"
    _inherit = "interop.catalogue"
    _description = "Interop entity: service"
    _right = "healthcare_interop.group_apply_service"
    _touches = {
        "product.product": "wc",
        "product.template": "wc",
    }

    _entity = "service"

    def _to_values(self, call, item, prepared):
        return self._catalogue_values(call, item.entity)

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "type": "service", "list_price": 0.0}

    def _stub_values(self, call, reference):
        # a price nobody gave is no price: the product's default of 1.00 would be billed
        return super()._stub_values(call, reference) | {"type": "service", "list_price": 0.0}
