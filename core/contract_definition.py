"""What a contract says, as one value that can be kept, compared and written down: its documents, attributes and JSON Schema.

Written as canonical JSON, equal definitions have equal bytes and one fingerprint. Attributes carry all their members: one
that is empty or as it is by itself is left out, so that a member which later versions of this code add changes nobody's
fingerprint.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any

from .codecs.strict_json import dumps, loads
from .contract import Attribute, Contract
from .errors import InteropError, PermanentError
from .schema import Schema, compile_schema

#: characters of a JSON Schema
MOST_SCHEMA = 256 * 1024
DRAFT = "https://json-schema.org/draft/2020-12/schema"
FORMATS = ("fhir", "hl7v2", "json", "cloudevents")

_USUAL = {item.name: item.default for item in fields(Attribute)}


@dataclass(frozen=True, slots=True)
class ContractDefinition:
    """A whole contract. ``schema`` is canonical JSON, '' for none; documents and attributes are in order."""

    contract: Contract
    schema: str = ""

    def to_json(self) -> dict[str, Any]:
        written = {
            "format": self.contract.format,
            "document": self.contract.document,
            "attributes": [attribute_to_json(one) for one in self.contract.attributes],
        }
        return written | ({"schema": loads(self.schema)} if self.schema else {})

    def text(self) -> str:
        """The canonical JSON: what is kept, and what the fingerprint is of."""
        return dumps(self.to_json()).decode()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()

    def compiled(self) -> Schema | None:
        """What decides about documents; None where any will do."""
        return compile_schema(self.schema) if self.schema else None


def define(contract: Contract, schema: str = "") -> ContractDefinition:
    """The definition of ``contract`` with ``schema`` as somebody wrote it.

    ``PermanentError``: ``schema_too_large``; ``bad_schema`` for what is none of 2020-12, or refers to another document,
    with the place in it as detail where that is known; ``schema_of_hl7v2``: those documents are no JSON.
    """
    ordered = sorted(contract.attributes, key=lambda one: one.path)
    kinds = " ".join(sorted(set(contract.document.split())))
    canonical = Contract(contract.format, kinds, tuple(ordered))
    if not (schema or "").strip():
        return ContractDefinition(canonical)
    if contract.format == "hl7v2":
        raise PermanentError("schema_of_hl7v2", path="schema")
    return ContractDefinition(canonical, _checked(schema))


def _checked(text: str) -> str:
    if len(text) > MOST_SCHEMA:
        raise PermanentError("schema_too_large", path="schema")
    try:
        value = loads(text)
        if isinstance(value, dict) and str(value.get("$schema", DRAFT)).rstrip("#") != DRAFT:
            raise PermanentError("bad_schema", path="schema.$schema")
        canonical = dumps(value).decode()
        compile_schema(canonical)
    except InteropError as error:
        path = error.path if error.code == "bad_schema" and error.path else "schema"
        raise PermanentError("bad_schema", path=path, detail=error.detail) from None
    return canonical


def read(text: str) -> ContractDefinition:
    """The definition that ``text`` writes down. ``PermanentError`` (``bad_definition``, or as ``define``) with the place."""
    try:
        value = loads(text)
    except InteropError as error:
        raise PermanentError("bad_definition", detail=error.detail) from None
    if not isinstance(value, dict):
        raise PermanentError("bad_definition")
    for name in ("format", "document"):
        if not isinstance(value.get(name), str):
            raise PermanentError("bad_definition", path=name)
    if value["format"] not in FORMATS:
        raise PermanentError("bad_definition", path="format")
    listed = value.get("attributes")
    if not isinstance(listed, list):
        raise PermanentError("bad_definition", path="attributes")
    attributes = tuple(
        attribute_from_json(one, f"attributes[{number}]") for number, one in enumerate(listed)
    )
    contract = Contract(value["format"], value["document"], attributes)
    return define(contract, dumps(value["schema"]).decode() if "schema" in value else "")


def attribute_to_json(attribute: Attribute) -> dict[str, Any]:
    said = {item.name: getattr(attribute, item.name) for item in fields(Attribute)}
    return {name: value for name, value in said.items() if name == "path" or value != _USUAL[name]}


def attribute_from_json(value: Any, path: str) -> Attribute:
    """``PermanentError`` (``bad_definition``) with the place for members that no attribute has, or of another type."""
    if not isinstance(value, dict) or not isinstance(value.get("path"), str) or not value["path"]:
        raise PermanentError("bad_definition", path=f"{path}.path")
    for name, said in value.items():
        usual = _USUAL.get(name) if name != "path" else ""
        wanted = int if usual is None else type(usual)
        if name not in _USUAL or type(said) is not wanted:
            raise PermanentError("bad_definition", path=f"{path}.{name}")
    try:
        return Attribute(**value)
    except InteropError as error:
        raise PermanentError("bad_definition", path=path, detail=error.code) from None
