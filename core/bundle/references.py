"""What entries name: other entries, and records of Odoo's. What has to come along follows from it, and what is not known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from .differences import NEW, Change
from .form import Bundle, known_by
from .mapping_entries import Entry, Mistake, depth
from .parts import (
    COMPANY,
    CONCEPT_MAPS,
    CONTRACTS,
    CREDENTIAL,
    CREDENTIALS,
    ENDPOINTS,
    FACILITIES,
    MAPPINGS,
    OWNERSHIP,
    PARTS,
    PLAIN,
    SYSTEMS,
    TEAMS,
    Field,
)

#: parts whose entries others name
NAMED = (TEAMS, SYSTEMS, FACILITIES, CONTRACTS, ENDPOINTS, MAPPINGS)


class Named(NamedTuple):
    """``word`` at ``place`` names an entry of the part ``to``, or a record of that kind; ``company``: in which it is looked for."""

    place: str
    to: str
    word: str
    company: str = ""


def named(part: str, entry: Entry, place: str) -> Iterator[Named]:
    """All that an entry at ``place`` names."""
    if part == CONCEPT_MAPS:
        for index, line in enumerate(entry["lines"]):
            if "only_for" in line:
                yield Named(f"{place}.lines[{index}].only_for", SYSTEMS, line["only_for"])
    elif part == OWNERSHIP:
        if "owner" in entry:
            yield Named(f"{place}.owner", SYSTEMS, entry["owner"])
        if "facility" in entry:
            yield Named(f"{place}.facility", FACILITIES, entry["facility"])
    elif part == MAPPINGS:
        yield from _named_by_mapping(entry, place)
    else:
        yield from _named_by_fields(part, entry, place)


def _named_by_mapping(entry: Entry, place: str) -> Iterator[Named]:
    if "adapts" in entry:
        yield Named(f"{place}.adapts", MAPPINGS, known_by(MAPPINGS, entry["adapts"]))
    above: Entry | None = entry
    while above is not None:
        if "system" in above:
            yield Named(f"{place}.system", SYSTEMS, above["system"])
        above = above.get("adapts")


def _named_by_fields(part: str, entry: Entry, place: str) -> Iterator[Named]:
    found = CREDENTIAL if part == CREDENTIALS else PLAIN[part]
    company = entry.get(COMPANY) or ""
    yield from _of_fields(found.fields, entry, place, company)
    for lines in found.lines:
        for index, line in enumerate(entry.get(lines.name, ())):
            yield from _of_fields(lines.fields, line, f"{place}.{lines.name}[{index}]", company)


def _of_fields(
    fields: tuple[Field, ...], entry: Entry, place: str, company: str
) -> Iterator[Named]:
    for field in fields:
        value = entry.get(field.name)
        if not field.to or not value:
            continue
        if field.is_many:
            yield from (
                Named(f"{place}.{field.name}[{index}]", field.to, word, company)
                for index, word in enumerate(value)
            )
        else:
            yield Named(f"{place}.{field.name}", field.to, value, company)


def entry_word(part: str, entry: Entry) -> str:
    """The word by which other entries name this one."""
    if part == MAPPINGS:
        return known_by(part, entry)
    return entry.get(word_field(part)) or ""


def word_field(part: str) -> str:
    """The field whose word names an entry of a part that is its records' fields."""
    return "code" if part == CONTRACTS else PLAIN[part].key[0]


def companies(bundle: Bundle) -> tuple[str, ...]:
    """The names of the companies that a file speaks of."""
    return tuple(
        sorted(
            {
                one.word
                for part, entries in bundle.parts.items()
                for entry in entries
                for one in named(part, entry, "")
                if one.to == COMPANY
            }
        )
    )


def renamed(bundle: Bundle, names: Mapping[str, str]) -> Bundle:
    """``bundle`` with each company called as it is called here."""
    parts = {
        part: [
            {**entry, COMPANY: names.get(entry[COMPANY], entry[COMPANY])}
            if part in PLAIN and entry.get(COMPANY)
            else entry
            for entry in entries
        ]
        for part, entries in bundle.parts.items()
    }
    return bundle._replace(parts=parts)


def with_needed(
    bundle: Bundle, changes: Collection[Change], chosen: Collection[Change]
) -> set[Change]:
    """``chosen``, and the new entries of the file that they name, and so on."""
    new = {
        (change.part, entry_word(change.part, bundle.parts[change.part][change.index])): change
        for change in changes
        if change.state == NEW and change.part in NAMED
    }
    found, open_ = set(chosen), list(chosen)
    while open_:
        change = open_.pop()
        entry = bundle.parts[change.part][change.index]
        for one in named(change.part, entry, ""):
            needed = new.get((one.to, one.word))
            if needed and needed not in found:
                found.add(needed)
                open_.append(needed)
    return found


def unknown(
    bundle: Bundle, changes: Collection[Change], is_known: Callable[[Named], str]
) -> dict[Change, list[Mistake]]:
    """What entries name that is neither in the file nor here. ``is_known`` of what is not in the file: '' or the mistake's code."""
    listed = {
        (part, entry_word(part, entry)) for part in NAMED for entry in bundle.parts.get(part, ())
    }
    found: dict[Change, list[Mistake]] = {}
    for change in changes:
        entry = bundle.parts[change.part][change.index]
        for one in named(change.part, entry, change.place):
            code = "" if (one.to, one.word) in listed else is_known(one)
            if code:
                found.setdefault(change, []).append(Mistake(one.place, code))
    return found


def in_order(bundle: Bundle, changes: Collection[Change]) -> list[Change]:
    """``changes`` as they are taken in: what others name goes first."""

    def place(change: Change) -> tuple[int, int, int]:
        entry = bundle.parts[change.part][change.index]
        deep = depth(entry) if change.part == MAPPINGS else 0
        return PARTS.index(change.part), deep, change.index

    return sorted(changes, key=place)
