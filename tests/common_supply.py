"""A hospital with a main store and wards that order from it."""

from datetime import datetime

from ..core.canonical import Identifier, Order
from .common_entities import EntityCase


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


class SupplyCase(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.facility.warehouse_id.lot_stock_id
        cls.store, cls.other_store = cls.env["stock.location"].create(
            [
                {"name": name, "usage": "internal", "location_id": cls.stock.id}
                for name in ("Ward store", "Other store")
            ]
        )
        cls.ward = cls.make_place("SUR", stock_location_id=cls.store.id)
        cls.room = cls.make_place("SUR-1", parent_id=cls.ward.id)
        cls.make_place("MED", stock_location_id=cls.other_store.id)
        cls.make_place("CENTRAL", stock_location_id=cls.stock.id)
        cls.gloves = cls.make_product("GLV", standard_price=5)
        cls.masks = cls.make_product("MSK")
        cls.screw = cls.make_product("SCR", tracking="lot")

    def order(self, event, hour=8, *, number="S1", filler="", **said):
        names = [Identifier(number, "GRH", "PLAC")] if number else []
        names += [Identifier(filler, "LAB", "FILL")] if filler else []
        for attribute in ("location", "performer"):
            if isinstance(said.get(attribute), str):
                said[attribute] = self.ref("location", said[attribute])
        if isinstance(said.get("quantity"), int | float):
            said["quantity"] = self.quantity(said["quantity"])
        return self.item(event, Order(identifiers=tuple(names), **said), at=day(1, hour))

    def placed(self, hour=8, *, product="GLV", quantity=10, event="placed", **said):
        return self.order(
            event,
            hour,
            **{
                "kind": "supply",
                "code": self.code(product),
                "quantity": quantity,
                "location": "SUR",
            }
            | said,
        )

    def stocked(self, product, quantity, location=None, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock, quantity, lot_id=lot
        )

    def on_hand(self, product, location=None):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", (location or self.store).id)]
        )
        return sum(quants.mapped("quantity"))

    def open_moves(self, picking):
        return picking._interop_chain().move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )

    def deliver(self, picking, quantity):
        """As a storekeeper validates a part; the rest waits in a back order."""
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()
