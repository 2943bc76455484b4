"""Canonical entities as FHIR R4: what the shipped mappings read of it is the entity (tests/properties/fhir_*.py).

One resource, or a Bundle (collection) where R4 says in several what is one thing here: a Patient with the Account that
names a guarantor, a Practitioner with the PractitionerRole, a HealthcareService with the price of its
ChargeItemDefinition, a Coverage with the payer's answer to a check, a Claim with its ClaimResponse, a ServiceRequest with
the Procedure that was done.
What R4 demands and nobody told is marked as absent (extension data-absent-reason); what it has no element for is an
extension (core/fhir_extensions.py). Times without a zone are written with that of the sender.

What does not come back as it was, because R4 has no place for it:

- ``CLEAR``: R4 can't say that something is empty now.
- times: an hour or minute gets its seconds, a time without offset gets one, a day or less loses it (dateTime).
- texts: no control characters (string), no blanks in a uri, no two in a row in a code (uri, code); a name, address or telephone number that
  is no longer in use is written, and read as nothing; a mobile number has no other use.
- words outside R4's closed lists: gender, statuses, priority, uses; ``confirmed`` is ``booked``.
- what a thing is otherwise known by: a tax number and a GTIN are identifiers too, an invoice's number is its first
  identifier, an article with codes has a name.
- who is employed in a job has a role, in that job's words if no other; a post's names are names of who holds it.
- an encounter's location and prior location are stays too (Encounter.location), and one with stays has a location.
- an order always has a kind, and ``completed_at`` is told of a service that is completed; who delivers goods is an
  organization or a place. A movement has a product and a kind, an invoice and a charge a kind.
- an order's lines: R4 asks for one thing at a time. One line is written as code and quantity, without its number, price and
  time; several are a ``ValueError``.
- a credit's amount is below nought; an invoice's currency is its total's.
- a unit's system without a unit.
- whether an invoice line's amounts have the tax in: R4's base prices have not.
- what a product comes in, and which one takes its place (later versions have both).
- what suppliers ask for a product: R4 has no price lists (later versions have none for goods either).
- the lines of a claim are counted by whole numbers from 1 (positiveInt), others are a ``ValueError``; what a payer decided of
  them is what it decided of the whole, where it does not say more.
- an authorization's number and validity are those of an approval: what has a number and no status is approved, and one that is
  asked for, denied or cancelled has neither (a receiver would take a number for a promise).
- a payment has a kind and a status; who is paid is an organization.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import tzinfo
from typing import Any

from ..entities import Entity
from ..values import CLEAR
from . import billing, care, catalogue, claims, people, supply

__all__ = ["WRITERS", "to_fhir"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

#: entity → what writes it
WRITERS: Mapping[str, Callable[[Any, tzinfo], dict[str, Any]]] = {
    "party": people.party,
    "employee": people.employee,
    "organization": people.organization,
    "location": catalogue.location,
    "service": catalogue.service,
    "product": catalogue.product,
    "encounter": care.encounter,
    "appointment": care.appointment,
    "coverage": care.coverage,
    "authorization": claims.authorization,
    "order": supply.order,
    "stock_movement": supply.stock_movement,
    "charge": billing.charge,
    "invoice": billing.invoice,
    "claim": claims.claim,
    "payment": claims.payment,
}


def to_fhir(entity: Entity, zone: tzinfo) -> dict[str, Any]:
    """``entity`` as a resource or Bundle of FHIR R4. ``zone``: that of times which name none.

    Raises ``ValueError`` for an attribute that is ``CLEAR``, for an entity without identifiers, and where a list above says
    so.
    """
    if not entity.identifiers:
        raise ValueError("what has no identifier can't be told to others")
    if any(value is CLEAR for value in entity.said().values()):
        raise ValueError("FHIR can't say that something is empty now")
    return WRITERS[entity.NAME](_printable(entity), zone)


def _printable(value: Any) -> Any:
    """``value`` without the control characters that no string of R4 may have (datatypes.html#string)."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, tuple):
        return tuple(map(_printable, value))
    if not is_dataclass(value):
        return value
    return replace(
        value, **{item.name: _printable(getattr(value, item.name)) for item in fields(value)}
    )
