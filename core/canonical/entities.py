"""The canonical entities (CANON: the operational minimum, nothing clinical).

Every attribute is optional except ``identifiers``: messages are often partial. ``None`` means the message said
nothing of it; ``CLEAR`` that it is explicitly empty. The attribute names are those of the canonical JSON form too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from .values import (
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What all of them share. ``NAME`` is the word in subjects, routes and ``interop.entity.<NAME>``."""

    NAME: ClassVar[str] = ""

    identifiers: tuple[Identifier, ...] = ()

    def said(self) -> dict[str, Any]:
        """The attributes this message speaks of (identifiers left out), ``CLEAR`` included."""
        return {
            item.name: value
            for item in fields(self)
            if item.name != "identifiers" and (value := getattr(self, item.name)) is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Entity):
    """A patient (or guarantor, payer's member): whom bills are about. ``merged_into`` comes with party.merged."""

    NAME: ClassVar[str] = "party"

    name: PersonName | None = None
    contacts: tuple[Contact, ...] | None = None
    address: Address | None = None
    language: str | None = None
    birth_date: date | None = None
    gender: str | None = None
    is_deceased: bool | None = None
    is_active: bool | None = None
    guarantor: Reference | None = None
    merged_into: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee(Entity):
    """Staff. ``worker_type`` is staff, contractor or partner; ``is_active`` False once they have left.

    What it says of the work (role, job, worker type, organization, location, manager, and that somebody is here or has
    left) holds from ``effective_at`` on, to ``effective_until`` at most; without a day, from now on. ``post`` are the
    names of the post that it speaks of, where somebody has several; without one, the main post. ``is_withdrawn``: what
    was told for that day or post does not hold, or no longer. ``active_period`` is that of the whole employment.
    """

    NAME: ClassVar[str] = "employee"

    name: PersonName | None = None
    contacts: tuple[Contact, ...] | None = None
    role: str | None = None
    worker_type: str | None = None
    specialty: Coding | None = None
    organization: Reference | None = None
    location: Reference | None = None
    active_period: Period | None = None
    is_active: bool | None = None
    job: Coding | None = None
    manager: Reference | None = None
    post: tuple[Identifier, ...] | None = None
    is_main_post: bool | None = None
    effective_at: date | None = None
    effective_until: date | None = None
    is_withdrawn: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Entity):
    """``kind`` is provider, payer, supplier or department.

    From the day ``closed_on`` on it takes part in nothing new; what a department would have had to bear then, the department
    that it is ``replaced_by`` bears.
    """

    NAME: ClassVar[str] = "organization"

    name: str | None = None
    kind: str | None = None
    parent: Reference | None = None
    tax_id: str | None = None
    address: Address | None = None
    contacts: tuple[Contact, ...] | None = None
    is_active: bool | None = None
    closed_on: date | None = None
    replaced_by: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Entity):
    """``kind`` is site, building, ward, room, bed or store; ``operational_status`` free, occupied, cleaning or closed."""

    NAME: ClassVar[str] = "location"

    name: str | None = None
    kind: str | None = None
    parent: Reference | None = None
    organization: Reference | None = None
    status: str | None = None
    operational_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Entity):
    """What is done and billed. ``duration_minutes`` is the planned time."""

    NAME: ClassVar[str] = "service"

    name: str | None = None
    codes: tuple[Coding, ...] | None = None
    category: str | None = None
    unit: str | None = None
    duration_minutes: Decimal | None = None
    price: Money | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Entity):
    """What is stocked. ``tracking`` is none, lot or serial. ``supplier_prices`` and ``packagings`` are those told: others stay as
    they are. ``replaced_by`` is the product that takes its place."""

    NAME: ClassVar[str] = "product"

    name: str | None = None
    codes: tuple[Coding, ...] | None = None
    gtin: str | None = None
    unit: str | None = None
    tracking: str | None = None
    form: str | None = None
    price: Money | None = None
    cost: Money | None = None
    supplier_prices: tuple[SupplierPrice, ...] | None = None
    packagings: tuple[Packaging, ...] | None = None
    replaced_by: Reference | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter(Entity):
    """A visit. ``encounter_class`` is inpatient, outpatient, emergency, daycase, home or virtual; ``status`` is planned,
    in_progress, on_leave, finished or cancelled. ``account`` is the billing account's number."""

    NAME: ClassVar[str] = "encounter"

    party: Reference | None = None
    encounter_class: str | None = None
    status: str | None = None
    period: Period | None = None
    account: str | None = None
    location: Reference | None = None
    prior_location: Reference | None = None
    stays: tuple[LocationStay, ...] | None = None
    provider: Reference | None = None
    attending: Reference | None = None
    disposition: Coding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Entity):
    """A visit that is planned, and what it takes up: ``staff`` and ``location`` from ``period.start`` to ``period.end``.

    ``status`` is proposed, booked, confirmed, arrived, completed, no_show or cancelled.
    """

    NAME: ClassVar[str] = "appointment"

    party: Reference | None = None
    status: str | None = None
    period: Period | None = None
    service: Coding | None = None
    staff: tuple[Reference, ...] | None = None
    location: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Entity):
    """Who pays for whom. ``status`` is draft, active or cancelled; ``relationship`` (of the patient to the insured) self,
    spouse, child, parent or other; ``rank`` 1 for the payer who comes first; ``member_id`` the number with the payer.

    ``is_in_force`` and ``patient_share`` (percent that the patient pays) are what a payer answers to a check.
    """

    NAME: ClassVar[str] = "coverage"

    party: Reference | None = None
    payer: Reference | None = None
    plan: Coding | None = None
    member_id: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    rank: Decimal | None = None
    relationship: str | None = None
    status: str | None = None
    is_in_force: bool | None = None
    patient_share: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization(Entity):
    """A payer's word that it will pay for ``service``. ``status`` is requested, approved, denied or cancelled.

    ``number`` is the payer's own, which claims have to carry.
    """

    NAME: ClassVar[str] = "authorization"

    party: Reference | None = None
    payer: Reference | None = None
    number: str | None = None
    status: str | None = None
    service: Coding | None = None
    quantity: Quantity | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    encounter: Reference | None = None
    appointment: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Entity):
    """``kind`` is service, supply or purchase; ``status`` draft, active, on_hold, completed or cancelled.

    ``lines`` are all that a purchase orders; ``code`` and ``quantity`` are the short form of one line. ``performer`` is who
    does or supplies it: a member of staff, an organization, for supplies a place.
    """

    NAME: ClassVar[str] = "order"

    kind: str | None = None
    status: str | None = None
    priority: str | None = None
    code: Coding | None = None
    quantity: Quantity | None = None
    lines: tuple[OrderLine, ...] | None = None
    authored_at: Moment | None = None
    completed_at: Moment | None = None
    requester: Reference | None = None
    performer: Reference | None = None
    party: Reference | None = None
    encounter: Reference | None = None
    location: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMovement(Entity):
    """``kind`` is consumption, receipt, return or transfer. ``order`` is the receipt's purchase order.

    Two kinds move nothing: of an announcement ``occurred_at`` is when the supplier's goods are expected, and a count says
    what there is at ``to_location``.
    """

    NAME: ClassVar[str] = "stock_movement"

    kind: str | None = None
    product: Reference | None = None
    quantity: Quantity | None = None
    lot: str | None = None
    expiry: date | None = None
    from_location: Reference | None = None
    to_location: Reference | None = None
    occurred_at: Moment | None = None
    party: Reference | None = None
    encounter: Reference | None = None
    order: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Entity):
    """``kind`` is charge or credit; ``reverses`` names the charge that a credit takes back."""

    NAME: ClassVar[str] = "charge"

    kind: str | None = None
    occurred_at: Moment | None = None
    code: Coding | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    amount: Money | None = None
    party: Reference | None = None
    encounter: Reference | None = None
    order: Reference | None = None
    department: Reference | None = None
    performer: Reference | None = None
    reverses: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Entity):
    """``kind`` is customer (what an encounter's charges are billed in) or vendor (a bill received).

    ``number`` is the issuer's own; ``status`` draft, posted or cancelled; ``order`` the purchase order it bills.
    """

    NAME: ClassVar[str] = "invoice"

    kind: str | None = None
    number: str | None = None
    status: str | None = None
    invoice_date: date | None = None
    due_date: date | None = None
    partner: Reference | None = None
    encounter: Reference | None = None
    order: Reference | None = None
    currency: str | None = None
    lines: tuple[InvoiceLine, ...] | None = None
    tax: Money | None = None
    total: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Entity):
    """What a payer is asked to pay, and what it decided. ``status`` is draft, active or cancelled.

    ``outcome`` (of the payer's work on it) is queued, complete, partial or error; ``approved`` what it pays of
    ``total``, ``patient_share`` what it leaves to the patient (copayment, deductible), ``denial`` why it pays no more.
    """

    NAME: ClassVar[str] = "claim"

    party: Reference | None = None
    payer: Reference | None = None
    coverage: Reference | None = None
    encounter: Reference | None = None
    invoice: Reference | None = None
    status: str | None = None
    submitted_on: date | None = None
    lines: tuple[ClaimLine, ...] | None = None
    total: Money | None = None
    outcome: str | None = None
    decided_on: date | None = None
    approved: Money | None = None
    patient_share: Money | None = None
    denial: Coding | None = None
    adjudications: tuple[Adjudication, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Entity):
    """Money that changed hands. ``kind`` is inbound (a payer or patient pays us) or outbound (we pay a supplier); ``status``
    active or cancelled.

    ``reference`` is the payer's own number of it (cheque, transfer); ``partner`` who pays, or is paid. What no
    allocation names stays unmatched.
    """

    NAME: ClassVar[str] = "payment"

    kind: str | None = None
    status: str | None = None
    reference: str | None = None
    paid_on: date | None = None
    amount: Money | None = None
    partner: Reference | None = None
    allocations: tuple[PaymentAllocation, ...] | None = None
