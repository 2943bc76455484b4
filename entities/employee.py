"""employee → ``hr.employee``: onboarded, changed, left (archived, never deleted)."""

from odoo import models

WORKER_TYPES = {"staff": "employee", "contractor": "contractor", "partner": "freelance"}


class Employee(models.AbstractModel):
    _name = "interop.entity.employee"
    _inherit = "interop.entity.upsert"
    _description = "Interop entity: employee"

    _entity = "employee"
    _home = "hr.employee"

    def _prepare(self, call, items):
        department = self.env["interop.entity.department"]
        wanted = [
            (item, department._as_department(item.entity.organization), "organization")
            for item in items
            if item.entity.organization
        ]
        # a practitioner's organization is often another house: a department only where it is known as one
        return self._find_references(call, {reference for _item, reference, _path in wanted}), {}

    def _to_values(self, call, item, found):
        employee = item.entity
        values = self._contact_values(employee.contacts)
        if employee.name:
            values["name"] = {"name": employee.name.display}
        if employee.role is not None:
            values["role"] = {"job_title": employee.role or False}
        if employee.worker_type:
            word = self._one_of(WORKER_TYPES, employee.worker_type, "worker_type")
            values["worker_type"] = {"employee_type": WORKER_TYPES[word]}
        if employee.organization:
            department = found.get(
                self.env["interop.entity.department"]._as_department(employee.organization)
            )
            if department:
                values["organization"] = {"department_id": department}
        is_active = False if item.event == "left" else employee.is_active
        if is_active is not None:
            values["is_active"] = {"active": bool(is_active)}
        return values

    def _contact_values(self, contacts):
        if contacts is None:
            return {}
        chosen = {}
        for contact in contacts or ():
            chosen.setdefault(contact.kind, contact.value)
        return {
            "phone": {"work_phone": chosen.get("phone", False)},
            "mobile": {"mobile_phone": chosen.get("mobile", False)},
            "email": {"work_email": chosen.get("email", False)},
        }

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "company_id": call.company}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"company_id": call.company}

    def _change(self, call, old, known):
        """A contact that was named after a stub learns the name with it; one that people renamed keeps theirs."""
        employees = self.env[self._home].browse(sorted({record for *_rest, record in old})).exists()
        named = {employee: employee.name for employee in employees}
        following = employees.filtered(lambda one: one.work_contact_id.name == named[one])
        outcomes = super()._change(call, old, known)
        contacts = following.work_contact_id
        for employee in following:
            if employee.name != named[employee]:
                # one prefetch for all, as everywhere
                contact = employee.work_contact_id.with_prefetch(contacts.ids)
                contact.write({"name": employee.name})
        return outcomes
