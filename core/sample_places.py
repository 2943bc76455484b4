"""A sample place by place: what stands there, and whether it would be stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .allowing import at_most
from .document import Document


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at ``path``, or a part of it; ``is_kept`` False where minimisation dropped it, ``is_never`` where it would
    whatever a contract allows."""

    path: str
    value: str
    is_kept: bool
    is_never: bool = False


def places_of(document: Document, minimised: Document) -> list[Place]:
    """The places of ``document`` that hold something, in its order; ``minimised`` as ``Contracts.minimise`` gives it.

    HL7 v2: fields ("PID-5"). A field of which something was dropped comes in parts: what is kept, all that a contract could
    allow where that is more, and the repetitions that are never stored. FHIR and JSON: leaves ("name[0].family").
    """
    most = at_most(document)
    if document.format == "hl7v2":
        return list(_fields(document.body, minimised.body, most.body))
    kept, allowable = _counted(minimised.body), _counted(most.body)
    places = []
    for path, value in _leaves(document.body):
        key = (_without_indexes(path), value)
        is_kept, is_allowable = kept[key] > 0, allowable[key] > 0
        kept[key] -= is_kept
        allowable[key] -= is_allowable
        places.append(Place(path, value, is_kept, not (is_kept or is_allowable)))
    return places


# -- HL7 v2 --


def _fields(message: Any, minimised: Any, most: Any) -> Iterator[Place]:
    """Each field of each segment. A kept segment has lost fields or parts of them; a dropped one is gone with its name."""
    kept, allowable = _by_turn(minimised), _by_turn(most)
    seen: Counter[str] = Counter()
    for segment in message.segments:
        name = segment.name
        turn = name, seen[name]
        seen[name] += 1
        first = 3 if name == "MSH" else 1
        repeats = segment.separators.repetition
        for number in range(first, len(segment.fields)):
            if raw := segment.raw(number):
                left = [
                    found.raw(number) if found else ""
                    for found in (kept.get(turn), allowable.get(turn))
                ]
                yield from _field(f"{name}-{number}", raw, *left, repeats)


def _by_turn(message: Any) -> dict[tuple[str, int], Any]:
    """(name, how many of that name came before) → segment."""
    seen: Counter[str] = Counter()
    found = {}
    for segment in message.segments:
        found[segment.name, seen[segment.name]] = segment
        seen[segment.name] += 1
    return found


def _field(path: str, raw: str, kept: str, allowable: str, repeats: str) -> Iterator[Place]:
    if kept:
        yield Place(path, kept, True)
    if kept == raw:
        return
    if allowable and allowable != kept:
        yield Place(path, allowable, False)
    if never := _without(raw, allowable, repeats):
        yield Place(path, never, False, is_never=True)


def _without(raw: str, allowable: str, repeats: str) -> str:
    """The repetitions of a field that no contract can allow."""
    if not repeats:
        return "" if allowable else raw
    left = Counter(allowable.split(repeats))
    never = []
    for repetition in raw.split(repeats):
        if left[repetition]:
            left[repetition] -= 1
        else:
            never.append(repetition)
    return repeats.join(never)


# -- FHIR and JSON --


def _counted(body: Any) -> Counter[tuple[str, str]]:
    return Counter((_without_indexes(path), value) for path, value in _leaves(body))


def _leaves(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(body, dict):
        for name, value in body.items():
            yield from _leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from _leaves(value, f"{path}[{index}]")
    elif body is not None:
        yield path, str(body)


def _without_indexes(path: str) -> str:
    return "".join(
        part.partition("]")[2] if index else part for index, part in enumerate(path.split("["))
    )
