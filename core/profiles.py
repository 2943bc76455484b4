"""Adaptations: a system's mapping extends a profile and keeps only what it says differently.

Beside each difference stands what the profile said when it was made, so that a new version of the profile can be looked
at from three sides: what is mine only stays mine, what is theirs only is followed, and what both changed is a conflict
for a person. Until she decides, what is mine goes on acting: nothing changes behind anybody's back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .definition import HEADER, Definition, Line

#: what keeps a difference from being clear, after the profile changed
BOTH_CHANGED, OFF_AND_CHANGED, GONE, BOTH_ADDED, HEADER_CHANGED = (
    "both_changed",
    "off_and_changed",
    "gone",
    "both_added",
    "header_changed",
)


@dataclass(frozen=True, slots=True)
class Own:
    """A rule of an adaptation: ``line`` None switches the profile's off, ``base`` is the profile's as it was then (None: the
    profile had none of this key)."""

    key: str
    line: Line | None
    base: Line | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that an adaptation keeps. ``header``: attribute → (mine, what the profile said)."""

    header: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines: tuple[Own, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.header or self.lines)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What both sides changed. ``key`` is a rule's, or of the header the attribute's name; ``base``, ``mine`` and ``theirs``
    are lines (None: switched off, or gone) or texts."""

    kind: str
    key: str
    base: Any
    mine: Any
    theirs: Any


def difference(profile: Definition, own: Definition) -> Difference:
    """What ``own`` says differently from ``profile``: ``effective(profile, difference(profile, own))`` says what ``own`` does."""
    theirs, mine = profile.by_key(), own.by_key()
    changed = [
        Own(line.key, line, theirs.get(line.key))
        for line in own.lines
        if theirs.get(line.key) != line
    ]
    off = [Own(line.key, None, line) for line in profile.lines if line.key not in mine]
    header = {
        name: (getattr(own, name), getattr(profile, name))
        for name in HEADER
        if getattr(own, name) != getattr(profile, name)
    }
    return Difference(header, (*changed, *off))


def effective(profile: Definition, own: Difference) -> Definition:
    """The whole mapping: the profile with the differences in it. Rules in one place: the profile's first."""
    mine = {one.key: one for one in own.lines}
    lines = [
        line if (one := mine.pop(line.key, None)) is None else _placed(one, line)
        for line in profile.lines
    ]
    lines += (one.line for one in mine.values())
    ordered = sorted((line for line in lines if line is not None), key=lambda line: line.place)
    return replace(
        profile, **{name: said for name, (said, _base) in own.header.items()}, lines=tuple(ordered)
    )


def _placed(one: Own, theirs: Line) -> Line | None:
    """My line, where the profile has its own now, unless I moved it."""
    if one.line is None or one.base is None or one.line.place != one.base.place:
        return one.line
    return replace(one.line, place=theirs.place)


def conflicts(profile: Definition, own: Difference) -> tuple[Conflict, ...]:
    """What of ``own`` the profile, as it is now, has changed as well; none where both say the same."""
    found = [
        Conflict(HEADER_CHANGED, name, base, mine, theirs)
        for name, (mine, base) in own.header.items()
        if (theirs := getattr(profile, name)) not in (base, mine)
    ]
    known = profile.by_key()
    found += (
        Conflict(kind, one.key, one.base, one.line, known.get(one.key))
        for one in own.lines
        if (kind := _conflict(one, known.get(one.key)))
    )
    return tuple(found)


def _conflict(one: Own, theirs: Line | None) -> str:
    """The kind of conflict, '' for none. Where a rule stands is no conflict: an own place is kept."""
    if theirs is None:
        return GONE if one.base is not None and one.line is not None else ""
    if one.base is not None and theirs.rule == one.base.rule:
        return ""
    if one.line is None:
        return OFF_AND_CHANGED
    if theirs.rule == one.line.rule:
        return ""
    return BOTH_CHANGED if one.base is not None else BOTH_ADDED


def kept(profile: Definition, own: Difference, keys: Iterable[str]) -> Difference:
    """``own`` with what goes by ``keys`` confirmed against the profile as it is now: "keep mine"."""
    chosen, known = set(keys), profile.by_key()
    return Difference(
        {
            name: (mine, getattr(profile, name) if name in chosen else base)
            for name, (mine, base) in own.header.items()
        },
        tuple(
            replace(one, base=known.get(one.key)) if one.key in chosen else one for one in own.lines
        ),
    )


def dropped(own: Difference, keys: Iterable[str]) -> Difference:
    """``own`` without what goes by ``keys``: "take theirs", "back to the profile"."""
    chosen = set(keys)
    return Difference(
        {name: said for name, said in own.header.items() if name not in chosen},
        tuple(one for one in own.lines if one.key not in chosen),
    )


def carried_over(base: Definition, mine: Definition, theirs: Definition) -> Definition:
    """What people made (``mine``) of what was shipped (``base``), with the news of what is shipped now (``theirs``).

    What both changed is as people made it, the name as well; the format and the entity are those of ``theirs``.
    """
    carried = effective(theirs, difference(base, mine))
    return carried if mine.name == base.name else replace(carried, name=mine.name)
