"""Rate limits over all workers: how exactly they hold, what they cost, and what a request takes that Odoo runs again.

Two HTTP workers, sixteen senders. First 50 messages a second for twenty seconds: a thousand may come in, 5 % more or less,
everybody else is answered 429, and nobody loses a race in the log. Then the door's rate with a limit that is never reached,
for endpoint and credential, against none, in rounds beside each other: it may lose 15 %. Last each message twice at the same
time, so that Odoo runs requests again: tokens taken are counted against requests.

    python3 benchmarks/rate.py                             twenty seconds, seven rounds
    python3 benchmarks/rate.py --seconds 5 --rounds 1 --exact 1
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from benchmarks.speed import limits, load, messages, meter, place  # noqa: E402
from benchmarks.speed.limits import NEVER  # noqa: E402
from devkit import console  # noqa: E402

SENDERS = 16
PER_SECOND, BURST = 50, 25
TOLERANCE = 0.05
MOST_LOST = 0.15
#: a token comes so rarely that those taken can be counted afterwards
SLOW = "UPDATE interop_endpoint SET rate_limit = 1, rate_period = 'hour', rate_burst = 100000 WHERE code = 'bench'"
TAKEN = """
SELECT (full_at - extract(epoch FROM clock_timestamp()) * 1e9) / 3.6e12 FROM interop_rate
 WHERE key LIKE 'endpoint/%/1/3600/100000' ORDER BY slot DESC LIMIT 1
"""
STORED = """
SELECT count(*) FROM interop_message m JOIN interop_endpoint e ON e.id = m.endpoint_id WHERE e.code = 'bench'
"""
#: what Odoo logs of a lost race, and PostgreSQL's own words for it
RACES = ("SERIALIZATION_FAILURE", "could not serialize", "DEADLOCK_DETECTED", "deadlock detected")
RUN_AGAIN = "tries left, try again"


class Bench:
    def __init__(self, odoo):
        self.odoo = odoo
        self._numbers = iter(range(1, 10**9))

    def limit(self, endpoint, credential=0, burst=0):
        limits.limit(self.odoo, endpoint, credential, burst)

    def requests(self, count):
        return [
            messages.single(self.odoo, messages.party(next(self._numbers))) for _one in range(count)
        ]

    def fire(self, seconds, *, most=900):
        return load.fire(
            self.odoo.port, self.requests(int(seconds * most)), senders=SENDERS, seconds=seconds
        )

    def lines(self, words, offset=0):
        """How many lines of Odoo's log from ``offset`` on have one of ``words``."""
        with open(self.odoo.log, encoding="utf-8", errors="replace") as log:
            log.seek(offset)
            return sum(any(word in line for word in words) for line in log)


def exactness(bench, seconds):
    """``(accepted, refused, lines on what was broken)``."""
    bench.limit(PER_SECOND, burst=BURST)
    before = bench.odoo.scalar(STORED)
    shots = bench.fire(seconds, most=1500)
    accepted, refused = shots.statuses[202], shots.statuses[429]
    expected = PER_SECOND * seconds
    broken = []
    if abs(accepted - expected) > TOLERANCE * expected + (BURST if seconds < 20 else 0):
        broken.append(f"{accepted} accepted in {shots.seconds:.1f} s, {expected:.0f} expected")
    if shots.seconds < seconds:
        broken.append("the senders ran out of messages")
    if not refused or accepted + refused != shots.answered:
        broken.append(f"answers: {dict(shots.statuses)}")
    stored = bench.odoo.scalar(STORED) - before
    if stored != accepted:
        broken.append(f"{accepted} accepted, {stored} stored")
    return accepted, refused, broken


def cost(bench, seconds, rounds):
    """The door without a limit and with two that are never reached, in rounds beside each other.

    ``{limit: [(messages a second, milliseconds of processor time a message, Odoo's and PostgreSQL's)]}``
    """
    found = {0: [], NEVER: []}
    for number in range(rounds):
        # first one, then the other begins, so that what grows meanwhile falls on each alike
        for limit in (0, NEVER) if number % 2 else (NEVER, 0):
            bench.limit(limit, limit, burst=limit)
            bench.fire(0.3)
            with meter.used(bench.odoo) as used:
                shots = bench.fire(seconds)
            accepted = shots.statuses[202]
            spent = 1000 * (used.odoo_seconds + used.postgres_seconds)
            found[limit].append((accepted / shots.seconds, spent / accepted))
    return found


def run_again(bench, count):
    """``(requests, tokens taken, runs again)`` where each message comes twice at once."""
    bench.limit(0)
    bench.odoo.query(SLOW)
    offset = bench.odoo.log.stat().st_size
    twice = [request for request in bench.requests(count) for _time in range(2)]
    shots = load.fire(bench.odoo.port, twice, senders=SENDERS)
    taken = round(bench.odoo.scalar(TAKEN) or 0)
    return shots.statuses[202], taken, bench.lines([RUN_AGAIN], offset)


def _median(rounds, place_):
    return round(statistics.median(one[place_] for one in rounds), 2)


def main():
    options = run.options(
        __doc__,
        seconds=(float, 20.0, "of the first part"),
        rounds=(int, 7, "pairs of the second part"),
        round_seconds=(float, 5.0, "of each volley of the second part"),
        exact=(int, 0, "1: only what does not depend on the machine decides"),
    )
    with (
        instance.prepared(keep=options.keep_template, template=place.PLACE),
        instance.started(
            "rate",
            keep_database=options.keep_database,
            template=place.PLACE,
            options={"server_wide_modules": "base,web,healthcare_interop"},
            workers=2,
        ) as odoo,
    ):
        bench = Bench(odoo)
        bench.fire(1)
        accepted, refused, broken = exactness(bench, options.seconds)
        console.note(f"{accepted} accepted, {refused} refused in {options.seconds:.0f} s")
        found = cost(bench, options.round_seconds, options.rounds)
        if races := bench.lines(RACES):
            broken.append(f"{races} races lost, says the log")
        requests, tokens, again = run_again(bench, 200)
    if tokens != requests:
        broken.append(f"{requests} requests took {tokens} tokens")
    pairs = [one[0] / other[0] for one, other in zip(found[NEVER], found[0], strict=True)]
    kept = statistics.median(pairs)
    if kept < 1 - MOST_LOST and not options.exact:
        broken.append(f"with a limit the door has {kept:.2f} of its rate")
    figures = {
        "seconds": options.seconds,
        "accepted": accepted,
        "refused": refused,
        "rate_without_limit": _median(found[0], 0),
        "rate_with_limits": _median(found[NEVER], 0),
        "processor_ms_without_limit": _median(found[0], 1),
        "processor_ms_with_limits": _median(found[NEVER], 1),
        "kept": round(kept, 3),
        "kept_in_rounds": [round(pair, 3) for pair in pairs],
        "races_lost": races,
        "sent_twice": {"requests": requests, "tokens": tokens, "runs_again": again},
    }
    run.finish("rate", broken, figures)


if __name__ == "__main__":
    main()
