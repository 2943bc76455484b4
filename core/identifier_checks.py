"""Which check digits are looked at, and what a wrong one means: ``interop.identifier.check`` compiled.

Every identifier that an entity states or refers to is looked at, and so are codes of products: a mistyped number must
neither make a patient nor find another one's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .binding import global_system
from .canonical import (
    Coding,
    Entity,
    Identifier,
    InvoiceLine,
    LocationStay,
    OrderLine,
    Packaging,
    PaymentAllocation,
    Product,
    Reference,
    SupplierPrice,
)
from .check_digits import holds
from .errors import MappingError

#: the scheme of a check that looks at what messages state themselves (CX-2 and CX-3)
STATED = "stated"
#: the attributes of small values in which identifiers stand
_WITHIN: dict[type, tuple[str, ...]] = {
    LocationStay: ("location",),
    InvoiceLine: ("product", "code"),
    OrderLine: ("code",),
    SupplierPrice: ("supplier",),
    PaymentAllocation: ("pays",),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of number: those of ``system`` (its URI, OID or assigner's word) and of ``type``, '' where any will do.

    ``is_refused``: a wrong number is an exception; otherwise it is taken and flagged.
    """

    scheme: str
    system: str = ""
    type: str = ""
    is_refused: bool = False

    def is_for(self, system: str, kind: str) -> bool:
        return self.system in ("", system) and self.type in ("", kind)


@dataclass(frozen=True, slots=True)
class Fault:
    """A number whose check digit is wrong: the attribute it stands in, whose number it is, and by which scheme."""

    path: str
    system: str
    type: str
    scheme: str
    is_refused: bool

    def error(self) -> MappingError:
        """What stops the message. It names the place and the scheme, and never the number."""
        whose = " ".join(word for word in (self.scheme, self.system or self.type) if word)
        return MappingError("wrong_check_digit", path=self.path, detail=whose)


class Checks:
    """Checks in the order in which they go: the first one for a number counts. Safe to share between threads."""

    def __init__(self, checks: Iterable[Check]):
        """``ValueError`` for a check of every number there is."""
        given = [
            Check(check.scheme, _written(check.system), check.type, check.is_refused)
            for check in checks
        ]
        self._stated = next((check for check in given if check.scheme == STATED), None)
        self._named = tuple(check for check in given if check.scheme != STATED)
        if any(not (check.system or check.type) for check in self._named):
            raise ValueError("a check needs a system or a type")

    def faults(self, entity: Entity) -> list[Fault]:
        """Every wrong number of ``entity``; the refused ones first."""
        if not (self._stated or self._named):
            return []
        found = dict.fromkeys(
            fault
            for path, identifier in _named_in(entity)
            if (fault := self._fault(path, identifier))
        )
        return sorted(found, key=lambda fault: not fault.is_refused)

    def _fault(self, path: str, identifier: Identifier) -> Fault | None:
        system, kind = _written(identifier.system), identifier.type
        check = next((one for one in self._named if one.is_for(system, kind)), None)
        if check and not holds(check.scheme, identifier.value):
            return Fault(path, system, kind, check.scheme, check.is_refused)
        if check is None and self._stated and identifier.misfit:
            return Fault(path, system, kind, identifier.misfit, self._stated.is_refused)
        return None


def _written(system: str) -> str:
    return global_system(system) or system


def _named_in(entity: Entity) -> Iterator[tuple[str, Identifier]]:
    """(attribute, identifier) of all that an entity states and refers to."""
    for identifier in entity.identifiers:
        yield "identifiers", identifier
    for name, value in entity.said().items():
        for identifier in _within(value):
            yield name, identifier
    if isinstance(entity, Product) and entity.gtin:
        yield "gtin", Identifier(entity.gtin, "gtin")


def _within(value: Any) -> Iterator[Identifier]:
    if isinstance(value, tuple):
        for one in value:
            yield from _within(one)
    elif isinstance(value, Reference):
        yield from value.identifiers
    elif isinstance(value, Coding):
        yield Identifier(value.code, value.system)
    elif isinstance(value, Packaging):
        if value.gtin:
            yield Identifier(value.gtin, "gtin")
    else:
        for name in _WITHIN.get(type(value), ()):
            yield from _within(getattr(value, name))
