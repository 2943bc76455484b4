"""stock movement → ``stock.move``, done: what was used, put back, moved or received is a fact, not a plan."""

from collections import defaultdict

from odoo import fields, models

from ..core.applying import Outcome
from ..core.errors import BusinessRule, MappingError
from ..core.stays import event_time, naive
from .shipment import ANNOUNCEMENT
from .stock_count import COUNT
from .stock_places import PATIENT

CONSUMPTION, RETURN, TRANSFER, RECEIPT = "consumption", "return", "transfer", "receipt"
KIND_OF_EVENT = {
    "consumed": CONSUMPTION,
    "returned": RETURN,
    "transferred": TRANSFER,
    "received": RECEIPT,
}
#: what is told in the form of a movement, and what keeps it
KINDS = KIND_OF_EVENT | {"counted": COUNT, "announced": ANNOUNCEMENT}
ELSEWHERE = {COUNT: "interop.entity.stock_count", ANNOUNCEMENT: "interop.entity.shipment"}
SUPPLIERS = "stock.stock_location_suppliers"


class StockMovement(models.AbstractModel):
    """Negative stock is allowed, unless the route blocks it: the goods are gone, whatever Odoo thought was there."""

    _name = "interop.entity.stock_movement"
    _inherit = [
        "interop.entity.upsert",
        "interop.purchasing",
        "interop.stock.places",
        "interop.stock.lots",
        "interop.stock.receipts",
        "interop.stock.gaps",
    ]
    _description = "Interop entity: stock movement"
    _right = "healthcare_interop.group_apply_stock_movement"
    _right_also = {"unknown_master": ("location", "product", "service")}
    _touches = {
        "stock.lot": "wc",
        "stock.move": "wc",
        "stock.move.line": "wcd",
        "stock.picking": "wc",
        "stock.quant": "w",
    }

    _entity = "stock_movement"
    _home = "stock.move"

    def _apply(self, call, items):
        """What was counted and what is announced is told in this form too, but moves nothing."""
        by_kind = defaultdict(list)
        for item in items:
            by_kind[self._kind(item) if self._kind(item) in ELSEWHERE else ""].append(item)
        outcomes = super()._apply(call, by_kind.pop("", []))
        for kind, told in by_kind.items():
            outcomes += self.env[ELSEWHERE[kind]]._apply(call, told)
        return outcomes

    # -- looking up --

    def _prepare(self, call, items):
        wanted = [
            (item, reference, path)
            for item in items
            for path in ("product", "from_location", "to_location", "encounter")
            if (reference := getattr(item.entity, path))
        ]
        found, stopped = self._take_references(call, wanted)
        orders, missing = self._take_purchase_orders(
            call,
            [
                (item, item.entity.order, "order")
                for item in items
                if self._kind(item) == RECEIPT and item.entity.order
            ],
        )
        stopped |= missing
        going = [item for item in items if item.delivery not in stopped]
        products = self._products(found)
        lots = self._take_lots(
            call, going, lambda item: products.get(found.get(item.entity.product))
        )
        return (found, products, orders, self._places(call, found), lots), stopped

    # -- values --

    def _kind(self, item):
        return item.entity.kind or KINDS.get(item.event, "")

    def _to_values(self, call, item, prepared):
        found, products, orders, places, lots = prepared
        movement, kind = item.entity, self._kind(item)
        if kind not in KIND_OF_EVENT.values():
            raise MappingError("unknown_kind", path="kind")
        product = products.get(found.get(movement.product))
        quantity = self._quantity(movement, product)
        unit = self._unit(movement.quantity, product, "quantity")
        lot = lots.get((product.id, movement.lot)) if movement.lot else None
        self._check_lot(product, lot, quantity)
        source, target, place = self._way(kind, movement, found, places)
        centre = self._bearing_centre(
            place, self._day(call, movement.occurred_at), is_new_cost=kind == CONSUMPTION
        )
        values = {
            "product_id": product.id,
            "product_uom": unit.id,
            "product_uom_qty": quantity,
            "location_id": source.id,
            "location_dest_id": target.id,
            "interop_analytic_account_id": centre.id if kind in (CONSUMPTION, RETURN) else False,
            "interop_encounter_id": found.get(movement.encounter, False),
            "interop_occurred_at": naive(movement.occurred_at)
            or event_time(item.version, item.received_at),
        }
        order = orders.get(movement.order)
        return {"movement": values | self._line_values(values, lot) | self._order_values(order)}

    def _order_values(self, order):
        """No field of a move: it says whose open move this receipt may fill."""
        return {"purchase_order": order} if order else {}

    def _quantity(self, movement, product):
        if product is None:
            raise MappingError("required", path="product")
        if product.type != "consu":
            raise BusinessRule("not_stocked", path="product")
        if not movement.quantity:
            raise MappingError("required", path="quantity")
        quantity = float(movement.quantity.value)
        if quantity <= 0:
            raise BusinessRule("quantity_not_positive", path="quantity")
        return quantity

    def _way(self, kind, movement, found, places):
        """Where from, where to, and the place that bears the cost."""
        there = found.get(movement.from_location)
        here = found.get(movement.to_location)
        if kind == TRANSFER:
            source, target = places[there].stock, places[here].stock
            if source == target:
                raise BusinessRule("same_place", path="to_location")
            return source, target, places[here]
        if kind == RECEIPT:
            supplier = self._record("stock.location", SUPPLIERS)
            return supplier, places[here].stock, places[here]
        patient = self._record("stock.location", PATIENT)
        if kind == CONSUMPTION:
            place = places[there if there is not None else here]
            return place.stock, patient, place
        place = places[here if here is not None else there]
        return patient, place.stock, place

    def _line_values(self, values, lot):
        line = {
            "product_id": values["product_id"],
            "product_uom_id": values["product_uom"],
            "quantity": values["product_uom_qty"],
            "location_id": values["location_id"],
            "location_dest_id": values["location_dest_id"],
            "lot_id": lot.id if lot else False,
        }
        return {"picked": True, "move_line_ids": [fields.Command.create(line)]}

    def _create_values(self, call, item, values):
        return {
            "state": "confirmed",
            "company_id": call.company,
            "interop_system_id": call.system,
            "origin": self._number(item.entity.identifiers),
        }

    # -- doing it --

    def _make(self, call, new):
        """Receipts that fill an open move of their order, and movements of their own, each done in one go."""
        plain, filling = self._split_receipts(new)
        outcomes = self._fill(call, filling)
        plain, refused = self._within_stock(call, plain)
        for _item, _keys, values, _record in plain:
            values["movement"].pop("purchase_order", None)
        return outcomes + refused + super()._make(call, plain)

    def _after_create(self, call, pairs):
        self.env[self._home].union(*(move for _item, move in pairs))._action_done()

    def _change(self, call, old, known):
        """A movement is done once. The same again does nothing; another one under its number is for a person."""
        moves = self.env[self._home].browse({record for *_rest, record in old})
        moves.move_line_ids.fetch(["product_id", "product_uom_id", "quantity"])
        return [
            self._compare(item, values["movement"], moves.browse(record))
            for item, _keys, values, record in old
        ]

    def _compare(self, item, values, move):
        unit = self.env["uom.uom"].browse(values["product_uom"])
        is_same = any(
            line.product_id.id == values["product_id"]
            and line.product_uom_id.compare(
                unit._compute_quantity(values["product_uom_qty"], line.product_uom_id),
                line.quantity,
            )
            == 0
            for line in move.move_line_ids
        )
        if not is_same:
            return Outcome.failed(item, BusinessRule("movement_done", path="identifiers"))
        return Outcome.done(item, "unchanged", self._home, move.id)
