"""Which rights follow from what is let in, mapped and taken."""

import itertools
import random
import unittest
from fnmatch import fnmatchcase

from core.errors import RightMissing
from core.rights import Mapped, Spoken, Taken, overlap, reached

LAB, EHR = 1, 2
MAPPINGS = (
    Mapped(0, "hl7v2", ("ADT^A0[1-8]", "ADT^A11"), "party"),
    Mapped(0, "hl7v2", ("ADT^A0[1-8]",), "encounter"),
    Mapped(0, "hl7v2", ("ORU^R01", "ORM^O01"), "order"),
    Mapped(0, "json", ("*.invoice.*",), "invoice"),
    Mapped(EHR, "hl7v2", ("ZZZ^Z01",), "claim"),
)
ROUTES = tuple(Taken(0, name) for name in ("party", "encounter", "order", "invoice", "claim"))


def entities(found, system):
    return {entity for entity, _option in found[system]}


class ReachedTest(unittest.TestCase):
    def test_an_endpoint_without_contracts_lets_in_all_of_its_format(self):
        found = reached([Spoken(LAB, "hl7v2")], MAPPINGS, ROUTES)
        self.assertEqual({"party", "encounter", "order"}, entities(found, LAB))

    def test_contracts_narrow_what_general_routes_take(self):
        found = reached([Spoken(LAB, "hl7v2", ("ORU^R01", "ORU"))], MAPPINGS, ROUTES)
        self.assertEqual({"order"}, entities(found, LAB))

    def test_what_several_endpoints_let_in_adds_up(self):
        spoken = [Spoken(LAB, "hl7v2", ("ADT^A11",)), Spoken(LAB, "json")]
        self.assertEqual({"party", "invoice"}, entities(reached(spoken, MAPPINGS, ROUTES), LAB))

    def test_a_systems_own_mapping_and_route_are_its_own(self):
        routes = (*ROUTES[1:], Taken(EHR, "party"))
        found = reached([Spoken(LAB, "hl7v2"), Spoken(EHR, "hl7v2")], MAPPINGS, routes)
        self.assertEqual({"encounter", "order"}, entities(found, LAB))
        self.assertEqual({"party", "encounter", "order", "claim"}, entities(found, EHR))

    def test_events_are_mapped_as_json(self):
        found = reached([Spoken(LAB, "cloudevents")], MAPPINGS, ROUTES)
        self.assertEqual({"invoice"}, entities(found, LAB))

    def test_options_are_those_of_routes_that_take_something_of_it(self):
        routes = [Taken(0, "party", frozenset({"creates"})), Taken(EHR, "party", frozenset("b"))]
        found = reached([Spoken(LAB, "hl7v2"), Spoken(EHR, "hl7v2")], MAPPINGS, routes)
        self.assertEqual({("party", ""), ("party", "creates")}, found[LAB])
        self.assertEqual({("party", ""), ("party", "creates"), ("party", "b")}, found[EHR])

    def test_who_sends_what_nobody_takes_has_nothing(self):
        self.assertEqual({LAB: frozenset()}, reached([Spoken(LAB, "fhir")], MAPPINGS, ROUTES))
        self.assertEqual({}, reached([], MAPPINGS, ROUTES))


class RightMissingTest(unittest.TestCase):
    def test_it_names_the_entity_and_waits_for_a_person(self):
        error = RightMissing("charge")
        self.assertEqual(("right_missing", "charge", ""), (error.code, error.detail, error.path))
        self.assertEqual(("security", False), (error.category, error.is_retryable))


class OverlapTest(unittest.TestCase):
    def check(self, one, other, expected):
        for pair in ((one, other), (other, one)):
            with self.subTest(patterns=pair):
                self.assertIs(expected, overlap(*pair))

    def test_words(self):
        self.check("ADT^A01", "ADT^A01", True)
        self.check("ADT^A01", "ADT^A02", False)
        self.check("ORU", "ORU^R01", False)
        self.check("", "", True)
        self.check("", "a", False)

    def test_stars_and_question_marks(self):
        self.check("*", "", True)
        self.check("*.item.*", "lab.*.v1", True)
        self.check("a*b", "a*c", False)
        self.check("a?c", "ab?", True)
        self.check("a?", "a", False)
        self.check("**", "*", True)

    def test_sets(self):
        self.check("A0[1-8]", "A0[89]", True)
        self.check("A0[1-7]", "A0[89]", False)
        self.check("A0[!1]", "A0[1]", False)
        self.check("A0[!1]", "A0[12]", True)
        self.check("A0[!1]", "A0[!2]", True)
        self.check("A0[!1]", "A0?", True)
        self.check("[]a]", "]", True)
        self.check("[!]a]", "]", False)
        self.check("[a-]", "-", True)

    def test_a_bracket_that_nothing_closes_is_a_letter(self):
        self.check("A[1", "A[1", True)
        self.check("A[1", "A1", False)
        self.check("[", "[", True)
        self.check("[]", "[]", True)

    def test_agrees_with_fnmatch_on_every_short_word(self):
        words = ["".join(one) for size in range(4) for one in itertools.product("ab]", repeat=size)]
        chance = random.Random(7)
        pieces = ["a", "b", "*", "?", "[ab]", "[!a]", "[a-b]", "]"]
        met = 0
        for _time in range(400):
            one, other = ("".join(chance.choices(pieces, k=chance.randrange(4))) for _ in "12")
            shared = any(fnmatchcase(word, one) and fnmatchcase(word, other) for word in words)
            with self.subTest(patterns=(one, other)):
                self.assertEqual(shared, overlap(one, other))
            met += shared
        self.assertTrue(50 < met < 350, met)

    def test_long_patterns_take_no_long_time(self):
        self.check("*a" * 400 + "b", "*a" * 400, False)


if __name__ == "__main__":
    unittest.main()
