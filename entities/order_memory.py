"""What became of orders before anybody placed them: remembered, so that the order of arrival decides nothing."""

from dataclasses import replace
from decimal import Decimal

from odoo import models

from ..core.canonical import Quantity
from .supply_moves import CANCELLED, COMPLETED

#: beside what a new order says: the versions of what was remembered of it, which what comes later is compared with
REMEMBERED = "remembered"


class OrderMemory(models.AbstractModel):
    """Who cancels or completes what nobody knows gives no goods and no vendor: an ``interop.order`` without any keeps it."""

    _name = "interop.order.memory"
    _inherit = "interop.entity"
    _description = "Interop memory of cancelled orders"

    def _remembered(self, call, new):
        """``{delivery: (interop.order, {attribute: version})}``: what newer news said already of the orders that ``new``
        (entries as in ``_make``) place, and of which of its attributes."""
        keys = {key for _item, names, _values, _record in new for key in names}
        known = self._bindings()._resolve("order", keys)
        orders = self.env["interop.order"].browse(sorted(set(known.values())))
        bare = orders.filtered(lambda one: not one.product_id)
        stored = self._versions()._of("interop.order", bare.ids, call.system)
        found = {}
        for item, names, _values, _record in new:
            order = next((known[key] for key in names if known.get(key) in stored), None)
            newer = {
                attribute: version
                for attribute, version in stored.get(order, {}).items()
                if version >= self._version(item)
            }
            if newer:
                found[item.delivery] = (bare.browse(order), newer)
        return found

    def _taken_back(self, call, new):
        """Deliveries among ``new`` that place what newer news has cancelled."""
        return {
            delivery
            for delivery, (order, newer) in self._remembered(call, new).items()
            if order.status == CANCELLED and "status" in newer
        }

    def _as_remembered(self, call, new):
        """``new`` with what newer news said already in place of what they say; who said it is remembered no longer."""
        remembered, entries = self._remembered(call, new), []
        for entry in new:
            item, names, values, record = entry
            if item.delivery in remembered:
                item, values = self._with_newer(item, values, *remembered[item.delivery])
            entries.append((item, names, values, record))
        # in lists it would stand beside the order that it told of
        self.env["interop.order"].union(
            *(one for one, _newer in remembered.values())
        ).active = False
        return entries

    def _with_newer(self, item, values, order, newer):
        values = dict(values) | {REMEMBERED: {REMEMBERED: newer}}
        if "status" in newer and order.status in (CANCELLED, COMPLETED):
            at = order.completed_at if order.status == COMPLETED else False
            values["status"] = {"status": order.status, "at": at}
        if "quantity" in newer and order.quantity > 0:
            quantity = Quantity(Decimal(str(order.quantity)), order.told_unit or "")
            item = replace(item, entity=replace(item.entity, quantity=quantity))
            values["quantity"] = {"quantity": quantity}
        return item, values
