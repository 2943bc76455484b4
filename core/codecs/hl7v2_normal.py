r"""The normal form of an HL7 v2 message: one way to write it, for storage and for the fingerprint.

UTF-8, the separators ``|^~\&``, CR after each segment, nothing empty at the end of a component, repetition, field or
segment. What a path finds in a message it finds in the normal form too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .hl7v2_message import STANDARD, Message, Separators, escape, parse, unescape

#: where a field has to be taken apart even if it uses the standard separators
_DELICATE = re.compile(r"[~&\\\n]")


def normal(message: Message, left_out: frozenset[int] = frozenset()) -> bytes:
    """The normal form of ``message``, the MSH fields ``left_out`` empty."""
    header = message.header.fields
    kept = ["" if number in left_out else header[number] for number in range(3, len(header))]
    lines = ["MSH|^~\\&|" + _line(kept, message.separators)]
    lines += [_line(segment.fields, message.separators) for segment in message.segments[1:]]
    return ("\r".join(lines) + "\r").encode()


def read(data: bytes) -> Message:
    """The message that ``normal`` wrote. Its MSH-18 is the sender's word and does not describe ``data``."""
    return parse(data.decode().rstrip("\r").split("\r"))


def _line(fields: Sequence[str], separators: Separators) -> str:
    if separators == STANDARD and not _DELICATE.search("|".join(fields)):
        return "|".join([raw.rstrip("^") for raw in fields]).rstrip("|")
    return "|".join([normal_field(raw, separators) for raw in fields]).rstrip("|")


def normal_field(raw: str, separators: Separators) -> str:
    """One field, all its repetitions, in the standard separators and escapes."""
    if separators == STANDARD and not _DELICATE.search(raw):
        return raw.rstrip("^")
    repetitions = [_repetition(part, separators) for part in _split(raw, separators.repetition)]
    return "~".join(repetitions).rstrip("~")


def _repetition(raw: str, separators: Separators) -> str:
    components = []
    for component in raw.split(separators.component):
        leaves = _split(component, separators.subcomponent)
        components.append(
            "&".join([escape(unescape(leaf, separators)) for leaf in leaves]).rstrip("&")
        )
    return "^".join(components).rstrip("^")


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]
