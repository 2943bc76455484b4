from odoo import fields, models


class HrDepartment(models.Model):
    _name = "hr.department"
    _inherit = ["interop.mastered", "hr.department"]

    interop_analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Cost centre",
        help="What is charged or consumed for this department is put down to it.",
    )
