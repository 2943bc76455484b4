"""Outpatients, whom only the EHR knows: patient, encounter, order and charges, all in FHIR."""

from __future__ import annotations

import dataclasses
import uuid

from devkit import hospital_fhir as fhir
from devkit import hospital_world as world

EHR = "demo_ehr"


class Consultation:
    """One visit to the outpatient rooms; every resource counts its own versions."""

    def __init__(self, story, minute):
        self.story, self.rng, self.minute = story, story.rng, minute
        self.patient = dataclasses.replace(story.patient(), is_in_ehr=True)
        self.contact = fhir.Contact(
            number=story.number("C"),
            patient=self.patient,
            provider=self.rng.choice(world.PHYSICIANS),
            starts=story.when(minute),
        )
        self.address = {}
        self._versions = {}

    def later(self, minutes):
        self.minute += minutes
        return self.story.when(self.minute)

    def version(self, kind):
        self._versions[kind] = self._versions.get(kind, 0) + 1
        return self._versions[kind]

    def identity(self):
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def send(self, resource, note, when, *, put=False, key=None):
        path = f"/{resource['resourceType']}/{resource['id']}" if put else ""
        method = "PUT" if put else "POST"
        self.story.send(
            EHR,
            fhir.CONTENT_TYPE,
            fhir.dump(resource),
            note,
            when,
            path=path,
            method=method,
            key=key,
        )

    def person(self, when):
        """The patient as of now, everything of it being the EHR's own."""
        return fhir.patient(
            self.patient,
            self.version("patient"),
            when,
            **fhir.contact_details(self.patient, **self.address),
        )

    def practitioner(self):
        member = self.contact.provider
        return fhir.reference("Practitioner", member.number.lower(), world.STAFF, member.number)

    def encounter(self, status, when, *, subject=None):
        return fhir.encounter(
            self.contact,
            status,
            self.version("encounter"),
            when,
            subject=subject or self.subject(),
            participant=self.practitioner(),
        )

    def subject(self):
        key = fhir.patient_id(self.patient)
        return fhir.reference("Patient", key, world.HOSPITAL, self.patient.mrn)

    def visit(self):
        return fhir.reference("Encounter", self.contact.key, world.PLACER, self.contact.number)

    def registers(self, minutes):
        when = self.later(minutes)
        self.send(
            self.person(when), "EHR Patient, outpatient", when, key=(self.patient.mrn, "registered")
        )

    def books(self, minutes):
        when = self.later(minutes)
        self.send(self.encounter("planned", when), "Encounter planned", when)

    def arrives(self, minutes):
        """A message Bundle: the encounter begins, and refers to its patient by urn:uuid."""
        when = self.later(minutes)
        who, what = (
            fhir.urn("Patient", self.patient.mrn),
            fhir.urn("Encounter", self.contact.number),
        )
        entries = [
            fhir.entry(what, self.encounter("in-progress", when, subject={"reference": who})),
            fhir.entry(who, self.person(when)),
        ]
        bundle = fhir.message_bundle("encounter-started", self.identity(), when, entries)
        self.send(bundle, "message Bundle: encounter started", when)

    def is_treated(self, service, minutes):
        """A transaction Bundle: patient, order and charge, referring to each other by urn:uuid."""
        when = self.later(minutes)
        number, charge = self.story.number("O"), self.story.number("I")
        who, order = fhir.urn("Patient", self.patient.mrn), fhir.urn("ServiceRequest", number)
        subject = {"reference": who}
        entries = [
            fhir.entry(who, self.person(when), "PUT", f"Patient/{fhir.patient_id(self.patient)}"),
            fhir.entry(order, self._request(number, service, when, subject), "POST"),
            fhir.entry(
                fhir.urn("ChargeItem", charge),
                {
                    **self._charge(charge, service, 1, when, subject),
                    "service": [{"reference": order}],
                },
                "POST",
            ),
        ]
        bundle = fhir.transaction_bundle(self.identity(), when, entries)
        self.send(bundle, f"transaction Bundle: {service.code} ordered and charged", when)

    def _request(self, number, service, when, subject):
        return fhir.service_request(
            number,
            service,
            "active",
            1,
            when,
            subject=subject,
            visit=self.visit(),
            requester=self.practitioner(),
        )

    def _charge(self, number, service, amount, when, subject, *, status="billable", version=1):
        return fhir.charge_item(
            number,
            service,
            amount,
            status,
            version,
            when,
            subject=subject,
            visit=self.visit(),
            performer=self.practitioner(),
        )

    def is_charged(self, service, minutes):
        when = self.later(minutes)
        number = self.story.number("I")
        self.send(
            self._charge(number, service, 1, when, self.subject()),
            f"ChargeItem {service.code}",
            when,
        )
        return number

    def charge_entered_in_error(self, number, service, minutes):
        """The charge was a mistake: version 2 of it, by PUT."""
        when = self.later(minutes)
        resource = self._charge(
            number, service, 1, when, self.subject(), status="entered-in-error", version=2
        )
        self.send(resource, f"ChargeItem {service.code} entered in error", when, put=True)

    def moves_house(self, minutes):
        when = self.later(minutes)
        self.address = {
            "street": f"{self.rng.randint(1, 90)} Lockkeeper Row",
            "phone": world.phone(self.rng),
        }
        self.send(self.person(when), "EHR Patient changed", when, put=True)

    def leaves(self, minutes):
        when = self.later(minutes)
        self.contact = dataclasses.replace(self.contact, ends=when)
        self.send(self.encounter("finished", when), "Encounter finished", when, put=True)


def outpatient(story, place, minute):
    """One consultation from booking to charge."""
    visit = world.SERVICES["OPC-NEXT" if place % 3 else "OPC-FIRST"]
    one = Consultation(story, minute)
    one.minute -= 45
    one.registers(5)
    one.books(5)
    one.minute = minute
    one.arrives(0)
    one.is_treated(world.SERVICES["LAB-CBC" if place % 2 else "RAD-US"], 10)
    number = one.is_charged(visit, 10)
    if place % 5 == 3:
        one.charge_entered_in_error(number, visit, 10)
    if place % 2 == 0:
        one.moves_house(10)
    one.leaves(10)
    return one
