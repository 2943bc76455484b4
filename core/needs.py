"""What contracts have to list so that mappings get what they read, with a class and a purpose for each place.

A place that a mapping reads and no contract allows is dropped at the door, and the mapping gives nothing. Class and
purpose are suggested as the contracts in force have them for what the same attribute is read from elsewhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .allowing import can_be_listed
from .codecs.hl7v2_minimise import is_envelope_place, is_never_place
from .contract import Attribute, Contracts, is_never_at, is_within, strictest
from .mapping import Mapper
from .sources import HL7V2

#: (class, purpose) by what is filled: "party.name", "party"
Customs = Mapping[str, tuple[str, str]]
#: of a resource stored whatever its contract lists
_SKELETON = frozenset(("id", "meta.versionId", "meta.lastUpdated", "meta.source"))


@dataclass(frozen=True, slots=True)
class Need:
    """A place that mappings read and that no contract for ``kinds`` of documents allows; ``read_by`` as ``Mapper.readers``
    has it."""

    place: str
    kinds: tuple[str, ...]
    read_by: tuple[str, ...]
    data_class: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Needs:
    """``allowable`` may be listed. ``never``: places that are read as well and are never stored, whatever is listed."""

    allowable: tuple[Need, ...] = ()
    never: tuple[str, ...] = ()


def needs(
    format: str,
    kinds: Iterable[str],
    mappers: Iterable[Mapper],
    contracts: Contracts,
    customs: Customs,
) -> Needs:
    """What ``mappers`` read of documents of ``kinds`` and would not get, sorted by place.

    Not the whole of a document or segment, which nobody should allow in passing, nor what no contract can name.
    """
    readers: dict[str, dict[str, None]] = defaultdict(dict)
    found: dict[str, set[str]] = defaultdict(set)
    never: set[str] = set()
    mappers = tuple(mappers)
    for kind in sorted(set(kinds)):
        for mapper in mappers:
            for place, whats in mapper.readers(format, kind).items():
                if not _is_one(format, place) or _is_stored(contracts, format, kind, place):
                    continue
                if _is_never(format, kind, place):
                    never.add(place)
                    continue
                found[place].add(kind)
                readers[place].update(dict.fromkeys(whats))
    allowable = tuple(
        Need(
            place,
            tuple(sorted(found[place])),
            tuple(readers[place]),
            *_custom(readers[place], customs),
        )
        for place in sorted(found)
    )
    return Needs(allowable, tuple(sorted(never)))


def is_sent(format: str, need: Need, place: str, kinds: Iterable[str]) -> bool:
    """Whether what a survey found at ``place`` of documents of ``kinds`` is what is needed, within it or around it.

    A place whose name may not be said ("*") is none.
    """
    if "*" in place:
        return False
    common = set(need.kinds).intersection(kinds)
    if format == HL7V2:
        places = [need.place] if common else []
        if place == need.place.partition("-")[0]:
            return bool(common)
    else:
        prefix = "{}." if format == "fhir" else ""
        places = [prefix.format(kind) + need.place for kind in common]
    return any(is_within(place, one) or is_within(one, place) for one in places)


def customs_of(mapper: Mapper, contracts: Contracts) -> Customs:
    """How contracts class what ``mapper`` reads, and what for: of each attribute what most of its places have.

    Of a mapping the first kind of document counts that any contract is for; of equals the stricter class.
    """
    lines: dict[tuple[str, str], tuple[Attribute, ...]] = {}
    votes: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for mapping, what, place in mapper.uses():
        for pattern in mapping.documents:
            key = mapping.format, pattern.replace("*", "x")
            if key not in lines:
                lines[key] = tuple(contracts.lines(*key))
            if lines[key]:
                votes[what].update(
                    (line.data_class, line.purpose)
                    for line in lines[key]
                    if line.purpose and is_within(place, line.path)
                )
                break
    return {what: _most(said) for what, said in votes.items() if said}


def _most(said: Counter[tuple[str, str]]) -> tuple[str, str]:
    top = max(said.values())
    equals = sorted(one for one, times in said.items() if times == top)
    wanted = strictest(data_class for data_class, _purpose in equals)
    return next(one for one in equals if one[0] == wanted)


def _custom(read_by: Iterable[str], customs: Customs) -> tuple[str, str]:
    """The strictest class that any of ``read_by`` has, and what most of them want it for; a purpose '' where nobody says."""
    told = [customs[what] for what in read_by if what in customs]
    purposes = Counter(purpose for _data_class, purpose in told)
    most = purposes.most_common(1)
    return strictest(data_class for data_class, _purpose in told), most[0][0] if most else ""


def _is_one(format: str, place: str) -> bool:
    return "*" not in place and (format == HL7V2 or can_be_listed(place))


def _is_stored(contracts: Contracts, format: str, kind: str, place: str) -> bool:
    if format == HL7V2:
        return not is_never_place(place) and (
            is_envelope_place(place) or contracts.allows(format, kind, place)
        )
    is_skeleton = format == "fhir" and place in _SKELETON and bool(contracts.paths(format, kind))
    return is_skeleton or contracts.allows(format, kind, place)


def _is_never(format: str, kind: str, place: str) -> bool:
    return is_never_place(place) if format == HL7V2 else is_never_at(format, kind, place)
