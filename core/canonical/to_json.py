"""Canonical entities as canonical JSON: what ``transforms/canonical_json.py`` reads comes back as it was.

Members have the attributes' names; what was not said is left out. ``CLEAR`` can't be written: in this form ``null`` says
nothing.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from ..moments import to_iso_as_said
from .entities import Entity
from .values import CLEAR, Moment, Reference

#: of a value, what the form has no member for
_UNWRITTEN = frozenset(("is_carried", "misfit"))


def to_json(entity: Entity, zone: tzinfo) -> dict[str, Any]:
    """``entity`` as an object. ``zone``: the one that was assumed where a sender named none, so that none is named again.

    Raises ``ValueError`` for an attribute that is ``CLEAR``.
    """
    return {"identifiers": value_to_json(entity.identifiers, zone)} | {
        name: value_to_json(value, zone) for name, value in entity.said().items()
    }


def value_to_json(value: Any, zone: tzinfo) -> Any:
    """One attribute's value. ``ValueError`` for ``CLEAR``."""
    if value is CLEAR:
        raise ValueError("this form can't say that something is empty now")
    if isinstance(value, Moment):
        return to_iso_as_said(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [value_to_json(item, zone) for item in value]
    if is_dataclass(value):
        return {
            item.name: value_to_json(part, zone)
            for item in fields(value)
            if item.name not in _UNWRITTEN
            and (part := getattr(value, item.name)) not in (None, "", ())
            and not (isinstance(value, Reference) and item.name == "entity" and not part)
        }
    if isinstance(value, str | bool | int | Decimal):
        return value
    raise TypeError(type(value).__name__)
