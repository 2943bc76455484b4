from odoo import fields, models


class HrDepartment(models.Model):
    _name = "hr.department"
    _inherit = ["interop.mastered", "hr.department", "interop.closing"]

    interop_analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Cost centre",
        help="What is charged or consumed for this department is put down to it.",
    )
    interop_successor_id = fields.Many2one(
        "hr.department",
        string="Replaced by",
        copy=False,
        help="Bears what is charged or consumed for this department from the day on which it is closed.",
    )

    def _interop_bearer(self, day):
        """The department that bears what costs this one on ``day``: itself, or once closed, the next in line that is open.

        Empty where there is none.
        """
        bearer, seen = self, set()
        while bearer and bearer._interop_is_closed(day):
            seen.add(bearer.id)
            bearer = bearer.interop_successor_id
            if bearer.id in seen:
                return self.browse()
        return bearer
