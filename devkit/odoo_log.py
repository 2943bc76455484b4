"""What Odoo's log says about a test run: its count of tests, and warnings nobody expected.

`expected_log.txt` beside this file lists what is expected: one regular expression a line, matched
against `LEVEL logger: message`; `#` starts a comment that says why.
"""

import dataclasses
import re
from pathlib import Path

EXPECTED = Path(__file__).with_name("expected_log.txt")
LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<rest>.*)$")
# Also Python's own `warnings`, which Odoo logs under `py.warnings`.
BAD = {"WARNING", "ERROR", "CRITICAL"}
COUNTED = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")


@dataclasses.dataclass(frozen=True)
class Found:
    """A log, read: counts of tests and failures, and the lines nobody expected, with the tracebacks below them."""

    tests: int
    failed: int
    unexpected: list


def _expected():
    lines = EXPECTED.read_text(encoding="utf-8").splitlines()
    return [re.compile(line) for line in lines if line.strip() and not line.startswith("#")]


def read(file):
    """Read a log of Odoo's."""
    text = file.read_text(encoding="utf-8", errors="replace")
    known, unexpected, is_told = _expected(), [], False
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            # what belongs to the line before, such as a traceback
            if is_told:
                unexpected[-1] += f"\n{line}"
            continue
        told = f"{found['level']} {found['rest']}"
        is_told = found["level"] in BAD and not any(one.search(told) for one in known)
        if is_told:
            unexpected.append(line)
    counts = [tuple(map(int, found)) for found in COUNTED.findall(text)]
    tests = sum(number for _failed, _errors, number in counts)
    failed = sum(failed + errors for failed, errors, _number in counts)
    return Found(tests, failed, unexpected)
