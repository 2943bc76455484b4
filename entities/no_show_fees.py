"""From appointments that nobody came to, to the fee that the facility takes for them, once each."""

from odoo import models


class NoShowFees(models.AbstractModel):
    _name = "interop.no.show.fees"
    _description = "Interop fees of missed appointments"

    def _charge(self, appointments, system):
        """Make the fees of missed appointments, and take back those of appointments that were kept after all.

        ``system``: id of the system that tells so. A fee that is billed already stays: a person decides about invoices.
        """
        fees = self.env["interop.charge"].search([("appointment_id", "in", appointments.ids)])
        missed = appointments.filtered(lambda appointment: appointment.status == "no_show")
        fees._stand(fees.filtered(lambda fee: fee.appointment_id in missed))
        due = (missed - fees.appointment_id).filtered(
            lambda one: one.partner_id and one.facility_id.no_show_product_id
        )
        charging = self.env["interop.charging"]
        prices = charging._list_prices(
            [(one, one.facility_id.no_show_product_id, one.start_at) for one in due]
        )
        self.env["interop.charge"].create(
            [self._prepare_fee(one, system, prices[one]) for one in due]
        )

    def _prepare_fee(self, appointment, system, price):
        service = appointment.facility_id.no_show_product_id
        charging = self.env["interop.charging"]
        return charging._at_list_price(appointment, service, system, price) | {
            "appointment_id": appointment.id,
            "partner_id": appointment.partner_id.id,
            "occurred_at": appointment.start_at,
        }
