"""What differs between two configurations, entry by entry and field by field; nothing of it is a secret, for none stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..codecs.strict_json import dumps
from .form import Bundle, Entry, Parts, known_by
from .mapping_entries import definition_entry, definition_of, difference_entry, difference_of
from .parts import (
    CONCEPT_MAPS,
    CREDENTIALS,
    KEYED,
    MAPPINGS,
    OWNERSHIP,
    PARTS,
    PLAIN,
    line_key,
)

#: states of an entry of the file against what is here; ``ISSUE``: a credential that has to be issued anew here
NEW, CHANGED, SAME, ONLY_HERE, ISSUE = "new", "changed", "same", "only_here", "issue"
#: states that are no difference: what a file can't carry makes none
ALIKE = (SAME, ISSUE)
#: what the members of a definition's lists are known by
RULES = {"rules": ("key",)}
#: characters of a value that are shown
MOST_SHOWN = 200


class Told(NamedTuple):
    """One field that differs: ``attributes[PID-3].purpose``; None is what one side does not have."""

    place: str
    before: str | None
    after: str | None


class Change(NamedTuple):
    """What taking an entry in would do. ``index``: where it stands among its part's, in the file or, if only there, here."""

    part: str
    known: str
    name: str
    state: str
    index: int
    told: tuple[Told, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.part}[{self.index}]"


def compare(here: Parts, bundle: Bundle) -> tuple[Change, ...]:
    """Every entry of ``bundle`` against ``here``, whose every part is whole; and what is only here, where the file is whole."""
    found = []
    for part in PARTS:
        if part not in bundle.parts:
            continue
        mine = {known_by(part, entry): entry for entry in here.get(part, ())}
        names = set()
        for index, entry in enumerate(bundle.parts[part]):
            known = known_by(part, entry)
            names.add(known)
            found.append(_change(part, known, index, mine.get(known), entry))
        if bundle.is_whole and part != CREDENTIALS:
            found += (
                Change(part, known, name_of(part, entry), ONLY_HERE, index)
                for index, (known, entry) in enumerate(mine.items())
                if known not in names
            )
    return tuple(found)


def is_different(changes: Iterable[Change]) -> bool:
    return any(change.state not in ALIKE for change in changes)


def name_of(part: str, entry: Entry) -> str:
    """What people call an entry."""
    if part in (MAPPINGS, CONCEPT_MAPS):
        return " ".join(filter(None, (entry["name"], entry.get("system"))))
    if part == CREDENTIALS:
        return f"{entry['endpoint']}: {entry['name']}"
    if part in PLAIN:
        key = [entry.get(name) for name in PLAIN[part].key]
        said = ", ".join(str(one) for one in key if one)
        name = entry.get("name")
        return said if not name or name in key else f"{name} ({said})"
    attributes = ", ".join(entry.get("attributes", ()))
    return ", ".join(filter(None, (entry["entity"], attributes, entry.get("facility"))))


def completed(bundle: Bundle, here: Parts) -> Bundle:
    """``bundle`` with what it does not say, and leaves as it is therefore, said as it is here; and as exports say it."""
    parts = {}
    for part, entries in bundle.parts.items():
        mine = {known_by(part, entry): entry for entry in here.get(part, ())}
        parts[part] = [
            _completed(part, mine.get(known_by(part, entry), {}), entry, bundle.is_adding)
            for entry in entries
        ]
    return bundle._replace(parts=parts)


def _completed(part: str, mine: Entry, entry: Entry, is_adding: bool) -> Entry:
    if part in PLAIN:
        lists = {field.name for field in PLAIN[part].fields if field.is_many} & entry.keys()
        return {**mine, **entry, **{name: sorted(set(entry[name])) for name in lists}}
    if part == OWNERSHIP and "attributes" in entry:
        return {**entry, "attributes": sorted(set(entry["attributes"]))}
    if part == MAPPINGS:
        entry = {**_as_written(entry), "sequence": entry.get("sequence", mine.get("sequence", 10))}
    if is_adding and part in (CONCEPT_MAPS, MAPPINGS) and mine:
        if "note" in mine:
            entry = {"note": mine["note"], **entry}
        name = "tests" if part == MAPPINGS else "lines"
        key = KEYED[part][name]
        both = {line_key(line, key): line for line in (*mine.get(name, ()), *entry.get(name, ()))}
        entry = {**entry, name: list(both.values())} if both else entry
    return entry


def _as_written(entry: Entry) -> Entry:
    if "adapts" in entry:
        said = {name: part for name, part in entry.items() if name not in ("header", "rules")}
        return said | difference_entry(difference_of(entry))
    return {**entry, "definition": definition_entry(definition_of(entry))}


def _change(part: str, known: str, index: int, mine: Entry | None, entry: Entry) -> Change:
    told: tuple[Told, ...] = ()
    if part == CREDENTIALS:
        state = SAME if mine else ISSUE
        told = () if mine else tuple(_differing({}, entry, "", {}))
    elif mine is None:
        state, told = NEW, tuple(_differing({}, entry, "", KEYED.get(part, {})))
    else:
        told = tuple(_differing(mine, entry, "", KEYED.get(part, {})))
        state = CHANGED if told else SAME
    return Change(part, known, name_of(part, entry), state, index, told)


def _differing(before: Any, after: Any, place: str, lists: dict[str, Any]) -> Iterator[Told]:
    """What differs between two JSON values; ``lists``: what members of lists are known by, by the list's name."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*after, *before)):
            inner = f"{place}.{name}" if place else name
            key = lists.get(name)
            one, other = before.get(name), after.get(name)
            if key and (isinstance(one, list) or isinstance(other, list)):
                yield from _differing_lists(one or [], other or [], inner, key)
            else:
                yield from _differing(one, other, inner, RULES if name == "definition" else {})
    elif not _equal(before, after):
        yield Told(place, shown(before), shown(after))


def _differing_lists(
    before: list[Any], after: list[Any], place: str, key: tuple[str, ...]
) -> Iterator[Told]:
    mine, theirs = ({line_key(line, key): line for line in lines} for lines in (before, after))
    for known in dict.fromkeys((*theirs, *mine)):
        inner = f"{place}[{known}]"
        if known in mine and known in theirs:
            yield from _differing(mine[known], theirs[known], inner, {})
        else:
            yield Told(inner, shown(mine.get(known)), shown(theirs.get(known)))


def _equal(one: Any, other: Any) -> bool:
    """Nothing and null are the same; numbers are by what they are worth."""
    if one is None or other is None or isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def shown(value: Any) -> str | None:
    """A value in a line; a long one is cut."""
    if value is None:
        return None
    text = value if isinstance(value, str) else dumps(value).decode()
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
