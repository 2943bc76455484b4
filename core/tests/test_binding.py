"""Which identifiers are one and the same."""

import unittest

from core.binding import clash, keys_of, namespace
from core.canonical import Identifier
from core.errors import IdentifiersClash


class TestNamespaces(unittest.TestCase):
    def test_a_uri_is_the_same_wherever_it_comes_from(self):
        identifier = Identifier("1", "https://example.org/mrn")
        self.assertEqual(namespace(identifier, "a"), namespace(identifier, "b"))

    def test_an_oid_is_written_one_way(self):
        self.assertEqual(
            namespace(Identifier("1", "2.16.840.1.113883.4.6"), "a"),
            "urn:oid:2.16.840.1.113883.4.6",
        )

    def test_registered_words_are_global(self):
        self.assertEqual(namespace(Identifier("04012345678901", "GTIN"), "a"), "gtin")

    def test_an_assigners_word_belongs_to_the_domain(self):
        self.assertEqual(namespace(Identifier("1", "MRN"), "grh"), "grh|MRN")
        self.assertEqual(namespace(Identifier("1", type="MR"), "grh"), "grh|MR")

    def test_the_ids_of_a_fhir_server_are_its_own(self):
        self.assertEqual(namespace(Identifier("1", "fhir:Patient"), "grh"), "grh|fhir:Patient")

    def test_the_first_of_equal_keys_wins(self):
        keys = keys_of((Identifier("1", "MRN", "MR"), Identifier("1", "MRN", "PI")), "grh")
        self.assertEqual(keys, {("grh|MRN", "1"): "MR"})


class TestClash(unittest.TestCase):
    def test_numbers_of_one_record_do_not_clash(self):
        known = {("grh|MRN", "1"): 7, ("nhs", "2"): 7}
        self.assertIsNone(clash([("grh|MRN", "1"), ("nhs", "2"), ("npi", "3")], known))
        self.assertIsNone(clash([("npi", "3")], known))
        self.assertIsNone(clash([], known))

    def test_the_first_two_that_name_different_records_are_told(self):
        known = {("a", "1"): 7, ("b", "2"): 7, ("c", "3"): 8, ("d", "4"): 9}
        keys = [("x", "0"), ("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]
        self.assertEqual(clash(keys, known), (("a", 7), ("c", 8)))

    def test_the_error_names_records_and_whose_numbers_they_are_in_one_order(self):
        error = IdentifiersClash("party", (("c", 8), ("a", 7)), path="identifiers")
        self.assertEqual(error.detail, "a → party 7, c → party 8")
        self.assertEqual((error.entity, error.records), ("party", (7, 8)))
        self.assertEqual((error.category, error.path), ("business", "identifiers"))
