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
        owed = fees.filtered(lambda fee: fee.appointment_id in missed)
        (fees - owed)._set_state(("open",), "reversed")
        owed._set_state(("reversed",), "open")
        due = (missed - fees.appointment_id).filtered(
            lambda one: one.partner_id and one.facility_id.no_show_product_id
        )
        self.env["interop.charge"].create([self._prepare_fee(one, system) for one in due])

    def _prepare_fee(self, appointment, system):
        facility, currency = appointment.facility_id, appointment.company_id.currency_id
        service = facility.no_show_product_id
        place = appointment.location_id._nearest("analytic_account_id")
        return {
            "name": appointment.name,
            "company_id": appointment.company_id.id,
            "system_id": system,
            "appointment_id": appointment.id,
            "partner_id": appointment.partner_id.id,
            "product_id": service.id,
            "occurred_at": appointment.start_at,
            "price_unit": service.lst_price,
            "amount": currency.round(service.lst_price),
            "currency_id": currency.id,
            "analytic_account_id": (place or facility.analytic_account_id).id,
        }
