import doctest
import unittest

from .. import units
from ..units import UNITS, is_pack, unit_name


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite(units))
    return tests


class UnitsTest(unittest.TestCase):
    def test_both_code_systems_name_the_same_unit(self):
        for ucum, unece in (("mL", "MLT"), ("kg", "KGM"), ("1", "C62"), ("h", "HUR"), ("m", "MTR")):
            self.assertEqual(unit_name(ucum), unit_name(unece))

    def test_case_matters(self):
        self.assertEqual("", unit_name("KG"))

    def test_what_is_measured_is_no_pack(self):
        self.assertFalse([code for code in UNITS if is_pack(code)])

    def test_packs_are_known_with_and_without_their_letter(self):
        for code in ("BX", "XBX", "bx", "PK", "{box}", "1{vial}"):
            self.assertTrue(is_pack(code), code)

    def test_nothing_is_made_of_what_is_no_code(self):
        for code in ("", "furlong", "a b.c", "{a}{b}", "XX"):
            self.assertEqual("", unit_name(code))
            self.assertFalse(is_pack(code))
