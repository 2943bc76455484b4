from odoo import api, fields, models


class HrVersion(models.Model):
    """Where an employee's department and job title are kept; it has a form of its own."""

    _inherit = "hr.version"

    structure_type_id = fields.Many2one(default=lambda self: self._interop_salary_structure())

    def _interop_salary_structure(self):
        """The one looked up for all that are created in one go, else Odoo's."""
        known = self.env.context.get("interop_salary_structure")
        return known or self._default_salary_structure()

    @api.constrains("employee_id", "contract_date_start", "contract_date_end")
    def _check_dates(self):
        """Contracts may not overlap: nothing is looked up for versions without one, of which Odoo checks each by itself."""
        # as Odoo's own check: contract dates are read by few
        with_contract = self.browse(self.sudo().filtered("contract_date_start").ids)
        return super(HrVersion, with_contract)._check_dates() if with_contract else None

    @api.model_create_multi
    def create(self, vals_list):
        owned = self._interop_owned_by_system()
        for vals in vals_list if owned else ():
            if owned & vals.keys() and vals.get("employee_id"):
                employee = self.env["hr.employee"].browse(vals["employee_id"])
                employee._interop_check_owner(vals)
        return super().create(vals_list)

    def write(self, vals):
        if self._interop_owned_by_system() & vals.keys():
            self.filtered(
                lambda version: version._interop_is_to_hold()
            ).employee_id._interop_check_owner(vals)
        return super().write(vals)

    def _interop_owned_by_system(self):
        return set() if self.env.su else self.env["hr.employee"]._interop_owned().keys()

    def _interop_is_to_hold(self):
        """Whether it is the version of today or of a day to come; history is not an employee's department."""
        current = self.employee_id.current_version_id
        return bool(current) and self.date_version >= current.date_version
