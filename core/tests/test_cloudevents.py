import base64
import json
import random
import unittest
from unittest import mock

from ..codecs import batch, cloudevents
from ..document import Envelope
from ..errors import BadBatch, BadDocument
from . import samples
from .cloudevents_case import (
    BATCHED,
    HEADERS,
    MINIMAL,
    STRUCTURED,
    CloudEventsCase,
    binary,
    structured,
)


class ValidEvents(unittest.TestCase):
    def test_every_official_valid_event_is_accepted(self):
        for test in json.loads(samples.read("cloudevents/valid-events.json"))["tests"]:
            with self.subTest(test["id"]):
                envelope = structured(test["event"]).envelope
                self.assertEqual(test["event"]["source"], envelope.source)

    def test_every_official_valid_batch_is_accepted(self):
        for test in json.loads(samples.read("cloudevents/valid-batches.json"))["tests"]:
            with self.subTest(test["id"]):
                body = json.dumps(test["batch"]).encode()
                documents = cloudevents.decode(body, content_type=BATCHED)
                self.assertEqual(len(test["batch"]), len(documents))
                self.assertEqual(list(range(len(documents))), [found.index for found in documents])

    def test_an_events_attributes_become_its_envelope(self):
        event = MINIMAL | {
            "subject": "item/4",
            "time": "2026-11-23T12:00:00+01:00",
            "dataschema": "https://example.org/used/1",
            "datacontenttype": "application/json",
            "correlationid": "c-1",
            "flag": True,
            "count": -3,
            "unset": None,
            "data": {"item": "4", "quantity": 1.50},
        }
        document = structured(event)
        expected = Envelope(
            type="org.example.used",
            id="1",
            is_id_unique=True,
            source="/cabinet/3",
            subject="item/4",
            time="2026-11-23T12:00:00+01:00",
            correlation="c-1",
            schema="https://example.org/used/1",
            extensions=(("correlationid", "c-1"), ("count", "-3"), ("flag", "true")),
        )
        self.assertEqual(expected, document.envelope)
        self.assertEqual(("cloudevents", "org.example.used"), (document.format, document.kind))
        self.assertEqual("4", document.body["item"])

    def test_data_is_read_as_its_media_type_says(self):
        coded = base64.b64encode(b'{"a": "\xc3\xa9"}').decode()
        cases = (
            ({}, None),
            ({"data": None}, None),
            ({"data": "text"}, "text"),
            ({"data": [1, {"a": False}]}, [1, {"a": False}]),
            ({"data": '{"a": 1}'}, '{"a": 1}'),
            ({"data": "<a/>", "datacontenttype": "application/xml"}, "<a/>"),
            ({"data_base64": coded}, {"a": "é"}),
            ({"data_base64": coded, "datacontenttype": "text/x-json+json"}, {"a": "é"}),
            ({"data_base64": coded, "datacontenttype": "text/plain"}, '{"a": "é"}'),
            ({"data_base64": coded, "datacontenttype": "image/png"}, {"data_base64": coded}),
            ({"data_base64": ""}, None),
            ({"data_base64": None}, None),
            ({"datacontenttype": "application/fhir+json"}, None),
            ({"datacontenttype": "application/hl7-v2", "data": None}, None),
        )
        for members, body in cases:
            with self.subTest(members):
                document = structured(MINIMAL | members)
                self.assertEqual(body, document.body)
                self.assertEqual(body, cloudevents.load(cloudevents.dump(document.body)))

    def test_values_at_the_edge_of_what_is_allowed_are_accepted(self):
        for members in (
            {"source": "#f"},
            {"source": "//host/path"},
            {"source": "1-555-123-4567"},
            {"source": "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"},
            {"source": "mailto:a@example.org"},
            {"source": "https://user@[2001:db8::1]:8080/a%20b?q=/?#f"},
            {"dataschema": "urn:schema:1"},
            {"time": "2026-12-31T23:59:60Z"},
            {"time": "2027-01-01T00:59:60.5+01:00"},
            {"time": "2026-12-31T18:29:60-05:30"},
            {"time": "2026-11-23t12:00:00.123456789z"},
            {"time": "2024-02-29T00:00:00-00:00"},
            {"datacontenttype": 'multipart/mixed; boundary="a \\" b"; x=y'},
            {"smallest": -(2**31), "largest": 2**31 - 1},
            {"empty": ""},
            {"emoji": "\U0001f600"},
            {"id": " "},
            {"0": "a name of one digit"},
            {"averylongnameofanextensionattribute": "x"},
        ):
            with self.subTest(members):
                structured(MINIMAL | members)


class InvalidEvents(CloudEventsCase):
    """Each breaks one MUST of the specification; the path names the attribute."""

    def test_what_must_be_there_is_there(self):
        for name in MINIMAL:
            event = {key: value for key, value in MINIMAL.items() if key != name}
            error = self.assert_refused("missing_attribute", structured, event)
            self.assertEqual(name, error.path)
            self.assert_refused("missing_attribute", structured, MINIMAL | {name: None})
            self.assert_refused("missing_attribute", binary, **{f"ce_{name}": None})

    def test_the_version_is_one_point_zero(self):
        for version in ("1", "1.0.2", "0.3", "1.1", " 1.0", "", 1.0, 1, True, ["1.0"]):
            event = MINIMAL | {"specversion": version}
            self.assert_refused("unsupported_specversion", structured, event)
        self.assert_refused("unsupported_specversion", binary, ce_specversion="0.3")

    def test_core_attributes_are_strings(self):
        for name in ("id", "source", "type", "subject", "time", "dataschema", "datacontenttype"):
            for value in (1, 1.5, True, False, [], ["a"], {}, {"a": "b"}):
                error = self.assert_refused("attribute_type", structured, MINIMAL | {name: value})
                self.assertEqual(name, error.path)

    def test_core_attributes_are_not_empty(self):
        for name in ("id", "source", "type", "subject", "time", "dataschema", "datacontenttype"):
            self.assert_refused("attribute_empty", structured, MINIMAL | {name: ""})
        for name in ("id", "source", "type", "subject", "time", "dataschema"):
            self.assert_refused("attribute_empty", binary, **{f"ce_{name}": ""})

    def test_values_have_the_form_of_their_type(self):
        wrong = {
            "source": (
                *(" ", "/a b", "1:a", "%", "/%zz", "/ü", "a\\b", "<a>", "/a#b#c", "http://[::g]/"),
                *("http://[1.2.3.4]/", "http://a:port/", "^", "/{a}", "http://[::1"),
            ),
            "dataschema": (
                *("schema.json", "/schema", "//host/schema", "#a", "?a", "1a:b", "ht tp://a"),
                *("https://example.org/schema#part", ":", "https://a/[b]"),
            ),
            "time": (
                *("now", "2026-11-23", "12:00:00Z", "2026-11-23T12:00:00", "2026-11-23 12:00:00Z"),
                *("2026-11-23T12:00Z", "2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z"),
                *("2026-11-23T24:00:00Z", "2026-11-23T12:60:00Z", "2026-11-23T12:00:61Z"),
                *("2026-11-23T12:00:60Z", "2026-11-23T12:00:00+0100", "2026-11-23T12:00:00+24:00"),
                *("2026-11-23T12:00:00,5Z", "2026-11-23T12:00:00.Z", "20261123T120000Z"),
                *("0000-01-01T00:00:00Z", "2026-11-23T12:00:00Z ", "1795435200"),
            ),
            "datacontenttype": (
                *("json", "application/", "/json", "application json", "application/json;"),
                *("application/json; charset", "application/json; =utf-8", "a/b/c", "ä/b"),
                *(" application/json", "application/json, text/plain", 'a/b; c="d', "a/b; c=d e"),
            ),
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name, value=value):
                    event = MINIMAL | {name: value}
                    error = self.assert_refused("attribute_format", structured, event)
                    self.assertEqual(name, error.path)

    def test_names_are_lower_case_letters_and_digits(self):
        for name in (
            "Id",
            "EXT",
            "my_ext",
            "my-ext",
            "my.ext",
            "my ext",
            "é",
            "ªb",
            "",
            "a\n",
            "٣",
        ):
            self.assert_refused("attribute_name", structured, MINIMAL | {name: "x"})
            self.assert_refused("attribute_name", structured, MINIMAL | {name: None})
        for name in ("ce-", "ce-my-ext", "ce-my_ext", "ce-data", "ce-data_base64", "ce-Ext"):
            headers = HEADERS | {name: "x"}
            self.assert_refused("attribute_name", cloudevents.decode, b"", headers=headers)

    def test_a_name_that_may_be_a_value_is_not_repeated(self):
        error = self.assert_refused("attribute_name", structured, MINIMAL | {"Eva Muster": "x"})
        self.assertEqual("", error.path)
        error = self.assert_refused("attribute_name", structured, MINIMAL | {"my-ext": "x"})
        self.assertEqual("my-ext", error.path)

    def test_extensions_are_booleans_small_integers_or_strings(self):
        for value in (2**31, -(2**31) - 1, 1.5, 10.0, 1e3, [], [1], {}, {"a": 1}):
            error = self.assert_refused("attribute_type", structured, MINIMAL | {"ext": value})
            self.assertEqual("ext", error.path)

    def test_strings_hold_no_control_characters_and_no_noncharacters(self):
        for character in "\t\n\r\x01\x1f\x7f\x80\x9f\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff":
            for name in ("id", "type", "subject", "ext"):
                event = MINIMAL | {name: f"a{character}"}
                self.assert_refused("attribute_characters", structured, event)
        for escape in (b"\\u0000", b"\\uDEAD", b"\\ud800x"):
            event = json.dumps(MINIMAL).encode().replace(b'"1"', b'"' + escape + b'"')
            self.assert_refused("bad_character", structured, event)

    def test_a_name_is_given_once(self):
        twice = json.dumps(MINIMAL).encode().replace(b'"id"', b'"id": "2", "id"')
        self.assert_refused("duplicate_key", structured, twice)
        data = json.dumps(MINIMAL)[:-1].encode() + b', "data": {"a": 1, "a": 2}}'
        self.assert_refused("duplicate_key", structured, data)

    def test_data_comes_in_one_way(self):
        for data, encoded in (({}, "AA=="), (None, "AA=="), ("", ""), (1, None)):
            event = MINIMAL | {"data": data, "data_base64": encoded}
            self.assert_refused("data_and_data_base64", structured, event)

    def test_base64_is_strict(self):
        for value in (
            "A",
            "AA",
            "AA=",
            "AB==",
            "A A=",
            "AA==\n",
            "____",
            "é",
            "=AAA",
            1,
            True,
            [],
            {},
        ):
            error = self.assert_refused("not_base64", structured, MINIMAL | {"data_base64": value})
            self.assertEqual("data_base64", error.path)

    def test_data_of_a_text_type_is_a_string(self):
        for data in (1, True, [], {"a": 1}):
            event = MINIMAL | {"data": data, "datacontenttype": "text/plain"}
            self.assert_refused("data_not_text", structured, event)

    def test_encoded_data_is_of_its_own_type(self):
        for content_type, data, code in (
            ("application/json", b"{", "not_json"),
            ("application/json", b"\xff", "not_utf8"),
            ("application/vnd.x+json", b"[1,]", "not_json"),
            ("text/plain", b"\xff", "data_not_text"),
            ("text/plain; charset=us-ascii", b"\xc3\xa9", "data_not_text"),
            ("text/plain", b"a\0", "bad_character"),
            ("text/plain; charset=utf-7", b"a", "unsupported_charset"),
            ("text/plain; charset=zlib", b"a", "unsupported_charset"),
        ):
            with self.subTest(content_type, data=data):
                encoded = base64.b64encode(data).decode()
                event = MINIMAL | {"datacontenttype": content_type, "data_base64": encoded}
                self.assert_refused(code, structured, event)
                self.assert_refused(code, binary, data, content_type)

    def test_an_event_is_an_object_and_a_batch_is_an_array(self):
        for value in (None, [], [MINIMAL], "event", 1, True):
            self.assert_refused("not_an_object", structured, json.dumps(value).encode())
        for value in (None, {}, MINIMAL, "events", 1):
            body = json.dumps(value).encode()
            self.assert_refused("not_a_batch", structured, body, BATCHED)
        for body in (b"", b"{", b"[]]", b"\xff{}"):
            with self.assertRaises(BadDocument):
                structured(body, BATCHED)

    def test_every_bad_event_of_a_batch_is_listed(self):
        events = [MINIMAL, MINIMAL | {"id": ""}, None, [MINIMAL], MINIMAL | {"specversion": "0.3"}]
        with self.assertRaises(BadBatch) as caught:
            cloudevents.decode(json.dumps(events).encode(), content_type=BATCHED)
        found = [(error.index, error.code) for error in caught.exception.errors]
        self.assertEqual(
            [
                (1, "attribute_empty"),
                (2, "not_an_object"),
                (3, "not_an_object"),
                (4, "unsupported_specversion"),
            ],
            found,
        )
        self.assertEqual([0], [document.index for document in caught.exception.documents])

    def test_a_batch_has_an_end(self):
        with mock.patch.object(batch, "MAX_DOCUMENTS", 2):
            error = self.assert_refused("too_many_documents", structured, b"[1, 1, 1]", BATCHED)
        self.assertEqual(413, error.http_status)

    def test_other_event_formats_are_told_so(self):
        for content_type in (
            "application/cloudevents",
            "application/cloudevents+avro",
            "application/cloudevents-batch+xml",
            "application/cloudevents+json;",
        ):
            error = self.assert_refused(
                "unsupported_event_format", structured, MINIMAL, content_type
            )
            self.assertEqual(415, error.http_status)
        content_type = STRUCTURED + "; charset=utf-16"
        self.assert_refused("unsupported_charset", structured, MINIMAL, content_type)

    def test_an_attribute_fits_an_index(self):
        self.assert_refused("attribute_too_long", structured, MINIMAL | {"id": "é" * 513})
        self.assert_refused("attribute_too_long", structured, MINIMAL | {"ext": "x" * 8193})
        structured(MINIMAL | {"id": "é" * 512, "ext": "x" * 8192})


class Fuzz(unittest.TestCase):
    def test_no_malformed_event_raises_anything_but_bad_document(self):
        rng = random.Random(20261123)
        values = ["", "a", "\n", "\ud800", 0, 2**40, 1.5, None, True, [], {}, "%", "é/é", "data"]
        names = [*MINIMAL, "time", "data", "data_base64", "datacontenttype", "dataschema", "X", "é"]
        types = [
            "",
            STRUCTURED,
            BATCHED,
            "application/json",
            "application/fhir+json",
            "text/x",
            ";",
        ]
        for _ in range(1000):
            event = dict(MINIMAL)
            for _ in range(rng.randrange(4)):
                event[rng.choice(names)] = rng.choice(values)
            headers = {f"ce-{name}": str(value) for name, value in event.items()}
            body = json.dumps([event] if rng.random() < 0.3 else event).encode()
            if rng.random() < 0.3:
                body = body[: rng.randrange(len(body))]
            try:
                cloudevents.decode(body, content_type=rng.choice(types), headers=headers)
            except (BadDocument, BadBatch):
                continue
