import json
import unittest
from decimal import Decimal

from ..codecs import fhir
from ..document import Envelope
from ..errors import BadBatch, BadDocument

NDJSON = "application/fhir+ndjson; charset=utf-8"
PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Muster"}]}
UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
HEADER = {
    "resourceType": "MessageHeader",
    "id": "m1",
    "eventCoding": {"system": "http://example.org/events", "code": "admit"},
    "source": {"endpoint": "http://his.example.org/a"},
}


def bundle(kind="collection", *entries, **more):
    body = {"resourceType": "Bundle", "type": kind, **more}
    return {**body, "entry": list(entries)} if entries else body


def entry(resource=PATIENT, method="", url="Patient/p1", **more):
    request = {"request": {"method": method, "url": url}} if method else {}
    return {**({"resource": resource} if resource else {}), **request, **more}


def decode(resource, **more):
    (document,) = fhir.decode(json.dumps(resource).encode(), **more)
    return document


class RefusalCase(unittest.TestCase):
    def assert_refused(self, resource, code, path="", **more):
        with self.assertRaises(BadDocument) as caught:
            decode(resource, **more)
        self.assertEqual((caught.exception.code, caught.exception.path), (code, path))
        return caught.exception


class TestDecode(RefusalCase):
    def test_a_resource_is_one_document(self):
        document = decode(PATIENT, content_type="application/fhir+json", headers={})
        self.assertEqual(
            (document.format, document.kind, document.body), ("fhir", "Patient", PATIENT)
        )
        self.assertEqual((document.index, document.envelope), (0, Envelope(type="Patient")))

    def test_a_bundle_is_one_document(self):
        self.assertEqual(decode(bundle("collection", entry(), entry(HEADER))).kind, "Bundle")

    def test_ndjson_is_a_document_a_line(self):
        body = b"\xef\xbb\xbf" + b"\r\n\n".join([json.dumps(PATIENT).encode()] * 2) + b"\n"
        documents = fhir.decode(body, content_type=NDJSON)
        self.assertEqual([document.index for document in documents], [0, 1])

    def test_every_bad_line_of_ndjson_is_listed(self):
        lines = [json.dumps(PATIENT), "invalid-row", '{"resourceType":"Patient","id":"a b"}']
        with self.assertRaises(BadBatch) as caught:
            fhir.decode("\n".join(lines).encode(), content_type=NDJSON)
        found = [(error.index, error.code, error.path) for error in caught.exception.errors]
        self.assertEqual(found, [(1, "not_json", ""), (2, "bad_value", "Patient.id")])

    def test_an_empty_body_is_refused_whatever_it_is_called(self):
        for content_type in ("", "application/fhir+json", NDJSON):
            with self.subTest(content_type), self.assertRaises(BadDocument) as caught:
                fhir.decode(b" \n", content_type=content_type)
            self.assertEqual(caught.exception.code, "empty_body")

    def test_another_version_of_fhir_is_refused_by_its_media_type(self):
        decode(PATIENT, content_type="application/fhir+json; fhirVersion=4.0")
        decode(PATIENT, content_type="not a media type")
        error = self.assert_refused(
            PATIENT, "wrong_fhir_version", content_type='application/fhir+json; fhirVersion="3.0"'
        )
        self.assertEqual(error.http_status, 415)

    def test_an_stu3_resource_shows_itself(self):
        stu3 = {"resourceType": "ChargeItem", "definition": ["http://example.org/tariff"]}
        self.assert_refused(stu3, "unknown_element", "ChargeItem.definition")

    def test_decimals_keep_their_digits(self):
        body = b'{"resourceType":"Invoice","status":"issued","totalNet":{"value":10.50,"currency":"EUR"}}'
        (document,) = fhir.decode(body)
        self.assertEqual(str(document.body["totalNet"]["value"]), "10.50")
        self.assertIn(b"10.50", fhir.dump(document.body))
        self.assertEqual(fhir.load(fhir.dump(document.body)), document.body)
        self.assertIsInstance(fhir.load(b"1.0"), Decimal)

    def test_nesting_without_end_is_refused_not_crashed_on(self):
        for depth in (70, 100_000):
            nested = (
                b'{"resourceType":"Patient","extension":'
                + b"[{" * 0
                + b"[" * depth
                + b"]" * depth
                + b"}"
            )
            with self.subTest(depth), self.assertRaises(BadDocument) as caught:
                fhir.decode(nested)
            self.assertEqual(caught.exception.code, "too_deep")

    def test_a_put_must_hold_what_its_address_says(self):
        options = fhir.FhirOptions(expected_type="Patient", expected_id="p1")
        decode(PATIENT, options=options)
        self.assert_refused(HEADER, "wrong_type", "MessageHeader", options=options)
        self.assert_refused({**PATIENT, "id": "p2"}, "wrong_id", "Patient.id", options=options)
        self.assert_refused(
            {"resourceType": "Patient", "active": True}, "wrong_id", "Patient.id", options=options
        )

    def test_what_was_parsed_already_can_be_read(self):
        self.assertEqual(fhir.read(PATIENT, index=3).index, 3)


class TestEnvelope(unittest.TestCase):
    def test_a_version_names_a_resource(self):
        meta = {
            "versionId": "7",
            "lastUpdated": "2024-01-01T00:00:00Z",
            "source": "http://his#req-1",
        }
        envelope = decode({**PATIENT, "meta": meta}).envelope
        self.assertEqual((envelope.id, envelope.is_id_unique), ("Patient/p1/7", True))
        self.assertEqual((envelope.source, envelope.time), ("http://his", "2024-01-01T00:00:00Z"))

    def test_a_version_without_id_names_nothing(self):
        envelope = decode({"resourceType": "Patient", "meta": {"versionId": "7"}}).envelope
        self.assertEqual((envelope.id, envelope.is_id_unique), ("", False))

    def test_a_message_is_named_by_its_header(self):
        body = bundle("message", entry(HEADER), id="b1", timestamp="2024-01-01T00:00:00Z")
        self.assertEqual(
            decode(body).envelope,
            Envelope(
                type="admit",
                id="m1",
                is_id_unique=True,
                source="http://his.example.org/a",
                time="2024-01-01T00:00:00Z",
            ),
        )

    def test_a_message_may_be_an_answer_and_have_an_event_uri(self):
        header = {
            "resourceType": "MessageHeader",
            "eventUri": "urn:event",
            "source": {"name": "HIS", "endpoint": "urn:his"},
            "response": {"identifier": "m0", "code": "ok"},
        }
        identifier = {"system": "urn:s", "value": "b1"}
        envelope = decode(bundle("message", entry(header), identifier=identifier)).envelope
        self.assertEqual(
            (envelope.type, envelope.id, envelope.correlation), ("urn:event", "urn:s|b1", "m0")
        )

    def test_a_bundle_is_named_by_its_identifier_or_version(self):
        for more, expected, is_unique in (
            ({}, "", False),
            # of no system, so anybody's: another content under it is another message
            ({"identifier": {"value": "b1"}}, "|b1", False),
            ({"identifier": {"system": "urn:s", "value": "b1"}}, "urn:s|b1", True),
            ({"identifier": {"system": "urn:s"}}, "", False),
            ({"id": "x", "meta": {"versionId": "1"}}, "Bundle/x/1", True),
        ):
            with self.subTest(more):
                envelope = decode(bundle("collection", **more)).envelope
                self.assertEqual((envelope.type, envelope.id), ("Bundle", expected))
                self.assertEqual(envelope.is_id_unique, is_unique)


class TestCanonicalBytes(unittest.TestCase):
    def test_order_and_space_do_not_matter_and_content_does(self):
        one = decode(PATIENT)
        other = decode(dict(reversed(PATIENT.items())))
        changed = decode({**PATIENT, "active": True})
        self.assertEqual(fhir.canonical_bytes(one), fhir.canonical_bytes(other))
        self.assertNotEqual(fhir.canonical_bytes(one), fhir.canonical_bytes(changed))

    def test_a_message_sent_again_with_a_new_stamp_is_the_same(self):
        first = decode(bundle("message", entry(HEADER), id="b1", timestamp="2024-01-01T00:00:00Z"))
        again = decode(bundle("message", entry(HEADER), id="b2", timestamp="2024-01-02T00:00:00Z"))
        self.assertEqual(fhir.canonical_bytes(first), fhir.canonical_bytes(again))


class TestBundleRules(RefusalCase):
    def test_every_type_of_bundle_is_taken(self):
        for kind in ("collection", "searchset", "batch-response", "transaction-response"):
            decode(bundle(kind, entry()))
        for kind in ("batch", "transaction", "history"):
            decode(bundle(kind, entry(method="PUT")))
        composition = {
            "resourceType": "Composition", "status": "final", "date": "2024", "title": "x",
            "type": {"text": "x"}, "author": [{"display": "x"}],
        }  # fmt: skip
        decode(bundle("document", entry(composition)))

    def test_a_bundle_without_type_or_of_an_unknown_one_is_refused(self):
        self.assert_refused({"resourceType": "Bundle"}, "missing_element", "Bundle.type")
        self.assert_refused(bundle("invalid-type"), "bad_value", "Bundle.type")

    def test_a_message_begins_with_its_header(self):
        for entries in ((), (entry(),), ({"fullUrl": UUID, "response": {"status": "200"}},)):
            body = bundle("message", *entries)
            self.assert_refused(body, "wrong_first_resource", "Bundle.entry[0].resource")

    def test_an_entry_holds_something(self):
        self.assert_refused(
            bundle("collection", {"fullUrl": UUID}), "empty_entry", "Bundle.entry[0]"
        )

    def test_an_empty_uuid_names_nothing(self):
        body = bundle("collection", entry(fullUrl="urn:uuid:"))
        self.assert_refused(body, "bad_full_url", "Bundle.entry[0].fullUrl")

    def test_a_transaction_says_what_to_do(self):
        self.assert_refused(bundle("batch", entry()), "missing_request", "Bundle.entry[0]")
        for resource, method, url in (
            (PATIENT, "PUT", "Patient/"),
            (PATIENT, "PUT", "Patient/other"),
            (PATIENT, "PUT", "Location/p1"),
            (PATIENT, "PUT", "Unknown/p1"),
            (None, "DELETE", "Patient"),
        ):
            with self.subTest(method=method, url=url):
                body = bundle("transaction", entry(resource, method, url))
                self.assert_refused(body, "bad_request_url", "Bundle.entry[0].request")
        body = bundle("transaction", {"resource": PATIENT, "request": {"method": "PUT"}})
        self.assert_refused(body, "bad_request_url", "Bundle.entry[0].request")

    def test_conditional_requests_and_reads_are_requests(self):
        for resource, method, url in (
            (PATIENT, "POST", "Patient"),
            (PATIENT, "PUT", "Patient?identifier=urn:s|1"),
            (None, "DELETE", "Patient?identifier=1"),
            (None, "DELETE", "http://example.org/fhir/Patient/p1"),
            (None, "GET", "/Patient?name=x"),
        ):
            with self.subTest(method=method, url=url):
                decode(bundle("transaction", entry(resource, method, url)))

    def test_one_resource_stands_once_unless_in_versions(self):
        one = entry(method="PUT", fullUrl="http://example.org/Patient/p1")
        self.assert_refused(
            bundle("batch", one, one), "duplicate_full_url", "Bundle.entry[1].fullUrl"
        )
        newer = {**one, "request": {**one["request"], "ifMatch": 'W/"2"'}}
        decode(bundle("batch", one, newer))
        versioned = {**one, "resource": {**PATIENT, "meta": {"versionId": "2"}}}
        decode(bundle("batch", one, versioned))
        decode(bundle("history", one, one))

    def test_bundles_inside_bundles_follow_the_same_rules(self):
        inner = bundle("batch", entry())
        body = bundle("collection", entry(), entry(inner))
        self.assert_refused(body, "missing_request", "Bundle.entry[1].resource.entry[0]")
