"""What can be called, as plain values: from these the documents for machines are made (``openapi``, ``asyncapi``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .lifecycle import DEPRECATED, RETIRED, Lifecycle


@dataclass(frozen=True, slots=True)
class EventType:
    """Documents that may be received: ``documents`` are patterns (``Patient``, ``ADT^*``), ``attributes`` the places kept.

    ``key`` is a word of letters, digits, ``_`` and ``-``, of this event type alone.
    """

    key: str
    name: str
    documents: tuple[str, ...]
    version: str = ""
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """An endpoint; ``schemes`` are those of its credentials, ``event_types`` what it may receive."""

    code: str
    name: str
    format: str
    schemes: tuple[str, ...]
    version: str = "1"
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    takes_good: bool = False
    max_body_kb: int = 1024
    max_batch: int = 1000
    is_limited: bool = False
    event_types: tuple[EventType, ...] = ()

    @property
    def path(self) -> str:
        return f"/interop/v1/in/{self.code}"

    @property
    def is_retired(self) -> bool:
        return self.lifecycle.status == RETIRED

    @property
    def ends(self) -> bool:
        """Whether senders are told that it ends or has ended."""
        return self.lifecycle.status in (DEPRECATED, RETIRED)


def end_of(interface: Interface) -> dict[str, str]:
    """The members of a document that tell how long an interface is spoken (specification extensions).

    >>> end_of(Interface("a", "A", "json", ("api_key",)))
    {'x-status': 'active'}
    """
    life = interface.lifecycle
    told = {"x-status": life.status}
    if life.deprecated_at:
        told["x-deprecated-since"] = life.deprecated_at.isoformat()
    if life.sunset_at:
        told["x-sunset"] = life.sunset_at.isoformat()
    if life.successor:
        told["x-successor"] = life.successor
    return told
