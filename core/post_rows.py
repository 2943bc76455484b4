"""What was told of somebody's posts, statement by statement: which of it stands (``told``), and how news is taken (``take``).

Three kinds. A *move* is told of the main post for a day; there may be several, and each stands until it is withdrawn. A
*post* is one of several, and the *employment* is all of it: a sender knows one state of these, so what is said later of one
takes the place of what had not begun by then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .posts import EVER, NEVER, Told

MOVE, POST, EMPLOYMENT = "move", "post", "employment"
WITHDRAWN = "is_withdrawn"
UNTIL, MAIN = "effective_until", "is_main_post"


@dataclass(slots=True)
class Row:
    """What was told for one day (``start``) of one post. ``versions``: attribute → the version that said it last.

    ``since`` is the day on which the latest of it was said; ``record`` what keeps it, 0 for a new one. ``is_valid`` and
    ``end`` follow from all that was told of the post (``settle``).
    """

    system: int
    kind: str = MOVE
    number: str = ""
    start: date = EVER
    since: date = EVER
    values: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    record: int = 0
    is_valid: bool = True
    end: date = NEVER

    @property
    def key(self) -> tuple[Any, ...]:
        return self.system, self.kind, self.number

    @property
    def told_by(self) -> str:
        """The latest version that said something of it; '' for one that was withdrawn before anything was said."""
        return max((v for name, v in self.versions.items() if name != WITHDRAWN), default="")

    @property
    def withdrawn_by(self) -> str:
        return self.versions.get(WITHDRAWN, "")


@dataclass(slots=True)
class News:
    """What one message says of a post: ``values`` from ``start`` on, or that it is withdrawn. Said on the day ``since``."""

    system: int
    version: str
    since: date
    kind: str = MOVE
    number: str = ""
    start: date = EVER
    values: dict[str, Any] = field(default_factory=dict)
    is_withdrawn: bool = False


def take(rows: list[Row], news: News) -> Row | None:
    """Put ``news`` among ``rows`` (changed in place): the row that it changed; None where all of it is older than what stands."""
    own = (news.system, news.kind, news.number)
    row = next((row for row in rows if row.key == own and row.start == news.start), None)
    if row is None:
        row = Row(*own, news.start)
        rows.append(row)
    if news.is_withdrawn:
        fresh = {WITHDRAWN: None} if news.version >= max(row.withdrawn_by, row.told_by) else {}
    else:
        fresh = {
            name: value
            for name, value in news.values.items()
            if news.version >= row.versions.get(name, "")
        }
        row.values.update(fresh)
    row.versions.update(dict.fromkeys(fresh, news.version))
    if fresh:
        row.since = max(row.since, news.since)
    settle([one for one in rows if one.key == own])
    if news.kind == MOVE and fresh:
        _compact(rows, row)
    return row if fresh and (row.is_valid or news.is_withdrawn) else None


def _compact(rows: list[Row], row: Row) -> None:
    """Leave out what stands between two days that say the same: senders repeat all they know, every night.

    The first day says since when it holds, the last one that it still does: what is told later of a day between them counts
    until then.
    """
    same = sorted(
        (one for one in rows if one.key == row.key and one.is_valid), key=lambda one: one.start
    )
    for before, middle, after in zip(same, same[1:], same[2:], strict=False):
        if before.values == middle.values == after.values and any(
            row is one for one in (middle, after)
        ):
            if not after.record:
                after.record, middle.record = middle.record, 0
            if not middle.record:
                rows.remove(middle)
            return


def settle(rows: Iterable[Row]) -> None:
    """Say of ``rows``, all that was told of one post, which are valid and when they end."""
    rows = list(rows)
    for row in rows:
        until = row.values.get(UNTIL) or NEVER
        if row.kind == MOVE:
            ended = row.withdrawn_by > row.told_by
            row.is_valid, row.end = not ended, until
            continue
        ends = [one.since for one in rows if one.withdrawn_by > row.told_by]
        replaced = [
            one.since
            for one in rows
            if one is not row and one.told_by > row.told_by and one.start != row.start
        ]
        row.is_valid = (
            bool(row.told_by)
            and all(day > row.start for day in ends)
            and all(day >= row.start for day in replaced)
        )
        row.end = min([until, *(day - timedelta(days=1) for day in ends if day > EVER)])


def told(rows: Iterable[Row]) -> list[Told]:
    """What stands, for ``posts.line``."""
    return [
        Told(
            row.start,
            row.end,
            f"{row.system}/{row.number}" if row.kind == POST else "",
            row.values.get(MAIN),
            {name: value for name, value in row.values.items() if name not in (UNTIL, MAIN)},
            row.told_by,
        )
        for row in rows
        if row.is_valid
    ]
