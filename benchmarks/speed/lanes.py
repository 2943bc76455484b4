"""Two lanes of one route beside one: the same messages, by turns."""

from benchmarks import instance
from benchmarks.speed import backlog, messages, place
from benchmarks.speed.drain import Bench
from benchmarks.speed.figures import Bar, Case, ratio

SIZE = 3000
ENDPOINTS = {1: messages.ENDPOINT, 2: messages.TWO_LANES}


def measure(options):
    with instance.started("lanes", template=place.PLACE, channels=place.CHANNELS) as odoo:
        bench = Bench(odoo, options)
        cases = {
            lanes: Case(f"lanes.{lanes}", f"New patients: {lanes} lane{'s' * (lanes > 1)}")
            for lanes in ENDPOINTS
        }
        for endpoint in ENDPOINTS.values():
            backlog.post(odoo, [messages.party(one) for one in bench.take(200)], endpoint=endpoint)
            backlog.wait(odoo)
        for _round in range(options.rounds):
            for lanes, endpoint in ENDPOINTS.items():
                bodies = [messages.party(one) for one in bench.take(SIZE)]
                bench.drained(cases[lanes], "party_new", bodies, endpoint=endpoint)
    return list(cases.values())


def bars(cases):
    one, two = cases
    return [Bar("Two lanes ÷ one lane", ratio(two, one), 1.6)]
