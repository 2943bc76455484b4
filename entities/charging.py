"""From completed orders to charges at the list price, once each; used by messages and by the watchdog."""

from odoo import models


class Charging(models.AbstractModel):
    _name = "interop.charging"
    _description = "Interop charging"

    def _charge(self, orders, system):
        """Make completed services' charges, one each, and take back those of services cancelled since.

        ``system``: id of the system that tells so. What has no list price yet is marked, and charged once it has one
        (``interop.order._charge_priced``): a catalogue may come after the orders.
        """
        orders = orders.filtered(
            lambda order: (
                order.active
                and order.kind == "service"
                and order.status in ("completed", "cancelled")
                and order.product_id
            )
        )
        if not orders:
            return
        # two workers that complete one order collide on the order, which is tried again, not on the charge
        orders.flush_recordset()
        charges = self.env["interop.charge"].search([("order_id", "in", orders.ids)])
        self._follow(charges.filtered("is_triggered"))
        live = charges.filtered(lambda charge: charge.is_triggered or charge.state != "reversed")
        due = (orders - live.order_id).filtered(lambda order: order.status == "completed")
        priced = due.filtered("product_id.lst_price")
        self._mark(orders, due - priced)
        self.env["interop.charge"].create([self._prepare_charge(order, system) for order in priced])
        self.env["interop.billing"]._draft_ended(orders.encounter_id)

    def _follow(self, charges):
        """Charges made by completion follow what has become of their order."""
        cancelled = charges.filtered(lambda charge: charge.order_id.status == "cancelled")
        completed = charges.filtered(lambda charge: charge.order_id.status == "completed")
        cancelled._set_state(("open",), "reversed")
        completed._set_state(("reversed",), "open")
        for charge in completed:
            # a later, final result corrects when it was done
            if charge.occurred_at != charge.order_id.completed_at:
                charge.occurred_at = charge.order_id.completed_at

    def _mark(self, orders, unpriced):
        (orders - unpriced).filtered("is_unpriced").is_unpriced = False
        unpriced.filtered(lambda order: not order.is_unpriced).is_unpriced = True

    def _prepare_charge(self, order, system):
        price = order.product_id.lst_price
        quantity = order.quantity or 1.0
        place = order.location_id._nearest("analytic_account_id")
        performer = order.performer_id
        return {
            "name": order.name,
            "company_id": order.company_id.id,
            "system_id": system,
            "is_triggered": True,
            "order_id": order.id,
            "encounter_id": order.encounter_id.id,
            "partner_id": (order.partner_id or order.encounter_id.partner_id).id,
            "product_id": order.product_id.id,
            "occurred_at": order.completed_at,
            "quantity": quantity,
            "price_unit": price,
            "amount": order.company_id.currency_id.round(quantity * price),
            "currency_id": order.company_id.currency_id.id,
            "analytic_account_id": (place or order.facility_id.analytic_account_id).id,
            "performer_id": performer.employee_ids[:1].id if performer.employee else False,
        }
