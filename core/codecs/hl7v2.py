r"""HL7 v2 in its usual encoding, ER7: bytes to messages, and back (HL7 v2.3 to 2.8, chapter 2).

A body is one message or many, in a file and batch wrapper (FHS, BHS, BTS, FTS; 2.10.3) or without one. What real
senders do is tolerated where it loses nothing: byte-order marks, MLLP framing bytes, any line ends, blank lines,
odd MSH-2 values, no character set. What would have to be guessed is refused (``BadDocument``):

======================  ============================================================
empty                   nothing but blanks
no_msh                  something else than HL7 v2, or text before the first MSH
bad_delimiters          MSH-1 or MSH-2 names one character twice, or a letter
bad_segment             a line that is no segment, such as a comment
bad_character           a NUL, which no text may hold
bad_encoding            not in the character set that MSH-18 declares
no_type, bad_type       MSH-9 is missing, or no message type
too_long                MSH-3, MSH-4 or MSH-10 beyond 255 characters
batch_count             BTS-1 or FTS-1 states another number: a part is missing
too_many_documents      (413) more messages in one body than we take
======================  ============================================================

In a body of many, what is wrong with single messages comes as one ``BadBatch``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..document import Document, Envelope
from ..errors import BadDocument
from .batch import decode_each
from .hl7v2_charset import body_text, message_lines
from .hl7v2_message import Group, Message, Repetition, Segment, Separators, groups, parse
from .hl7v2_minimise import minimise
from .hl7v2_normal import normal, read
from .hl7v2_path import Path, compile_path

__all__ = [
    "Group",
    "Hl7v2Options",
    "Message",
    "Path",
    "Repetition",
    "Segment",
    "Separators",
    "canonical_bytes",
    "compile_path",
    "decode",
    "dump",
    "groups",
    "load",
    "minimise",
]

FORMAT = "hl7v2"
MAX_HEADER = 255

_TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,15}")
_TRIGGER = re.compile(r"[A-Z0-9_]{1,15}")
_EVENT = re.compile(r"[A-Z]\d\d")


@dataclass(frozen=True, slots=True)
class Hl7v2Options:
    """``charset`` is what the endpoint's sender writes when MSH-18 and the content type say nothing, such as
    "8859/1" or "UTF-8"; '' means UTF-8, or else Latin-1."""

    charset: str = ""


def decode(
    body: bytes,
    *,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    options: Hl7v2Options | None = None,
) -> tuple[Document, ...]:
    """The messages in ``body``, in order. An empty batch (wrapper only) gives ().

    Raises ``BadDocument`` for a body that is unusable as a whole or a single bad message, ``BadBatch`` when some of
    several messages are bad.
    """
    texts = _split(body_text(body).split("\r"))
    fallback = _charset(content_type) or (options.charset if options else "")
    is_ascii = body.isascii() and b"\x1b" not in body

    def one(lines: list[str], index: int) -> Document:
        return _document(lines if is_ascii else message_lines(lines, fallback), index)

    if len(texts) == 1:
        return (one(texts[0], 0),)
    return decode_each(texts, one)


def _charset(content_type: str) -> str:
    _, found, rest = content_type.lower().partition("charset=")
    return rest.split(";")[0].strip(' "') if found else ""


# -- messages and batches ----------------------------------------------------------------------------------------------


def _split(lines: list[str]) -> list[list[str]]:
    """The lines of each message. The wrapper's own counts are checked, since a wrong one means that messages are
    missing, and then the wrapper is left out."""
    messages: list[list[str]] = []
    current: list[str] | None = None
    batches: list[int] = []
    is_wrapped = False
    for line in lines:
        name = line[:3]
        if name == "MSH":
            current = [line]
            messages.append(current)
        elif name in ("FHS", "BHS", "BTS", "FTS") and not line[3:4].isalnum():
            current, is_wrapped = None, True
            _check_wrapper(name, line, messages, batches)
        elif current is not None:
            current.append(line)
        elif line.strip():
            raise BadDocument("bad_segment" if messages or is_wrapped else "no_msh")
    return messages


def _check_wrapper(name: str, line: str, messages: list[list[str]], batches: list[int]) -> None:
    """``batches`` holds, for each BHS seen, how many messages came before it."""
    if name == "BHS":
        batches.append(len(messages))
    elif name == "BTS":
        _check_count(name, line, len(messages) - (batches[-1] if batches else 0))
    elif name == "FTS" and batches:
        _check_count(name, line, len(batches))


def _check_count(name: str, line: str, counted: int) -> None:
    stated = line[4:].split(line[3:4] or "|")[0].strip()
    if stated and (stated.lstrip("0") or "0") != str(counted):
        raise BadDocument("batch_count", path=f"{name}-1")


def _document(lines: list[str], index: int) -> Document:
    message = parse(lines)
    header = message.header
    kind = _kind(message)
    envelope = Envelope(
        type=kind,
        id=_bounded(header, 10),
        source=_bounded(header, 3) or _bounded(header, 3, 2),
        facility=_bounded(header, 4) or _bounded(header, 4, 2),
        time=_bounded(header, 7),
    )
    return Document(FORMAT, kind, message, envelope, index)


def _bounded(header: Segment, number: int, component: int = 1) -> str:
    text = header.text_of(number, component)
    if len(text) > MAX_HEADER:
        raise BadDocument("too_long", path=f"MSH-{number}")
    return text


def _kind(message: Message) -> str:
    """MSH-9 as ``type^trigger``. Before 2.3 the trigger stood in EVN-1 alone."""
    header = message.header
    name = header.text_of(9).upper()
    trigger = header.text_of(9, 2).upper()
    if not name:
        raise BadDocument("no_type", path="MSH-9")
    if not trigger and (events := message.named("EVN")):
        event = events[0].text_of(1).upper()
        trigger = event if _EVENT.fullmatch(event) else ""
    if not _TYPE.fullmatch(name) or (trigger and not _TRIGGER.fullmatch(trigger)):
        raise BadDocument("bad_type", path="MSH-9")
    return f"{name}^{trigger}" if trigger else name


# -- storage and fingerprint ---------------------------------------------------------------


def canonical_bytes(document: Document) -> bytes:
    """What the fingerprint is made of: equal for equal content, whatever the separators, escapes or line ends.

    MSH-7 (when) and MSH-8 (security) are left out, so that a re-stamped resend is still the same message.
    """
    return normal(document.body, frozenset((7, 8)))


def dump(body: Message) -> bytes:
    """The storage form: ER7 in UTF-8, standard separators, CR at the end of each segment."""
    return normal(body)


def load(data: bytes) -> Message:
    """The message that ``dump`` wrote."""
    return read(data)
