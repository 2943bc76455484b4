"""What a trial of a message tells: plain values, as people read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...core.applying import Outcome
from ...core.canonical import Entity
from ...core.errors import InteropError
from ...core.minimisation import Row


@dataclass
class Change:
    """One field of one record, as people read it."""

    name: str
    label: str
    before: str
    after: str


@dataclass
class Touched:
    """A record that would be made or changed. ``is_hidden``: the one who tries may not read it."""

    model: str
    id: int
    is_new: bool
    kind: str = ""
    name: str = ""
    is_hidden: bool = False
    is_compared: bool = False
    values: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


@dataclass
class FactTrial:
    """One fact: what it tells, which route takes it, the canonical entity, the outcome and the records.

    ``disagreements`` are those on the record, as they would be afterwards.
    """

    entity_word: str
    event: str
    subject: str
    version: str
    mapping: str
    route: str = ""
    entity: Entity | None = None
    outcome: Outcome | None = None
    error: InteropError | None = None
    records: list[Touched] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)


@dataclass
class DocumentTrial:
    """One document of the sample."""

    kind: str
    envelope: Any
    format: str = ""
    system: str = ""
    facility: str = ""
    rows: list[Row] = field(default_factory=list)
    days: int | None = None
    dropped: tuple[str, ...] = ()
    is_covered: bool = True
    facts: list[FactTrial] = field(default_factory=list)
    error: InteropError | None = None

    @property
    def kept_count(self):
        return sum(row.is_kept for row in self.rows)

    @property
    def dropped_count(self):
        return len(self.rows) - self.kept_count


@dataclass
class SampleTrial:
    """``errors`` are what the door would refuse, with the position in the body; ``left_out`` documents not tried.
    ``drafts`` are the mappings that acted as they stand (ids).

    ``known`` is what records held after the facts so far: a later fact is compared with that.
    """

    documents: list[DocumentTrial] = field(default_factory=list)
    errors: list[tuple[int, InteropError]] = field(default_factory=list)
    left_out: int = 0
    drafts: tuple[int, ...] = ()
    known: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
