r"""HL7 v2 acknowledgements (chapter 2, 2.9 and 2.14; tables 0008 and 0357).

An answer is a pure function of stored facts: ``AckHeader`` keeps the few MSH fields it needs, so that a duplicate gets
the same bytes when the caller gives the same control id and time. It is written with the standard separators, in the
character set of the message (UTF-8 where that set lacks a character).

Which codes (2.9.2, 2.9.3):

====================  ====================  ==========================================================
MSH-15 accept         MSH-16 application    answer
====================  ====================  ==========================================================
empty                 empty                 original mode: AA, AE, AR
AL, ER, SU            any                   enhanced mode, accept acknowledgement: CA, CE, CR
NE or empty           NE (or empty)         nobody waits for any: CA, CE, CR
NE or empty           AL, ER, SU            no accept acknowledgement wanted but an application one: AA, AE, AR
====================  ====================  ==========================================================

An answer is given even where MSH-15 asks for none (NE), or for one in other cases only (ER, SU): HTTP answers every
request anyway, and an empty 200 could not be told from a proxy's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from .codecs.hl7v2_charset import codec_of
from .codecs.hl7v2_message import Message, Segment, escape
from .codecs.hl7v2_normal import normal_field

#: table 0357
CONDITIONS = {
    "0": "Message accepted",
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "199": "Other HL7 error",
    "200": "Unsupported message type",
    "201": "Unsupported event code",
    "202": "Unsupported processing id",
    "203": "Unsupported version id",
    "204": "Unknown key identifier",
    "205": "Duplicate key identifier",
    "206": "Application record locked",
    "207": "Application internal error",
}

#: our own words (``InteropError.code``) in table 0357; any other is 207
_CONDITION_OF = {
    "required": "101",
    "no_type": "101",
    "bad_type": "200",
    "kind_not_taken": "200",
    "bad_segment": "199",
    "too_long": "199",
    "bad_encoding": "102",
    "missing_code": "103",
    "unknown_source": "204",
    "unknown_facility": "204",
    "identity_conflict": "205",
}

_LETTERS = {"accepted": "A", "error": "E", "rejected": "R"}
_CODES = frozenset(mode + letter for mode in "AC" for letter in "AER")

_VERSION = re.compile(r"2\.(\d{1,2})(?:\.(\d{1,2}))?")
_LOCATION = re.compile(
    r"""([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,3}|\*)\])?
        (?:-([1-9]\d{0,2})(?:\[(?:([1-9]\d{0,3})|[^\]]*)\])?(?:\.([1-9]\d?)(?:\.([1-9]\d?))?)?)?(?![A-Za-z\[])""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AckHeader:
    """What an answer needs of the MSH it answers, each field in the standard separators."""

    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    trigger: str = ""
    control_id: str = ""
    processing: str = ""
    version: str = ""
    accept: str = ""
    application: str = ""
    charset: str = ""

    @classmethod
    def of(cls, message: Message) -> AckHeader:
        """The header of a message that was read."""
        header = message.header
        return cls(
            sending_application=_field(header, 3),
            sending_facility=_field(header, 4),
            receiving_application=_field(header, 5),
            receiving_facility=_field(header, 6),
            trigger=escape(header.text_of(9, 2).upper()),
            control_id=_field(header, 10),
            processing=_field(header, 11),
            version=_field(header, 12),
            accept=header.text_of(15).upper(),
            application=header.text_of(16).upper(),
            charset=header.text_of(18).upper(),
        )

    def to_dict(self) -> dict[str, str]:
        """For storage: what is empty is left out."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name))}

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> AckHeader:
        """What ``to_dict`` wrote; keys of another version of this class are ignored."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def _field(header: Segment, number: int) -> str:
    return normal_field(header.raw(number).strip(), header.separators)


def ack_code(message: AckHeader | Message, outcome: str) -> str:
    """The code of table 0008 for ``outcome`` ("accepted", "error" or "rejected") in the mode the sender asked for."""
    header = _header(message)
    is_enhanced = header.accept or header.application
    wants_accept = header.accept not in ("", "NE")
    wants_application = header.application not in ("", "NE")
    is_accept = wants_accept or (is_enhanced and not wants_application)
    return ("C" if is_accept else "A") + _LETTERS[outcome]


def condition(code: str) -> str:
    """The code of table 0357 for one of our words; a code of the table stays as it is."""
    return code if code in CONDITIONS else _CONDITION_OF.get(code, "207")


def ack(
    message: AckHeader | Message,
    code: str,
    *,
    control_id: str,
    at: datetime,
    text: str = "",
    error_code: str = "",
    location: str = "",
) -> bytes:
    """The ACK message with MSA-1 = ``code``: MSH, MSA and, unless it accepts, ERR; CR after each segment.

    ``control_id`` becomes its own MSH-10, ``at`` its MSH-7. ``error_code`` is a code of table 0357 or a word of ours,
    ``location`` a path such as "PID-3.1". ``text`` is for people and must not hold values of the message.
    From 2.5 on the error stands in ERR-2, 3, 5 and 8, before that in ERR-1, MSA-3 and MSA-6. ``ValueError`` for a
    ``code`` that table 0008 does not have.
    """
    if code not in _CODES:
        raise ValueError("not a code of table 0008")
    header = _header(message)
    is_error = not code.endswith("A")
    if _version(header) >= (5, 0):
        lines = [["MSA", code, header.control_id, "" if is_error else escape(text)]]
        if is_error:
            lines.append(_error(error_code, location, text))
    else:
        lines = [["MSA", code, header.control_id, escape(text)]]
        if is_error:
            lines[0] += ["", "", _coded(error_code, "^")]
            lines.append(["ERR", _old_location(location, error_code)])
    return _encoded(header, control_id, at, lines)


def _header(message: AckHeader | Message) -> AckHeader:
    return AckHeader.of(message) if isinstance(message, Message) else message


def _version(header: AckHeader) -> tuple[int, int]:
    match = _VERSION.match(header.version)
    return (int(match[1]), int(match[2] or 0)) if match else (5, 0)


def _encoded(header: AckHeader, control_id: str, at: datetime, lines: list[list[str]]) -> bytes:
    body = "\r".join("|".join(line).rstrip("|") for line in lines) + "\r"
    msh = _msh(header, control_id, at)
    codec = codec_of(header.charset)
    try:
        return f"{_joined(msh, header.charset)}\r{body}".encode(codec)
    except UnicodeEncodeError:
        return f"{_joined(msh, 'UNICODE UTF-8')}\r{body}".encode()


def _msh(header: AckHeader, control_id: str, at: datetime) -> list[str]:
    """MSH-1 to MSH-12; sender and receiver change places."""
    parts = ["ACK"]
    if header.trigger:
        parts.append(header.trigger)
        if _version(header) >= (3, 1):
            parts.append("ACK")
    return [
        "MSH",
        "^~\\&",
        header.receiving_application,
        header.receiving_facility,
        header.sending_application,
        header.sending_facility,
        at.strftime("%Y%m%d%H%M%S%z"),
        "",
        "^".join(parts),
        escape(control_id),
        header.processing or "P",
        header.version or "2.5",
    ]


def _joined(msh: list[str], charset: str) -> str:
    return "|".join([*msh, *[""] * 5, escape(charset)]).rstrip("|")


def _error(error_code: str, location: str, text: str) -> list[str]:
    """ERR from 2.5 on: where, what, how bad, our own word, and words for people."""
    own = "" if error_code in CONDITIONS else escape(error_code)
    return ["ERR", "", _location(location), _coded(error_code, "^"), "E", own, "", "", escape(text)]


def _coded(error_code: str, separator: str) -> str:
    number = condition(error_code)
    return separator.join((number, CONDITIONS[number], "HL70357"))


def _place(location: str) -> tuple[str, ...]:
    """``location`` as segment, sequence, field, repetition, component, subcomponent; () if it is no HL7 path."""
    match = _LOCATION.match(location.strip())
    if not match:
        return ()
    segment, sequence, field, repetition, component, sub = match.groups("")
    sequence = sequence.replace("*", "") or "1"
    return segment, sequence, field, repetition or ("1" if component else ""), component, sub


def _location(location: str) -> str:
    """ERL (2.A.28)."""
    return "^".join(_place(location)).rstrip("^")


def _old_location(location: str, error_code: str) -> str:
    """ELD (before 2.5): segment, sequence, field, code."""
    place = _place(location)[:3] or ("", "", "")
    return "^".join((*place, _coded(error_code, "&")))
