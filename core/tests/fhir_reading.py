"""What comes back of an entity that is written as FHIR: as the door takes it, minimises it, and the mappings read it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import timezone, tzinfo
from typing import Any

from ..canonical import Entity, Reference
from ..canonical.fhir import to_fhir
from ..codecs import fhir, strict_json
from ..transforms import Context
from . import shipped

#: (entity, attribute, value) that a later fact of the document may change: a question is asked before it is answered
ASKED = ("authorization", "status", "requested")


def there_and_back(entity: Entity, zone: tzinfo = timezone.utc) -> Entity:
    """All that the facts of the document say of the entity. ``AssertionError`` where two contradict each other."""
    (document,) = fhir.decode(strict_json.dumps(to_fhir(entity, zone)))
    kept, _ = shipped.contracts().minimise(document)
    context: Context = shipped.context(zone)
    read = [
        shipped.mapper().entity(fact, context)
        for fact in shipped.mapper().facts(kept, context)
        if fact.entity == entity.NAME
    ]
    said: dict[str, Any] = {}
    for one in read:
        for name, value in (one.said() | {"identifiers": one.identifiers}).items():
            if (entity.NAME, name, said.get(name)) == ASKED:
                said[name] = value
            if name == "identifiers":
                # a later fact may name it by more
                value = tuple(dict.fromkeys((*said.get(name, ()), *value)))
                said[name] = value
            if said.setdefault(name, value) != value:
                raise AssertionError(f"two facts contradict each other: {name}")
    return uncarried(type(entity)(**said))


def uncarried(value: Any) -> Any:
    """``value`` with no reference said to be carried: that tells of the document, not of what it speaks of."""
    if isinstance(value, tuple):
        return tuple(map(uncarried, value))
    if isinstance(value, Reference):
        return replace(value, is_carried=False)
    if not is_dataclass(value):
        return value
    return replace(
        value, **{item.name: uncarried(getattr(value, item.name)) for item in fields(value)}
    )
