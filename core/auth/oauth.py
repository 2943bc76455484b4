"""OAuth 2 bearer tokens: JWTs of an identity provider (RFC 9068, RFC 8725), verified against its published keys (RFC 7517).

Federated: the sender's account is at the issuer, none is in Odoo. Nothing is fetched here; the keys are given. A token is
accepted for its exact issuer and audience, a signature by one of the issuer's own keys in an asymmetric algorithm of that
key, its times, and the client or the scopes that the credential asks for. Headers that bring or name a key of the sender's
own (``jwk``, ``jku``, ``x5c``, ``x5u``) are never read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jwt import PyJWK, PyJWS
from jwt.exceptions import PyJWTError

from ..codecs import strict_json
from ..errors import BadDocument, PermanentError
from ..signature import Credential, Scheme, SignedRequest, refused

CLOCK_SKEW_SECONDS = 60
LONGEST_TOKEN = 8192
LARGEST_KEY_SET = 256 * 1024
MOST_KEYS = 50
SMALLEST_RSA_BITS = 2048
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})

_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
#: what a key of a kind may be used with, and its public members (RFC 7518, 6; RFC 8037)
_KINDS = {
    ("RSA", ""): (("RS256", "PS256"), ("n", "e")),
    ("EC", "P-256"): (("ES256",), ("crv", "x", "y")),
    ("OKP", "Ed25519"): (("EdDSA",), ("crv", "x")),
}
_JWS = PyJWS(algorithms=list(ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of an issuer, for ``algorithms`` only."""

    id: str
    algorithms: tuple[str, ...]
    key: Any = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a token has to show. ``client`` is its ``azp`` or ``client_id``, or its ``sub`` where it has neither; '': any.

    ``scopes`` are all required. One of the two has to be given: an audience alone is every client's of that issuer.
    """

    issuer: str
    audience: str
    client: str = ""
    scopes: frozenset[str] = frozenset()
    keys: tuple[Key, ...] = field(default=(), repr=False)


# -- the issuer's keys --


def read_keys(text: str) -> tuple[Key, ...]:
    """The usable keys of a JWK Set, in its order. What is no signing key of ours (symmetric, for encryption, too short,
    unreadable) is left out (RFC 7517, 5); private members are never taken over.

    ``PermanentError`` ``key_set_malformed`` for what is no JWK Set, ``key_set_empty`` where nothing usable is left.
    """
    if len(text) > LARGEST_KEY_SET:
        raise PermanentError("key_set_malformed")
    try:
        said = strict_json.loads(text)
    except BadDocument:
        raise PermanentError("key_set_malformed") from None
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise PermanentError("key_set_malformed")
    keys = tuple(filter(None, map(_key, listed[:MOST_KEYS])))
    if not keys:
        raise PermanentError("key_set_empty")
    return keys


def _key(said: Any) -> Key | None:
    if not isinstance(said, dict) or said.get("use", "sig") != "sig":
        return None
    uses = said.get("key_ops", ["verify"])
    kind = _KINDS.get((_text(said, "kty"), _text(said, "crv")))
    if kind is None or not isinstance(uses, list) or "verify" not in uses:
        return None
    algorithms, members = kind
    allowed = tuple(name for name in algorithms if said.get("alg", name) == name)
    try:
        key = PyJWK({"kty": said["kty"], **{name: _text(said, name) for name in members}}).key
    except (PyJWTError, ValueError):
        return None
    if (
        not allowed
        or getattr(key, "key_size", SMALLEST_RSA_BITS) < SMALLEST_RSA_BITS
        and "n" in members
    ):
        return None
    return Key(_text(said, "kid"), allowed, key)


# -- the token --


def verify(credential: Credential, request: SignedRequest) -> str:
    """The request's ``Idempotency-Key`` (or ``webhook-id``), which a bearer may state; or ``Unauthenticated``."""
    terms = credential.terms
    if not isinstance(terms, Terms) or not (terms.client or terms.scopes):
        raise refused("no_terms")
    claims = _claims(_token(request), terms)
    _check_who(claims, terms)
    _check_times(claims, request.now.timestamp())
    return request.header("idempotency-key") or request.header("webhook-id")


def lacks_key(credential: Credential, request: SignedRequest) -> bool:
    """Whether ``request`` shows a token that says it is of this credential's issuer and signed with a key that is not
    known: the issuer may have changed its keys. Proves nothing."""
    if not isinstance(credential.terms, Terms):
        return False
    try:
        token = _token(request)
        header, claims = _part(token, 0), _part(token, 1)
    except PermanentError:
        return False
    known = {key.id for key in credential.terms.keys}
    return claims.get("iss") == credential.terms.issuer and _text(header, "kid") not in known


def _token(request: SignedRequest) -> str:
    match = _BEARER.fullmatch(request.header("authorization").strip(" "))
    if not match:
        raise refused("no_token")
    if len(match[1]) > LONGEST_TOKEN:
        raise refused("token_too_long")
    if not _TOKEN.fullmatch(match[1]):
        raise refused("no_token")
    return match[1]


def _part(token: str, place: int) -> dict[str, Any]:
    """A part of the token, not verified; RFC 7515, 5.2: one JSON object, each name once."""
    part = token.split(".")[place]
    try:
        said = strict_json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (BadDocument, binascii.Error):
        raise refused("bad_token") from None
    if not isinstance(said, dict):
        raise refused("bad_token")
    return said


def _claims(token: str, terms: Terms) -> dict[str, Any]:
    header = _part(token, 0)
    if "crit" in header or "b64" in header:
        raise refused("critical_header")
    if str(header.get("typ", "JWT")).lower() not in TYPES:
        raise refused("bad_token_type")
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise refused("bad_algorithm")
    for key in _candidates(header, algorithm, terms.keys):
        try:
            _JWS.decode_complete(token, key.key, algorithms=[algorithm])
        except PyJWTError:
            continue
        return _part(token, 1)
    raise refused("bad_signature")


def _candidates(header: Mapping[str, Any], algorithm: str, keys: tuple[Key, ...]) -> list[Key]:
    """The keys that the token may be signed with. Without a key id there is none to choose from several."""
    fitting = [key for key in keys if algorithm in key.algorithms]
    if "kid" in header:
        named = [key for key in fitting if key.id and key.id == header["kid"]]
        if not named:
            raise refused("unknown_key")
        return named
    if len(fitting) != 1:
        raise refused("no_key_id")
    return fitting


def _check_who(claims: Mapping[str, Any], terms: Terms) -> None:
    if claims.get("iss") != terms.issuer:
        raise refused("bad_issuer")
    said = claims.get("aud")
    if terms.audience not in (said if isinstance(said, list) else [said]):
        raise refused("bad_audience")
    if "cnf" in claims:
        # bound to a key of the sender's (RFC 8705, RFC 9449), which a bearer does not show
        raise refused("bound_token")
    if terms.client and _client(claims) != terms.client:
        raise refused("bad_client")
    if not terms.scopes <= _scopes(claims):
        raise refused("missing_scope")


def _client(claims: Mapping[str, Any]) -> Any:
    """Of several names the issuer's own for the client decides: a subject may be anybody's choice."""
    return next((claims[name] for name in ("azp", "client_id", "sub") if name in claims), None)


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    said = claims.get("scope", claims.get("scp"))
    words = said.split(" ") if isinstance(said, str) else said
    return (
        frozenset(word for word in words if isinstance(word, str))
        if isinstance(words, list)
        else frozenset()
    )


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    ends = _time(claims, "exp")
    if ends is None:
        raise refused("no_expiry")
    if now >= ends + CLOCK_SKEW_SECONDS:
        raise refused("token_expired")
    for name in ("nbf", "iat"):
        begins = _time(claims, name)
        if begins is not None and now < begins - CLOCK_SKEW_SECONDS:
            raise refused("token_of_the_future")


def _time(claims: Mapping[str, Any], name: str) -> int | Decimal | None:
    if name not in claims:
        return None
    said = claims[name]
    if isinstance(said, bool) or not isinstance(said, (int, Decimal)):
        raise refused("bad_time")
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    return value if isinstance(value, str) else ""


SCHEME = Scheme(name="oauth", label="OAuth 2 bearer token (JWT)", verify=verify)
