"""What was set up for one system, for another: a further facility that runs the same product."""

from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError


class Copied(NamedTuple):
    """How much was copied; ``kept`` is what the other system had already, and keeps."""

    mappings: int
    translations: int
    kept: int


class CopyConfiguration(models.Model):
    _inherit = "interop.system"

    def _copy_meaning_to(self, other):
        """Mappings, with their tests, and translations that are for this system only. ``Copied``.

        Mappings are copied as they stand and wait to be put in use. Endpoints, credentials, facilities and bindings are
        a system's own: they are not copied.
        """
        self.ensure_one()
        other.ensure_one()
        if self == other:
            raise UserError(self.env._("Choose another system."))
        mappings, kept_mappings = self._copy_mappings_to(other)
        translations, kept_translations = self._copy_translations_to(other)
        return Copied(mappings, translations, kept_mappings + kept_translations)

    def _copy_mappings_to(self, other):
        """``(copied, kept)``. What adapts another of this system's adapts that one's copy."""
        mappings = self.env["interop.mapping"].search([("system_id", "=", self.id)])
        mappings.check_access("write")
        copies, kept = {}, 0
        for mapping in mappings.sorted(lambda mapping: len(mapping._adapted())):
            above = copies.get(mapping.extends_id, mapping.extends_id)
            same = [("name", "=", mapping.name), ("format", "=", mapping.format)]
            there = mappings.search(
                [*same, ("system_id", "=", other.id), ("extends_id", "=", above.id)]
            )
            if there or (above and not above.active_version_id):
                kept += 1
                continue
            copies[mapping] = mapping._copied_for(other, above)
        return len(copies), kept

    def _copy_translations_to(self, other):
        """``(copied, kept)``."""
        lines = self.env["interop.concept.map.line"]
        mine = lines.search([("for_system_id", "=", self.id)])
        there = {_known(line) for line in lines.search([("for_system_id", "=", other.id)])}
        fresh = mine.filtered(lambda line: _known(line) not in there)
        lines.create([line.copy_data({"for_system_id": other.id})[0] for line in fresh])
        return len(fresh), len(mine) - len(fresh)


class MappingCopying(models.Model):
    _inherit = "interop.mapping"

    def _copied_for(self, system, above):
        """This mapping for another system, adapting ``above`` where it is an adaptation."""
        if self.extends_id:
            copied = above._adapted_for(system)
            copied._keep_difference(self._difference())
        else:
            copied = self.copy({"system_id": system.id})
        for test in self.test_ids:
            test.copy({"mapping_id": copied.id})
        return copied


def _known(line):
    return line.map_id, line.source_system or "", line.source_code, line.valid_from
