"""Who is given a role of this add-on, and from whom one is taken, leaves an entry: content can be read by who gives it to themselves."""

from contextlib import contextmanager

from odoo import api, models

from ...core.audit import Act

ROLES = (
    "viewer",
    "resolver",
    "operator",
    "administrator",
    "auditor",
    "patient_reader",
    "payload_reader",
    "data_protection",
    "service",
)


class AuditRights(models.AbstractModel):
    _inherit = "interop.audit"

    @contextmanager
    def _watching_roles(self):
        """Record whose roles differ after the block."""
        before = self._roles()
        yield
        after = self._roles()
        changed = [number for number in after | before if before.get(number) != after.get(number)]
        # whoever may change users' groups needs no right to see them here
        users = {user.id: user for user in self.sudo().env["res.users"].browse(changed).exists()}
        self._record(
            Act(
                "rights_changed",
                res_model="res.users",
                res_id=number,
                res_name=users[number].login if number in users else "",
                details={"roles": [before.get(number, []), after.get(number, [])]},
            )
            for number in sorted(changed)
        )

    def _roles(self):
        """``{user id: [roles held, in the order above]}``, by whatever group they are held."""
        held = {}
        for role in ROLES:
            group = self.env.ref(f"healthcare_interop.group_{role}", raise_if_not_found=False)
            # likewise
            users = group.sudo().with_context(active_test=False).all_user_ids if group else ()
            for user in users:
                held.setdefault(user.id, []).append(role)
        return held


class UserAudited(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        if not any("group_ids" in vals for vals in vals_list):
            return super().create(vals_list)
        with self.env["interop.audit"]._watching_roles():
            return super().create(vals_list)

    def write(self, vals):
        if "group_ids" not in vals:
            return super().write(vals)
        with self.env["interop.audit"]._watching_roles():
            return super().write(vals)


class GroupAudited(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        if not {"user_ids", "implied_ids", "implied_by_ids"} & set(vals):
            return super().write(vals)
        with self.env["interop.audit"]._watching_roles():
            return super().write(vals)
