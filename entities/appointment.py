"""appointment → ``interop.appointment``: who comes, when and where, and whom it takes."""

from odoo import models

from ..core.stays import naive

STATUS_OF_EVENT = {
    "booked": "booked",
    "confirmed": "confirmed",
    "cancelled": "cancelled",
    "no_show": "no_show",
}
REFERENCES = {"party": "partner_id", "location": "location_id"}


class Appointment(models.AbstractModel):
    _name = "interop.entity.appointment"
    _inherit = ["interop.entity.upsert", "interop.transaction"]
    _description = "Interop entity: appointment"
    _right = "healthcare_interop.group_apply_appointment"
    _right_also = {"unknown_master": ("employee", "location", "service")}
    _touches = {
        "interop.appointment": "wc",
    }

    _entity = "appointment"
    _home = "interop.appointment"
    _attribute_fields = {
        "number": ("name",),
        "status": ("status",),
        "period": ("start_at", "end_at"),
        "service": ("product_id",),
        "staff": ("staff_ids",),
    } | {attribute: (field,) for attribute, field in REFERENCES.items()}

    def _apply(self, call, items):
        outcomes = super()._apply(call, items)
        told = [one.record for one in outcomes if one.effect in ("created", "updated")]
        if told:
            appointments = self.env[self._home].browse(told)
            self.env["interop.no.show.fees"]._charge(appointments, call.system)
        return outcomes

    def _prepare(self, call, items):
        wanted = self._mentioned(items, REFERENCES)
        wanted += [
            (item, reference, "staff") for item in items for reference in item.entity.staff or ()
        ]
        found, stopped = self._take_references(call, wanted)
        services, missing = self._take_codes(call, self._coded(items, "service", stopped))
        return (found, services), stopped | missing

    def _to_values(self, call, item, prepared):
        found, services = prepared
        appointment = item.entity
        values = self._number_values(appointment.identifiers, "PLAC")
        status = self._one_of(
            self.env[self._home]._fields["status"].get_values(self.env),
            appointment.status or STATUS_OF_EVENT.get(item.event),
            "status",
        )
        if status:
            values["status"] = {"status": status}
        if appointment.period is not None:
            start, end = (
                naive(getattr(appointment.period, name, None)) for name in ("start", "end")
            )
            values["period"] = {"start_at": start or False, "end_at": end or False}
        values |= self._reference_values(appointment, REFERENCES, found)
        if appointment.service is not None:
            product = services.get(appointment.service) or False
            values["service"] = {"product_id": product}
        if appointment.staff is not None:
            staff = dict.fromkeys(found[reference] for reference in appointment.staff or ())
            values["staff"] = {"staff_ids": [(6, 0, list(staff))]}
        return values

    def _create_values(self, call, item, values):
        return self._home_values(call) | {
            "name": self._number(item.entity.identifiers, "PLAC", "FILL")
        }

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | self._home_values(call)
