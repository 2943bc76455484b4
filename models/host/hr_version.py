from odoo import api, fields, models

#: of a version's values, those that Odoo does something about where they are written to that of an employee
_WITH_EFFECT = ("resource_calendar_id", "contract_date_start", "contract_date_end")


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

    @api.model
    def _interop_link(self, held):
        """Give versions their employees, set-wise: ``held`` has ``(version, values)`` as Odoo would write them one by one.

        A version was created with all these values but its employee. Of them only working hours and the dates of a contract
        do more than fill a field once it has one: they are written as Odoo would, to all that have the same at once.
        """
        links, same = {}, {}
        for version, values in held:
            links[version.id] = values["employee_id"]
            effective = {name: values[name] for name in _WITH_EFFECT if values.get(name)}
            same.setdefault(tuple(effective.items()), {})[version.id] = None
        versions = self.browse(links)
        versions._write_multi([{"employee_id": employee} for employee in links.values()])
        versions.invalidate_recordset(["employee_id"], flush=False)
        employees = self.env["hr.employee"].browse(links.values())
        employees.invalidate_recordset(["version_ids", "version_id"], flush=False)
        versions.modified(["employee_id"])
        versions._validate_fields(["employee_id"])
        for effective, ids in same.items():
            if effective:
                self.browse(ids).with_prefetch(versions.ids).write(dict(effective))

    def write(self, vals):
        held = self.env.context.get("interop_held")
        if held is not None:
            held.append((self, vals))
            return True
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
