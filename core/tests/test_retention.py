"""How long a document is kept: as long as the endpoint says, or shorter by a line of its contract."""

import unittest

from ..codecs import fhir
from ..contract import RESTRICTED_DAYS, Attribute, Contract, Contracts, default_days
from ..document import Document, Envelope
from ..errors import MessageRefused
from . import shipped

CONTRACTS = Contracts(
    [
        Contract(
            "json",
            "a.* b",
            (
                Attribute("name", purpose="to greet"),
                Attribute("born", "restricted", "claims", 14),
                Attribute("sex", "restricted", "claims", 20),
            ),
        ),
        Contract("json", "b c", (Attribute("price", "public", "bills", 7),)),
        Contract("fhir", "Patient", (Attribute("birthDate", "restricted", "claims", 5),)),
        Contract("fhir", "Claim", (Attribute("created", "internal", "claims"),)),
        Contract("hl7v2", "ADT^*", (Attribute("PID-7", "restricted", "claims"),)),
    ]
)


def days(format, kind, most=90, body=None):
    return CONTRACTS.kept_days(Document(format, kind, body, Envelope(type=kind)), most)


class TestAttribute(unittest.TestCase):
    def test_days_are_some(self):
        for wrong in (0, -1):
            with self.subTest(wrong), self.assertRaises(MessageRefused) as caught:
                Attribute("id", "public", "x", wrong)
            self.assertEqual(caught.exception.code, "bad_retention")

    def test_what_is_proposed(self):
        self.assertEqual(default_days("restricted"), RESTRICTED_DAYS)
        self.assertEqual(default_days("confidential"), 0)

    def test_what_a_line_should_say_and_does_not(self):
        for line, lacks in (
            (Attribute("a", "restricted", "x", 3), ()),
            (Attribute("a", "restricted", "x"), ("retention",)),
            (Attribute("a", "restricted", " "), ("purpose", "retention")),
            (Attribute("a", "public", "x"), ()),
            (Attribute("a", "public"), ("purpose",)),
        ):
            with self.subTest(line):
                self.assertEqual(line.lacks, lacks)

    def test_the_shipped_ones_lack_nothing(self):
        kinds = {(row["format"], row["document"]) for row in shipped.rows("interop.contract")}
        lines = [
            (contract.document, line.path)
            for contract in shipped.contracts()._contracts
            for line in contract.attributes
            if line.lacks
        ]
        self.assertTrue(kinds)
        self.assertEqual(lines, [])


class TestKeptDays(unittest.TestCase):
    def test_the_shortest_line_of_any_contract_for_the_kind(self):
        self.assertEqual(days("json", "a.x"), 14)
        self.assertEqual(days("cloudevents", "a.x"), 14)
        self.assertEqual(days("json", "b"), 7)
        self.assertEqual(days("json", "c"), 7)

    def test_the_endpoint_where_that_is_shorter_or_no_line_says(self):
        self.assertEqual(days("json", "a.x", most=3), 3)
        self.assertEqual(days("json", "a.x", most=0), 0)
        self.assertEqual(days("json", "nobody's"), 90)
        self.assertEqual(days("json", "b", most=None), 7)
        self.assertIsNone(days("json", "nobody's", most=None))

    def test_what_is_restricted_and_has_no_end_gets_one(self):
        self.assertEqual(days("hl7v2", "ADT^A01"), RESTRICTED_DAYS)

    def test_all_that_stands_in_a_fhir_document_counts(self):
        patient = {"resourceType": "Patient", "id": "p"}
        claim = {"resourceType": "Claim", "contained": [patient]}
        inner = {"resourceType": "Bundle", "type": "batch", "entry": [{}, {"resource": claim}]}
        outer = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": inner}]}
        bare = {"resourceType": "Bundle", "type": "batch"}
        for body, expected in (
            (patient, 5),
            (claim, 5),
            (outer, 5),
            (bare, 90),
            ({"resourceType": "Claim"}, 90),
            ({"resourceType": "Basic", "entry": [{"resource": patient}]}, 90),
        ):
            with self.subTest(body):
                self.assertEqual(days("fhir", body["resourceType"], body=body), expected)

    def test_a_document_as_it_is_read(self):
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": {"resourceType": "Patient", "id": "1"}}],
        }
        self.assertEqual(CONTRACTS.kept_days(fhir.read(bundle), 90), 5)
