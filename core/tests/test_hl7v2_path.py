"""HL7 paths: what they find, and which are none."""

from __future__ import annotations

import unittest

from ..codecs.hl7v2_message import Repetition, groups, parse
from ..codecs.hl7v2_path import compile_path
from ..errors import MappingError

MESSAGE = parse(
    [
        "MSH|^~\\&|LAB|NORTH|||||ADT^A01",
        'PID|1||7^^^A&1.2&ISO^MR~8^^^B^PI~^^^C^~9^^^D^MR|""|Doe^Jane^""|Roe&von\\T\\||^^^',
        "IN1|1|PLAN1",
        "IN1|2|PLAN2|C2",
    ]
)


def texts(path: str, view=MESSAGE) -> list[str]:
    found = compile_path(path).values(view)
    return [value.raw if isinstance(value, Repetition) else value for value in found]


class Finding(unittest.TestCase):
    def test_a_field_gives_all_its_repetitions(self):
        self.assertEqual(len(texts("PID-3")), 4)
        self.assertEqual(texts("PID-3[2]"), ["8^^^B^PI"])
        self.assertEqual(texts("PID-3[9]"), [])

    def test_a_component_gives_the_first_repetition_unless_told(self):
        self.assertEqual(texts("PID-3.1"), ["7"])
        self.assertEqual(texts("PID-3[2].1"), ["8"])
        self.assertEqual(texts("PID-3[*].1"), ["7", "8", "9"])
        self.assertEqual(texts("PID-3.4.2"), ["1.2"])
        self.assertEqual(texts("PID-6.1.2"), ["von&"])

    def test_a_filter_keeps_the_repetitions_that_match(self):
        self.assertEqual(texts("PID-3[5=MR]"), ["7^^^A&1.2&ISO^MR", "9^^^D^MR"])
        self.assertEqual(texts("PID-3[5=MR].1"), ["7"])
        self.assertEqual(texts("PID-3[5=XX, PI].1"), ["8"])
        self.assertEqual(texts("PID-3[4.2=1.2].1"), ["7"])
        self.assertEqual(texts("PID-3[5=XX].1"), [])

    def test_the_first_segment_counts_unless_told(self):
        self.assertEqual(texts("IN1-2.1"), ["PLAN1"])
        self.assertEqual(texts("IN1[2]-2.1"), ["PLAN2"])
        self.assertEqual(texts("IN1[*]-2.1"), ["PLAN1", "PLAN2"])
        self.assertEqual(texts("IN1[*]-3"), ["C2"])
        self.assertEqual(texts("IN1[3]-2.1"), [])
        self.assertEqual(texts("ZZZ-1"), [])

    def test_the_first_alternative_that_gives_anything_counts(self):
        self.assertEqual(texts("PID-18.1 | PID-3[5=A|B].1|PID-3[5=PI].1 | PID-3.1"), ["8"])
        self.assertEqual(texts("PID-18.1|PID-19.1"), [])

    def test_what_is_empty_is_left_out_and_null_is_not(self):
        self.assertEqual((texts("PID-7"), texts("PID-8"), texts("PID-8.1")), ([], [], []))
        self.assertEqual((texts("PID-4"), texts("PID-5.3")), (['""'], ['""']))

    def test_a_null_field_is_null_in_every_component(self):
        self.assertEqual((texts("PID-4.1"), texts("PID-4.5")), (['""'], ['""']))

    def test_a_group_is_a_view_too(self):
        views = groups(MESSAGE, "IN1")
        self.assertEqual([texts("IN1-2.1", view) for view in views], [["PLAN1"], ["PLAN2"]])
        self.assertEqual([texts("PID-3.1", view) for view in views], [["7"], ["7"]])

    def test_header_fields_have_the_standard_numbers(self):
        self.assertEqual(texts("MSH-9.2"), ["A01"])
        self.assertEqual(texts("MSH-2"), [])


class Writing(unittest.TestCase):
    def test_a_path_tells_what_a_contract_must_allow(self):
        path = compile_path("PID-3[5=MR].1 | PID-3 | PID-3[2].1.2")
        self.assertEqual(path.places, ("PID-3.1", "PID-3.5", "PID-3"))
        self.assertEqual(str(path), "PID-3[5=MR].1 | PID-3 | PID-3[2].1.2")

    def test_a_path_is_compiled_once(self):
        self.assertIs(compile_path("PID-3.1"), compile_path("PID-3.1"))

    def test_what_breaks_the_grammar_is_named(self):
        for text in (
            "",
            "PID",
            "PID-0",
            "PID.3",
            "pid-3",
            "PID-3.",
            "PID-3[0]",
            "PID-3[5=]",
            "PID-3|",
            "PID-3.1.2.3",
        ):
            with self.assertRaises(MappingError) as caught:
                compile_path(text)
            self.assertEqual((caught.exception.code, caught.exception.path), ("bad_path", text))


if __name__ == "__main__":
    unittest.main()
