"""Versions sort as their sources meant them, and no source can make the door fail."""

import unittest
from datetime import datetime, timezone

from ..codecs import hl7v2
from ..document import Document, Envelope
from ..sources import View, compile_source
from ..versions import Versions, version_text
from . import shipped


class VersionTextTest(unittest.TestCase):
    def test_a_time_sorts_as_text(self):
        earlier = version_text(datetime(987, 5, 8, 13, 6, 43, tzinfo=timezone.utc))
        later = version_text(datetime(2020, 5, 8, 13, 6, 43, tzinfo=timezone.utc))
        self.assertEqual(later, "20200508T130643.000000")
        self.assertLess(earlier, later)

    def test_a_sequence_number_tells_equal_times_apart(self):
        at = datetime(2020, 5, 8, tzinfo=timezone.utc)
        self.assertLess(version_text(at, "9"), version_text(at, "10"))
        self.assertLess(version_text(at), version_text(at, "1"))

    def test_a_bare_sequence_number_sorts_by_its_value(self):
        self.assertEqual(version_text(None, "42"), "n00000000000000000042")
        self.assertLess(version_text(None, "9"), version_text(None, "10"))

    def test_what_does_not_sort_says_nothing(self):
        for sequence in ("", "W/3", "-1", "٣", "1" * 21):
            self.assertEqual(version_text(None, sequence), "")


class VersionsTest(unittest.TestCase):
    def of_hl7(self, body, source):
        (document,) = hl7v2.decode(body)
        view = View(document, document.body)
        versions = Versions(document, shipped.context())
        compiled = compile_source("hl7v2", source) if source else None
        return versions.of(compiled, view), versions.of(compiled, view)

    def of_json(self, body, source, time=""):
        document = Document("json", "a.b.c.v1", body, Envelope("a.b.c.v1", time=time))
        versions = Versions(document, shipped.context())
        return versions.of(compile_source("json", source) if source else None, View(document, body))

    def test_hl7_takes_the_time_and_the_sequence_number(self):
        body = b"MSH|^~\\&|A|B|||20200101||ADT^A01|1|P|2.5|7\rEVN|A01|20200508130643"
        wanted = "20200508T130643.000000#00000000000000000007"
        self.assertEqual(self.of_hl7(body, "EVN-2 + MSH-13"), (wanted, wanted))
        self.assertEqual(self.of_hl7(body, "PV1-44 | EVN-2")[0], "20200508T130643.000000")

    def test_the_envelopes_time_stands_in(self):
        body = b"MSH|^~\\&|A|B|||20200101||ADT^A01|1\rEVN|A01|yesterday"
        for source in ("EVN-2 + MSH-13", "PV1-44", ""):
            self.assertEqual(self.of_hl7(body, source)[0], "20200101T000000.000000")

    def test_json_tells_numbers_from_times(self):
        self.assertEqual(self.of_json({"v": 7}, "v"), "n00000000000000000007")
        self.assertEqual(self.of_json({"v": "2020-05-08T13:06:43Z"}, "v"), "20200508T130643.000000")
        both = self.of_json({"v": "2020-05-08", "n": "3"}, "[n, v]")
        self.assertEqual(both, "20200508T000000.000000#00000000000000000003")

    def test_json_falls_back_to_the_envelope_and_then_to_nothing(self):
        for body in ({}, {"v": "soon"}, {"v": {}}):
            self.assertEqual(self.of_json(body, "v", time="2020-05-08"), "20200508T000000.000000")
            self.assertEqual(self.of_json(body, "v"), "")
        self.assertEqual(self.of_json({"v": 1}, "length(v)"), "")
        self.assertEqual(self.of_json({}, "", time="nonsense"), "")
