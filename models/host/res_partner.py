from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "interop.sync.history"]

    interop_kind = fields.Selection(
        [
            ("patient", "Patient"),
            ("provider", "Provider"),
            ("payer", "Payer"),
            ("supplier", "Supplier"),
        ],
        string="Kind in care",
        copy=False,
        help="What clinical systems know this contact as.",
    )
    interop_birth_date = fields.Date(
        string="Birth date", copy=False, groups="healthcare_interop.group_patient_reader"
    )
    interop_gender = fields.Selection(
        [("male", "Male"), ("female", "Female"), ("other", "Other"), ("unknown", "Unknown")],
        string="Administrative gender",
        copy=False,
        groups="healthcare_interop.group_patient_reader",
    )
    interop_is_deceased = fields.Boolean(string="Deceased", copy=False)
    interop_guarantor_id = fields.Many2one("res.partner", string="Guarantor", copy=False)
