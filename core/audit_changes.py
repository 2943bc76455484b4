"""What an entry says of a change: which fields, what stood there before and what stands there now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

#: longer texts are cut, with a digest of the whole
LONGEST_TEXT = 500
#: stands for a value that nobody may read
HIDDEN = "changed"


def shown(value: Any) -> Any:
    """A field's value as it is kept: words and numbers as they are, long texts by their beginning and digest."""
    if isinstance(value, bool) or value is None or isinstance(value, int | float):
        return None if value is False else value
    if isinstance(value, Mapping):
        return {str(name): shown(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    text = str(value)
    if len(text) <= LONGEST_TEXT:
        return text
    whole = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{text[:LONGEST_TEXT]}… ({len(text)} characters, sha256 {whole})"


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], hidden: Iterable[str] = ()
) -> dict[str, Any]:
    """``{field: [before, after]}`` of what differs, and ``{field: "changed"}`` for the ``hidden`` ones that were written,
    whose values stand in neither.

    >>> changes({"a": 1, "b": "x"}, {"a": 2, "b": "x"}, hidden={"c"})
    {'a': [1, 2], 'c': 'changed'}
    """
    found = {}
    for name, now in after.items():
        was = before.get(name)
        if was == now:
            continue
        found[name] = [shown(was), shown(now)]
    return found | dict.fromkeys(hidden, HIDDEN)
