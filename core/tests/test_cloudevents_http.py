import base64
import json

from ..codecs import cloudevents
from ..document import Envelope
from ..errors import BadDocument
from . import samples
from .cloudevents_case import (
    BATCHED,
    HEADERS,
    MESSAGE,
    MINIMAL,
    PATIENT,
    STRUCTURED,
    CloudEventsCase,
    binary,
    structured,
)


class HttpBinding(CloudEventsCase):
    def test_the_conformance_features_hold(self):
        feature = samples.read("cloudevents/http-protocol-binding.feature").decode()
        scenarios = feature.split("Scenario Outline:")[1:]
        self.assertEqual(2, len(scenarios))
        for scenario in scenarios:
            head, _, body = scenario.split('"""')[1].strip().partition("\n\n")
            lines = (line.strip().partition(": ") for line in head.splitlines()[1:])
            headers = {name.lower(): value for name, _, value in lines}
            examples = scenario.split("Examples:")[1].strip().splitlines()[1:]
            for example in examples:
                content_type = example.strip("| ")
                with self.subTest(content_type):
                    self.check_feature(headers, body.encode(), content_type)

    def check_feature(self, headers, body, content_type):
        (document,) = cloudevents.decode(body, content_type=content_type, headers=headers)
        self.assertEqual({"message": "Hello World!"}, document.body)
        self.assertEqual(
            Envelope(
                type="com.example.someevent",
                id="1234-1234-1234",
                is_id_unique=True,
                source="/mycontext/subcontext",
                time="2018-04-05T03:56:24Z",
            ),
            document.envelope,
        )

    def test_all_modes_give_the_same_event(self):
        event = MINIMAL | {"subject": "Euro € 😀", "ext": 5, "data": {"a": [1]}}
        headers = {"ce_subject": "Euro%20%E2%82%AC%20%f0%9f%98%80", "ce_ext": "5"}
        first = structured(event)
        second = binary(b'{"a":[1]}', "application/json; charset=utf-8", **headers)
        (third,) = cloudevents.decode(json.dumps([event]).encode(), content_type=BATCHED)
        self.assertEqual(first, second)
        self.assertEqual(first, third)
        canonical = {cloudevents.canonical_bytes(found) for found in (first, second, third)}
        self.assertEqual(1, len(canonical))

    def test_another_content_has_other_canonical_bytes(self):
        first = cloudevents.canonical_bytes(structured(MINIMAL))
        for members in ({"data": 1}, {"subject": "s"}, {"time": "2026-11-23T12:00:00Z"}):
            self.assertNotEqual(first, cloudevents.canonical_bytes(structured(MINIMAL | members)))
        traced = structured(MINIMAL | {"traceparent": "00-0-1-00"})
        self.assertEqual(first, cloudevents.canonical_bytes(traced))

    def test_header_values_are_unquoted_and_decoded_once(self):
        for value, expected in (
            ("plain", "plain"),
            ("  plain\t", "plain"),
            ('"quoted \\"x\\" \\\\"', 'quoted "x" \\'),
            ('a "b c" d', "a b c d"),
            ("unneeded%41", "unneededA"),
            ("100%2525", "100%25"),
            ("%e2%82%ac", "€"),
            ("a + b", "a + b"),
        ):
            self.assertEqual(expected, binary(ce_subject=value).envelope.subject)

    def test_header_values_that_cannot_be_decoded_are_refused(self):
        for value in (
            "%C0%A0",
            "%ED%A0%80",
            "%FF",
            "100%",
            "%zz",
            "%4",
            'a"b',
            '"a',
            "ü",
            "a\tb",
            "\x7f",
        ):
            error = self.assert_refused("header_encoding", binary, ce_subject=value)
            self.assertEqual("subject", error.path)
        self.assert_refused("attribute_characters", binary, ce_subject="a%0Ab")

    def test_the_content_type_is_the_data_content_type(self):
        headers = HEADERS | {"ce-datacontenttype": "application/json"}
        self.assert_refused("attribute_name", cloudevents.decode, b"1", headers=headers)
        self.assert_refused("attribute_format", binary, b"{}", "json")

    def test_a_body_is_read_as_the_content_type_says(self):
        for body, content_type, expected in (
            (b"", "", None),
            (b"", "application/json", None),
            (b'"x"', "application/json", "x"),
            (b"x", "text/plain", "x"),
            ("ü".encode("latin-1"), "text/csv; charset=ISO-8859-1", "ü"),
            (b"<a/>", "application/soap+xml", "<a/>"),
            (b"x", "", {"data_base64": "eA=="}),
            (b"x", "application/octet-stream", {"data_base64": "eA=="}),
        ):
            self.assertEqual(expected, binary(body, content_type).body)

    def test_plain_json_without_event_headers_is_no_event(self):
        body = json.dumps(MINIMAL).encode()
        self.assert_refused(
            "missing_attribute", cloudevents.decode, body, content_type="application/json"
        )

    def test_event_headers_beside_a_structured_event_do_not_count(self):
        body = json.dumps(MINIMAL).encode()
        (document,) = cloudevents.decode(body, content_type=STRUCTURED, headers={"ce-id": "other"})
        self.assertEqual("1", document.envelope.id)


class CarriedDocuments(CloudEventsCase):
    def carried(self, content_type, value, encode=str.encode):
        """The same data in every way an event can carry it."""
        text = value if isinstance(value, str) else json.dumps(value)
        members = {"datacontenttype": content_type}
        encoded = base64.b64encode(encode(text)).decode()
        yield structured(MINIMAL | members | {"data": value})
        yield structured(MINIMAL | members | {"data_base64": encoded})
        yield binary(encode(text), content_type)

    def test_a_fhir_resource_becomes_its_own_document(self):
        for document in self.carried("application/fhir+json; fhirVersion=4.0", PATIENT):
            self.assertEqual(("fhir", "Patient"), (document.format, document.kind))
            self.assertEqual(PATIENT, document.body)
            self.assertEqual("org.example.used", document.envelope.type)
            self.assertEqual(("1", "/cabinet/3"), (document.envelope.id, document.envelope.source))

    def test_a_message_becomes_its_own_document_and_names_its_facility(self):
        for content_type in ("application/hl7-v2", "x-application/hl7-v2+er7"):
            for document in self.carried(content_type, MESSAGE):
                self.assertEqual(("hl7v2", "ADT^A04"), (document.format, document.kind))
                self.assertEqual("/cabinet/3", document.envelope.source)
                self.assertEqual("WEST", document.envelope.facility)

    def test_a_message_keeps_its_letters_whatever_it_declares(self):
        for declared, codec in (("", "utf-8"), ("UNICODE UTF-8", "utf-8"), ("8859/1", "latin-1")):
            message = MESSAGE.replace("Muster", "Müller").replace(
                "2.5.1", f"2.5.1||||||{declared}~8859/2"
            )
            for document in self.carried(
                "application/hl7-v2", message, lambda t, c=codec: t.encode(c)
            ):
                self.assertIn("Müller", repr(document.body.named("PID")[0].raw(5)))

    def test_the_charset_of_the_content_type_counts_for_bytes(self):
        raw = MESSAGE.replace("Muster", "Małż").encode("iso-8859-2")
        document = binary(raw, "application/hl7-v2; charset=iso-8859-2")
        self.assertIn("Małż", document.body.named("PID")[0].raw(5))

    def test_letters_that_the_declared_set_lacks_are_refused(self):
        message = MESSAGE.replace("Muster", "Ж").replace("2.5.1", "2.5.1||||||8859/1")
        event = MINIMAL | {"datacontenttype": "application/hl7-v2", "data": message}
        self.assert_refused("bad_encoding", structured, event)

    def test_bad_carried_documents_are_refused(self):
        bad = PATIENT | {"birthDate": "31.12.1999"}
        for content_type, data in (
            ("application/fhir+json", bad),
            ("application/fhir+json", {"id": "p1"}),
            ("application/fhir+json", []),
            ("application/fhir+json", "Patient"),
            ("application/fhir+json; fhirVersion=3.0", PATIENT),
            ("application/hl7-v2", "EVN|A01"),
            ("application/hl7-v2", MESSAGE + MESSAGE),
            ("application/hl7-v2", MESSAGE + "MSH|^~\\&|\r"),
            ("application/hl7-v2", ""),
            ("application/hl7-v2", "ü"),
        ):
            with self.subTest(content_type, data=data), self.assertRaises(BadDocument):
                structured(MINIMAL | {"datacontenttype": content_type, "data": data})
