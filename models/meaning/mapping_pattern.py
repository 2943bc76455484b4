"""Mappings for every system as patterns of new ones, whether they still act here or are archived."""

from contextlib import suppress

from odoo import models

from ...core.definition import HEADER
from ...core.drafts import adopted
from ...core.errors import MappingError
from ...core.mapping import Mapper
from .mapping import COLUMNS, columns


class MappingPattern(models.Model):
    _inherit = "interop.mapping"

    def _patterns(self, format_=None, entity=None):
        """Definitions in use, or that were when they were archived; of every format where none is given."""
        domain = [
            ("system_id", "=", False),
            ("extends_id", "=", False),
            ("active_version_id", "!=", False),
        ]
        if format_:
            domain.append(("format", "=", format_))
        if entity:
            domain.append(("entity", "=", entity))
        # what the product knows of a standard is nobody's secret
        found = self.sudo().with_context(active_test=False).search(domain)
        return [mapping._in_use() for mapping in found]

    def _pattern_mapper(self, format_=None):
        """Tells what is read where in a format; it maps no message."""
        return Mapper(pattern.mapping() for pattern in self._patterns(format_))

    def _draft_mappers(self, systems):
        """Of each mapping for one of ``systems`` that has changes nobody put in use: a mapper of it as it stands.

        One that can't work is left out: whoever works at it is told there.
        """
        found = []
        for mapping in self.search([("system_id", "in", systems.ids)]).filtered("is_changed"):
            with suppress(MappingError):
                found.append(Mapper([mapping._definition().mapping()]))
        return found

    def _vals_like(self, format_, entity, documents, places):
        """Values for a mapping of ``documents`` that reads of ``places`` what the likeliest pattern does; {} for none."""
        pattern = adopted(self._patterns(format_, entity), documents, places)
        if pattern is None:
            return {}
        header = {COLUMNS.get(name, name): getattr(pattern, name) for name in HEADER}
        rules = [columns(line) | {"key": False} for line in pattern.lines]
        return header | {"rule_ids": rules}
