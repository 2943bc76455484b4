"""What products and services have in common: both are ``product.product``, known by codes."""

from odoo import models

from ..core.errors import MissingCode
from ..core.list_prices import Told, in_order, to_keep
from ..core.stays import event_time
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

    # -- what was asked when --

    def _after_create(self, call, pairs):
        result = super()._after_create(call, pairs)
        told = {
            record.id: [self._told_price(item, record.list_price, record)]
            for item, record in pairs
            if item.entity.price is not None
        }
        self._list_prices()._keep(told)
        return result

    def _change(self, call, old, known):
        outcomes = super()._change(call, old, known)
        priced = {item.delivery for item, _keys, values, _record in old if "price" in values}
        products = {
            one.record
            for one in outcomes
            if one.delivery in priced and one.effect in ("updated", "superseded")
        }
        if products:
            # whose charges follow does not depend on who told the price
            self._list_prices().sudo()._follow(products)
        return outcomes

    def _before_write(self, call, told):
        """Keep the prices told that change what was asked at some time; those told again cost no statement."""
        result = super()._before_write(call, told)
        due = []
        for item, record, values, versions in told:
            if "price" not in values:
                continue
            price = self._told_price(item, values["price"]["list_price"], record)
            known = versions.get("price", "")
            if self._differs(record, "list_price", price.price) or price.version < known:
                due.append((record, price, known and Told(self._since(known, item), known, 0.0)))
        if not due:
            return result
        prices = self._list_prices()
        told_before = prices._told({record.id for record, *_rest in due})
        kept = {}
        for record, price, known in due:
            before = in_order((*told_before.get(record.id, ()), *kept.get(record.id, ())))
            kept.setdefault(record.id, []).extend(
                to_keep(before, record.list_price, price, known or None)
            )
        prices._keep(kept)
        return result

    def _told_price(self, item, price, record):
        version = self._version(item)
        field = record._fields["list_price"]
        # as it will stand there, or it would be taken for a price that a person changed
        return Told(self._since(version, item), version, field.convert_to_cache(price, record))

    def _since(self, version, item):
        return event_time(version, item.received_at)

    def _list_prices(self):
        return self.env["interop.list.price"]
