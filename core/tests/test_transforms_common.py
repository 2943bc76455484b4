"""Transforms that serve every format."""

import unittest
from decimal import Decimal

from ..canonical import Coding, Identifier
from ..codecs.hl7v2 import Repetition
from ..errors import MappingError
from ..transforms import TRANSFORMS, describe
from ..transforms.common import code_system
from . import shipped


def run(name, *values, argument=""):
    return TRANSFORMS[name](values, argument, shipped.context())


class CommonTransformTest(unittest.TestCase):
    def test_every_transform_is_described_in_a_sentence(self):
        for name in TRANSFORMS:
            self.assertRegex(describe(name), r"^[A-Z].{10,140}\.$", name)

    def test_copy_gives_the_first_value_as_it_stands(self):
        self.assertEqual(run("copy", None, 7), 7)
        self.assertEqual(run("copy", Repetition("a^b")), "a")
        self.assertIsNone(run("copy"))

    def test_text_gives_the_first_words(self):
        self.assertEqual(run("text", "", " a "), "a")
        self.assertEqual(run("text", Repetition('""'), Repetition("b")), "b")
        self.assertEqual(run("text", Decimal("1.50")), "1.50")
        self.assertEqual(run("text", True), "true")
        self.assertEqual(run("text", (), ("x",)), "x")
        self.assertIsNone(run("text", {"a": 1}, None))

    def test_letters_can_be_made_small_or_capital(self):
        self.assertEqual((run("lower", "Ab"), run("upper", "Ab")), ("ab", "AB"))

    def test_code_names_its_system_as_fhir_does(self):
        self.assertEqual(
            run("code", "M", argument="HL70001"),
            Coding("M", "http://terminology.hl7.org/CodeSystem/v2-0001"),
        )
        self.assertIsNone(run("code", ""))
        self.assertEqual(code_system("ln"), "http://loinc.org")
        self.assertEqual(code_system("99LOCAL"), "99LOCAL")

    def test_fixed_is_said_wherever_the_source_says_anything(self):
        self.assertEqual(run("fixed", "x", argument="lot"), "lot")
        self.assertEqual(run("fixed", {"reference": "x"}, argument="customer"), "customer")
        self.assertIsNone(run("fixed", argument="lot"))

    def test_flags_are_yes_or_no_and_nothing_else(self):
        self.assertIs(run("flag", "Y"), True)
        self.assertIs(run("flag", "no"), False)
        self.assertIs(run("flag", False), False)
        self.assertIs(run("flag", "1", argument="not"), False)
        self.assertIsNone(run("flag", ""))
        with self.assertRaises(MappingError) as caught:
            run("flag", "maybe")
        self.assertEqual(caught.exception.code, "bad_flag")

    def test_numbers_keep_their_digits(self):
        for text in ("100.00", "-3", "+.5", "1e3", "0"):
            self.assertEqual(str(run("decimal", text)), str(Decimal(text)))
        self.assertIsNone(run("decimal"))

    def test_what_is_no_number_is_refused(self):
        for text in ("1,5", "NaN", "Infinity", "1e999", "٣", "1" * 31, "."):
            with self.subTest(text), self.assertRaises(MappingError) as caught:
                run("decimal", text)
            self.assertEqual(caught.exception.code, "bad_number")

    def test_joined_values_are_whole_or_nothing(self):
        self.assertEqual(run("join", ("a",), ("b",)), "a|b")
        self.assertEqual(run("join", "a", 3, argument="-"), "a-3")
        self.assertIsNone(run("join", ("a",), ()))
        self.assertEqual(
            run("identifier", ("P1",), ("2",), argument="RXD"), Identifier("P1|2", type="RXD")
        )
        self.assertIsNone(run("identifier", ("P1",), ()))
