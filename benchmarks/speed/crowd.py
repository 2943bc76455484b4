"""A hundred thousand bulk messages: what they do to an urgent one, to memory, and whether each has its one effect."""

import statistics
import time

import psutil

from benchmarks import instance, processes
from benchmarks.speed import backlog, messages, place
from benchmarks.speed.figures import Bar, Case
from benchmarks.speed.latency import sample

MANY = 100_000
SAMPLES = 60
APART_SECONDS = 0.5
#: workers have seen everything once by then
WARM = 0.2
VISIT = """
SELECT 1 FROM interop_binding b JOIN interop_encounter e ON e.id = b.res_id
 WHERE b.entity = 'encounter' AND b.namespace = 'bench|BENCH' AND b.value = %s
"""
PENDING = "SELECT count(*) FROM interop_delivery WHERE state = 'pending'"
PEOPLE = (
    "SELECT count(*), count(DISTINCT email) FROM res_partner WHERE email LIKE '%@bench.example'"
)


def measure(options):
    idle = Case("crowd.idle", "An admission, nothing else going on", senders=1, is_latency=True)
    behind = Case(
        "crowd.behind", f"An admission behind {MANY:,} bulk messages", senders=1, is_latency=True
    )
    bulk = Case("crowd.bulk", f"{MANY:,} new patients, taken in and drained on one bulk lane")
    with instance.started(
        "crowd", template=place.PLACE, channels=place.CHANNELS, workers=4
    ) as odoo:
        backlog.post(odoo, [messages.party(0), messages.party(-1)])
        backlog.wait(odoo)
        _urgent(odoo, Case("", ""), range(1000, 1010))
        _urgent(odoo, idle, range(1, SAMPLES + 1))
        began = time.monotonic()
        for first in range(1, MANY, 10_000):
            bodies = (messages.party(one) for one in range(first, first + 10_000))
            backlog.post(odoo, bodies, endpoint=messages.BULK)
        memory = Memory(odoo)
        _urgent(odoo, behind, range(SAMPLES + 1, 2 * SAMPLES + 1), memory.look)
        left = odoo.scalar(PENDING)
        while odoo.scalar(PENDING):
            memory.look()
            time.sleep(1)
        people, distinct = odoo.query(PEOPLE)[0]
        bulk.add(messages=MANY, seconds=time.monotonic() - began, found=distinct - 2)
        bulk.rounds[0].peak_megabytes = memory.most
        behind.words += f" ({left:,} still waited at the end)"
    bulk.extra = {"doubled": people - distinct, "growth": memory.growth}
    bulk.series = memory.told()
    return [idle, behind, bulk]


def _urgent(odoo, case, numbers, look=lambda: None):
    for number in numbers:
        # of one patient whom everybody knows, so that nothing is waited for
        request = messages.single(odoo, messages.encounter(number, patient=0))
        sample(odoo, case, request, VISIT, f"V{number}", APART_SECONDS)
        look()


class Memory:
    """What each HTTP worker holds, looked at now and then."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.began = time.monotonic()
        self.series = {}

    def look(self):
        for pid in processes.workers(self.odoo, "WorkerHTTP"):
            held = psutil.Process(pid).memory_info().rss / (1 << 20)
            self.series.setdefault(pid, []).append((time.monotonic() - self.began, held))

    def told(self):
        return {
            f"memory.worker {number}": [(round(at, 1), round(held, 1)) for at, held in points]
            for number, points in enumerate(self.series.values(), 1)
        }

    @property
    def most(self):
        return max(held for one in self.series.values() for _at, held in one)

    @property
    def growth(self):
        """How many times as much the worst worker holds at the end as when it had warmed up."""
        return max(
            _median(points[-5:]) / _median(_after_warming(points))
            for points in self.series.values()
        )


def _median(points):
    return statistics.median(held for _at, held in points)


def _after_warming(series):
    start = int(len(series) * WARM)
    return series[start : start + 5]


def bars(cases):
    idle, behind, bulk = cases
    return [
        Bar(
            f"An urgent message behind {MANY:,} bulk ones, p95 ÷ idle",
            behind.percentile(0.95) / idle.percentile(0.95),
            most=2.0,
        ),
        Bar(f"Memory of a worker after {MANY:,} messages ÷ warm", bulk.extra["growth"], most=1.05),
        Bar("Patients made twice", bulk.extra["doubled"], most=0),
    ]
