"""Which identifiers are one and the same."""

import unittest

from core.binding import keys_of, namespace
from core.canonical import Identifier


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
