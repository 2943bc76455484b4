"""Mappings and their tests as entries of a configuration file."""

from datetime import datetime

from odoo import fields, models

from ...core.bundle.mapping_entries import (
    definition_entry,
    definition_of,
    difference_entry,
    difference_of,
)
from ...core.codecs.strict_json import loads
from ...core.mapping_tests import written


class MappingFile(models.Model):
    _inherit = "interop.mapping"

    def _known(self):
        """What it is known by in any database."""
        system = {"system": self.system_id.code} if self.system_id else {}
        adapts = {"adapts": self.extends_id._known()} if self.extends_id else {}
        return {"name": self.name, "format": self.format} | system | adapts

    def _to_entry(self):
        """As it stands, in use or not, with its tests."""
        said = (
            difference_entry(self._difference())
            if self.extends_id
            else {"definition": definition_entry(self._own_definition())}
        )
        tests = [test._to_entry() for test in self.test_ids.sorted("name")]
        entry = self._known() | {"sequence": self.sequence} | said
        return entry | ({"tests": tests} if tests else {})

    def _find_entry(self, known):
        """The mapping that an entry is about, if there is one."""
        above = self._find_entry(known["adapts"]) if "adapts" in known else self.browse()
        if "adapts" in known and not above:
            return self.browse()
        domain = [
            ("name", "=", known["name"]),
            ("format", "=", known["format"]),
            ("extends_id", "=", above.id),
            ("system_id.code", "=", known["system"])
            if "system" in known
            else ("system_id", "=", False),
        ]
        return self.search(domain, limit=1)

    def _test_named(self, name):
        return self.test_ids.filtered(lambda test: test.name == name)[:1]

    def _take_entry(self, entry):
        """Make it say what the entry says; tests that it does not have are archived. The mapping."""
        mapping = self or self._made_of(entry)
        if "adapts" in entry:
            mapping._keep_difference(difference_of(entry))
        else:
            mapping._take_definition(definition_of(entry))
        if "sequence" in entry and entry["sequence"] != mapping.sequence:
            mapping.sequence = entry["sequence"]
        tests = entry.get("tests", [])
        names = {test["name"] for test in tests}
        mapping.test_ids.filtered(lambda test: test.name not in names).active = False
        for test in tests:
            mapping._take_test(test)
        return mapping

    def _made_of(self, entry):
        """An adaptation, or a mapping with its header only: its rules come after it."""
        system = self.env["interop.system"].search([("code", "=", entry.get("system"))], limit=1)
        if "adapts" in entry:
            return self._find_entry(entry["adapts"])._adapted_for(system)
        definition = definition_of(entry)
        return self.create(
            {
                "name": definition.name,
                "format": definition.format,
                "documents": definition.documents,
                "entity": definition.entity,
                "system_id": system.id,
            }
        )

    def _take_test(self, entry):
        tests = self.env["interop.mapping.test"]
        stood_for = tests
        if "stands_for" in entry:
            stood_for = self._adapted().test_ids.filtered(
                lambda test: test.name == entry["stands_for"]
            )[:1]
        expected = {"expected": written(entry["expected"])} if "expected" in entry else {}
        vals = {
            "name": entry["name"],
            "format": entry["format"],
            "kind": entry.get("kind"),
            "received_at": datetime.fromisoformat(entry["received_at"]),
            "sample": "\n".join(entry["sample"]),
            "stands_for_id": stood_for.id,
            **expected,
        }
        known = self._test_named(entry["name"])
        if known:
            known.write(vals)
        else:
            tests.create({"mapping_id": self.id, **vals})

    def _put_taken_in_use(self):
        if self.is_changed:
            self._propose(note=self.env._("Imported from a file")).action_activate()


class MappingTestFile(models.Model):
    _inherit = "interop.mapping.test"

    def _to_entry(self):
        """``{}`` of none."""
        if not self:
            return {}
        lines = (self.sample or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        entry = {
            "name": self.name,
            "format": self.format,
            "kind": self.kind,
            "received_at": fields.Datetime.to_string(self.received_at),
            "sample": lines,
            "stands_for": self.stands_for_id.name,
        }
        said = {name: value for name, value in entry.items() if value}
        return said | ({"expected": loads(self.expected)} if self.expected else {})
