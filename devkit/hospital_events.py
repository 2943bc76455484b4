"""CloudEvents and plain JSON as the supply cabinets and the finance system write them.

``data`` is the canonical JSON form: the attribute names of ``core/canonical/entities.py``, a
reference as ``{"identifiers": [{"system", "value"}], "display"}``, money as ``{"amount",
"currency"}``, a quantity as ``{"value", "unit"}``.
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.parse
from decimal import ROUND_HALF_UP, Decimal

from devkit import hospital_world as world

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON = "application/json"
NDJSON = "application/x-ndjson"
PREFIX = "org.interop"
CABINET_SOURCE = "/greenriver/cabinets"
FINANCE_SOURCE = "grh-finance"


def dump(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_number).encode()


def _number(value):
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def utc(when):
    """RFC 3339 in UTC."""
    return when.astimezone(dt.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def reference(*names, display=""):
    """A reference by its (system, value) names."""
    words = {"display": display} if display else {}
    return {"identifiers": identifiers(*names), **words}


def identifiers(*names):
    return [{"system": system, "value": value} for system, value in names]


def money(amount):
    return {"amount": amount, "currency": world.CURRENCY}


def quantity(value, unit):
    return {"value": value, "unit": unit}


def event(kind, identity, subject, when, data, *, correlation=""):
    """A CloudEvent of the cabinets: structured form, with the facility as an extension."""
    extra = {"correlationid": correlation} if correlation else {}
    return {
        "specversion": "1.0",
        "type": f"{PREFIX}.{kind}.v1",
        "source": CABINET_SOURCE,
        "id": identity,
        "subject": subject,
        "time": utc(when),
        "datacontenttype": JSON,
        "facility": world.HOSPITAL,
        **extra,
        "data": data,
    }


def binary(cloud_event):
    """The same event in binary mode: (headers, body), percent-encoded (HTTP binding 3.1.3.2)."""
    headers = {
        f"ce-{name}": urllib.parse.quote(value, safe="/:;,.~_-+ ")
        for name, value in cloud_event.items()
        if name not in ("data", "datacontenttype")
    }
    return headers, dump(cloud_event["data"])


def finance(kind, identity, when, data):
    """The finance system's plain envelope."""
    return {
        "type": f"{PREFIX}.{kind}.v1",
        "id": identity,
        "time": utc(when),
        "source": FINANCE_SOURCE,
        "facility": world.HOSPITAL,
        "data": data,
    }


def ndjson(documents) -> bytes:
    return b"".join(dump(document) + b"\n" for document in documents)


def movement(number, kind, product_names, value, unit, when, **more):
    """A canonical stock movement; ``more``: lot, expiry, from_location, to_location, encounter."""
    return {
        "identifiers": identifiers((world.CABINET, number)),
        "kind": kind,
        "product": reference(*product_names),
        "quantity": quantity(value, unit),
        "occurred_at": utc(when),
        **more,
    }


def store(code):
    return reference((world.CABINET, code))


def supplier(one, **changed):
    return {
        "identifiers": identifiers((world.SUPPLIER, one.number)),
        "kind": "supplier",
        "name": one.name,
        "tax_id": one.tax_id,
        "contacts": [{"kind": "phone", "value": one.phone}],
        "address": {
            "lines": [one.street],
            "city": world.CITY,
            "state": world.STATE,
            "postal_code": world.POSTAL_CODE,
            "country": world.COUNTRY,
        },
        "is_active": True,
        **changed,
    }


def contract_price(product, price, date):
    """What the product's supplier asks from the first of the month on; less for a hundred."""
    asked = {
        "supplier": reference((world.SUPPLIER, product.supplier.number)),
        "price": money(price),
        "valid_from": date.replace(day=1).isoformat(),
    }
    more = asked | {"price": money((price * 9 / 10).quantize(Decimal("0.01"))), "quantity": 100}
    return {
        "identifiers": identifiers(*world.product_ids(product)),
        "supplier_prices": [asked, more],
    }


def product(one, **changed):
    return {
        "identifiers": identifiers(*world.product_ids(one)),
        "name": one.name,
        "codes": [{"system": world.CABINET, "code": one.code}],
        "gtin": one.gtin,
        "unit": one.unit,
        "tracking": one.tracking,
        "packagings": [{"unit": "CS", "quantity": 20}],
        "cost": money(one.cost),
        "is_active": True,
        **changed,
    }


def service(one, **changed):
    return {
        "identifiers": identifiers((world.CHARGE_MASTER, one.code)),
        "name": one.name,
        "codes": [{"system": world.CHARGE_MASTER, "code": one.code, "display": one.name}],
        "category": one.ward,
        "unit": "EA",
        "duration_minutes": one.minutes,
        "price": money(one.price),
        "is_active": True,
        **changed,
    }


def employee(member, **changed):
    return {
        "identifiers": identifiers((world.STAFF, member.number)),
        "name": {"family": member.family, "given": [member.given], "prefix": member.prefix},
        "role": member.role,
        "worker_type": member.worker_type,
        "organization": reference(
            (world.DEPARTMENT, member.ward), display=world.WARDS[member.ward].name
        ),
        "contacts": [
            {"kind": "email", "value": f"{member.number.lower()}@staff.greenriver.example"}
        ],
        "is_active": True,
        **changed,
    }


def bill(number, supplier_number, day, lines, *, tax_rate=Decimal(15), **more):
    """A vendor bill; ``lines`` are (product, quantity) at cost. Tax is rounded per line."""
    amounts = [product.cost * amount for product, amount in lines]
    tax = sum((_cents(amount * tax_rate / 100) for amount in amounts), Decimal(0))
    listed = [
        _bill_line(product, amount, tax_rate, str(10 * place))
        for place, (product, amount) in enumerate(lines, 1)
    ]
    return {
        "identifiers": identifiers((f"{world.SUPPLIER}/{supplier_number}", number)),
        "kind": "vendor",
        "number": number,
        "status": "draft",
        "invoice_date": day.isoformat(),
        "due_date": (day + dt.timedelta(days=30)).isoformat(),
        "partner": reference((world.SUPPLIER, supplier_number)),
        "currency": world.CURRENCY,
        "lines": listed,
        "tax": money(tax),
        "total": money(sum(amounts, tax)),
        **more,
    }


def _bill_line(product, amount, tax_rate, place):
    return {
        "description": product.name,
        "product": reference(*world.product_ids(product)),
        "quantity": quantity(amount, product.unit),
        "unit_price": money(product.cost),
        "amount": money(product.cost * amount),
        "order_line": place,
        "tax_rate": tax_rate,
    }


def _cents(amount):
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
