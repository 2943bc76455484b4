"""`./dev simulate --rate R --for S [--scenario NAME]`: the hospital's stream through the real door.

The pace is kept whatever the door does: a message is due at its time, and how late it was sent is
part of what is measured. Progress on stderr every second; the last line, on stdout, is JSON.
"""

import argparse
import dataclasses
import datetime as dt
import http.client
import json
import sys
import threading
import time

from devkit import console, database, hospital, odoo, peers, postgres, signing

TIMEOUT_SECONDS = 60
THREADS = 8
SETTLE_SECONDS = 60
#: A seed that the clock gives, so that no run repeats the messages of another; 1 is the demo's own.
SEEDS = 9998
#: `infinity` parks what waits behind a failed delivery: a person's backlog, not the machine's.
BACKLOG = """
SELECT count(*) FROM interop_delivery
 WHERE state = 'pending' AND (not_before IS NULL OR not_before < 'infinity')
"""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one request; status 0 where nobody answered."""

    status: int
    ms: float
    late_seconds: float


class Door:
    """The address and the credentials: the one place that touches the network."""

    def __init__(self, port, credentials):
        self._port, self._credentials = port, credentials

    def post(self, sent):
        """The HTTP status of the answer."""
        credential = self._credentials[sent.endpoint]
        identity = signing.message_id(sent.endpoint + sent.path, sent.body)
        signed = signing.headers(credential, identity, sent.body)
        headers = {"Content-Type": sent.content_type, **sent.headers, **signed}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        try:
            target = f"/interop/v1/in/{sent.endpoint}{sent.path}"
            connection.request(sent.method, target, body=sent.body, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status


class Tally:
    """Outcomes, all of them and those since somebody last looked."""

    def __init__(self):
        self._lock = threading.Lock()
        self._all, self._recent = [], []

    def add(self, outcome):
        with self._lock:
            self._all.append(outcome)
            self._recent.append(outcome)

    def recent(self):
        """The outcomes since the last call."""
        with self._lock:
            recent, self._recent = self._recent, []
        return recent

    def all(self):
        with self._lock:
            return list(self._all)


def percentile(values, share):
    """The value that ``share`` (0 to 1) of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def figures(outcomes):
    """Counts and times of some outcomes."""
    times = [one.ms for one in outcomes]
    statuses = sorted({one.status for one in outcomes if not 200 <= one.status < 300})
    accepted = sum(200 <= one.status < 300 for one in outcomes)
    return {
        "sent": len(outcomes),
        "accepted": accepted,
        "refused": len(outcomes) - accepted,
        "refused_by_status": {
            str(status or "no answer"): sum(one.status == status for one in outcomes)
            for status in statuses
        },
        "p50_ms": round(percentile(times, 0.5), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "p99_ms": round(percentile(times, 0.99), 1),
        "late_seconds": round(max((one.late_seconds for one in outcomes), default=0.0), 2),
    }


class Pacer:
    """Hands out messages when they are due, to as many threads as ask."""

    def __init__(self, messages, clock=time.monotonic, sleep=time.sleep):
        self._messages, self._clock, self._sleep = iter(messages), clock, sleep
        self._lock = threading.Lock()
        self._first_at = None
        self._began = clock()

    def __iter__(self):
        return self

    def __next__(self):
        """(message, seconds by which it is late), as soon as it is due."""
        with self._lock:
            sent = next(self._messages)
            self._first_at = self._first_at or sent.at
        due = self._began + (sent.at - self._first_at).total_seconds()
        wait = due - self._clock()
        if wait > 0:
            self._sleep(wait)
        return sent, max(0.0, -wait)


def work(pacer, post, tally):
    """Send what the pacer hands out until there is no more."""
    for sent, late in pacer:
        began = time.monotonic()
        status = post(sent)
        tally.add(Outcome(status, (time.monotonic() - began) * 1000, late))


def backlog():
    """How many deliveries wait to be processed; None where nobody can say."""
    try:
        return int(postgres.scalar(BACKLOG, database.demo_name()) or 0)
    except console.Failure:
        return None


def run(messages, post, *, threads=THREADS, count_backlog=backlog, tick_seconds=1.0):
    """Send all messages and tell every second how it goes; the tally and the seconds taken."""
    tally, pacer, began = Tally(), Pacer(messages), time.monotonic()
    senders = [
        threading.Thread(target=work, args=(pacer, post, tally), daemon=True)
        for _number in range(threads)
    ]
    for sender in senders:
        sender.start()
    total = 0
    while any(sender.is_alive() for sender in senders):
        tick_ends = time.monotonic() + tick_seconds
        for sender in senders:
            sender.join(max(0.0, tick_ends - time.monotonic()))
        recent = figures(tally.recent())
        total += recent["sent"]
        _tell(total, recent, count_backlog())
    return tally, time.monotonic() - began


def _tell(total, recent, waiting):
    told = (
        f"sent {total} (+{recent['sent']})",
        f"accepted {recent['accepted']}, refused {recent['refused']}",
        f"p50 {recent['p50_ms']} ms, p95 {recent['p95_ms']} ms",
        f"late {recent['late_seconds']} s",
        f"backlog {'?' if waiting is None else waiting}",
    )
    console.note(" · ".join(told))


def settle(seconds, count_backlog=backlog, tick_seconds=1.0):
    """Wait until the backlog is worked off or time is up; (what is left, seconds waited)."""
    began, waiting = time.monotonic(), count_backlog()
    while waiting and time.monotonic() - began < seconds:
        time.sleep(tick_seconds)
        waiting = count_backlog()
        console.note(f"backlog {'?' if waiting is None else waiting}")
    return waiting, time.monotonic() - began


def parser():
    found = argparse.ArgumentParser(prog="dev simulate", description=__doc__.splitlines()[0])
    found.add_argument("--rate", type=float, default=10, help="messages per second (default 10)")
    found.add_argument("--for", dest="seconds", type=float, default=60, metavar="SECONDS")
    found.add_argument("--scenario", choices=sorted(hospital.SCENARIOS), default="normal")
    found.add_argument("--threads", type=int, default=THREADS, help="senders at the same time")
    found.add_argument("--seed", type=int, help="the same messages again (default: new ones)")
    found.add_argument(
        "--settle",
        type=float,
        default=SETTLE_SECONDS,
        metavar="SECONDS",
        help=f"wait so long for the backlog to be worked off (default {SETTLE_SECONDS})",
    )
    return found


def main(argv=None):
    """0 where everything was accepted, 1 where something was refused or not answered."""
    options = parser().parse_args(argv)
    if options.rate <= 0 or options.seconds <= 0 or options.threads < 1:
        parser().error("--rate, --for and --threads must be more than 0")
    known = peers.credentials()
    if missing := [one for one in hospital.ENDPOINTS if one not in known]:
        raise console.Failure(f"no credentials for {', '.join(missing)}; ./dev up makes them")
    seed = options.seed or 2 + int(time.time()) % SEEDS
    console.note(f"{options.scenario}: {options.rate:g}/s for {options.seconds:g} s, seed {seed}")
    messages = hospital.scenario(
        options.scenario,
        seed=seed,
        rate=options.rate,
        seconds=options.seconds,
        date=dt.date.today() - dt.timedelta(days=1),
    )
    door = Door(odoo.ports()["http"], known)
    tally, took = run(messages, door.post, threads=options.threads)
    summary = figures(tally.all())
    left, settled = settle(options.settle)
    asked = {"scenario": options.scenario, "seed": seed, "rate": options.rate}
    paced = {"seconds": round(took, 1), "rate_sent": round(summary["sent"] / took, 1)}
    after = {"backlog": left, "settled_seconds": round(settled, 1)}
    print(json.dumps({**asked, **paced, **summary, **after}), flush=True)
    return 1 if summary["refused"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except console.Failure as failure:
        print(f"dev: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
