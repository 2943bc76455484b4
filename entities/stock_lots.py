"""Lots and serial numbers that movements name."""

from odoo import models

from ..core.errors import BusinessRule


class StockLots(models.AbstractModel):
    _name = "interop.stock.lots"
    _description = "Interop stock lots"

    def _take_lots(self, call, items, product_of):
        """``{(product id, name): stock.lot}``, made where they are new; one search and one ``create`` in all."""
        wanted = {}
        for item in items:
            product = product_of(item)
            if item.entity.lot and product and product.tracking != "none":
                key = (product.id, item.entity.lot)
                wanted[key] = item.entity.expiry or wanted.get(key)
        if not wanted:
            return {}
        lots = self._known_lots(call, wanted)
        missing = [key for key in wanted if key not in lots]
        made = self._make_lots(call, missing, wanted)
        self._tell_expiry(lots, wanted)
        return lots | dict(zip(missing, made, strict=True))

    def _make_lots(self, call, keys, wanted):
        """New lots, reserved as bindings first: Odoo has no unique key on them, and two lanes would make one lot twice."""
        if not keys:
            return self.env["stock.lot"]
        # bindings are the engine's own bookkeeping; a service user has no rights of its own on them
        bindings = self.env["interop.binding"].sudo()
        reserved = {(f"{call.company}/{product}", name): "" for product, name in keys}
        bindings._reserve("stock_lot", "stock.lot", reserved, call.system, call.now)
        made = self.env["stock.lot"].create(
            [self._prepare_lot(call, *key, wanted[key]) for key in keys]
        )
        bindings._assign(
            "stock_lot",
            "stock.lot",
            {key: lot.id for key, lot in zip(reserved, made, strict=True)},
        )
        return made

    def _known_lots(self, call, wanted):
        lots = self.env["stock.lot"].search(
            [
                ("product_id", "in", sorted({product for product, _name in wanted})),
                ("name", "in", sorted({name for _product, name in wanted})),
                ("company_id", "in", (False, call.company)),
            ]
        )
        return {(lot.product_id.id, lot.name): lot for lot in lots}

    def _prepare_lot(self, call, product, name, expiry):
        values = {"product_id": product, "name": name, "company_id": call.company}
        return values | self._expiry_values(expiry)

    def _expiry_values(self, expiry):
        if not expiry:
            return {}
        values = {"interop_expiry_date": expiry}
        if "expiration_date" in self.env["stock.lot"]._fields:  # add-on product_expiry
            values["expiration_date"] = expiry
        return values

    def _tell_expiry(self, lots, wanted):
        """A lot that came without its date learns it; one that has a date keeps it."""
        for key, lot in lots.items():
            if wanted.get(key) and not lot.interop_expiry_date:
                lot.write(self._expiry_values(wanted[key]))

    def _check_lot(self, product, lot, quantity):
        if product.tracking == "none":
            return
        if lot is None:
            raise BusinessRule("lot_required", path="lot")
        if product.tracking == "serial" and quantity != 1:
            raise BusinessRule("serial_quantity", path="quantity")
