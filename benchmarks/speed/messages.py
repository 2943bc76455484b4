"""The messages of the benchmark: CloudEvents of 2 kB, signed as Standard Webhooks asks, numbered so that effects count."""

import datetime as dt
import json

from benchmarks.speed import load
from devkit import signing

SIZE = 2048
ENDPOINT, TWO_LANES, BULK = "bench", "bench_two", "bench_bulk"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
#: an article and a service of the benchmark's own, see ``place``
PRODUCT, SERVICE = "GLV-M", "PHA-DISP"
NUMBERS = "BENCH"


def identifiers(value, system=NUMBERS):
    return [{"system": system, "value": value}]


def reference(value, system=NUMBERS):
    return {"identifiers": identifiers(value, system)}


def event(kind, identity, subject, data):
    """A CloudEvent as bytes, filled up to ``SIZE`` with what the contract drops."""
    told = {
        "specversion": "1.0",
        "type": f"org.interop.{kind}.v1",
        "source": "/bench",
        "id": identity,
        "subject": subject,
        "time": dt.datetime.now(dt.timezone.utc).isoformat(timespec="microseconds"),
        "datacontenttype": "application/json",
        "data": data | {"remarks": ""},
    }
    short = SIZE - len(json.dumps(told))
    told["data"]["remarks"] = "x" * max(short, 0)
    return json.dumps(told).encode()


def party(number, revision=0, *, street=None):
    """Patient ``number``; another ``street`` is a change, another ``revision`` alone only another message."""
    data = {
        "identifiers": identifiers(f"P{number}"),
        "name": {"family": f"Bench{number}", "given": ["Robin"]},
        "birth_date": "1980-05-17",
        "gender": "female",
        "address": {
            "lines": [street or f"{number} Speed Street"],
            "city": "Green River",
            "postal_code": "84525",
            "country": "US",
        },
        "contacts": [
            {"kind": "phone", "value": f"+1 435 555 {number % 10000:04d}"},
            {"kind": "email", "value": f"p{number}@bench.example"},
        ],
        "version": str(revision),
    }
    return event("party.updated", f"p{number}.{revision}", f"party/P{number}", data)


def consumption(number):
    data = {
        "identifiers": identifiers(f"M{number}"),
        "kind": "consumption",
        "product": reference(PRODUCT, NUMBERS),
        "quantity": {"value": 1, "unit": "EA"},
        "occurred_at": "2026-03-01T10:00:00Z",
    }
    return event("item.consumed", f"m{number}", f"stock_movement/M{number}", data)


def encounter(number, kind="started", *, patient=None):
    at = "start" if kind == "started" else "end"
    data = {
        "identifiers": identifiers(f"V{number}"),
        "status": "in_progress" if kind == "started" else "finished",
        "class": "inpatient",
        "party": reference(f"P{patient or number}"),
        "period": {at: "2026-03-01T10:00:00Z" if at == "start" else "2026-03-02T10:00:00Z"},
    }
    return event(f"encounter.{kind}", f"v{number}.{kind}", f"encounter/V{number}", data)


def charge(number, visit):
    data = {
        "identifiers": identifiers(f"C{number}"),
        "kind": "charge",
        "code": {"system": NUMBERS, "code": SERVICE},
        "quantity": {"value": 1 + number % 3, "unit": "EA"},
        "amount": {"amount": 10 * (1 + number % 3), "currency": "USD"},
        "occurred_at": "2026-03-01T12:00:00Z",
        "encounter": reference(f"V{visit}"),
    }
    return event("charge.posted", f"c{number}", f"charge/C{number}", data)


# -- as requests --


def single(odoo, body, *, endpoint=ENDPOINT, target="", secret="", headers=None):
    """A signed request with one event; the floor's own routes have a ``target`` and ``secret`` of theirs."""
    credential = {"kind": "hmac", "secret": secret} if secret else odoo.peers[endpoint]
    signed = signing.headers(credential, signing.random_id(), body)
    return load.request(
        target or _door(endpoint), body, {"Content-Type": STRUCTURED, **signed, **(headers or {})}
    )


def batch(odoo, bodies, *, endpoint=ENDPOINT):
    """A signed request with many events."""
    body = b"[" + b",".join(bodies) + b"]"
    signed = signing.headers(odoo.peers[endpoint], signing.random_id(), body)
    return load.request(_door(endpoint), body, {"Content-Type": BATCH, **signed})


def in_batches(odoo, bodies, size=100, **where):
    """Requests with ``size`` events each."""
    bodies = list(bodies)
    return [batch(odoo, bodies[at : at + size], **where) for at in range(0, len(bodies), size)]


def _door(endpoint):
    return f"/interop/v1/in/{endpoint}"
