"""What a system's service user has to be able to apply: what its endpoints let in, its mappings make and a route takes.

``reached`` joins the three. An endpoint lets in documents of its format; where it is tied to contracts, those of the kinds
that these are for. Kinds are patterns (``fnmatch``, case counts): two of them meet where some word fits both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

ANY = ("*",)
_STAR = None
#: characters of a pattern's place: (whether they are those that do not fit, which)
_Place = tuple[bool, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What comes in for ``system``: documents of ``format`` whose kind fits one of ``documents``."""

    system: int
    format: str
    documents: tuple[str, ...] = ANY


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping makes ``entity`` of such documents; ``system`` 0: whoever sends them."""

    system: int
    format: str
    documents: tuple[str, ...]
    entity: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A route takes ``entity``; ``system`` 0: whoever tells it. ``options``: what is ticked on it and takes more rights."""

    system: int
    entity: str
    options: frozenset[str] = frozenset()


def reached(
    spoken: Iterable[Spoken], mapped: Iterable[Mapped], taken: Iterable[Taken]
) -> dict[int, frozenset[tuple[str, str]]]:
    """``{system: pairs (entity, option)}`` of what is let in, mapped and taken; each entity stands with the option "" too.

    A system that nothing is let in of is not among them.
    """
    mapped, taken = tuple(mapped), tuple(taken)
    found: dict[int, set[tuple[str, str]]] = {}
    for said in set(spoken):
        pairs = found.setdefault(said.system, set())
        entities = {
            one.entity
            for one in mapped
            if one.system in (0, said.system)
            and _family(one.format) == _family(said.format)
            and _meet(one.documents, said.documents)
        }
        for route in taken:
            if route.system in (0, said.system) and route.entity in entities:
                pairs.update((route.entity, option) for option in ("", *route.options))
    return {system: frozenset(pairs) for system, pairs in found.items()}


def _family(format: str) -> str:
    # events follow the contracts and mappings of JSON
    return "json" if format == "cloudevents" else format


def _meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(overlap(one, other) for one in some for other in others)


@cache
def overlap(one: str, other: str) -> bool:
    """Whether some word fits both patterns."""
    first, second = _places(one), _places(other)
    # row by row from the end: whether what is left of ``first`` and of ``second`` meets
    below = [all(place is _STAR for place in second[at:]) for at in range(len(second) + 1)]
    for place in reversed(first):
        row = [place is _STAR and below[-1]]
        for at in reversed(range(len(second))):
            if place is _STAR or second[at] is _STAR:
                row.append(below[at] or row[-1])
            else:
                row.append(below[at + 1] and _share(place, second[at]))
        below = row[::-1]
    return below[0]


def _share(one: _Place, other: _Place) -> bool:
    """Whether some character fits both places."""
    if one[0] and other[0]:
        return True
    if one[0] or other[0]:
        without, those = (one[1], other[1]) if one[0] else (other[1], one[1])
        return bool(those - without)
    return bool(one[1] & other[1])


def _places(pattern: str) -> list[_Place | None]:
    places: list[_Place | None] = []
    at = 0
    while at < len(pattern):
        letter, at = pattern[at], at + 1
        if letter == "*":
            places.append(_STAR)
        elif letter == "?":
            places.append((True, frozenset()))
        elif letter == "[" and (end := _closing(pattern, at)):
            places.append(_set(pattern[at:end]))
            at = end + 1
        else:
            places.append((False, frozenset(letter)))
    return places


def _closing(pattern: str, at: int) -> int:
    """Where the set that begins at ``at`` ends, 0 where nothing ends it; a bracket that stands first is one of the set."""
    first = at + pattern.startswith("!", at)
    return max(pattern.find("]", first + pattern.startswith("]", first)), 0)


def _set(text: str) -> _Place:
    is_negated = text.startswith("!")
    text = text[is_negated:]
    letters: set[str] = set()
    while text:
        if len(text) > 2 and text[1] == "-":
            letters.update(map(chr, range(ord(text[0]), ord(text[2]) + 1)))
            text = text[3:]
        else:
            letters.add(text[0])
            text = text[1:]
    return is_negated, frozenset(letters)
