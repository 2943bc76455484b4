from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Preferences are written with Odoo's own rights, to employees and contacts too: it is still the user who says so."""
        if not self.env.su and self.env["interop.ownership"]._rules().entities:
            for own in ("partner_id", "employee_ids"):
                names = {
                    field.related.rpartition(".")[2]: vals[name]
                    for name in vals
                    if (field := self._fields.get(name)) and self._leads_to(field, own)
                }
                if names:
                    # whose they are is asked of all, whoever may see them
                    self.sudo()[own].sudo(False)._interop_check_owner(names)
        return super().write(vals)

    def _leads_to(self, field, own):
        through = {"partner_id": ("partner_id",), "employee_ids": ("employee_id", "employee_ids")}
        return bool(field.related) and field.related.partition(".")[0] in through[own]
