"""A backlog made while the job runner stands still, and the time until nothing of it is left."""

import contextlib
import time

from benchmarks import processes
from benchmarks.speed import load, messages, meter
from devkit import console

RUNNER = "WorkerJobRunner"
POLL_SECONDS = 0.01
PATIENCE_SECONDS = 600
IS_EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM interop_delivery WHERE state = 'pending')"
NO_JOBS = """
SELECT NOT EXISTS (SELECT 1 FROM queue_job WHERE model_name = 'interop.bench.inbox'
                      AND state IN ('pending', 'enqueued', 'started', 'wait_dependencies'))
"""


def standing(odoo):
    """A block in which no job is started."""
    return processes.held(processes.workers(odoo, RUNNER))


def post(odoo, bodies, *, senders=2, size=100, **where):
    """Have the door take ``bodies`` in; raises if it does not take all."""
    shots = load.fire(odoo.port, messages.in_batches(odoo, bodies, size, **where), senders=senders)
    if shots.refused:
        raise console.Failure(f"the door refused a backlog: {shots.statuses}; see {odoo.log}")


def drained(odoo, make, until=IS_EMPTY, *, rows=False):
    """``(seconds, meter.Used)`` from the moment the job runner goes on after ``make()`` until ``until`` is true."""
    with contextlib.ExitStack() as stack:
        with standing(odoo):
            make()
            used = stack.enter_context(meter.used(odoo, rows=rows))
        seconds = wait(odoo, until)
    return seconds, used


def wait(odoo, sql=IS_EMPTY):
    """Wait until ``sql`` is true; the seconds that took."""
    began = time.monotonic()
    while not odoo.scalar(sql):
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise console.Failure(f"work was left after {PATIENCE_SECONDS} s; see {odoo.log}")
        time.sleep(POLL_SECONDS)
    return time.monotonic() - began
