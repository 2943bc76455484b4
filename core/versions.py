"""How new a fact is, as text that sorts: an older message never overwrites a newer (DESIGN.md, promise 3).

====================================  ==============================================
a time                                ``20200508T130643.000000`` (UTC)
a time and a sequence number          ``20200508T130643.000000#00000000000000000042``
a sequence number alone               ``n00000000000000000042``
nothing usable                        ``''``: order of arrival decides
====================================  ==============================================

A source sticks to one kind; where it does not, numbers sort behind times.
"""

from __future__ import annotations

from datetime import datetime

from .document import Document
from .errors import MappingError
from .moments import parse_hl7, parse_iso
from .sources import HL7V2, Source, View
from .transforms import Context
from .transforms.common import first_word, parts, word

_DIGITS = 20
#: what the version begins with that is a sequence number alone
NUMBERED = "n"


def version_text(at: datetime | None, sequence: str = "") -> str:
    """The version of a fact stated at ``at`` (aware, UTC) with the source's own ``sequence`` number.

    A sequence that is not of at most 20 digits says nothing that sorts, and is left out.
    """
    is_number = sequence.isascii() and sequence.isdigit() and len(sequence) <= _DIGITS
    number = sequence.zfill(_DIGITS) if is_number else ""
    if at is None:
        return f"{NUMBERED}{number}" if number else ""
    # Not strftime: it does not pad years before 1000 everywhere.
    time = (
        f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}"
        f".{at.microsecond:06}"
    )
    return f"{time}#{number}" if number else time


#: segments that stand once in a message: what they tell is told once
_ONCE = ("MSH-", "EVN-", "MFI-")


class Versions:
    """The versions of one document's facts. '' where none can be read: order of arrival decides, nothing is refused."""

    def __init__(self, document: Document, context: Context):
        self.context = context
        self._document = document
        self._known: dict[str, str] = {}

    def of(self, source: Source | None, view: View) -> str:
        """The version that ``source`` tells of ``view``, a time, a sequence number, or one joined with the other."""
        if source is None:
            return self._sent()
        if self._document.format != HL7V2:
            return self._of_json(source, view) or self._sent()
        if source.text not in self._known:
            version = self._of_hl7(source, view) or self._sent()
            if not all(place.startswith(_ONCE) for place in source.places):
                return version
            self._known[source.text] = version
        return self._known[source.text]

    def _sent(self) -> str:
        if "" not in self._known:
            self._known[""] = self._text(self._document.envelope.time, "")
        return self._known[""]

    def _of_hl7(self, source: Source, view: View) -> str:
        """HL7 times are digits as sequence numbers are: the time stands first."""
        time, sequence = parts(source.read(view), 2)
        return self._text(first_word(time), first_word(sequence))

    def _of_json(self, source: Source, view: View) -> str:
        """What is of digits alone is a sequence number."""
        try:
            words = [text for value in source.read(view) if (text := word(value))]
        except MappingError:
            return ""
        time = next((text for text in words if not text.isdigit()), "")
        sequence = next((text for text in words if text.isdigit()), "")
        return self._text(time, sequence)

    def _text(self, time: str, sequence: str) -> str:
        parse = parse_hl7 if self._document.format == HL7V2 else parse_iso
        try:
            at = parse(time, self.context.zone).at if time else None
        except MappingError:
            at = None
        return version_text(at, sequence)
