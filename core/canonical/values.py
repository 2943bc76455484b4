"""The small values that canonical entities are made of. All frozen, all comparable, none knows a source format."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


class Clear(enum.Enum):
    """The sender said explicitly that an attribute is empty now (HL7 v2 ``""``); ``None`` means it said nothing."""

    CLEAR = "clear"

    def __bool__(self) -> bool:
        return False


CLEAR = Clear.CLEAR


@dataclass(frozen=True, slots=True)
class Identifier:
    """One of the names a system gives to a thing. ``system`` is its namespace: a URI, an OID or an assigner's word.

    ``type`` is a code of HL7 table 0203 (MR, VN, AN …) where known; ``assigner`` words for people. ``misfit`` is the scheme
    (HL7 table 0061) by which the check digit that the message states beside the number does not belong to it; two that
    differ in nothing else are one.
    """

    value: str
    system: str = ""
    type: str = ""
    assigner: str = ""
    misfit: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a terminology."""

    code: str
    system: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it was received: nothing is invented.

    ``at`` is aware UTC at the start of what was said; ``precision`` one of year, month, day, hour, minute, second,
    subsecond; ``zone`` is the offset as written (``+02:00``), or '' where the endpoint's zone was assumed.
    """

    at: datetime
    precision: str = "second"
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    start: Moment | None = None
    end: Moment | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """``unit`` is a code of ``system`` (UCUM, UN/ECE Recommendation 20, or the sender's own)."""

    value: Decimal
    unit: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """``currency`` is ISO 4217, '' where the sender gave none (the facility's company decides, by a rule)."""

    amount: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class PersonName:
    family: str = ""
    given: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    text: str = ""
    use: str = ""

    @property
    def display(self) -> str:
        """The name in one line, as a letter would carry it."""
        if self.text:
            return self.text
        return " ".join(
            part for part in (self.prefix, *self.given, self.family, self.suffix) if part
        )


@dataclass(frozen=True, slots=True)
class Address:
    """``country`` and ``state`` are as sent: an ISO 3166 code where the sender used one."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """``kind`` is phone, mobile, fax, email or url."""

    kind: str
    value: str
    use: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another entity, by the names a system gives it.

    ``entity`` is a canonical entity's name; ``identifiers`` at least one; ``display`` words for a stub that has to be
    made before the real thing arrives; ``is_carried`` says that the same document states the thing itself, so that a
    stub may stand in for it (DESIGN.md section 5, References).
    """

    entity: str
    identifiers: tuple[Identifier, ...]
    display: str = ""
    is_carried: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """``tax_included`` says whether ``unit_price`` and ``amount`` have the tax in; None leaves it to the tax itself."""

    description: str = ""
    product: Reference | None = None
    code: Coding | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    amount: Money | None = None
    order_line: str = ""
    tax_rate: Decimal | None = None
    tax_included: bool | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order: ``number`` is the sender's own for it, ``planned_at`` when it is wanted.

    In a supplier's acknowledgement it is what the supplier will do: so much, then; a quantity of zero is refused.
    """

    code: Coding | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    planned_at: Moment | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class LocationStay:
    """A place an encounter was in, and when."""

    location: Reference
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class PaymentAllocation:
    """What a part of a payment is for: ``pays`` is a claim or an invoice, None where nothing is named.

    An amount below zero takes back what was paid before.
    """

    amount: Money
    pays: Reference | None = None


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """``number`` is the line's place on the claim, by which the payer's decisions name it."""

    number: str
    code: Coding | None = None
    quantity: Quantity | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What a payer decided of the claim's line ``number``: what it pays, what the patient pays, and why not more."""

    number: str
    approved: Money | None = None
    patient_share: Money | None = None
    denial: Coding | None = None


@dataclass(frozen=True, slots=True)
class Packaging:
    """What a product comes in: one ``unit`` (a pack, such as BX) holds ``quantity`` of the product's own unit.

    ``gtin`` is the pack's own article number.
    """

    unit: str
    quantity: Decimal
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class SupplierPrice:
    """What ``supplier`` asks for one ``unit`` of a product, from ``quantity`` on, on the days from first to last.

    ``code`` is the supplier's own for the product; an empty ``unit`` is the product's.
    """

    supplier: Reference
    price: Money
    quantity: Decimal | None = None
    unit: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    code: str = ""
