"""Mappings, concept maps, contracts and ownership as one file: readable in git, with names and codes in the place of database ids.

A file is JSON with two spaces a level, entries sorted by what they are known by, so that a change of one rule is a
change of a line or two. It is checked as a whole before anybody looks at the database; a mistake is told by its place,
never by what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from .canonical import ENTITIES
from .codecs.strict_json import dumps, loads
from .contract import RESTRICTED, RESTRICTED_DAYS
from .definition import HEADER, Definition, Line, from_json, line_from_json, line_to_json
from .errors import BadDocument, MappingError
from .mapping_tests import written
from .ownership import FLAG, IGNORE, REFUSE
from .profiles import Difference, Own

#: what the file says it is; a later form has a higher number
KIND, FORM = "healthcare-interop-configuration", 1
MAPPINGS, CONCEPT_MAPS, CONTRACTS = "mappings", "concept_maps", "contracts"
OWNERSHIP = "ownership"
#: the parts as they stand in a file
PARTS = (CONTRACTS, CONCEPT_MAPS, MAPPINGS, OWNERSHIP)
#: how deep adaptations of adaptations go
MOST_ADAPTED = 8

Entry = dict[str, Any]


class Mistake(NamedTuple):
    """What is wrong, and where: ``mappings[3].definition.rules[2].target``."""

    place: str
    code: str


def _object(needed: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": needed.split(),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string"}
_WORD = {"type": "string", "minLength": 1, "maxLength": 255}
_SAID = {"type": "string", "minLength": 1}
_SOMETHING = {"type": "string", "pattern": r"\S"}
_FORMAT = {"enum": ["hl7v2", "fhir", "json"]}
_SAMPLE_FORMAT = {"enum": ["hl7v2", "fhir", "json", "cloudevents"]}
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_CLASS = {"enum": ["public", "internal", "confidential", "restricted"]}
_PAIR = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}

_SCHEMA = {
    **_object(
        "kind form",
        kind={"const": KIND},
        form={"const": FORM},
        mappings=_list({"$ref": "#/$defs/mapping"}),
        concept_maps=_list({"$ref": "#/$defs/concept_map"}),
        contracts=_list({"$ref": "#/$defs/contract"}),
        ownership=_list({"$ref": "#/$defs/owner"}),
    ),
    "$defs": {
        "owner": _object(
            "entity policy",
            entity={"enum": sorted(ENTITIES)},
            attributes={**_list(_WORD), "minItems": 1},
            owner=_WORD,
            facility=_WORD,
            policy={"enum": [REFUSE, IGNORE, FLAG]},
        ),
        "known": _object(
            "name format",
            name=_WORD,
            format=_FORMAT,
            system=_WORD,
            adapts={"$ref": "#/$defs/known"},
        ),
        "mapping": {
            **_object(
                "name format",
                name=_WORD,
                format=_FORMAT,
                system=_WORD,
                adapts={"$ref": "#/$defs/known"},
                sequence={"type": "integer"},
                definition={"type": "object"},
                header={
                    "type": "object",
                    "propertyNames": {"enum": list(HEADER)},
                    "additionalProperties": _PAIR,
                },
                rules=_list({"$ref": "#/$defs/own"}),
                tests=_list({"$ref": "#/$defs/test"}),
            ),
            "if": {"required": ["adapts"]},
            "then": {"not": {"required": ["definition"]}},
            "else": {
                "required": ["definition"],
                "not": {"anyOf": [{"required": ["header"]}, {"required": ["rules"]}]},
            },
        },
        "own": {
            **_object("key", key=_WORD, rule={"type": "object"}, profile={"type": "object"}),
            "anyOf": [{"required": ["rule"]}, {"required": ["profile"]}],
        },
        "test": _object(
            "name format received_at sample",
            name=_WORD,
            format=_SAMPLE_FORMAT,
            kind=_WORD,
            received_at=_WORD,
            sample=_list(_TEXT),
            expected={},
            stands_for=_WORD,
        ),
        "concept_map": _object(
            "code name lines",
            code=_WORD,
            name=_WORD,
            note=_TEXT,
            lines=_list(
                _object(
                    "code means",
                    code=_WORD,
                    means=_WORD,
                    code_system=_WORD,
                    only_for=_WORD,
                    valid_from=_DAY,
                    valid_until=_DAY,
                )
            ),
        ),
        "contract": _object(
            "format document name attributes",
            format=_SAMPLE_FORMAT,
            document=_SAID,
            name=_SAID,
            code=_WORD,
            # of files of earlier releases: numbers are given when a version is published
            version=_WORD,
            schema=_TEXT,
            attributes=_list(
                _object(
                    "path class purpose",
                    path=_WORD,
                    purpose=_SOMETHING,
                    retention_days={"type": "integer", "minimum": 1},
                    **{"class": _CLASS},
                )
            ),
        ),
    },
}
_VALIDATOR = Draft202012Validator(_SCHEMA)


def known_by(part: str, entry: Entry) -> str:
    """What an entry is known by, in any database: equal texts, equal things."""
    if part == CONCEPT_MAPS:
        return entry["code"]
    if part == CONTRACTS:
        return f"{entry['format']} {entry['document']}"
    if part == OWNERSHIP:
        group = {"entity": entry["entity"], "attributes": sorted(set(entry.get("attributes", [])))}
        return dumps(group | {"facility": entry.get("facility", "")}).decode()
    names = ("name", "format", "system", "adapts")
    return dumps({name: entry[name] for name in names if name in entry}).decode()


def write(entries: dict[str, list[Entry]]) -> str:
    """The file. Entries of each part are sorted; members stand in the order they are given in."""
    parts = {
        part: sorted(entries[part], key=lambda entry, part=part: known_by(part, entry))
        for part in PARTS
        if entries.get(part)
    }
    return written({"kind": KIND, "form": FORM, **parts}) + "\n"


def read(text: str) -> tuple[dict[str, list[Entry]], tuple[Mistake, ...]]:
    """The entries of a file by part, mappings after those they adapt; and what is wrong with it. With a mistake no entries."""
    try:
        value = loads(text)
    except BadDocument as error:
        return {}, (Mistake(error.detail, error.code),)
    mistakes = [
        Mistake(_place(error.absolute_path), f"bad_{error.validator}")
        for error in _VALIDATOR.iter_errors(value)
    ]
    if not mistakes:
        mistakes = [*_twice(value), *_wrong_mappings(value)]
    if mistakes:
        return {}, tuple(sorted(mistakes))
    parts = {part: value.get(part, []) for part in PARTS}
    parts[MAPPINGS] = sorted(parts[MAPPINGS], key=depth)
    parts[CONTRACTS] = [_with_retention(entry) for entry in parts[CONTRACTS]]
    return parts, ()


def _with_retention(entry: Entry) -> Entry:
    """A contract of a file older than retentions: what is restricted there is kept ``RESTRICTED_DAYS``."""
    days = {"retention_days": RESTRICTED_DAYS}
    attributes = [
        line if line["class"] != RESTRICTED or "retention_days" in line else line | days
        for line in entry["attributes"]
    ]
    return entry | {"attributes": attributes}


def depth(entry: Entry) -> int:
    """How many mappings stand above one."""
    found = 0
    while (entry := entry.get("adapts")) is not None:
        found += 1
    return found


def _place(path: Any) -> str:
    told = ""
    for part in path:
        told += f"[{part}]" if isinstance(part, int) else f".{part}"
    return told.removeprefix(".")


def _twice(value: dict[str, Any]) -> Iterator[Mistake]:
    for part in PARTS:
        seen: set[str] = set()
        for index, entry in enumerate(value.get(part, [])):
            known = known_by(part, entry)
            if known in seen:
                yield Mistake(f"{part}[{index}]", "twice")
            seen.add(known)


def _wrong_mappings(value: dict[str, Any]) -> Iterator[Mistake]:
    """What the schema can't tell: rules that can't work, and places in tests that are none."""
    for index, entry in enumerate(value.get(MAPPINGS, [])):
        place = f"{MAPPINGS}[{index}]"
        if depth(entry) > MOST_ADAPTED:
            yield Mistake(f"{place}.adapts", "too_deep")
            continue
        try:
            if "adapts" in entry:
                difference_of(entry)
            else:
                definition_of(entry).check()
        except MappingError as error:
            inner = ".".join(filter(None, (error.path, error.detail)))
            yield Mistake(f"{place}: {inner}" if inner else place, error.code)
        for number, test in enumerate(entry.get("tests", [])):
            if _moment(test["received_at"]) is None:
                yield Mistake(f"{place}.tests[{number}].received_at", "bad_time")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None


# -- mappings ----------------------------------------------------------------------------------------------------------


def definition_of(entry: Entry) -> Definition:
    """The definition of a mapping that adapts none. ``MappingError`` with the place."""
    head = {"name": entry["name"], "format": entry["format"]}
    return from_json({**entry["definition"], **head})


def definition_entry(definition: Definition) -> Entry:
    """A definition as it stands in an entry, which says its name and format itself."""
    return {
        name: said for name, said in definition.to_json().items() if name not in ("name", "format")
    }


def difference_of(entry: Entry) -> Difference:
    """What an adaptation says differently. ``MappingError`` with the place."""
    lines = []
    for index, own in enumerate(entry.get("rules", [])):
        sides = [
            line_from_json({**own[side], "key": own["key"]}, f"rules[{index}].{side}")
            if side in own
            else None
            for side in ("rule", "profile")
        ]
        lines.append(Own(own["key"], *sides))
    if len({one.key for one in lines}) < len(lines):
        raise MappingError("bad_definition", path="rules")
    header = {name: tuple(pair) for name, pair in entry.get("header", {}).items()}
    return Difference(header, tuple(lines))


def difference_entry(difference: Difference) -> Entry:
    """A difference as it stands in an entry: of each rule what is said here (none: switched off) and what the profile said."""
    header = {name: list(difference.header[name]) for name in HEADER if name in difference.header}
    rules = [
        {"key": one.key} | _side("rule", one.line) | _side("profile", one.base)
        for one in sorted(difference.lines, key=lambda one: one.key)
    ]
    return ({"header": header} if header else {}) | ({"rules": rules} if rules else {})


def _side(name: str, line: Line | None) -> Entry:
    if line is None:
        return {}
    return {name: {part: said for part, said in line_to_json(line).items() if part != "key"}}
