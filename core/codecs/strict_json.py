"""JSON read without guessing, and written in one stable form.

RFC 8259 leaves much to the reader; two readers that guess differently are how a signature or a
contract is bypassed. So whatever it calls unpredictable is refused here: duplicate names, numbers
outside 64 bits, lone surrogates, NaN, bytes that are not UTF-8, nesting without end. Decimals stay
decimals, with the digits they were written with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..errors import BadDocument

MAX_DEPTH = 64
#: a double's range; beyond it a number of ten characters could be written out as gigabytes of zeros
_MAX_EXPONENT = 308
_MAX_NUMBER_LENGTH = 64
_INT64 = range(-(2**63), 2**63)
#: escapes that may stand for a character no database takes; only then every string is looked at
_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"


def loads(data: bytes | str, *, max_depth: int = MAX_DEPTH) -> Any:
    """One JSON value. Numbers with a point or exponent are ``Decimal``, others ``int``; objects are
    dicts.

    Raises ``BadDocument`` with one of ``not_utf8``, ``not_json``, ``duplicate_key``,
    ``number_out_of_range``, ``too_deep``, ``bad_character``; nothing else. A leading byte-order
    mark is ignored (RFC 8259, 8.1).
    """
    text = _checked(data) if isinstance(data, str) else _decode(data)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise BadDocument("not_json", detail=place) from None
    except RecursionError:
        raise BadDocument("too_deep") from None
    if text.count("[") + text.count("{") > max_depth:
        _check_depth(value, max_depth)
    if _SUSPICIOUS.search(text):
        _check_characters(value)
    return value


def dumps(value: Any) -> bytes:
    """The canonical form: sorted names, no spaces, UTF-8, decimals with their own digits. ``loads``
    gives it back.

    Equal bytes mean equal values; ``1.0`` and ``1.00`` are not equal (FHIR: precision is
    significant).
    """
    try:
        return _ENCODER.encode(value).encode()
    except _DecimalFound:
        return "".join(_pieces(value)).encode()


def iter_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of an NDJSON body that hold something, numbered from 0. CR before LF is
    tolerated."""
    lines = data.removeprefix(_BOM).split(b"\n")
    return enumerate(line for line in map(bytes.strip, lines) if line)


class _DecimalFound(Exception):
    """The fast encoder met a decimal, which it would have to turn into a float."""


def _raise_decimal_found(value: Any) -> None:
    if isinstance(value, Decimal):
        raise _DecimalFound
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def _decode(data: bytes) -> str:
    try:
        return data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise BadDocument("not_utf8", detail=f"byte {error.start}") from None


def _checked(text: str) -> str:
    # Decoded bytes cannot hold a lone surrogate; text from elsewhere can.
    if _UNSTORABLE.search(text):
        raise BadDocument("bad_character")
    return text.removeprefix("\ufeff")


def _integer(text: str) -> int:
    if len(text) < 19:
        return int(text)
    # The length first: int() itself refuses more than 4 300 digits with a ValueError.
    if len(text) > 20 or int(text) not in _INT64:
        raise BadDocument("number_out_of_range")
    return int(text)


def _decimal(text: str) -> Decimal:
    exponent = text.lower().partition("e")[2].lstrip("+-0")
    if len(text) > _MAX_NUMBER_LENGTH or len(exponent) > 3 or int(exponent or 0) > _MAX_EXPONENT:
        raise BadDocument("number_out_of_range")
    return Decimal(text)


def _constant(text: str) -> None:
    raise BadDocument("not_json", detail="NaN or Infinity")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise BadDocument("duplicate_key")
    return result


def _check_depth(root: Any, max_depth: int) -> None:
    """Refuse too deep nesting, level by level, so that depth cannot exhaust the stack."""
    level, depth = [root], 1
    while level := [value for value in level if isinstance(value, (dict, list))]:
        if depth > max_depth:
            raise BadDocument("too_deep")
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        depth += 1


def _check_characters(root: Any) -> None:
    """Refuse characters that cannot be stored, in names as in values; depth is checked already."""
    stack = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            if _UNSTORABLE.search(value):
                raise BadDocument("bad_character")
        elif isinstance(value, dict):
            stack += [*value, *value.values()]
        elif isinstance(value, list):
            stack += value


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("not a JSON number")
        yield str(value)
    elif isinstance(value, dict):
        separator = "{"
        for name in sorted(value):
            yield f"{separator}{_ENCODER.encode(name)}:"
            yield from _pieces(value[name])
            separator = ","
        yield "}" if value else "{}"
    elif isinstance(value, (list, tuple)):
        yield "["
        for position, item in enumerate(value):
            if position:
                yield ","
            yield from _pieces(item)
        yield "]"
    else:
        yield _ENCODER.encode(value)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    default=_raise_decimal_found,
)
