"""Strategies: any canonical entity that a message could state, made from the types of its attributes."""

from __future__ import annotations

import typing
from dataclasses import fields
from datetime import date, datetime, timezone
from decimal import Decimal

from hypothesis import strategies as st

from ...canonical import (
    ENTITIES,
    Address,
    Adjudication,
    ClaimLine,
    Coding,
    Contact,
    Identifier,
    InvoiceLine,
    LocationStay,
    Moment,
    Money,
    OrderLine,
    PaymentAllocation,
    Period,
    PersonName,
    Quantity,
    Reference,
    SupplierPrice,
)
from ...moments import parse_iso
from ...rules import attributes_of

#: letters of several scripts, digits, what stands in names and numbers; blanks around a text say nothing
TEXT = (
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text != '""')
)
MAYBE = st.one_of(st.just(""), TEXT)
SYSTEMS = st.one_of(st.just(""), st.sampled_from(("http://loinc.org", "urn:oid:1.2.3", "LOCAL-1")))
NUMBERS = st.integers(0, 4).flatmap(
    lambda places: st.decimals("-999999999", "999999999", places=places)
)
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@st.composite
def moments(draw: typing.Any) -> Moment:
    """Times of every precision, with and without an offset."""
    at = draw(st.datetimes(datetime(1000, 1, 1), datetime(9000, 12, 31)))
    parts = f"{at:%Y}", f"-{at:%m}", f"-{at:%d}", f"T{at:%H}", f":{at:%M}", f":{at:%S}", f".{at:%f}"
    length = draw(st.integers(1, len(parts)))
    zone = draw(st.sampled_from(("", "+00:00", "+05:30", "-07:00")))
    return parse_iso("".join(parts[:length]) + zone, timezone.utc)


def lists(strategy: st.SearchStrategy[typing.Any]) -> st.SearchStrategy[tuple[typing.Any, ...]]:
    return st.lists(strategy, min_size=1, max_size=3, unique=True).map(tuple)


CODINGS = st.builds(Coding, TEXT, SYSTEMS, MAYBE)
IDENTIFIERS = st.builds(Identifier, TEXT, MAYBE, MAYBE, MAYBE)
REFERENCES = st.builds(Reference, st.sampled_from(sorted(ENTITIES)), lists(IDENTIFIERS), MAYBE)
MONEY = st.builds(Money, NUMBERS, st.sampled_from(("", "EUR", "USD", "JPY")))
#: not one that the shipped map of units translates
QUANTITIES = st.builds(Quantity, NUMBERS, MAYBE.map(lambda unit: unit and f"x{unit}"), MAYBE)
PERIODS = st.builds(Period, st.none() | moments(), st.none() | moments()).filter(
    lambda period: period.start or period.end
)
STRATEGIES: dict[type, st.SearchStrategy[typing.Any]] = {
    str: TEXT,
    bool: st.booleans(),
    date: DATES,
    Decimal: NUMBERS,
    Moment: moments(),
    Period: PERIODS,
    Coding: CODINGS,
    Identifier: IDENTIFIERS,
    Reference: REFERENCES,
    Money: MONEY,
    Quantity: QUANTITIES,
    PersonName: st.builds(
        PersonName, MAYBE, st.lists(TEXT, max_size=2).map(tuple), MAYBE, MAYBE, MAYBE, MAYBE
    ).filter(lambda name: name.family or name.given or name.text),
    Address: st.builds(
        Address, st.lists(TEXT, max_size=2).map(tuple), TEXT, MAYBE, MAYBE, MAYBE, MAYBE
    ),
    Contact: st.builds(
        Contact, st.sampled_from(("phone", "mobile", "fax", "email", "url")), TEXT, MAYBE
    ),
    InvoiceLine: st.builds(
        InvoiceLine,
        TEXT,
        st.none() | REFERENCES,
        st.none() | CODINGS,
        st.none() | QUANTITIES,
        st.none() | MONEY,
        st.none() | MONEY,
        MAYBE,
        st.none() | NUMBERS,
        st.none() | st.booleans(),
    ),
    OrderLine: st.builds(
        OrderLine,
        st.none() | CODINGS,
        st.none() | QUANTITIES,
        st.none() | MONEY,
        st.none() | moments(),
        MAYBE,
    ),
    LocationStay: st.builds(LocationStay, REFERENCES, st.none() | PERIODS),
    SupplierPrice: st.builds(
        SupplierPrice,
        REFERENCES,
        st.builds(Money, NUMBERS.map(abs), st.sampled_from(("", "EUR"))),
        st.none() | NUMBERS,
        MAYBE,
        st.none() | DATES,
        st.none() | DATES,
        MAYBE,
    ),
    ClaimLine: st.builds(
        ClaimLine, TEXT, st.none() | CODINGS, st.none() | QUANTITIES, st.none() | MONEY
    ),
    Adjudication: st.builds(
        Adjudication, TEXT, st.none() | MONEY, st.none() | MONEY, st.none() | CODINGS
    ),
    PaymentAllocation: st.builds(
        PaymentAllocation,
        MONEY,
        st.none()
        | st.builds(Reference, st.sampled_from(("claim", "invoice")), lists(IDENTIFIERS), MAYBE),
    ),
}


def any_of(name: str) -> st.SearchStrategy[typing.Any]:
    """Any entity called ``name``: identifiers, and each other attribute said or not."""
    cls = ENTITIES[name]
    attributes = attributes_of(name)
    said = {}
    for item in fields(cls):
        attribute = attributes[item.name]
        values = STRATEGIES[attribute.accepts]
        values = lists(values) if attribute.is_list else values
        said[item.name] = values if item.name == "identifiers" else st.none() | values
    return st.builds(cls, **said)
