"""Mappings for every system as patterns of new ones, whether they still act here or are archived."""

from odoo import models

from ...core.definition import HEADER
from ...core.drafts import adopted
from ...core.mapping import Mapper
from .mapping import COLUMNS, columns


class MappingPattern(models.Model):
    _inherit = "interop.mapping"

    def _patterns(self, format_, entity=None):
        """Definitions in use, or that were when they were archived."""
        domain = [
            ("format", "=", format_),
            ("system_id", "=", False),
            ("extends_id", "=", False),
            ("active_version_id", "!=", False),
        ]
        if entity:
            domain.append(("entity", "=", entity))
        # what the product knows of a standard is nobody's secret
        found = self.sudo().with_context(active_test=False).search(domain)
        return [mapping._in_use() for mapping in found]

    def _pattern_mapper(self, format_):
        """Tells what is read where in a format; it maps no message."""
        return Mapper(pattern.mapping() for pattern in self._patterns(format_))

    def _vals_like(self, format_, entity, documents, places):
        """Values for a mapping of ``documents`` that reads of ``places`` what the likeliest pattern does; {} for none."""
        pattern = adopted(self._patterns(format_, entity), documents, places)
        if pattern is None:
            return {}
        header = {COLUMNS.get(name, name): getattr(pattern, name) for name in HEADER}
        rules = [columns(line) | {"key": False} for line in pattern.lines]
        return header | {"rule_ids": rules}
