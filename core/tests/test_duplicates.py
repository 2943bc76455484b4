"""Which records may be of one, under which rule, and which never."""

import unittest

from core.duplicates import BASES, Record, Rule, address_key, email_key, keys, name_key, phone_key

JANE = Record(
    name="Jane Doe",
    phone="+1 555 010 4477",
    email="jane@example.org",
    street="1 High Street",
    postal_code="AB1 2CD",
    kind="patient",
    numbers=(("MR", "4711"), ("NH", "9434765919")),
)
RUBBISH = ["", " ", "-", "?", "\x00", "\ud800", "🙂", "x" * 10_000, "‮", "' OR 1=1 --"]


def alike(rule, one, other):
    return bool(keys(rule, one) & keys(rule, other))


class TestKeys(unittest.TestCase):
    def test_the_same_in_other_words_shares_a_key(self):
        other = Record(
            name="DOE, Jané Q.",
            phone="0555 0104477",
            email=" Jane@Example.ORG ",
            street="1, high street",
            postal_code="ab12cd",
            kind="patient",
            numbers=(("MR", "47-11"),),
        )
        for basis in BASES:
            with self.subTest(basis=basis):
                self.assertTrue(alike(Rule(basis), JANE, other))

    def test_a_namesake_shares_none(self):
        other = Record(name="Jane Doe", kind="patient")
        for basis in BASES:
            self.assertFalse(alike(Rule(basis), JANE, other))
            self.assertFalse(keys(Rule(basis), other))

    def test_a_family_shares_what_is_not_its_names(self):
        sister = Record(name="Joan Doe", phone=JANE.phone, kind="patient")
        self.assertFalse(alike(Rule("phone"), JANE, sister))
        self.assertTrue(alike(Rule("phone", needs_name=False), JANE, sister))

    def test_a_rule_is_for_one_kind_and_type(self):
        self.assertTrue(keys(Rule("phone", kind="patient"), JANE))
        self.assertFalse(keys(Rule("phone", kind="supplier"), JANE))
        self.assertEqual(len(keys(Rule("identifier"), JANE)), 2)
        self.assertEqual(len(keys(Rule("identifier", number_type="NH"), JANE)), 1)
        self.assertFalse(keys(Rule("identifier", number_type="AN"), JANE))

    def test_the_same_number_of_another_type_is_another(self):
        other = Record(name=JANE.name, kind="patient", numbers=(("AN", "4711"),))
        self.assertFalse(alike(Rule("identifier"), JANE, other))

    def test_a_number_without_a_type_says_nothing(self):
        self.assertFalse(keys(Rule("identifier"), Record(name="Jane Doe", numbers=(("", "4711"),))))

    def test_people_and_companies_and_kinds_are_kept_apart(self):
        for other in (
            Record(name=JANE.name, phone=JANE.phone, kind="supplier"),
            Record(name=JANE.name, phone=JANE.phone, kind="patient", is_company=True),
        ):
            self.assertFalse(alike(Rule("phone"), JANE, other))

    def test_a_key_tells_nothing_and_fits_the_database(self):
        for key in keys(Rule("identifier"), JANE):
            self.assertTrue(-(2**63) <= key < 2**63)

    def test_rubbish_makes_no_trouble(self):
        for text in RUBBISH:
            record = Record(text, text, text, text, text, text, numbers=((text, text),))
            for basis in BASES:
                for needs_name in (True, False):
                    with self.subTest(basis=basis, text=text[:10]):
                        found = keys(Rule(basis, needs_name=needs_name), record)
                        self.assertLessEqual(len(found), 1)


class TestWays(unittest.TestCase):
    def test_names(self):
        for one, other in (
            ("Jane Doe", "doe jane"),
            ("O'Brien, Séamus", "Seamus O Brien"),
            ("Jane Q. Doe", "Jane Doe"),
            ("MÜLLER Jürgen", "Jürgen Muller"),
            ("Straße", "STRASSE"),
        ):
            self.assertEqual(name_key(one), name_key(other), (one, other))
        self.assertNotEqual(name_key("Jane Doe"), name_key("Jane Roe"))
        self.assertNotEqual(name_key("J Doe"), name_key("K Doe"))
        for nothing in ("", "?", "X", "J D", "12"):
            self.assertEqual(name_key(nothing), "", nothing)

    def test_telephone_numbers(self):
        same = {
            phone_key(text) for text in ("+44 20 7946 0958", "020 7946 0958", "(0044)2079460958")
        }
        self.assertEqual(len(same), 1)
        self.assertEqual(phone_key("5551234"), "5551234")
        for nothing in ("", "12345", "0000000000", "999-9999", "n/a", "٠١٢٣٤٥٦٧٨٩"):
            self.assertEqual(phone_key(nothing), "", nothing)

    def test_mail(self):
        self.assertEqual(email_key(" A@B.ORG"), "a@b.org")
        for nothing in ("", "a", "@b.org", "a@", "a@localhost"):
            self.assertEqual(email_key(nothing), "", nothing)

    def test_addresses(self):
        self.assertEqual(address_key("1 High St.", "AB1 2CD"), address_key("1, HIGH ST", "ab12cd"))
        for street, code in (
            ("", "12345"),
            ("Road 1", ""),
            ("1", "12345"),
            ("Road 1", "1"),
            ("000", "000"),
            ("x1y", "x1y"),
            ("Road", "n/a"),
        ):
            self.assertEqual(address_key(street, code), "")


if __name__ == "__main__":
    unittest.main()
