"""Everything that can go wrong on purpose, as one tree.

::

    InteropError
    ├── TransientError            try again later; the machine does (``retry_after`` seconds)
    │   ├── ReferenceMissing      what it refers to has not arrived yet
    │   └── KeyUnknown            encrypted with a key that this process was not told yet
    └── PermanentError            a person must act; trying again changes nothing
        ├── MessageRefused        refused at the door, nothing was stored
        │   ├── Unauthenticated   no or bad credential, signature or time
        │   ├── HttpsRequired     it came in the clear
        │   ├── BadDocument       the document breaks its own format
        │   ├── BadBatch          some documents of a batch do; lists every one
        │   ├── Retired           the interface is not spoken any more (``lifecycle``)
    │   ├── UnknownSource     a sender that the endpoint does not permit
        │   ├── KindNotTaken      a kind of document that the endpoint is not for
        │   └── IdentityConflict  one id, two contents, where the format promises a unique id
        ├── MappingError          a source path gave nothing usable
        │   └── MissingCode       a code that no concept map and no binding knows
        ├── OwnershipError        another system is the system of record
        ├── RightMissing          the sender's service user may not apply it
        └── BusinessRule          Odoo's own rules say no
            └── IdentifiersClash  numbers of one thing are bound to two records

An error says *where* (``path``, a place in the source document) and *what* (``code``, a short stable
word; ``detail``, further technical words). It never says the value that stood there: values of patients
would travel from here into logs, job rows and screens. The one exception is ``MissingCode.value``: a code
of a terminology, which a person needs in order to act.
"""

from __future__ import annotations

from typing import Any


class InteropError(Exception):
    """The root: ``code`` and ``path`` are safe to store, log and show."""

    #: whether the same message may succeed later with nobody's help
    is_retryable = False
    #: the word that groups exceptions on screens
    category = "defect"

    def __init__(self, code: str, *, path: str = "", detail: str = ""):
        self.code = code
        self.path = path
        self.detail = detail
        super().__init__(" ".join(part for part in (code, path, detail) if part))


class TransientError(InteropError):
    """Try again after ``retry_after`` seconds (None: the route's own back-off)."""

    is_retryable = True
    category = "transient"

    def __init__(
        self, code: str, *, path: str = "", detail: str = "", retry_after: float | None = None
    ):
        super().__init__(code, path=path, detail=detail)
        self.retry_after = retry_after


class ReferenceMissing(TransientError):
    """The record that ``path`` refers to has not arrived yet."""

    category = "reference"


class KeyUnknown(TransientError):
    """Encrypted with a key that this process does not know: while keys are rotated others are told first."""

    category = "security"

    def __init__(self) -> None:
        super().__init__("key_unknown", retry_after=30)


class PermanentError(InteropError):
    """Nothing changes until a person does something."""

    category = "business"


class MessageRefused(PermanentError):
    """Refused at the door; ``http_status`` is what a plain HTTP sender is told."""

    category = "refused"
    http_status = 400

    def __init__(
        self, code: str, *, path: str = "", detail: str = "", http_status: int | None = None
    ):
        super().__init__(code, path=path, detail=detail)
        if http_status is not None:
            self.http_status = http_status


class Unauthenticated(MessageRefused):
    """No credential, or one that does not hold. The sender is not told which."""

    category = "security"
    http_status = 401


class HttpsRequired(MessageRefused):
    """The request came in the clear."""

    category = "security"
    http_status = 403

    def __init__(self):
        super().__init__("https_required")


class BadDocument(MessageRefused):
    """The document breaks its own format; ``index`` is its position in a batch (0 for one alone)."""

    category = "format"

    def __init__(
        self,
        code: str,
        *,
        path: str = "",
        detail: str = "",
        http_status: int | None = None,
        index: int = 0,
    ):
        super().__init__(code, path=path, detail=detail, http_status=http_status)
        self.index = index


class BadBatch(MessageRefused):
    """Some documents of a batch are bad: ``errors`` has one ``BadDocument`` each, in order of ``index``.

    ``documents`` are the good ones, for an endpoint that takes those.
    """

    category = "format"
    http_status = 422

    def __init__(self, errors: tuple[BadDocument, ...], documents: tuple[Any, ...] = ()):
        super().__init__("bad_documents")
        self.errors = errors
        self.documents = documents


class UnknownSource(MessageRefused):
    """The document's own sender is not among those the endpoint permits."""

    category = "security"
    http_status = 403


class KindNotTaken(MessageRefused):
    """The endpoint is for other kinds of documents."""

    category = "security"
    http_status = 403


class IdentityConflict(MessageRefused):
    """An id the format promises to be unique came again with another content."""

    category = "identity"
    http_status = 409


class MappingError(PermanentError):
    """The rule for an attribute could not give a usable value; ``path`` is the source path."""

    category = "mapping"


class MissingCode(MappingError):
    """A code nobody translated yet. ``value`` is the code itself, ``system`` whose code it is.

    ``category`` "business": one that is known well enough, and that a business rule refuses.
    """

    category = "code"

    def __init__(
        self,
        code: str,
        *,
        path: str = "",
        detail: str = "",
        system: str = "",
        value: str = "",
        category: str = "code",
    ):
        super().__init__(code, path=path, detail=detail)
        self.category = category
        self.system = system
        self.value = value


class OwnershipError(PermanentError):
    """Another system owns this attribute."""

    category = "ownership"


class RightMissing(PermanentError):
    """The sending system's service user may not apply what it sends: no route takes it any more. ``detail``: the entity."""

    category = "security"

    def __init__(self, entity: str):
        super().__init__("right_missing", detail=entity)


class BusinessRule(PermanentError):
    """Odoo's own rules refuse the change."""

    category = "business"


class IdentifiersClash(BusinessRule):
    """One thing goes by numbers that are bound to two ``records`` of ``entity``; ``found``: (namespace, record) of each.

    ``detail`` names both; a record's id in Odoo is nobody's number.
    """

    def __init__(self, entity: str, found: tuple[tuple[str, int], tuple[str, int]], *, path: str):
        # the same two are one cause, whichever of them a message names first
        found = sorted(found, key=lambda one: one[1])
        told = (f"{namespace} → {entity} {record}" for namespace, record in found)
        super().__init__("identifiers_clash", path=path, detail=", ".join(told))
        self.entity = entity
        self.records = tuple(record for _namespace, record in found)
