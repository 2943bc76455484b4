"""Two Odoo processes on one database, as two hosts would be: either is killed under load, and nothing is lost.

Peers send without a pause, turn to the other address when one does not answer, and send again with the same id. Measured is
the longest time without an accepted message and without a record made.
"""

import os
import signal
import threading
import time

from benchmarks import instance, own_postgres
from benchmarks.speed import backlog, place
from benchmarks.speed.figures import Bar, Case
from benchmarks.speed.insisting import Crowd
from devkit import console

SENDERS = 4
#: seconds of load before, between and after the kills
CALM = 8
RATE = 40
DONE = "SELECT count(*) FROM interop_delivery WHERE state = 'done'"
PEOPLE = (
    "SELECT count(*), count(DISTINCT email) FROM res_partner WHERE email LIKE '%@bench.example'"
)


class Progress:
    """When records were made, looked at four times a second."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.moments, self.is_over = [], False
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self):
        connection = own_postgres.connect(self.odoo.database)
        last = None
        with connection.cursor() as cursor:
            while not self.is_over:
                cursor.execute(DONE)
                done = cursor.fetchone()[0]
                if done != last:
                    last = done
                    self.moments.append(time.monotonic())
                time.sleep(0.25)
        connection.close()

    def end(self):
        self.is_over = True
        self.thread.join()


def longest_gap(moments, since, until):
    """Seconds between two of ``moments`` at most, from ``since`` on."""
    told = [since, *sorted(one for one in moments if since < one < until), until]
    return max(later - earlier for earlier, later in zip(told, told[1:], strict=False))


def measure(options):
    case = Case("hosts", "Two hosts, each killed once under load", senders=SENDERS)
    with instance.started("hosts", template=place.PLACE, channels=place.CHANNELS) as one:
        other = instance.Instance(
            "hosts_other", template=place.PLACE, channels=place.CHANNELS, database=one.database
        )
        other.start()
        hosts = [one, other]
        began = time.monotonic()
        crowd, progress = Crowd(hosts, senders=SENDERS, rate=RATE), Progress(one)
        gaps = []
        try:
            time.sleep(CALM)
            for victim in hosts:
                killed = time.monotonic()
                with console.step("a host is killed"):
                    os.killpg(victim.pid, signal.SIGKILL)
                    time.sleep(CALM * 5)
                until = time.monotonic()
                gaps.append(
                    (
                        longest_gap(crowd.accepted, killed, until),
                        longest_gap(progress.moments, killed, until),
                    )
                )
                victim.start()
                time.sleep(CALM)
        finally:
            crowd.end()
        backlog.wait(one)
        progress.end()
        people, distinct = one.query(PEOPLE)[0]
        case.add(messages=crowd.next, seconds=time.monotonic() - began, found=distinct)
        case.extra = {"gaps": gaps, "doubled": people - distinct}
    return [case]


def bars(cases):
    (case,) = cases
    return [
        Bar(
            "Seconds until the other host's door took a message",
            max(g[0] for g in case.extra["gaps"]),
            most=10,
        ),
        Bar("Seconds until draining went on", max(g[1] for g in case.extra["gaps"]), most=60),
        Bar("Messages lost", case.lost, most=0),
        Bar("Patients made twice", case.extra["doubled"], most=0),
    ]
