"""What contracts have to list so that mappings get what they read."""

from __future__ import annotations

import unittest
from collections import defaultdict

from ..contract import Attribute, Contract, Contracts
from ..mapping import Mapper, Mapping, Rule
from ..needs import Need, Needs, customs_of, is_sent, needs
from . import shipped

KIND = "acme.party.v1"


def mapping(*rules, format="json", kind=KIND, entity="party", **said):
    rules = tuple(Rule(*rule) for rule in rules)
    return Mapping("a", format, (kind,), entity, "updated", rules=rules, **said)


def contracts(*lines, format="json", kind=KIND):
    return Contracts([Contract(format, kind, tuple(Attribute(*line) for line in lines))])


def needed(*mappings, allowed=None, customs=None, format="json", kinds=(KIND,)):
    mappers = [Mapper([one]) for one in mappings]
    return needs(format, kinds, mappers, allowed or Contracts([]), customs or {})


def places(found):
    return [need.place for need in found.allowable]


class NeedsTest(unittest.TestCase):
    RULES = (("name", "person.name"), ("birth_date", "person.born", "json.date"), ("gender", "ssn"))

    def test_what_is_read_and_not_allowed_with_what_it_fills(self):
        found = needed(
            mapping(*self.RULES),
            allowed=contracts(("person.name",)),
            customs={"party.birth_date": ("restricted", "claims only")},
        )
        need = Need("person.born", (KIND,), ("party.birth_date",), "restricted", "claims only")
        self.assertEqual(found, Needs((need,), ("ssn",)))

    def test_nothing_is_needed_twice_or_of_documents_that_do_not_come(self):
        self.assertEqual(needed(mapping(*self.RULES), kinds=("other", "")), Needs())
        self.assertEqual(needed(mapping(*self.RULES), kinds=()), Needs())
        once = needed(mapping(*self.RULES), mapping(*self.RULES), kinds=(KIND, KIND))
        self.assertEqual(places(once), ["person.born", "person.name"])

    def test_several_readers_and_kinds_of_one_place(self):
        found = needed(
            mapping(("name", "a"), kind="x.*"),
            mapping(("gender", "a"), kind="x.1"),
            kinds=("x.2", "x.1"),
            customs={
                "party.name": ("internal", "lists"),
                "party.gender": ("restricted", "claims only"),
            },
        )
        (need,) = found.allowable
        self.assertEqual(need.kinds, ("x.1", "x.2"))
        self.assertEqual(need.read_by, ("party.name", "party.gender"))
        self.assertEqual((need.data_class, need.purpose), ("restricted", "lists"))

    def test_where_nobody_says_what_for_it_is_confidential_and_asked_for(self):
        (need,) = needed(mapping(("name", "a"))).allowable
        self.assertEqual((need.data_class, need.purpose), ("confidential", ""))

    def test_the_whole_of_a_document_and_names_that_no_contract_has_are_not_asked_for(self):
        for rules in ((("name", "@"),), (("name", '"a b"'),), (("name", "*.b"),), ()):
            with self.subTest(rules):
                self.assertEqual(needed(mapping(*rules)), Needs())

    def test_a_part_where_the_whole_is_allowed_is_not_needed_and_the_whole_where_a_part_is(self):
        allowed = contracts(("a",), ("b.c",))
        found = needed(mapping(("name", "a.x"), ("gender", "b")), allowed=allowed)
        self.assertEqual(places(found), ["b"])

    def test_events_follow_the_contracts_of_json(self):
        found = needed(
            mapping(*self.RULES), format="cloudevents", allowed=contracts(("person.name",))
        )
        self.assertEqual(places(found), ["person.born"])

    def test_hl7_s_envelope_is_always_there(self):
        own = mapping(
            ("name", "PID-5", "hl7.name"),
            ("gender", "MSH-4.1"),
            format="hl7v2",
            kind="ADT^A01",
            version="MSH-7 + MSH-13",
        )
        found = needed(own, format="hl7v2", kinds=("ADT^A01",))
        self.assertEqual(places(found), ["MSH-13", "PID-5"])
        own = mapping(("role", "DG1-3 | PID-19"), format="hl7v2", kind="ADT^A01", entity="employee")
        allowed = contracts(("PID-19",), format="hl7v2", kind="ADT^A01")
        found = needed(own, format="hl7v2", kinds=("ADT^A01",), allowed=allowed)
        self.assertEqual(found, Needs((), ("DG1-3", "PID-19")))

    def test_a_resource_s_id_is_stored_once_anything_of_it_is(self):
        own = mapping(
            ("name", "name", "fhir.name"), ("identifiers", "id"), format="fhir", kind="Patient"
        )
        self.assertEqual(places(needed(own, format="fhir", kinds=("Patient",))), ["id", "name"])
        allowed = contracts(("gender",), format="fhir", kind="Patient")
        found = needed(own, format="fhir", kinds=("Patient",), allowed=allowed)
        self.assertEqual(places(found), ["name"])
        own = mapping(("name", "code"), format="fhir", kind="Condition")
        self.assertEqual(needed(own, format="fhir", kinds=("Condition",)), Needs((), ("code",)))


class SentTest(unittest.TestCase):
    def test_what_is_found_there_within_it_or_around_it(self):
        for format, needed_place, found, expected in (
            ("json", "a.b", "a.b", True),
            ("json", "a.b", "a.b.c", True),
            ("cloudevents", "a.b", "a", True),
            ("json", "a.b", "a.c", False),
            ("json", "a.b", "*", False),
            ("json", "a", "ab", False),
            ("hl7v2", "PID-5.1", "PID-5", True),
            ("hl7v2", "PID-5.1", "PID", True),
            ("hl7v2", "PID-5", "PID-5.2", True),
            ("hl7v2", "PID-5", "PID-55", False),
            ("hl7v2", "PID-5", "PV1", False),
            ("fhir", "name.family", "x.name", True),
            ("fhir", "name.family", "name", False),
        ):
            need = Need(needed_place, ("x", "y"), (), "public", "")
            with self.subTest(format=format, need=needed_place, found=found):
                self.assertIs(is_sent(format, need, found, ("x", "z")), expected)
                self.assertFalse(is_sent(format, need, found, ("z",)))


class ShippedTest(unittest.TestCase):
    def kinds(self, format):
        return {
            pattern.replace("*", "org.interop")
            for one in shipped.mappings()
            if one.format == format
            for pattern in one.documents
        }

    def test_nothing_is_needed_as_it_ships(self):
        for format in ("hl7v2", "fhir", "json"):
            found = needs(format, self.kinds(format), [shipped.mapper()], shipped.contracts(), {})
            self.assertEqual(found, Needs(), format)

    def test_with_what_is_needed_allowed_nothing_is_needed_any_more(self):
        customs = customs_of(shipped.mapper(), shipped.contracts())
        for format in ("hl7v2", "fhir", "json"):
            kinds = self.kinds(format)
            found = needs(format, kinds, [shipped.mapper()], Contracts([]), customs)
            self.assertTrue(found.allowable)
            self.assertFalse(found.never)
            lines = defaultdict(list)
            for need in found.allowable:
                self.assertTrue(need.purpose, need)
                for kind in need.kinds:
                    lines[kind].append(Attribute(need.place, need.data_class, need.purpose))
            made = Contracts(Contract(format, kind, tuple(said)) for kind, said in lines.items())
            self.assertEqual(needs(format, kinds, [shipped.mapper()], made, customs), Needs())

    def test_customs_are_those_of_the_contracts(self):
        customs = customs_of(shipped.mapper(), shipped.contracts())
        self.assertEqual(customs["party.birth_date"], ("restricted", "claims only"))
        self.assertEqual(customs["encounter"][0], "internal")


class CustomsTest(unittest.TestCase):
    def test_most_decide_and_of_equals_the_stricter(self):
        two = Mapper([mapping(("name", "a"), ("name", "b"), ("gender", "c"), ("language", "d"))])
        said = contracts(
            ("a", "internal", "x"), ("b", "restricted", "y"), ("c", "public", "z"), ("d", "public")
        )
        self.assertEqual(
            customs_of(two, said),
            {"party.name": ("restricted", "y"), "party.gender": ("public", "z")},
        )
        self.assertEqual(customs_of(two, Contracts([])), {})
        self.assertEqual(customs_of(Mapper([]), said), {})
