"""A hospital with a ward's store, and what is used and moved there."""

from datetime import datetime

from ..core.canonical import StockMovement
from .common_entities import EntityCase


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


class StockMovementCase(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.facility.warehouse_id.lot_stock_id
        cls.patient = cls.env.ref("healthcare_interop.stock_location_patient")
        cls.store = cls.env["stock.location"].create(
            {"name": "Ward store", "usage": "internal", "location_id": cls.stock.id}
        )
        cls.ward = cls.make_place(
            "SUR", stock_location_id=cls.store.id, analytic_account_id=cls.make_centre("SUR").id
        )
        cls.room = cls.make_place("SUR-1", parent_id=cls.ward.id)
        cls.gloves = cls.make_product("GLV", standard_price=5)
        cls.screw = cls.make_product("SCR", tracking="lot")

    def fact(
        self, number="M1", kind="consumption", *, product="GLV", quantity=2, unit="EA", **said
    ):
        said.setdefault("from_location", self.ref("location", "SUR"))
        for attribute in ("from_location", "to_location"):
            if isinstance(said.get(attribute), str):
                said[attribute] = self.ref("location", said[attribute])
        return self.item(
            "told",
            StockMovement(
                identifiers=self.ids(number),
                kind=kind,
                product=self.ref("product", product, "CDM"),
                quantity=self.quantity(quantity, unit),
                occurred_at=self.moment(day(1, 9)),
                **said,
            ),
            at=day(1, 9),
        )

    def stocked(self, product, quantity, location=None, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.store, quantity, lot_id=lot
        )

    def on_hand(self, product, location=None, lot=None):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", (location or self.store).id)]
        )
        return sum(
            quants.filtered(lambda quant: not lot or quant.lot_id.name == lot).mapped("quantity")
        )
