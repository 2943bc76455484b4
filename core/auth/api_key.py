"""API keys: ``hio_<prefix>_<secret>`` in ``Authorization: Bearer`` or ``X-API-Key``.

The prefix finds the row, the digest decides. One SHA-256 is enough here, and right on the hot path:
the secret is 256 random bits, so there is nothing to guess, and slow hashes (PBKDF2, argon2) only
help guessable passwords.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..signature import Credential, Scheme, SignedRequest, refused

_PREFIX_BYTES = 5
_SECRET_BYTES = 32
_KEY = re.compile(r"hio_([a-z2-7]{8,16})_([a-z2-7]{52})")
_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class GeneratedKey:
    """``key`` is shown to its owner once and never stored; ``prefix`` and ``digest`` are what is
    stored."""

    key: str = field(repr=False)
    prefix: str
    digest: str = field(repr=False)


def generate(random_bytes: Callable[[int], bytes]) -> GeneratedKey:
    """A new key. ``random_bytes`` is ``os.urandom`` outside tests."""
    prefix, secret = _base32(random_bytes(_PREFIX_BYTES)), _base32(random_bytes(_SECRET_BYTES))
    key = f"hio_{prefix}_{secret}"
    return GeneratedKey(key, prefix, digest(key))


def digest(key: str) -> str:
    """What is stored of a whole key: the prefix is in it, so a digest fits no other row."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def prefix_of(headers: Mapping[str, str]) -> str:
    """The prefix of the key a request shows, to look the credential up; '' where it shows none.
    Proves nothing."""
    match = _KEY.fullmatch(_shown(headers))
    return match[1] if match else ""


def verify(credential: Credential, request: SignedRequest) -> str:
    """The request's ``Idempotency-Key`` (or ``webhook-id``), which the bearer of a key may state;
    or ``Unauthenticated``."""
    key = _shown(request.headers)
    match = _KEY.fullmatch(key)
    if not match:
        raise refused("no_api_key")
    is_digest_equal = hmac.compare_digest(digest(key).encode(), credential.digest.encode())
    if not is_digest_equal or match[1] != credential.prefix:
        raise refused("bad_api_key")
    return request.header("idempotency-key") or request.header("webhook-id")


def _shown(headers: Mapping[str, str]) -> str:
    """The one key a request shows; two different ones are none."""
    match = _BEARER.fullmatch((headers.get("authorization") or "").strip(" "))
    shown = {match[1] if match else "", (headers.get("x-api-key") or "").strip(" ")} - {""}
    return shown.pop() if len(shown) == 1 else ""


def _base32(data: bytes) -> str:
    # Lower-case base32: a double click selects the whole key, and no character needs escaping
    # anywhere.
    return base64.b32encode(data).decode().rstrip("=").lower()


SCHEME = Scheme(name="api_key", label="API key", verify=verify)
