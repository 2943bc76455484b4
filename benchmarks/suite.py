"""The tenth of the long randomised runs that ``./dev test`` does: each script once, small.

They run in two rows, side by side, each with a PostgreSQL server of its own: a script waits more than it works.

python3 -m benchmarks.suite
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import run
from devkit import console, postgres

HERE = Path(__file__).resolve().parent
SECONDS_EACH = 400
OUTCOMES = {0: "held", run.SKIPPED: "skipped"}

#: script and the arguments that make it small; the first one of a row installs, the others use its database
ROWS = (
    (
        ("twins.py", "--copies", "10"),
        # how soon work goes on is a figure of the full run on a quiet machine; here it is that it does
        ("crash.py", "--scale", "0.1", "--resume", "90"),
        ("audit.py", "--entries", "5000"),
        ("rotation.py", "--rounds", "2"),
        ("proxy.py",),
        ("causality.py", "--seeds", "5", "--day", "0.2"),
    ),
    (
        # its timings are nobody's on a busy machine; its counts are anybody's
        ("__main__.py", "--quick", "--rounds", "1", "--exact"),
        # how much a limit costs is a figure of the full run
        ("rate.py", "--seconds", "5", "--rounds", "1", "--round-seconds", "2", "--exact", "1"),
        ("wakes.py", "--runs", "1", "--waves", "2"),
        ("sign_in.py",),
        ("mllp.py", "--messages", "40", "--megabytes", "128", "--pace", "0.2", "--calm", "1"),
        ("erasing.py", "--rounds", "4"),
        ("shuffle.py", "--day", "0.1", "--stream", "20", "--wait-minutes", "0"),
    ),
)
_printing = threading.Lock()


def _run_row(number):
    """The outcomes of a row's scripts."""
    own = {**os.environ, run.OWN_FOLDER: f"bench-{number}"}
    return [_run(name, arguments, own) for name, *arguments in ROWS[number]]


def _run(name, arguments, environment):
    """How one script ended; what it printed is printed at once, so that the rows don't mix."""
    console.note(f"{name} …")
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        try:
            code = subprocess.run(
                [sys.executable, "-B", str(HERE / name), *arguments],
                timeout=SECONDS_EACH,
                check=False,
                env=environment,
                stdout=printed,
                stderr=subprocess.STDOUT,
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
        printed.seek(0)
        outcome = OUTCOMES.get(code, "broken")
        told = f"{outcome} in {time.monotonic() - began:.0f} s"
        console.note(f"{name}: {told}")
        with _printing:
            print(f"── {name} {' '.join(arguments)}\n{printed.read()}   {told}", flush=True)
    return outcome


def main():
    # on a server of somebody's own the rows would share databases
    at_once = 1 if postgres.is_external() else len(ROWS)
    with ThreadPoolExecutor(at_once) as threads:
        outcomes = [one for row in threads.map(_run_row, range(len(ROWS))) for one in row]
    told = {word: outcomes.count(word) for word in ("held", "broken", "skipped")}
    print(f"{told['held']} passed, {told['broken']} failed, {told['skipped']} skipped")
    return 1 if told["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
