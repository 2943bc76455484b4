"""Where a canonical entity mentions a code: so that a person who knows its meaning can bind it for good.

>>> from .canonical import Charge, Coding
>>> charge = Charge(identifiers=(Identifier("1"),), code=Coding("GLV-M", "local"))
>>> mentions(charge, "GLV-M", "product")
(Identifier(value='GLV-M', system='local', type='', assigner=''),)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from .canonical import Coding, Entity, Identifier, Reference

#: a department is an organization on the wire
_SAME = {"department": "organization"}


def referred(entity: Entity, kind: str, attribute: str = "") -> tuple[Reference, ...]:
    """Whom or what of ``kind`` (employee …) ``entity`` refers to, each once, in its order, those of ``attribute`` first; one
    without names is left out."""
    return tuple(
        dict.fromkeys(
            found
            for value in (getattr(entity, attribute, None), entity)
            for found in _walk(value)
            if isinstance(found, Reference) and found.entity == kind and found.identifiers
        )
    )


def mentions(entity: Entity, value: str, kind: str) -> tuple[Identifier, ...]:
    """The identifiers of the first thing of ``kind`` (product, location …) in ``entity`` that goes by ``value``.

    All names that the sender gave it; () where it is not mentioned. A coding is a name of a product or service.
    """
    wanted = _SAME.get(kind, kind)
    for found in _walk(entity):
        if isinstance(found, Reference):
            names = found.identifiers if _SAME.get(found.entity, found.entity) == wanted else ()
        else:
            names = (
                (Identifier(found.code, found.system),) if kind in ("product", "service") else ()
            )
        if any(name.value == value for name in names):
            return names
    return ()


def _walk(value: Any) -> Iterator[Reference | Coding]:
    if isinstance(value, (Reference, Coding)):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _walk(one)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _walk(getattr(value, field.name))
