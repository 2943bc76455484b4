"""One document on its way through the door."""

from dataclasses import dataclass
from typing import Any

from ...core.contract_versions import Followed, SchemaViolation
from ...core.document import Document, Fact
from ...core.fingerprint import Identity
from .plan import FacilityPlan, SystemPlan


@dataclass(frozen=True, slots=True)
class Parcel:
    """``body`` is minimised and encrypted; ``document`` is what was read and goes no further than this request.

    ``followed`` is what decided about it, ``violation`` what of it does not fit the JSON Schema of that: it is not applied.
    ``silence`` says why a document without facts is discarded; ``trace`` is its W3C ``traceparent``.
    """

    uuid: str
    index: int
    document: Document
    identity: Identity | None
    fingerprint: str
    system: SystemPlan
    facility: FacilityPlan | None
    company: int
    facts: tuple[Fact, ...]
    dropped: tuple[str, ...]
    size: int
    body: bytes
    head: dict[str, Any] | None
    followed: Followed
    violation: SchemaViolation | None = None
    silence: str = ""
    trace: str = ""

    @property
    def dedup_key(self):
        return self.identity.dedup_key if self.identity else None
