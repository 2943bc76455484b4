"""Check digits against what their issuers publish."""

import random
import unittest

from core.check_digits import SCHEMES, agrees, digit_of, holds

#: numbers as their issuers publish them, check digit included
PUBLISHED = {
    # HL7 v2.3 to v2.9, data type CK and CX: "12345 … is 5", "401 is 0", "9999, it's 4", "99999999, it's 8"
    "M10": ["123455", "4010", "99994", "999999998"],
    # the same place: "if the number is 1234567, then the mod 11 check digit = 4"
    "M11": ["12345674"],
    # NHS Data Dictionary, and the test range of NHS England that starts with 999
    "nhs": ["9434765919", "9434765870", "4505577104", "9990000018"],
    # GS1: how to calculate a check digit; ISBN and EAN of books and food
    "gtin": ["6291041500213", "4006381333931", "96385074", "036000291452", "10614141000415"],
    # CMS: National Provider Identifier, requirements for the check digit
    "NPI": ["1234567893"],
}
RUBBISH = [
    "",
    " ",
    "-",
    "7",
    "A",
    "12A45",
    "½",
    "٤٣",
    "²3",
    "1" * 65,
    "12.34",
    "+15",
    "\x00\x00",
    "''",
]


def luhn_of_standard(body):
    """HL7's own words: the odd positions as one number, doubled, the even ones before it, all digits added."""
    odd, even = body[::-1][0::2], body[::-1][1::2]
    return str(-sum(map(int, even + str(2 * int(odd)))) % 10)


class TestCheckDigits(unittest.TestCase):
    def test_what_issuers_publish_holds(self):
        for scheme, numbers in PUBLISHED.items():
            for number in numbers:
                with self.subTest(scheme=scheme, number=number):
                    self.assertTrue(holds(scheme, number))
                    self.assertEqual(digit_of(scheme, number[:-1]), number[-1])

    def test_every_other_last_digit_does_not(self):
        for scheme, numbers in PUBLISHED.items():
            for number in numbers:
                others = [number[:-1] + digit for digit in "0123456789" if digit != number[-1]]
                with self.subTest(scheme=scheme, number=number):
                    self.assertFalse([other for other in others if holds(scheme, other)])

    def test_every_single_wrong_digit_is_seen_but_by_hl7s_mod_11(self):
        for scheme, numbers in PUBLISHED.items():
            for number in numbers:
                for place in range(len(number)):
                    for digit in set("0123456789") - {number[place]}:
                        wrong = number[:place] + digit + number[place + 1 :]
                        # it writes the remainders 0 and 1, and 10, with the digits of others
                        if scheme != "M11":
                            self.assertFalse(holds(scheme, wrong), (scheme, wrong))

    def test_hl7s_mod_10_is_luhn(self):
        chance = random.Random(61)
        for length in range(1, 21):
            for _time in range(50):
                body = "".join(chance.choice("0123456789") for _digit in range(length))
                self.assertEqual(digit_of("M10", body), luhn_of_standard(body), body)

    def test_hl7s_mod_11_counts_no_remainder_as_one(self):
        # 24: 4 x 2 + 2 x 3 = 14, 14 mod 11 = 3; 42: 2 x 2 + 4 x 3 = 16; 11 divides 2 x 2 + 6 x 3 = 22
        self.assertEqual(digit_of("M11", "24"), "8")
        self.assertEqual(digit_of("M11", "42"), "6")
        self.assertEqual(digit_of("M11", "62"), "0")

    def test_numbers_that_are_never_given_out_have_no_digit(self):
        # 10 would be left: 1 x 10 = 10 mod 11
        self.assertEqual(digit_of("nhs", "100000000"), "1")
        self.assertEqual(digit_of("nhs", "000000006"), "")
        self.assertFalse(any(holds("nhs", f"000000006{digit}") for digit in range(10)))

    def test_each_scheme_has_its_lengths(self):
        self.assertFalse(holds("nhs", "943476591"))
        self.assertFalse(holds("gtin", "629104150021"))
        self.assertFalse(holds("NPI", "12345678931"))
        self.assertTrue(holds("M10", "0" * 64))

    def test_groups_of_digits_may_stand_apart(self):
        self.assertTrue(holds("nhs", "943 476 5919"))
        self.assertTrue(holds("nhs", "943-476-5919"))

    def test_rubbish_never_holds(self):
        for scheme in SCHEMES:
            for text in RUBBISH:
                with self.subTest(scheme=scheme, text=text):
                    self.assertFalse(holds(scheme, text))

    def test_a_scheme_that_is_none_is_a_mistake_of_the_caller(self):
        with self.assertRaises(KeyError):
            holds("M12", "12345674")


class TestStated(unittest.TestCase):
    """CX-2 and CX-3 beside CX-1."""

    def test_the_number_stands_with_its_digit_or_without(self):
        self.assertTrue(agrees("M11", "1234567", "4"))
        self.assertTrue(agrees("M11", "12345674", "4"))
        self.assertTrue(agrees("M10", "12345", "5"))

    def test_another_digit_is_wrong(self):
        self.assertFalse(agrees("M11", "1234567", "5"))
        self.assertFalse(agrees("M10", "12345", "4"))
        self.assertFalse(agrees("M10", "12345", "x"))

    def test_what_cannot_be_told_is_not_held_against_the_sender(self):
        self.assertTrue(agrees("ISO", "1234567", "9"))
        self.assertTrue(agrees("BCV", "1234567", "9"))
        self.assertTrue(agrees("M11", "PATID1234", "5"))


if __name__ == "__main__":
    unittest.main()
