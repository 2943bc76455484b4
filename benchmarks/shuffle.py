"""The same messages in order, and posted twice in any order: the same business records in the end.

The demo hospital's day and the 200-message stream of a hospital simulator (where ``../shared/samples`` has it) run once
in order in one database, and twice and shuffled in another. What failed is tried again, as a person would, in both. Then
every business record is compared, by what the outside calls it; each difference is printed.

    python3 benchmarks/shuffle.py                          the whole day and all 200
    python3 benchmarks/shuffle.py --day 0.5 --stream 40 --wait-minutes 0
"""

import datetime as dt
import gzip
import random
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, quiet, records, traffic  # noqa: E402
from benchmarks.sender import Sender  # noqa: E402
from devkit import console, hospital, paths, peers  # noqa: E402
from devkit.hospital_story import Sent  # noqa: E402

STREAM = paths.CHECKOUT.parent / "shared/samples/hl7v2/google-simhospital/stream-first-200.hl7.gz"
SETTLE_SECONDS = 900
#: rounds of trying again what failed
ROUNDS = 8


def messages(options):
    """What is sent, in order."""
    date = dt.date.today() - dt.timedelta(days=1)
    found = list(hospital.day(options.seed, date, options.day)) if options.day else []
    if not STREAM.exists():
        console.note(f"skipped: {STREAM} is not there, so only the demo day is compared")
        return found
    text = gzip.decompress(STREAM.read_bytes()).decode("utf-8")
    bodies = [one for one in re.split(r"[\r\n]+(?=MSH\|)", text) if one.strip()]
    now = dt.datetime.now(dt.timezone.utc)
    for number, body in enumerate(bodies[: options.stream], 1):
        found.append(
            Sent("demo_pas", peers.HL7, body.strip().encode() + b"\r", f"stream {number}", now)
        )
    return found


def play(odoo, sent):
    """Post all, wait, and try failed ones again until that changes nothing; lines on what went wrong."""
    sender, broken = Sender(odoo), []
    for one in sent:
        answer, _tries = sender.insist(one)
        if answer is None or answer.status >= 300:
            broken.append(f"{one.note}: answered {answer and answer.status}")
    with console.step(f"{len(sent)} posted; being processed"):
        if not quiet.wait(odoo, SETTLE_SECONDS):
            broken.append(f"not quiet within {SETTLE_SECONDS} s")
    before = None
    for _round in range(ROUNDS):
        failed = traffic.outcome_counts(odoo).get("failed", 0)
        if not failed or failed == before:
            break
        before = records.try_again(odoo)
        quiet.wait(odoo, SETTLE_SECONDS)
    records.watch(odoo)
    quiet.wait(odoo, SETTLE_SECONDS)
    return broken + quiet.lying(odoo)


def one_pass(name, sent, options):
    """``(records, {state: deliveries}, lines on what is broken)`` of one database."""

    def patient(odoo):
        odoo.query("UPDATE interop_route SET wait_seconds = %s", 60 * options.wait_minutes)

    with instance.started(name, before=patient, keep_database=options.keep_database) as odoo:
        broken = play(odoo, sent)
        not_done = [f"{words}: {number}" for words, number in odoo.query(traffic.NOT_DONE)]
        return (
            records.take(odoo),
            traffic.figures(odoo),
            [f"{name}: {one}" for one in broken],
            not_done,
        )


def main():
    options = run.options(
        __doc__,
        day=(float, 1.0, "scale of the demo day; 0: none"),
        wait_minutes=(
            int,
            2,
            "how long references are awaited; 0: what lacks one fails and is tried again",
        ),
        stream=(int, 200, "messages of the simulator's stream"),
    )
    sent = messages(options)
    shuffled = [*sent, *sent]
    random.Random(options.seed).shuffle(shuffled)
    began = time.monotonic()
    with instance.prepared(keep=options.keep_template):
        ordered, states, broken, not_done = one_pass("ordered", sent, options)
        mixed, mixed_states, more, mixed_not_done = one_pass("shuffled", shuffled, options)
    found = list(records.differences(ordered, mixed))
    for title, lines in (("in order", not_done), ("shuffled", mixed_not_done)):
        for line in lines:
            console.note(f"{title}: not done: {line}")
    figures = {
        "messages": len(sent),
        "records": records.count(ordered),
        "deliveries": {"ordered": states, "shuffled": mixed_states},
        "differences": len(found),
        "seconds": round(time.monotonic() - began, 1),
    }
    run.finish("shuffle", broken + more + found, figures)


if __name__ == "__main__":
    main()
