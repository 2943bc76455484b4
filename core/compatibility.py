"""Two definitions of one contract, compared: what differs, attribute by attribute, and what that means for those who send.

compatible
    nobody is refused or loses anything that was not so before, and the same holds the other way round
backward
    what was accepted and kept still is
breaking
    a message that was valid may be refused now, an attribute that was kept is dropped now, or it can't be told

Versions are numbered ``major.minor``. Within a major nothing breaks, so a version may stand for an earlier minor of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from .allowed import parse_path
from .codecs.strict_json import loads
from .contract import Attribute, Contract, is_within
from .contract_definition import ContractDefinition
from .errors import PermanentError
from .schema_comparison import constraints, gaps, says_nothing
from .schema_keywords import UNKNOWN, equal

COMPATIBLE, BACKWARD, BREAKING = VERDICTS = ("compatible", "backward", "breaking")
FIRST = "1.0"
_NUMBER = re.compile(r"([1-9]\d{0,3})\.(0|[1-9]\d{0,5})", re.ASCII)
#: what an object may say that more members can't offend
_OPEN = frozenset("type required minProperties properties patternProperties".split()) | {
    "additionalProperties"
}
_TRANSPARENT = frozenset(("properties", "patternProperties", "additionalProperties", "items"))
_SILENT = frozenset(
    "title format description default examples deprecated $comment $schema $id $defs".split()
)


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """``part`` of the definition (``format``, ``documents``, ``attributes``, ``schema``), ``place`` in it, what ``change`` it is
    (``added``, ``removed``, ``data_class`` …, or a keyword of JSON Schema), and what stood there ``before`` and does ``after``.

    ``why``: a word for what is breaking where that is not plain: ``unknown``: can't be compared; ``constrained``: what was
    dropped unseen is kept now, and held against the schema.
    """

    part: str
    place: str
    change: str
    verdict: str
    before: str = ""
    after: str = ""
    why: str = ""


def compare(old: ContractDefinition, new: ContractDefinition) -> tuple[Difference, ...]:
    """What differs, the breaking first; nothing where both say the same."""
    if old == new:
        return ()
    before, after = old.contract, new.contract
    found = [
        *_formats(before, after),
        *_documents(before, after, new.schema),
        *_attributes(before, after, new.schema),
        *_schemas(old.schema, new.schema),
    ]
    return tuple(sorted(found, key=lambda one: (-VERDICTS.index(one.verdict), one)))


def verdict(differences: Iterable[Difference]) -> str:
    """The worst of them; '' for none."""
    found = [VERDICTS.index(one.verdict) for one in differences]
    return VERDICTS[max(found)] if found else ""


def breaking(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    return tuple(one for one in differences if one.verdict == BREAKING)


# -- numbers --


def parse_number(text: str) -> tuple[int, int]:
    """``2.1`` → (2, 1). ``PermanentError`` (``bad_number``)."""
    match = _NUMBER.fullmatch(text)
    if not match:
        raise PermanentError("bad_number")
    return int(match[1]), int(match[2])


def proposed(known: Mapping[str, ContractDefinition], in_use: str, new: ContractDefinition) -> str:
    """The number of ``new``, of a contract whose versions are ``known`` by number; ``in_use`` is one of them, or ''."""
    if not known:
        return FIRST
    major = parse_number(in_use or max(known, key=parse_number))[0]
    wanted = _next_minor(known, major)
    return _next_major(known) if refused(known, wanted, new) else wanted


def refused(
    known: Mapping[str, ContractDefinition], number: str, new: ContractDefinition
) -> tuple[Difference, ...]:
    """Why ``new`` can't have ``number``: what it breaks for the last version of that major; nothing: it can.

    ``PermanentError``: ``bad_number``; ``wrong_number`` for one that is not the next of a major, or the next major
    (``detail`` names those that are).
    """
    major = parse_number(number)[0]
    of_major = [one for one in known if parse_number(one)[0] == major]
    right = _next_minor(known, major) if of_major else _next_major(known)
    if number != right:
        raise PermanentError("wrong_number", detail=right)
    if not of_major:
        return ()
    return breaking(compare(known[max(of_major, key=parse_number)], new))


def _next_minor(known: Iterable[str], major: int) -> str:
    return (
        f"{major}.{max(parse_number(one)[1] for one in known if parse_number(one)[0] == major) + 1}"
    )


def _next_major(known: Iterable[str]) -> str:
    return f"{max((parse_number(one)[0] for one in known), default=0) + 1}.0"


# -- documents and attributes --


def _formats(old: Contract, new: Contract) -> Iterator[Difference]:
    if old.format != new.format:
        yield Difference("format", "", "format", BREAKING, old.format, new.format)


def _documents(old: Contract, new: Contract, schema: str) -> Iterator[Difference]:
    before, after = set(old.document.split()), set(new.document.split())
    for kind in sorted(before - after):
        is_covered = any(_covers(pattern, kind) for pattern in after)
        yield Difference("documents", kind, "removed", COMPATIBLE if is_covered else BREAKING)
    for kind in sorted(after - before):
        if any(_covers(pattern, kind) for pattern in before):
            yield Difference("documents", kind, "added", COMPATIBLE)
        elif _is_constraining(schema):
            yield Difference("documents", kind, "added", BREAKING, why="constrained")
        else:
            yield Difference("documents", kind, "added", BACKWARD)


def _covers(pattern: str, kind: str) -> bool:
    """Whether all that fits ``kind``, a pattern itself, fits ``pattern``."""
    is_plain = not set(kind) & set("*?[")
    return pattern in ("*", kind) or (is_plain and fnmatchcase(kind, pattern))


def _attributes(old: Contract, new: Contract, schema: str) -> Iterator[Difference]:
    before, after = (
        {_normal(one.path, old): one for one in said.attributes} for said in (old, new)
    )
    for path in sorted(before.keys() - after.keys()):
        is_kept = any(_keeps(old, other, path) for other in after)
        yield Difference("attributes", path, "removed", COMPATIBLE if is_kept else BREAKING)
    for path in sorted(after.keys() - before.keys()):
        yield _added(old, path, before, schema)
    for path in sorted(before.keys() & after.keys()):
        yield from _members(path, before[path], after[path])


def _added(old: Contract, path: str, before: Iterable[str], schema: str) -> Difference:
    if any(_keeps(old, other, path) for other in before):
        return Difference("attributes", path, "added", COMPATIBLE)
    if schema and not is_free(loads(schema), path):
        return Difference("attributes", path, "added", BREAKING, why="constrained")
    return Difference("attributes", path, "added", BACKWARD)


def _members(path: str, before: Attribute, after: Attribute) -> Iterator[Difference]:
    for item in fields(Attribute):
        one, other = (getattr(said, item.name) for said in (before, after))
        if item.name != "path" and one != other:
            yield Difference("attributes", path, item.name, COMPATIBLE, str(one), str(other))


def _keeps(contract: Contract, outer: str, path: str) -> bool:
    """Whether all that stands at ``path`` is kept with ``outer``; an extension of FHIR is kept by its own name only."""
    if contract.format == "hl7v2" and outer == "*":
        return False
    return ("extension(" in outer or "extension(" not in path) and is_within(path, outer)


def _normal(path: str, contract: Contract) -> str:
    """``item[].code`` and ``item.code`` are one place."""
    return path if contract.format == "hl7v2" else ".".join(parse_path(path))


# -- schemas --


def _schemas(old: str, new: str) -> Iterator[Difference]:
    if old == new:
        return
    before, after = (loads(text) if text else True for text in (old, new))
    if equal(before, after):
        return
    lost = {(one.place, one.keyword): one for one in gaps(before, after)}
    gained = {(one.place, one.keyword): one for one in gaps(after, before)}
    for (place, keyword), one in sorted(lost.items()):
        why = one.why if one.why == UNKNOWN else ""
        yield Difference("schema", place, keyword, BREAKING, why=why)
    for place, keyword in sorted(gained.keys() - lost.keys()):
        yield Difference("schema", place, keyword, BACKWARD)
    if not lost and not gained:
        yield Difference("schema", "", "words", COMPATIBLE)


def _is_constraining(schema: str) -> bool:
    return bool(schema) and not says_nothing(loads(schema))


def is_free(schema: Any, path: str) -> bool:
    """Whether whatever stands at ``path``, and what leads there, fits a schema of documents in which it is kept newly."""
    return _is_free(schema, tuple(path.split(".")), _OPEN)


def _is_free(schema: Any, names: tuple[str, ...], harmless: frozenset[str]) -> bool:
    if says_nothing(schema):
        return True
    if not isinstance(schema, dict) or schema.keys() - harmless - _SILENT:
        return False
    if not names or "*" in names or any("(" in name for name in names):
        return False
    return all(
        _is_free(one, names[1:], _TRANSPARENT) for one in constraints(schema, names[0])
    ) and _is_free(schema.get("items", True), names, _TRANSPARENT)
