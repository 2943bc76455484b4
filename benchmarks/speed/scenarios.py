"""Hard days: a bus accident, the end of a month, a change of season. What waits meanwhile, and until when.

The stream of ``./dev simulate``, at the pace of a hospital, through the real door into the demo hospital's routes.
"""

import datetime as dt
import threading
import time

from benchmarks import instance, quiet
from benchmarks.sender import Sender
from benchmarks.speed import place
from benchmarks.speed.figures import Bar, Case
from devkit import hospital, simulate

#: scenario: words, requests a second besides its own, seconds
SCENARIOS = {
    "bus_accident": ("Bus accident: ten times the admissions for two minutes", 8, 240),
    "month_end": ("Month end: 5 000 charges and bills in a minute and a half", 2, 90),
    "staffing": ("Seasonal staffing: 3 000 changes of employees in a minute", 2, 60),
}
WAITING = """
SELECT count(*), COALESCE(EXTRACT(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - min(received_at)), 0)
  FROM interop_delivery WHERE state = 'pending' AND (not_before IS NULL OR not_before < 'infinity')
"""
#: accepted messages that nobody can account for
UNACCOUNTED = """
SELECT count(*) FROM interop_message m
 WHERE m.direction = 'in' AND NOT EXISTS (SELECT 1 FROM interop_delivery d WHERE d.message_id = m.id)
"""
SETTLE_SECONDS = 300


def measure(options):
    cases = []
    with instance.started(
        "scenarios", template=place.PLACE, channels=place.CHANNELS, workers=6
    ) as odoo:
        peer = Sender(odoo)
        for sent in hospital.day(1, _yesterday(), 0.1):
            peer.insist(sent)
        quiet.wait(odoo, SETTLE_SECONDS)
        for number, (name, (words, rate, seconds)) in enumerate(SCENARIOS.items()):
            case = Case(f"scenario.{name}", words, senders=simulate.THREADS)
            messages = hospital.scenario(
                name, seed=100 + number, rate=rate, seconds=seconds, date=_yesterday()
            )
            _play(odoo, name, messages, case)
            cases.append(case)
    return cases


def _yesterday():
    return dt.date.today() - dt.timedelta(days=1)


def _play(odoo, name, messages, case):
    """Send at the messages' own pace; the backlog is looked at every second until it is gone."""
    tally = simulate.Tally()
    pacer, door = simulate.Pacer(messages), simulate.Door(odoo.port, odoo.peers)
    threads = [
        threading.Thread(target=simulate.work, args=(pacer, door.post, tally), daemon=True)
        for _one in range(simulate.THREADS)
    ]
    before = odoo.scalar("SELECT count(*) FROM interop_message")
    began = time.monotonic()
    for one in threads:
        one.start()
    points = []
    while any(one.is_alive() for one in threads):
        points.append(_look(odoo, began))
    sent = time.monotonic()
    while odoo.scalar(quiet.BUSY) and time.monotonic() - sent < SETTLE_SECONDS:
        points.append(_look(odoo, began))
    settled = time.monotonic() - sent
    outcomes = tally.all()
    refused = sum(not 200 <= one.status < 300 for one in outcomes)
    case.extra = {
        "refused": refused,
        "without_outcome": len(quiet.lying(odoo)) + odoo.scalar(UNACCOUNTED),
    }
    case.series = {f"backlog.{name}": [(round(at, 1), waiting) for at, waiting, _old in points]}
    case.words += (
        f" (most waiting {max(waiting for _at, waiting, _old in points):,}, oldest "
        f"{max(oldest for _at, _waiting, oldest in points):.0f} s, all done {settled:.0f} s after the last)"
    )
    case.add(
        messages=odoo.scalar("SELECT count(*) FROM interop_message") - before,
        seconds=sent - began,
        milliseconds=[one.ms for one in outcomes],
        refused=refused,
    )


def _look(odoo, began):
    """``(seconds, deliveries waiting, age of the oldest)``, and a second's rest."""
    waiting, oldest = odoo.query(WAITING)[0]
    time.sleep(1)
    return time.monotonic() - began, waiting, float(oldest)


def bars(cases):
    return [
        Bar(f"{case.name}: {words}", case.extra[key], most=0)
        for case in cases
        for key, words in (
            ("refused", "refused or unanswered"),
            ("without_outcome", "without an outcome"),
        )
    ]
