"""What of an HL7 v2 message may be kept: an allow-list, and a list of what never may be (CANON "Never stored").

The never-list wins over whatever an administrator allows. Identifiers that a state issues to a person (social security
number, passport, driving licence) go wherever they stand: among the repetitions of a patient's or a doctor's numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..errors import MappingError
from .hl7v2_message import NULL, Message, Segment, Separators

#: diagnoses, observations, notes, allergies, problems, goals, diets, deaths and accidents, documents
NEVER_SEGMENTS = frozenset(
    "DG1 DRG OBX NTE AL1 IAM IAR PRB GOL PTH VAR DB1 PDA ODS ACC TXA ABS RMI".split()
)

_NEVER_FIELDS = {
    "MSH": {8},  # security: the sender's password, where anybody uses it
    # race, marital status, religion, ethnic group, social security number, driving licence, handicap
    "PID": {10, 16, 17, 19, 20, 22},
    "PD1": {6, 7, 8, 14, 15},
    "NK1": {14, 25, 28, 29, 35, 36, 37},
    "GT1": {12, 30, 34, 41, 44, 47, 52, 55},
    "IN2": {2, 32, 39, 42, 43, 65, 71},
    "STF": {17, 22, 27, 28, 38, 40},
    # reasons, conditions, indications, instructions, comments, relevant clinical information, diagnoses
    "EVN": {4},
    "PV1": {15, 16, 38},
    "PV2": {3, 4, 12, 39, 41, 42},
    "FT1": {19},
    "ORC": {16},
    "OBR": {13, 26, 31, 39},
    "RXO": {6, 7, 20},
    "RXE": {7, 21, 27},
    "RXD": {9, 15, 21},
    "RXA": {9, 18, 19},
    "SCH": {6, 7},
}


#: of these segments nothing but (PR1-3: the billable code)
_ONLY_FIELDS = {"PR1": {3}}

#: the envelope: MSH holds no patient, and the answer and the message's type are made from it
_HEADER = frozenset((1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 18))

#: the standard's longest segment and longest data type are far shorter
MAX_PLACE = 255
#: the number of "*" in an entry, every field
ALL = 0

_ENTRY = re.compile(r"([A-Z][A-Z0-9]{2})-(?:(\*)|([1-9]\d{0,2})(?:\.([1-9]\d?))?)", re.ASCII)
_PERSONAL_TYPES = frozenset(("SS", "SSN", "SB", "PPN", "DL"))
#: US SSN as an assigning authority: its name, its OID
_PERSONAL_AUTHORITY = re.compile(
    r"\bUSSSA\b|\bSSA\b|(?<![\d.])2\.16\.840\.1\.113883\.4\.1(?![\d.])"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What may be kept of one segment. ``fields``: of which fields all, or which components (None: all of it)."""

    is_all: bool
    fields: dict[int, frozenset[int] | None]
    never: frozenset[int]
    only: frozenset[int]

    def keeps(self, number: int) -> bool:
        if number in self.never or (self.only and number not in self.only):
            return False
        return self.is_all or number in self.fields

    def components(self, number: int) -> frozenset[int] | None:
        return None if self.is_all else self.fields[number]


@lru_cache(maxsize=256)
def _compiled(allowed: frozenset[str]) -> dict[str, _Rule]:
    entries: dict[str, list[tuple[int, int]]] = {"MSH": [(number, 0) for number in _HEADER]}
    for text in allowed:
        match = _ENTRY.fullmatch(text)
        if not match:
            raise MappingError("bad_path", path=text)
        name, number, component = match[1], int(match[3] or ALL), int(match[4] or 0)
        entries.setdefault(name, []).append((number, component))
    return {
        name: _rule(name, found) for name, found in entries.items() if name not in NEVER_SEGMENTS
    }


def _rule(name: str, entries: list[tuple[int, int]]) -> _Rule:
    whole = {number for number, component in entries if not component}
    fields: dict[int, frozenset[int] | None] = {}
    for number, _ in entries:
        parts = frozenset(component for other, component in entries if other == number)
        fields[number] = None if number in whole else parts
    return _Rule(
        is_all=ALL in whole,
        fields=fields,
        never=frozenset(_NEVER_FIELDS.get(name, ())),
        only=frozenset(_ONLY_FIELDS.get(name, ())),
    )


def minimise(message: Message, allowed: frozenset[str]) -> tuple[Message, tuple[str, ...]]:
    """``message`` with only what ``allowed`` lists ("PID-3", "PID-11.3", "MSH-*") and the never-list permits.

    The envelope's MSH fields always stay. Positions do not move: a dropped field or component is empty. Also returned:
    the places that were dropped, each once ("OBX", "PID-19", "PID-11.1", "PID-3[5=SS]"), never what stood there.
    Raises ``MappingError("bad_path")`` for an entry that is none.
    """
    rules = _compiled(allowed)
    kept: list[Segment] = []
    dropped: dict[str, None] = {}
    for segment in message.segments:
        rule = rules.get(segment.name)
        if rule is None:
            dropped[segment.name] = None
        else:
            kept.append(_minimised(segment, rule, dropped))
    return Message(tuple(kept), message.separators), tuple(dropped)


def is_never_place(place: str) -> bool:
    """Whether what stands at ``place`` ("OBX", "PID-19", "PID-3[5=SS]") is never stored, whatever a contract says."""
    segment, _, rest = place.partition("-")
    number = int(found[0]) if (found := re.match(r"\d+", rest)) else ALL
    only = _ONLY_FIELDS.get(segment)
    if segment in NEVER_SEGMENTS or "[" in rest or number in _NEVER_FIELDS.get(segment, ()):
        return True
    return only is not None and number != ALL and number not in only


def is_envelope_place(place: str) -> bool:
    """Whether what stands at ``place`` ("MSH-7", "MSH-4.1") is stored whatever a contract lists."""
    segment, _, rest = place.partition("-")
    return segment == "MSH" and rest.partition(".")[0] in map(str, _HEADER)


def _minimised(segment: Segment, rule: _Rule, dropped: dict[str, None]) -> Segment:
    name, separators = segment.name, segment.separators
    fields = list(segment.fields)
    first = 3 if name == "MSH" else 1
    for number in range(first, len(fields)):
        raw = fields[number]
        if not raw:
            continue
        if rule.keeps(number):
            fields[number] = _kept(
                raw, f"{name}-{number}", rule.components(number), separators, dropped
            )
        else:
            dropped[f"{name}-{_bounded(number)}"] = None
            fields[number] = ""
    if name == "MSH":
        del fields[1]
    return Segment(name, separators.field.join(fields).rstrip(separators.field), separators)


def _kept(
    raw: str,
    place: str,
    wanted: frozenset[int] | None,
    separators: Separators,
    dropped: dict[str, None],
) -> str:
    """One field without personal identifiers, and with only the ``wanted`` components (None: all)."""
    if wanted is None and separators.component not in raw:
        return raw
    repetitions = raw.split(separators.repetition) if separators.repetition else [raw]
    kept = []
    for repetition in repetitions:
        components = repetition.split(separators.component)
        if kind := _personal(repetition, components, separators):
            dropped[f"{place}[{kind}]"] = None
        elif wanted is None or repetition == NULL:
            kept.append(repetition)
        else:
            kept.append(separators.component.join(_cut(components, wanted, place, dropped)))
    return separators.repetition.join(kept)


def _cut(
    components: list[str], wanted: frozenset[int], place: str, dropped: dict[str, None]
) -> list[str]:
    kept = []
    for number, component in enumerate(components, 1):
        if component and number not in wanted:
            dropped[f"{place}.{_bounded(number)}"] = None
            component = ""
        kept.append(component)
    return kept


def _bounded(number: int) -> str:
    """``number`` for a list of places: a line of a million delimiters must not make a million of them."""
    return str(number) if number <= MAX_PLACE else f"{MAX_PLACE}+"


def is_personal(repetition: str, separators: Separators) -> bool:
    """Whether a repetition of a field is an identifier that a state issued to a person, and goes wherever it stands."""
    return bool(_personal(repetition, repetition.split(separators.component), separators))


def _personal(repetition: str, components: list[str], separators: Separators) -> str:
    """Why this identifier may not be kept: "5=SS" (CX), "13=SS" (XCN), "4=SSA" by its authority; '' if it may."""
    for number in (5, 13):
        kind = components[number - 1] if number <= len(components) else ""
        if separators.subcomponent:
            kind = kind.split(separators.subcomponent)[0]
        if kind.strip().upper() in _PERSONAL_TYPES:
            return f"{number}={kind.strip().upper()}"
    return "4=SSA" if _PERSONAL_AUTHORITY.search(repetition) else ""
