"""Heads of seals outside the database: one line each, in a file of their own and in the server's log.

Whoever takes the newest entries away together with their seals leaves a chain that is whole; only what was written where
they can't reach tells of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from .audit import Seal

_LINE = re.compile(
    r"interop audit seal database=(?P<database>\S+) number=(?P<number>[1-9]\d{0,18}) "
    r"entries=\d+ head=(?P<head>[0-9a-f]{64})(?![0-9a-f])"
)


def head_line(database: str, seal: Seal) -> str:
    """What is written of a seal, without a line's end."""
    return (
        f"{seal.sealed_at.isoformat(timespec='seconds')}Z interop audit seal database={database} "
        f"number={seal.id} entries={seal.count} head={seal.head}"
    )


def read_heads(database: str, lines: Iterable[str]) -> dict[int, set[str]]:
    """``{number: heads}`` of one database from such lines, whatever stands around them: a log will do."""
    heads = defaultdict(set)
    for line in lines:
        found = _LINE.search(line)
        if found and found["database"] == database:
            heads[int(found["number"])].add(found["head"])
    return dict(heads)
