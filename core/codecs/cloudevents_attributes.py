"""The context attributes of a CloudEvent: names, types and values, as CloudEvents 1.0.2 says them.

Both content modes end here: JSON members and HTTP headers are the same attributes once they are
read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..document import Envelope
from ..errors import BadDocument
from . import wellformed

REQUIRED = ("specversion", "id", "source", "type")
CORE = frozenset((*REQUIRED, "datacontenttype", "dataschema", "subject", "time"))
#: what an index row of the database takes; the specification sets no limit and wants none exceeded
MAX_CORE_BYTES = 1024
MAX_EXTENSION_BYTES = 8192

_NAME = re.compile(r"[a-z0-9]+")
#: a name that may be shown; another may be a value that somebody used as a name
_SPEAKABLE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_INT32 = range(-(2**31), 2**31)
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr((plane << 16) + low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_DISALLOWED = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")

#: what a core attribute's value must be, beyond a string that is not empty
_FORMATS: dict[str, Callable[[str], Any]] = {
    "source": wellformed.is_uri_reference,
    "datacontenttype": wellformed.media_type,
    "dataschema": wellformed.is_absolute_uri,
    "time": wellformed.is_timestamp,
}


def bad(code: str, name: str) -> BadDocument:
    """An error at the attribute ``name``, as far as that may be said."""
    return BadDocument(code, path=name if _SPEAKABLE.fullmatch(name) else "")


def checked(given: Mapping[str, Any]) -> dict[str, str]:
    """The attributes in their canonical string encoding, those given as ``None`` left out.

    Raises ``BadDocument`` with the attribute as ``path``: ``attribute_name``,
    ``missing_attribute``, ``unsupported_specversion``, ``attribute_type``, ``attribute_empty``,
    ``attribute_characters``, ``attribute_too_long``, ``attribute_format``.
    """
    for name in given:
        if not _NAME.fullmatch(name) or name == "data":
            raise bad("attribute_name", name)
    attributes = {name: value for name, value in given.items() if value is not None}
    for name in REQUIRED:
        if name not in attributes:
            raise bad("missing_attribute", name)
    if attributes["specversion"] != "1.0":
        raise bad("unsupported_specversion", "specversion")
    return {name: _checked_value(name, value) for name, value in attributes.items()}


def envelope(attributes: Mapping[str, str]) -> Envelope:
    """The envelope of checked attributes. ``correlationid`` is the extension that names a business
    flow, ``facility`` the one that names where in the hospital group it comes from."""
    return Envelope(
        type=attributes["type"],
        id=attributes["id"],
        is_id_unique=True,
        source=attributes["source"],
        facility=attributes.get("facility", ""),
        subject=attributes.get("subject", ""),
        time=attributes.get("time", ""),
        correlation=attributes.get("correlationid", ""),
        schema=attributes.get("dataschema", ""),
        extensions=tuple(sorted(item for item in attributes.items() if item[0] not in CORE)),
    )


def _checked_value(name: str, value: Any) -> str:
    text = _core_text(name, value) if name in CORE else _extension_text(name, value)
    if _DISALLOWED.search(text):
        raise bad("attribute_characters", name)
    most = MAX_CORE_BYTES if name in CORE else MAX_EXTENSION_BYTES
    # a character takes four bytes at most
    if 4 * len(text) > most and len(text.encode()) > most:
        raise bad("attribute_too_long", name)
    if name in _FORMATS and not _FORMATS[name](text):
        raise bad("attribute_format", name)
    return text


def _core_text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise bad("attribute_type", name)
    if not value:
        raise bad("attribute_empty", name)
    return value


def _extension_text(name: str, value: Any) -> str:
    """Boolean, 32-bit integer or string: the JSON types that attributes may have (JSON format,
    2.2)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value in _INT32:
        return str(value)
    if isinstance(value, str):
        return value
    raise bad("attribute_type", name)
