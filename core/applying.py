"""What passes between the drain and the entities: items to apply, the call they share, and the outcomes.

Everything that can be expected comes back as an ``Outcome``; raising is for the unexpected (DESIGN.md section 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from .canonical import Entity, Reference
from .errors import IdentifiersClash, InteropError, MissingCode, TransientError

DONE, FAILED, DISCARDED, PENDING = "done", "failed", "discarded", "pending"


@dataclass(frozen=True, slots=True)
class Item:
    """One fact to apply: ``entity`` as mapped, ``version`` as text that sorts, ``delivery`` the row it belongs to."""

    delivery: int
    subject: str
    event: str
    entity: Entity
    version: str
    received_at: datetime
    waiting_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What all items of one call share (one company, one acting user, one source system).

    ``identity_domain`` scopes the local number ranges of the system; ``may_create`` says what an unknown product, place
    or party becomes; ``wait_seconds`` how long a reference may be awaited; ``now`` the clock; ``moves_locked`` that what falls
    into a locked period is booked on the first open day, where it fails otherwise; ``blocks_gaps`` that goods which Odoo does
    not have can't be used; ``takes_first`` that of identifiers bound to two records the first one counts, where that is an
    exception otherwise.
    """

    system: int
    system_code: str
    identity_domain: str
    company: int
    facility: int
    route: int
    may_create: bool
    wait_seconds: int
    now: datetime
    zone: str = "UTC"
    bill_on_finish: bool = False
    moves_locked: bool = False
    blocks_gaps: bool = False
    takes_first: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item. ``left_out``: attributes that it tells and that another system owns."""

    delivery: int
    state: str
    effect: str = ""
    model: str = ""
    record: int = 0
    reason: str = ""
    error: InteropError | None = None
    retry_after: float | None = None
    left_out: frozenset[str] = frozenset()

    @classmethod
    def done(cls, item: Item, effect: str, model: str = "", record: int = 0) -> Outcome:
        return cls(item.delivery, DONE, effect=effect, model=model, record=record)

    @classmethod
    def discarded(cls, item: Item, reason: str) -> Outcome:
        return cls(item.delivery, DISCARDED, reason=reason)

    @classmethod
    def failed(cls, item: Item, error: InteropError) -> Outcome:
        return cls(item.delivery, FAILED, error=error)

    @classmethod
    def waiting(cls, item: Item, seconds: float, error: InteropError | None = None) -> Outcome:
        return cls(item.delivery, PENDING, error=error, retry_after=seconds)

    def with_record(self, model: str, record: int) -> Outcome:
        return replace(self, model=model, record=record)


#: seconds between two looks for a reference that has not arrived: soon at first, since it is mostly just behind
SHORTEST_LOOK, LONGEST_LOOK = 2.0, 30.0


def missing_reference(item: Item, call: Call, reference: Reference, path: str) -> Outcome:
    """Wait for what ``reference`` names, or fail once the route's patience is over.

    The identifier of a product, service or place is a code and may be named; that of a person may not.
    """
    awaited = TransientError("reference_awaited", path=path, detail=reference.entity)
    return _waiting(item, call, awaited) or Outcome.failed(item, unknown_reference(reference, path))


def clashing_identifiers(
    item: Item,
    call: Call,
    entity: str,
    found: tuple[tuple[str, int], tuple[str, int]],
    path: str,
) -> Outcome:
    """Wait for the merge that makes one of two records of ``entity``, or fail once the route's patience is over.

    ``found`` as ``binding.clash`` gives it. A merge has a subject of its own: what it explains may overtake it.
    """
    error = IdentifiersClash(entity, found, path=path)
    awaited = TransientError("merge_awaited", path=path, detail=error.detail)
    return _waiting(item, call, awaited) or Outcome.failed(item, error)


def _waiting(item: Item, call: Call, awaited: TransientError) -> Outcome | None:
    waited = (call.now - (item.waiting_since or item.received_at)).total_seconds()
    if waited >= call.wait_seconds:
        return None
    pause = min(max(waited, SHORTEST_LOOK), LONGEST_LOOK, call.wait_seconds - waited)
    return Outcome.waiting(item, pause, awaited)


#: entities whose identifiers are codes, not people's
NAMEABLE = frozenset({"product", "service", "location", "organization"})


def unknown_reference(reference: Reference, path: str) -> InteropError:
    """The error for a reference that nothing in Odoo answers to."""
    name = (
        reference.identifiers[0] if reference.identifiers and reference.entity in NAMEABLE else None
    )
    error = MissingCode(
        f"unknown_{reference.entity}",
        path=path,
        system=name.system if name else "",
        value=name.value if name else "",
    )
    error.category = "reference" if name is None else "code"
    return error
