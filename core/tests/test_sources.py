"""Source paths, joined parts, the envelope and conditions."""

import doctest
import unittest

import jmespath

from .. import json_places
from ..codecs import hl7v2
from ..document import Document, Envelope
from ..errors import MappingError
from ..json_places import places_of
from ..sources import View, compile_condition, compile_source, elements, trigger_of

MESSAGE = b"MSH|^~\\&|LAB|NORTH|||20200508||ADT^A01|1\rPID|||7^^^A^MR~8^^^B^PI||Doe^Jane\rPV1|1|I"


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite(json_places))
    return tests


def hl7_view():
    (document,) = hl7v2.decode(MESSAGE)
    return View(document, document.body)


def json_view(body, kind="org.interop.item.consumed.v1", **envelope):
    return View(Document("json", kind, body, Envelope(kind, **envelope)), body)


class SourceTest(unittest.TestCase):
    def read(self, text, view):
        values = compile_source(view.document.format, text).read(view)
        return tuple(
            tuple(getattr(value, "raw", value) for value in part)
            if isinstance(part, tuple)
            else getattr(part, "raw", part)
            for part in values
        )

    def test_an_hl7_path_gives_repetitions_or_texts(self):
        self.assertEqual(self.read("PID-3", hl7_view()), ("7^^^A^MR", "8^^^B^PI"))
        self.assertEqual(self.read("PID-2.1 | PID-3[5=PI].1", hl7_view()), ("8",))

    def test_joined_parts_are_a_tuple_each(self):
        self.assertEqual(self.read("PID-3.1 + PID-9 + PID-5.1", hl7_view()), (("7",), (), ("Doe",)))
        self.assertEqual(self.read("PID-9 + PID-10", hl7_view()), ())

    def test_the_envelope_is_read_by_its_words(self):
        view = json_view({}, source="lab", facility="north", subject="x/1", time="2020-05-08")
        for word, value in (
            ("@kind", "org.interop.item.consumed.v1"),
            ("@trigger", "consumed"),
            ("@source", "lab"),
            ("@facility", "north"),
            ("@subject", "x/1"),
            ("@time", "2020-05-08"),
        ):
            self.assertEqual(self.read(word, view), (value,))
        self.assertEqual(self.read("@source", json_view({})), ())
        self.assertEqual(self.read("@trigger", hl7_view()), ("A01",))

    def test_a_kind_without_event_has_no_trigger(self):
        self.assertEqual(trigger_of(json_view({}, kind="Patient").document), "")

    def test_json_gives_values_and_nothing_for_what_is_empty(self):
        body = {"a": {"b": [1, None, "x"], "c": False}, "d": "", "e": [], "f": [None, ""]}
        for text, values in (
            ("a.b", (1, None, "x")),
            ("a.b[0]", (1,)),
            ("a.c", (False,)),
            ("a.z", ()),
            ("a.b.z", ()),
            ("d", ()),
            ("e", ()),
            ("f", ()),
            ("a.b[?@=='x'] | [0]", ("x",)),
        ):
            self.assertEqual(self.read(text, json_view(body)), values)

    def test_a_path_that_breaks_its_grammar_is_refused(self):
        for format_name, text in (
            ("hl7v2", "PID.3"),
            ("json", "a["),
            ("json", "@nothing"),
            ("fhir", "a..b"),
        ):
            with self.subTest(text), self.assertRaises(MappingError) as caught:
                compile_source(format_name, text)
            self.assertEqual(caught.exception.code, "bad_path")

    def test_a_function_that_meets_a_wrong_type_names_the_path_and_no_value(self):
        with self.assertRaises(MappingError) as caught:
            self.read("length(a)", json_view({"a": 731}))
        self.assertEqual((caught.exception.code, caught.exception.path), ("bad_value", "length(a)"))
        self.assertNotIn("731", str(caught.exception))

    def test_places_are_what_a_contract_must_allow(self):
        self.assertEqual(compile_source("hl7v2", "PID-3 + PV1-19.1").places, ("PID-3", "PV1-19.1"))
        self.assertEqual(compile_source("json", "a.b").places, ("a.b",))
        self.assertEqual(compile_source("json", "@time").places, ())

    def test_elements_carry_the_whole_beside_themselves(self):
        body = {"lines": [{"n": 1}, None, "x"]}
        read = compile_source("json", "lines").read
        found = elements(body, read, json_view(body).document)
        self.assertEqual(found, ({"n": 1, "_root": body}, {"value": "x", "_root": body}))


class ConditionTest(unittest.TestCase):
    def holds(self, text, view):
        return compile_condition(view.document.format, text).holds(view)

    def test_a_path_must_give_something(self):
        self.assertTrue(self.holds("PID-3", hl7_view()))
        self.assertFalse(self.holds("PID-9", hl7_view()))

    def test_a_value_must_be_one_of_a_list(self):
        self.assertTrue(self.holds("PV1-2=I|O", hl7_view()))
        self.assertFalse(self.holds("PV1-2=O", hl7_view()))
        self.assertTrue(self.holds("PID-9=|O", hl7_view()))
        self.assertTrue(self.holds("PID-3[5=PI].1=8", hl7_view()))

    def test_a_value_must_not_be_one_of_a_list(self):
        self.assertTrue(self.holds("PV1-2!=O|E", hl7_view()))
        self.assertFalse(self.holds("PV1-2!=I", hl7_view()))
        self.assertFalse(self.holds("PID-9!=", hl7_view()))

    def test_all_of_several_must_hold(self):
        self.assertTrue(self.holds("PV1-2=I and PID-9=", hl7_view()))
        self.assertFalse(self.holds("PV1-2=I and PID-9", hl7_view()))

    def test_json_conditions_are_values_or_jmespath(self):
        view = json_view({"status": "done", "flag": False, "n": 2, "o": {}})
        for text, held in (
            ("status", True),
            ("flag", False),
            ("flag=false", True),
            ("status=done|over", True),
            ("n=2", True),
            ("o=x", False),
            ("status == 'done'", True),
            ("status != 'done'", False),
            ('contains(`["done"]`, status) && !flag', True),
        ):
            self.assertEqual(self.holds(text, view), held, text)


class PlacesTest(unittest.TestCase):
    def test_every_kind_of_expression_tells_where_it_looks(self):
        for text, places in (
            ("a.b", ("a.b",)),
            ("a[0].b", ("a.b",)),
            ("a[*].b", ("a.b",)),
            ("a[1:2].b", ("a.b",)),
            ("a[].b", ("a.b",)),
            ("a.*.b", ("a.*.b",)),
            ("[a, b.c]", ("a", "b.c")),
            ("{x: a, y: b[?c].d}", ("a", "b.d", "b.c")),
            ("a[?x=='y'].z | [0]", ("a.z", "a.x")),
            ("a || b.c && d", ("a", "b.c", "d")),
            ("!a", ("a",)),
            ("a == `null`", ("a",)),
            ("length(a)", ("a",)),
            ("sort_by(a, &b)[0]", ("a",)),
            ("[a, a.b]", ("a",)),
            ("@", ("*",)),
            ("[@, a]", ("*",)),
            (
                "extension[?url=='http://x.example/v.1'].valueCode | [0]",
                ("extension(http://x.example/v.1)",),
            ),
            ("a[].merge(@, {b: extension[?url=='u'].valueCode})", ("a", "a.extension(u)")),
            ("extension[?url=='u'].extension[] | [?url=='v'].valueCode", ("extension(u)",)),
            ("extension[?url!='u'].valueCode", ("extension.valueCode", "extension.url")),
            ("extension[?url==id].url", ("extension.url", "extension.id")),
            ("extension[?url].id", ("extension.id", "extension.url")),
        ):
            self.assertEqual(places_of(jmespath.compile(text).parsed), places, text)
