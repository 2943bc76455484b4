"""What goes and what stays, and names that tell of nobody."""

from __future__ import annotations

import unittest

from .. import personal
from ..personal import (
    HOLDS,
    KINDS,
    decided,
    holds,
    identifier_digest,
    is_pseudonym,
    subject_pseudonym,
    subjects_of,
    word_pseudonym,
)

KEY = b"k" * 32
RUBBISH = ("", "/", "//", "party", "party/", "~", "\ud800", "x" * 9999, "a|b/c|d", "\0")


class WhatGoesAndWhatStays(unittest.TestCase):
    def test_each_kind_once_and_each_that_stays_says_why(self):
        names = [kind.name for kind in KINDS]
        self.assertEqual(len(names), len(set(names)))
        for kind in KINDS:
            with self.subTest(kind.name):
                self.assertIn(kind.fate, personal.FATES)
                self.assertEqual(bool(kind.why), kind.fate != personal.GOES)
                self.assertIn(kind.why, ("", *personal.REASONS))

    def test_identity_and_content_go_books_and_ledger_stay(self):
        fates = {kind.name: kind.fate for kind in KINDS}
        for name in ("binding", "alias", "version", "disagreement", "content", "chatter"):
            self.assertEqual(fates[name], personal.GOES)
        for name in ("invoice", "payment", "charge", "claim", "message"):
            self.assertEqual(fates[name], personal.STAYS)
        self.assertEqual(fates["delivery"], personal.DISGUISED)

    def test_books_that_name_a_contact_keep_name_and_address(self):
        self.assertEqual(decided("contact", is_accounted=True).why, personal.ACCOUNTING)
        self.assertEqual(decided("contact", is_accounted=False).why, personal.NOBODY)
        self.assertEqual(decided("binding", is_accounted=True).why, "")
        account = decided("bank_account", is_accounted=True)
        self.assertEqual((account.fate, account.why), (personal.STAYS, personal.ACCOUNTING))
        self.assertEqual(decided("bank_account", is_accounted=False).fate, personal.GOES)
        with self.assertRaises(KeyError):
            decided("horoscope", is_accounted=False)

    def test_what_stands_in_the_way(self):
        self.assertEqual(holds({}), ())
        self.assertEqual(holds(dict.fromkeys(HOLDS, 0)), ())
        self.assertEqual(holds({"login": 1, "open_delivery": 3}), ("open_delivery", "login"))
        with self.assertRaises(KeyError):
            holds({"mood": 1})


class Pseudonyms(unittest.TestCase):
    def test_a_subject_keeps_its_entity_and_its_equals(self):
        first = subject_pseudonym(KEY, "party/MRN|4711")
        self.assertTrue(first.startswith("party/~"))
        self.assertNotIn("4711", first)
        self.assertEqual(first, subject_pseudonym(KEY, "party/MRN|4711"))
        self.assertNotEqual(first, subject_pseudonym(KEY, "party/MRN|4712"))
        self.assertNotEqual(first, subject_pseudonym(b"other" * 8, "party/MRN|4711"))
        self.assertNotEqual(first[5:], subject_pseudonym(KEY, "employee/MRN|4711")[8:])

    def test_done_twice_is_done_once(self):
        once = subject_pseudonym(KEY, "party/MRN|4711")
        self.assertTrue(is_pseudonym(once))
        self.assertEqual(subject_pseudonym(KEY, once), once)

    def test_a_senders_own_words_are_no_pseudonym(self):
        for subject in ("party/~|4711", "party/MRN|~4711", "ADT^A01", "~x"):
            with self.subTest(subject):
                self.assertFalse(is_pseudonym(subject))

    def test_rubbish_is_disguised_or_left_alone_and_never_fails(self):
        for subject in RUBBISH:
            with self.subTest(subject[:9]):
                disguised = subject_pseudonym(KEY, subject)
                self.assertEqual(disguised == subject, "/" not in subject)
                self.assertEqual(subject_pseudonym(KEY, disguised), disguised)

    def test_a_word_is_disguised_and_keeps_its_equals(self):
        for word in ("4711", "Patient/4711/3", *RUBBISH):
            with self.subTest(word[:9]):
                disguised = word_pseudonym(KEY, word)
                self.assertRegex(disguised, r"^~[0-9a-f]{64}$")
                self.assertEqual(word_pseudonym(KEY, disguised), disguised)
        self.assertNotEqual(word_pseudonym(KEY, "a"), word_pseudonym(KEY, "b"))

    def test_a_number_can_be_shown_to_have_been_erased(self):
        told = identifier_digest(KEY, "party", "ehr|MRN", "4711")
        self.assertRegex(told, r"^[0-9a-f]{64}$")
        for other in (("party", "ehr", "MRN|4711"), ("party", "ehr|MRN", "4712"), ("", "", "")):
            self.assertNotEqual(told, identifier_digest(KEY, *other))
        for value in RUBBISH:
            identifier_digest(KEY, "party", "ehr|MRN", value)


class Subjects(unittest.TestCase):
    def test_of_a_local_number(self):
        self.assertEqual(subjects_of("party", "ehr|MRN", "7"), ("party/MRN|7", "party/|7"))

    def test_of_a_global_number(self):
        found = subjects_of("party", "urn:oid:1.2.3.4", "7")
        self.assertIn("party/1.2.3.4|7", found)
        self.assertIn("party/urn:oid:1.2.3.4|7", found)
        self.assertIn("product/GTIN|7", subjects_of("product", "gtin", "7"))

    def test_one_that_was_too_long_for_an_index(self):
        [long, _short] = subjects_of("party", "ehr|MRN", "7" * 400)
        self.assertLess(len(long), 200)
        self.assertIn("~", long)

    def test_rubbish(self):
        for text in RUBBISH[:-2]:
            if "\ud800" not in text:
                self.assertTrue(subjects_of("party", text, text))


if __name__ == "__main__":
    unittest.main()
