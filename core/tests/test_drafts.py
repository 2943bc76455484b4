"""A first mapping for a new sender: which mapping it follows, and which of its rules."""

import unittest

from ..definition import Definition, Line
from ..drafts import adopted
from ..rules import Rule
from . import shipped


def definition(mapping):
    lines = tuple(Line(f"k{place}", place, rule) for place, rule in enumerate(mapping.rules))
    return Definition(
        name=mapping.name,
        format=mapping.format,
        documents=" ".join(mapping.documents),
        entity=mapping.entity,
        event=mapping.event,
        each=mapping.each,
        when=mapping.when,
        version=mapping.version,
        lines=lines,
    )


def patterns(entity):
    return [
        definition(mapping)
        for mapping in shipped.mappings()
        if (mapping.format, mapping.entity) == ("hl7v2", entity)
    ]


def told(draft):
    return [line.rule.target for line in draft.lines]


class DraftsTest(unittest.TestCase):
    def test_it_follows_what_reads_such_documents_and_takes_rules_of_the_places_alone(self):
        draft = adopted(patterns("encounter"), ["ADT^A01"], ["PID-3", "PV1-2", "PV1-19"])
        self.assertEqual((draft.name, draft.documents), ("mapping_hl7_visit", "ADT^A01"))
        self.assertEqual((draft.each, draft.version), ("PID,PV1", "EVN-2 + MSH-13"))
        self.assertEqual(
            told(draft), ["@event", "status", "identifiers", "party", "encounter_class"]
        )
        draft.check()

    def test_of_documents_that_nothing_reads_the_most_places_decide(self):
        draft = adopted(patterns("party"), ["XXX^Y99"], ["PID-5", "PID-11"])
        self.assertEqual(draft.name, "mapping_hl7_patient")
        self.assertEqual(told(draft), ["@event", "name", "address"])
        moved = adopted(patterns("encounter"), ["ADT^A42"], ["MRG-5", "PV1-19"])
        self.assertEqual(moved.name, "mapping_hl7_visit_moved")

    def test_rules_without_a_source_go_along_and_a_part_of_a_field_is_the_field_s(self):
        lines = (
            Line("a", 1, Rule("language", "", "text", default="de")),
            Line("b", 2, Rule("name", "PID-5.1", "text")),
            Line("c", 3, Rule("gender", "PID-8", "text")),
        )
        pattern = Definition("p", "hl7v2", "ADT^A01", "party", "updated", lines=lines)
        self.assertEqual(told(adopted([pattern], ["ADT^A01"], ["PID-5"])), ["language", "name"])

    def test_where_nothing_reads_a_place_there_is_no_draft(self):
        self.assertIsNone(adopted(patterns("party"), ["ADT^A01"], ["ZPI-1"]))
        self.assertIsNone(adopted([], ["ADT^A01"], ["PID-5"]))
        self.assertIsNone(adopted(patterns("party"), ["ADT^A01"], []))
