"""The words of a lifecycle for people, and moments of the database for ``core/lifecycle.py``."""

from datetime import timezone

from ...core.lifecycle import ACTIVE, DEPRECATED, DRAFT, RETIRED

SELECTION = [
    (DRAFT, "Draft"),
    (ACTIVE, "Active"),
    (DEPRECATED, "Deprecated"),
    (RETIRED, "Retired"),
]


def aware(moment):
    """A moment as Odoo keeps it, in UTC without saying so, as one that says so; what is empty stays empty."""
    return moment.replace(tzinfo=timezone.utc) if moment else None
