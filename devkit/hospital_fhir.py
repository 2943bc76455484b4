"""FHIR R4 as the hospital's EHR writes it: resources, message and transaction Bundles.

Resources carry what real ones do: narrative, reasons and notes among it, which the receiver must
drop. Identifier systems are the words that HL7 v2 puts into CX.4, as local namespaces often are.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from decimal import Decimal

from devkit import hospital_world as world

CONTENT_TYPE = "application/fhir+json"
SOURCE = "https://ehr.greenriver.example/fhir"
_V2 = "http://terminology.hl7.org/CodeSystem/v2-"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_EVENTS = f"{SOURCE}/CodeSystem/message-events"
_NARRATIVE = (
    '<div xmlns="http://www.w3.org/1999/xhtml">Invented narrative about a marble appetite</div>'
)


def dump(resource) -> bytes:
    """The resource as JSON; a Decimal keeps its digits, as FHIR asks."""
    return json.dumps(resource, ensure_ascii=False, default=_number).encode()


def _number(value):
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def instant(when):
    return when.astimezone(world.ZONE).isoformat(timespec="milliseconds")


def urn(*parts):
    """A urn:uuid that the same parts always give."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join((SOURCE, *map(str, parts))))}"


def meta(version, when):
    return {"versionId": str(version), "lastUpdated": instant(when), "source": SOURCE}


def identifier(namespace, value, code="", code_system="0203"):
    coded = {"type": {"coding": [{"system": _V2 + code_system, "code": code}]}} if code else {}
    return {**coded, "system": namespace, "value": value, "assigner": {"display": namespace}}


def coded(service):
    return {
        "coding": [{"system": world.CHARGE_MASTER, "code": service.code, "display": service.name}],
        "text": service.name,
    }


def _name(family, given, middle="", prefix=""):
    names = {"use": "official", "family": family, "given": [one for one in (given, middle) if one]}
    return [{**names, "prefix": [prefix]}] if prefix else [names]


def _money(amount):
    return {"value": amount, "currency": world.CURRENCY}


def patient_id(patient):
    return f"p-{patient.mrn}"


def reference(kind, key, namespace, value):
    """A literal reference that also names the business identifier, as careful senders write it."""
    return {"reference": f"{kind}/{key}", **by_identifier(kind, namespace, value)}


def by_identifier(kind, namespace, value, display=""):
    """A logical reference: by the business identifier, not by a resource."""
    words = {"display": display} if display else {}
    return {"type": kind, "identifier": {"system": namespace, "value": value}, **words}


def patient(person, version, when, **changed):
    """A patient. Of somebody whom patient administration keeps too, the EHR says only what it owns
    (name, birth date, gender, language), so that the two never argue about an address."""
    resource = {
        "resourceType": "Patient",
        "id": patient_id(person),
        "meta": meta(version, when),
        "text": {"status": "generated", "div": _NARRATIVE},
        "identifier": [identifier(world.HOSPITAL, person.mrn, "MR")],
        "active": True,
        "name": _name(person.family, person.given, person.middle),
        "gender": person.gender,
        "birthDate": person.birth_date.isoformat(),
        "maritalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "S"}
            ]
        },
        "communication": [
            {
                "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": person.language}]},
                "preferred": True,
            }
        ],
    }
    return {**resource, **changed}


def contact_details(person, *, street="", phone=""):
    """The part of a Patient that the EHR keeps for its own patients."""
    return {
        "telecom": [
            {"system": "phone", "value": phone or person.phone, "use": "home"},
            {"system": "email", "value": person.email},
        ],
        "address": [
            {
                "use": "home",
                "line": [street or person.street],
                "city": world.CITY,
                "state": world.STATE,
                "postalCode": world.POSTAL_CODE,
                "country": world.COUNTRY,
            }
        ],
    }


def practitioner(member, version, when):
    """A clinician. Who still works here is for finance to say, so ``active`` is left out."""
    return {
        "resourceType": "Practitioner",
        "id": member.number.lower(),
        "meta": meta(version, when),
        "identifier": [identifier(world.STAFF, member.number, "EI")],
        "name": _name(member.family, member.given, prefix=member.prefix),
    }


def organization(namespace, code, name, kind, version, when):
    """``kind`` is a code of FHIR's organization-type: dept, pay, prov."""
    return {
        "resourceType": "Organization",
        "id": f"org-{code.lower()}",
        "meta": meta(version, when),
        "identifier": [identifier(namespace, code)],
        "active": True,
        "type": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/organization-type",
                        "code": kind,
                    }
                ]
            }
        ],
        "name": name,
    }


def location(ward, version, when):
    """A ward, by the code that HL7 v2 gives to it too."""
    kinds = "http://terminology.hl7.org/CodeSystem/location-physical-type"
    return {
        "resourceType": "Location",
        "id": f"loc-{ward.code.lower()}",
        "meta": meta(version, when),
        "identifier": [identifier(ward.facility, ward.code)],
        "status": "active",
        "name": ward.name,
        "mode": "instance",
        "physicalType": {"coding": [{"system": kinds, "code": "wa"}]},
    }


@dataclasses.dataclass(frozen=True)
class Contact:
    """An outpatient encounter, which the EHR keeps by itself."""

    number: str
    patient: world.Patient
    provider: world.Member
    starts: dt.datetime
    ends: dt.datetime | None = None

    @property
    def key(self):
        return f"enc-{self.number.lower().replace('.', '-')}"


def encounter(contact, status, version, when, *, subject, participant):
    period = {"start": instant(contact.starts)}
    if contact.ends:
        period["end"] = instant(contact.ends)
    return {
        "resourceType": "Encounter",
        "id": contact.key,
        "meta": meta(version, when),
        "text": {"status": "generated", "div": _NARRATIVE},
        "identifier": [identifier(world.PLACER, contact.number, "VN")],
        "status": status,
        "class": {"system": _ACT, "code": "AMB", "display": "ambulatory"},
        "subject": subject,
        "participant": [{"individual": participant}],
        "period": period,
        "reasonCode": [{"text": "Invented complaint about humming knees"}],
        "location": [
            {"location": by_identifier("Location", world.DAY_CLINIC, "DAY", "Day Clinic")}
        ],
        "serviceProvider": by_identifier("Organization", world.DEPARTMENT, "DAY", "Day Clinic"),
    }


def order_key(number):
    return f"ord-{number.lower().replace('.', '-')}"


def service_request(number, service, status, version, when, *, subject, visit, requester):
    """An order; ``visit`` is a reference, by identifier where another system keeps the stay."""
    return {
        "resourceType": "ServiceRequest",
        "id": order_key(number),
        "meta": meta(version, when),
        "identifier": [identifier(world.PLACER, number, "PLAC")],
        "status": status,
        "intent": "order",
        "priority": "routine",
        "code": coded(service),
        "subject": subject,
        "encounter": visit,
        "authoredOn": instant(when),
        "requester": requester,
        "reasonCode": [{"text": "Invented suspicion of whistling elbows"}],
        "note": [{"text": "Invented note: patient prefers odd numbers"}],
    }


def charge_item(number, service, quantity, status, version, when, *, subject, visit, performer):
    return {
        "resourceType": "ChargeItem",
        "id": f"chg-{number.lower().replace('.', '-')}",
        "meta": meta(version, when),
        "identifier": [identifier(world.PLACER, number)],
        "status": status,
        "code": coded(service),
        "subject": subject,
        "context": visit,
        "occurrenceDateTime": instant(when),
        "performer": [{"actor": performer}],
        "performingOrganization": by_identifier("Organization", world.DEPARTMENT, service.ward),
        "quantity": {
            "value": quantity,
            "unit": "each",
            "system": "http://unitsofmeasure.org",
            "code": "1",
        },
        "priceOverride": _money(service.price * quantity),
        "reason": [{"text": "Invented ground for the charge: velvet lungs"}],
    }


def entry(full_url, resource, method="", url=""):
    request = (
        {"request": {"method": method, "url": url or resource["resourceType"]}} if method else {}
    )
    return {"fullUrl": full_url, "resource": resource, **request}


def message_bundle(event, identity, when, entries):
    """A Bundle of type message; its header names the event and its focus, the first entry."""
    header = {
        "resourceType": "MessageHeader",
        "id": identity,
        "eventCoding": {"system": _EVENTS, "code": event},
        "source": {"name": "GRH-EHR", "endpoint": SOURCE},
        "focus": [{"reference": entries[0]["fullUrl"]}],
    }
    head = entry(f"urn:uuid:{identity}", header)
    return _bundle("message", identity, when, [head, *entries])


def _bundle(kind, identity, when, entries):
    return {
        "resourceType": "Bundle",
        "id": identity,
        "meta": {"lastUpdated": instant(when), "source": SOURCE},
        "identifier": {"system": f"{SOURCE}/bundles", "value": identity},
        "type": kind,
        "timestamp": instant(when),
        "entry": entries,
    }


def transaction_bundle(identity, when, entries):
    """A Bundle of type transaction: entries with a method that refer to each other by urn:uuid."""
    return _bundle("transaction", identity, when, entries)


def batch_bundle(identity, when, resources):
    """A Bundle of type batch of resources known by their id: each a PUT."""
    entries = [
        entry(
            f"{SOURCE}/{one['resourceType']}/{one['id']}",
            one,
            "PUT",
            f"{one['resourceType']}/{one['id']}",
        )
        for one in resources
    ]
    return _bundle("batch", identity, when, entries)
