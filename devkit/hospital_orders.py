"""What wards order from the central store: orders that cabinets place by themselves when a shelf runs low."""

from __future__ import annotations

from devkit import hospital_events as events
from devkit import hospital_stores as stores
from devkit import hospital_world as world

#: what becomes of one order after another: (event, minutes later, what changes about the quantity)
FATES = (
    (("completed", 55, 0),),
    (("changed", 12, 5), ("completed", 70, 0)),
    (),
    (("cancelled", 9, 0),),
)


def supply_orders(story, count, *, first=7.0, last=17.0):
    """Orders of goods that are there, each told once as it is placed, then of what becomes of it."""
    products = list(world.PRODUCTS.values())
    for place in range(count):
        minute = 60 * (first + (last - first) * place / count)
        ward = stores.CABINET_WARDS[place % len(stores.CABINET_WARDS)]
        product = products[(7 * place + 3) % len(products)]
        number, amount = story.number("R"), 5 + 3 * (place % 4)
        placed = {
            "code": {
                "code": product.code,
                "system": world.CABINET,
                "display": product.name,
            },
            "quantity": events.quantity(amount, product.unit),
            "priority": "stat" if place % 5 == 4 else "routine",
            "location": events.store(world.WARDS[ward].store),
        }
        _send(story, "placed", number, minute, {**placed, "kind": "supply"}, ward)
        for event, later, more in FATES[place % len(FATES)]:
            told = {"quantity": events.quantity(amount + more, product.unit)} if more else {}
            _send(story, event, number, minute + later, told, ward)


def _send(story, event, number, minute, told, ward):
    when = story.when(minute)
    data = {
        "identifiers": [{"system": world.CABINET, "value": number, "type": "PLAC"}],
        **told,
    }
    document = events.event(
        f"order.{event}", f"cab-{number}-{event}", f"order/{number}", when, data
    )
    stores.send_event(story, document, when, f"supply order {event}, {ward}")
