import logging

from odoo import api, fields, models

from ..exchange.contain import attempt, defect_of, is_race

_logger = logging.getLogger(__name__)


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["interop.mastered", "hr.employee", "interop.sync.history"]

    interop_post_ids = fields.One2many(
        "interop.post",
        "employee_id",
        string="Posts and moves",
        groups="hr.group_hr_user",
        context={"active_test": False},
    )
    interop_due_on = fields.Date(
        string="Next change on",
        index="btree_not_null",
        copy=False,
        readonly=True,
        groups="hr.group_hr_user",
        help="The next day on which something that was told beforehand takes effect.",
    )

    @api.model
    def _create(self, data_list):
        """As Odoo has it, with all versions linked in one go where many are created: it links each by itself, twice."""
        if not self.env.context.get("interop_salary_structure"):
            return super()._create(data_list)
        held = []
        employees = super(HrEmployee, self.with_context(interop_held=held))._create(data_list)
        self.env["hr.version"]._interop_link(held)
        return employees.with_env(self.env)

    def _compute_current_version_id(self):
        """As Odoo has it, with one search for all: it looks for each by itself."""
        stored = self.filtered(lambda employee: isinstance(employee.id, int))
        result = super(HrEmployee, self - stored)._compute_current_version_id()
        today = fields.Date.today()
        versions = self.env["hr.version"].search(
            [("employee_id", "in", stored.ids)], order="date_version, id"
        )
        by_employee = versions.grouped("employee_id")
        for employee in stored:
            own = by_employee.get(employee, versions.browse())
            begun = own.filtered(lambda version: version.date_version <= today)
            # one that starts later is shown as it will be
            current = begun[-1:] or own[:1]
            if employee.current_version_id != current:
                employee.current_version_id = current
        return result

    def _cron_interop_take_effect(self):
        """What was told for today, or for a day since the last run, takes effect; one that can't stops no other."""
        now = fields.Datetime.now()
        plugin = self.env["interop.entity.employee"]
        for employee in plugin._due(now):
            _result, error = attempt(plugin._take_effect, employee, now)
            if error is None:
                continue
            self.env.invalidate_all(flush=False)
            if is_race(error):
                raise error
            _logger.error("what was told of employee %s: %s", employee.id, defect_of(error).detail)
