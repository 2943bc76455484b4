"""The acknowledgements that the bridge writes itself: refusals, never acceptances."""

from __future__ import annotations

import re
from datetime import datetime

from core.ack import AckHeader, ack, ack_code
from core.codecs.hl7v2_charset import message_lines
from core.codecs.hl7v2_message import parse
from core.errors import BadDocument

from .frames import EB, SB

_MSH = re.compile(rb"(?:\A|[\r\n])[ \t]*(?:\xef\xbb\xbf)?(MSH[^\r\n]*)")


def header_of(content: bytes) -> AckHeader | None:
    """The header of the first message in ``content``, of which the end may be missing; None where there is none."""
    match = _MSH.search(content)
    if not match:
        return None
    # a frame's own marks would end the answer's frame
    line = match[1].translate(None, SB + EB).decode("latin-1")
    try:
        return AckHeader.of(parse(message_lines([line])))
    except BadDocument:
        return None


def negative(content: bytes, outcome: str, *, title: str, code: str, now: datetime) -> bytes:
    """A refusal of ``content``: ``outcome`` "error" (its own fault) or "rejected" (not its own).

    ``title`` and ``code`` are of the problem catalogue or the bridge's own words, never values of a message. One whose
    header can't be read is refused too, with an empty MSA-2: silence would make its sender send it for ever.
    """
    header = header_of(content) or AckHeader()
    return ack(
        header,
        ack_code(header, outcome),
        control_id=f"B{header.control_id}"[:20],
        at=now,
        text=title,
        error_code=code,
    )
