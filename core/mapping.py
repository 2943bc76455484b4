"""Mappings: from a sender's documents to facts, and from facts to canonical entities.

A mapping says which documents it reads, what entity they speak of and which rules fill it. It is data: shipped as CSV,
changed by administrators, compiled here once. ``facts`` runs at the door and looks only at who and when; ``entity``
runs in the drain and reads the rest, from what minimisation has left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from itertools import takewhile
from typing import Any

from .allowed import split_path
from .canonical import CLEAR, ENTITIES, Entity, Identifier
from .codecs.fhir_bundle import Part, Parts, resolve, resources
from .codecs.hl7v2 import groups
from .document import Document, Fact
from .errors import MappingError
from .rules import EVENT, KEY, NATURAL, CompiledRule, Rule, compile_rule, gather
from .sources import (
    ADDED,
    HL7V2,
    Condition,
    Source,
    View,
    compile_condition,
    compile_source,
    elements,
)
from .transforms import Context
from .versions import Versions

__all__ = ["Context", "Mapper", "Mapping", "Rule"]

FHIR, JSON = "fhir", "json"
#: which mappings read a document, by its codec's name
_READ_AS = {"cloudevents": JSON}

#: the namespace of keys that are made of a fact's own attributes
NATURAL_SYSTEM = "natural"
#: a fact whose key nobody can tell
NO_KEY = "?"
#: an event that nobody can tell
UNKNOWN = "unknown"
#: kinds come from senders; this many are remembered
_MAX_KINDS = 1000


@dataclass(frozen=True, slots=True)
class Mapping:
    """What one kind of document says of one entity.

    ``documents`` are patterns on the kind ("ADT^A0[148]", "Patient", "*.item.consumed.v1"). ``event`` is '' where a rule
    for ``@event`` tells. ``each``: one view for each group of segments (HL7: "FT1", "ORC,OBR") or element (JSON: a
    JMESPath); '' for the whole. ``when``: a condition (sources.py) that a view must meet. ``version``: the source of a
    time, joined with one of a sequence number; the envelope's time stands in. ``snapshot`` is the number under which
    this definition is kept, 0 for one that is not.
    """

    name: str
    format: str
    documents: tuple[str, ...]
    entity: str
    event: str = ""
    each: str = ""
    when: str = ""
    version: str = ""
    rules: tuple[Rule, ...] = ()
    snapshot: int = 0


@dataclass(frozen=True, slots=True)
class CompiledMapping:
    """A mapping ready to run; ``place`` is its own among all; ``event`` are the rules that tell what happened, ``identity`` those that tell to whom."""

    mapping: Mapping
    place: int
    rules: tuple[CompiledRule, ...]
    event: tuple[CompiledRule, ...]
    identity: tuple[CompiledRule, ...]
    each: Source | None
    when: Condition | None
    version: Source | None

    def places_of(self, rule: CompiledRule) -> tuple[str, ...]:
        """The places of a document that the rule looks at."""
        base = self.each.places if self.each else ()
        inner = rule.source.places if rule.source else ()
        return tuple(
            place for one in inner for place in _in_document(one, base, self.mapping.format)
        )

    def reads(self, kind: str) -> bool:
        return any(fnmatchcase(kind, pattern) for pattern in self.mapping.documents)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a fact was found in (``Fact.view``), and why it could not be told whether there is one."""

    mapping: CompiledMapping
    view: View
    error: MappingError | None = None


class Mapper:
    """Mappings in the order their facts are to have. Made once; safe to share between threads."""

    def __init__(self, mappings: Iterable[Mapping]):
        """``MappingError`` with the name of the mapping in ``detail`` for one that cannot work."""
        self._mappings = tuple(_compile(mapping, place) for place, mapping in enumerate(mappings))
        self._by_kind: dict[tuple[str, str], tuple[CompiledMapping, ...]] = {}
        self._lock = threading.Lock()

    def facts(self, document: Document, context: Context) -> tuple[Fact, ...]:
        """What ``document`` states, in a stable order: that of the mappings, then of the document. People and places
        come before what refers to them.

        Never raises ``MappingError``, or a message would be lost at the door: what cannot be told is an empty version, the
        event "unknown", or the key "?", and ``entity`` says what is wrong.
        """
        found: list[Seen] = []
        for kind, body in _wholes(document):
            reading = self._reading(document.format, kind)
            whole = Whole(View(document, body())) if reading else None
            for compiled in reading:
                found.extend(whole.seen(compiled))
        found.sort(key=lambda seen: seen.mapping.place)
        versions = Versions(document, context)
        return tuple(_fact(seen, versions, ordinal) for ordinal, seen in enumerate(found))

    def entity(self, fact: Fact, context: Context) -> Entity:
        """The canonical entity of a fact that ``facts`` gave. ``MappingError`` or ``MissingCode`` name the source path."""
        seen: Seen = fact.view
        if seen.error is not None:
            raise seen.error
        said = gather(seen.mapping.rules, seen.view, context)
        key = _key(said)
        if key is None:
            raise MappingError("no_key", path=_key_path(seen.mapping))
        attributes = {name: value for name, value in said.items() if not name.startswith("@")}
        attributes["identifiers"] = _identifiers(said) or (key,)
        return ENTITIES[fact.entity](**attributes)

    def reads(self, document: Document) -> bool:
        """Whether any mapping reads documents of this kind; of a Bundle, any of its resources."""
        return any(self._reading(document.format, kind) for kind, _ in _wholes(document))

    def source_paths(self, format_name: str, kind: str) -> frozenset[str]:
        """The places of a document of ``kind`` (in a Bundle: of a resource) that any rule looks at, for its contract."""
        return frozenset(
            place for compiled in self._reading(format_name, kind) for place in _places(compiled)
        )

    def readers(self, format_name: str, kind: str) -> dict[str, tuple[str, ...]]:
        """{place: what it fills} of documents of ``kind``: "party.name", or "party" where it decides about the whole."""
        return _by_place(use for one in self._reading(format_name, kind) for use in _uses(one))

    def readers_of_all(self, format_name: str) -> dict[str, tuple[str, ...]]:
        """As ``readers``, of documents of any kind of the format."""
        name = _READ_AS.get(format_name, format_name)
        return _by_place(
            use for one in self._mappings if one.mapping.format == name for use in _uses(one)
        )

    def uses(self) -> Iterator[tuple[Mapping, str, str]]:
        """(mapping, what it fills, place of a document that it looks at for that)."""
        for one in self._mappings:
            for what, place in _uses(one):
                yield one.mapping, what, place

    def _reading(self, format_name: str, kind: str) -> tuple[CompiledMapping, ...]:
        found = self._by_kind.get((format_name, kind))
        if found is None:
            name = _READ_AS.get(format_name, format_name)
            found = tuple(
                one for one in self._mappings if one.mapping.format == name and one.reads(kind)
            )
            with self._lock:
                if len(self._by_kind) >= _MAX_KINDS:
                    self._by_kind.clear()
                self._by_kind[format_name, kind] = found
        return found


def _compile(mapping: Mapping, place: int) -> CompiledMapping:
    try:
        if mapping.format not in (HL7V2, FHIR, JSON):
            raise MappingError("bad_format", path=mapping.format)
        rules = tuple(compile_rule(rule, mapping.entity, mapping.format) for rule in mapping.rules)
        return CompiledMapping(
            mapping,
            place,
            rules,
            tuple(rule for rule in rules if rule.rule.target == EVENT),
            tuple(rule for rule in rules if rule.rule.target in ("identifiers", KEY, NATURAL)),
            compile_source(mapping.format, mapping.each)
            if mapping.each and mapping.format != HL7V2
            else None,
            compile_condition(mapping.format, mapping.when) if mapping.when else None,
            compile_source(mapping.format, mapping.version) if mapping.version else None,
        )
    except MappingError as error:
        raise MappingError(error.code, path=error.path, detail=mapping.name) from None


# -- views -------------------------------------------------------------------------------------------------------------


def _wholes(document: Document) -> Iterable[tuple[str, Callable[[], Any]]]:
    """The kind and body of the document itself, or of each resource of a FHIR document, its references resolved."""
    if document.format != FHIR:
        return ((document.kind, lambda: document.body),)
    parts = resources(document.body)
    return ((part.kind, partial(_resource, part, parts)) for part in parts)


def _resource(part: Part, parts: Parts) -> dict[str, Any]:
    body = resolve(part, parts)
    return {**body, "_deleted": True} if part.method == "DELETE" else body


class Whole:
    """A document, or one resource of it, with the views that mappings take of it. Each division is made once."""

    def __init__(self, view: View):
        self._view = view
        self._divided: dict[str, tuple[View, ...]] = {"": (view,)}

    def seen(self, compiled: CompiledMapping) -> Iterator[Seen]:
        """What the mapping has to tell of. Where it cannot be told, the whole, with the error that says why."""
        try:
            for view in self._views(compiled):
                if compiled.when is None or compiled.when.holds(view):
                    yield Seen(compiled, view)
        except MappingError as error:
            yield Seen(compiled, self._view, error)

    def _views(self, compiled: CompiledMapping) -> tuple[View, ...]:
        each = compiled.mapping.each
        if each not in self._divided:
            document, body = self._view.document, self._view.body
            parts = (
                elements(body, compiled.each.read, document)
                if compiled.each
                else groups(body, each)
            )
            self._divided[each] = tuple([View(document, part) for part in parts])
        return self._divided[each]


# -- one fact ----------------------------------------------------------------------------------------------------------


def _fact(seen: Seen, versions: Versions, ordinal: int) -> Fact:
    compiled, view, context = seen.mapping, seen.view, versions.context
    mapping = compiled.mapping
    event = mapping.event or _told(compiled.event, view, context).get(EVENT) or UNKNOWN
    key = _key(_told(compiled.identity, view, context))
    return Fact(
        entity=mapping.entity,
        event=event,
        subject=f"{mapping.entity}/{_written(key)}",
        ordinal=ordinal,
        mapping=mapping.name,
        version=versions.of(compiled.version, view),
        snapshot=mapping.snapshot,
        view=seen,
    )


def _told(rules: tuple[CompiledRule, ...], view: View, context: Context) -> dict[str, Any]:
    try:
        return gather(rules, view, context)
    except MappingError:
        return {}


def _identifiers(said: dict[str, Any]) -> tuple[Identifier, ...]:
    identifiers = said.get("identifiers")
    return () if identifiers is None or identifiers is CLEAR else identifiers


def _key(said: dict[str, Any]) -> Identifier | None:
    """What the subject goes by: the rule for it, else the first identifier, else what it is made of."""
    key = said.get(KEY)
    if key:
        return key[0]
    identifiers = _identifiers(said)
    if identifiers:
        return identifiers[0]
    natural = said.get(NATURAL)
    return Identifier(natural, NATURAL_SYSTEM, "NK") if natural else None


def _written(key: Identifier | None) -> str:
    return NO_KEY if key is None else f"{key.system}|{key.value}"


def _key_path(compiled: CompiledMapping) -> str:
    """Where a person has to look for the missing key."""
    return next((rule.path for rule in compiled.identity), "identifiers")


# -- what a contract has to allow --------------------------------------------------------------------------------------


def _places(compiled: CompiledMapping) -> Iterable[str]:
    return (place for _, place in _uses(compiled))


def _uses(compiled: CompiledMapping) -> Iterator[tuple[str, str]]:
    """(what it fills, place in the document) of everything that the mapping looks at."""
    mapping, each, when, version = compiled.mapping, compiled.each, compiled.when, compiled.version
    told = [
        (rule.source.places, f"{mapping.entity}.{rule.rule.target}")
        for rule in compiled.rules
        if rule.source
    ]
    told += [(one.places, mapping.entity) for one in (version, when) if one]
    used = [(place, what) for places, what in told for place in places]
    base = each.places if each else ()
    for inner, what in used or [("*", mapping.entity)]:
        for place in _in_document(inner, base, mapping.format):
            yield what, place


def _by_place(uses: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for what, place in uses:
        found.setdefault(place, {})[what] = None
    return {place: tuple(whats) for place, whats in found.items()}


def _in_document(place: str, base: tuple[str, ...], format_name: str) -> Iterable[str]:
    """A place of a view as places of the document. What the engine added to the view is no place of it."""
    if format_name == HL7V2:
        return (place,)
    names = split_path(place)
    if names[0] == "_root":
        base, names = (), names[1:]
    kept = list(takewhile(lambda name: name not in ADDED and name != "*", names))
    if not (kept or base):
        return () if names[0] in ADDED else ("*",)
    return tuple(".".join(filter(None, (outer, *kept))) for outer in base or ("",))
