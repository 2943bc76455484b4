"""The configuration of a database as one file: readable in git, with names and codes in the place of database ids.

A file is JSON with two spaces a level, entries sorted by what they are known by, so that a change of one rule is a
change of a line or two. It is checked as a whole before anybody looks at the database; a mistake is told by its place,
never by what stands there.

Form 2 has every part. What an entry does not say stays as it is where it is taken in, and what it says as null is emptied;
mappings, concept maps and ownership are said whole. Form 1 knew contracts, concept maps, mappings and ownership, and its concept maps and tests of mappings only
added to what was there: it is read as it was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from ..canonical import ENTITIES
from ..codecs.strict_json import dumps, loads
from ..contract import RESTRICTED, RESTRICTED_DAYS
from ..definition import HEADER
from ..errors import BadDocument
from ..mapping_tests import written
from ..ownership import FLAG as FLAGGED
from ..ownership import IGNORE, REFUSE
from .mapping_entries import Entry, Mistake, wrong_mappings
from .parts import (
    CHOICE,
    CONCEPT_MAPS,
    CONTRACTS,
    CREDENTIAL,
    CREDENTIALS,
    FLAG,
    INTEGER,
    KEYED,
    MAPPINGS,
    MOMENT,
    NUMBER,
    OWNERSHIP,
    PARTS,
    PLAIN,
    TEXT,
    Field,
    Part,
    line_key,
)

#: what the file says it is; a later form has a higher number
KIND, FORM, FIRST_FORM = "healthcare-interop-configuration", 2, 1
#: the parts of the first form
FIRST_PARTS = (CONTRACTS, CONCEPT_MAPS, MAPPINGS, OWNERSHIP)
#: characters of a file; fifty thousand translations are seven million
MOST_CHARACTERS = 64_000_000
#: mistakes that are looked for
MOST_MISTAKES = 1_000

Parts = dict[str, list[Entry]]


class Bundle(NamedTuple):
    """A file that was read. Parts that it does not have are not in ``parts``.

    ``is_whole``: it was written of a whole database, so that what it lacks is not there. ``is_adding``: lists of
    translations and tests are added to those that are there.
    """

    parts: Parts = {}
    is_whole: bool = False
    is_adding: bool = False


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
_FORMAT = {"enum": ["hl7v2", "fhir", "json"]}
_SAMPLE_FORMAT = {"enum": ["hl7v2", "fhir", "json", "cloudevents"]}
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_PAIR = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}
_WHOLE = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
_KINDS = {
    TEXT: _TEXT,
    CHOICE: _WORD,
    INTEGER: _WHOLE,
    NUMBER: {"type": "number"},
    FLAG: {"type": "boolean"},
    MOMENT: {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
    },
}


def _field(field: Field) -> dict[str, Any]:
    if field.words:
        return {"enum": list(field.words)}
    if field.is_many:
        return _list(_WORD)
    kind = _KINDS[field.kind]
    if field.is_needed:
        return _SAID if kind is _TEXT else kind
    return {**kind, "type": [kind["type"], "null"]}


def _fields(fields: tuple[Field, ...], needed: Iterable[str], **lists: Any) -> dict[str, Any]:
    return _object(" ".join(needed), **{field.name: _field(field) for field in fields}, **lists)


def _entry(part: Part) -> dict[str, Any]:
    """An entry that is a record's fields: it says at least what it is known by. Its lines are said whole."""
    lists = {
        one.name: _list(
            _fields(one.fields, (field.name for field in one.fields if field.is_needed))
        )
        for one in part.lines
    }
    needed = (
        field.name
        for field in part.fields
        if field.is_needed and (field.name in part.key or not part.key)
    )
    return _fields(part.fields, needed, **lists)


_SCHEMA = {
    **_object(
        "kind form",
        kind={"const": KIND},
        form={"const": FORM},
        is_whole={"type": "boolean"},
        **{name: _list(_entry(part)) for name, part in PLAIN.items()},
        credentials=_list(_entry(CREDENTIAL)),
        mappings=_list({"$ref": "#/$defs/mapping"}),
        concept_maps=_list({"$ref": "#/$defs/concept_map"}),
        ownership=_list({"$ref": "#/$defs/owner"}),
    ),
    "$defs": {
        "owner": _object(
            "entity policy",
            entity={"enum": sorted(ENTITIES)},
            attributes={**_list(_WORD), "minItems": 1},
            owner=_WORD,
            facility=_WORD,
            policy={"enum": [REFUSE, IGNORE, FLAGGED]},
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
                sequence=_WHOLE,
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
    },
}
_FIRST_SCHEMA = {
    **_object(
        "kind form",
        kind={"const": KIND},
        form={"const": FIRST_FORM},
        **{part: _SCHEMA["properties"][part] for part in FIRST_PARTS}
        | {
            CONTRACTS: _list(
                {
                    **(now := _entry(PLAIN[CONTRACTS])),
                    "properties": {**now["properties"], "version": _WORD},
                    "required": ["format", "document", "name", "attributes"],
                }
            )
        },
    ),
    "$defs": _SCHEMA["$defs"],
}
_VALIDATORS = {
    FORM: Draft202012Validator(_SCHEMA),
    FIRST_FORM: Draft202012Validator(_FIRST_SCHEMA),
}


def known_by(part: str, entry: Entry) -> str:
    """What an entry is known by, in any database: equal texts, equal things."""
    if part == CONCEPT_MAPS:
        return entry["code"]
    if part == OWNERSHIP:
        group = {"entity": entry["entity"], "attributes": sorted(set(entry.get("attributes", [])))}
        return dumps(group | {"facility": entry.get("facility", "")}).decode()
    if part == MAPPINGS:
        names = ("name", "format", "system", "adapts")
        return dumps({name: entry[name] for name in names if name in entry}).decode()
    if part == CREDENTIALS:
        return dumps({name: said for name, said in entry.items() if said}).decode()
    return dumps([entry.get(name) for name in PLAIN[part].key]).decode()


def write(entries: Parts, *, is_whole: bool = False) -> str:
    """The file. Entries of each part are sorted; members stand in the order they are given in."""
    parts = {
        part: sorted(entries[part], key=lambda entry, part=part: known_by(part, entry))
        for part in PARTS
        if part in entries and (is_whole or entries[part])
    }
    head = {"kind": KIND, "form": FORM} | ({"is_whole": True} if is_whole else {})
    return written({**head, **parts}) + "\n"


def read(text: str) -> tuple[Bundle, tuple[Mistake, ...]]:
    """What a file says, and what is wrong with it. With a mistake nothing."""
    if len(text) > MOST_CHARACTERS:
        return Bundle(), (Mistake("", "too_large"),)
    try:
        value = loads(text)
    except BadDocument as error:
        return Bundle(), (Mistake(error.detail, error.code),)
    if mistakes := tuple(sorted(set(_mistakes(value)))):
        return Bundle(), mistakes
    is_first = value["form"] == FIRST_FORM
    parts = {part: value[part] for part in PARTS if part in value}
    if is_first:
        parts = {part: parts.get(part, []) for part in PARTS if part in FIRST_PARTS}
        _say_what_was_empty(parts[CONTRACTS])
    return Bundle(parts, value.get("is_whole", False), is_first), ()


def _say_what_was_empty(contracts: list[Entry]) -> None:
    """In the first form what a contract did not say was empty, and nothing had an end: what is restricted gets one."""
    for entry in contracts:
        entry.setdefault("schema", None)
        # numbers are given when a version is published
        entry.pop("version", None)
        for line in entry["attributes"]:
            days = RESTRICTED_DAYS if line["class"] == RESTRICTED else None
            line.setdefault("retention_days", days)


def _mistakes(value: Any) -> Iterator[Mistake]:
    form = value.get("form") if isinstance(value, dict) else None
    is_first = isinstance(form, int) and form == FIRST_FORM
    found = False
    errors = _VALIDATORS[FIRST_FORM if is_first else FORM].iter_errors(value)
    for _number, error in zip(range(MOST_MISTAKES), errors, strict=False):
        found = True
        yield Mistake(_place(error.absolute_path), f"bad_{error.validator}")
    if not found:
        yield from _twice(value)
        yield from wrong_mappings(value)


def _place(path: Any) -> str:
    told = ""
    for part in path:
        told += f"[{part}]" if isinstance(part, int) else f".{part}"
    return told.removeprefix(".")


def _twice(value: dict[str, Any]) -> Iterator[Mistake]:
    """Entries of a part that are the same thing, and lines of an entry likewise. Credentials may be alike."""
    for part in PARTS:
        if part == CREDENTIALS:
            continue
        entries = value.get(part, [])
        yield from (
            Mistake(f"{part}[{index}]", "twice")
            for index in _repeated(known_by(part, entry) for entry in entries)
        )
        yield from (
            Mistake(f"{part}[{number}].{name}[{index}]", "twice")
            for name, key in KEYED.get(part, {}).items()
            for number, entry in enumerate(entries)
            for index in _repeated(line_key(line, key) for line in entry.get(name, ()))
        )


def _repeated(keys: Iterable[str]) -> Iterator[int]:
    seen = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield index
        seen.add(key)
