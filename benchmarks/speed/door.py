"""How fast a signed message is taken in: the floor, what Odoo itself offers, and our door.

The job runner is off, so that nothing but the door is at work; ``drain`` and ``latency`` measure the rest. All cases take
turns, so that what the machine does meanwhile falls on each alike.
"""

import base64

from benchmarks import instance
from benchmarks.speed import limits, load, messages, meter, place
from benchmarks.speed.figures import Bar, Case, ratio, statements

FLOOR_SECRET = "whsec_" + base64.b64encode(b"the floor's own secret, 32 bytes").decode()
BATCH = 100
COUNTS = {
    "row": "SELECT count(*) FROM interop_bench_inbox",
    "batch": "SELECT count(*) FROM interop_message m JOIN interop_endpoint e ON e.id = m.endpoint_id WHERE e.code = 'bench'",
    "webhook": "SELECT count(*) FROM res_partner WHERE ref LIKE 'P%'",
}
COUNTS["door"] = COUNTS["governed"] = COUNTS["batch"]
#: as a caller with a trace of its own sends it (W3C Trace Context)
TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
#: cases by name: words for people, messages a request, path whose statements count
CASES = {
    "answer": ("An Odoo route that only answers 202", 1, "/bench/answer"),
    "row": ("The floor: HMAC and one plain INSERT", 1, "/bench/row"),
    "webhook": ("Odoo's automation rule: webhook upserts a partner", 1, "/web/hook/"),
    "door": ("Our door, one message a request", 1, "/interop/v1/in/"),
    "governed": ("Our door with everything on: two rate limits, traced", 1, "/interop/v1/in/"),
    "batch": (f"Our door, {BATCH} messages a request", BATCH, "/interop/v1/in/"),
}


def measure(options):
    """``[Case]`` of the door, one for each number of senders."""
    found = {}
    with instance.started(
        "door", template=place.PLACE, options={"server_wide_modules": "base,web,healthcare_interop"}
    ) as odoo:
        numbers = iter(range(1, 10**9))
        for name in CASES:
            load.fire(odoo.port, _requests(odoo, name, numbers, 20))
        for senders in options.senders:
            for round_ in range(options.rounds):
                for name in CASES:
                    case = found.setdefault((name, senders), _case(name, senders))
                    _volley(odoo, case, name, numbers, senders, options.seconds, rows=not round_)
    return list(found.values())


def _case(name, senders):
    return Case(f"door.{name}", CASES[name][0], senders=senders)


def _volley(odoo, case, name, numbers, senders, seconds, *, rows):
    _words, size, path = CASES[name]
    requests = _requests(odoo, name, numbers, int(seconds * (60 if size > 1 else 900)))
    if name == "governed":
        limits.limit(odoo, limits.NEVER, limits.NEVER, burst=limits.NEVER)
        # workers learn of it with their next request
        load.fire(odoo.port, _requests(odoo, name, numbers, 20))
    before = _count(odoo, name)
    with meter.used(odoo, rows=rows) as used:
        shots = load.fire(odoo.port, requests, senders=senders, seconds=seconds)
    found = None if before is None else _count(odoo, name) - before
    if name == "governed":
        limits.limit(odoo, 0)
    case.add_volley(shots, used, used.of(path), size=size, found=found)


def _count(odoo, name):
    return odoo.scalar(COUNTS[name]) if name in COUNTS else None


def _requests(odoo, name, numbers, count):
    if name == "batch":
        # prepared once: signing 200 kB takes as long as sending it
        return messages.in_batches(
            odoo, (messages.party(next(numbers)) for _one in range(count * BATCH)), BATCH
        )
    targets = {
        "answer": "/bench/answer",
        "row": "/bench/row",
        "webhook": f"/web/hook/{place.WEBHOOK}",
    }
    if name in ("door", "governed"):
        headers = TRACE if name == "governed" else {}
        return [
            messages.single(odoo, messages.party(next(numbers)), headers=headers)
            for _one in range(count)
        ]
    content = {"Content-Type": "application/json"}
    if name == "webhook":
        return [
            load.request(targets[name], messages.party(next(numbers)), content)
            for _one in range(count)
        ]
    return [
        messages.single(
            odoo, messages.party(next(numbers)), target=targets[name], secret=FLOOR_SECRET
        )
        for _one in range(count)
    ]


def bars(cases):
    """What issue and README promise of the door, as ``figures.Bar``; ratios of one run."""
    at = {(case.name, case.senders): case for case in cases}
    if ("door.row", 8) not in at:
        return []
    row, single = at["door.row", 8], at["door.door", 8]
    return [
        Bar("door ÷ floor, 8 senders", ratio(single, row), 0.70),
        Bar("door with everything on ÷ floor, 8 senders", ratio(at["door.governed", 8], row), 0.55),
        Bar("door ÷ automation rule, 8 senders", ratio(single, at["door.webhook", 8]), 3.5),
        Bar("door in batches ÷ floor, per message", ratio(at["door.batch", 8], row), 8.0),
        # Odoo's own look at its signals is one of them
        statements(single, 4.1),
        statements(at["door.governed", 8], 8),
        statements(at["door.batch", 8], 0.1),
    ]
