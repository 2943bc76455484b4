"""The purchase order that a receipt or a bill names: by its number, the vendor's reference, or a binding."""

from odoo import models

from ..core.canonical import Reference


class Purchasing(models.AbstractModel):
    _name = "interop.purchasing"
    _inherit = "interop.transaction"
    _description = "Interop purchasing"

    def _take_purchase_orders(self, call, wanted):
        """``({reference: purchase.order}, outcomes)`` for triples (item, reference, path).

        An order that is not there yet is awaited; none is ever made of a reference. A vendor's reference that several
        orders carry names none of them.
        """
        references = {reference for _item, reference, _path in wanted}
        if not references:
            return {}, {}
        bound = self._bound(call, references)
        found = {reference: bound[reference] for reference in references if reference in bound}
        found |= self._named(references - set(found))
        outcomes = {}
        for item, reference, path in wanted:
            if reference not in found:
                outcomes.setdefault(item.delivery, self._unresolved(call, item, reference, path))
        return found, outcomes

    def _bound(self, call, references):
        names = {
            reference: Reference("purchase_order", reference.identifiers)
            for reference in references
        }
        ids = self._find_references(call, names.values())
        orders = self.env["purchase.order"].browse(sorted(set(ids.values())))
        by_id = {order.id: order for order in orders}
        return {reference: by_id[ids[name]] for reference, name in names.items() if name in ids}

    def _named(self, references):
        values = {name.value for reference in references for name in reference.identifiers}
        if not values:
            return {}
        orders = self.env["purchase.order"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "!=", "cancel"),
                "|",
                ("name", "in", sorted(values)),
                ("partner_ref", "in", sorted(values)),
            ]
        )
        by_name = {order.name: order for order in orders}
        for order in orders:
            same = orders.filtered(lambda other, ref=order.partner_ref: other.partner_ref == ref)
            if order.partner_ref and len(same) == 1:
                by_name.setdefault(order.partner_ref, order)
        found = {}
        for reference in references:
            order = next(
                (by_name[one.value] for one in reference.identifiers if one.value in by_name), None
            )
            if order:
                found[reference] = order
        return found
