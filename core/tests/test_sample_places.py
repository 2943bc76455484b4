"""A sample place by place, and what a contract could allow of it."""

from __future__ import annotations

import doctest
import unittest

from .. import allowing
from ..allowing import element_of, listed
from ..codecs.hl7v2 import Message
from ..codecs.hl7v2_message import parse
from ..contract import Contract, Contracts
from ..document import Document, Envelope
from ..sample_places import Place, places_of

HEADER = "MSH|^~\\&|LAB|NORTH|||2026||ADT^A01|7|P|2.5"
SSN = "http://hl7.org/fhir/sid/us-ssn"
RACE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
PLAIN = "http://example.org/fhir/StructureDefinition/parking"


def document(format: str, body, kind: str = "x") -> Document:
    return Document(format, kind, body, Envelope(type=kind))


def hl7(*lines: str, header: str = HEADER) -> Document:
    return document("hl7v2", parse([header, *lines]), "ADT^A01")


def told(one: Document, *allowed: str) -> list[Place]:
    contracts = Contracts([Contract.allowing(one.format, "*", *allowed)] if allowed else [])
    return places_of(one, contracts.minimise(one)[0])


def of(one: Document, path: str, *allowed: str) -> list[tuple[str, str]]:
    """(value, "kept", "never" or "could") of each part of a place."""
    return [
        (place.value, "kept" if place.is_kept else ("never" if place.is_never else "could"))
        for place in told(one, *allowed)
        if place.path == path
    ]


class Hl7Fields(unittest.TestCase):
    NUMBERS = "PID|||7^^^A^MR~123-45-6789^^^USSSA^SS"

    def test_a_repetition_that_is_never_stored_is_told_apart(self):
        found = of(hl7(self.NUMBERS), "PID-3", "PID-3")
        self.assertEqual(found, [("7^^^A^MR", "kept"), ("123-45-6789^^^USSSA^SS", "never")])

    def test_so_it_is_where_no_contract_allows_the_field(self):
        expected = [("7^^^A^MR", "could"), ("123-45-6789^^^USSSA^SS", "never")]
        for allowed in ((), ("PID-5",)):
            with self.subTest(allowed):
                self.assertEqual(of(hl7(self.NUMBERS), "PID-3", *allowed), expected)

    def test_a_field_of_nothing_else_can_not_be_allowed(self):
        found = of(hl7("PID|||123-45-6789^^^^SS~9^^^^DL"), "PID-3", "PID-3")
        self.assertEqual(found, [("123-45-6789^^^^SS~9^^^^DL", "never")])

    def test_parts_of_a_field_could_be_allowed(self):
        found = of(hl7("PID|||7^^^A^MR~1^^^^SS"), "PID-3", "PID-3.1")
        self.assertEqual(found, [("7^^^^", "kept"), ("7^^^A^MR", "could"), ("1^^^^SS", "never")])

    def test_of_equal_repetitions_each_counts(self):
        found = of(hl7("PID|||1^^^^SS~1^^^^SS~7^^^^MR~7^^^^MR"), "PID-3")
        self.assertEqual(found, [("7^^^^MR~7^^^^MR", "could"), ("1^^^^SS~1^^^^SS", "never")])

    def test_fields_and_segments_that_are_never_stored(self):
        one = hl7("PID|1|||||||||White", "DG1|1||I10", "PR1|1||X", "ZPI|y")
        places = {place.path: place for place in told(one, "PID-*", "DG1-*")}
        never = {path for path, place in places.items() if place.is_never}
        self.assertEqual(never, {"PID-10", "DG1-1", "DG1-3", "PR1-1"})
        self.assertFalse(places["ZPI-1"].is_kept or places["PR1-3"].is_kept)
        self.assertTrue(places["PID-1"].is_kept and places["MSH-10"].is_kept)

    def test_a_segment_is_compared_with_itself_among_those_of_its_name(self):
        one = hl7("NK1|1|A", "NTE|x", "NK1|2|B")
        places = [place for place in told(one, "NK1-2") if place.path.startswith("NK1")]
        self.assertEqual([place.is_kept for place in places], [False, True, False, True])

    def test_without_a_separator_of_repetitions_a_field_is_one(self):
        plain = "MSH|^"
        for field, expected in (
            ("1^^^^SS", [("1^^^^SS", "never")]),
            ("7^^^^MR", [("7^^^^MR", "could")]),
        ):
            self.assertEqual(of(hl7(f"PID|||{field}", header=plain), "PID-3"), expected)

    def test_the_document_itself_is_all_kept(self):
        one = hl7(self.NUMBERS, "DG1|1||I10")
        self.assertTrue(all(place.is_kept for place in places_of(one, one)))
        empty = document("hl7v2", Message((), one.body.separators))
        self.assertEqual(places_of(empty, empty), [])


class JsonPlaces(unittest.TestCase):
    def test_each_leaf_in_its_order(self):
        body = {"item": [{"code": "A", "note": "x"}, {"code": "B"}], "lot": 7, "no": None}
        self.assertEqual(
            told(document("json", body), "item.code"),
            [
                Place("item[0].code", "A", True),
                Place("item[0].note", "x", False, True),
                Place("item[1].code", "B", True),
                Place("lot", "7", False),
            ],
        )

    def test_rubbish_is_told_as_well(self):
        for body in ("text", 7, [], [[1], [2]], {"a b[": {"": "x"}}):
            with self.subTest(body):
                one = document("json", body)
                self.assertFalse(any(place.is_kept for place in told(one)))

    def test_names_that_are_never_stored_are_so_wherever_they_stand(self):
        found = told(document("cloudevents", {"a": {"ssn": "1", "b": "2"}}), "*")
        self.assertEqual(found, [Place("a.ssn", "1", False, True), Place("a.b", "2", True)])


class FhirPlaces(unittest.TestCase):
    def fates(self, resource, *allowed):
        found = told(document("fhir", resource, resource["resourceType"]), *allowed)
        return {
            place.path: "kept" if place.is_kept else ("never" if place.is_never else "could")
            for place in found
        }

    def test_identifiers_of_a_state_and_elements_that_are_never_stored(self):
        found = self.fates(
            {
                "resourceType": "Patient",
                "identifier": [{"system": SSN, "value": "1"}, {"system": "urn:x", "value": "2"}],
                "photo": [{"title": "me"}],
                "_birthDate": {"id": "x"},
                "meta": {"profile": ["http://example.org/p"]},
                "gender": "female",
            },
            "gender",
        )
        self.assertEqual(
            found,
            {
                "resourceType": "kept",
                "identifier[0].system": "never",
                "identifier[0].value": "never",
                "identifier[1].system": "could",
                "identifier[1].value": "could",
                "photo[0].title": "never",
                "_birthDate.id": "never",
                "meta.profile[0]": "never",
                "gender": "kept",
            },
        )

    def test_extensions_could_be_allowed_by_their_url_and_not_all(self):
        def extended(url):
            return {"url": url, "valueString": f"of {url}"}

        bad = "http://example.org/a (b)"
        resource = {
            "resourceType": "Patient",
            "extension": [extended(RACE), extended(PLAIN), extended(bad)],
            "name": [{"extension": [extended(PLAIN)]}],
        }
        found = self.fates(resource, "gender")
        self.assertEqual(
            [found[f"extension[{number}].valueString"] for number in range(3)],
            ["never", "could", "never"],
        )
        self.assertEqual(found["name[0].extension[0].valueString"], "could")

    def test_resources_that_are_never_stored_within_a_bundle(self):
        entries = [
            {"resource": {"resourceType": "Patient", "active": True}},
            {"resource": {"resourceType": "Observation", "status": "final"}},
        ]
        found = self.fates({"resourceType": "Bundle", "type": "batch", "entry": entries})
        self.assertEqual(found["entry[0].resource.active"], "could")
        self.assertEqual(found["entry[1].resource.status"], "never")


class Listing(unittest.TestCase):
    def test_the_examples(self):
        self.assertEqual(doctest.testmod(allowing).failed, 0)

    def test_what_a_contract_would_list(self):
        patient = {
            "resourceType": "Patient",
            "contained": [{"resourceType": "Organization", "name": "x"}],
            "extension": [{"url": PLAIN, "valueString": "x"}],
            "contact": [{"name": {"text": "x"}}],
        }
        bundle = {"resourceType": "Bundle", "entry": [{"resource": patient}]}
        within = "entry[0].resource."
        for path, expected in (
            ("contact[0].name.text", ("Patient", "contact.name.text")),
            ("contained[0].name", ("Organization", "name")),
            ("extension[0].valueString", ("Patient", f"extension({PLAIN})")),
        ):
            for one, prefix in ((patient, ""), (bundle, within)):
                found = listed(document("fhir", one, one["resourceType"]), prefix + path)
                with self.subTest(path, kind=one["resourceType"]):
                    self.assertEqual((found.kind, found.path), expected)
        self.assertEqual(listed(hl7(), "PID-5").path, "PID-5")
        self.assertEqual(listed(document("json", {"a": [[1]]}), "a[0][0]").path, "a")

    def test_what_a_place_of_a_resource_stands_in(self):
        patient = {
            "resourceType": "Patient",
            "name": [{"family": "x"}],
            "contact": [{"name": {"text": "x"}}],
            "gender": "female",
            "extension": [{"url": PLAIN, "valueString": "x"}],
            "rubbish": "x",
        }
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": patient}]}
        strange = {"resourceType": "Nonsense", "name": "x"}
        for one, path, expected in (
            (patient, "name[0].family", "Patient.name (HumanName)"),
            (patient, "contact[0].name.text", "Patient.contact"),
            (patient, "gender", "Patient.gender"),
            (patient, "extension[0].valueString", f"Patient.extension({PLAIN})"),
            (patient, "rubbish", "Patient.rubbish"),
            (bundle, "entry[0].resource.name[0].family", "Patient.name (HumanName)"),
            (bundle, "type", "Bundle.type"),
            (strange, "name", "Nonsense.name"),
        ):
            with self.subTest(path):
                self.assertEqual(element_of(document("fhir", one), path), expected)

    def test_what_is_listed_is_kept(self):
        """Of every place that could be allowed: a contract that lists it keeps it."""
        patient = {
            "resourceType": "Patient",
            "name": [{"family": "x", "extension": [{"url": PLAIN, "valueString": "y"}]}],
            "contact": [{"name": {"text": "z"}}],
        }
        for one in (
            document("fhir", patient, "Patient"),
            document("json", {"a": [{"b": "x"}], "c": "y"}),
            hl7("PID|||7^^^A^MR~1^^^^SS||Doe^Jane"),
        ):
            could = [place for place in told(one) if not (place.is_kept or place.is_never)]
            self.assertTrue(could)
            for place in could:
                with self.subTest(place.path):
                    after = told(one, listed(one, place.path).path)
                    kept = [
                        other.value for other in after if other.path == place.path and other.is_kept
                    ]
                    self.assertIn(place.value, kept)
