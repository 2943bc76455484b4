"""What goes and what stays: every place of a document, and the line of a contract that keeps it or the reason it goes.

What is kept is not judged a second time: the document is minimised, and each of its leaves is looked for in the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .allowed import by_url, extension_url, split_path
from .allowing import at_most, can_be_listed
from .codecs.fhir_structure import RESOURCE_TYPES
from .codecs.hl7v2_minimise import is_personal
from .contract import Contracts, strictest
from .document import Document

#: why something goes, and why something stays that no line lists
NEVER, EXTENSION, NOT_LISTED, NO_CONTRACT = "never", "extension", "not_listed", "no_contract"
ENVELOPE, LISTED = "envelope", "listed"


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf of a document: ``path`` with indexes, ``value`` as it came, ``kept`` what is stored of it ('' of what goes).

    ``reason``: ``LISTED`` or ``ENVELOPE`` of what is kept, else why it is not. ``kind`` and ``listed_as``: how a contract
    would list the place ('' where none can). What lists it: ``contract`` (name) and ``attribute`` (its path, the closest
    one), the purpose; the strictest class and the shortest retention of all that list it.
    """

    path: str
    value: str
    kept: str
    reason: str
    kind: str
    listed_as: str
    contract: str = ""
    attribute: str = ""
    data_class: str = ""
    purpose: str = ""
    retention_days: int | None = None

    @property
    def is_kept(self) -> bool:
        return self.reason in (LISTED, ENVELOPE)

    @property
    def can_be_allowed(self) -> bool:
        return not self.is_kept and self.reason != NEVER and bool(self.listed_as)


def account(document: Document, contracts: Contracts) -> list[Row]:
    """A ``Row`` for each leaf of ``document``, in its order: scalars of FHIR and JSON but null, which says nothing;
    components of HL7 v2 that are not empty, from MSH-3 on.

    Kept are exactly the leaves that ``contracts.minimise`` keeps.
    """
    leaves = _Components if document.format == "hl7v2" else _Scalars
    found = leaves(document)
    kept = found.kept_of(contracts.minimise(document)[0], contracts)
    most = found.kept_of(at_most(document), None)
    return [_row(leaf, kept, most, document, contracts) for leaf in found.leaves]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """``names``: the place as a contract's path would lead there, ``kind`` the document or resource it is of."""

    number: int
    path: str
    value: Any
    kind: str
    names: tuple[str, ...]


def _row(
    leaf: _Leaf,
    kept: dict[int, str],
    most: dict[int, str],
    document: Document,
    contracts: Contracts,
) -> Row:
    format = document.format
    row = Row(
        leaf.path,
        str(leaf.value),
        kept.get(leaf.number, ""),
        "",
        leaf.kind,
        _listed_as(format, leaf.names),
    )
    lines = list(contracts.listing(format, leaf.kind, leaf.names))
    if leaf.number not in kept:
        has_contract = bool(contracts.paths(format, leaf.kind))
        return replace(row, reason=_why_not(leaf, most, has_contract))
    if not lines:
        return replace(row, reason=ENVELOPE)
    contract, line = max(lines, key=lambda one: _closeness(one[1].path))
    days = [one.kept_days for _contract, one in lines if one.kept_days is not None]
    return replace(
        row,
        reason=LISTED,
        contract=contract.name or contract.document,
        attribute=line.path,
        data_class=strictest(one.data_class for _contract, one in lines),
        purpose=line.purpose,
        retention_days=min(days, default=None),
    )


def _why_not(leaf: _Leaf, most: dict[int, str], has_contract: bool) -> str:
    if leaf.number not in most:
        return NEVER
    if not has_contract:
        return NO_CONTRACT
    return EXTENSION if any(map(extension_url, leaf.names)) else NOT_LISTED


def _listed_as(format: str, names: tuple[str, ...]) -> str:
    """FHIR keeps an extension by its URL, with all that is in it."""
    if format == "hl7v2":
        return names[-1]
    for number, name in enumerate(names, 1):
        if extension_url(name):
            names = names[:number]
            break
    path = ".".join(names)
    return path if can_be_listed(path) else ""


def _closeness(path: str) -> tuple[int, int]:
    return len(split_path(path)), -path.count("*")


# -- HL7 v2: components --


class _Components:
    """Components of repetitions of fields; each by the turn of its segment among those of its name."""

    def __init__(self, document: Document):
        self._message = document.body
        self._by_place: dict[tuple[str, int, int, int, int], int] = {}
        self.leaves = [
            self._leaf(document, number, *found) for number, found in enumerate(self._walk())
        ]

    def _walk(self) -> Iterator[tuple[tuple[str, int, int, int, int], str, str]]:
        """(segment, turn, field, repetition, component), the path, what stands there."""
        for name, turn, segment in _turns(self._message):
            separators = segment.separators
            for field in range(_first(name), len(segment.fields)):
                for again, repetition in enumerate(
                    _split(segment.raw(field), separators.repetition)
                ):
                    parts = repetition.split(separators.component)
                    for part, value in enumerate(parts, 1):
                        if value:
                            place = (name, turn, field, again, part)
                            yield place, _hl7_path(place, len(parts) > 1), value

    def _leaf(
        self,
        document: Document,
        number: int,
        place: tuple[str, int, int, int, int],
        path: str,
        value: str,
    ) -> _Leaf:
        self._by_place[place] = number
        name, _turn, field, _again, part = place
        exact = f"{name}-{field}.{part}"
        # a field of one component is listed as a field, and kept by what lists its first component too
        listed = exact if "." in path else f"{name}-{field}"
        return _Leaf(number, path, value, document.kind, (exact, listed))

    def kept_of(self, minimised: Document, _contracts: Contracts | None) -> dict[int, str]:
        """{leaf's number: what is kept}. Segments go by name, so that turns stay; repetitions go one by one."""
        after = {(name, turn): segment for name, turn, segment in _turns(minimised.body)}
        kept = {}
        for name, turn, segment in _turns(self._message):
            left = after.get((name, turn))
            for field in range(_first(name), len(segment.fields)) if left else ():
                for again, repetition in _survivors(segment, field, left.raw(field)):
                    for part, value in enumerate(repetition.split(segment.separators.component), 1):
                        if value:
                            kept[self._by_place[name, turn, field, again, part]] = value
        return kept


def _turns(message: Any) -> Iterator[tuple[str, int, Any]]:
    seen: dict[str, int] = {}
    for segment in message.segments:
        turn = seen.get(segment.name, 0)
        seen[segment.name] = turn + 1
        yield segment.name, turn, segment


def _survivors(segment: Any, field: int, left: str) -> Iterator[tuple[int, str]]:
    """(which repetition it was, what is left of it)."""
    raw, separators = segment.raw(field), segment.separators
    if not left:
        return
    before = list(enumerate(_split(raw, separators.repetition)))
    if left != raw:
        before = [(at, text) for at, text in before if not is_personal(text, separators)]
    for (again, _text), text in zip(before, _split(left, separators.repetition), strict=True):
        yield again, text


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]


def _first(name: str) -> int:
    return 3 if name == "MSH" else 1


def _hl7_path(place: tuple[str, int, int, int, int], has_parts: bool) -> str:
    """``PID-3.1``; ``NK1[2]-2[3].1`` for the third repetition in the second NK1."""
    name, turn, field, again, part = place
    path = f"{name}[{turn + 1}]-{field}" if turn else f"{name}-{field}"
    path += f"[{again + 1}]" if again else ""
    return f"{path}.{part}" if has_parts else path


# -- FHIR and JSON: scalars --


class _Word(str):
    """A text that remembers which leaf it is; of a part of it, which is kept of a URL, too."""

    __slots__ = ("number",)
    number: int

    def partition(self, sep: str) -> tuple[str, str, str]:  # type: ignore[override]
        head, found, tail = super().partition(sep)
        return _word(head, self.number), found, tail


def _word(text: str, number: int) -> _Word:
    word = _Word(text)
    word.number = number
    return word


@dataclass(frozen=True, slots=True)
class _Other:
    """A number, a truth or bytes that remember which leaf they are; equal to what they stand for."""

    value: Any
    number: int

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, _Other) else other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return str(self.value)


class _Scalars:
    def __init__(self, document: Document):
        self._document = document
        self.leaves: list[_Leaf] = []
        self._marked = self._mark(document.body, "", document.kind, ())

    def _mark(self, value: Any, path: str, kind: str, names: tuple[str, ...]) -> Any:
        """``value`` with leaves that remember themselves."""
        if isinstance(value, dict):
            if self._document.format == "fhir" and str(value.get("resourceType")) in RESOURCE_TYPES:
                kind, names = str(value["resourceType"]), ()
            return {
                name: self._mark_member(
                    member, name, f"{path}.{name}" if path else name, kind, names
                )
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [
                self._mark(item, f"{path}[{index}]", kind, names)
                for index, item in enumerate(value)
            ]
        return value if value is None else self._marked_leaf(value, path, kind, names)

    def _mark_member(
        self, member: Any, name: str, path: str, kind: str, names: tuple[str, ...]
    ) -> Any:
        is_extension = self._document.format == "fhir" and name == "extension"
        if not (is_extension and isinstance(member, list)):
            return self._mark(member, path, kind, (*names, name))
        return [
            self._mark(item, f"{path}[{index}]", kind, (*names, by_url(item)))
            for index, item in enumerate(member)
        ]

    def _marked_leaf(self, value: Any, path: str, kind: str, names: tuple[str, ...]) -> Any:
        number = len(self.leaves)
        self.leaves.append(_Leaf(number, path, value, kind, names))
        return _word(value, number) if isinstance(value, str) else _Other(value, number)

    def kept_of(self, _minimised: Document, contracts: Contracts | None) -> dict[int, str]:
        """{leaf's number: what is kept}: the marked document, minimised; None: as much as any contract could allow."""
        marked = replace(self._document, body=self._marked)
        body = at_most(marked).body if contracts is None else contracts.minimise(marked)[0].body
        return dict(_marks(body))


def _marks(value: Any) -> Iterator[tuple[int, str]]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _marks(member)
    elif isinstance(value, list):
        for item in value:
            yield from _marks(item)
    elif value is not None:
        yield value.number, str(value)
