"""Plain JSON: whatever a sender without a standard sends, read by paths that an administrator
configured.

One object (``application/json``), an array of them, or one a line (NDJSON); the last two are
batches.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from ..document import Document, Envelope
from ..errors import BadDocument, PermanentError
from . import strict_json
from .batch import decode_each

FORMAT = "json"
NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
#: what an index row of the database takes
MAX_VALUE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class JsonOptions:
    """Where the envelope stands: JMESPath from the top of each object; '' where the sender has no
    such thing.

    ``data`` is where the content stands; an object without it is its own content. ``default_type``
    is the type of a feed that names none. The id is taken as one that a sender never gives to two
    contents: a feed whose ``id`` is that of a record, sent again with every change, must leave
    ``id`` empty.
    """

    type: str = "type"
    id: str = "id"
    source: str = "source"
    facility: str = "facility"
    subject: str = "subject"
    time: str = "time"
    data: str = "data"
    schema: str = ""
    correlation: str = ""
    default_type: str = ""

    def check(self) -> None:
        """``PermanentError`` ``path_malformed`` with the option's name, for an administrator who
        saves it."""
        for option in fields(self):
            if option.name != "default_type":
                _compiled(getattr(self, option.name), option.name)


def decode(
    body: bytes,
    *,
    content_type: str = "",
    headers: Mapping[str, str] = {},  # noqa: B006 - read only
    options: JsonOptions | None = None,
) -> tuple[Document, ...]:
    """The object, or the objects of an array or NDJSON body in order.

    Raises ``BadBatch`` for a batch with bad objects, else ``BadDocument``: the codes of
    ``strict_json.loads`` and ``not_an_object``, ``missing_type``, ``envelope_value``,
    ``envelope_path`` with the option's path.
    """
    options = options or JsonOptions()
    if content_type.partition(";")[0].strip().lower() in NDJSON:
        lines = (line for _, line in strict_json.iter_lines(body))
        return decode_each(
            lines, lambda line, index: _document(strict_json.loads(line), index, options)
        )
    value = strict_json.loads(body)
    if isinstance(value, list):
        return decode_each(value, lambda item, index: _document(item, index, options))
    return (_document(value, 0, options),)


def canonical_bytes(document: Document) -> bytes:
    """What the object says, in its envelope and its content; the order of names and spaces left
    out."""
    said = document.envelope
    attributes = (said.type, said.source, said.facility, said.id, said.subject, said.time)
    return strict_json.dumps([*attributes, document.body])


def dump(body: Any) -> bytes:
    return strict_json.dumps(body)


def load(data: bytes) -> Any:
    return strict_json.loads(data)


def _document(value: Any, index: int, options: JsonOptions) -> Document:
    if not isinstance(value, dict):
        raise BadDocument("not_an_object")
    kind = _text(value, options.type, "type") or options.default_type
    if not kind:
        raise BadDocument("missing_type", path=options.type)
    identifier = _text(value, options.id, "id")
    envelope = Envelope(
        type=kind,
        id=identifier,
        is_id_unique=bool(identifier),
        **{
            name: _text(value, getattr(options, name), name)
            for name in ("source", "facility", "subject", "time", "correlation", "schema")
        },
    )
    content = _found(value, options.data, "data")
    return Document(FORMAT, kind, value if content is None else content, envelope, index)


def _text(value: dict[str, Any], path: str, option: str) -> str:
    """The text at ``path``; a number or boolean as JSON writes it, '' for nothing."""
    found = _found(value, path, option)
    if found is None:
        return ""
    if isinstance(found, (int, Decimal)):
        return strict_json.dumps(found).decode()
    if not isinstance(found, str) or len(found.encode()) > MAX_VALUE_BYTES:
        raise BadDocument("envelope_value", path=path)
    return found


def _found(value: dict[str, Any], path: str, option: str) -> Any:
    if not path:
        return None
    try:
        return _compiled(path, option).search(value)
    except (ValueError, TypeError):
        # A JMESPathError is a ValueError; some of its functions let Python's own errors through.
        raise BadDocument("envelope_path", path=path) from None


@functools.lru_cache(maxsize=1024)
def _compiled(path: str, option: str) -> Any:
    if not path:
        return None
    try:
        return jmespath.compile(path)
    except JMESPathError:
        raise PermanentError("path_malformed", path=option) from None
