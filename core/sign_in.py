"""Which roles a person has, by what an identity provider says of her when she signs in (OpenID Connect Core 1.0, 5).

Pure: the claims are given, verified by whoever got them. A claim that is not there gives nothing; one that is there and can't
be read stops the sign-in, since nobody knows then what should be given and what taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .errors import PermanentError

#: the roles that people may have by a claim; never that of systems, and no group of anybody else's
ROLES = (
    "viewer",
    "resolver",
    "operator",
    "administrator",
    "auditor",
    "patient_reader",
    "payload_reader",
    "data_protection",
)


class Grant(NamedTuple):
    """Whoever has ``value`` in ``claim`` has ``role``. ``claim``: a name, or the way to it: ``realm_access.roles``."""

    claim: str
    value: str
    role: str


def roles(claims: Mapping[str, Any], grants: Iterable[Grant], client: str) -> tuple[str, ...]:
    """The roles that ``grants`` give whom ``claims`` tell of, in the order of ``ROLES``.

    Values are compared exactly. ``PermanentError``, ``path`` being the claim: ``claims_for_another`` where they were not made
    for ``client`` (``aud``, ``azp``: OpenID Connect Core 1.0, 3.1.3.7); ``claim_elsewhere`` where the provider says that the
    claim has to be asked for somewhere else (5.6.2), as Entra ID does for who is in many groups; ``claim_unreadable`` where
    it is neither a text nor a list of texts.
    """
    _check_audience(claims, client)
    held, read = set(), {}
    for grant in grants:
        if grant.claim not in read:
            read[grant.claim] = values(claims, grant.claim)
        if grant.value in read[grant.claim]:
            held.add(grant.role)
    return tuple(role for role in ROLES if role in held)


def values(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """What ``claim`` holds; nothing where it is not there. Errors as for ``roles``."""
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, Mapping) and claim in elsewhere:
        raise PermanentError("claim_elsewhere", path=claim)
    if claim == "groups" and claims.get("hasgroups"):
        # what Entra ID says of too many groups where the token travels in an address
        raise PermanentError("claim_elsewhere", path=claim)
    said = _at(claims, claim, claim)
    if said is None:
        return frozenset()
    if isinstance(said, str):
        return frozenset((said,))
    if isinstance(said, list) and all(isinstance(one, str) for one in said):
        return frozenset(said)
    raise PermanentError("claim_unreadable", path=claim)


def _at(claims: Any, way: str, claim: str) -> Any:
    """What lies at ``way``; names may have dots themselves (``resource_access.odoo.prod.roles``, ``https://…/roles``)."""
    if claims is None:
        return None
    if not isinstance(claims, Mapping):
        raise PermanentError("claim_unreadable", path=claim)
    if way in claims:
        return claims[way]
    names = way.split(".")
    for length in range(len(names) - 1, 0, -1):
        name = ".".join(names[:length])
        if name in claims:
            return _at(claims[name], ".".join(names[length:]), claim)
    return None


def _check_audience(claims: Mapping[str, Any], client: str) -> None:
    said = claims.get("aud")
    audience = [said] if isinstance(said, str) else said
    if not client or not isinstance(audience, list) or client not in audience:
        raise PermanentError("claims_for_another", path="aud")
    if claims.get("azp", client) != client:
        raise PermanentError("claims_for_another", path="azp")
