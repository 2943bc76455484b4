"""What passes between the drain and the entities."""

import unittest
from datetime import datetime, timedelta

from core.applying import (
    DISCARDED,
    DONE,
    FAILED,
    PENDING,
    Call,
    Item,
    Outcome,
    clashing_identifiers,
    missing_reference,
    unknown_reference,
)
from core.canonical import CLEAR, ENTITIES, Identifier, Party, PersonName, Reference
from core.countries import ALPHA3
from core.document import Envelope
from core.errors import BusinessRule

NOW = datetime(2026, 1, 2, 10, 0)


def call(**changes):
    values = {
        "system": 1,
        "system_code": "lab",
        "identity_domain": "grh",
        "company": 1,
        "facility": 1,
        "route": 1,
        "may_create": False,
        "wait_seconds": 600,
        "now": NOW,
    }
    return Call(**values | changes)


def item(**changes):
    values = {
        "delivery": 7,
        "subject": "charge/1",
        "event": "posted",
        "entity": Party(),
        "version": "",
        "received_at": NOW,
    }
    return Item(**values | changes)


class TestOutcomes(unittest.TestCase):
    def test_each_state_has_its_maker(self):
        error = BusinessRule("closed")
        self.assertEqual(Outcome.done(item(), "created", "res.partner", 3).state, DONE)
        self.assertEqual(Outcome.discarded(item(), "no billable content").state, DISCARDED)
        self.assertIs(Outcome.failed(item(), error).error, error)
        self.assertEqual(Outcome.failed(item(), error).state, FAILED)
        self.assertEqual(Outcome.waiting(item(), 3).state, PENDING)

    def test_a_record_can_be_named_later(self):
        outcome = Outcome.done(item(), "created").with_record("res.partner", 9)
        self.assertEqual((outcome.model, outcome.record), ("res.partner", 9))


class TestMissingReferences(unittest.TestCase):
    product = Reference("product", (Identifier("GLV-M", "cabinet"),))
    person = Reference("party", (Identifier("4711", "GRH"),))

    def test_a_reference_is_awaited_for_the_time_of_the_route(self):
        outcome = missing_reference(item(), call(), self.person, "PID-3")
        self.assertEqual(outcome.state, PENDING)
        self.assertEqual(outcome.error.path, "PID-3")

    def test_after_that_it_fails(self):
        late = item(waiting_since=NOW - timedelta(seconds=600))
        self.assertEqual(missing_reference(late, call(), self.person, "PID-3").state, FAILED)

    def test_the_code_of_a_product_is_named(self):
        error = unknown_reference(self.product, "product")
        self.assertEqual(
            (error.code, error.value, error.system), ("unknown_product", "GLV-M", "cabinet")
        )
        self.assertEqual(error.category, "code")

    def test_the_number_of_a_person_is_not(self):
        error = unknown_reference(self.person, "PID-3")
        self.assertNotIn("4711", f"{error} {error.value} {error.system}")
        self.assertEqual(error.category, "reference")

    def test_a_reference_without_a_name_can_be_told_too(self):
        self.assertEqual(unknown_reference(Reference("product", ()), "x").value, "")


class TestClashingIdentifiers(unittest.TestCase):
    found = (("nhs", 12), ("grh|MRN", 7))

    def outcome(self, **said):
        return clashing_identifiers(item(**said), call(), "party", self.found, "identifiers")

    def test_the_merge_that_explains_it_is_awaited_as_long_as_a_reference(self):
        outcome = self.outcome()
        self.assertEqual((outcome.state, outcome.error.code), (PENDING, "merge_awaited"))

    def test_after_that_it_fails_and_names_both_records(self):
        outcome = self.outcome(waiting_since=NOW - timedelta(seconds=600))
        self.assertEqual((outcome.state, outcome.error.code), (FAILED, "identifiers_clash"))
        self.assertEqual(outcome.error.detail, "grh|MRN → party 7, nhs → party 12")


class TestCanonicalValues(unittest.TestCase):
    def test_an_entity_tells_what_was_said(self):
        party = Party(identifiers=(Identifier("1"),), gender="female", language=CLEAR)
        self.assertEqual(party.said(), {"gender": "female", "language": CLEAR})
        self.assertFalse(CLEAR)

    def test_a_name_reads_as_a_letter_would_carry_it(self):
        name = PersonName(family="Birch", given=("Amber", "T"), prefix="Dr")
        self.assertEqual(name.display, "Dr Amber T Birch")
        self.assertEqual(PersonName(text="A. Birch", family="Birch").display, "A. Birch")

    def test_every_entity_is_found_by_its_name(self):
        self.assertTrue(all(name == cls.NAME for name, cls in ENTITIES.items()))

    def test_three_letters_of_a_country_are_two(self):
        self.assertEqual(ALPHA3["DEU"], "DE")

    def test_an_envelope_lists_what_is_stored_of_it(self):
        self.assertIn("lab", Envelope(type="t", source="lab").words())
