"""Contracts: which attributes of a document may be stored, and nothing else is.

A contract lists attributes of the documents it is for, each with a data class. ``Contracts.minimise`` keeps those and
drops the rest, and drops what ``never`` lists whatever a contract says. It runs at the door, before anything is stored.

A path is dotted names. Lists are passed through (``name.family`` is the family of every name; ``[]`` and ``[*]`` may be
written and mean nothing), a path allows all beneath it, ``*`` is any name. FHIR extensions are kept only by name:
``extension(http://…)``. In a FHIR Bundle the contract of each resource's own type decides. CloudEvents follow the
contracts of ``json``. HL7 v2 paths are those of ``codecs.hl7v2.minimise``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from . import minimise_fhir, minimise_json
from .allowed import (
    Allowed,
    compile_paths,
    extension_url,
    is_listed_by,
    parse_path,
    split_path,
)
from .codecs.fhir_bundle import resources
from .codecs.fhir_structure import RESOURCE_TYPES, elements
from .codecs.hl7v2_minimise import minimise as minimise_hl7v2
from .document import Document
from .errors import MessageRefused
from .never import is_never, is_never_extension, is_never_name, is_never_resource

#: from open to secret, as CloudEvents' data classification extension names them
DATA_CLASSES = ("public", "internal", "confidential", "restricted")
RESTRICTED = DATA_CLASSES[-1]
#: how long what is restricted is kept where a contract made before there were retentions does not say
RESTRICTED_DAYS = 30
_REMEMBERED = 1024
_parsed = lru_cache(maxsize=_REMEMBERED)(parse_path)


def check_data_class(name: str) -> None:
    """Raise ``MessageRefused`` (``unknown_data_class``) unless ``name`` is one of ``DATA_CLASSES``."""
    if name not in DATA_CLASSES:
        raise MessageRefused("unknown_data_class")


def default_days(data_class: str) -> int:
    """The retention to propose: of what is restricted some days, of the rest the endpoint's (0)."""
    return RESTRICTED_DAYS if data_class == RESTRICTED else 0


def strictest(classes: Iterable[str]) -> str:
    """The strictest of ``classes``; "confidential" for none."""
    found = [DATA_CLASSES.index(name) for name in classes]
    return DATA_CLASSES[max(found)] if found else "confidential"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One line of a contract. Raises ``MessageRefused`` for an unknown data class (``unknown_data_class``) and for days
    that are none (``bad_retention``).

    ``retention_days``: how long a document that may hold the place is kept at the most; None: the endpoint decides.
    """

    path: str
    data_class: str = "confidential"
    purpose: str = ""
    retention_days: int | None = None

    def __post_init__(self) -> None:
        check_data_class(self.data_class)
        if self.retention_days is not None and self.retention_days < 1:
            raise MessageRefused("bad_retention")

    @property
    def kept_days(self) -> int | None:
        """``retention_days``; what is restricted and has none is kept ``RESTRICTED_DAYS``, never for as long as one likes."""
        if self.retention_days is None and self.data_class == RESTRICTED:
            return RESTRICTED_DAYS
        return self.retention_days

    @property
    def lacks(self) -> tuple[str, ...]:
        """What it should say and does not: "purpose" of any, "retention" of what is restricted."""
        no_purpose = ("purpose",) if not self.purpose.strip() else ()
        is_endless = self.data_class == RESTRICTED and self.retention_days is None
        return (*no_purpose, "retention") if is_endless else no_purpose


@dataclass(frozen=True, slots=True)
class Contract:
    """What may be stored of documents of one format whose kind matches ``document``: ``Patient``, ``ADT^A0[148]``,
    ``*.item.consumed.v1``; several patterns with spaces between them."""

    format: str
    document: str
    attributes: tuple[Attribute, ...]
    name: str = ""

    def __post_init__(self) -> None:
        if self.format != "hl7v2":
            for attribute in self.attributes:
                parse_path(attribute.path)

    @classmethod
    def allowing(cls, format: str, document: str, *paths: str) -> Contract:
        return cls(format, document, tuple(map(Attribute, paths)))

    def is_for(self, format: str, kind: str) -> bool:
        return _family(format) == _family(self.format) and any(
            fnmatchcase(kind, pattern) for pattern in self.document.split()
        )


class Contracts:
    """The contracts in force, compiled as they are needed. Several for one kind add up."""

    def __init__(self, contracts: Iterable[Contract]):
        self._contracts = tuple(contracts)
        # Kinds are the senders' words: what is remembered of them is bounded.
        self._paths = lru_cache(maxsize=_REMEMBERED)(self._find_paths)
        self._tree = lru_cache(maxsize=_REMEMBERED)(self._make_tree)
        self._days = lru_cache(maxsize=_REMEMBERED)(self._find_days)

    def paths(self, format: str, kind: str) -> frozenset[str]:
        """What the contracts list for documents of this kind."""
        return self._paths(_family(format), kind)

    def data_class(self, format: str, kind: str, path: str) -> str:
        """The strictest class that a contract gives what stands at ``path`` or around it; "confidential" where none does."""
        return strictest(
            item.data_class for item in self.lines(format, kind) if is_within(path, item.path)
        )

    def lines(self, format: str, kind: str) -> Iterator[Attribute]:
        """What the contracts for documents of this kind list, with class and purpose."""
        for contract in self.of_kind(format, kind):
            yield from contract.attributes

    def listing(
        self, format: str, kind: str, names: tuple[str, ...]
    ) -> Iterator[tuple[Contract, Attribute]]:
        """The lines that list what stands at ``names``, or what is around it. Of HL7 v2 ``names`` is one field or component."""
        is_hl7 = format == "hl7v2"
        for contract in self.of_kind(format, kind):
            for line in contract.attributes:
                if (
                    is_within(names[0], line.path)
                    if is_hl7
                    else is_listed_by(names, _parsed(line.path))
                ):
                    yield contract, line

    def of_kind(self, format: str, kind: str) -> Iterator[Contract]:
        """The contracts for documents of this kind."""
        return (contract for contract in self._contracts if contract.is_for(format, kind))

    def kept_days(self, document: Document, most: int | None = None) -> int | None:
        """How many days ``document`` is kept: ``most``, or less where a line of a contract for its kind says so. None: nobody
        says.

        Whether it does hold that place is not asked. Of FHIR the kinds of all resources in it count, contained ones and
        those of a Bundle's entries too.
        """
        is_fhir = document.format == "fhir"
        kinds = set(_kinds_in(document.body)) if is_fhir else (document.kind,)
        return self.kept_days_of(document.format, kinds, most)

    def kept_days_of(
        self, format: str, kinds: Iterable[str], most: int | None = None
    ) -> int | None:
        """``kept_days`` of a document that states these ``kinds``."""
        told = (most, *(self._days(_family(format), kind) for kind in kinds))
        return min((days for days in told if days is not None), default=None)

    def covers(self, document: Document) -> bool:
        """Whether any contract is for this document; of a Bundle, for any resource it states."""
        kinds = {document.kind}
        if document.format == "fhir":
            kinds.update(part.kind for part in resources(document.body))
        return any(self.paths(document.format, kind) for kind in kinds)

    def allows(self, format: str, kind: str, path: str) -> bool:
        """Whether all of what stands at ``path`` would be kept, as far as its names tell. Of HL7 v2 the contract alone is
        asked, not what is never stored."""
        if format == "hl7v2":
            return bool(_hl7_names(path) & self.paths(format, kind))
        names = parse_path(path)
        place = self._tree(_family(format), kind)
        for name in names:
            place = place.at(name) if place is not None else None
        if place is None or not place.is_all:
            return False
        return not _is_never(format, kind, names)

    def minimise(self, document: Document) -> tuple[Document, tuple[str, ...]]:
        """The document with what is allowed of its body, and the places of what was dropped, sorted.

        A document that no contract is for keeps no more than its kind; ask ``covers`` whether to take it at all.
        """
        body, dropped = self._minimise_body(document)
        return replace(document, body=body), dropped

    def _minimise_body(self, document: Document) -> tuple[Any, tuple[str, ...]]:
        format, kind = document.format, document.kind
        if format == "fhir":
            return minimise_fhir.minimise(document.body, lambda kind: self._tree("fhir", kind))
        if format == "hl7v2":
            return minimise_hl7v2(document.body, self.paths(format, kind))
        if not isinstance(document.body, (dict, list)):
            return None, ("*",)
        return minimise_json.minimise(document.body, self._tree(_family(format), kind) or Allowed())

    def _find_paths(self, format: str, kind: str) -> frozenset[str]:
        return frozenset(line.path for line in self.lines(format, kind))

    def _find_days(self, format: str, kind: str) -> int | None:
        told = (line.kept_days for line in self.lines(format, kind))
        return min((days for days in told if days is not None), default=None)

    def _make_tree(self, format: str, kind: str) -> Allowed | None:
        """None: no contract is for it."""
        paths = self._find_paths(format, kind)
        return compile_paths(paths) if paths else None


def is_within(path: str, outer: str) -> bool:
    """Whether ``path`` is ``outer`` or beneath it: ``PID-5.1`` of ``PID-5`` or ``PID-*``, ``name.family`` of ``name``.

    >>> is_within("PID-5.1", "PID-*"), is_within("name.family", "name"), is_within("names", "name")
    (True, True, False)
    """
    if outer == "*" or path == outer or path.startswith(f"{outer}."):
        return True
    return outer.endswith("-*") and path.startswith(outer[:-1])


def is_never_at(format: str, kind: str, path: str) -> bool:
    """Whether what stands at ``path`` of a FHIR resource or JSON document is never stored; '' is the whole of it."""
    names = tuple(name for name in split_path(path) if name)
    return _is_never(format, kind, tuple(name for name in names if name not in ("*", "extension")))


def _is_never(format: str, kind: str, names: tuple[str, ...]) -> bool:
    return _is_never_fhir(kind, names) if format == "fhir" else any(map(is_never_name, names))


def _kinds_in(resource: dict[str, Any]) -> Iterator[str]:
    """The types of a FHIR resource and of all that stand in it."""
    yield resource["resourceType"]
    for inner in resource.get("contained", ()):
        yield from _kinds_in(inner)
    for entry in resource.get("entry", ()) if resource["resourceType"] == "Bundle" else ():
        if "resource" in entry:
            yield from _kinds_in(entry["resource"])


def _family(format: str) -> str:
    return "json" if format == "cloudevents" else format


def _hl7_names(path: str) -> set[str]:
    """``PID-3.1`` is allowed by itself, by ``PID-3`` and by ``PID-*``."""
    field = path.partition(".")[0]
    return {path, field, f"{field.partition('-')[0]}-*"}


def _is_never_fhir(kind: str, names: tuple[str, ...]) -> bool:
    """Whether a path of a resource type leads through something that is never stored, or nowhere."""
    if kind not in RESOURCE_TYPES or is_never_resource(kind):
        return True
    owner, known = kind, elements(kind)
    for name in names:
        url = extension_url(name)
        element = known.get("extension" if url else name)
        if element is None or is_never(owner, name, element.type) or is_never_extension(url):
            return True
        is_leaf = element.is_primitive or element.type == "Resource"
        owner, known = element.type, {} if is_leaf else elements(element.type)
    return False
