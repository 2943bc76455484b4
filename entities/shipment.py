"""Shipments that a supplier announces: when they come, how many and of which lots, on the receipt that awaits them."""

from collections import defaultdict

from odoo import fields, models

from ..core.applying import Outcome
from ..core.errors import BusinessRule, MappingError
from ..core.stays import naive

ANNOUNCEMENT = "announcement"


class Shipment(models.AbstractModel):
    """One line of a shipment, told in the form of the movement that it is going to be; nothing is received by it."""

    _name = "interop.entity.shipment"
    _inherit = [
        "interop.entity.upsert",
        "interop.stock.places",
        "interop.stock.lots",
        "interop.purchasing",
    ]
    _description = "Interop entity: shipment"

    _entity = "shipment"
    _home = "stock.move"

    def _prepare(self, call, items):
        found, stopped = self._take_references(call, self._mentioned(items, ("product",)))
        orders, missing = self._take_purchase_orders(call, self._mentioned(items, ("order",)))
        stopped |= missing
        going = [item for item in items if item.delivery not in stopped]
        products = self._products(found)
        lots = self._take_lots(
            call, going, lambda item: products.get(found.get(item.entity.product))
        )
        return (found, products, orders, lots, self._open_moves(orders)), stopped

    def _open_moves(self, orders):
        """``{(order, product): open incoming moves}``."""
        ids = [order.id for order in orders.values()]
        moves = defaultdict(self.env[self._home].browse)
        if ids:
            for move in self.env[self._home].search(
                [
                    ("purchase_line_id.order_id", "in", ids),
                    ("state", "not in", ("draft", "done", "cancel")),
                    ("location_id.usage", "=", "supplier"),
                ],
                order="id",
            ):
                moves[move.purchase_line_id.order_id, move.product_id] |= move
        return moves

    def _to_values(self, call, item, prepared):
        found, products, orders, lots, moves = prepared
        told = item.entity
        for attribute in ("product", "order", "quantity"):
            if not getattr(told, attribute):
                raise MappingError("required", path=attribute)
        product, order = products[found[told.product]], orders[told.order]
        unit = self._unit(told.quantity, product, "quantity")
        quantity = unit._compute_quantity(float(told.quantity.value), product.uom_id)
        if quantity < 0:
            raise BusinessRule("quantity_not_positive", path="quantity")
        lot = lots.get((product.id, told.lot)) if told.lot else None
        return {
            ANNOUNCEMENT: {
                "moves": moves[order, product],
                "number": self._number(told.identifiers),
                "told": [quantity, lot.id if lot else False],
                "expected_at": naive(told.occurred_at) if told.occurred_at else None,
            }
        }

    # -- doing it --

    def _make(self, call, new):
        outcomes, taken = [], []
        for entry in new:
            moves = entry[2][ANNOUNCEMENT]["moves"]
            if moves:
                # what is announced already stands on the first move that has room
                taken.append((*entry[:3], self._roomy(moves)))
            else:
                error = BusinessRule("nothing_awaited", path="order")
                outcomes.append(Outcome.failed(entry[0], error))
        keys = {key: kind for _item, names, _values, _move in taken for key, kind in names.items()}
        self._bindings()._reserve(self._entity, self._home, keys, call.system, call.now)
        self._bindings()._assign(
            self._entity,
            self._home,
            {key: move.id for _item, names, _values, move in taken for key in names},
        )
        return outcomes + self._announce(call, taken)

    def _roomy(self, moves):
        return next(
            (
                move
                for move in moves
                if sum(told[0] for told in (move.interop_announced or {}).values())
                < move.product_qty
            ),
            moves[-1],
        )

    def _change(self, call, old, known):
        moves = self.env[self._home].browse({record for *_rest, record in old}).exists()
        by_id = {move.id: move for move in moves}
        gone = [entry for entry in old if entry[3] not in by_id]
        outcomes = [
            Outcome.failed(entry[0], BusinessRule("record_deleted", path="order")) for entry in gone
        ]
        entries = [(*entry[:3], by_id[entry[3]]) for entry in old if entry[3] in by_id]
        return outcomes + self._announce(call, entries)

    def _announce(self, call, entries):
        ids = [move.id for _item, _keys, _values, move in entries]
        stored = self._versions()._of(self._home, ids, call.system)
        outcomes, versions, touched = [], {}, self.env[self._home]
        for item, _keys, values, move in entries:
            news, version = values[ANNOUNCEMENT], self._version(item)
            number, told = news["number"], news["told"]
            before = move.interop_announced or {}
            is_same = before.get(number) == told and news["expected_at"] in (None, move.date)
            if version < stored.get(move.id, {}).get(number, ""):
                outcomes.append(Outcome.done(item, "superseded", self._home, move.id))
                continue
            if is_same or (number in before and move.state == "done"):
                error = None if is_same else BusinessRule("shipment_received", path="identifiers")
                outcomes.append(
                    Outcome.failed(item, error)
                    if error
                    else Outcome.done(item, "unchanged", self._home, move.id)
                )
                continue
            versions.setdefault(move.id, {})[number] = version
            move.interop_announced = before | {number: told}
            if news["expected_at"]:
                move.date = news["expected_at"]
            touched |= move
            outcomes.append(Outcome.done(item, "announced", self._home, move.id))
        self._plan_lines(touched)
        self._versions()._keep(self._home, call.system, versions)
        return outcomes

    def _plan_lines(self, moves):
        """What is to be received is what is announced, lot by lot; whoever receives it still counts and validates."""
        moves.move_line_ids.filtered(lambda line: not line.picked).unlink()
        for move in moves:
            by_lot = defaultdict(float)
            for quantity, lot in move.interop_announced.values():
                by_lot[lot] += quantity
            unit = move.product_id.uom_id
            move.move_line_ids = [
                fields.Command.create(
                    {
                        "product_id": move.product_id.id,
                        "product_uom_id": unit.id,
                        "quantity": quantity,
                        "lot_id": lot,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                        "picking_id": move.picking_id.id,
                    }
                )
                for lot, quantity in by_lot.items()
                if not unit.is_zero(quantity)
            ]
        moves._recompute_state()
