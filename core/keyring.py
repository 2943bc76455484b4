"""The keys that protect what is stored: AES-256-GCM at rest, and the HMAC key of fingerprints.

Configuration is one line, first key current: ``k2:<base64 of 32 bytes>,k1:<base64 of 32 bytes>``.
Putting a new key in front rotates; an old one stays until nothing is encrypted with it.
A value of a key that the ring lacks is a ``KeyUnknown``: while servers are restarted one after another with
a new key, those that know it already write what the others can't read yet.
Fingerprints must not change with a rotation (a duplicate would no longer be recognised), so their
key comes from the *last* entry, or from one named ``fp``.

A master key never encrypts: HKDF (RFC 5869) gives each purpose its own, so that a payload's
ciphertext moved into a credential's column does not decrypt. Nonces are 96 random bits: one key is
good for 2**32 encryptions (NIST SP 800-38D, 8.3), which is what rotation is for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import KeyUnknown, PermanentError

Purpose = Literal["payload", "secret", "fingerprint", "audit"]

FINGERPRINT_KEY_ID = "fp"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_VERSION = 1
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class Keyring:
    """Encrypts and decrypts what one row stores, bound to that row by its uuid."""

    __slots__ = ("_ciphers", "_current", "audit_keys", "fingerprint_key")

    def __init__(self, text: str, *, formerly: str = ""):
        """``text`` is the configured line; ``formerly`` one whose keys decrypt what is old, and do nothing else.

        Raises ``PermanentError``: ``key_missing`` where ``text`` is empty, ``keyring_malformed`` for anything that is not
        a list of 256-bit keys with ids.
        """
        keys = _parse(text)
        storage = {key_id: key for key_id, key in keys.items() if key_id != FINGERPRINT_KEY_ID}
        if not storage:
            raise PermanentError("key_missing")
        self._current = next(iter(storage))
        self._ciphers = {
            (key_id, purpose): AESGCM(_derive(key, purpose))
            for key_id, key in (_parse(formerly) | storage).items()
            for purpose in ("payload", "secret")
        }
        #: ``{key id: key}`` of the audit log's MACs; the current one signs, all verify
        self.audit_keys = {key_id: _derive(key, "audit") for key_id, key in storage.items()}
        oldest = list(storage.values())[-1]
        self.fingerprint_key = _derive(keys.get(FINGERPRINT_KEY_ID, oldest), "fingerprint")

    def __repr__(self) -> str:
        return f"<Keyring current={self._current}>"

    @property
    def current_key_id(self) -> str:
        return self._current

    def encrypt(
        self,
        plaintext: bytes,
        *,
        row_uuid: str,
        random_bytes: Callable[[int], bytes],
        purpose: Purpose = "payload",
    ) -> bytes:
        """One self-contained value for a bytea column: version, key id, nonce, ciphertext and tag.

        ``random_bytes`` is ``os.urandom`` outside tests: a nonce that repeats under one key gives
        both plaintexts away.
        """
        nonce = random_bytes(_NONCE_BYTES)
        header = _header(self._current)
        cipher = self._ciphers[self._current, purpose]
        return header + nonce + cipher.encrypt(nonce, plaintext, header + row_uuid.encode())

    def decrypt(
        self, data: bytes | memoryview, *, row_uuid: str, purpose: Purpose = "payload"
    ) -> bytes:
        """The plaintext. ``KeyUnknown`` when the ring lacks the key, ``PermanentError`` ``ciphertext_invalid`` when the
        bytes were altered or cut, or are of another row or purpose.
        """
        data = bytes(data)
        header = _header(key_id_of(data))
        cipher = self._ciphers.get((key_id_of(data), purpose))
        if cipher is None:
            raise KeyUnknown
        nonce, ciphertext = data[len(header) :][:_NONCE_BYTES], data[len(header) + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, ciphertext, header + row_uuid.encode())
        except InvalidTag:
            raise PermanentError("ciphertext_invalid") from None

    @property
    def current_header(self) -> bytes:
        """How every value begins that uses the current key; those that begin otherwise are what a rotation re-encrypts."""
        return _header(self._current)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The keys that this ring can decrypt with, those of before first."""
        return tuple(dict.fromkeys(key_id for key_id, _purpose in self._ciphers))


def key_id_of(data: bytes | memoryview) -> str:
    """The id of the key that encrypted a stored value. ``PermanentError`` ``ciphertext_invalid`` if
    it is none."""
    data = bytes(data)
    id_length = data[1] if len(data) > 1 else 0
    key_id = data[2 : 2 + id_length].decode("latin-1")
    is_whole = len(data) >= 2 + id_length + _NONCE_BYTES + _TAG_BYTES
    if not is_whole or data[0] != _VERSION or not _KEY_ID.fullmatch(key_id):
        raise PermanentError("ciphertext_invalid")
    return key_id


def generate_entry(key_id: str, random_bytes: Callable[[int], bytes]) -> str:
    """A new ``<id>:<base64>`` entry for the configuration."""
    if not _KEY_ID.fullmatch(key_id):
        raise PermanentError("keyring_malformed")
    return f"{key_id}:{base64.b64encode(random_bytes(_KEY_BYTES)).decode()}"


def fingerprint_entry(text: str) -> str:
    """The ``fp`` entry that keeps the fingerprints of the line ``text`` when its last key leaves it."""
    keys = _parse(text)
    kept = keys.get(FINGERPRINT_KEY_ID, list(keys.values())[-1])
    return f"{FINGERPRINT_KEY_ID}:{base64.b64encode(kept).decode()}"


def _header(key_id: str) -> bytes:
    return bytes((_VERSION, len(key_id))) + key_id.encode()


def _parse(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        key_id, _, encoded = entry.partition(":")
        if not _KEY_ID.fullmatch(key_id) or key_id in keys:
            raise PermanentError("keyring_malformed")
        keys[key_id] = _key(encoded)
    return keys


def _key(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise PermanentError("keyring_malformed") from None
    if len(key) != _KEY_BYTES:
        raise PermanentError("keyring_malformed")
    return key


def _derive(key: bytes, purpose: Purpose) -> bytes:
    info = f"healthcare_interop/{purpose}/v1".encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(key)
