"""Concept maps as CSV files (RFC 4180): read without guessing what a column means, written so that reading gives the same.

Columns by name in the first line, in any order: ``code`` and ``means`` are needed, ``code_system``, ``only_for`` (a system's
code), ``valid_from`` and ``valid_until`` (2026-12-31) may be missing. Comma, semicolon or tab.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

COLUMNS = ("code", "code_system", "means", "only_for", "valid_from", "valid_until")
NEEDED = frozenset(("code", "means"))
#: no code or meaning is longer
LONGEST = 255


class Row(NamedTuple):
    """One translation; '' and None where the file says nothing."""

    code: str
    code_system: str
    means: str
    only_for: str
    valid_from: date | None
    valid_until: date | None

    @property
    def key(self) -> tuple[str, str, str, date | None]:
        """What one line of a map is known by."""
        return self.code, self.code_system, self.only_for, self.valid_from


class Mistake(NamedTuple):
    """What is wrong, and in which line of the file (1 is the first): never what stood there."""

    line: int
    code: str
    column: str = ""


def read(text: str) -> tuple[list[Row], list[Mistake]]:
    """The rows of a file, and what is wrong with it: unknown_column, missing_column, missing, too_long, bad_date, bad_period,
    twice, no_rows, not_csv. Rows with mistakes are left out."""
    text = text.removeprefix("\ufeff")
    first, _newline, _rest = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    seen: dict[tuple[object, ...], int] = {}
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        mistakes += [Mistake(1, "unknown_column", name) for name in names if name not in COLUMNS]
        mistakes += [Mistake(1, "missing_column", name) for name in sorted(NEEDED - set(names))]
        if mistakes:
            return [], mistakes
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            row, wrong = _row(reader.line_num, dict(zip(names, fields, strict=False)))
            if row and seen.setdefault(row.key, reader.line_num) != reader.line_num:
                row, wrong = None, [Mistake(reader.line_num, "twice", "code")]
            mistakes += wrong
            if row:
                rows.append(row)
    except csv.Error:
        mistakes.append(Mistake(reader.line_num, "not_csv"))
    if not rows and not mistakes:
        mistakes.append(Mistake(1, "no_rows"))
    return rows, mistakes


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _row(line: int, said: dict[str, str]) -> tuple[Row | None, list[Mistake]]:
    texts = {name: said.get(name, "").strip() for name in COLUMNS}
    wrong = [Mistake(line, "missing", name) for name in sorted(NEEDED) if not texts[name]]
    wrong += [Mistake(line, "too_long", name) for name in COLUMNS if len(texts[name]) > LONGEST]
    days: dict[str, date | None] = {}
    for name in ("valid_from", "valid_until"):
        days[name] = _day(texts[name])
        if texts[name] and days[name] is None:
            wrong.append(Mistake(line, "bad_date", name))
    first, last = days["valid_from"], days["valid_until"]
    if first and last and first > last:
        wrong.append(Mistake(line, "bad_period", "valid_until"))
    if wrong:
        return None, wrong
    return Row(
        texts["code"], texts["code_system"], texts["means"], texts["only_for"], first, last
    ), []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def write(rows: Iterable[Row]) -> str:
    """The file of ``rows``, with every column."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        [value.isoformat() if isinstance(value, date) else value or "" for value in row]
        for row in rows
    )
    return target.getvalue()
