"""What a URI, a time, a media type and base64 look like, by the letter of their RFCs."""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass, field
from datetime import datetime

_PCT = r"%[0-9A-Fa-f]{2}"
_PCHAR = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|{_PCT})"
_SEGMENT_NO_COLON = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|{_PCT})+"
_USER_INFO = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|{_PCT})*"
_REG_NAME = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|{_PCT})*"
_IP_LITERAL = r"\[(?:(?P<ipv6>[0-9A-Fa-f:.]+)|[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+)\]"
_AUTHORITY = rf"//(?:{_USER_INFO}@)?(?:{_IP_LITERAL}|{_REG_NAME})(?::[0-9]*)?(?:/{_PCHAR}*)*"
_ABSOLUTE_PATH = rf"/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?"
_ROOTLESS_PATH = rf"{_PCHAR}+(?:/{_PCHAR}*)*"
_NO_SCHEME_PATH = rf"{_SEGMENT_NO_COLON}(?:/{_PCHAR}*)*"
_QUERY = rf"(?:{_PCHAR}|[/?])*"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*:"

_ABSOLUTE_URI = re.compile(
    rf"{_SCHEME}(?:{_AUTHORITY}|{_ABSOLUTE_PATH}|{_ROOTLESS_PATH})?(?:\?{_QUERY})?"
)
_RELATIVE_REFERENCE = re.compile(
    rf"(?:{_AUTHORITY}|{_ABSOLUTE_PATH}|{_NO_SCHEME_PATH})?(?:\?{_QUERY})?"
)
_FRAGMENT = re.compile(_QUERY)

_CLOCK = r"(?P<minutes>[01]\d:[0-5]\d|2[0-3]:[0-5]\d):(?P<seconds>[0-5]\d|60)(?:\.\d+)?"
_OFFSET = r"(?:[Zz]|(?P<sign>[+-])(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d))"
_TIMESTAMP = re.compile(rf"(?P<date>\d{{4}}-\d\d-\d\d)[Tt]{_CLOCK}{_OFFSET}", re.ASCII)

_TOKEN = r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
_QUOTED = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f-\U0010ffff]|\\[\x09\x20-\x7e])*"'
_PARAMETER = rf"[ \t]*;[ \t]*({_TOKEN})=({_TOKEN}|{_QUOTED})"
_MEDIA_TYPE = re.compile(rf"({_TOKEN}/{_TOKEN})((?:{_PARAMETER})*)")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


@dataclass(frozen=True, slots=True)
class MediaType:
    """``text`` is ``type/subtype`` in lower case; so are the names of ``parameters``."""

    text: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """``*/json`` or ``*/*+json`` (CloudEvents JSON format, 3.1.1)."""
        return self.text.endswith(("/json", "+json"))

    @property
    def is_text(self) -> bool:
        return self.text.startswith("text/") or self.text.endswith(("/xml", "+xml"))

    @property
    def charset(self) -> str:
        return self.parameters.get("charset", "").lower()


def media_type(text: str) -> MediaType | None:
    """RFC 2046 (grammar: RFC 2045, 5.1), parameters included. None for what is not one."""
    match = _MEDIA_TYPE.fullmatch(text)
    if match is None:
        return None
    pairs = re.findall(_PARAMETER, match[2])
    parameters = {name.lower(): _unquoted(value) for name, value in pairs}
    return MediaType(match[1].lower(), parameters)


def is_uri_reference(text: str) -> bool:
    """RFC 3986, 4.1: an absolute URI or a relative reference, with or without a fragment."""
    resource, _, fragment = text.partition("#")
    return bool(_FRAGMENT.fullmatch(fragment)) and (
        is_absolute_uri(resource) or _matches(_RELATIVE_REFERENCE, resource)
    )


def is_absolute_uri(text: str) -> bool:
    """RFC 3986, 4.3: with a scheme, without a fragment."""
    return _matches(_ABSOLUTE_URI, text)


def is_timestamp(text: str) -> bool:
    """RFC 3339, 5.6: a real day and time with its offset. A leap second only where one can be: at
    23:59:60 UTC."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    try:
        local = datetime.fromisoformat(f"{match['date']}T{match['minutes']}")
    except ValueError:
        return False
    if match["seconds"] != "60":
        return True
    offset = int(match["hour"] or 0) * 60 + int(match["minute"] or 0)
    # Minutes of the day are enough, and do not overflow in the years 1 and 9999.
    minutes = local.hour * 60 + local.minute - (-offset if match["sign"] == "-" else offset)
    return minutes % (24 * 60) == 23 * 60 + 59


def decode_base64(text: str) -> bytes | None:
    """RFC 4648, section 4, by the letter: padded, canonical, no line ends. None for others."""
    if not _BASE64.fullmatch(text):
        return None
    data = base64.b64decode(text)
    return data if base64.b64encode(data).decode() == text else None


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    match = pattern.fullmatch(text)
    return match is not None and (match["ipv6"] is None or _is_ipv6(match["ipv6"]))


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
