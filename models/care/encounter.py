"""A visit: what Odoo has no home for, kept to what billing, supply and staffing need."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.stays import spans

CLASSES = [
    ("inpatient", "Inpatient"),
    ("outpatient", "Outpatient"),
    ("emergency", "Emergency"),
    ("daycase", "Day case"),
    ("home", "At home"),
    ("virtual", "Virtual"),
]
STATUSES = [
    ("planned", "Planned"),
    ("in_progress", "In progress"),
    ("on_leave", "On leave"),
    ("finished", "Finished"),
    ("cancelled", "Cancelled"),
]


class Encounter(models.Model):
    _name = "interop.encounter"
    _description = "Encounter"
    _inherit = ["interop.mastered", "mail.thread"]
    _order = "start_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    active = fields.Boolean(
        default=True, readonly=True, help="Off once the person it was about was erased."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    facility_id = fields.Many2one("interop.facility", readonly=True)
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    encounter_class = fields.Selection(CLASSES, string="Class", readonly=True)
    status = fields.Selection(
        STATUSES, readonly=True, default="in_progress", required=True, index=True
    )
    start_at = fields.Datetime(string="From", readonly=True)
    end_at = fields.Datetime(string="Until", readonly=True)
    account = fields.Char(string="Billing account", readonly=True)
    location_id = fields.Many2one("interop.location", string="Place", readonly=True)
    prior_location_id = fields.Many2one("interop.location", string="Place before", readonly=True)
    attending_id = fields.Many2one("hr.employee", readonly=True)
    provider_id = fields.Many2one("res.partner", readonly=True)
    disposition_code = fields.Char(string="Discharge code", readonly=True)
    is_billed_at_end = fields.Boolean(
        string="Invoice at discharge",
        readonly=True,
        help="It ended on a route that drafts invoices at discharge: charges that come late are added.",
    )
    movement_ids = fields.One2many(
        "interop.encounter.stay", "encounter_id", string="Movements", readonly=True
    )
    stay_ids = fields.One2many(
        "interop.encounter.stay",
        "encounter_id",
        string="Places",
        readonly=True,
        domain=[("is_repeat", "=", False)],
    )
    charge_ids = fields.One2many("interop.charge", "encounter_id", string="Charges")
    order_ids = fields.One2many("interop.order", "encounter_id", string="Orders")
    invoice_ids = fields.One2many("account.move", "interop_encounter_id", string="Invoices")
    currency_id = fields.Many2one(related="company_id.currency_id")
    charge_total = fields.Monetary(string="Charges not billed", compute="_compute_charge_total")
    charge_count = fields.Integer(compute="_compute_counts")
    invoice_count = fields.Integer(compute="_compute_counts")

    @api.depends("charge_ids.amount", "charge_ids.state")
    def _compute_charge_total(self):
        for encounter in self:
            open_charges = encounter.charge_ids.filtered(lambda charge: charge.state == "open")
            encounter.charge_total = sum(open_charges.mapped("amount"))

    def _compute_counts(self):
        charges = dict(
            self.env["interop.charge"]._read_group(
                [("encounter_id", "in", self.ids)], ["encounter_id"], ["__count"]
            )
        )
        invoices = self._invoice_counts()
        for encounter in self:
            encounter.charge_count = charges.get(encounter, 0)
            encounter.invoice_count = invoices.get(encounter, 0)

    def _invoice_counts(self):
        """Whoever may not see invoices sees none counted."""
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return {}
        domain = [("interop_encounter_id", "in", self.ids)]
        return dict(moves._read_group(domain, ["interop_encounter_id"], ["__count"]))

    def action_draft_invoice(self):
        """Draft invoices of the charges not billed yet, and show them."""
        with self.env["interop.exception"]._telling_people():
            invoices = self.env["interop.billing"]._draft_invoices(self)
        if not invoices:
            raise UserError(
                self.env._("Nothing to bill: there is no open charge, or no patient to bill it to.")
            )
        return invoices.action_interop_open()

    def action_open_invoices(self):
        return self.invoice_ids.action_interop_open()

    def action_open_charges(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Charges"),
            "res_model": "interop.charge",
            "view_mode": "list,form",
            "domain": [("encounter_id", "in", self.ids)],
        }


class EncounterStay(models.Model):
    """A place an encounter was in from a moment on, as one message told it.

    What follows from all of them together (the end, and whether a row only repeats the place of the one before) is
    computed, so that the order of arrival does not matter.
    """

    _name = "interop.encounter.stay"
    _description = "Stay"
    _order = "start_at, id"
    _rec_name = "location_id"

    encounter_id = fields.Many2one(
        "interop.encounter", required=True, readonly=True, ondelete="cascade", index=True
    )
    location_id = fields.Many2one("interop.location", required=True, readonly=True)
    start_at = fields.Datetime(string="From", readonly=True)
    told_end_at = fields.Datetime(string="Until, as reported", readonly=True)
    end_at = fields.Datetime(string="Until", compute="_compute_span", store=True)
    is_repeat = fields.Boolean(
        string="Same place",
        compute="_compute_span",
        store=True,
        help="The patient was there already: a change of class, or news of the same place.",
    )

    _stay_uniq = models.UniqueIndex(
        "(encounter_id, location_id, start_at)", "This stay is known already."
    )

    @api.depends(
        "told_end_at",
        "start_at",
        "location_id",
        "encounter_id.end_at",
        "encounter_id.movement_ids.start_at",
        "encounter_id.movement_ids.location_id",
        "encounter_id.movement_ids.told_end_at",
    )
    def _compute_span(self):
        for encounter in self.encounter_id:
            stays = encounter.movement_ids | self.filtered(
                lambda stay, encounter=encounter: stay.encounter_id == encounter
            )
            rows = [
                (stay.id, stay.location_id.id, stay.start_at, stay.told_end_at) for stay in stays
            ]
            for stay, span in zip(stays, spans(rows, encounter.end_at), strict=True):
                stay.end_at, stay.is_repeat = span.end, span.is_repeat
