"""Which version of its contract a document follows: the one that its sender names, or the one in use.

A sender names one by CloudEvents' ``dataschema``, an absolute URI in one of three forms:

- ``https://any.host/any/prefix/interop/v1/schemas/<code>/<number>``: where the schema can be read, whatever the host
- ``urn:interop:schema:<code>:<number>``
- the ``$id`` that the version's JSON Schema gives itself: an address of the sender's own

Named is one contract; others for documents of the kind add up to it as they are in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from .codecs.fhir_bundle import resources
from .codecs.strict_json import loads
from .contract import Contracts
from .contract_definition import ContractDefinition
from .document import Document
from .errors import MessageRefused
from .lifecycle import DEPRECATED, DRAFT, RETIRED, Lifecycle, Retired
from .schema import MAX_PROBLEMS, Problem, Schema

SCHEMAS_PATH = "/interop/v1/schemas/"
_BY_PATH = re.compile(r"[a-z][a-z0-9+.-]*://[^?#]*/interop/v1/schemas/([^/?#]+)/([^/?#]+)", re.I)
_BY_NAME = re.compile(r"urn:interop:schema:([^:]+):([^:]+)", re.I)
_REMEMBERED = 1024
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


class UnknownVersion(MessageRefused):
    """``dataschema`` names no version, none that is spoken, or one of a contract that is for other documents."""

    http_status = 422

    def __init__(self):
        super().__init__("unknown_schema_version", path="dataschema")


class SchemaViolation(MessageRefused):
    """What is to be stored does not fit the JSON Schema of its contract: ``problems`` name places and rules, never a value."""

    category = "contract"
    http_status = 422

    def __init__(self, problems: tuple[Problem, ...]):
        super().__init__("schema", path=problems[0].path, detail=problems[0].rule)
        self.problems = problems


class VersionRetired(Retired):
    """The version that the sender names is not spoken any more."""

    def __init__(self, lifecycle: Lifecycle):
        super().__init__(lifecycle.successor)
        self.path = "dataschema"
        self.lifecycle = lifecycle


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """``number`` of the contract that goes by ``code``; ``id`` is what a message remembers."""

    id: int
    code: str
    number: str
    definition: ContractDefinition
    lifecycle: Lifecycle
    is_in_use: bool

    @property
    def address(self) -> str:
        return f"{SCHEMAS_PATH}{self.code}/{self.number}"

    def is_for(self, document: Document) -> bool:
        contract = self.definition.contract
        return any(contract.is_for(document.format, kind) for kind in _kinds(document))


@dataclass(frozen=True, slots=True)
class Followed:
    """What decides about a document: ``version`` is what its message remembers, None where no contract is for it."""

    contracts: Contracts
    version: ContractVersion | None
    lifecycle: Lifecycle | None = None


class Governed:
    """The versions of all contracts, with at most one in use of each. Made once; safe to share between threads."""

    def __init__(self, versions: Iterable[ContractVersion]):
        known = [one for one in versions if one.lifecycle.status != DRAFT]
        self._in_use = tuple(one for one in known if one.is_in_use)
        self._named = {(one.code, one.number): one for one in known}
        self._by_id = {_own_id(one): one for one in known if _own_id(one)}
        self._successors = {one.code: one.address for one in self._in_use}
        self.contracts = Contracts(one.definition.contract for one in self._in_use)
        self._has_schema = any(one.definition.schema for one in known)
        # kinds are the senders' words: what is remembered of them is bounded
        self._closest = lru_cache(maxsize=_REMEMBERED)(self._find_closest)
        self._beside = lru_cache(maxsize=_REMEMBERED)(self._make_beside)
        self._schemas = lru_cache(maxsize=_REMEMBERED)(self._find_schemas)

    def follow(self, document: Document) -> Followed:
        """``UnknownVersion`` or ``VersionRetired`` for what its sender names and can't have."""
        if document.envelope.schema:
            version = self.named(document.envelope.schema)
            if version is None or not version.is_for(document):
                raise UnknownVersion
            told = self.lifecycle(version)
            if told is not None:
                _check(told)
            return Followed(self._beside(version.id), version, told)
        closest = (self._closest(document.format, kind) for kind in _kinds(document))
        return Followed(self.contracts, next(filter(None, closest), None))

    def named(self, uri: str) -> ContractVersion | None:
        match = _BY_PATH.fullmatch(uri) or _BY_NAME.fullmatch(uri)
        return self._named.get((match[1], match[2])) if match else self._by_id.get(uri)

    def violation(
        self, document: Document, version: ContractVersion | None
    ) -> SchemaViolation | None:
        """What of ``document``, minimised, does not fit the schemas of what it follows: ``version`` and, beside it, those in
        use. HL7 v2 is no JSON."""
        if not self._has_schema or document.format == "hl7v2":
            return None
        found = tuple(self._problems(document, version.id if version else 0))[:MAX_PROBLEMS]
        return SchemaViolation(found) if found else None

    def _problems(self, document: Document, version: int) -> Iterator[Problem]:
        if document.format != "fhir":
            for schema in self._schemas(document.format, document.kind, version):
                yield from schema.problems(document.body)
            return
        for part in resources(document.body):
            for schema in self._schemas("fhir", part.kind, version):
                for problem in schema.problems(part.body):
                    yield replace(problem, path=f"{part.path}.{problem.path}".rstrip("."))

    def lifecycle(self, version: ContractVersion) -> Lifecycle | None:
        """How long the version is spoken, with what takes its place; None while nothing is to be told."""
        if version.lifecycle.status not in (DEPRECATED, RETIRED):
            return None
        return replace(version.lifecycle, successor=self._successors.get(version.code, ""))

    def _find_closest(self, format: str, kind: str) -> ContractVersion | None:
        """Of those in use for documents of a kind, the one for the fewest others."""
        found = [one for one in self._in_use if one.definition.contract.is_for(format, kind)]
        return min(found, key=_breadth, default=None)

    def _standing(self, version: int) -> list[ContractVersion]:
        """Those in use, ``version`` in the place of its contract's."""
        named = next((one for one in self._named.values() if one.id == version), None)
        if named is None:
            return list(self._in_use)
        return [one for one in self._in_use if one.code != named.code] + [named]

    def _make_beside(self, version: int) -> Contracts:
        return Contracts(one.definition.contract for one in self._standing(version))

    def _find_schemas(self, format: str, kind: str, version: int) -> tuple[Schema, ...]:
        fitting = (
            one.definition.compiled()
            for one in self._standing(version)
            if one.definition.contract.is_for(format, kind)
        )
        return tuple(filter(None, fitting))


def earliest(lifecycles: Iterable[Lifecycle]) -> Lifecycle | None:
    """Of what ends, what ends first; what has no day yet comes last."""
    return min(
        lifecycles,
        key=lambda one: (one.sunset_at is None, one.sunset_at or one.deprecated_at or _NEVER),
        default=None,
    )


def _check(lifecycle: Lifecycle) -> None:
    try:
        lifecycle.check()
    except Retired:
        raise VersionRetired(lifecycle) from None


def _kinds(document: Document) -> Iterator[str]:
    yield document.kind
    if document.format == "fhir" and document.kind == "Bundle":
        for part in resources(document.body):
            yield part.kind


def _own_id(version: ContractVersion) -> str:
    schema: Any = loads(version.definition.schema) if version.definition.schema else None
    own = schema.get("$id") if isinstance(schema, dict) else None
    return own if isinstance(own, str) else ""


def _breadth(version: ContractVersion) -> tuple[bool, int, int]:
    kinds = version.definition.contract.document
    return ("*" in kinds, len(kinds.split()), version.id)
