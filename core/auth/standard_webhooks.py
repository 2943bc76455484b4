"""Standard Webhooks 1.0.0, symmetric signatures (``v1``), stricter than the reference libraries.

The signature covers ``<id>.<timestamp>.<body>`` and no other header: an ``Idempotency-Key`` or
``ce-*`` header beside it is not vouched for. Only ``webhook-id`` is, so only that becomes the
request's id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping

from ..errors import PermanentError
from ..signature import Credential, Scheme, SignedRequest, refused

TOLERANCE_SECONDS = 300
SECRET_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
#: 32 bytes in base64 are 44 characters, the last of them padding
_SIGNATURE = re.compile(r"v1,([A-Za-z0-9+/]{43}=)")
#: a sender has a few signatures while it rotates its secret; thousands are an attack on our time
_MAX_SIGNATURES = 20


def verify(credential: Credential, request: SignedRequest) -> str:
    """The verified ``webhook-id``, or ``Unauthenticated``."""
    message_id = request.header("webhook-id")
    timestamp = request.header("webhook-timestamp")
    if not _ID.fullmatch(message_id):
        raise refused("bad_message_id")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise refused("bad_timestamp")
    if abs(request.now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise refused("stale_timestamp")
    candidates = _candidates(request.header("webhook-signature"))
    keys = _keys(credential)
    if request.macs is None:
        expected = [_mac(key, message_id, timestamp, request.body) for key in keys]
    else:
        expected = [request.macs.get(key, b"") for key in keys]
    # Compared as text, so that only the one canonical base64 of the right MAC passes; all pairs, in
    # constant time.
    held = [hmac.compare_digest(mac, candidate) for mac in expected for candidate in candidates]
    if not any(held):
        raise refused("bad_signature")
    return message_id


def macs(
    credentials: Iterable[Credential], headers: Mapping[str, str], pieces: Iterable[bytes]
) -> dict[bytes, bytes]:
    """For ``SignedRequest.macs``: what each key of ``credentials`` makes of a body that comes in ``pieces``.

    All of them are read, whatever the headers say, and none is kept.
    """
    head = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}."
    head = head.encode("utf-8", "surrogatepass")
    keys = {key for one in credentials if one.scheme == SCHEME.name for key in _keys(one)}
    running = {key: hmac.new(key, head, hashlib.sha256) for key in keys}
    for piece in pieces:
        for one in running.values():
            one.update(piece)
    return {key: base64.b64encode(one.digest()) for key, one in running.items()}


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` value. ``PermanentError`` for a secret or an id that no receiver
    may accept."""
    if not _ID.fullmatch(message_id) or timestamp < 0:
        raise PermanentError("message_id_malformed")
    return "v1," + _mac(decode_secret(secret), message_id, str(timestamp), body).decode()


def headers(secret: str, *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """All three headers of a signed request."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id=message_id, timestamp=timestamp, body=body),
    }


def generate_secret(random_bytes: Callable[[int], bytes]) -> str:
    """A new secret of 256 bits, in the form that is given to the peer."""
    return SECRET_PREFIX + base64.b64encode(random_bytes(32)).decode()


def decode_secret(secret: str) -> bytes:
    """The key in a ``whsec_…`` text (the prefix may be missing): strict base64 of 24 to 64 bytes,
    or ``PermanentError`` ``secret_malformed``. Call it where an administrator saves a secret,
    too."""
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise PermanentError("secret_malformed") from None
    if len(key) not in _SECRET_BYTES or base64.b64encode(key).decode() != encoded:
        raise PermanentError("secret_malformed")
    return key


def _keys(credential: Credential) -> list[bytes]:
    keys = []
    for secret in credential.secrets:
        try:
            keys.append(decode_secret(secret))
        except PermanentError:
            # A bad stored secret opens nothing, and does not close the door on a good one.
            continue
    return keys


def _candidates(value: str) -> list[bytes]:
    entries = value.split(" ", _MAX_SIGNATURES)[:_MAX_SIGNATURES]
    matches = map(_SIGNATURE.fullmatch, entries)
    return [match[1].encode() for match in matches if match]


def _mac(key: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    content = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())


SCHEME = Scheme(name="standard_webhooks", label="Standard Webhooks signature (HMAC)", verify=verify)
