"""Orders that were cancelled before anybody placed them: remembered, so that the order of arrival decides nothing."""

from odoo import models

CANCELLED = "cancelled"


class OrderMemory(models.AbstractModel):
    """A cancellation of what nobody knows has no goods and no vendor: it is kept as an ``interop.order`` that says so."""

    _name = "interop.order.memory"
    _inherit = "interop.entity"
    _description = "Interop memory of cancelled orders"

    def _taken_back(self, call, new):
        """Deliveries among ``new`` (entries as in ``_make``) that place what newer news has cancelled."""
        keys = {key for _item, names, _values, _record in new for key in names}
        known = self._bindings()._resolve("order", keys)
        bare = (
            self.env["interop.order"]
            .browse(sorted(set(known.values())))
            .filtered(lambda order: order.status == CANCELLED and not order.product_id)
        )
        stored = self._versions()._of("interop.order", bare.ids, call.system)
        return {
            item.delivery
            for item, names, _values, _record in new
            for key in names
            if known.get(key) in stored
            and stored[known[key]].get("status", "") >= self._version(item)
        }
