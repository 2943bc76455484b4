r"""An HL7 v2 message in memory: separators, segments, repetitions, and the views that rules look at.

Splitting is lazy: a segment is one string until somebody asks for a field of it, a field is one string until
somebody asks for a component. Numbers are the standard's own, from 1; in MSH the field separator is MSH-1 and the
encoding characters are MSH-2 (chapter 2, 2.14.9), so that MSH-9 is the message type.

The objects are read-only by agreement rather than frozen dataclasses: a message makes a dozen of them on the hot
path, and ``object.__setattr__`` would double the cost of reading it. Their ``repr`` never shows a value.

>>> message = parse(["MSH|^~\\&|LAB|NORTH", r"PID|||7^^^A\T\E^MR~8^^^B^PI"])
>>> [repetition.text(4) for repetition in message.named("PID")[0].repetitions(3)]
['A&E', 'B']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ..errors import BadDocument

#: the text of a field that says: delete what you have (chapter 2, 2.5.3 "null")
NULL = '""'

_DEFAULTS = "^~\\&"
#: characters that no sender means as a delimiter: with them every word would fall apart
_NO_DELIMITER = re.compile(r"[A-Za-z0-9\s\x00-\x1f\x7f\"'.]")


_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")


@dataclass(frozen=True, slots=True)
class Separators:
    """MSH-1 and MSH-2 as characters; '' where the sender has none of that kind."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


STANDARD = Separators()


@lru_cache(maxsize=256)
def separators_of(field: str, declared: str) -> Separators:
    """The separators that ``declared`` (MSH-2) means, or ``BadDocument("bad_delimiters")``.

    By position, as 2.5.4 says: component, repetition, escape, subcomponent, (truncation). Real senders leave one out
    in the middle (``^~&``, ``^\\&``): a short value of customary characters is read by what each of them customarily
    is. A doubled escape character is one that was escaped once too often. An empty MSH-2 means the recommended ones.
    """
    characters = declared.strip().replace("\\\\", "\\")[:4] or _DEFAULTS
    if len(characters) < 4 and set(characters) <= set(_DEFAULTS):
        roles = [character if character in characters else "" for character in _DEFAULTS]
        roles[0] = roles[0] or "^"
    else:
        roles = [characters[n : n + 1] for n in range(4)]
    used = [role for role in (field, *roles) if role]
    if len(set(used)) < len(used) or any(_NO_DELIMITER.match(role) for role in used):
        raise BadDocument("bad_delimiters", path="MSH-2")
    found = Separators(field, *roles)
    return STANDARD if found == STANDARD else found


# -- escape sequences (2.7) --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _sequences(escape: str) -> re.Pattern[str]:
    """Only what the standard defines is an escape sequence; a path like ``C:\\scans\\7`` stays as it is."""
    known = (
        r"(?P<name>[FSTREP])|X(?P<hex>(?:[0-9A-Fa-f]{2})+)|(?P<format>\.[A-Za-z]{2}[+-]?\d*|[HN])"
    )
    return re.compile(f"{re.escape(escape)}(?:{known}){re.escape(escape)}")


def unescape(text: str, separators: Separators) -> str:
    r"""``text`` with its escape sequences replaced: \F\ \S\ \T\ \R\ \E\ \P\, \Xhh..\ and \.br\.

    Other formatting (\H\, \N\, \.in+2\ …) is dropped: what we keep is not for display. Hexadecimal data are UTF-8,
    or else Latin-1; NUL, which no database text can hold, is left out.
    """
    if not separators.escape or separators.escape not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        if name := match["name"]:
            return _named(name, separators)
        if digits := match["hex"]:
            return _hexadecimal(digits)
        return "\n" if match["format"].lower() == ".br" else ""

    return _sequences(separators.escape).sub(replace, text)


def _named(name: str, separators: Separators) -> str:
    meant = {
        "F": separators.field,
        "S": separators.component,
        "T": separators.subcomponent or "&",
        "R": separators.repetition or "~",
        "E": separators.escape,
        "P": "#",
    }
    return meant[name]


def _hexadecimal(digits: str) -> str:
    data = bytes.fromhex(digits).replace(b"\0", b"")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


_ESCAPES = str.maketrans(
    {
        "|": r"\F" "\\",
        "^": r"\S" "\\",
        "&": r"\T" "\\",
        "~": r"\R" "\\",
        "\\": r"\E" "\\",
        "\r": r"\X0D" "\\",
        "\n": r"\X0A" "\\",
    }
)


def escape(text: str) -> str:
    """``text`` as one leaf of a message with the standard separators; ``unescape`` gives it back."""
    return text.translate(_ESCAPES)


# -- the message -------------------------------------------------------------------------------------------------------


def leaf(raw: str, separators: Separators, component: int = 1, sub: int = 1) -> str:
    """The unescaped text at ``component`` and ``sub`` of one repetition; '' where there is none."""
    parts = raw.split(separators.component, component)
    if len(parts) < component:
        return ""
    part = parts[component - 1]
    if separators.subcomponent:
        leaves = part.split(separators.subcomponent, sub)
        part = leaves[sub - 1] if len(leaves) >= sub else ""
    elif sub > 1:
        return ""
    return unescape(part, separators)


@dataclass(frozen=True, slots=True, repr=False)
class Repetition:
    """One repetition of a field. ``raw`` is its text as sent, escapes and components included."""

    raw: str
    separators: Separators = STANDARD

    @property
    def is_null(self) -> bool:
        """The sender says that the field is to be emptied."""
        return self.raw == NULL

    @property
    def is_empty(self) -> bool:
        """Nothing but delimiters and blanks: the sender says nothing."""
        separators = self.separators
        return not self.raw.strip(separators.component + separators.subcomponent + " \t")

    def text(self, component: int = 1, sub: int = 1) -> str:
        """The unescaped leaf at ``component`` and ``sub`` (from 1); '' where there is none."""
        return leaf(self.raw, self.separators, component, sub)

    def __repr__(self) -> str:
        return "<Repetition>"


class Segment:
    """One line of a message. ``text`` is the line as sent."""

    __slots__ = ("_fields", "name", "separators", "text")

    def __init__(self, name: str, text: str, separators: Separators = STANDARD):
        self.name = name
        self.text = text
        self.separators = separators
        self._fields: list[str] | None = None

    @property
    def fields(self) -> Sequence[str]:
        """The raw fields; the index is the field's number, 0 the segment's name."""
        if self._fields is None:
            self._fields = self.text.split(self.separators.field)
            if self.name == "MSH":
                self._fields.insert(1, self.separators.field)
        return self._fields

    def raw(self, number: int) -> str:
        """Field ``number`` as sent, all its repetitions; '' where the line ends before it."""
        fields = self._fields or self.fields
        return fields[number] if number < len(fields) else ""

    def repetitions(self, number: int) -> tuple[Repetition, ...]:
        """The repetitions of field ``number``, empty ones included; none of MSH-1 and MSH-2, which are no content."""
        raw = self.raw(number)
        if not raw or (number < 3 and self.name == "MSH"):
            return ()
        separators = self.separators
        if not separators.repetition or separators.repetition not in raw:
            return (Repetition(raw, separators),)
        return tuple(Repetition(part, separators) for part in raw.split(separators.repetition))

    def first(self, number: int) -> str:
        """The first repetition of field ``number``, as sent."""
        raw = self.raw(number)
        repetition = self.separators.repetition
        return raw.split(repetition, 1)[0] if repetition and repetition in raw else raw

    def text_of(self, number: int, component: int = 1) -> str:
        """The leaf that most headers need: first repetition of field ``number``, blanks around it taken off."""
        return leaf(self.first(number), self.separators, component).strip()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segment):
            return NotImplemented
        return self.text == other.text and self.separators == other.separators

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<Segment {self.name}>"


def _by_name(segments: Iterable[Segment]) -> dict[str, tuple[Segment, ...]]:
    index: dict[str, list[Segment]] = {}
    for segment in segments:
        index.setdefault(segment.name, []).append(segment)
    return {name: tuple(found) for name, found in index.items()}


class Message:
    """A whole message; ``segments[0]`` is its MSH."""

    __slots__ = ("_index", "segments", "separators")

    def __init__(self, segments: tuple[Segment, ...], separators: Separators = STANDARD):
        self.segments = segments
        self.separators = separators
        self._index: dict[str, tuple[Segment, ...]] | None = None

    @property
    def header(self) -> Segment:
        """The MSH."""
        return self.segments[0]

    def named(self, name: str) -> tuple[Segment, ...]:
        """The segments called ``name``, in order."""
        if self._index is None:
            self._index = _by_name(self.segments)
        return self._index.get(name, ())

    def __eq__(self, other: object) -> bool:
        return self.segments == other.segments if isinstance(other, Message) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.segments)

    def __repr__(self) -> str:
        return f"<Message of {len(self.segments)} segments>"


class Group:
    """A part of a message that says one thing, such as an order with its FT1. See ``groups``."""

    __slots__ = ("_header", "_index", "message", "segments")

    def __init__(
        self,
        message: Message,
        segments: tuple[Segment, ...],
        header: dict[str, tuple[Segment, ...]],
    ):
        self.message = message
        self.segments = segments
        self._index = _by_name(segments)
        self._header = header

    @property
    def separators(self) -> Separators:
        return self.message.separators

    def named(self, name: str) -> tuple[Segment, ...]:
        """The group's own segments called ``name``; where it has none, those before the first group."""
        return self._index.get(name) or self._header.get(name, ())

    def __repr__(self) -> str:
        return f"<Group of {len(self.segments)} segments>"


def groups(message: Message, each: str) -> tuple[Message | Group, ...]:
    r"""The views that the rules of one mapping look at, in the order of the message.

    ``each`` = "" gives the message itself; otherwise it lists segment names, outermost first ("FT1", "ORC,OBR"). A group
    starts at a listed segment that stands no deeper in the list than the listed one seen last, so a second OBR
    without an ORC of its own is a group of its own. It goes on to the next start; what stands before the first
    group (MSH, PID, PV1 …) is visible from every group that has no such segment itself. "MFE>ORG": the groups that start
    with an ORG within those that start with an MFE; each sees what stands before the first ORG of its MFE, too.

    >>> message = parse(["MSH|^~\\&|", "PID|1", "ORC|1", "OBR|1", "OBR|2", "ORC|3", "OBR|3"])
    >>> [[segment.name for segment in group.segments] for group in groups(message, "ORC,OBR")]
    [['ORC', 'OBR'], ['OBR'], ['ORC', 'OBR']]
    """
    outer, _, inner = each.partition(">")
    if inner:
        return tuple(
            part for group in groups(message, outer) for part in _within(message, group, inner)
        )
    depth = {name.strip(): n for n, name in enumerate(each.split(",")) if name.strip()}
    if not depth:
        return (message,)
    header: list[Segment] = []
    found: list[list[Segment]] = []
    seen = len(depth)
    for segment in message.segments:
        place = depth.get(segment.name)
        if place is not None:
            if place <= seen:
                found.append([])
            seen = place
        (found[-1] if found else header).append(segment)
    index = _by_name(header)
    return tuple(Group(message, tuple(segments), index) for segments in found)


def _within(message: Message, group: Message | Group, name: str) -> Iterator[Group]:
    """The parts of ``group`` that start with a segment called ``name``."""
    starts = [n for n, segment in enumerate(group.segments) if segment.name == name]
    header = _by_name(group.segments[: starts[0]]) if starts else {}
    if isinstance(group, Group):
        header = {**group._header, **header}
    for start, end in pairwise([*starts, len(group.segments)]):
        yield Group(message, group.segments[start:end], header)


def parse(lines: Sequence[str]) -> Message:
    """The message that ``lines`` (the first one an MSH) state.

    Lines without any content are left out. ``BadDocument``: "no_msh", "bad_delimiters", or "bad_segment" for a line
    that is no segment, ``path`` being its number from 1.
    """
    first = lines[0] if lines else ""
    if first[:3] != "MSH" or len(first) < 4:
        raise BadDocument("no_msh")
    field = first[3]
    end = first.find(field, 4)
    separators = separators_of(field, first[4:] if end < 0 else first[4:end])
    segments = []
    for line in lines:
        name = line[:3]
        if line[3:4] in (field, "") and _NAME.fullmatch(name):
            segments.append(Segment(name, line, separators))
        elif line.strip(field + " \t\n"):
            raise BadDocument("bad_segment", path=f"segment[{lines.index(line) + 1}]")
    return Message(tuple(segments), separators)
