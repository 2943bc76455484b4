"""The parts of the bench, one after the other, and what they come to.

./dev bench            everything, within 25 minutes
./dev bench --quick    the door and the drain, within 4
"""

import argparse
import json
import sys
import time

from benchmarks import instance, templates
from benchmarks.speed import (
    crowd,
    door,
    drain,
    growth,
    hosts,
    lanes,
    latency,
    place,
    report,
    rivals,
    scenarios,
)
from devkit import console

PARTS = {
    "door": door,
    "drain": drain,
    "lanes": lanes,
    "latency": latency,
    "crowd": crowd,
    "growth": growth,
    "hosts": hosts,
    "scenarios": scenarios,
}
QUICK = ("door", "drain")


def arguments():
    found = argparse.ArgumentParser(prog="dev bench", description=__doc__.splitlines()[0])
    found.add_argument("--quick", action="store_true", help="few rounds of the door and the drain")
    found.add_argument(
        "--json", action="store_true", help="one JSON document on stdout, nothing else"
    )
    found.add_argument(
        "--rivals",
        action="store_true",
        help="OCA endpoint and EDI too, from PyPI, in a database of their own",
    )
    found.add_argument(
        "--exact",
        action="store_true",
        help="fail where a figure that no machine changes misses its bar: SQL statements",
    )
    found.add_argument("--keep", action="store_true", help="write benchmarks/results anew")
    found.add_argument("--only", nargs="+", choices=PARTS, help="these parts")
    found.add_argument("--rounds", type=int, help="rounds of each case (5; quick: 2)")
    found.add_argument("--senders", type=int, nargs="+", help="senders at the door (8; try 1 8 32)")
    found.add_argument("--keep-template", action="store_true", help="do not install anew")
    options = found.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.senders = options.senders or [8]
    options.seconds = 1.5 if options.quick else 3.0
    return options


def main():
    options = arguments()
    began = time.monotonic()
    cases, bars = [], []
    with instance.prepared(keep=options.keep_template, template=place.PLACE):
        for name in options.only or (QUICK if options.quick else PARTS):
            with console.step(f"bench: {name}"):
                found = PARTS[name].measure(options)
            cases += found
            bars += PARTS[name].bars(found)
        if options.rivals:
            _measure_rivals(options, cases, bars)
        result = report.result(cases, bars, options, time.monotonic() - began)
    if options.keep:
        report.write(result)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        print(report.text(result))
    broken = ["messages were lost or doubled"] if any(c.lost or c.doubled for c in cases) else []
    if options.exact:
        broken += [bar.words for bar in bars if bar.is_exact and not bar.is_held]
    for line in broken:
        print(f"BROKEN {line}", file=sys.stderr)
    sys.exit(1 if broken else 0)


def _measure_rivals(options, cases, bars):
    made = rivals.template()
    templates.ensure(made)
    with console.step("bench: rivals"):
        found = rivals.measure(options, made)
    drained = [case for case in cases if case.name == "drain.party_new.ours"]
    cases += found
    bars += rivals.bars(found, drained[0] if drained else None)
