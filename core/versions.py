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

_DIGITS = 20


def version_text(at: datetime | None, sequence: str = "") -> str:
    """The version of a fact stated at ``at`` (aware, UTC) with the source's own ``sequence`` number.

    A sequence that is not of at most 20 digits says nothing that sorts, and is left out.
    """
    is_number = sequence.isascii() and sequence.isdigit() and len(sequence) <= _DIGITS
    number = sequence.zfill(_DIGITS) if is_number else ""
    if at is None:
        return f"n{number}" if number else ""
    # Not strftime: it does not pad years before 1000 everywhere.
    time = (
        f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}"
        f".{at.microsecond:06}"
    )
    return f"{time}#{number}" if number else time
