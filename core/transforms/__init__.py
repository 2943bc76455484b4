"""The named pure functions that mapping rules are made of; a name is all that a rule stores."""

from __future__ import annotations

from . import canonical_json, common, fhir, fhir_claims, fhir_references, hl7v2, hl7v2_references
from .common import Context, Transform, Translate

TRANSFORMS: dict[str, Transform] = {
    **common.TRANSFORMS,
    **hl7v2.TRANSFORMS,
    **hl7v2_references.TRANSFORMS,
    **fhir.TRANSFORMS,
    **fhir_references.TRANSFORMS,
    **fhir_claims.TRANSFORMS,
    **canonical_json.TRANSFORMS,
}

__all__ = ["TRANSFORMS", "Context", "Transform", "Translate", "describe"]


def describe(name: str) -> str:
    """What the transform ``name`` does, in a line for administrators."""
    return (TRANSFORMS[name].__doc__ or "").strip().partition("\n")[0]
