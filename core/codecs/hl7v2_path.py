r"""HL7 paths: the notation that interface people know, compiled to look-ups.

::

    path        = alternative *( "|" alternative )          the first that gives anything
    alternative = SEG [ "[" occurrence "]" ] "-" field [ "[" repetition "]" ] [ "." component [ "." subcomponent ] ]
    occurrence  = number | "*"                              default: the first
    repetition  = number | "*" | filter                     default: all of a field, the first of a component
    filter      = component [ "." subcomponent ] "=" value *( "," value )

A path that stops at the field gives ``Repetition`` objects, one with a component gives unescaped text. A filter keeps
the repetitions whose leaf equals one of the values; with a component behind it, the first of those.
What is empty is left out. A field that is null (``""``) is null in every component: the text is ``""`` again.

>>> from .hl7v2_message import parse
>>> view = parse(["MSH|^~\\&|LAB", "PID|||7^^^A^MR~8^^^B^PI||Doe^Jane"])
>>> compile_path("PID-3[5=PI].1").values(view), compile_path("PID-3[*].1").values(view)
(('8',), ('7', '8'))
>>> compile_path("PID-2.1 | PID-3.1").values(view), len(compile_path("PID-3").values(view))
(('7',), 2)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..errors import MappingError
from .hl7v2_message import NULL, Group, Message, Repetition, Segment, Separators, leaf

ALL = 0

_ALTERNATIVE = re.compile(
    r"""\s*(?P<segment>[A-Z][A-Z0-9]{2})
        (?:\[(?P<occurrence>[1-9]\d{0,3}|\*)\])?
        -(?P<field>[1-9]\d{0,2})
        (?:\[(?:(?P<repetition>[1-9]\d{0,3}|\*)
             |(?P<key>[1-9]\d?)(?:\.(?P<key_sub>[1-9]\d?))?=(?P<value>[^\]]+))\])?
        (?:\.(?P<component>[1-9]\d?)(?:\.(?P<sub>[1-9]\d?))?)?\s*""",
    re.VERBOSE | re.ASCII,
)
#: "|" between alternatives; inside brackets it is part of a filter's value
_BAR = re.compile(r"\|(?![^\[]*\])")


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps the repetitions whose leaf is one of ``values``."""

    component: int
    sub: int
    values: frozenset[str]

    def keeps(self, repetition: Repetition) -> bool:
        return repetition.text(self.component, self.sub).strip() in self.values


@dataclass(frozen=True, slots=True)
class Lookup:
    """One alternative of a path. ``component`` is 0 for a path that stops at the field."""

    segment: str
    field: int
    occurrence: int = 1
    repetition: int = ALL
    filter: Filter | None = None
    component: int = 0
    sub: int = 1

    def values(self, view: Message | Group) -> tuple[Repetition, ...] | tuple[str, ...]:
        segments = view.named(self.segment)
        if self.occurrence != ALL:
            segments = segments[self.occurrence - 1 : self.occurrence]
        if len(segments) == 1:
            return self._of(segments[0])
        return tuple(value for segment in segments for value in self._of(segment))

    def _of(self, segment: Segment) -> tuple[Repetition, ...] | tuple[str, ...]:
        if self.component and self.repetition == 1 and not self.filter:
            return self._texts([segment.first(self.field)], segment.separators)
        repetitions = segment.repetitions(self.field)
        if self.filter:
            keeps = self.filter.keeps
            repetitions = tuple([repetition for repetition in repetitions if keeps(repetition)])
        if self.repetition != ALL:
            repetitions = repetitions[self.repetition - 1 : self.repetition]
        if self.component:
            return self._texts([repetition.raw for repetition in repetitions], segment.separators)
        return tuple([repetition for repetition in repetitions if not repetition.is_empty])

    def _texts(self, repetitions: list[str], separators: Separators) -> tuple[str, ...]:
        texts = [
            NULL if raw == NULL else leaf(raw, separators, self.component, self.sub)
            for raw in repetitions
        ]
        return tuple([text for text in texts if text and not text.isspace()])

    @property
    def places(self) -> tuple[str, ...]:
        field = f"{self.segment}-{self.field}"
        if not self.component:
            return (field,)
        filtered = (f"{field}.{self.filter.component}",) if self.filter else ()
        return (f"{field}.{self.component}", *filtered)


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path; ``text`` is what was written."""

    text: str
    lookups: tuple[Lookup, ...]

    def values(self, view: Message | Group) -> tuple[Repetition, ...] | tuple[str, ...]:
        """What stands at this path in ``view``: () when the sender says nothing there."""
        for lookup in self.lookups:
            if found := lookup.values(view):
                return found
        return ()

    @property
    def places(self) -> tuple[str, ...]:
        """What a contract has to allow for this path to see anything: "PID-3", "PID-11.3"."""
        return tuple(dict.fromkeys(place for lookup in self.lookups for place in lookup.places))

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """The path that ``text`` writes; ``MappingError("bad_path")`` where it breaks the grammar above."""
    return Path(text, tuple(_lookup(part, text) for part in _BAR.split(text)))


def _lookup(part: str, text: str) -> Lookup:
    match = _ALTERNATIVE.fullmatch(part)
    if not match:
        raise MappingError("bad_path", path=text)
    component = int(match["component"] or 0)
    return Lookup(
        segment=match["segment"],
        field=int(match["field"]),
        occurrence=_number(match["occurrence"], default=1),
        repetition=_number(match["repetition"], default=1 if component else ALL),
        filter=_filter(match),
        component=component,
        sub=int(match["sub"] or 1),
    )


def _number(written: str | None, *, default: int) -> int:
    if written is None:
        return default
    return ALL if written == "*" else int(written)


def _filter(match: re.Match[str]) -> Filter | None:
    if not match["key"]:
        return None
    values = frozenset(value.strip() for value in match["value"].split(","))
    return Filter(int(match["key"]), int(match["key_sub"] or 1), values)
