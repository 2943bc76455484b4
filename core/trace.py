"""Where a message stands in somebody's trace: the ``traceparent`` of W3C Trace Context (Recommendation, 3.2).

Taken in, kept with the message, never invented. CloudEvents carry their own (extension "Distributed Tracing"), which says
how the event came about and goes before the header, which says how the request did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .document import Envelope

HEADER = "traceparent"
_VERSION_00 = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


def traceparent(text: str) -> str:
    """``text`` as far as version 00 defines it (55 characters), or '' where it is not valid (3.2.2.2 to 3.2.4).

    What a later version adds behind a dash is left out: it can't be passed on by whom it means nothing to.
    """
    match = _VERSION_00.match(text)
    if not match or not int(match[1], 16) or not int(match[2], 16):
        return ""
    rest = text[match.end() :]
    if rest and (text.startswith("00-") or not rest.startswith("-")):
        return ""
    return match[0]


def of_message(envelope: Envelope, headers: Mapping[str, str]) -> str:
    """The trace that a message belongs to: its own word, else its request's; '' for none. Header names are lower case."""
    own = traceparent(dict(envelope.extensions).get(HEADER, ""))
    return own or traceparent(headers.get(HEADER, ""))
