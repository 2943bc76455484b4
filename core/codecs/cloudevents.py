"""CloudEvents 1.0.2 over HTTP: structured, binary and batched, in the JSON format.

Exact: what the specification says MUST be so and is not, is refused. Data that is itself a FHIR
resource or an HL7 v2 message goes through that codec and becomes its document, under the event's
envelope.

In binary mode the attributes are HTTP headers, and a Standard Webhooks signature covers the body
only; senders who sign should prefer structured mode.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_to_bytes

from ..document import Document, Envelope
from ..errors import BadBatch, BadDocument
from . import cloudevents_attributes, strict_json
from .batch import decode_each
from .cloudevents_attributes import bad
from .wellformed import MediaType, decode_base64, media_type

FORMAT = "cloudevents"
_PREFIX = "application/cloudevents"
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
_JSON = MediaType("application/json")
_FHIR = "application/fhir+json"
_HL7V2 = frozenset(
    {
        "application/hl7-v2",
        "application/hl7-v2+er7",
        "x-application/hl7-v2+er7",
        "application/edi-hl7v2",
    }
)
#: the character sets of text data that we read; others are refused rather than guessed
_CHARSETS = {
    "": "utf-8",
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class _Data:
    """An event's data: ``raw`` bytes still to be read as its media type says, or a ``value`` that
    JSON already gave."""

    media: MediaType
    raw: bytes | None = None
    value: Any = None

    @property
    def is_absent(self) -> bool:
        return self.raw is None and self.value is None


def decode(
    body: bytes,
    *,
    content_type: str = "",
    headers: Mapping[str, str] = {},  # noqa: B006 - read only
    options: None = None,
) -> tuple[Document, ...]:
    """The event, or the events of a batch in order; ``content_type`` decides the mode (HTTP
    binding, 3).

    Raises ``BadBatch`` for a batch with bad events, else ``BadDocument``: the codes of
    ``strict_json.loads`` and ``cloudevents_attributes.checked``, of the carried format, and
    ``unsupported_event_format`` (415), ``unsupported_charset`` (415), ``not_an_object``,
    ``not_a_batch``, ``data_and_data_base64``, ``not_base64``, ``data_not_text``,
    ``header_encoding``.
    """
    content_type = content_type.strip(" \t")
    if not content_type.lower().startswith(_PREFIX):
        return (_binary(body, content_type, headers),)
    media = media_type(content_type)
    if media is None or media.text not in (STRUCTURED, BATCHED):
        raise BadDocument("unsupported_event_format", http_status=415)
    if media.charset not in ("", "utf-8", "us-ascii"):
        raise BadDocument("unsupported_charset", http_status=415)
    value = strict_json.loads(body)
    if media.text == STRUCTURED:
        return (_structured(value, 0),)
    if not isinstance(value, list):
        raise BadDocument("not_a_batch")
    return decode_each(value, _structured)


def canonical_bytes(document: Document) -> bytes:
    """What the event says, the same in every mode.

    Extensions are left out: tracing ones are stamped anew when an event is sent again.
    """
    said = document.envelope
    attributes = (said.type, said.source, said.id, said.subject, said.time, said.schema)
    return strict_json.dumps([*attributes, document.body])


def dump(body: Any) -> bytes:
    return strict_json.dumps(body)


def load(data: bytes) -> Any:
    return strict_json.loads(data)


# -- content modes --


def _structured(event: Any, index: int) -> Document:
    """JSON format, section 3."""
    if not isinstance(event, dict):
        raise BadDocument("not_an_object")
    members = dict(event)
    has_both = "data" in members and "data_base64" in members
    value, encoded = members.pop("data", None), members.pop("data_base64", None)
    attributes = cloudevents_attributes.checked(members)
    if has_both:
        raise BadDocument("data_and_data_base64", path="data_base64")
    media = media_type(attributes.get("datacontenttype", "")) or _JSON
    data = _Data(media, _from_base64(encoded), value)
    if isinstance(value, str) or value is None or media.is_json:
        return _document(cloudevents_attributes.envelope(attributes), data, index)
    raise BadDocument("data_not_text", path="data")


def _binary(body: bytes, content_type: str, headers: Mapping[str, str]) -> Document:
    """HTTP binding, section 3.1."""
    given = {
        name[3:]: _header_value(name[3:], value)
        for name, value in headers.items()
        if name.startswith("ce-")
    }
    if "datacontenttype" in given:
        raise bad("attribute_name", "datacontenttype")
    if content_type:
        given["datacontenttype"] = content_type
    attributes = cloudevents_attributes.checked(given)
    media = media_type(content_type) or MediaType("application/octet-stream")
    data = _Data(media, body or None)
    return _document(cloudevents_attributes.envelope(attributes), data, 0)


def _header_value(name: str, value: str) -> str:
    """HTTP binding, 3.1.3.2: quoted strings are unescaped, then percent-encoding once; UTF-8 or
    nothing."""
    value = value.strip(" \t")
    text = _QUOTED.sub(lambda match: re.sub(r"\\(.)", r"\1", match[1]), value)
    is_unbalanced = '"' in _QUOTED.sub("", value)
    if is_unbalanced or not _HEADER_VALUE.fullmatch(value) or _BAD_PERCENT.search(text):
        raise bad("header_encoding", name)
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise bad("header_encoding", name) from None


def _from_base64(encoded: Any) -> bytes | None:
    if encoded is None:
        return None
    data = decode_base64(encoded) if isinstance(encoded, str) else None
    if data is None:
        raise BadDocument("not_base64", path="data_base64")
    return data


# -- data --


def _document(envelope: Envelope, data: _Data, index: int) -> Document:
    if data.media.text == _FHIR and not data.is_absent:
        return _carried_fhir(envelope, data, index)
    if data.media.text in _HL7V2 and not data.is_absent:
        return _carried_hl7v2(envelope, data, index)
    return Document(FORMAT, envelope.type, _body(data), envelope, index)


def _body(data: _Data) -> Any:
    """JSON as its value, text as a string, anything else as base64 under ``data_base64``."""
    if data.raw is None:
        return data.value
    if data.media.is_json:
        return strict_json.loads(data.raw) if data.raw else None
    if data.media.is_text:
        return _text(data.raw, data.media.charset)
    return {"data_base64": base64.b64encode(data.raw).decode()}


def _text(raw: bytes, charset: str) -> str:
    if charset not in _CHARSETS:
        raise BadDocument("unsupported_charset", path="datacontenttype", http_status=415)
    try:
        text = raw.decode(_CHARSETS[charset])
    except UnicodeDecodeError:
        raise BadDocument("data_not_text", path="data") from None
    if "\0" in text:
        raise BadDocument("bad_character", path="data")
    return text


def _carried_fhir(envelope: Envelope, data: _Data, index: int) -> Document:
    from . import fhir

    raw = strict_json.dumps(data.value) if data.raw is None else data.raw
    version = data.media.parameters.get("fhirversion", "4.0")
    (document,) = fhir.decode(raw, content_type=f"{_FHIR}; fhirVersion={version}")
    return replace(document, envelope=envelope, index=index)


def _carried_hl7v2(envelope: Envelope, data: _Data, index: int) -> Document:
    from . import hl7v2

    raw, charset = data.raw, data.media.charset
    if raw is None:
        raw, charset = _hl7v2_bytes(data.value), ""
    try:
        documents = hl7v2.decode(raw, content_type=f"charset={charset}" if charset else "")
    except BadBatch as error:
        raise error.errors[0] from None
    if len(documents) != 1:
        raise BadDocument("not_one_message", path="data")
    envelope = replace(envelope, facility=documents[0].envelope.facility)
    return replace(documents[0], envelope=envelope, index=index)


def _hl7v2_bytes(text: str) -> bytes:
    """``text`` as its MSH-18 declares it: the codec reads bytes by it, also those that JSON has
    decoded already."""
    from .hl7v2_charset import codec_of

    header = re.split(r"[\r\n]", text.lstrip("\ufeff\x0b\r\n"), maxsplit=1)[0]
    fields = header.split(header[3:4] or "|")
    declared = fields[17].split("~")[0].strip() if len(fields) > 17 else ""
    try:
        return text.encode(codec_of(declared))
    except UnicodeEncodeError:
        raise BadDocument("bad_encoding", path="MSH-18") from None
