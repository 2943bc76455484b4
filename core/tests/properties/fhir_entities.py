"""Strategies: any canonical entity that FHIR R4 has a place for; what it has none for is listed in ``canonical/fhir``.

Each narrowing of ``entities.py`` says why R4 needs it.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timezone
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from ...canonical import (
    ENTITIES,
    Address,
    Adjudication,
    ClaimLine,
    Coding,
    Contact,
    Entity,
    Identifier,
    InvoiceLine,
    LocationStay,
    Moment,
    Money,
    PaymentAllocation,
    Period,
    PersonName,
    Quantity,
    Reference,
)
from ...canonical.fhir import words
from ...moments import parse_iso
from ...never import STORABLE, is_secret_identifier
from ...rules import attributes_of
from ...transforms.fhir_references import ENTITY_OF, logical_id
from . import entities
from .entities import MAYBE, NUMBERS, SYSTEMS, TEXT, TIMES, lists

#: a code has no two blanks in a row (datatypes.html#code)
CODE = TEXT.filter(re.compile(r"\S+(?:\s\S+)*", re.ASCII).fullmatch)
#: blanks in a word are written as %20, and read as blanks; in a uri they stay so (datatypes.html#uri)
SYSTEM = SYSTEMS | TEXT.filter(lambda text: "%20" not in text and not (" " in text and ":" in text))
ZONES = st.sampled_from(("+00:00", "+05:30", "-07:00"))


def _moment(at: datetime, length: int, zone: str) -> Moment:
    parts = f"{at:%Y}", f"-{at:%m}", f"-{at:%d}", f"T{at:%H}:{at:%M}:{at:%S}", f".{at:%f}"
    return parse_iso("".join(parts[:length]) + (zone if length > 3 else ""), timezone.utc)


#: dateTime: a year, month or day without offset, a second or less with one (datatypes.html#dateTime)
MOMENTS = st.builds(_moment, TIMES, st.integers(1, 5), ZONES)


PERIODS = st.builds(Period, st.none() | MOMENTS, st.none() | MOMENTS).filter(
    lambda period: period.start or period.end
)
CODINGS = st.builds(Coding, CODE, SYSTEM, MAYBE)
#: numbers of social insurance and the like are never read
IDENTIFIERS = st.builds(Identifier, TEXT, SYSTEM, st.just("") | CODE, MAYBE).filter(
    lambda item: (
        not is_secret_identifier({"system": item.system, "type": {"coding": [{"code": item.type}]}})
    )
)


#: what the resources of an entity are, where none stands for it in a reference
UNREFERRED = {"authorization": ["Claim"], "stock_movement": ["SupplyDelivery"]}


def named(prefix: str, *kinds: str) -> st.SearchStrategy[tuple[Identifier, ...]]:
    """Identifiers, the first maybe the id that a server gave to a resource of one of these kinds."""
    ids = st.text("Az09.-", min_size=1, max_size=8).map(lambda id_: prefix + id_)
    first = st.builds(logical_id, st.sampled_from(kinds), ids)
    others = st.lists(IDENTIFIERS, min_size=1, max_size=2, unique=True).map(tuple)
    return others | st.builds(lambda own, others: (own, *others), first, st.just(()) | others)


def resource_types(entity: str) -> list[str]:
    """The resources that stand for an entity; what is said of one that is never stored is dropped."""
    return sorted(kind for kind in STORABLE if ENTITY_OF.get(kind) == entity)


def references(*entity_names: str) -> st.SearchStrategy[Reference]:
    """References to what the element may point at."""
    return st.one_of(*map(_references_to, entity_names))


@cache
def _references_to(name: str) -> st.SearchStrategy[Reference]:
    return st.builds(Reference, st.just(name), named("R", *resource_types(name)), MAYBE)


MONEY = st.builds(Money, NUMBERS, st.sampled_from(("", "EUR", "USD", "JPY")))
#: a system of units says nothing without a unit; not one that the shipped map of units translates
QUANTITIES = st.builds(Quantity, NUMBERS) | st.builds(
    Quantity, NUMBERS, CODE.map(lambda unit: f"x{unit}"), SYSTEM
)


def uses(words_: frozenset[str], *without: str) -> st.SearchStrategy[str]:
    """R4's closed list; what is old is read as nothing."""
    return st.sampled_from(("", *sorted(words_ - {"old", "maiden", *without})))


NAMES = st.builds(
    PersonName,
    MAYBE,
    st.lists(TEXT, max_size=2).map(tuple),
    MAYBE,
    MAYBE,
    MAYBE,
    uses(words.NAME_USES),
).filter(lambda name: name.display)
#: one use each: a mobile number has it already
CONTACTS = st.builds(
    Contact, st.sampled_from(("phone", "fax", "email", "url")), TEXT, uses(words.CONTACT_USES)
) | st.builds(Contact, st.just("mobile"), TEXT)
LINES = st.builds(
    InvoiceLine,
    TEXT,
    st.none() | references("product"),
    st.none() | CODINGS,
    st.none() | QUANTITIES,
    st.none() | MONEY,
    st.none() | MONEY,
    MAYBE,
    st.none() | NUMBERS,
)
#: positiveInt
SEQUENCES = st.integers(1, 999_999_999).map(str)
STRATEGIES: dict[type, st.SearchStrategy[typing.Any]] = {
    **entities.STRATEGIES,
    Moment: MOMENTS,
    Period: PERIODS,
    Coding: CODINGS,
    Money: MONEY,
    Quantity: QUANTITIES,
    PersonName: NAMES,
    Address: st.builds(
        Address,
        st.lists(TEXT, max_size=2).map(tuple),
        TEXT,
        MAYBE,
        MAYBE,
        MAYBE,
        uses(words.ADDRESS_USES),
    ),
    Contact: CONTACTS,
    InvoiceLine: LINES,
    LocationStay: st.builds(LocationStay, references("location"), st.none() | PERIODS),
    ClaimLine: st.builds(
        ClaimLine, SEQUENCES, st.none() | CODINGS, st.none() | QUANTITIES, st.none() | MONEY
    ),
    Adjudication: st.builds(
        Adjudication, SEQUENCES, st.none() | MONEY, st.none() | MONEY, st.none() | CODINGS
    ),
    PaymentAllocation: st.builds(
        PaymentAllocation, MONEY, st.none() | references("claim", "invoice")
    ),
}


def one_of(table: typing.Iterable[str], *without: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(set(table) - set(without)))


PEOPLE = "employee", "organization"
#: attributes that R4 binds to a list of codes, or to what an element may point at
SPECIAL: dict[tuple[str, str], st.SearchStrategy[typing.Any]] = {
    ("party", "language"): st.sampled_from(("de", "fr-CA", "en")),
    ("party", "gender"): one_of(words.GENDER),
    ("party", "guarantor"): references("party", "organization"),
    ("party", "merged_into"): references("party"),
    ("employee", "worker_type"): one_of(words.WORKER_TYPES),
    ("employee", "organization"): references("organization"),
    ("employee", "location"): references("location"),
    ("employee", "manager"): references("employee"),
    # the id of a resource of its own, or whatever the sender calls it
    ("employee", "post"): named("P", "PractitionerRole"),
    ("organization", "kind"): one_of(words.ORGANIZATION_KIND),
    ("organization", "parent"): references("organization"),
    ("organization", "replaced_by"): references("organization"),
    ("location", "kind"): one_of((*words.PLACE_KIND, "store")),
    ("location", "parent"): references("location"),
    ("location", "organization"): references("organization"),
    ("location", "status"): one_of(words.LOCATION_STATUS),
    ("location", "operational_status"): one_of(words.BED_STATUS),
    ("product", "tracking"): one_of(words.TRACKINGS),
    ("encounter", "party"): references("party"),
    ("encounter", "encounter_class"): one_of(words.ENCOUNTER_CLASS),
    ("encounter", "status"): one_of(words.ENCOUNTER_STATUS),
    ("encounter", "location"): references("location"),
    ("encounter", "prior_location"): references("location"),
    ("encounter", "provider"): references("organization"),
    ("encounter", "attending"): references("employee"),
    ("appointment", "party"): references("party"),
    # booked is confirmed in R4
    ("appointment", "status"): one_of(words.APPOINTMENT_STATUS, "confirmed"),
    ("appointment", "staff"): lists(references("employee")),
    ("appointment", "location"): references("location"),
    ("coverage", "party"): references("party"),
    ("coverage", "payer"): references("organization"),
    # positiveInt
    ("coverage", "rank"): st.integers(1, 9).map(Decimal),
    ("coverage", "relationship"): one_of(words.RELATIONSHIP),
    ("coverage", "status"): one_of(words.COVERAGE_STATUS),
    ("authorization", "party"): references("party"),
    ("authorization", "payer"): references("organization"),
    ("authorization", "status"): one_of(words.AUTHORIZATION_STATUS),
    ("authorization", "encounter"): references("encounter"),
    ("authorization", "appointment"): references("appointment"),
    ("order", "status"): one_of(words.REQUEST_STATUS),
    ("order", "priority"): one_of(words.PRIORITY),
    ("order", "requester"): references(*PEOPLE),
    ("order", "performer"): references(*PEOPLE, "location"),
    # one thing at a time
    ("order", "lines"): st.none(),
    ("order", "party"): references("party"),
    ("order", "encounter"): references("encounter"),
    ("order", "location"): references("location"),
    ("stock_movement", "product"): references("product"),
    ("stock_movement", "from_location"): references("location"),
    ("stock_movement", "to_location"): references("location"),
    ("stock_movement", "party"): references("party"),
    ("stock_movement", "encounter"): references("encounter"),
    ("stock_movement", "order"): references("order"),
    ("charge", "party"): references("party"),
    ("charge", "encounter"): references("encounter"),
    ("charge", "order"): references("order"),
    ("charge", "department"): references("organization"),
    ("charge", "performer"): references("employee"),
    ("charge", "reverses"): references("charge"),
    ("invoice", "status"): one_of(words.INVOICE_STATUS),
    ("invoice", "encounter"): references("encounter"),
    ("invoice", "order"): references("order"),
    ("claim", "party"): references("party"),
    ("claim", "payer"): references("organization"),
    ("claim", "coverage"): references("coverage"),
    ("claim", "encounter"): references("encounter"),
    ("claim", "invoice"): references("invoice"),
    ("claim", "status"): one_of(words.CLAIM_STATUS),
    ("claim", "outcome"): one_of(words.CLAIM_OUTCOMES),
    ("payment", "partner"): references("party", "organization"),
}
#: what R4 has no place for
WITHOUT = {("product", name) for name in ("supplier_prices", "packagings", "replaced_by")}
#: what R4 can't leave open: the resource itself says it
ALWAYS: dict[tuple[str, str], st.SearchStrategy[typing.Any]] = {
    # a code's words stand for a missing name
    ("service", "name"): TEXT,
    ("product", "name"): TEXT,
    ("order", "kind"): one_of(("service", *words.SUPPLY_KIND)),
    ("stock_movement", "kind"): one_of(words.MOVEMENT_KINDS),
    ("stock_movement", "product"): references("product"),
    ("charge", "kind"): one_of(("charge", "credit")),
    ("invoice", "kind"): one_of(("customer", "vendor")),
    ("payment", "kind"): one_of(("inbound", "outbound")),
    ("payment", "status"): one_of(words.PAYMENT_STATUS),
}


# -- what hangs together in R4 -----------------------------------------------------------------------------------------


def _employee(value: typing.Any) -> Entity:
    """A post's names are names of who holds it, and a job's words a role."""
    names = tuple(dict.fromkeys((*value.identifiers, *(value.post or ()))))
    words_of_job = value.job and (value.job.display or value.job.code)
    return replace(value, identifiers=names, role=value.role or words_of_job)


def _organization(value: typing.Any) -> Entity:
    """A tax number is an identifier of type TAX, and the first of them is the tax number."""
    names = tuple(item for item in value.identifiers if item.type != "TAX")
    own = (Identifier(value.tax_id, type="TAX"),) if value.tax_id else ()
    return replace(value, identifiers=names + own or (Identifier("1"),))


def _product(value: typing.Any) -> Entity:
    """A GTIN is a UDI device identifier, by which the thing is known too."""
    own = (Identifier(value.gtin, "udi", "UDI"),) if value.gtin else ()
    return replace(value, identifiers=tuple(dict.fromkeys((*value.identifiers, *own))))


def _encounter(value: typing.Any) -> Entity:
    """Where the patient is and was are two of the stays; with no other word, they are where they were last."""
    stays = value.stays
    if not stays:
        return replace(value, location=None, prior_location=None)
    stays = tuple({stay.location: stay for stay in stays}.values())
    prior = stays[0].location if value.prior_location and len(stays) > 1 else None
    return replace(value, stays=stays, location=stays[-1].location, prior_location=prior)


def _order(value: typing.Any) -> Entity:
    """That something is done at a time is told of a completed service; an organization or a place delivers goods."""
    without = "location" if value.kind == "service" else "employee"
    if value.performer is not None and value.performer.entity == without:
        value = replace(value, performer=None)
    if value.kind != "service":
        return replace(value, completed_at=None)
    return replace(value, status="completed") if value.completed_at else value


def _charge(value: typing.Any) -> Entity:
    """What is taken back is below nought."""
    if value.kind == "charge" or value.amount is None:
        return value
    return replace(value, amount=replace(value.amount, amount=-abs(value.amount.amount)))


def _invoice(value: typing.Any) -> Entity:
    """The number is the first identifier, the currency that of the total; a vendor is an organization."""
    names = [item for item in value.identifiers if item.system != "fhir:Invoice"]
    partner = value.partner
    if value.kind == "vendor" and partner is not None and partner.entity == "party":
        partner = None
    currency = value.total.currency if value.total else ""
    return replace(
        value,
        number=names[0].value if names else None,
        currency=currency or None,
        partner=partner,
    )


def _claim(value: typing.Any) -> Entity:
    """What was decided of the lines is what was decided of the whole."""
    lines = value.adjudications or ()
    return replace(
        value,
        approved=value.approved or _sum([line.approved for line in lines]),
        patient_share=value.patient_share or _sum([line.patient_share for line in lines]),
        denial=value.denial or next((line.denial for line in lines if line.denial), None),
    )


def _sum(amounts: list[Money | None]) -> Money | None:
    """All together, in the first currency that is told."""
    told = [item for item in amounts if item]
    currency = next((item.currency for item in told if item.currency), "")
    return Money(sum(item.amount for item in told), currency) if told else None


def _authorization(value: typing.Any) -> Entity:
    """Number and validity are those of an approval."""
    if value.status in (None, "approved"):
        return replace(value, status="approved") if value.number else value
    return replace(value, number=None, valid_from=None, valid_until=None)


def _payment(value: typing.Any) -> Entity:
    """Who is paid is an organization."""
    is_person = value.partner is not None and value.partner.entity == "party"
    return replace(value, partner=None) if is_person and value.kind == "outbound" else value


COHERENT: dict[str, Callable[[typing.Any], Entity]] = {
    "employee": _employee,
    "organization": _organization,
    "product": _product,
    "encounter": _encounter,
    "authorization": _authorization,
    "order": _order,
    "charge": _charge,
    "invoice": _invoice,
    "claim": _claim,
    "payment": _payment,
}
SPECIAL["invoice", "partner"] = references("party", "organization")


def any_of(name: str) -> st.SearchStrategy[Entity]:
    """Any entity called ``name`` that R4 has a place for: identifiers, and each other attribute said or not."""
    cls = ENTITIES[name]
    attributes = attributes_of(name)
    kinds = UNREFERRED.get(name) or resource_types(name)
    said: dict[str, st.SearchStrategy[typing.Any]] = {
        # of an id that it refers to itself by, a thing would have all its names
        "identifiers": named("E", *kinds)
    }
    for item in fields(cls):
        if item.name == "identifiers" or (name, item.name) in WITHOUT:
            continue
        attribute = attributes[item.name]
        if (name, item.name) in ALWAYS:
            said[item.name] = ALWAYS[name, item.name]
        elif (name, item.name) in SPECIAL:
            said[item.name] = st.none() | SPECIAL[name, item.name]
        else:
            values = STRATEGIES[attribute.accepts]
            said[item.name] = st.none() | (lists(values) if attribute.is_list else values)
    return st.builds(cls, **said).map(COHERENT.get(name, lambda value: value))
