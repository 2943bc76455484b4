"""Audit entries as a table for a spreadsheet, in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from .audit import Entry

#: what spreadsheets take for the beginning of a formula (OWASP, CSV injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(entries: Iterable[Entry]) -> str:
    """RFC 4180, with a line of names; every column as stored, so that a MAC can be made again from a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(Entry._fields)
    writer.writerows([_cell(value) for value in entry] for entry in entries)
    return text.getvalue()


def _cell(value):
    if value is None or isinstance(value, int):
        return value
    shown = str(value) if isinstance(value, str) else value.isoformat(timespec="microseconds")
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
