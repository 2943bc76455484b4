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

    def write(self, vals):
        if self.env["hr.employee"]._interop_owned().keys() & vals.keys():
            current = self.filtered(
                lambda version: version == version.employee_id.current_version_id
            )
            current.employee_id._interop_check_owner(vals)
        return super().write(vals)
