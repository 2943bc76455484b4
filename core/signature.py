"""The shapes of authentication: what a request shows, what an endpoint expects, what a scheme is.

The schemes themselves are in ``auth/``, one file each; ``auth.authenticate`` is the door's only
entrance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .errors import Unauthenticated


def refused(reason: str) -> Unauthenticated:
    """One code for all, so that a sender learns nothing; ``reason`` (our own words) is for the
    operator's log."""
    return Unauthenticated("unauthenticated", detail=reason)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request before anyone has parsed it: ``body`` is the raw bytes, header names are lower
    case, ``now`` is aware. ``certificate``: the client's, as a proxy that is believed spells it.
    ``macs``: of a body that was too long to be kept, its signatures by key; ``body`` is empty then."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    now: datetime
    certificate: str = field(default="", repr=False)
    macs: Mapping[bytes, bytes] | None = field(default=None, repr=False)

    def __post_init__(self):
        # A parsed-and-dumped body or a naive clock would verify on one machine and not on another:
        # a programmer's mistake, told at once.
        if not isinstance(self.body, bytes):
            raise TypeError("the raw bytes of the body are what is authenticated")
        if self.now.tzinfo is None:
            raise ValueError("now must carry its zone")

    def header(self, name: str) -> str:
        return self.headers.get(name) or ""


@dataclass(frozen=True, slots=True)
class Credential:
    """What an endpoint accepts. ``reference`` is the caller's own key for it.

    ``secrets`` are shared secrets valid at once (two while one is rotated out); ``prefix`` and
    ``digest`` stand for a key that is only compared; ``terms`` is what a scheme of another kind asks for, in its own
    shape. ``expires_at`` is aware; None: until revoked.
    """

    scheme: str
    reference: object = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    prefix: str = ""
    digest: str = field(default="", repr=False)
    terms: Any = field(default=None, repr=False)
    expires_at: datetime | None = None

    def __post_init__(self):
        if self.expires_at is not None and self.expires_at.tzinfo is None:
            raise ValueError("expires_at must carry its zone")


@dataclass(frozen=True, slots=True)
class Verified:
    """Proof that a request was authenticated: the credential that held, the bytes it held for, and
    the request's own id as far as the scheme vouches for it ('' otherwise). Parse ``body`` of this,
    not what came off the wire."""

    credential: Credential
    body: bytes = field(repr=False)
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to authenticate. ``verify`` returns the vouched-for request id ('' for none) or
    raises ``Unauthenticated``, and nothing else, whatever the request holds. ``label`` is what an
    administrator reads."""

    name: str
    label: str
    verify: Callable[[Credential, SignedRequest], str]


def first_that_holds(
    schemes: Mapping[str, Scheme], credentials: Iterable[Credential], request: SignedRequest
) -> Verified:
    """Try each credential; the first that holds decides. None given, unknown scheme, expired:
    refused."""
    reason = "no_credential"
    for credential in credentials:
        try:
            request_id = _verify(schemes, credential, request)
        except Unauthenticated as error:
            reason = error.detail
        else:
            return Verified(credential, request.body, request_id)
    raise refused(reason)


def _verify(schemes: Mapping[str, Scheme], credential: Credential, request: SignedRequest) -> str:
    if credential.scheme not in schemes:
        raise refused("unknown_scheme")
    if credential.expires_at is not None and request.now >= credential.expires_at:
        raise refused("expired")
    return schemes[credential.scheme].verify(credential, request)
