"""How long from POST to a committed record: ours, and a bare queue_job that writes the same.

While little goes on: one message at a time, four a second, by turns; the table is asked every two milliseconds, which costs
both alike. And in a burst: three hundred at once.
"""

import threading
import time

from benchmarks import instance
from benchmarks.speed import load, messages, place
from benchmarks.speed.door import FLOOR_SECRET
from benchmarks.speed.drain import COUNTS
from benchmarks.speed.figures import Bar, Case
from devkit import console

WARMING, SAMPLES, BURST = 10, 100, 300
BURST_POLL_SECONDS = 0.005
APART_SECONDS = 0.25
POLL_SECONDS = 0.002
PATIENCE_SECONDS = 90

OURS = """
SELECT 1 FROM interop_binding b JOIN res_partner p ON p.id = b.res_id
 WHERE b.entity = 'party' AND b.namespace = 'bench|BENCH' AND b.value = %s
"""
ALL_OF = """
SELECT b.value FROM interop_binding b JOIN res_partner p ON p.id = b.res_id
 WHERE b.entity = 'party' AND b.namespace = 'bench|BENCH' AND b.value = ANY(%s)
"""
PEOPLE = COUNTS["party_new"]
JOB = "SELECT 1 FROM res_partner WHERE ref = %s"


def until_there(odoo, request, sql, *values):
    """Milliseconds from posting ``request`` until ``sql`` finds something committed."""
    began = time.monotonic()
    load.fire(odoo.port, [request], senders=1)
    while not odoo.query(sql, *values):
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise console.Failure(f"nothing became of a message within {PATIENCE_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return (time.monotonic() - began) * 1000


def measure(options):
    ours = Case("latency.ours", "From POST to record, low load: ours", senders=1, is_latency=True)
    job = Case(
        "latency.queue_job",
        "From POST to record, low load: one queue_job",
        senders=1,
        is_latency=True,
    )
    with instance.started(
        "latency", template=place.PLACE, channels=place.CHANNELS, workers=4
    ) as odoo:
        for number in range(WARMING):
            _pair(odoo, ours, job, 10**6 + 2 * number)
        ours.rounds, job.rounds = [], []
        for number in range(SAMPLES):
            _pair(odoo, ours, job, 2 + 2 * number)
        burst = Case(
            "latency.burst",
            f"From POST to record, {BURST} at once: ours",
            senders=8,
            is_latency=True,
        )
        for round_ in range(options.rounds):
            _burst(odoo, burst, round_)
    return [ours, job, burst]


def sample(odoo, case, request, sql, value, apart):
    """Add to ``case`` how long ``request`` takes until ``sql`` finds ``value``; the next comes ``apart`` seconds later."""
    began = time.monotonic()
    case.add_one(until_there(odoo, request, sql, value))
    time.sleep(max(0.0, apart - (time.monotonic() - began)))


def _pair(odoo, ours, job, number):
    """One message of each; ``number`` and its successor are the patients'."""
    mine = messages.single(odoo, messages.party(number))
    sample(odoo, ours, mine, OURS, f"P{number}", APART_SECONDS)
    body = messages.party(number + 1)
    theirs = messages.single(odoo, body, target="/bench/job", secret=FLOOR_SECRET)
    sample(odoo, job, theirs, JOB, f"P{number + 1}", APART_SECONDS)


def _burst(odoo, case, round_):
    """All at once, and when each record was first seen."""
    values = [f"P{2 * 10**6 + round_ * BURST + place}" for place in range(BURST)]
    requests = [messages.single(odoo, messages.party(int(value[1:]))) for value in values]
    before, shots, seen = odoo.scalar(PEOPLE), [], {}
    thread = threading.Thread(target=lambda: shots.append(load.fire(odoo.port, requests)))
    began = time.monotonic()
    thread.start()
    while len(seen) < BURST:
        missing = [value for value in values if value not in seen]
        now = time.monotonic()
        seen |= dict.fromkeys((value for (value,) in odoo.query(ALL_OF, missing)), now)
        if now - began > PATIENCE_SECONDS:
            raise console.Failure(f"{BURST - len(seen)} records are missing")
        time.sleep(BURST_POLL_SECONDS)
    thread.join()
    case.add(
        messages=BURST,
        seconds=time.monotonic() - began,
        milliseconds=[
            (seen[value] - moment) * 1000
            for value, moment in zip(values, shots[0].moments, strict=True)
        ],
        found=odoo.scalar(PEOPLE) - before,
    )


def bars(cases):
    ours, job, _burst_case = cases
    return [
        Bar(
            "POST to record at low load, p95 ÷ one queue_job",
            ours.percentile(0.95) / job.percentile(0.95),
            most=3.0,
        )
    ]
