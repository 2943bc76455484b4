"""What is ordered: by wards from the central store, by the central store from suppliers; and what was counted there."""

from __future__ import annotations

import datetime as dt

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
    # not of lots, which come and go with the deliveries of the day
    products = [one for one in world.PRODUCTS.values() if one.tracking == "none"]
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


def purchases(story, count, *, first=9.0, last=15.0):
    """Purchase orders of three lines at stated prices; the supplier accepts one, and delivers less and later of the next."""
    for place in range(count):
        minute = 60 * (first + (last - first) * place / count)
        supplier = world.SUPPLIERS[place % 3]
        own = [one for one in world.PRODUCTS.values() if one.supplier is supplier][:3]
        number = story.number("Q")
        lines = [
            {
                "number": str(1 + more),
                "code": {"code": product.code, "system": world.CABINET, "display": product.name},
                "quantity": events.quantity(20 + 10 * more, product.unit),
                "unit_price": events.money(product.cost),
                "planned_at": (story.date + dt.timedelta(days=3)).isoformat(),
            }
            for more, product in enumerate(own)
        ]
        vendor = events.reference((world.SUPPLIER, supplier.number), display=supplier.name)
        _tell(story, "order.placed", number, minute, kind="purchase", performer=vendor, lines=lines)
        told = [{"number": lines[0]["number"], "quantity": lines[0]["quantity"]}]
        if place % 2:
            told[0]["quantity"] = events.quantity(12, own[0].unit)
            told[0]["planned_at"] = (story.date + dt.timedelta(days=6)).isoformat()
        _tell(story, "purchase_order.acknowledged", number, minute + 45, lines=told)


def _tell(story, event, number, minute, **told):
    when = story.when(minute)
    names = [{"system": world.RECEIPT, "value": number, "type": "PLAC"}]
    document = events.finance(event, f"fin-{number}-{event}", when, {"identifiers": names, **told})
    stores.send_finance(story, [(document, when)], event)


def counts(story, count, *, first=18.0, last=20.0):
    """Shelves of wards as they were counted in the evening."""
    shelved = [one for one in world.PRODUCTS.values() if one.tracking == "none"]
    for place in range(count):
        ward = stores.CABINET_WARDS[3 * place % len(stores.CABINET_WARDS)]
        product = shelved[(11 * place + 2) % len(shelved)]
        number = story.number("C")
        when = story.when(60 * (first + (last - first) * place / count))
        data = {
            "identifiers": events.identifiers((world.CABINET, number)),
            "product": events.reference(*world.product_ids(product)),
            "quantity": events.quantity(4 + place, product.unit),
            "to_location": events.store(world.WARDS[ward].store),
            "occurred_at": events.utc(when),
        }
        document = events.event(
            "stock.counted", f"cab-{number}", f"stock_movement/{number}", when, data
        )
        stores.send_event(story, document, when, f"stock counted, {ward}")
