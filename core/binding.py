"""Which identifiers are one and the same: the namespaces of bindings.

A number means something only beside whose number it is. An identifier whose system is globally unique (a URI, an OID,
a GTIN) is the same wherever it comes from. A local one (an HL7 assigner such as ``MRN``) belongs to the identity domain
of the system that sent it; systems that share their number ranges share the domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .canonical import Identifier

_OID = re.compile(r"\d+(\.\d+){3,}")

#: namespaces that are registered world-wide though they look like words
GLOBAL = frozenset({"gtin", "npi", "udi", "vat", "iban"})

#: what may go by the numbers of two records: a result may come before its order, and under another number
MAY_CLASH = frozenset(("order", "purchase_order", "supply_order"))

#: the logical ids of a FHIR server are local to it, and to nothing else
FHIR = "fhir:"


def global_system(system: str) -> str:
    """``system`` as it is written world-wide; '' where it means something only to whoever sent it."""
    if system.lower() in GLOBAL:
        return system.lower()
    if _OID.fullmatch(system):
        return f"urn:oid:{system}"
    return system if ":" in system and not system.startswith(FHIR) else ""


def namespace(identifier: Identifier, domain: str) -> str:
    """The namespace of ``identifier`` as sent by a system whose identity domain is ``domain``."""
    known = global_system(identifier.system)
    return known or f"{domain}|{identifier.system or identifier.type}"


def keys_of(identifiers: Iterable[Identifier], domain: str) -> dict[tuple[str, str], str]:
    """``{(namespace, value): type}`` in the order given, the first of equal ones winning."""
    keys: dict[tuple[str, str], str] = {}
    for identifier in identifiers:
        keys.setdefault((namespace(identifier, domain), identifier.value), identifier.type)
    return keys


def clash(
    keys: Iterable[tuple[str, str]], known: Mapping[tuple[str, str], int]
) -> tuple[tuple[str, int], tuple[str, int]] | None:
    """The first two of ``keys`` that ``known`` binds to different records, each as (namespace, record); else None."""
    bound = [(key[0], known[key]) for key in keys if key in known]
    other = next((one for one in bound if one[1] != bound[0][1]), None)
    return (bound[0], other) if other else None
