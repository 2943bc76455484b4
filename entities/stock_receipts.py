"""Receipts against a purchase order: they fill the open incoming move of their product."""

from collections import defaultdict

from odoo import fields, models

from ..core.applying import Outcome


class StockReceipts(models.AbstractModel):
    _name = "interop.stock.receipts"
    _inherit = "interop.entity"
    _description = "Interop stock receipts"

    def _split_receipts(self, new):
        """``(movements of their own, pairs of entry and open move)``; an open move is filled once a call."""
        orders = self.env["purchase.order"].union(
            *(
                values["movement"]["purchase_order"]
                for _item, _keys, values, _record in new
                if "purchase_order" in values["movement"]
            )
        )
        if not orders:
            return new, []
        moves = self.env["stock.move"].search(
            [
                ("purchase_line_id.order_id", "in", orders.ids),
                ("state", "not in", ("draft", "done", "cancel")),
                ("location_id.usage", "=", "supplier"),
            ],
            order="id",
        )
        return self._allot(new, moves)

    def _allot(self, new, moves):
        """Each receipt to an open move of its order and product that is not full yet; the last takes what is too much."""
        waiting, left = defaultdict(list), {}
        for move in moves:
            waiting[move.purchase_line_id.order_id, move.product_id.id].append(move)
            left[move] = move.product_uom_qty
        plain, filling = [], []
        for entry in new:
            values = entry[2]["movement"]
            candidates = waiting.get((values.get("purchase_order"), values["product_id"]))
            if not candidates:
                plain.append(entry)
                continue
            move = next((one for one in candidates if left[one] > 0), candidates[-1])
            left[move] -= values["product_uom_qty"]
            filling.append((entry, move))
        return plain, filling

    def _fill(self, call, filling):
        """Set what came on the open moves and validate them; what is still missing stays open in a back order."""
        if not filling:
            return []
        bindings = self._bindings()
        keys = {key: kind for entry, _move in filling for key, kind in entry[1].items()}
        bindings._reserve(self._entity, self._home, keys, call.system, call.now)
        received = defaultdict(list)
        for (_item, _keys, values, _record), move in filling:
            received[move].append(values["movement"])
        moves = self.env["stock.move"].union(*received)
        for move, lines in received.items():
            self._set_received(move, lines)
        moves._action_done()
        bindings._assign(
            self._entity,
            self._home,
            {key: move.id for entry, move in filling for key in entry[1]},
        )
        return [Outcome.done(entry[0], "received", self._home, move.id) for entry, move in filling]

    def _set_received(self, move, received):
        """Replace what was planned for the move by what came; its own places stay."""
        there = {
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
            "picking_id": move.picking_id.id,
        }
        lines = [values["move_line_ids"][0][2] | there for values in received]
        move.move_line_ids.unlink()
        move.write(
            {
                "interop_occurred_at": received[-1]["interop_occurred_at"],
                "move_line_ids": [fields.Command.create(line) for line in lines],
                "picked": True,
            }
        )
