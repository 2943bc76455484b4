"""The codecs by name: media types, addresses, and the way back from storage."""

import unittest

from core.codecs import (
    MEDIA_TYPES,
    accepts,
    canonical_bytes,
    decode,
    dump_document,
    load_document,
    options_of_path,
)
from core.errors import BadDocument

BODIES = {
    "cloudevents": (
        "application/cloudevents+json",
        b'{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"a":1}}',
    ),
    "fhir": ("application/fhir+json", b'{"resourceType":"Patient","id":"p1"}'),
    "hl7v2": (
        "application/hl7-v2",
        b"MSH|^~\\&|A|B|C|D|20260102||ADT^A04|1|P|2.5\rPID|||1^^^B^MR\r",
    ),
    "json": (
        "application/json",
        b'{"type":"org.interop.item.consumed.v1","id":"1","data":{"a":1.50}}',
    ),
}


class TestCodecs(unittest.TestCase):
    def test_what_is_stored_reads_back_as_it_was(self):
        for name, (media, body) in BODIES.items():
            with self.subTest(name):
                (document,) = decode(name, body, content_type=media, headers={})
                again = load_document(
                    name, document.kind, document.envelope, dump_document(document)
                )
                self.assertEqual(again.body, document.body)
                self.assertEqual(canonical_bytes(document), canonical_bytes(again))

    def test_each_format_takes_its_own_media_types(self):
        for name in MEDIA_TYPES:
            self.assertTrue(accepts(name, BODIES[name][0] + "; charset=utf-8", {}))
            self.assertFalse(accepts(name, "text/html", {}))

    def test_a_binary_cloud_event_may_be_of_any_type(self):
        self.assertTrue(accepts("cloudevents", "text/html", {"ce-specversion": "1.0"}))
        self.assertFalse(accepts("json", "text/html", {"ce-specversion": "1.0"}))

    def test_an_address_promises_type_and_id_of_a_resource(self):
        self.assertIsNone(options_of_path("json", "POST", ""))
        options = options_of_path("fhir", "PUT", "Patient/p1")
        self.assertEqual((options.expected_type, options.expected_id), ("Patient", "p1"))
        self.assertEqual(options_of_path("fhir", "POST", "Patient").expected_id, "")

    def test_addresses_that_mean_nothing_are_refused(self):
        wrong = [
            ("fhir", "PUT", ""),
            ("fhir", "PUT", "Patient"),
            ("fhir", "POST", "Patient/p1"),
            ("fhir", "PUT", "Patient/p1/_history"),
            ("json", "POST", "x"),
        ]
        for arguments in wrong:
            with self.subTest(arguments), self.assertRaises(BadDocument):
                options_of_path(*arguments)
