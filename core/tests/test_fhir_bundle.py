import unittest

from ..codecs.fhir_bundle import Part, display_name, parse_search, resolve, resources, type_and_id

UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": "urn:mrn", "value": "4711"}],
    "name": [{"family": "Muster", "given": ["Anna", "B."]}],
}


def bundle(kind, *entries):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def encounter(reference, **more):
    return {"resourceType": "Encounter", "subject": {"reference": reference}, **more}


def subject(part, parts):
    return resolve(part, parts)["subject"].get("_resolved")


class TestParts(unittest.TestCase):
    def test_a_resource_is_its_only_part(self):
        self.assertEqual(resources(PATIENT), (Part("Patient", PATIENT, path="Patient"),))

    def test_a_bundle_has_a_part_an_entry_with_method_and_place(self):
        request = {"method": "PUT", "url": "Patient/p1"}
        parts = resources(
            bundle("batch", {"fullUrl": UUID, "resource": PATIENT, "request": request})
        )
        place = "Bundle.entry[0].resource"
        self.assertEqual(parts, (Part("Patient", PATIENT, UUID, "PUT", place, "Bundle"),))

    def test_reads_are_left_out_and_places_stay(self):
        reads = [{"request": {"method": method, "url": "Patient/p1"}} for method in ("GET", "HEAD")]
        parts = resources(bundle("batch", *reads, {"resource": PATIENT}))
        self.assertEqual([part.path for part in parts], ["Bundle.entry[2].resource"])

    def test_a_delete_states_what_its_url_says(self):
        urls = ("Patient/p1", "Patient?identifier=urn:s|7", "Patient?name=x")
        entries = [{"request": {"method": "DELETE", "url": url}} for url in urls]
        parts = resources(bundle("transaction", *entries))
        self.assertEqual(
            [part.body for part in parts],
            [
                {"resourceType": "Patient", "id": "p1"},
                {"resourceType": "Patient", "identifier": [{"system": "urn:s", "value": "7"}]},
            ],
        )
        self.assertEqual({part.method for part in parts}, {"DELETE"})

    def test_a_history_comes_oldest_first(self):
        newest = {"resource": {**PATIENT, "active": False}}
        parts = resources(bundle("history", newest, {"resource": PATIENT}))
        self.assertEqual([part.body.get("active") for part in parts], [None, False])

    def test_bundles_inside_bundles_are_opened(self):
        inner = bundle("document", {"resource": PATIENT})
        (part,) = resources(bundle("collection", {"fullUrl": UUID, "resource": inner}))
        self.assertEqual(part.path, "Bundle.entry[0].resource.entry[0].resource")
        self.assertEqual(part.scope, "Bundle.entry[0].resource")

    def test_an_entry_without_resource_and_request_states_nothing(self):
        self.assertEqual(resources(bundle("collection", {"response": {"status": "200"}})), ())
        self.assertEqual(resources({"resourceType": "Bundle", "type": "collection"}), ())


class TestResolve(unittest.TestCase):
    EXPECTED = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": PATIENT["identifier"],
        "name": "Anna B. Muster",
    }

    def resolved(self, reference, *entries, full_url=""):
        first = {"resource": encounter(reference), **({"fullUrl": full_url} if full_url else {})}
        parts = resources(bundle("collection", first, *entries))
        return subject(parts[0], parts)

    def test_a_reference_by_full_url_finds_its_target(self):
        for reference in (UUID, UUID.upper().replace("URN:UUID", "urn:uuid")):
            found = self.resolved(reference, {"fullUrl": UUID, "resource": PATIENT})
            self.assertEqual(found, self.EXPECTED)

    def test_a_versioned_reference_finds_its_target(self):
        url = "http://a.example/fhir/Patient/p1"
        found = self.resolved(f"{url}/_history/3", {"fullUrl": url, "resource": PATIENT})
        self.assertEqual(found, self.EXPECTED)

    def test_a_relative_reference_is_relative_to_its_own_server(self):
        here = {"fullUrl": "http://a.example/Patient/p1", "resource": PATIENT}
        there = {
            "fullUrl": "http://b.example/Patient/p1",
            "resource": {**PATIENT, "name": [{"text": "B"}]},
        }
        full_url = "http://b.example/Encounter/e1"
        self.assertEqual(self.resolved("Patient/p1", here, there, full_url=full_url)["name"], "B")

    def test_a_relative_reference_nobody_can_place_is_taken_if_only_one_can_be_meant(self):
        one = {"fullUrl": UUID, "resource": PATIENT}
        self.assertEqual(self.resolved("Patient/p1", one), self.EXPECTED)
        other = {"fullUrl": "http://b.example/Patient/p1", "resource": PATIENT}
        third = {"fullUrl": "http://c.example/Patient/p1", "resource": PATIENT}
        self.assertIsNone(self.resolved("Patient/p1", one, other))
        self.assertIsNone(self.resolved("Patient/p1", one, other, third))

    def test_of_two_versions_the_last_one_is_meant(self):
        entries = [
            {"fullUrl": UUID, "resource": {**PATIENT, "name": [{"text": text}]}}
            for text in ("old", "new")
        ]
        self.assertEqual(self.resolved("Patient/p1", *entries)["name"], "new")

    def test_a_deleted_resource_is_no_target(self):
        deleted = {"request": {"method": "DELETE", "url": "Patient/p1"}}
        self.assertIsNone(self.resolved("Patient/p1", deleted))

    def test_what_is_not_carried_stays_unresolved(self):
        for reference in ("Patient/p2", "http://a.example/Patient/p1", "urn:oid:1.2", "#x", ""):
            self.assertIsNone(self.resolved(reference, {"fullUrl": UUID, "resource": PATIENT}))

    def test_a_search_by_identifier_resolves_to_what_it_says(self):
        found = self.resolved("Patient?identifier=urn:mrn|4711")
        self.assertEqual(found, {"resourceType": "Patient", "identifier": PATIENT["identifier"]})

    def test_contained_resources_are_found_in_their_own_resource(self):
        body = encounter("#x", contained=[{**PATIENT, "id": "x"}])
        parts = resources(body)
        self.assertEqual(subject(parts[0], parts)["name"], "Anna B. Muster")
        root = resources(encounter("#", id="e1"))
        self.assertEqual(subject(root[0], root), {"resourceType": "Encounter", "id": "e1"})

    def test_an_inner_bundle_looks_inside_itself_first_then_outside(self):
        inner_patient = {**PATIENT, "name": [{"text": "inner"}]}
        inner = bundle(
            "document", {"resource": encounter(UUID)}, {"fullUrl": UUID, "resource": inner_patient}
        )
        lonely = bundle("document", {"resource": encounter(UUID)})
        outer = {"fullUrl": UUID, "resource": {**PATIENT, "name": [{"text": "outer"}]}}
        parts = resources(bundle("collection", outer, {"resource": inner}, {"resource": lonely}))
        found = [subject(part, parts)["name"] for part in parts if part.kind == "Encounter"]
        self.assertEqual(found, ["inner", "outer"])

    def test_the_part_itself_stays_as_it_is_and_any_tuple_will_do(self):
        body = encounter(UUID)
        parts = resources(
            bundle("collection", {"resource": body}, {"fullUrl": UUID, "resource": PATIENT})
        )
        self.assertEqual(subject(parts[0], tuple(parts)), self.EXPECTED)
        self.assertEqual(body, encounter(UUID))


class TestWords(unittest.TestCase):
    def test_a_display_name_is_one_line(self):
        for resource, expected in (
            ({"name": "Ward 3"}, "Ward 3"),
            ({"name": [{"text": "Dr. Anna Muster"}]}, "Dr. Anna Muster"),
            ({"name": [{"use": "old", "family": "X"}, {"family": "Y"}]}, "Y"),
            (
                {"name": [{"use": "nickname", "given": ["Z"]}, {"use": "official", "family": "O"}]},
                "O",
            ),
            ({"name": [{"use": "old", "family": "X"}]}, ""),
            ({"deviceName": [{"name": "Pump", "type": "user-friendly-name"}]}, "Pump"),
            ({}, ""),
        ):
            with self.subTest(resource):
                self.assertEqual(display_name(resource), expected)

    def test_only_a_search_by_one_identifier_is_understood(self):
        coded = {"resourceType": "Patient", "identifier": [{"value": "1"}]}
        self.assertEqual(parse_search("http://a.example/Patient?identifier=1"), coded)
        for url in (
            "Patient/1",
            "Patient?name=x",
            "Patient?identifier=",
            "X?identifier=1",
            "Patient?identifier=1&b=2",
        ):
            self.assertIsNone(parse_search(url), url)

    def test_type_and_id_are_read_from_the_end_of_a_url(self):
        self.assertEqual(
            type_and_id("http://a.example/fhir/Patient/1/_history/2"), ("Patient", "1")
        )
        for url in ("Patient", "Patient/", "Unknown/1", "Patient?identifier=1", UUID):
            self.assertIsNone(type_and_id(url), url)
