from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["interop.mastered", "res.partner", "interop.sync.history", "interop.closing"]

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

    # possible duplicates are looked for among what has changed since the last look
    _interop_changed_idx = models.Index("(write_date, id)")

    # When a name changes, Odoo looks for the contacts whose own name is made of it: two searches for each contact
    # written, unless there are plain inverses (child_ids has a domain), which it reads for a whole set at once.
    # A set of changed names costs 0.2 statements each instead of 2.2; nothing else uses these two.
    interop_branch_ids = fields.One2many(
        "res.partner", "parent_id", string="Branches, archived too"
    )
    interop_commercial_ids = fields.One2many(
        "res.partner", "commercial_partner_id", string="Contacts of the same commercial entity"
    )
