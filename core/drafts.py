"""A first mapping for a new sender of HL7 v2: what a mapping for such messages says of the places that somebody chose.

The standard says where things stand, so that a mapping which was made for other senders is the better beginning than an
empty one: it knows what tells one fact from the next, what tells older news from newer, and which event a trigger is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from .contract import is_within
from .definition import Definition, Line
from .mapping import Mapper
from .sources import compile_source


def adopted(
    patterns: Iterable[Definition], documents: Collection[str], places: Collection[str]
) -> Definition | None:
    """Of ``patterns`` the one that reads most kinds of ``documents``, then most of ``places`` ("PID-3"), for these documents
    and with the rules alone that read one of the places or the message's header. None where none reads any."""
    best, most = None, (0, 0)
    for pattern in patterns:
        reader = Mapper([pattern.mapping()])
        kinds = sum(bool(reader.readers(pattern.format, kind)) for kind in documents)
        lines = tuple(line for line in pattern.lines if _is_told(pattern.format, line, places))
        told = sum(any(_reads(pattern.format, line, place) for line in lines) for place in places)
        if told and (kinds, told) > most:
            best, most = replace(pattern, documents=" ".join(documents), lines=lines), (kinds, told)
    return best


def _is_told(format_name: str, line: Line, places: Collection[str]) -> bool:
    source = line.rule.source
    return (
        not source
        or source.startswith("@")
        or any(_reads(format_name, line, place) for place in places)
    )


def _reads(format_name: str, line: Line, place: str) -> bool:
    read = compile_source(format_name, line.rule.source).places if line.rule.source else ()
    return any(is_within(one, place) or is_within(place, one) for one in read)
