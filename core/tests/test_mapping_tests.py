"""Tests of mappings: the outcome as JSON, and what differs from the expected one, in words."""

import unittest
from datetime import timezone
from decimal import Decimal

from ..codecs import decode
from ..codecs.strict_json import dumps, loads
from ..mapping import Mapper, Mapping, Rule
from ..mapping_tests import NOTHING, Mismatch, mismatches, outcome, written
from . import shipped

PATIENT = Mapping(
    "patient",
    "json",
    ("test.patient",),
    "party",
    "updated",
    version="version",
    rules=(
        Rule("identifiers", "id", "identifier", "MR", required=True),
        Rule("name", "name", "json.name"),
        Rule("is_deceased", "dead", "flag"),
    ),
)


def told(*documents, mapping=PATIENT):
    body = dumps([{"type": "test.patient", "data": one} for one in documents])
    found = decode("json", body, content_type="application/json", headers={})
    return outcome(Mapper([mapping]), found, shipped.context(), timezone.utc)


class OutcomeTest(unittest.TestCase):
    def test_each_fact_is_told(self):
        self.assertEqual(
            told({"id": "1", "name": {"family": "Roe"}, "version": "3"}, {"id": "2"})[0]["says"],
            {"identifiers": [{"value": "1", "type": "MR"}], "name": {"family": "Roe"}},
        )

    def test_an_error_is_told_by_its_code_and_place(self):
        [fact] = told({"id": "1", "dead": "perhaps"})
        self.assertEqual((fact["error"], fact["place"]), ("bad_flag", "dead"))
        [fact] = told({"name": "x"})
        self.assertEqual(fact["error"], "required")

    def test_a_subject_nobody_can_tell(self):
        lost = Mapping("lost", "json", ("test.patient",), "party", "updated", rules=())
        [fact] = told({"id": "1"}, mapping=lost)
        self.assertEqual((fact["error"], fact["place"]), ("no_key", "identifiers"))

    def test_what_is_to_be_emptied_is_null(self):
        rules = (Rule("identifiers", "PID-3", "hl7.identifiers"), Rule("name", "PID-5", "hl7.name"))
        mapping = Mapping("hl7", "hl7v2", ("ADT^A08",), "party", "updated", rules=rules)
        body = b'MSH|^~\\&|A|B|C|D|20260101||ADT^A08|1|P|2.5\rPID|1||7^^^MRN^MR||""\r'
        documents = decode("hl7v2", body, content_type="application/hl7-v2", headers={})
        [fact] = outcome(Mapper([mapping]), documents, shipped.context(), timezone.utc)
        self.assertIsNone(fact["says"]["name"])
        self.assertEqual(mismatches(loads(dumps([fact])), [fact]), ())


class MismatchTest(unittest.TestCase):
    fact = {
        "entity": "party",
        "event": "updated",
        "subject": "party/MR|1",
        "says": {
            "identifiers": [{"value": "1"}],
            "name": {"family": "Roe"},
            "is_deceased": True,
            "birth_date": None,
        },
    }

    def differing(self, **said):
        changed = {**self.fact, "says": {**self.fact["says"], **said}}
        return mismatches([self.fact], [changed])

    def test_the_same_differs_in_nothing(self):
        self.assertEqual(mismatches([self.fact], [self.fact]), ())
        self.assertEqual(mismatches([], []), ())

    def test_each_attribute_is_told_by_its_place(self):
        self.assertEqual(
            self.differing(name={"family": "Doe", "given": ["Jo"]}, is_deceased=False),
            (
                Mismatch(1, "says.name.family", "Roe", "Doe"),
                Mismatch(1, "says.name.given", NOTHING, "Jo"),
                Mismatch(1, "says.is_deceased", "true", "false"),
            ),
        )

    def test_nothing_said_is_not_to_be_emptied(self):
        self.assertEqual(
            self.differing(birth_date="2026-01-01"),
            (Mismatch(1, "says.birth_date", "null", "2026-01-01"),),
        )

    def test_lists_are_told_item_by_item_or_as_wholes(self):
        self.assertEqual(
            self.differing(identifiers=[{"value": "2"}]),
            (Mismatch(1, "says.identifiers[0].value", "1", "2"),),
        )
        self.assertEqual(
            self.differing(identifiers=[]),
            (Mismatch(1, "says.identifiers", "(value 1)", "[]"),),
        )

    def test_facts_too_many_or_too_few(self):
        [missing] = mismatches([self.fact], [])
        self.assertEqual((missing.fact, missing.place, missing.found), (1, "", NOTHING))
        self.assertIn("subject party/MR|1", missing.expected)
        [more] = mismatches([self.fact], [self.fact, self.fact])
        self.assertEqual((more.fact, more.expected), (2, NOTHING))

    def test_a_number_is_no_text_and_yes_is_no_number(self):
        self.assertEqual(len(self.differing(is_deceased=1)), 1)
        self.assertEqual(len(self.differing(is_deceased="true")), 1)

    def test_whatever_else_was_expected_differs(self):
        for rubbish in ({}, "x", 1, None, [[]], [None]):
            with self.subTest(rubbish):
                self.assertTrue(mismatches(rubbish, [self.fact]))


class WrittenTest(unittest.TestCase):
    def test_people_read_it_and_so_does_the_machine(self):
        value = [{"says": {"price": Decimal("1.50"), "none": None, "many": []}, "event": "ü"}, {}]
        text = written(value)
        self.assertEqual(loads(text), value)
        self.assertIn('\n    "event": "ü"', text)
        self.assertIn('"price": 1.50', text)
        self.assertEqual(written([]), "[]")
