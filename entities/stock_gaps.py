"""Goods that are used where Odoo has none: posted, since they are gone, or refused where the route wants that."""

from odoo import models
from odoo.tools import SQL

from ..core.applying import Outcome
from ..core.errors import BusinessRule


class StockGaps(models.AbstractModel):
    _name = "interop.stock.gaps"
    _inherit = "interop.entity"
    _description = "Interop stock gaps"

    def _within_stock(self, call, new):
        """``(entries that go on, outcomes)`` of ``new``, entries as in ``_make`` of movements, in their order.

        Where the route blocks gaps, what would take more than there is fails. What comes in the same call counts as there.
        """
        if not call.blocks_gaps or not new:
            return new, []
        left, going, outcomes = self._on_hand(new), [], []
        for entry in new:
            item, _keys, values, _record = entry
            took, gave = self._ends(values["movement"])
            quantity = self._own_quantity(values["movement"])
            own = self.env["product.product"].browse(values["movement"]["product_id"]).uom_id
            if took in left and own.compare(left[took], quantity) < 0:
                outcomes.append(Outcome.failed(item, BusinessRule("beyond_stock", path="quantity")))
                continue
            going.append(entry)
            for end, sign in ((took, -1), (gave, 1)):
                if end in left:
                    left[end] += sign * quantity
        return going, outcomes

    def _ends(self, values):
        """What a movement takes from and gives to: (product, place, lot)."""
        lot = values["move_line_ids"][0][2]["lot_id"] or None
        return (
            (values["product_id"], values["location_id"], lot),
            (values["product_id"], values["location_dest_id"], lot),
        )

    def _own_quantity(self, values):
        unit = self.env["uom.uom"].browse(values["product_uom"])
        own = self.env["product.product"].browse(values["product_id"]).uom_id
        return unit._compute_quantity(values["product_uom_qty"], own)

    def _on_hand(self, new):
        """``{(product, place, lot): quantity}`` of the places of our own that ``new`` takes from or gives to; one statement.

        Of a place and no lot told: what is there without one.
        """
        ends = {end for entry in new for end in self._ends(entry[2]["movement"])}
        places = self.env["stock.location"].browse(sorted({place for _p, place, _lot in ends}))
        own = {place.id for place in places if place.usage == "internal"}
        left = {end: 0.0 for end in ends if end[1] in own}
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT product_id, location_id, lot_id, sum(quantity) FROM stock_quant "
                "WHERE product_id = ANY(%s) AND location_id = ANY(%s) GROUP BY 1, 2, 3",
                sorted({product for product, _place, _lot in left}),
                sorted({place for _product, place, _lot in left}),
            )
        )
        found = {
            (product, place, lot): float(sum_)
            for product, place, lot, sum_ in self.env.cr.fetchall()
        }
        return {end: found.get(end, 0.0) for end in left}
