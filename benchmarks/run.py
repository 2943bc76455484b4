"""How every benchmark starts and ends: the right Python, the same options, one line of JSON, an exit code."""

import argparse
import json
import os
import sys
from pathlib import Path

#: in the environment: the folder in ``.run`` for what shall run beside other benchmarks, with a server of its own
OWN_FOLDER = "HEALTHCARE_INTEROP_BENCH_FOLDER"
#: what a script exits with that could not be run here
SKIPPED = 77
CHECKOUT = Path(__file__).resolve().parents[1]


def with_dependencies():
    """Go on as the checkout's own Python, which has psycopg2; it is made if need be."""
    from devkit import python_env

    wanted = str(python_env.find())
    if os.path.realpath(sys.prefix) != os.path.realpath(Path(wanted).parents[1]):
        os.execv(wanted, [wanted, "-B", *sys.argv])


def options(description, **defaults):
    """The parsed command line. ``defaults`` that every benchmark has: ``seed``."""
    found = argparse.ArgumentParser(description=description.strip().splitlines()[0])
    found.add_argument("--seed", type=int, default=1, help="the same messages again (default 1)")
    found.add_argument(
        "--keep-template",
        action="store_true",
        help="do not install anew although the add-on has changed",
    )
    found.add_argument("--keep-database", action="store_true", help="leave it for a look")
    for name, (kind, default, words) in defaults.items():
        shown = f"{words} (default {default})"
        found.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default, help=shown)
    return found.parse_args()


def finish(name, broken, figures):
    """Print what was broken, then one line of JSON; exit 1 where a promise was broken."""
    for line in broken:
        print(f"BROKEN {line}", file=sys.stderr)
    print(json.dumps({"benchmark": name, "ok": not broken, **figures, "broken": len(broken)}))
    sys.exit(1 if broken else 0)


def skip(name, reason):
    """Say why it can't be run on this machine, and end."""
    print(f"{name}: skipped, {reason}", file=sys.stderr)
    sys.exit(SKIPPED)
