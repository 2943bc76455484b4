"""What makes a message the same message, and an error the same error (CANON.md; DESIGN.md sections
5 and 7)."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace

from .document import Envelope
from .errors import InteropError, MissingCode

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Identity:
    """``dedup_key`` is unique per endpoint. ``is_id_unique``: the same key with another fingerprint
    is a conflict (409), because the sender promised that one id has one content; otherwise it
    cannot happen."""

    dedup_key: str
    is_id_unique: bool


def body_fingerprint(key: bytes, canonical: bytes) -> str:
    """HMAC-SHA256 in hex of a document's canonical bytes, made before minimisation.

    Keyed, because it outlives the payload: a bare hash of dropped patient data could be found by
    guessing.
    """
    return hmac.new(key, canonical, hashlib.sha256).hexdigest()


def keyed_identity(key: bytes, plain: str) -> str:
    """``id:<SHA-256>``, as keys were kept without a secret, → ``id:~<HMAC-SHA256>``; what is keyed is its own.

    Keyed, because it outlives the payload and whoever it is about: ids of bare FHIR resources are short, and a bare hash of
    one could be found by guessing.
    """
    kind, _colon, digest = plain.partition(":")
    if digest.startswith("~"):
        return plain
    text = f"interop.identity/1:{plain}".encode()
    return f"{kind}:~{hmac.digest(key, text, hashlib.sha256).hex()}"


def identity(
    envelope: Envelope, *, key: bytes, fingerprint: str, request_id: str = "", index: int = 0
) -> Identity | None:
    """The identity of one document, None where nothing was given: then there is no deduplication at
    the door.

    The document's own id goes first; ``request_id`` (a *verified* ``webhook-id`` or
    ``Idempotency-Key``, see ``auth.Verified.request_id``) is for documents that carry none, with
    the document's ``index`` in the request. The key is a digest, so that its length is bounded and
    no choice of separators makes two identities one; made with ``key``, the fingerprints' own.
    """
    found = _plain_identity(envelope, fingerprint, request_id, index)
    return found and replace(found, dedup_key=keyed_identity(key, found.dedup_key))


def _plain_identity(
    envelope: Envelope, fingerprint: str, request_id: str, index: int
) -> Identity | None:
    sender = (envelope.source, envelope.facility)
    if envelope.id and envelope.is_id_unique:
        return Identity("id:" + _digest(*sender, envelope.id), is_id_unique=True)
    if envelope.id:
        return Identity("content:" + _digest(*sender, envelope.id, fingerprint), is_id_unique=False)
    if request_id:
        return Identity("request:" + _digest(request_id, str(index)), is_id_unique=True)
    return None


def error_fingerprint(route: str, error: BaseException, *, place: str = "") -> str:
    """The same for every delivery that one cause stops: route, class, code and path; for a missing
    code the code.

    A missing code is one cause wherever it stands, so its path is left out; in other paths the
    numbers of repetitions are. ``place`` is where an unexpected error came from (module and
    function), since its text may hold values.
    """
    kind = type(error).__name__
    if isinstance(error, MissingCode):
        return _digest(route, kind, error.code, error.system, error.value)
    if isinstance(error, InteropError):
        return _digest(route, kind, error.code, _INDEX.sub("[*]", error.path), place)
    return _digest(route, kind, place)


def _digest(*parts: str) -> str:
    # "surrogatepass": this must not fail, whatever a sender's header held.
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in encoded)).hexdigest()
