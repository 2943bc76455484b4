"""Planned visits: who comes, when, where, and whom it takes."""

from odoo import api, fields, models

from ...core.slots import Slot, clashes

STATUSES = [
    ("proposed", "Proposed"),
    ("booked", "Booked"),
    ("confirmed", "Confirmed"),
    ("arrived", "Arrived"),
    ("completed", "Completed"),
    ("no_show", "Did not come"),
    ("cancelled", "Cancelled"),
]
#: while an appointment takes up people and rooms
TAKING = ("booked", "confirmed", "arrived")


class Appointment(models.Model):
    _name = "interop.appointment"
    _description = "Appointment"
    _inherit = ["interop.mastered"]
    _order = "start_at desc, id desc"

    name = fields.Char(string="Number", required=True, readonly=True)
    active = fields.Boolean(
        default=True, readonly=True, help="Off once the person it was about was erased."
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    facility_id = fields.Many2one("interop.facility", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    status = fields.Selection(STATUSES, required=True, readonly=True, default="booked", index=True)
    start_at = fields.Datetime(string="From", readonly=True, index="btree_not_null")
    end_at = fields.Datetime(string="Until", readonly=True)
    product_id = fields.Many2one("product.product", string="Service", readonly=True)
    staff_ids = fields.Many2many("hr.employee", readonly=True)
    location_id = fields.Many2one("interop.location", string="Place", readonly=True)
    charge_ids = fields.One2many("interop.charge", "appointment_id", string="Fee", readonly=True)
    clash_ids = fields.Many2many(
        "interop.appointment",
        string="At the same time",
        compute="_compute_clashes",
        help="Other appointments that need the same person, or the same room or bed, at the same time.",
    )
    is_clashing = fields.Boolean(
        string="Double-booked", compute="_compute_clashes", search="_search_is_clashing"
    )

    @api.depends("name", "product_id.display_name")
    def _compute_display_name(self):
        """What is planned, in a calendar; never who comes."""
        for appointment in self:
            words = (appointment.product_id.display_name, appointment.name)
            appointment.display_name = ", ".join(word for word in words if word)

    @api.depends("status", "start_at", "end_at", "staff_ids", "location_id")
    def _compute_clashes(self):
        found = (self | self._neighbours())._clashes()
        for appointment in self:
            appointment.clash_ids = self.browse(sorted(found.get(appointment.id, ())))
            appointment.is_clashing = bool(appointment.clash_ids)

    def _search_is_clashing(self, operator, value):
        """Of what is still to come: nobody can mend the past."""
        if operator not in ("in", "not in"):
            return NotImplemented
        coming = self.search([("status", "in", TAKING), ("end_at", ">", fields.Datetime.now())])
        is_wanted = (operator == "in") == (True in value)
        return [("id", "in" if is_wanted else "not in", list(coming._clashes()))]

    def _neighbours(self):
        """Those that overlap with any of these in time, and take people or rooms."""
        timed = self.filtered(lambda one: one.start_at and one.end_at)
        if not timed:
            return self.browse()
        return self.search(
            [
                ("status", "in", TAKING),
                ("start_at", "<", max(timed.mapped("end_at"))),
                ("end_at", ">", min(timed.mapped("start_at"))),
                "|",
                ("staff_ids", "in", timed.staff_ids.ids),
                ("location_id", "in", timed.location_id.ids),
            ]
        )

    def _clashes(self):
        return clashes(
            Slot(one.id, one.start_at, one.end_at, one._takes())
            for one in self
            if one.status in TAKING and one.start_at and one.end_at
        )

    def _takes(self):
        """People, and a room or bed; in a whole ward there is place for many."""
        places = self.location_id.filtered(lambda place: place.kind in ("room", "bed"))
        people = {("hr.employee", id_) for id_ in self.staff_ids.ids}
        return frozenset(people | {("interop.location", id_) for id_ in places.ids})
