"""What is used, moved, delivered and billed: the supply cabinets and the finance system."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from devkit import hospital_events as events
from devkit import hospital_world as world

CABINET, FINANCE = "demo_cabinet", "demo_finance"
CABINET_WARDS = ("EMR", "SUR", "MED", "ICU", "PED", "MAT", "DAY", "THR", "LAB", "RAD")
#: Nine of twelve take something, two fill up, one puts back.
KINDS = (
    ("consumed",) * 4
    + ("transferred",)
    + ("consumed",) * 3
    + ("returned",)
    + ("consumed",) * 2
    + ("transferred",)
)
CANONICAL_KIND = {"consumed": "consumption", "returned": "return", "transferred": "transfer"}


def lot(product, place, date):
    """One of two lots on the shelf, and its expiry: the same lot always has the same one."""
    number = list(world.PRODUCTS).index(product.code)
    name = f"{date:%y}{'AB'[place % 2]}{number:03d}"
    expiry = dt.date(date.year + 1 + place % 2, 1 + number % 12, 28)
    return {"lot": name, "expiry": expiry.isoformat()}


def _places(kind, ward):
    if kind == "transferred":
        return {
            "from_location": events.store(world.CENTRAL_STORE),
            "to_location": events.store(world.WARDS[ward].store),
        }
    side = "from_location" if kind == "consumed" else "to_location"
    return {side: events.store(world.WARDS[ward].store)}


def _patient(story, place, kind, ward):
    """Half of what is taken is for somebody who lies there."""
    known = [visit for visit in story.visits if visit.ward == ward]
    if kind == "transferred" or not known or place % 2:
        return {}
    visit = known[place % len(known)]
    return {"encounter": events.reference((world.HOSPITAL, visit.number))}


def item_event(story, place, minute, *, code="", kind=""):
    """One CloudEvent of a cabinet; ``code`` for a product that nobody knows."""
    kind = kind or KINDS[place % len(KINDS)]
    ward = CABINET_WARDS[place * 3 % len(CABINET_WARDS)]
    number, when = story.number("M"), story.when(minute)
    product = world.PRODUCTS["GLV-M"] if code else story.rng.choice(list(world.PRODUCTS.values()))
    names = ((world.CABINET, code) if code else world.product_ids(product)[place % 4 == 3],)
    tracked = lot(product, place, story.date) if product.tracking == "lot" else {}
    amount = story.rng.randint(5, 20) if kind == "transferred" else story.rng.randint(1, 3)
    data = events.movement(
        number,
        CANONICAL_KIND[kind],
        names,
        amount,
        product.unit,
        when,
        **tracked,
        **_places(kind, ward),
        **_patient(story, place, kind, ward),
    )
    words = f"item {kind}, {ward}"
    return (
        events.event(f"item.{kind}", f"cab-{number}", f"stock_movement/{number}", when, data),
        when,
        words,
    )


def cabinet_day(story, count, *, first=6.5, last=22.0):
    """Single events, every third in binary mode."""
    for place in range(count):
        minute = 60 * (first + (last - first) * place / count)
        event, when, words = item_event(story, place, minute)
        send_event(story, event, when, words, is_binary=place % 3 == 2)


def send_event(story, event, when, words, *, is_binary=False, key=None):
    if not is_binary:
        story.send(CABINET, events.STRUCTURED, events.dump(event), words, when, key=key)
        return
    headers, body = events.binary(event)
    story.send(CABINET, events.JSON, body, f"{words} (binary)", when, headers=headers, key=key)


def cabinet_batches(story, count, *, first=7.25, last=21.0):
    """A cabinet that was off the network catches up: events in one batch."""
    for place in range(count):
        minute = 60 * (first + (last - first) * place / count)
        told = [item_event(story, 7 * place + more, minute + more) for more in range(2 + place % 3)]
        body = events.dump([event for event, _when, _words in told])
        story.send(CABINET, events.BATCH, body, f"batch of {len(told)} item events", told[-1][1])


def deliveries(story, count, *, first=6.75, last=15.0):
    """Goods received into the central store, mostly one by one, sometimes a whole van as NDJSON."""
    products = list(world.PRODUCTS.values())
    for place in range(count):
        minute = 60 * (first + (last - first) * place / count)
        lines = 3 if place % 4 == 3 else 1
        told = [
            _received(story, products[(5 * place + more) % 40], place, minute)
            for more in range(lines)
        ]
        send_finance(story, told, f"goods received, {lines} line(s)")


def _received(story, product, place, minute):
    number, when = story.number("G"), story.when(minute)
    data = {
        "identifiers": events.identifiers((world.RECEIPT, number)),
        "kind": "receipt",
        "product": events.reference(*world.product_ids(product)),
        "quantity": events.quantity(story.rng.randint(10, 60), product.unit),
        "occurred_at": events.utc(when),
        "to_location": events.store(world.CENTRAL_STORE),
        **(lot(product, place, story.date) if product.tracking == "lot" else {}),
    }
    return events.finance("goods.received", f"fin-{number}", when, data), when


def send_finance(story, told, words, *, key=None):
    """One document as JSON, several as NDJSON."""
    documents = [document for document, _when in told]
    when = told[-1][1]
    if len(documents) == 1:
        story.send(FINANCE, events.JSON, events.dump(documents[0]), words, when, key=key)
        return
    story.send(FINANCE, events.NDJSON, events.ndjson(documents), f"{words} (NDJSON)", when, key=key)


def vendor_bill(story, minute, place, *, supplier_number="", number="", identity=""):
    """One vendor bill, of products that this supplier sells; (document, moment)."""
    supplier = world.SUPPLIERS[(0, 1, 2, 3, 4, 5, 7)[place % 7]]
    own = [product for product in world.PRODUCTS.values() if product.supplier is supplier]
    chosen = [own[(place + more) % len(own)] for more in range(min(len(own), 1 + place % 3))]
    lines = [(product, 5 * (1 + (place + more) % 4)) for more, product in enumerate(chosen)]
    when = story.when(minute)
    number = number or story.number("B")
    rate = Decimal(0) if supplier is world.SUPPLIERS[2] else Decimal(15)
    data = events.bill(number, supplier_number or supplier.number, story.date, lines, tax_rate=rate)
    return events.finance("invoice.received", identity or f"fin-{number}", when, data), when


def vendor_bills(story, count, *, first=8.0, last=17.5):
    """The post of the day: bills one by one, and twice a bundle from the scanning service."""
    for place in range(count):
        minute = 60 * (first + (last - first) * place / count)
        told = [
            vendor_bill(story, minute + more, 3 * place + more)
            for more in range(3 if place % 6 == 5 else 1)
        ]
        send_finance(story, told, f"vendor bill{'s' if len(told) > 1 else ''}")


def send_bill(story, told, words, *, key=None):
    send_finance(story, [told], words, key=key)
