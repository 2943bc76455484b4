"""Mutual TLS by the reverse proxy: the client's certificate, pinned by the SHA-256 of its DER form.

The proxy has verified that the sender holds the certificate's key; ``peer.certificate`` decides whether the proxy is
believed. Pinned means: no name is compared and no authority trusted. A new certificate is a new credential.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..errors import PermanentError
from ..signature import Credential, Scheme, SignedRequest, refused

LONGEST = 16 * 1024

_PEM = re.compile(rb"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")
_SPACE = re.compile(rb"\s+")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an administrator is shown of a certificate; ``ends_at`` is aware."""

    fingerprint: str
    subject: str
    ends_at: datetime


def verify(credential: Credential, request: SignedRequest) -> str:
    """The request's ``Idempotency-Key`` (or ``webhook-id``), which the holder may state; or ``Unauthenticated``.

    ``credential.digest`` is the pinned fingerprint, 64 hexadecimal digits.
    """
    shown = fingerprint(request.certificate)
    if not shown:
        raise refused("no_certificate")
    if not hmac.compare_digest(shown.encode(), credential.digest.encode()):
        raise refused("bad_certificate")
    return request.header("idempotency-key") or request.header("webhook-id")


def fingerprint(text: str) -> str:
    """The SHA-256 of a certificate as a proxy spells it, '' for anything else.

    Read are: ``:<base64 of DER>:`` (RFC 9440), PEM, also with escapes (nginx's ``$ssl_client_escaped_cert``) or spaces for
    line ends (Apache), and base64 of DER (HAProxy's ``ssl_c_der``).
    """
    der = _der(text)
    return hashlib.sha256(der).hexdigest() if der else ""


def read(text: str) -> Certificate:
    """A certificate that an administrator gives. ``PermanentError`` ``certificate_malformed``."""
    der = _der(text)
    try:
        found = x509.load_der_x509_certificate(der)
        names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        subject = str(names[0].value) if names else found.subject.rfc4514_string()
        ends_at = found.not_valid_after_utc
    except (ValueError, x509.InvalidVersion):
        raise PermanentError("certificate_malformed") from None
    return Certificate(hashlib.sha256(der).hexdigest(), subject, ends_at)


def spaced(fingerprint: str) -> str:
    """As people compare it: the first eight bytes, in pairs."""
    return ":".join(_pairs(fingerprint[:16].upper()))


def _pairs(text: str) -> Iterable[str]:
    return (text[place : place + 2] for place in range(0, len(text), 2))


def _der(text: str) -> bytes:
    if not text.isascii() or len(text) > LONGEST:
        return b""
    if "-----BEGIN" in text:
        match = _PEM.fullmatch(unquote_to_bytes(text) if "%" in text else text.encode())
        encoded = match[1] if match else b""
    elif len(text) > 2 and text[0] == text[-1] == ":":
        encoded = text[1:-1].encode()
    else:
        encoded = text.encode()
    try:
        return base64.b64decode(_SPACE.sub(b"", encoded), validate=True)
    except binascii.Error:
        return b""


SCHEME = Scheme(name="mutual_tls", label="Client certificate (mutual TLS)", verify=verify)
