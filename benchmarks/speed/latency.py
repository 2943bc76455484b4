"""How long from POST to a committed record while little is going on: ours, and a bare queue_job that writes the same.

One message at a time, four a second, by turns. The table is asked every two milliseconds, which costs both alike.
"""

import time

from benchmarks import instance
from benchmarks.speed import load, messages, place
from benchmarks.speed.door import FLOOR_SECRET
from benchmarks.speed.figures import Bar, Case
from devkit import console

SAMPLES = 100
APART_SECONDS = 0.25
POLL_SECONDS = 0.002
PATIENCE_SECONDS = 90

OURS = """
SELECT 1 FROM interop_binding b JOIN res_partner p ON p.id = b.res_id
 WHERE b.entity = 'party' AND b.namespace = 'bench|BENCH' AND b.value = %s
"""
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
        for number in range(10):
            _sample(odoo, ours, job, -number - 1)
        ours.rounds, job.rounds = [], []
        for number in range(1, SAMPLES + 1):
            _sample(odoo, ours, job, number)
    return [ours, job]


def _sample(odoo, ours, job, number):
    began = time.monotonic()
    mine = messages.single(odoo, messages.party(2 * abs(number) + 10**6 * (number < 0)))
    value = f"P{2 * abs(number) + 10**6 * (number < 0)}"
    _add(ours, until_there(odoo, mine, OURS, value))
    time.sleep(max(0.0, APART_SECONDS - (time.monotonic() - began)))
    began = time.monotonic()
    body = messages.party(2 * abs(number) + 1 + 10**6 * (number < 0))
    theirs = messages.single(odoo, body, target="/bench/job", secret=FLOOR_SECRET)
    value = f"P{2 * abs(number) + 1 + 10**6 * (number < 0)}"
    _add(job, until_there(odoo, theirs, JOB, value))
    time.sleep(max(0.0, APART_SECONDS - (time.monotonic() - began)))


def _add(case, milliseconds):
    case.add(messages=1, seconds=milliseconds / 1000, milliseconds=[milliseconds])


def bars(cases):
    ours, job = cases
    return [
        Bar(
            "POST to record at low load, p95 ÷ one queue_job",
            ours.percentile(0.95) / job.percentile(0.95),
            most=3.0,
        )
    ]
