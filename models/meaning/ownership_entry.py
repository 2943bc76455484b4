"""Ownership as entries of a configuration file."""

from odoo import models


class OwnershipEntry(models.Model):
    _inherit = "interop.ownership"

    def _to_entry(self):
        attributes = sorted(self.attribute_ids.mapped("name"))
        said = {
            "entity": self.entity,
            "attributes": attributes,
            "owner": self.system_id.code,
            "facility": self.facility_id.name,
            "policy": self.policy,
        }
        return {name: value for name, value in said.items() if value}

    def _find_entry(self, entry):
        found = self.search(
            [
                ("entity", "=", entry["entity"]),
                ("facility_id", "=", self._entry_facility(entry).id),
            ]
        )
        wanted = set(entry.get("attributes", []))
        return found.filtered(lambda rule: set(rule.attribute_ids.mapped("name")) == wanted)[:1]

    def _take_entry(self, entry):
        vals = {"system_id": self._entry_system(entry).id, "policy": entry["policy"]}
        if self:
            self.write(vals)
            return self
        attributes = self._entry_attributes(entry)
        return self.create(
            {
                "entity": entry["entity"],
                "attribute_ids": [(6, 0, attributes.ids)],
                "facility_id": self._entry_facility(entry).id,
                **vals,
            }
        )

    def _entry_mistakes(self, entry):
        """What this database does not know of an entry; codes of mistakes."""
        names = set(entry.get("attributes", []))
        if len(self._entry_attributes(entry)) < len(names):
            yield "unknown_attribute"

    def _entry_attributes(self, entry):
        return self.env["interop.attribute"].search(
            [("entity", "=", entry["entity"]), ("name", "in", entry.get("attributes", []))]
        )

    def _entry_system(self, entry):
        codes = [entry["owner"]] if entry.get("owner") else []
        return self.env["interop.system"].search([("code", "in", codes)], limit=1)

    def _entry_facility(self, entry):
        names = [entry["facility"]] if entry.get("facility") else []
        return self.env["interop.facility"].search([("name", "in", names)])
