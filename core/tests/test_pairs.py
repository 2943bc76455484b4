"""HL7 v2 messages beside the FHIR that CDC and Microsoft expect of them: where CANON keeps an attribute, ours says the same.

Each difference is listed in ``pair_differences`` with its reason; one that is not listed fails, and so does one that is listed
and no longer there. Differences name the place and kind, never a value."""

from __future__ import annotations

import gzip
import json
import re
import unittest
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..canonical import Coding, Identifier, Moment
from ..codecs import hl7v2
from ..document import Document
from ..moments import parse_hl7, parse_iso
from . import shipped
from .pair_differences import EXPLAINED
from .samples import ROOT

#: what Microsoft's converter makes of a bare assigner and of a bare code system
MADE_UP = "http://example.com/v2-to-fhir-converter/Identifier/"
MADE_UP_CODES = "http://example.com/v2-to-fhir-converter/CodeSystem/"

#: pairs that test one data type in a message which tells nothing of its entity: read as the message that does
RETYPED = {
    "PV1-to-Encounter": b"ADT^A01",
    "PL-to-Location-all-leaves": b"ADT^A01",
    "IN1-to-Coverage": b"ADT^A08",
    "xad-to-address-type-h": b"ADT^A08",
}


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == kind]


def code_of(concept: dict[str, Any] | None) -> tuple[str, str]:
    coding = ((concept or {}).get("coding") or [{}])[0]
    return coding.get("code", ""), coding.get("system", "").removeprefix(MADE_UP_CODES)


class Comparison:
    """The differences between our entities and the expected resources, as names of what differs."""

    def __init__(self, document: Document, bundle: dict[str, Any]):
        self.document = document
        self.bundle = bundle
        self.found: list[str] = []
        context = shipped.context()
        self.entities: dict[str, list[Any]] = {}
        for fact in shipped.mapper().facts(document, context):
            if not fact.subject.endswith("/?"):
                entity = shipped.mapper().entity(fact, context)
                self.entities.setdefault(f"{fact.entity}.{fact.event}", []).append(entity)

    def of(self, name: str) -> list[Any]:
        return [
            entity
            for key, group in self.entities.items()
            if key.startswith(f"{name}.")
            for entity in group
        ]

    def differ(self, place: str, ours: Any, theirs: Any) -> None:
        if ours != theirs:
            self.found.append(place)

    def identifiers(
        self, place: str, ours: Iterable[Identifier], theirs: list[dict[str, Any]]
    ) -> None:
        own = {identifier.value: identifier for identifier in ours}
        expected = {item["value"].strip(): item for item in theirs if item.get("value", "").strip()}
        for value, item in expected.items():
            kind = code_of(item.get("type"))[0]
            if value not in own:
                self.found.append(f"{place}: {kind or 'one'} is missing")
                continue
            system = item.get("system", "").removeprefix(MADE_UP)
            self.differ(f"{place}.system", own[value].system, system)
            self.differ(f"{place}.type", own[value].type, kind)
        self.found += [
            f"{place}: {own[value].type or 'one'} is more" for value in own.keys() - expected.keys()
        ]

    def time(self, place: str, ours: Moment | None, theirs: str) -> None:
        expected = parse_iso(theirs, shipped.context().zone) if theirs else None
        if ours is None or expected is None:
            self.differ(place, ours, expected)
            return
        # FHIR cannot write an hour or a minute without seconds.
        precision = "second" if ours.precision in ("hour", "minute") else ours.precision
        self.differ(place, ours.at, expected.at)
        self.differ(f"{place}.precision", precision, expected.precision)

    def code(self, place: str, ours: Coding | None, theirs: dict[str, Any] | None) -> None:
        self.differ(place, (ours.code, ours.system) if ours else ("", ""), code_of(theirs))

    # -- the resources -------------------------------------------------------------------------------------------------

    def compare(self) -> list[str]:
        self.event()
        self.patient()
        self.deceased()
        self.merge()
        self.encounter()
        self.orders()
        self.reports()
        self.charges()
        self.appointments()
        self.coverages()
        return sorted(set(self.found))

    def event(self) -> None:
        (header,) = resources(self.bundle, "MessageHeader")
        told = header["eventCoding"]["display"].split("^")
        if self.document.kind.startswith("ADT") and told[0] != "ADT":
            return  # read as another type on purpose
        self.differ("MessageHeader.event", self.document.kind, "^".join(told[:2]).rstrip("^"))

    def deceased(self) -> None:
        """The time of death is not kept, but it is read as any other time is."""
        for expected in resources(self.bundle, "Patient"):
            if "deceasedDateTime" in expected:
                (text,) = hl7v2.compile_path("PID-29.1").values(self.document.body)
                moment = parse_hl7(text, shipped.context().zone)
                self.time("Patient.deceasedDateTime", moment, expected["deceasedDateTime"])

    def patient(self) -> None:
        expected = resources(self.bundle, "Patient")
        if not expected:
            return
        parties = self.of("party")
        references = [
            entity.party for entity in (*self.of("encounter"), *self.of("order")) if entity.party
        ]
        if not parties and not references:
            self.differ("Patient.identifier", [], expected[0].get("identifier", []))
            return
        self.identifiers(
            "Patient.identifier",
            (parties or references)[0].identifiers,
            expected[0].get("identifier", []),
        )
        if parties:
            party = parties[0]
            self.differ("Patient.gender", party.gender or "", expected[0].get("gender", ""))
            day = party.birth_date.isoformat() if party.birth_date else ""
            self.differ("Patient.birthDate", day, expected[0].get("birthDate", "")[:10])
            is_deceased = expected[0].get(
                "deceasedBoolean", "deceasedDateTime" in expected[0] or None
            )
            self.differ("Patient.deceased", party.is_deceased, is_deceased)

    def merge(self) -> None:
        for linkage in resources(self.bundle, "Linkage"):
            (merged,) = self.entities["party.merged"]
            told = {item["type"]: item["resource"]["identifier"] for item in linkage["item"]}
            self.identifiers("Linkage.historical", merged.identifiers, [told["historical"]])
            self.identifiers("Linkage.source", merged.merged_into.identifiers, [told["source"]])

    def encounter(self) -> None:
        ours = self.of("encounter")
        for expected in resources(self.bundle, "Encounter")[:1] if ours else ():
            encounter = ours[0]
            self.identifiers(
                "Encounter.identifier", encounter.identifiers, expected.get("identifier", [])
            )
            code = expected.get("class", {}).get("code", "")
            self.differ(
                "Encounter.class",
                encounter.encounter_class,
                shipped.translate("encounter_class", Coding(code)),
            )
            status = shipped.translate("fhir_encounter_status", Coding(expected["status"]))
            self.differ("Encounter.status", encounter.status, status)
            period = expected.get("period", {})
            self.time(
                "Encounter.period.start",
                encounter.period and encounter.period.start,
                period.get("start", ""),
            )
            self.time(
                "Encounter.period.end",
                encounter.period and encounter.period.end,
                period.get("end", ""),
            )
            self.places(encounter, expected)
            self.attending(encounter, expected)
            self.account(encounter)

    def appointments(self) -> None:
        ours, theirs = self.of("appointment"), resources(self.bundle, "Appointment")
        self.differ("Appointment", len(ours), len(theirs))
        for appointment, expected in zip(ours, theirs, strict=False):
            self.identifiers(
                "Appointment.identifier", appointment.identifiers, expected["identifier"]
            )
            status = shipped.translate("fhir_appointment_status", Coding(expected["status"]))
            self.differ("Appointment.status", appointment.status, status)
            period = appointment.period
            self.time("Appointment.start", period and period.start, expected.get("start", ""))
            self.time("Appointment.end", period and period.end, expected.get("end", ""))
            actors = [one["actor"]["reference"] for one in expected["participant"]]
            self.differ(
                "Appointment.staff",
                [reference.identifiers[0].value for reference in appointment.staff or ()],
                [self.number_of(one) for one in actors if one.startswith("Practitioner/")],
            )
            self.differ(
                "Appointment.location",
                bool(appointment.location),
                any(one.startswith("Location/") for one in actors),
            )

    def coverages(self) -> None:
        """Policies in the order of the message; Microsoft's type is of the plan's kind, which CANON leaves out."""
        ours, theirs = self.of("coverage"), resources(self.bundle, "Coverage")
        self.differ("Coverage", len(ours), len(theirs))
        for coverage, expected in zip(ours, theirs, strict=False):
            policies = [
                item["value"]
                for item in expected.get("identifier", ())
                if code_of(item.get("type"))[0] == "PLN"
            ]
            self.differ(
                "Coverage.identifier", [coverage.member_id] if coverage.member_id else [], policies
            )
            plans = [
                one["value"]
                for one in expected.get("class", ())
                if code_of(one["type"])[0] == "plan"
            ]
            self.differ("Coverage.plan", coverage.plan and [coverage.plan.code], plans or None)
            self.differ("Coverage.payor", bool(coverage.payer), bool(expected.get("payor")))
            period = expected.get("period", {})
            for place, day in (("start", coverage.valid_from), ("end", coverage.valid_until)):
                told = period.get(place, "")
                own = day.isoformat() if day else ""
                # a moment is told in the converter's own zone; we keep the day as it was written
                self.differ(
                    f"Coverage.period.{place}",
                    bool(own) if "T" in told else own,
                    "T" in told or told,
                )

    def number_of(self, reference: str) -> str:
        kind, id_ = reference.split("/")
        found = next(item for item in resources(self.bundle, kind) if item["id"] == id_)
        return found["identifier"][0]["value"]

    def places(self, encounter: Any, expected: dict[str, Any]) -> None:
        """The path of our place is made of the names that the expected Locations have."""
        names = {"Hospital Assigned"} if not expected.get("location") else set()
        for location in resources(self.bundle, "Location"):
            names.add(location.get("name", ""))
            names.update(item["value"] for item in location.get("identifier", ()))
        for place in (encounter.location, encounter.prior_location):
            parts = place.identifiers[0].value.split("|") if place else []
            self.differ(
                "Encounter.location", [part for part in parts if part and part not in names], []
            )

    def attending(self, encounter: Any, expected: dict[str, Any]) -> None:
        practitioners = {
            f"Practitioner/{item['id']}": item for item in resources(self.bundle, "Practitioner")
        }
        theirs = next(
            (
                practitioners[participant["individual"]["reference"]].get("identifier", [])
                for participant in expected.get("participant", ())
                if code_of((participant.get("type") or [{}])[0])[0] == "ATND"
            ),
            [],
        )
        ours = encounter.attending.identifiers if encounter.attending else ()
        self.identifiers("Encounter.attending", ours, theirs)

    def account(self, encounter: Any) -> None:
        for account in resources(self.bundle, "Account")[:1]:
            numbers = [item["value"] for item in account.get("identifier", ())]
            self.differ("Account.identifier", encounter.account, numbers[0] if numbers else None)

    def orders(self) -> None:
        ours = self.of("order")
        theirs = [
            item for item in resources(self.bundle, "ServiceRequest") if item.get("identifier")
        ]
        for order, expected in zip(ours, theirs, strict=False):
            self.identifiers("ServiceRequest.identifier", order.identifiers, expected["identifier"])
            self.code("ServiceRequest.code", order.code, expected.get("code"))
            status = shipped.translate("fhir_request_status", Coding(expected.get("status", "")))
            self.differ("ServiceRequest.status", order.status, status)
            self.time(
                "ServiceRequest.authoredOn", order.authored_at, expected.get("authoredOn", "")
            )
        self.differ("ServiceRequest", len(ours), len(theirs))

    def reports(self) -> None:
        theirs = [
            item for item in resources(self.bundle, "DiagnosticReport") if item.get("identifier")
        ]
        for order, expected in zip(self.of("order"), theirs, strict=False):
            self.identifiers(
                "DiagnosticReport.identifier", order.identifiers, expected["identifier"]
            )
            self.code("DiagnosticReport.code", order.code, expected.get("code"))
            status = shipped.translate("fhir_report_status", Coding(expected["status"]))
            self.differ("DiagnosticReport.status", order.status, status)

    def charges(self) -> None:
        ours, theirs = self.of("charge"), resources(self.bundle, "ChargeItem")
        for charge, expected in zip(ours, theirs, strict=False):
            self.identifiers(
                "ChargeItem.identifier", charge.identifiers, expected.get("identifier", [])
            )
            self.time(
                "ChargeItem.occurrence", charge.occurred_at, expected.get("occurrenceDateTime", "")
            )
            self.code("ChargeItem.code", charge.code, expected.get("code"))
            price = expected.get("priceOverride", {})
            amount = (
                (charge.amount.amount, charge.amount.currency) if charge.amount else (None, None)
            )
            self.differ("ChargeItem.price", amount, (price.get("value"), price.get("currency")))
            quantity = charge.quantity.value if charge.quantity else None
            self.differ("ChargeItem.quantity", quantity, expected.get("quantity", {}).get("value"))
        self.differ("ChargeItem", len(ours), len(theirs))


def pairs() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    folder = ROOT / "hl7v2"
    if not folder.exists():
        raise unittest.SkipTest(f"samples are not beside this checkout: {folder}")
    for path in sorted((folder / "cdc-reportstream-pairs").rglob("*.hl7")):
        yield path.stem, path.read_bytes(), load(path.with_suffix(".fhir"))
    microsoft = folder / "microsoft-fhir-converter"
    for path in sorted((microsoft / "expected-fhir").glob("*-expected.json*")):
        name = path.name.partition("-expected")[0]
        yield name, (microsoft / f"{name}.hl7").read_bytes(), load(path)


def load(path: Path) -> dict[str, Any]:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(body)


def retyped(name: str, body: bytes) -> bytes:
    """The message as one whose type states the entity that the pair is about."""
    return (
        re.sub(rb"\b[A-Z]{3}\^[A-Z]\d\d\^[A-Z]{3}_[A-Z]\d\d", RETYPED[name], body)
        if name in RETYPED
        else body
    )


class PairsTest(unittest.TestCase):
    def test_every_difference_from_the_expected_fhir_is_explained(self):
        names, found = set(), set()
        for name, body, bundle in pairs():
            names.add(name)
            (document,) = hl7v2.decode(retyped(name, body))
            found |= {(name, place) for place in Comparison(document, bundle).compare()}
        self.assertEqual(len(names), 24)
        self.assertEqual(sorted(found - EXPLAINED.keys()), [], "unexplained")
        self.assertEqual(sorted(EXPLAINED.keys() - found), [], "explained, but not there any more")
