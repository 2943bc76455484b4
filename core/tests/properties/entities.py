"""Strategies: any canonical entity that a message could state, made from the types of its attributes.

Each strategy is made once: hypothesis checks those that are made while it draws (flatmap, composite) at each example.
"""

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
    Packaging,
    PaymentAllocation,
    Period,
    PersonName,
    Quantity,
    Reference,
    SupplierPrice,
)
from ...moments import parse_iso
from ...rules import attributes_of

#: letters, digits and blanks of several scripts, what stands in names and numbers, and what lies beyond 16 bits. Few blocks:
#: hypothesis looks for a character in one after the other, which was a sixth of all the time
_BLOCKS = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x17F),
    (0x391, 0x3A1),
    (0x410, 0x44F),
    (0x660, 0x669),
    (0x2000, 0x200A),
    (0x3000, 0x3000),
    (0x4E00, 0x4FFF),
    (0xFF10, 0xFF19),
    (0x1F600, 0x1F64F),
)
LETTERS = "".join(chr(code) for first, last in _BLOCKS for code in range(first, last + 1))
#: blanks around a text say nothing
TEXT = (
    st.text(LETTERS, min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text != '""')
)
MAYBE = st.one_of(st.just(""), TEXT)
SYSTEMS = st.one_of(st.just(""), st.sampled_from(("http://loinc.org", "urn:oid:1.2.3", "LOCAL-1")))
NUMBERS = st.one_of(*(st.decimals("-999999999", "999999999", places=places) for places in range(5)))
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))


#: days and times that every sender's calendar has
TIMES = st.datetimes(datetime(1000, 1, 1), datetime(9000, 12, 31))


def _moment(at: datetime, length: int, zone: str) -> Moment:
    parts = f"{at:%Y}", f"-{at:%m}", f"-{at:%d}", f"T{at:%H}", f":{at:%M}", f":{at:%S}", f".{at:%f}"
    return parse_iso("".join(parts[:length]) + zone, timezone.utc)


#: times of every precision, with and without an offset
MOMENTS = st.builds(
    _moment, TIMES, st.integers(1, 7), st.sampled_from(("", "+00:00", "+05:30", "-07:00"))
)


def lists(strategy: st.SearchStrategy[typing.Any]) -> st.SearchStrategy[tuple[typing.Any, ...]]:
    return st.lists(strategy, min_size=1, max_size=3, unique=True).map(tuple)


CODINGS = st.builds(Coding, TEXT, SYSTEMS, MAYBE)
IDENTIFIERS = st.builds(Identifier, TEXT, MAYBE, MAYBE, MAYBE)
REFERENCES = st.builds(Reference, st.sampled_from(sorted(ENTITIES)), lists(IDENTIFIERS), MAYBE)
MONEY = st.builds(Money, NUMBERS, st.sampled_from(("", "EUR", "USD", "JPY")))
#: not one that the shipped map of units translates
QUANTITIES = st.builds(Quantity, NUMBERS, MAYBE.map(lambda unit: unit and f"x{unit}"), MAYBE)
PERIODS = st.builds(Period, st.none() | MOMENTS, st.none() | MOMENTS).filter(
    lambda period: period.start or period.end
)
STRATEGIES: dict[type, st.SearchStrategy[typing.Any]] = {
    str: TEXT,
    bool: st.booleans(),
    date: DATES,
    Decimal: NUMBERS,
    Moment: MOMENTS,
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
        st.none() | MOMENTS,
        MAYBE,
    ),
    LocationStay: st.builds(LocationStay, REFERENCES, st.none() | PERIODS),
    Packaging: st.builds(Packaging, TEXT, NUMBERS.filter(lambda number: number > 0), MAYBE),
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
