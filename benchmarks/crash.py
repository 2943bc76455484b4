"""Processes are killed while messages run; in the end every message has had its one effect.

N messages go through the real door from a sender that retries. Meanwhile the process that drains is killed (SIGKILL)
again and again, four times out of five with a drain's transaction open: it is stopped first (SIGSTOP), the open
transaction is seen in pg_stat_activity, then it is killed. Then door workers are killed, the job runner, and once
PostgreSQL (``pg_ctl stop -m immediate``). Last, effects are counted in the business tables, where Odoo's users would see
a loss or a double. After each kill work must go on within 20 seconds.

    python3 benchmarks/crash.py                  2000 messages, 20 + 6 + 2 + 1 kills, about ten minutes
    python3 benchmarks/crash.py --scale 0.05     a small run
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, own_postgres, processes, quiet, traffic  # noqa: E402
from benchmarks.sender import Sender, Stream  # noqa: E402
from devkit import console, postgres  # noqa: E402

RESUME_SECONDS = 20
#: how long to look for a moment to strike, and to wait for work to go on before giving up
PATIENCE_SECONDS = 90
SETTLE_SECONDS = 300
DRAIN_KILLS, DOOR_KILLS, RUNNER_KILLS = 20, 6, 2
#: of the kills of draining processes, those with a transaction open
OPEN_SHARE = 0.8
#: how much of the stream each part may use; what is left flows after the last kill
SHARES = {"drain": 0.6, "door": 0.15, "runner": 0.1, "postgres": 0.1}

NEWEST = "SELECT COALESCE(max(id), 0) FROM interop_delivery"
DONE_SINCE = "SELECT EXISTS (SELECT 1 FROM interop_delivery WHERE id > %s AND state = 'done')"
CLOCK = "SELECT clock_timestamp() AT TIME ZONE 'UTC'"
#: the lane was drained since then, or nothing in it is due any more
LANE_GOES_ON = f"""
SELECT EXISTS (SELECT 1 FROM interop_lane WHERE route_id = %s AND number = %s AND drained_at > %s)
    OR NOT EXISTS (SELECT 1 FROM interop_delivery d WHERE d.route_id = %s AND d.lane = %s AND {quiet.DUE})
"""


class Havoc:
    """The kills, each followed by waiting until work goes on."""

    def __init__(self, odoo, stream, rng, resume):
        self.odoo, self.stream, self.rng, self.resume = odoo, stream, rng, resume
        self.sent = 0.0
        self.open_kills = 0
        self.restarts = 0
        self.resumed = {}
        self.broken = []

    def feed(self, part, kills):
        """Let the sender send this kill's share."""
        self.sent += SHARES[part] / kills
        self.stream.allow(int(len(self.stream) * self.sent))

    # -- draining processes --

    def kill_drains(self, count):
        for place in range(count):
            self._pile_up(count)
            is_open = place < round(count * OPEN_SHARE)
            struck = self._strike_open() if is_open else self._strike_anywhere()
            if struck is None:
                self.broken.append(
                    f"drain kill {place + 1}: nothing drained within {PATIENCE_SECONDS} s"
                )
                continue
            self.open_kills += is_open
            self._wait_for_lanes(*struck, f"drain {place + 1} of {count}")

    def _pile_up(self, count):
        """The next share of messages, accepted while no job is started, so that a drain has something to do."""
        with processes.held(processes.workers(self.odoo, "WorkerJobRunner")):
            self.feed("drain", count)
            until = time.monotonic() + PATIENCE_SECONDS
            while not self.stream.is_idle and time.monotonic() < until:
                time.sleep(0.02)

    def _strike_open(self):
        """Kill a process that certainly has a drain's transaction open; ``(lanes, moment)``."""
        until = time.monotonic() + PATIENCE_SECONDS
        doors = processes.workers(self.odoo, "WorkerHTTP")
        while time.monotonic() < until:
            lane = processes.kill_while_open(self.odoo, doors, self.rng.choice)
            if lane:
                return {lane}, self.odoo.scalar(CLOCK)
            time.sleep(0.002)
        return None

    def _strike_anywhere(self):
        """Kill a process that has a drain's job, wherever it may be in it."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            lanes = processes.running(self.odoo)
            if lanes:
                time.sleep(self.rng.uniform(0, 0.05))
                pid = self.rng.choice(sorted(lanes))
                processes.kill(pid)
                return {lanes[pid]}, self.odoo.scalar(CLOCK)
            time.sleep(0.002)
        return None

    def _wait_for_lanes(self, lanes, since, words):
        began = time.monotonic()

        def goes_on():
            return all(
                self.odoo.scalar(LANE_GOES_ON, route, lane, since, route, lane)
                for route, lane in lanes
            )

        self._wait(goes_on, began, words)

    # -- door workers, runner, PostgreSQL --

    def kill_doors(self, count):
        for place in range(count):
            newest = self.odoo.scalar(NEWEST)
            self.feed("door", count)
            time.sleep(self.rng.uniform(0.02, 0.3))
            pids = processes.workers(self.odoo, "WorkerHTTP")
            processes.kill(self.rng.choice(pids))
            self._wait_for_newer(newest, f"door worker {place + 1} of {count}")

    def kill_runners(self, count):
        for place in range(count):
            self.feed("runner", 2 * count)
            time.sleep(self.rng.uniform(0.02, 0.5))
            for pid in processes.workers(self.odoo, "WorkerJobRunner"):
                processes.kill(pid)
            self._until_no_drain_runs()
            newest = self.odoo.scalar(NEWEST)
            self.feed("runner", 2 * count)
            self._wait_for_newer(newest, f"job runner {place + 1} of {count}")

    def _until_no_drain_runs(self):
        """What was started already would take what comes now, and hide that nobody starts anything."""
        until = time.monotonic() + 3
        while processes.running(self.odoo) and time.monotonic() < until:
            time.sleep(0.01)

    def crash_postgres(self):
        if postgres.is_external():
            console.note("PostgreSQL is a server of the user's own: not killed")
            return
        self.feed("postgres", 2)
        until = time.monotonic() + PATIENCE_SECONDS
        while not processes.is_draining(self.odoo) and time.monotonic() < until:
            time.sleep(0.002)
        newest = self.odoo.scalar(NEWEST)
        self.odoo.close()
        own_postgres.crash_server()
        own_postgres.start_server()
        self.feed("postgres", 2)
        self._wait_for_newer(newest, "PostgreSQL")

    def _wait_for_newer(self, newest, words):
        """Until something that was sent after the kill has taken effect."""
        self._wait(lambda: self.odoo.scalar(DONE_SINCE, newest), time.monotonic(), words)

    def _wait(self, goes_on, began, words):
        while time.monotonic() - began < PATIENCE_SECONDS and not goes_on():
            self.restarts += self.odoo.supervise()
            time.sleep(0.05)
        took = time.monotonic() - began
        console.note(f"killed: {words}; work went on after {took:.1f} s")
        self.resumed.setdefault(words.partition(" ")[0], []).append(took)
        if took > self.resume:
            self.broken.append(f"{words}: work went on only after {took:.1f} s")


def main():
    options = run.options(
        __doc__,
        messages=(int, 2000, "messages"),
        scale=(float, 1.0, "share"),
        resume=(float, RESUME_SECONDS, "seconds within which work must go on after a kill"),
    )
    rng = random.Random(options.seed)
    count = max(40, round(options.messages * options.scale))
    kills = [
        max(1, round(full * options.scale)) for full in (DRAIN_KILLS, DOOR_KILLS, RUNNER_KILLS)
    ]
    first, messages, expected = traffic.countable(count, options.seed)
    began = time.monotonic()
    with instance.running(
        "crash", keep=options.keep_template, keep_database=options.keep_database
    ) as odoo:
        broken = prepare(odoo, first)
        sender = Sender(odoo)
        stream = Stream(sender, messages)
        havoc = Havoc(odoo, stream, rng, options.resume)
        if not broken:
            havoc.kill_drains(kills[0])
            havoc.kill_doors(kills[1])
            havoc.kill_runners(kills[2])
            havoc.crash_postgres()
        stream.join()
        console.note("all messages are accepted; waiting for the last effects")
        if not quiet.wait(odoo, SETTLE_SECONDS):
            broken.append(f"still at work after {SETTLE_SECONDS} s")
        broken += havoc.broken + stream.refused[:5] + quiet.lying(odoo) + expected.broken(odoo)
        if havoc.open_kills < 0.75 * kills[0]:
            broken.append(f"only {havoc.open_kills} kills with a drain's transaction open")
        figures = {
            "messages": count,
            "posts": stream.tries,
            "answered_404_without_database": sender.without_door,
            "odoo_restarted_by_supervisor": havoc.restarts,
            "effects_expected": len(expected),
            "deliveries": traffic.figures(odoo),
            "kills": {part: len(times) for part, times in havoc.resumed.items()},
            "kills_in_open_transaction": havoc.open_kills,
            "resumed_after_seconds": {
                part: [round(sorted(times)[len(times) // 2], 1), round(max(times), 1)]
                for part, times in havoc.resumed.items()
            },
            "seconds": round(time.monotonic() - began, 1),
        }
    run.finish("crash", broken, figures)


def prepare(odoo, first):
    """Master data and stays, before anything is killed; what is broken already."""
    sender = Sender(odoo)
    refused = []
    for sent in first:
        answer, _tries = sender.insist(sent)
        if answer is None or answer.status >= 300:
            refused.append(f"{sent.note}: {answer and answer.status}")
    with console.step("master data"):
        quiet.wait(odoo, SETTLE_SECONDS)
    failed = odoo.query(traffic.NOT_DONE)
    return refused + [f"before the first kill: {state}: {number}" for state, number in failed]


if __name__ == "__main__":
    main()
