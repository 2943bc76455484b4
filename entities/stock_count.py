"""Stock that was counted: entered as Odoo's own physical inventory. Whether it is applied is for a person to say."""

from odoo import models

from ..core.applying import Outcome
from ..core.errors import BusinessRule, MappingError
from ..core.stays import event_time, naive

COUNT = "count"


class StockCount(models.AbstractModel):
    """Kept apart from the movements that it shares its canonical form with: it has another home, and takes no effect."""

    _name = "interop.entity.stock_count"
    _inherit = ["interop.entity.upsert", "interop.stock.places", "interop.stock.lots"]
    _description = "Interop entity: stock count"

    _entity = "stock_count"
    _home = "stock.quant"

    def _prepare(self, call, items):
        wanted = self._mentioned(items, ("product", "to_location", "from_location"))
        found, stopped = self._take_references(call, wanted)
        going = [item for item in items if item.delivery not in stopped]
        products = self._products(found)
        lots = self._take_lots(
            call, going, lambda item: products.get(found.get(item.entity.product))
        )
        stores = {
            place.id: place._nearest("stock_location_id") for place in self._named_places(found)
        }
        return (found, products, stores, lots), stopped

    def _to_values(self, call, item, prepared):
        found, products, stores, lots = prepared
        count = item.entity
        product = products.get(found.get(count.product))
        if product is None:
            raise MappingError("required", path="product")
        if product.type != "consu" or not product.is_storable:
            raise BusinessRule("not_stocked", path="product")
        place = count.to_location or count.from_location
        if not place:
            raise MappingError("required", path="to_location")
        store = stores[found[place]]
        if not store:
            raise BusinessRule("place_without_stock", path="to_location")
        if not count.quantity:
            raise MappingError("required", path="quantity")
        unit = self._unit(count.quantity, product, "quantity")
        quantity = unit._compute_quantity(float(count.quantity.value), product.uom_id)
        lot = lots.get((product.id, count.lot)) if count.lot else None
        self._check_count(product, lot, quantity)
        at = naive(count.occurred_at) or event_time(item.version, item.received_at)
        return {
            COUNT: {
                "key": (product.id, store.id, lot.id if lot else False),
                "quantity": quantity,
                "date": at.date(),
            }
        }

    def _check_count(self, product, lot, quantity):
        if quantity < 0:
            raise BusinessRule("quantity_not_positive", path="quantity")
        if product.tracking != "none" and lot is None:
            raise BusinessRule("lot_required", path="lot")
        if product.tracking == "serial" and quantity not in (0, 1):
            raise BusinessRule("serial_quantity", path="quantity")

    # -- doing it --

    def _make(self, call, new):
        if not new:
            return []
        keys = {key: kind for _item, names, _values, _record in new for key, kind in names.items()}
        self._bindings()._reserve(self._entity, self._home, keys, call.system, call.now)
        outcomes = self._enter(call, new)
        records = {outcome.delivery: outcome.record for outcome in outcomes}
        self._bindings()._assign(
            self._entity,
            self._home,
            {key: records[item.delivery] for item, names, _values, _record in new for key in names},
        )
        return outcomes

    def _change(self, call, old, known):
        return self._enter(call, old) if old else []

    def _enter(self, call, entries):
        """Enter each count where none is newer; the same count again is none."""
        quants = self._quants({entry[2][COUNT]["key"] for entry in entries})
        stored = self._versions()._of(self._home, [one.id for one in quants.values()], call.system)
        outcomes, versions = [], {}
        for item, _keys, values, record in entries:
            told, version = values[COUNT], self._version(item)
            quant = quants[told["key"]]
            last = versions.get(quant.id, stored.get(quant.id, {})).get(COUNT, "")
            effect = "counted"
            if version < last:
                effect = "superseded"
            elif record is not None and version == last:
                effect = "unchanged"
            else:
                versions[quant.id] = {COUNT: version}
                quant.write(
                    {
                        "inventory_quantity": told["quantity"],
                        "inventory_quantity_set": True,
                        "inventory_date": told["date"],
                        "user_id": False,
                    }
                )
            outcomes.append(Outcome.done(item, effect, self._home, quant.id))
        self._versions()._keep(self._home, call.system, versions)
        return outcomes

    def _quants(self, keys):
        """``{(product id, store id, lot id): quant}``, in nobody's package and owned by us; made where nothing is there."""
        mode = self.env[self._home].with_context(inventory_mode=True)
        domain = [
            ("product_id", "in", [product for product, _store, _lot in keys]),
            ("location_id", "in", [store for _product, store, _lot in keys]),
            ("package_id", "=", False),
            ("owner_id", "=", False),
        ]
        found = {
            (quant.product_id.id, quant.location_id.id, quant.lot_id.id): quant
            for quant in mode.search(domain, order="id desc")
        }
        missing = sorted(keys - found.keys(), key=repr)
        made = mode.create(
            [
                {
                    "product_id": product,
                    "location_id": store,
                    "lot_id": lot,
                    "inventory_quantity": 0,
                    "user_id": False,
                }
                for product, store, lot in missing
            ]
        )
        return found | dict(zip(missing, made.with_env(mode.env), strict=True))
