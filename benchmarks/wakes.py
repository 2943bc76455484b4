"""A hundred doors at once against a lane that is being drained: no delivery may be left lying.

The watchdog is switched off, so that it can't put right what waking forgot. All messages go to one lane, in waves of a
hundred requests, each by a door of its own: some waves all at once, some over a second or three. When all is quiet,
nothing may be pending and due without a live job. Ten runs.

    python3 benchmarks/wakes.py                            ten runs of five waves
    python3 benchmarks/wakes.py --runs 1 --waves 2
"""

import functools
import itertools
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, quiet, traffic  # noqa: E402
from benchmarks.sender import Sender, at_once  # noqa: E402
from devkit import console  # noqa: E402

SETTLE_SECONDS = 120
#: doors really at work at the same time; the rest of the hundred stand in the queue
WORKERS = 6
#: all at the same moment, or over a while, so that some come in while a drain runs and none comes after them
SPREADS_SECONDS = (0.0, 0.5, 1.5, 3.0)


def late(sender, sent, seconds):
    time.sleep(seconds)
    return sender.insist(sent)[0]


def one_lane(odoo):
    """No watchdog, and one lane for all people."""
    odoo.without_watchdog()
    odoo.query("UPDATE interop_route SET lanes = 1 WHERE entity = 'party'")


def settle(odoo):
    """Wait until everything is done, or until nothing is at work although something is due; lines on the latter."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        if odoo.scalar(quiet.BUSY) == 0:
            return quiet.lying(odoo)
        if found := quiet.lying(odoo):
            # a commit and the wake after it are a moment apart: only what stays is lost
            time.sleep(3)
            if found == quiet.lying(odoo):
                return found
        time.sleep(0.2)
    return [f"not quiet within {SETTLE_SECONDS} s"]


def main():
    options = run.options(
        __doc__,
        runs=(int, 10, "runs"),
        waves=(int, 5, "waves in each run"),
        doors=(int, 100, "requests in each wave, started together"),
    )
    count = options.runs * options.waves * options.doors
    _first, messages, expected = traffic.countable(2 * count, options.seed)
    people = [one for one in messages if one.note.startswith("person")][:count]
    rng, queue = random.Random(options.seed), iter(people)
    began, broken, statuses, jobs = time.monotonic(), [], {}, []
    with instance.running(
        "wakes",
        keep=options.keep_template,
        keep_database=options.keep_database,
        workers=WORKERS,
        before=one_lane,
    ) as odoo:
        sender = Sender(odoo)
        for number in range(1, options.runs + 1):
            for _wave in range(options.waves):
                wave = list(itertools.islice(queue, options.doors))
                spread = rng.choice(SPREADS_SECONDS)
                waits = [rng.uniform(0, spread) for _sent in wave]
                calls = [
                    functools.partial(late, sender, *pair) for pair in zip(wave, waits, strict=True)
                ]
                for answer in at_once(calls):
                    status = answer.status if answer else 0
                    statuses[status] = statuses.get(status, 0) + 1
                time.sleep(rng.uniform(0, 0.3))
            found = settle(odoo)
            broken += [f"run {number}: {line}" for line in found]
            jobs.append(odoo.scalar("SELECT count(*) FROM queue_job"))
            console.note(
                f"run {number} of {options.runs}: {'; '.join(found) or 'nothing left lying'}"
            )
            if found:
                odoo.script("env['interop.route']._cron_watchdog()")
                settle(odoo)
        broken += [
            f"answered {status}: {number}"
            for status, number in statuses.items()
            if status != 200 and status != 202
        ]
        broken += lost(odoo, {one.body for one in people}, expected)
        lanes = odoo.scalar("SELECT count(DISTINCT (route_id, lane)) FROM interop_delivery")
    figures = {
        "runs": options.runs,
        "messages": len(people),
        "lanes": lanes,
        "jobs": jobs[-1] if jobs else 0,
        "seconds": round(time.monotonic() - began, 1),
    }
    run.finish("wakes", broken, figures)


def lost(odoo, bodies, expected):
    """All that was accepted is done, and each person is there once."""
    lines = [f"deliveries {words}: {number}" for words, number in odoo.query(traffic.NOT_DONE)]
    streets = [row[0] for row in odoo.query(traffic.PEOPLE, f"% {traffic.STREET}")]
    if len(streets) != len(bodies) or len(set(streets)) != len(bodies):
        lines.append(f"{len(streets)} people, {len(set(streets))} different, {len(bodies)} sent")
    return lines + [f"unexpected {one}" for one in set(streets) - expected.people]


if __name__ == "__main__":
    main()
