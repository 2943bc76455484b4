import json
import unittest
from decimal import Decimal

from ..codecs.fhir_primitives import PRIMITIVES
from . import samples

GOOD = {
    "base64Binary": ["QUJD", "QUJD\nQUI="],
    "boolean": [True, False],
    "canonical": ["http://example.org/Profile|1.0"],
    "code": ["final", "two words"],
    "date": ["2024", "2024-02", "2024-02-29"],
    "dateTime": ["2024", "2024-02", "2024-02-29", "2024-02-29T10:00:00.5+02:00", "2016-12-31T23:59:60Z"],
    "decimal": [1, -1, Decimal("1.50"), Decimal("1E-3")],
    "id": ["a.B-9", "x" * 64],
    "instant": ["2024-02-29T10:00:00Z", "2024-02-29T10:00:00.123-14:00"],
    "integer": [0, -(2**31), 2**31 - 1],
    "markdown": ["# one\n\ttwo"],
    "oid": ["urn:oid:1.2.840.0"],
    "positiveInt": [1],
    "string": ["words", "non\u00a0breaking", "line\r\n"],
    "time": ["23:59:59", "10:00:00.25"],
    "unsignedInt": [0],
    "uri": ["urn:x", "Patient/1"],
    "url": ["mailto:a@b"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
    "xhtml": ["<div>x</div>"],
}  # fmt: skip
BAD = {
    "base64Binary": ["QU*D", 1],
    "boolean": ["true", 1, 0, None],
    "canonical": ["a b", ""],
    "code": [" final", "final ", "two  words", ""],
    "date": ["0000", "2023-02-29", "2024-13", "2024-4-1", "20240101", "2024-01-01T00:00:00Z", 2024],
    "dateTime": ["2024-02-30", "2024-02-29T10:00:00", "2024-02-29T10:00Z", "2024-02-29T24:00:00Z", ""],
    "decimal": ["1", True, None, [1]],
    "id": ["", "x" * 65, "a_b", "a b"],
    "instant": ["2024-02-29", "2023-02-29T10:00:00Z", "2024-02-29T10:00:00+14:30"],
    "integer": [2**31, Decimal("1.0"), True, "1"],
    "markdown": ["", 1],
    "oid": ["1.2.3", "urn:oid:1.02"],
    "positiveInt": [0, -1],
    "string": ["", "bell\x07", 1, None, ["a"]],
    "time": ["24:00:00", "10:00"],
    "unsignedInt": [-1],
    "uri": ["a b", ""],
    "url": [None],
    "uuid": ["urn:uuid:C757873D-EC9A-4326-A141-556F43239520", "c757873d-ec9a-4326-a141-556f43239520"],
    "xhtml": [""],
}  # fmt: skip


class TestPrimitives(unittest.TestCase):
    def test_every_primitive_type_accepts_its_values(self):
        for name, values in GOOD.items():
            for value in values:
                with self.subTest(type=name, value=value):
                    self.assertTrue(PRIMITIVES[name](value))

    def test_every_primitive_type_refuses_other_values(self):
        for name, values in BAD.items():
            for value in values:
                with self.subTest(type=name, value=value):
                    self.assertFalse(PRIMITIVES[name](value))

    def test_no_type_is_left_untested(self):
        self.assertEqual(set(PRIMITIVES), set(GOOD))
        self.assertEqual(set(PRIMITIVES), set(BAD))

    def test_the_values_google_says_a_parser_must_refuse_are_refused(self):
        for name, kind in (
            ("date_time", "dateTime"), ("decimal", "decimal"), ("id", "id"), ("instant", "instant")
        ):  # fmt: skip
            text = samples.read(f"fhir/google-primitive-cases/{name}.invalid.ndjson").decode()
            for line in text.splitlines():
                with self.subTest(type=kind, line=line):
                    self.assertFalse(PRIMITIVES[kind](json.loads(line, parse_float=Decimal)))
