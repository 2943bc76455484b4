"""location → ``interop.location``: the tree of wards, rooms, beds and stores."""

from odoo import models


class Location(models.AbstractModel):
    _name = "interop.entity.location"
    _inherit = "interop.hierarchy"
    _description = "Interop entity: location"
    _right = "healthcare_interop.group_apply_location"
    _right_also = {"unknown_master": ("organization",)}
    _touches = {
        "interop.location": "wc",
    }

    _entity = "location"
    _home = "interop.location"
    _attribute_fields = {
        "name": ("name",),
        "kind": ("kind",),
        "parent": ("parent_id",),
        "organization": ("organization_id",),
        "status": ("active",),
        "operational_status": ("operational_status",),
    }

    def _prepare(self, call, items):
        return self._take_references(call, self._mentioned(items, ("parent", "organization")))

    def _to_values(self, call, item, found):
        location = item.entity
        values = {}
        if location.name:
            values["name"] = {"name": location.name}
        if location.kind:
            values["kind"] = {"kind": self._word("kind", location.kind)}
        if location.parent is not None:
            values["parent"] = {"parent_id": found.get(location.parent, False)}
        if location.organization is not None:
            values["organization"] = {"organization_id": found.get(location.organization, False)}
        if location.status is not None:
            values["status"] = {"active": location.status != "inactive"}
        if location.operational_status is not None:
            values["operational_status"] = {
                "operational_status": self._word("operational_status", location.operational_status)
            }
        return values

    def _word(self, name, value):
        return self._one_of(self.env[self._home]._fields[name].get_values(self.env), value, name)

    def _differs(self, record, name, value):
        if name == "parent_id" and value == record.id:
            # a ward that names no more than itself: a sender's slip, which says nothing
            return False
        return super()._differs(record, name, value)

    def _refused(self, call, old):
        return super()._refused(
            call,
            [entry for entry in old if entry[2].get("parent", {}).get("parent_id") != entry[-1]],
        )

    def _create_values(self, call, item, values):
        return {"name": item.entity.identifiers[0].value, "company_id": call.company}

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | {"company_id": call.company}
