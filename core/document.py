"""What passes between codecs, mappings and the door: envelopes, documents and facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a document says about itself, before anyone looks inside.

    ``id`` is what the format uses to tell messages apart. ``is_id_unique``: the format promises that one id
    never stands for two contents (CloudEvents, MessageHeader, webhook-id), so a second content is a conflict;
    otherwise (HL7 v2) the fingerprint is part of the identity. An empty ``id`` means: no deduplication.
    ``source`` and ``facility`` are the sender's own words, to be looked up in the endpoint's tables.
    ``time`` is the sender's time as it was written.
    """

    type: str
    id: str = ""
    is_id_unique: bool = False
    source: str = ""
    facility: str = ""
    subject: str = ""
    time: str = ""
    correlation: str = ""
    schema: str = ""
    extensions: tuple[tuple[str, str], ...] = ()

    def words(self) -> tuple[str, ...]:
        """Every text of the envelope that is stored."""
        return (self.type, self.id, self.source, self.facility, self.time, self.correlation)


@dataclass(frozen=True, slots=True)
class Document:
    """One message as its codec read it.

    ``format`` is the codec's name (``hl7v2``, ``fhir``, ``cloudevents``, ``json``); ``kind`` is what mappings
    and contracts select by (``ADT^A01``, ``Patient``, ``Bundle``, ``org.interop.item.consumed.v1``); ``body`` is
    the codec's own parsed form; ``index`` its position in the request.
    """

    format: str
    kind: str
    body: Any
    envelope: Envelope
    index: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """What one message says about one subject.

    ``ordinal`` is its place among the facts of the document (stable: decoding again gives the same facts in the
    same order); ``mapping`` names the mapping that found it and ``snapshot`` which definition of it; ``subject`` is
    ``<entity>/<key>``; ``version`` sorts as text, '' where the source gave none.
    """

    entity: str
    event: str
    subject: str
    ordinal: int
    mapping: str = ""
    version: str = ""
    snapshot: int = 0
    view: Any = field(default=None, compare=False, repr=False)
