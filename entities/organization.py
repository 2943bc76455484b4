"""organization → ``res.partner`` (a company), or for a department ``hr.department`` with its cost centre."""

from odoo import models

from ..core.canonical import CLEAR
from ..core.errors import BusinessRule
from .partner_values import ADDRESS_FIELDS

KINDS = {"provider": "provider", "payer": "payer", "supplier": "supplier"}


class Organization(models.AbstractModel):
    """A department lives in another model than a partner, so one call is applied in two parts."""

    _name = "interop.entity.organization"
    _inherit = ["interop.closings", "interop.partner.values"]
    _description = "Interop entity: organization"
    _right = "healthcare_interop.group_apply_organization"
    _touches = {
        "res.partner": "wc",
        "hr.department": "wc",
    }

    _entity = "organization"
    _home = "res.partner"
    _attribute_fields = {
        "name": ("name",),
        "kind": ("interop_kind", "supplier_rank", "customer_rank"),
        "tax_id": ("vat",),
        "parent": ("parent_id",),
        "is_active": ("active", "interop_closed_on"),
        "closed_on": ("interop_closed_on", "active"),
        "phone": ("phone",),
        "email": ("email",),
        "address": ADDRESS_FIELDS,
    }

    def _apply(self, call, items):
        departments = [item for item in items if item.entity.kind == "department"]
        others = [item for item in items if item.entity.kind != "department"]
        outcomes = super()._apply(call, others) if others else []
        if departments:
            outcomes += self.env["interop.entity.department"]._apply(call, departments)
        return outcomes

    def _prepare(self, call, items):
        wanted = [(item, item.entity.parent, "parent") for item in items if item.entity.parent]
        return self._take_references(call, wanted)

    def _to_values(self, call, item, found):
        organization = item.entity
        values = self._contact_values(organization.contacts) | self._address_values(
            organization.address
        )
        if organization.name:
            values["name"] = {"name": organization.name}
        if organization.kind:
            values["kind"] = self._kind_values(organization.kind)
        if organization.tax_id is not None:
            values["tax_id"] = {"vat": organization.tax_id or False}
        if organization.parent is not None:
            values["parent"] = {"parent_id": found.get(organization.parent, False)}
        return values | self._closing_values(call, organization)

    def _kind_values(self, kind):
        values = {"interop_kind": KINDS.get(kind, False)}
        if kind == "supplier":
            values["supplier_rank"] = 1
        if kind == "payer":
            values["customer_rank"] = 1
        return values

    def _differs(self, record, name, value):
        if name in ("supplier_rank", "customer_rank"):
            # Odoo counts documents in it: any rank above zero says the same
            return not record[name]
        return super()._differs(record, name, value)

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "is_company": True}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"is_company": True}


class Department(models.AbstractModel):
    """A department and its cost centre; bound under an entity word of its own, since its home is another model."""

    _name = "interop.entity.department"
    _inherit = "interop.closings"
    _description = "Interop entity: department"

    _entity = "department"
    _told_as = "organization"
    _home = "hr.department"
    _attribute_fields = {
        "name": ("name",),
        "parent": ("parent_id",),
        "is_active": ("active", "interop_closed_on"),
        "closed_on": ("interop_closed_on", "active"),
        "replaced_by": ("interop_successor_id",),
    }

    def _prepare(self, call, items):
        wanted = [
            (item, self._as_department(reference), path)
            for item, reference, path in self._mentioned(items, ("parent", "replaced_by"))
        ]
        return self._take_references(call, wanted)

    def _as_department(self, reference):
        return reference and type(reference)(
            "department", reference.identifiers, reference.display, reference.is_carried
        )

    def _to_values(self, call, item, found):
        department = item.entity
        values = {}
        if department.name:
            values["name"] = {"name": department.name}
        if department.parent is not None:
            parent = self._as_department(department.parent)
            values["parent"] = {
                "parent_id": found.get(parent, False) if parent is not CLEAR else False
            }
        if department.replaced_by is not None:
            values["replaced_by"] = {"interop_successor_id": self._successor(department, found)}
        return values | self._closing_values(call, department)

    def _successor(self, department, found):
        successor = department.replaced_by
        if not successor:
            return False
        if set(successor.identifiers) & set(department.identifiers):
            raise BusinessRule("own_successor", path="replaced_by")
        return found[self._as_department(successor)]

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "company_id": call.company}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"company_id": call.company}
