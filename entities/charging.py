"""From completed orders to charges at the list price of that time, once each; used by messages and by the watchdog."""

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
        prices = self._list_prices([(order, order.product_id, order.completed_at) for order in due])
        priced = due.filtered(lambda order: prices[order])
        self._mark(orders, due - priced)
        self.env["interop.charge"].create(
            [self._prepare_charge(order, system, prices[order]) for order in priced]
        )
        self.env["interop.billing"]._draft_ended(orders.encounter_id)

    def _follow(self, charges):
        """Charges made by completion follow what has become of their order."""
        completed = charges.filtered(lambda charge: charge.order_id.status == "completed")
        charges._stand(completed)
        # a later, final result corrects when it was done
        corrected = completed.filtered(lambda one: one.occurred_at != one.order_id.completed_at)
        for charge in corrected:
            charge.occurred_at = charge.order_id.completed_at
        self.env["interop.repricing"]._reprice(corrected)

    def _mark(self, orders, unpriced):
        (orders - unpriced).filtered("is_unpriced").is_unpriced = False
        unpriced.filtered(lambda order: not order.is_unpriced).is_unpriced = True

    def _list_prices(self, asked):
        """``{record: list price}`` of triples (the record it is for, service, moment), one statement."""
        prices = self.env["interop.list.price"]._at(
            [(service, at) for _about, service, at in asked]
        )
        return {about: price.amount for (about, *_rest), price in zip(asked, prices, strict=True)}

    def _prepare_charge(self, order, system, price):
        performer = order.performer_id
        return self._at_list_price(
            order, order.product_id, system, price, quantity=order.quantity or 1.0
        ) | {
            "is_triggered": True,
            "order_id": order.id,
            "encounter_id": order.encounter_id.id,
            "partner_id": (order.partner_id or order.encounter_id.partner_id).id,
            "occurred_at": order.completed_at,
            "performer_id": performer.employee_ids[:1].id if performer.employee else False,
        }

    def _at_list_price(self, about, service, system, price, *, quantity=1.0):
        """What a charge of ``service`` costs and is put down to; ``about``: the order or appointment that it is for."""
        currency = about.company_id.currency_id
        place = about.location_id._nearest("analytic_account_id")
        return {
            "name": about.name,
            "company_id": about.company_id.id,
            "system_id": system,
            "product_id": service.id,
            "quantity": quantity,
            "price_unit": price,
            "amount": currency.round(quantity * price),
            "is_at_list_price": True,
            "currency_id": currency.id,
            "analytic_account_id": (place or about.facility_id.analytic_account_id).id,
        }
