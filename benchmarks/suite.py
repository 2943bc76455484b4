"""The tenth of the long randomised runs that ``./dev test`` does: each script once, small.

python3 -m benchmarks.suite
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS_EACH = 400

#: script and the arguments that make it small; the first one installs, the others use its database
RUNS = (
    ("twins.py", "--copies", "10"),
    ("wakes.py", "--runs", "1", "--waves", "2"),
    # how soon work goes on is a figure of the full run on a quiet machine; here it is that it does
    ("crash.py", "--scale", "0.1", "--resume", "90"),
    ("audit.py", "--entries", "5000"),
    # its timings are nobody's on a busy machine; its counts are anybody's
    ("__main__.py", "--quick", "--rounds", "1", "--exact"),
    ("rotation.py", "--rounds", "2"),
    # how much a limit costs is a figure of the full run
    ("rate.py", "--seconds", "5", "--rounds", "1", "--round-seconds", "2", "--exact", "1"),
    ("causality.py", "--seeds", "5", "--day", "0.2"),
    ("sign_in.py",),
    ("mllp.py", "--messages", "40", "--megabytes", "128", "--pace", "0.2", "--calm", "1"),
    ("erasing.py", "--rounds", "4"),
    ("shuffle.py", "--day", "0.1", "--stream", "20", "--wait-minutes", "0"),
)


def main():
    failed = 0
    for name, *arguments in RUNS:
        began = time.monotonic()
        print(f"── {name} {' '.join(arguments)}", flush=True)
        code = subprocess.run(
            [sys.executable, "-B", str(HERE / name), *arguments], timeout=SECONDS_EACH, check=False
        ).returncode
        failed += code != 0
        print(f"   {'broken' if code else 'held'} in {time.monotonic() - began:.0f} s", flush=True)
    print(f"{len(RUNS) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
