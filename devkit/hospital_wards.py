"""Patients' journeys: registered, admitted, examined, moved, charged, discharged.

Patient administration (HL7), the EHR (FHIR), the laboratory and radiology (HL7) each tell their part.
"""

from __future__ import annotations

import dataclasses
import uuid

from devkit import hospital_er7 as er7
from devkit import hospital_fhir as fhir
from devkit import hospital_hl7 as hl7
from devkit import hospital_radiology as radiology
from devkit import hospital_world as world

PAS, EHR, LAB = "demo_pas", "demo_ehr", "demo_lab"
LAB_SERVICES = [one for one in world.SERVICES.values() if one.ward == "LAB"]
NOTES = {
    "A01": "admission",
    "A02": "transfer",
    "A03": "discharge",
    "A04": "registration of a visit",
    "A05": "pre-admission",
    "A08": "change during a stay",
    "A11": "admission cancelled",
    "A13": "discharge cancelled",
}


class Journey:
    """One patient's way through the day; ``minute`` is where it has come to."""

    def __init__(self, story, patient, *, ward, visit_class, minute, facility=world.HOSPITAL):
        self.story, self.rng, self.minute = story, story.rng, minute
        self.ehr_version = 0
        self.visit = hl7.Visit(
            number=story.number("V"),
            account=story.number("A"),
            patient=patient,
            visit_class=visit_class,
            ward=ward,
            room=self.rng.randint(1, world.WARDS[ward].rooms),
            attending=self.rng.choice(world.PHYSICIANS),
            facility=facility,
            admitted=story.when(minute),
        )
        story.visits.append(self.visit)

    @property
    def patient(self):
        return self.visit.patient

    def later(self, minutes):
        """Go on by some minutes; the moment reached."""
        self.minute += minutes
        return self.story.when(self.minute)

    def adt(self, trigger, minutes, *, note="", key="", **more):
        when = self.later(minutes)
        control = self.story.control_id("P", when)
        words = note or f"{trigger} {NOTES[trigger]}, {self.visit.ward}"
        segments = hl7.adt(trigger, self.visit, control, when, **more)
        self.story.hl7(PAS, segments, words, when, key=(self.visit.number, key or trigger))

    def register(self, minutes):
        """A28, before the stay."""
        when = self.later(minutes)
        segments = hl7.person_adt("A28", self.patient, self.story.control_id("P", when), when)
        self.story.hl7(PAS, segments, "A28 person registered", when)

    def register_in_ehr(self, minutes):
        """The EHR's own record of somebody whom patient administration keeps too."""
        self.visit = dataclasses.replace(
            self.visit, patient=dataclasses.replace(self.patient, is_in_ehr=True)
        )
        when = self.later(minutes)
        self._ehr(fhir.patient(self.patient, self._version(), when), "EHR Patient", when)

    def update_in_ehr(self, minutes):
        """The EHR learns another language of the patient: a PUT."""
        language = "es" if self.patient.language == "en" else "en"
        self._replace_patient(language=language)
        when = self.later(minutes)
        resource = fhir.patient(self.patient, self._version(), when)
        self._ehr(resource, "EHR Patient changed", when, put=True)

    def _version(self):
        self.ehr_version += 1
        return self.ehr_version

    def _ehr(self, resource, note, when, *, put=False, key=None):
        path = f"/{resource['resourceType']}/{resource['id']}" if put else ""
        method = "PUT" if put else "POST"
        body = fhir.dump(resource)
        self.story.send(EHR, fhir.CONTENT_TYPE, body, note, when, path=path, method=method, key=key)

    def _replace_patient(self, **changes):
        self.visit = dataclasses.replace(
            self.visit, patient=dataclasses.replace(self.patient, **changes)
        )

    def moves_house(self, minutes, *, key=""):
        """A08 with another address and telephone."""
        self._replace_patient(
            street=f"{self.rng.randint(1, 90)} Lockkeeper Row", phone=world.phone(self.rng)
        )
        self.adt("A08", minutes, key=key)

    def moves(self, ward, minutes):
        """A02 to another bed."""
        self.visit = self.visit.moved(ward, self.rng.randint(1, world.WARDS[ward].rooms))
        self.adt("A02", minutes)

    def discharge(self, minutes, *, key=""):
        self.visit = dataclasses.replace(
            self.visit, discharged=self.story.when(self.minute + minutes)
        )
        self.adt("A03", minutes, key=key)

    def discharge_cancelled(self, minutes):
        self.visit = dataclasses.replace(self.visit, discharged=None)
        self.adt("A13", minutes)

    def order(self, service, minutes, *, in_bundle=False):
        """A ServiceRequest of the EHR, alone or in a message Bundle; its placer number."""
        number, when = self.story.number("O"), self.later(minutes)
        resource = self._request(number, service, "active", 1, when)
        if not in_bundle:
            self._ehr(resource, f"order {service.code}", when, key=(number, "order"))
            return number
        identity = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        entries = [fhir.entry(f"{fhir.SOURCE}/ServiceRequest/{resource['id']}", resource)]
        bundle = fhir.message_bundle("order-placed", identity, when, entries)
        self._ehr(bundle, f"message Bundle: order {service.code}", when)
        return number

    def revoke(self, number, service, minutes):
        """The order is taken back: version 2 of it, by PUT."""
        when = self.later(minutes)
        self._ehr(
            self._request(number, service, "revoked", 2, when),
            f"order {service.code} revoked",
            when,
            put=True,
        )

    def _request(self, number, service, status, version, when):
        member = self.visit.attending
        return fhir.service_request(
            number,
            service,
            status,
            version,
            when,
            subject=fhir.by_identifier("Patient", world.HOSPITAL, self.patient.mrn),
            visit=fhir.by_identifier("Encounter", world.HOSPITAL, self.visit.number),
            requester=fhir.reference(
                "Practitioner", member.number.lower(), world.STAFF, member.number
            ),
        )

    def result(self, placer, service, minutes, *, status="F", filler="", note=""):
        """An ORU of the laboratory; its filler number."""
        filler = filler or self.story.number("L")
        when = self.later(minutes)
        style = self.rng.choice(er7.LAB_STYLES)
        report = hl7.Report(placer, filler, service, status, self.visit.attending)
        segments = hl7.oru(self.visit, report, self.story.control_id("L", when), when, style)
        words = note or f"result {service.code}, {status} ({style.name})"
        self.story.hl7(LAB, segments, words, when, style=style)
        return filler

    def charge(self, codes, minutes, *, kind="CG"):
        """A DFT with one FT1 per service code."""
        when = self.later(minutes)
        postings = [
            hl7.Posting(
                self.story.number("T"),
                world.SERVICES[code],
                self.rng.choice((1, 1, 1, 2)),
                when,
                kind,
            )
            for code in codes
        ]
        segments = hl7.dft(self.visit, postings, self.story.control_id("P", when), when)
        words = f"DFT, {len(codes)} {'charges' if kind == 'CG' else 'credits'}"
        self.story.hl7(PAS, segments, words, when)


INPATIENT_WARDS = ("SUR", "MED", "ICU", "PED", "MAT", "MED", "SUR")
NEXT_WARD = {"SUR": "ICU", "MED": "ICU", "ICU": "MED", "PED": "SUR", "MAT": "SUR"}
BORN = {"PED": (2012, 2024), "MAT": (1984, 2003)}


def inpatient(story, place, minute):
    """Admitted to a ward; most are examined, many are moved, half leave the same day."""
    ward = INPATIENT_WARDS[place % len(INPATIENT_WARDS)]
    person = story.patient(born=BORN.get(ward, (1941, 2004)))
    journey = Journey(story, person, ward=ward, visit_class="I", minute=minute)
    journey.minute -= 60
    if place % 3 == 0:
        journey.register(10)
    if place % 3 == 1:
        journey.register_in_ehr(10)
    if place % 4 == 1:
        journey.adt("A05", 15)
    journey.minute = minute
    journey.adt("A01", 0)
    examined(journey, place)
    if place % 3 != 2:
        journey.moves(NEXT_WARD[ward], 25)
    if place % 4 == 0:
        journey.moves_house(20)
    if place % 5 != 4:
        bed = world.WARDS[journey.visit.ward].bed_service
        journey.charge([bed, *inpatient_services(ward, story.rng)], 45)
    if place % 3 == 1 and place % 2:
        journey.update_in_ehr(10)
    if place % 2 == 0:
        journey.discharge(90)
    return journey


def inpatient_services(ward, rng):
    own = {"SUR": ["THR-HOUR", "THR-ANAE"], "MAT": ["MAT-BIRTH"], "MED": ["PHY-30"]}.get(ward, [])
    return [*own, *rng.sample(["PHA-DISP", "LAB-CBC", "RAD-XR", "LAB-CHEM"], 2)]


def examined(journey, place):
    """An order and its result; some results come first as preliminary, some orders are revoked."""
    if place % 4 == 3:
        return
    service = journey.rng.choice(LAB_SERVICES if place % 5 else radiology.SERVICES)
    number = journey.order(service, 12, in_bundle=place % 6 == 2)
    if place % 7 == 5:
        journey.revoke(number, service, 15)
        return
    if service.ward != "LAB":
        radiology.examine(
            journey.story, journey.visit, service, number, journey.minute + 15, place // 5
        )
        return
    filler = journey.result(number, service, 25, status="P") if place % 4 == 2 else ""
    filler = journey.result(number, service, 30, filler=filler)
    if place % 10 == 1:
        journey.result(number, service, 15, filler=filler, status="C")
    if place % 3 == 0:
        service = LAB_SERVICES[place % len(LAB_SERVICES)]
        journey.result(journey.order(service, 10), service, 30)


def emergency(story, place, minute):
    """Registered in emergency; examined, charged, most sent home, some kept."""
    journey = Journey(story, story.patient(), ward="EMR", visit_class="E", minute=minute)
    journey.adt("A04", 0)
    examined(journey, place + 1)
    if place % 3 == 0:
        journey.adt("A08", 10, cleared=(13,) if place % 6 == 3 else ())
    if place % 4 == 3:
        journey.moves("MED", 30)
    if place % 3 != 1:
        journey.charge(["ER-VISIT", "ER-OBS"][: 1 + place % 2] + ["RAD-XR"], 30)
    if place % 4 != 3:
        journey.discharge(20)
    return journey


def day_clinic(story, place, minute):
    """A day case, under the second facility's name."""
    journey = Journey(
        story,
        story.patient(),
        ward="DAY",
        visit_class="O",
        minute=minute,
        facility=world.DAY_CLINIC,
    )
    journey.adt("A04", 0)
    journey.charge(["DAY-BED", "DAY-INF"][: 1 + place % 2] + ["PHA-DISP"], 75)
    if place % 4 != 3:
        journey.discharge(60)
    return journey
