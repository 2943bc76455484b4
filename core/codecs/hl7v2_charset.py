"""From the bytes of an HL7 v2 body to text: line ends, framing, character sets (MSH-18, table 0211)."""

from __future__ import annotations

import re

from ..errors import BadDocument

#: table 0211, and what senders write instead; '' means: find out
_CODECS = {
    "": "",
    "ASCII": "",
    "US-ASCII": "",
    "UNICODE": "",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    **{f"8859/{part}": f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    **{f"ISO-8859-{part}": f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    "WINDOWS-1252": "cp1252",
    "ISO IR14": "iso2022_jp",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "BIG-5": "big5",
}

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
#: a line feed that ends a segment, in a body whose segments end in CR; any other stands inside a text
_ENDING = re.compile(r"\n(?=[A-Z][A-Z0-9]{2}[^A-Za-z0-9\s]|[\r\n]|\Z)")


def body_text(body: bytes) -> str:
    """``body`` byte by byte (Latin-1), its segments separated by CR, without marks and MLLP framing.

    Characters are decoded afterwards, message by message (``message_lines``): each declares its own set.
    """
    if body[:2] in _UTF16_MARKS:
        body = _from_utf16(body)
    if _UTF8_MARK in body:
        body = body.replace(_UTF8_MARK, b"")
    if b"\0" in body:
        raise BadDocument("bad_character")
    text = body.decode("latin-1")
    if "\x0b" in text or "\x1c" in text:
        text = text.replace("\x0b", "\r").replace("\x1c", "\r")
    if "\n" in text:
        is_cr = "\r" in text.replace("\r\n", "")
        text = text.replace("\r\n", "\r")
        text = _ENDING.sub("\r", text) if is_cr else text.replace("\n", "\r")
    if not text.strip():
        raise BadDocument("empty")
    return text


def _from_utf16(body: bytes) -> bytes:
    try:
        return body.decode("utf-16").encode()
    except UnicodeError:
        raise BadDocument("bad_encoding") from None


def message_lines(lines: list[str], fallback: str = "") -> list[str]:
    """``lines`` of one message, read byte by byte, in the characters they mean.

    MSH-18 decides, else ``fallback``. Where neither names a set, UTF-8 is tried (it does not fit by accident), then
    Latin-1; under a name we do not know only UTF-8, or names would be garbled in silence.
    """
    declared = _declared(lines[0]) or fallback.upper()
    codec = _CODECS.get(declared)
    data = "\r".join(lines).encode("latin-1")
    try:
        return data.decode(codec or "utf-8").split("\r")
    except UnicodeDecodeError:
        if codec == "":
            return lines
        raise BadDocument("bad_encoding", path="MSH-18") from None


def _declared(header: str) -> str:
    """The first repetition of MSH-18, by which the message as a whole is written."""
    fields = header.split(header[3:4] or "|")
    if len(fields) < 18:
        return ""
    repetition = fields[1][1:2] or "~"
    return " ".join(fields[17].split(repetition)[0].upper().split())


def codec_of(name: str) -> str:
    """Python's codec for a name of table 0211; UTF-8 for those that name none."""
    return _CODECS.get(name.upper()) or "utf-8"
