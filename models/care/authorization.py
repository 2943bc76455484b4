"""Authorizations: what payers said beforehand that they will pay for."""

from odoo import api, fields, models


class Authorization(models.Model):
    _name = "interop.authorization"
    _description = "Authorization"
    _inherit = ["interop.mastered", "interop.validity"]
    _order = "valid_from desc, id desc"
    _valid_status = "approved"

    name = fields.Char(
        string="Number", readonly=True, help="The payer's number, which claims have to carry."
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    facility_id = fields.Many2one("interop.facility", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    payer_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    status = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("denied", "Denied"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="requested",
        index=True,
    )
    product_id = fields.Many2one("product.product", string="Service", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    encounter_id = fields.Many2one("interop.encounter", readonly=True, index="btree_not_null")
    appointment_id = fields.Many2one("interop.appointment", readonly=True, index="btree_not_null")

    @api.depends("name", "payer_id.display_name", "product_id.display_name")
    def _compute_display_name(self):
        """Never the patient: names of records stand in places that show no more of one."""
        for one in self:
            parts = (one.payer_id.display_name, one.product_id.display_name, one.name)
            words = ", ".join(part for part in parts if part)
            one.display_name = words or self.env._("Authorization without a number")
