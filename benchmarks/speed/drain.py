"""How fast what was taken in becomes records: our drain on one lane, one queue_job a message, and the bare ORM.

The same messages for all. A backlog is made while the job runner stands still; the clock runs from the moment it goes on
until nothing is left. The bare ORM writes the same values in one set, in the context in which the add-on writes, without
parsing, looking up or bookkeeping: what stands between us and that is what we cost.
"""

import json
import time
import urllib.request

from benchmarks import instance
from benchmarks.speed import backlog, messages, place
from benchmarks.speed.figures import Bar, Case, ratio, statements

#: messages a round: ours, one job each, bare ORM
SIZES = {
    "party_new": (2000, 120, 1000),
    "party_changed": (2000, 120, 1000),
    "party_unchanged": (4000, 120, 0),
    "consumption": (400, 100, 400),
    "charge": (1000, 0, 1000),
    "invoice": (100, 0, 100),
}
WORDS = {
    "party_new": "New patients",
    "party_changed": "Patients with another address",
    "party_unchanged": "Patients with nothing new",
    "consumption": "Consumptions, each a stock move that is done",
    "charge": "Charges",
    "invoice": "Discharges, each a draft invoice of ten charges",
}
CHARGES_A_VISIT = 10
#: effects there are by now
COUNTS = {
    "party_new": "SELECT count(*) FROM res_partner WHERE email LIKE '%@bench.example' AND ref IS NULL",
    "party_changed": "SELECT count(*) FROM res_partner WHERE street LIKE '%Moved Street%' AND ref IS NULL",
    "party_unchanged": "SELECT count(*) FROM interop_delivery WHERE entity = 'party' AND effect = 'unchanged'",
    "consumption": "SELECT count(*) FROM stock_move WHERE state = 'done' AND origin LIKE 'M%' "
    "AND interop_system_id IS NOT NULL",
    "charge": "SELECT count(*) FROM interop_charge WHERE name LIKE 'C%' AND system_id IS NOT NULL",
    "invoice": "SELECT count(*) FROM account_move WHERE interop_encounter_id IS NOT NULL",
}
FEWER = 0.25
#: ceilings of a drained message, the job's own statements and those of its lane's waking included; rounds are small
MOST_STATEMENTS = (
    ("party_new", 0.5),
    ("party_changed", 2),
    ("party_unchanged", 0.15),
    ("charge", 0.6),
    ("consumption", 5),
)


class Bench:
    """One Odoo, and numbers that no two messages share."""

    def __init__(self, odoo, options):
        self.odoo = odoo
        self.rounds = options.rounds
        self.scale = FEWER if options.quick else 1.0
        self.cases = {}
        self.next = 1

    def case(self, kind, who, words):
        name = f"drain.{kind}.{who}"
        return self.cases.setdefault(name, Case(name, f"{WORDS[kind]}: {words}"))

    def take(self, count):
        self.next += count
        return range(self.next - count, self.next)

    def size(self, kind, place_):
        return int(SIZES[kind][place_] * self.scale)

    # -- who is measured --

    def ours(self, kind, bodies, round_, **where):
        case = self.case(kind, "ours", "one lane")
        self.drained(case, kind, bodies, rows=not round_, **where)

    def drained(self, case, kind, bodies, *, rows=False, **where):
        before = self.odoo.scalar(COUNTS[kind])
        # one sender: what it says twice of a patient must arrive in that order, or the first is superseded and not counted
        seconds, used = backlog.drained(
            self.odoo, lambda: backlog.post(self.odoo, bodies, senders=1, **where), rows=rows
        )
        case.add(
            messages=len(bodies),
            seconds=seconds,
            used=used,
            statements=used.of("/queue_job/"),
            found=self.odoo.scalar(COUNTS[kind]) - before,
        )

    def jobs(self, kind, bodies):
        """One job a message, on one lane."""
        case = self.case(kind, "queue_job", "one queue_job a message")
        seconds, used = backlog.drained(
            self.odoo, lambda: self._post("/bench/jobs", bodies), backlog.NO_JOBS
        )
        failed = self.odoo.scalar("SELECT count(*) FROM interop_bench_inbox WHERE NOT is_done")
        case.add(
            messages=len(bodies),
            seconds=seconds,
            used=used,
            statements=used.of("/queue_job/"),
            found=len(bodies) - failed,
        )

    def bare(self, kind, bodies):
        case = self.case(kind, "bare", "the bare ORM, one set")
        figures = self._post(f"/bench/bare?case={kind}", bodies)
        case.add(messages=len(bodies), seconds=figures["seconds"], statements=figures["statements"])

    def _post(self, target, bodies):
        data = json.dumps([body.decode() for body in bodies]).encode()
        address = f"http://127.0.0.1:{self.odoo.port}{target}"
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=110) as answer:
            return json.loads(answer.read())

    # -- rounds --

    def run(self, round_):
        self._parties(round_)
        numbers = self.take(self.size("consumption", 0))
        self.ours("consumption", [messages.consumption(one) for one in numbers], round_)
        for who, at in ((self.jobs, 1), (self.bare, 2)):
            numbers = self.take(self.size("consumption", at))
            who("consumption", [messages.consumption(one) for one in numbers])
        self._charges(round_)

    def _parties(self, round_):
        for who, at in ((self.ours, 0), (self.jobs, 1), (self.bare, 2)):
            numbers = self.take(self.size("party_new", at))
            more = (round_,) if who == self.ours else ()
            who("party_new", [messages.party(one) for one in numbers], *more)
            moved = [messages.party(one, 1, street=f"{one} Moved Street") for one in numbers]
            who("party_changed", moved, *more)
            if self.size("party_unchanged", at):
                again = [
                    messages.party(one, revision, street=f"{one} Moved Street")
                    for revision in (2, 3)
                    for one in numbers
                ]
                who("party_unchanged", again[: self.size("party_unchanged", at)], *more)

    def _charges(self, round_):
        visits = self.take(max(self.size("invoice", 0), 1))
        backlog.post(self.odoo, [messages.encounter(one, patient=1) for one in visits])
        backlog.wait(self.odoo)
        numbers = self.take(len(visits) * CHARGES_A_VISIT)
        first = visits[0]
        charges = [messages.charge(one, first + one % len(visits)) for one in numbers]
        self.ours("charge", charges, round_)
        self.ours(
            "invoice", [messages.encounter(one, "finished", patient=1) for one in visits], round_
        )
        self.bare("charge", charges)
        self.bare("invoice", [messages.encounter(one, "finished") for one in visits])


def measure(options):
    """``[Case]`` of all kinds and all who do them."""
    with instance.started("drain", template=place.PLACE, channels=place.CHANNELS) as odoo:
        bench = Bench(odoo, options)
        backlog.post(odoo, [messages.party(one) for one in bench.take(10)])
        backlog.wait(odoo)
        for round_ in range(bench.rounds):
            bench.run(round_)
            time.sleep(0.5)
        return list(bench.cases.values())


def bars(cases):
    at = {case.name: case for case in cases}

    def beside(kind, who):
        return ratio(at[f"drain.{kind}.ours"], at[f"drain.{kind}.{who}"])

    found = [
        Bar(f"{WORDS[kind]} ÷ one queue_job each", beside(kind, "queue_job"), least)
        for kind, least in (
            ("party_new", 15),
            ("party_changed", 12),
            ("party_unchanged", 60),
            ("consumption", 6),
        )
    ]
    found += [
        Bar(f"{WORDS[kind]} ÷ bare ORM", beside(kind, "bare"), 0.6)
        for kind in ("party_new", "party_changed", "consumption", "charge", "invoice")
    ]
    return found + [statements(at[f"drain.{kind}.ours"], most) for kind, most in MOST_STATEMENTS]
