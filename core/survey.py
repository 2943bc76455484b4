"""What a sender sends, without what it says: how often each place is filled and what becomes of it, and codes by number.

A survey is made of documents as they are stored and the places that were dropped of them at the door; of a sample, the
whole document as well. It keeps names of places and numbers. A code is kept only where the contract calls its place public
or internal; of others it is only counted how many there are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from .canonical import ENTITIES, Coding
from .codecs.hl7v2_minimise import is_never_place
from .contract import Contracts, is_never_at, is_within
from .document import Document
from .errors import InteropError
from .hl7_names import place_name
from .mapping import Mapper
from .rules import CompiledRule, attributes_of
from .sources import HL7V2
from .survey_places import places, safe_name
from .transforms import Context

#: what becomes of a place
READ, KEPT, DROPPED, NEVER, UNKNOWN = "read", "kept", "dropped", "never", "unknown"
#: the contract's classes whose codes may be shown
_OPEN = frozenset(("public", "internal"))
LONGEST_CODE = 64
MOST_CODES = 50
MOST_HINTS = 3
#: what senders call the attributes
_SYNONYMS = {
    "dob": "birth_date", "dateofbirth": "birth_date", "birthday": "birth_date", "sex": "gender", "mrn": "identifiers",
    "patientid": "identifiers", "id": "identifiers", "number": "identifiers", "phone": "contacts",
    "telephone": "contacts", "mobile": "contacts", "email": "contacts", "street": "address", "zip": "address",
    "zipcode": "address", "postcode": "address", "postalcode": "address", "city": "address", "country": "address",
    "firstname": "name", "lastname": "name", "surname": "name", "givenname": "name", "familyname": "name",
    "fullname": "name", "lang": "language", "qty": "quantity", "uom": "unit", "vatnumber": "tax_id", "taxnumber": "tax_id",
    "lotnumber": "lot", "batch": "lot", "batchnumber": "lot", "expirydate": "expiry", "expirationdate": "expiry",
    "patient": "party", "visit": "encounter", "ward": "location", "duedate": "due_date", "memberid": "member_id",
}  # fmt: skip
#: as minimisation names them: a segment, a field, a component, an identifier of a kind
_HL7_PLACE = re.compile(
    r"[A-Z][A-Z0-9]{2}(?:-\d{1,3}\+?(?:\.\d{1,3}\+?)?(?:\[\d+=[A-Z]{2,3}\])?)?", re.ASCII
)
_SEPARATORS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Row:
    """One place. ``read_by``: what it fills ("party.name"); ``hints``: what it might fill, where nothing reads it."""

    place: str
    name: str
    documents: tuple[str, ...]
    messages: int
    fate: str
    read_by: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The codes that one rule translates. ``times``: how often one came; ``unknown``: how many of the ``distinct`` no map
    knows; ``shown``: (code, times) of those and ``known`` of the others, the most frequent first, where the contract allows."""

    source: str
    concept_map: str
    documents: tuple[str, ...]
    times: int
    distinct: int
    unknown: int
    shown: tuple[tuple[str, int], ...] = ()
    known: tuple[tuple[str, int], ...] = ()


@dataclass
class _Codes:
    documents: set[str] = field(default_factory=set)
    known: Counter[Coding] = field(default_factory=Counter)
    unknown: Counter[Coding] = field(default_factory=Counter)
    is_open: bool = True


class Survey:
    """Made empty, filled by ``add``; ``rows`` and ``codes`` tell what was found.

    ``known`` maps nothing: what its mappings read in HL7 v2 is suggested where nothing else reads it."""

    def __init__(self, contracts: Contracts, known: Mapper | None = None):
        self._contracts = contracts
        self._known = known
        self._messages: Counter[tuple[str, str, str]] = Counter()
        self._kinds: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._readers: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
        self._codes: dict[tuple[str, str], _Codes] = defaultdict(_Codes)
        self._mappers: list[Mapper] = []
        self.documents = 0

    def add(
        self,
        document: Document,
        dropped: Iterable[str],
        mapper: Mapper,
        context: Context,
        whole: Document | None = None,
    ) -> None:
        """Count one message: ``document`` as it is stored, the places that minimisation ``dropped``, and of a sample the
        ``whole``, so that places are named within what was dropped as one."""
        self.documents += 1
        if mapper not in self._mappers:
            self._mappers.append(mapper)
        format = document.format
        seen: set[tuple[str, str, str]] = set()
        kept = places(document)
        for kind, place in kept:
            readers = _readers(mapper.readers(format, kind), format, kind, place)
            is_envelope = format == "hl7v2" and place.startswith("MSH-")
            key = (format, place, READ if readers or is_envelope else KEPT)
            self._readers[key].update(dict.fromkeys(readers or (["envelope"] * is_envelope)))
            self._kinds[key].add(kind)
            seen.add(key)
        gone = set(self._gone(document, dropped))
        if whole is not None:
            gone |= self._within(whole, kept, gone)
        for kind, place in gone:
            key = (format, place, self._fate(format, kind, place))
            self._kinds[key].add(kind)
            seen.add(key)
        self._messages.update(seen)
        self._count_codes(document, mapper, context)

    # -- what was dropped --

    def _gone(self, document: Document, dropped: Iterable[str]) -> Iterable[tuple[str, str]]:
        for place in dropped:
            if document.format == "hl7v2":
                yield document.kind, place if _HL7_PLACE.fullmatch(place) else "*"
            elif document.format == "fhir":
                yield place.partition(".")[0], ".".join(map(safe_name, place.split(".")))
            else:
                yield document.kind, ".".join(map(safe_name, place.split(".")))

    def _within(
        self, whole: Document, kept: set[tuple[str, str]], gone: set[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        """The places of the whole that are in what was dropped as one: fields of a segment, members of a member."""
        format = whole.format
        ones = {one for one in gone if self._fate(format, *one) != NEVER}
        return {
            (kind, place)
            for kind, place in places(whole) - kept
            for outer in (place.partition("-")[0] if format == "hl7v2" else place,)
            if any(is_within(outer, other) for own, other in ones if own == kind)
        }

    def _fate(self, format: str, kind: str, place: str) -> str:
        if format == "hl7v2":
            if is_never_place(place):
                return NEVER
            is_strange = place.startswith("Z")
        else:
            path = place.partition(".")[2] if format == "fhir" else place
            if kind == "Bundle":
                return DROPPED
            if is_never_at(format, kind, path):
                return NEVER
            is_strange = "*" in place or "extension" in place
        return UNKNOWN if is_strange or not self._contracts.paths(format, kind) else DROPPED

    # -- codes --

    def _count_codes(self, document: Document, mapper: Mapper, context: Context) -> None:
        for fact in mapper.facts(document, context):
            seen = fact.view
            for rule in seen.mapping.rules if seen.error is None else ():
                if rule.rule.concept_map and not rule.rule.source.startswith("@"):
                    self._count_rule(document, seen, rule, context)

    def _count_rule(
        self, document: Document, seen: Any, rule: CompiledRule, context: Context
    ) -> None:
        told: list[tuple[Coding, str | None]] = []

        def translate(concept_map: str, coding: Coding) -> str | None:
            target = context.translate(concept_map, coding)
            told.append((coding, target))
            return target

        # what can't be read is an exception of its own; a code that no map knows was noted before
        with suppress(InteropError):
            rule.evaluate(seen.view, replace(context, translate=translate, untranslated=None))
        if not told:
            return
        codes = self._codes[rule.path, rule.rule.concept_map]
        kind = _kind(document, seen)
        codes.documents.add(kind)
        codes.is_open &= self._is_open(document.format, kind, seen.mapping.places_of(rule))
        for coding, target in told:
            (codes.unknown if target is None else codes.known)[coding] += 1

    def _is_open(self, format: str, kind: str, looked_at: tuple[str, ...]) -> bool:
        classes = {self._contracts.data_class(format, kind, place) for place in looked_at}
        return bool(classes) and classes <= _OPEN

    # -- the result --

    def rows(self) -> list[Row]:
        """Each place once for each fate, those that most messages have first."""
        found = [
            Row(
                place=place,
                name=place_name(place) if format == "hl7v2" else "",
                documents=tuple(sorted(self._kinds[format, place, fate])),
                messages=messages,
                fate=fate,
                read_by=tuple(self._readers[format, place, fate]) if fate == READ else (),
                hints=self._suggestions(format, place, fate),
            )
            for (format, place, fate), messages in self._messages.items()
        ]
        return sorted(found, key=lambda row: (-row.messages, row.place, row.fate))

    def codes(self) -> list[CodeRow]:
        """What rules translate, those with codes that no map knows first."""
        found = [
            CodeRow(
                source=source,
                concept_map=concept_map,
                documents=tuple(sorted(codes.documents)),
                times=codes.known.total() + codes.unknown.total(),
                distinct=len(codes.known.keys() | codes.unknown.keys()),
                unknown=len(codes.unknown),
                shown=_shown(codes.unknown) if codes.is_open else (),
                known=_shown(codes.known) if codes.is_open else (),
            )
            for (source, concept_map), codes in self._codes.items()
        ]
        return sorted(found, key=lambda row: (-row.unknown, row.source, row.concept_map))

    def _suggestions(self, format: str, place: str, fate: str) -> tuple[str, ...]:
        """What a place that nothing reads might fill: what mappings of other documents read there, or what its name says."""
        if fate in (READ, NEVER):
            return ()
        if format == "hl7v2":
            return tuple(dict.fromkeys(self._read_elsewhere(place, fate)))[:MOST_HINTS]
        if format == "fhir":
            return ()
        kinds = self._kinds[format, place, fate]
        return tuple(
            dict.fromkeys(hint for kind in sorted(kinds) for hint in _by_name(kind, place))
        )[:MOST_HINTS]

    def _read_elsewhere(self, place: str, fate: str) -> Iterable[str]:
        """What mappings of such documents, then those of any, read at a place of HL7 v2."""
        mappers = [*self._mappers, *([self._known] if self._known else ())]
        kinds = sorted(self._kinds[HL7V2, place, fate])
        tables = [mapper.readers(HL7V2, kind) for mapper in mappers for kind in kinds]
        tables += [mapper.readers_of_all(HL7V2) for mapper in mappers]
        for readers in tables:
            for other, whats in readers.items():
                if is_within(other, place) or is_within(place, other):
                    yield from (what for what in whats if "." in what and "@" not in what)


def _readers(
    readers: dict[str, tuple[str, ...]], format: str, kind: str, place: str
) -> tuple[str, ...]:
    """What a place fills. A field is read where one of its components is; an element where what it is in is."""
    path = place.removeprefix(f"{kind}.") if format == "fhir" else place
    return tuple(
        dict.fromkeys(
            what
            for other, whats in readers.items()
            if is_within(path, other) or (format == "hl7v2" and is_within(other, path))
            for what in whats
        )
    )


def _kind(document: Document, seen: Any) -> str:
    """The kind of document that a fact was found in: in FHIR that of its resource."""
    if document.format != "fhir":
        return document.kind
    resource = seen.view.body
    return str(resource.get("_root", resource)["resourceType"])


def _shown(codes: Counter[Coding]) -> tuple[tuple[str, int], ...]:
    short = [
        (coding.code, times) for coding, times in codes.items() if len(coding.code) <= LONGEST_CODE
    ]
    return tuple(sorted(short, key=lambda one: (-one[1], one[0]))[:MOST_CODES])


def _by_name(kind: str, place: str) -> Iterable[str]:
    """Attributes that are called as the place is, of the entities that the kind of document speaks of."""
    names = place.split(".")
    words = [_SEPARATORS.sub("", name.lower()) for name in reversed(names)]
    told = [entity for entity in ENTITIES if entity in kind.lower().replace("-", "_")]
    told += [_SYNONYMS[name] for name in words if _SYNONYMS.get(name) in ENTITIES]
    for entity in dict.fromkeys(told or ENTITIES):
        known = {name.replace("_", ""): name for name in attributes_of(entity) if "@" not in name}
        for name in words:
            attribute = known.get(name) or _SYNONYMS.get(name)
            if attribute in known.values():
                yield f"{entity}.{attribute}"
                break
