r"""MLLP frames (HL7 v2.5 appendix C.2; Minimal Lower Layer Protocol, Release 1): bytes to messages, and back.

A block is ``<SB> message <EB><CR>``: SB is 0x0B, EB 0x1C, CR 0x0D. Release 2's commit acknowledgements (0x06, 0x15) are
not spoken. Writing is strict, reading takes what real senders do as long as nothing has to be guessed:

=====================================  ==============================================================================
in the stream                          read as
=====================================  ==============================================================================
EB CR                                  the end of the message
EB SB, EB LF SB                        the end, and the next one's start (a sender that leaves the CR out)
EB, perhaps LF, and then silence       the end, once ``settle`` is called (the same sender, waiting for its answer)
anything between blocks                noise: skipped and counted; line ends, blanks and NUL not even that
SB before MSH, FHS or BHS in a block   a sender that was cut and begins anew: the first part is dropped and counted
any other SB or EB in a block          part of the message, for the receiver to judge
=====================================  ==============================================================================

The frames do not depend on how the bytes were cut into chunks, and the parser never holds more than its limit and four
bytes: of a longer message only the head is kept, so that it can be refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SB, EB, CR = b"\x0b", b"\x1c", b"\x0d"
#: what is kept of a message beyond the limit: its MSH
HEAD_BYTES = 2048
#: what may stand between blocks without being worth a word
_BLANKS = b"\r\n \t\0"
_SETTLED = re.compile(rb"\x1c\n?\Z")
_MARK = re.compile(rb"\x1c(?:\r|\n?(?=\x0b))|\x0b(?=MSH|FHS|BHS)")
#: the longest mark, less one byte: what may be its beginning at the end of a chunk
_TAIL = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. ``is_too_long``: ``content`` is only its first ``HEAD_BYTES``."""

    content: bytes = field(repr=False)
    is_too_long: bool = False


class UnsafeContent(ValueError):
    """A message that holds the end of a block can't be put into one."""


def framed(content: bytes) -> bytes:
    """The block of one message; ``UnsafeContent`` where the receiver would see another one."""
    if SB in content or EB in content:
        raise UnsafeContent
    return SB + content + EB + CR


class Reader:
    """An incremental parser; ``limit`` is the longest message in bytes.

    ``noise`` counts the bytes skipped since the last message, ``noise_in_all`` all of them, ``cut`` the messages that
    were begun anew.
    """

    def __init__(self, limit: int):
        if limit < HEAD_BYTES:
            raise ValueError("the limit must hold a header")
        self._limit = limit
        self._buffer = bytearray()
        #: where the next look for a mark begins
        self._looked = 0
        self._is_inside = False
        self._head: bytes | None = None
        self.noise = self.noise_in_all = self.cut = 0

    @property
    def is_inside(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._is_inside

    @property
    def held(self) -> int:
        """Bytes kept."""
        return len(self._buffer) + len(self._head or b"")

    @property
    def may_settle(self) -> bool:
        """Whether ``settle`` would end a message."""
        return self._is_inside and self._settled() is not None

    def feed(self, data: bytes) -> list[Frame]:
        """The messages that end in ``data``."""
        frames: list[Frame] = []
        rest = memoryview(data)
        while rest:
            if self._is_inside:
                room = max(1, self._limit + _TAIL + 1 - len(self._buffer))
                self._buffer += rest[:room]
                rest = rest[room:]
                self._look(frames)
            else:
                rest = self._skip(rest)
        return frames

    def settle(self) -> Frame | None:
        """The message that ended without its CR, where silence (or the end of the stream) says that it did."""
        match = self._settled() if self._is_inside else None
        return self._end(match.start(), match.end()) if match else None

    # -- outside --

    def _skip(self, rest: memoryview) -> memoryview:
        data = bytes(rest)
        start = data.find(SB)
        skipped = data if start < 0 else data[:start]
        noise = len(skipped.translate(None, _BLANKS))
        self.noise += noise
        self.noise_in_all += noise
        if start < 0:
            return rest[len(rest) :]
        self._is_inside = True
        return rest[start + 1 :]

    # -- inside --

    def _look(self, frames: list[Frame]) -> None:
        """End every message whose end is in the buffer, then forget what is beyond the limit."""
        while self._is_inside and (match := _MARK.search(self._buffer, self._looked)):
            if match[0][:1] == SB:
                self._begin_anew(match.start())
            else:
                frames.append(self._end(match.start(), match.end()))
                self._go_on(frames)
        if self._is_inside:
            self._looked = max(0, len(self._buffer) - _TAIL)
            if self._head is not None or len(self._buffer) > self._limit + _TAIL:
                self._forget()

    def _begin_anew(self, place: int) -> None:
        self.cut += place > 0 or self._head is not None
        self._buffer = self._buffer[place + 1 :]
        self._looked, self._head = 0, None

    def _end(self, start: int, end: int) -> Frame:
        is_too_long = self._head is not None or start > self._limit
        if self._head is not None:
            content = self._head
        else:
            content = bytes(memoryview(self._buffer)[: HEAD_BYTES if is_too_long else start])
        # a new one instead of a cut one: a bytearray never gives its memory back while it lives
        self._buffer = self._buffer[end:]
        self._looked, self._head, self._is_inside, self.noise = 0, None, False, 0
        return Frame(content, is_too_long)

    def _go_on(self, frames: list[Frame]) -> None:
        """What came after the end of a message: noise, or the next one."""
        rest, self._buffer = self._skip(memoryview(bytes(self._buffer))), bytearray()
        self._buffer += rest

    def _forget(self) -> None:
        if self._head is None:
            self._head = bytes(self._buffer[:HEAD_BYTES])
        self._buffer = self._buffer[-_TAIL:]
        self._looked = 0

    def _settled(self) -> re.Match[bytes] | None:
        return _SETTLED.search(self._buffer, max(0, len(self._buffer) - 2))
