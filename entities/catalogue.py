"""What products and services have in common: both are ``product.product``, known by codes."""

from odoo import models

from ..core.errors import MissingCode
from ..core.units import UNITS, is_pack


class Catalogue(models.AbstractModel):
    """Codes of terminologies are identifiers of the thing; prices are list prices in the company's currency."""

    _name = "interop.catalogue"
    _inherit = "interop.entity.upsert"
    _description = "Interop catalogue"

    _home = "product.product"
    _attribute_fields = {
        "name": ("name",),
        "codes": ("default_code",),
        "price": ("list_price",),
        "unit": ("uom_id",),
        "is_active": ("active",),
    }

    def _catalogue_values(self, call, entity):
        values = {}
        if entity.name:
            values["name"] = {"name": entity.name}
        if entity.codes:
            values["codes"] = {"default_code": entity.codes[0].code}
        if entity.price is not None:
            values["price"] = {"list_price": self._amount(call, entity.price, "price")}
        if entity.unit and not is_pack(entity.unit):
            # a box of something is a thing of its own here, counted one by one: see Transaction._unit
            values["unit"] = {"uom_id": self._unit(entity.unit)}
        if entity.is_active is not None:
            values["is_active"] = {"active": bool(entity.is_active)}
        return values

    def _unit(self, code):
        """Odoo's unit for a UCUM or UN/ECE code; ``MissingCode`` where there is none."""
        xmlid = UNITS.get(code)
        if not xmlid:
            raise MissingCode("unknown_base_unit", path="unit", value=code[:64])
        # from a cache: env.ref asks the database each time
        _model, unit = self.env["ir.model.data"]._xmlid_to_res_model_res_id(xmlid)
        return unit

    def _amount(self, call, money, path):
        """What Odoo keeps in the company's currency; ``MissingCode`` for another: a rate nobody chose is a made-up price."""
        if not money:
            return 0.0
        own = self.env["res.company"].browse(call.company).currency_id.name
        if money.currency not in ("", own):
            raise MissingCode(
                "foreign_currency", path=path, system="ISO 4217", value=money.currency[:3]
            )
        return float(money.amount)

    def _stub_values(self, call, reference):
        code = reference.identifiers[0].value
        return super()._stub_values(call, reference) | {"default_code": code}
