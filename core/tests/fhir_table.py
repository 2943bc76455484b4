"""Derives ``codecs/fhir_r4.json`` from HL7's official JSON schema of FHIR R4 (4.0.1, CC0).

Run it again only if HL7 publishes another 4.0 schema::

    python -m core.tests.fhir_table path/to/fhir.schema.r4.json.gz

The schema has 3 MB, most of it descriptions; what decides whether a resource has the right shape fits in 200 kB.
An element reads ``<type>[:<index into codes>][*][!]``: ``*`` a list, ``!`` required.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "codecs" / "fhir_r4.json"
_RESOURCE = {"id": "id", "meta": "Meta", "implicitRules": "uri", "language": "code"}
_ELEMENT = {"id": "string", "extension": "Extension*"}
_MODIFIER = {"modifierExtension": "Extension*"}
BASES = {
    "DomainResource": {
        **_RESOURCE, "text": "Narrative", "contained": "Resource*", "extension": "Extension*", **_MODIFIER
    },
    "BackboneElement": {**_ELEMENT, **_MODIFIER},
    "Resource": _RESOURCE,
    "Element": _ELEMENT,
}  # fmt: skip


def derive(schema: dict[str, Any]) -> dict[str, Any]:
    """The table: resources, bases, codes (lists of permitted values) and types with their own elements."""
    definitions = schema["definitions"]
    codes: list[list[str]] = []
    types = {
        name: _type(definition, definitions, codes)
        for name, definition in sorted(definitions.items())
        if "properties" in definition
    }
    resources = sorted(schema["discriminator"]["mapping"])
    return {"resources": resources, "codes": codes, "bases": BASES, "types": types}


def _type(definition: dict, definitions: dict, codes: list[list[str]]) -> dict[str, str]:
    required = set(definition.get("required", ()))
    elements = {
        name: _element(name, spec, definitions, codes) + ("!" if name in required else "")
        for name, spec in definition["properties"].items()
        if name != "resourceType" and not name.startswith("_")
    }
    for base, inherited in BASES.items():
        if inherited.items() <= elements.items():
            own = {name: text for name, text in elements.items() if name not in inherited}
            return {"": base, **own}
    return elements


def _element(name: str, spec: dict, definitions: dict, codes: list[list[str]]) -> str:
    if "items" in spec:
        return _element(name, spec["items"], definitions, codes) + "*"
    if "enum" in spec:
        if spec["enum"] not in codes:
            codes.append(spec["enum"])
        return f"code:{codes.index(spec['enum'])}"
    if "$ref" in spec:
        target = spec["$ref"].rpartition("/")[2]
        return "Resource" if target == "ResourceList" else target
    return _choice(name, definitions)


def _choice(name: str, definitions: dict) -> str:
    """The type that the name of a choice element ends in: ``valueBase64Binary`` is a base64Binary."""
    primitives = (
        kind for kind, definition in definitions.items() if "properties" not in definition
    )
    return max((kind for kind in primitives if name.lower().endswith(kind.lower())), key=len)


def render(table: dict[str, Any]) -> str:
    """One line a type, so that a change can be read."""
    parts = [f'"{key}": {json.dumps(table[key])}' for key in ("resources", "bases")]
    codes = ",\n".join(json.dumps(values) for values in table["codes"])
    types = ",\n".join(f'"{name}": {json.dumps(own)}' for name, own in table["types"].items())
    return "{" + ",\n".join([*parts, f'"codes": [\n{codes}]', f'"types": {{\n{types}}}']) + "}\n"


def main(path: str) -> None:
    schema = json.loads(gzip.decompress(Path(path).read_bytes()))
    TABLE.write_text(render(derive(schema)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
