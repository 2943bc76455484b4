"""Who leaves is archived, never deleted, and loses what they may and have to do here; who comes back gets none of it back."""

from odoo import models


class Leaving(models.AbstractModel):
    _name = "interop.leaving"
    _description = "Interop leaving"

    def _leave(self, employees, day):
        """Archive ``employees`` as of ``day``, as Odoo does, and take from their users the roles of this add-on."""
        leaving = employees.filtered("active")
        if not leaving:
            return
        # no_wizard: nobody is there to answer Odoo's question about the departure
        leaving.with_context(no_wizard=True).action_archive()
        leaving.write({"departure_date": day})
        self._release(self._gone(leaving))

    def _return(self, employees):
        """Who comes back is an employee again; roles are given by people."""
        employees.filtered(lambda employee: not employee.active).action_unarchive()

    def _gone(self, employees):
        """The users of ``employees`` who do not work here in another employment either (another company, say)."""
        # a service user sees neither other people's users nor other companies' employees; nothing of them is told
        users = employees.sudo().user_id
        if not users:
            return users
        # likewise
        others = self.env["hr.employee"].sudo().search([("user_id", "in", users.ids)])
        return users - others.user_id

    def _release(self, users):
        """Roles, and what is assigned to ``users``; another add-on that gives out more takes it back here."""
        if not users:
            return
        # roles are an administrator's to give; taking them from who has left is nobody's decision any more
        roles = (
            self.env["ir.model.data"]
            .sudo()
            .search([("model", "=", "res.groups"), ("module", "=", "healthcare_interop")])
        )
        held = users.group_ids.filtered(lambda group: group.id in set(roles.mapped("res_id")))
        for user in users.filtered(lambda user: user.group_ids & held):
            user.group_ids -= held
        self._hand_back(users)

    def _hand_back(self, users):
        """Open activities on this add-on's records are nobody's again; the record says so."""
        # activities are seen by who they are for; who hands them back sees no more than that they are there
        activities = (
            self.env["mail.activity"]
            .sudo()
            .search([("user_id", "in", users.ids), ("res_model", "=like", "interop.%")])
        )
        for model, given in activities.grouped("res_model").items():
            # likewise
            records = self.env[model].sudo().browse(given.mapped("res_id")).exists()
            note = self.env._("Whom this was assigned to has left. It is open for everybody again.")
            records._message_log_batch(bodies=dict.fromkeys(records.ids, note))
        activities.write({"user_id": False})
