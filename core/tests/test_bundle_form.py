"""Configuration as a file: written in one stable form, read whole or not at all, mistakes told by their place."""

import json
import random
import unittest

from ..bundle.form import MOST_CHARACTERS, MOST_MISTAKES, Bundle, known_by, read, write
from ..bundle.mapping_entries import (
    Mistake,
    definition_entry,
    definition_of,
    difference_entry,
    difference_of,
)
from ..bundle.parts import CONCEPT_MAPS, CONTRACTS, MAPPINGS, OWNERSHIP
from ..contract import RESTRICTED_DAYS
from ..definition import Definition, Line
from ..profiles import Difference, Own
from ..rules import Rule

NAME = Line("name", 10, Rule("name", "PID-5", "hl7.name"))
PATIENT = Definition("patient", "hl7v2", "ADT^A01", "party", "updated", lines=(NAME,))
OWN = Difference(
    {"event": ("", "updated")},
    (
        Own("name", Line("name", 10, Rule("name", "ZPI-1", "hl7.name", required=True)), NAME),
        Own("off", None, Line("off", 20, Rule("gender", "PID-8"))),
        Own("added", Line("added", 30, Rule("gender", "ZPI-2"))),
    ),
)
HEAD = {"name": "patient", "format": "hl7v2"}
TEST = {
    "name": "a name",
    "format": "hl7v2",
    "received_at": "2026-01-01 10:00:00",
    "sample": ["MSH|^~\\&|A", "PID|1"],
    "expected": [{"says": {"price": 1.5}}],
}


def whole():
    """A file's entries, new every time."""
    return {
        MAPPINGS: [
            {**HEAD, "system": "lab", "adapts": HEAD, **difference_entry(OWN)},
            {**HEAD, "sequence": 10, "definition": definition_entry(PATIENT), "tests": [TEST]},
        ],
        CONCEPT_MAPS: [
            {"code": "unit", "name": "Units", "lines": [{"code": "BX", "means": "box"}]}
        ],
        CONTRACTS: [
            {
                "format": "hl7v2",
                "document": "ADT^A01",
                "name": "ADT",
                "attributes": [{"path": "PID-3", "class": "restricted", "purpose": "who"}],
            }
        ],
        OWNERSHIP: [
            {"entity": "party", "attributes": ["name"], "owner": "ehr", "policy": "refuse"},
            {"entity": "party", "facility": "Main", "policy": "flag"},
        ],
    }


class RoundTripTest(unittest.TestCase):
    def test_what_is_written_is_read_and_written_the_same(self):
        text = write(whole())
        bundle, mistakes = read(text)
        self.assertEqual(mistakes, ())
        self.assertEqual(write(bundle.parts), text)
        self.assertEqual(sum(map(len, bundle.parts.values())), 6)
        self.assertFalse(bundle.is_whole or bundle.is_adding)

    def test_a_whole_one_says_which_parts_are_empty(self):
        text = write({CONTRACTS: [], CONCEPT_MAPS: []}, is_whole=True)
        self.assertEqual(read(text), (Bundle({CONTRACTS: [], CONCEPT_MAPS: []}, True), ()))
        self.assertNotIn(CONTRACTS, write({CONTRACTS: []}))

    def test_the_first_form_is_read_as_it_was_meant(self):
        value = json.loads(write(whole())) | {"form": 1}
        value["contracts"][0]["version"] = "1.0"
        value["contracts"][0]["attributes"].append({"path": "a", "class": "public", "purpose": "p"})
        bundle, mistakes = read(json.dumps(value))
        self.assertEqual(mistakes, ())
        self.assertTrue(bundle.is_adding)
        [contract] = bundle.parts[CONTRACTS]
        days = [line["retention_days"] for line in contract["attributes"]]
        self.assertEqual((contract["schema"], days), (None, [RESTRICTED_DAYS, None]))
        self.assertEqual(read('{"kind": "healthcare-interop-configuration", "form": 1}')[1], ())
        self.assertNotIn("version", contract)
        del value["contracts"][0]["name"]
        value["systems"] = []
        self.assertEqual(
            [tuple(one) for one in read(json.dumps(value))[1]],
            [("", "bad_additionalProperties"), ("contracts[0]", "bad_required")],
        )

    def test_the_order_of_entries_does_not_matter(self):
        text = write(whole())
        for seed in range(5):
            shuffled = whole()
            for entries in shuffled.values():
                random.Random(seed).shuffle(entries)
            self.assertEqual(write(dict(reversed(shuffled.items()))), text)

    def test_one_changed_rule_is_a_line_or_two(self):
        changed = whole()
        changed[MAPPINGS][1]["definition"]["rules"][0]["source"] = "PID-9"
        before, after = (write(entries).splitlines() for entries in (whole(), changed))
        self.assertEqual(sum(a != b for a, b in zip(before, after, strict=True)), 1)

    def test_definitions_and_differences_come_back_as_they_were(self):
        entries = whole()[MAPPINGS]
        self.assertEqual(definition_of(entries[1]), PATIENT)
        found = difference_of(entries[0])
        self.assertEqual(found.header, OWN.header)
        self.assertEqual(set(found.lines), set(OWN.lines))
        self.assertEqual(difference_entry(Difference()), {})
        self.assertEqual(difference_of({**HEAD, "adapts": HEAD}), Difference())

    def test_what_an_entry_is_known_by(self):
        self.assertEqual(known_by(CONCEPT_MAPS, {"code": "unit"}), "unit")
        self.assertEqual(known_by(CONTRACTS, {"format": "json", "document": "*"}), '["json","*"]')
        group = {"entity": "party", "attributes": ["name", "phone"]}
        self.assertEqual(
            known_by(OWNERSHIP, {**group, "owner": "ehr", "policy": "flag"}),
            known_by(OWNERSHIP, {**group, "attributes": ["phone", "name"], "policy": "refuse"}),
        )
        for other in ({"attributes": ["name"]}, {"facility": "Main"}, {"entity": "employee"}):
            self.assertNotEqual(known_by(OWNERSHIP, group), known_by(OWNERSHIP, group | other))
        adapting, plain = whole()[MAPPINGS]
        self.assertNotEqual(known_by(MAPPINGS, adapting), known_by(MAPPINGS, plain))
        self.assertEqual(
            known_by(MAPPINGS, plain), known_by(MAPPINGS, dict(reversed(HEAD.items())))
        )

    def test_an_empty_file_is_fine(self):
        self.assertEqual(read(write({}))[1], ())


class MistakeTest(unittest.TestCase):
    def wrong(self, change):
        value = json.loads(write(whole()))
        change(value)
        bundle, mistakes = read(json.dumps(value))
        self.assertEqual(bundle, Bundle())
        return mistakes

    def test_each_is_told_by_its_place(self):
        adapting, plain = 0, 1
        for change, place, code in (
            (lambda v: v.pop("kind"), "", "bad_required"),
            (lambda v: v.update(form=3), "form", "bad_const"),
            (lambda v: v.update(form="2"), "form", "bad_const"),
            (lambda v: v.update(more=1), "", "bad_additionalProperties"),
            (
                lambda v: (
                    v["contracts"][0].pop("path", 0)
                    or v["contracts"][0]["attributes"][0].pop("path")
                ),
                "contracts[0].attributes[0]",
                "bad_required",
            ),
            (
                lambda v: v["contracts"][0]["attributes"][0].update({"class": "x"}),
                "contracts[0].attributes[0].class",
                "bad_enum",
            ),
            (
                lambda v: v["concept_maps"][0]["lines"][0].update(valid_from="soon"),
                "concept_maps[0].lines[0].valid_from",
                "bad_pattern",
            ),
            (
                lambda v: v["mappings"][plain]["tests"][0].update(sample="x"),
                "mappings[1].tests[0].sample",
                "bad_type",
            ),
            (
                lambda v: v["mappings"][plain]["tests"][0].update(received_at="soon"),
                "mappings[1].tests[0].received_at",
                "bad_time",
            ),
            (
                lambda v: v["mappings"][plain]["tests"][0].update(
                    received_at="2026-01-01T10:00:00+01:00"
                ),
                "mappings[1].tests[0].received_at",
                "bad_time",
            ),
            (lambda v: v["mappings"][plain].pop("definition"), "mappings[1]", "bad_required"),
            (lambda v: v["mappings"][plain].update(header={}), "mappings[1]", "bad_not"),
            (lambda v: v["mappings"][adapting].update(definition={}), "mappings[0]", "bad_not"),
            (
                lambda v: v["mappings"][adapting].update(header={"name": ["a", "b"]}),
                "mappings[0].header",
                "bad_enum",
            ),
            (
                lambda v: v["mappings"][adapting].update(header={"event": ["a"]}),
                "mappings[0].header.event",
                "bad_minItems",
            ),
            (
                lambda v: v["mappings"][adapting].update(rules=[{"key": "a"}]),
                "mappings[0].rules[0]",
                "bad_anyOf",
            ),
            (
                lambda v: v["mappings"][adapting]["rules"][0]["rule"].update(source=1),
                "mappings[0]: rules[0].rule.source",
                "bad_definition",
            ),
            (
                lambda v: v["mappings"][adapting]["rules"].append(
                    v["mappings"][adapting]["rules"][0]
                ),
                "mappings[0]: rules",
                "bad_definition",
            ),
            (
                lambda v: v["mappings"][plain]["definition"].update(rules=1),
                "mappings[1]: rules",
                "bad_definition",
            ),
            (
                lambda v: v["mappings"][plain].update(definition=[]),
                "mappings[1].definition",
                "bad_type",
            ),
            (
                lambda v: v["mappings"][plain]["definition"]["rules"][0].update(target="x"),
                "mappings[1]: x.patient",
                "bad_target",
            ),
            (lambda v: v["mappings"].append(v["mappings"][0]), "mappings[2]", "twice"),
            (lambda v: v["concept_maps"].append(v["concept_maps"][0]), "concept_maps[1]", "twice"),
            (
                lambda v: v["concept_maps"][0]["lines"].append({"code": "BX", "means": "y"}),
                "concept_maps[0].lines[1]",
                "twice",
            ),
            (
                lambda v: v["contracts"][0]["attributes"].append(
                    {"path": "PID-3", "class": "public", "purpose": "p"}
                ),
                "contracts[0].attributes[1]",
                "twice",
            ),
            (
                lambda v: v.update(systems=[{"code": "a"}, {"code": "a"}]),
                "systems[1]",
                "twice",
            ),
            (lambda v: v.update(systems=[{"name": "a"}]), "systems[0]", "bad_required"),
            (
                lambda v: v.update(endpoints=[{"code": "a", "max_batch": 2**40}]),
                "endpoints[0].max_batch",
                "bad_maximum",
            ),
            (
                lambda v: v.update(endpoints=[{"code": "a", "secret": "x"}]),
                "endpoints[0]",
                "bad_additionalProperties",
            ),
            (
                lambda v: v.update(parameters=[{"key": "database.secret", "value": "x"}]),
                "parameters[0].key",
                "bad_enum",
            ),
        ):
            with self.subTest(f"{code} at {place}"):
                self.assertIn(Mistake(place, code), self.wrong(change))

    def test_an_adaptation_may_not_stand_on_too_many(self):
        def change(value):
            deep = HEAD
            for _ in range(10):
                deep = {**HEAD, "adapts": deep}
            value["mappings"][0]["adapts"] = deep

        self.assertEqual(self.wrong(change), (Mistake("mappings[0].adapts", "too_deep"),))

    def test_what_is_no_json(self):
        for text, code in (
            ("{", "not_json"),
            ('{"a": 1, "a": 2}', "duplicate_key"),
            ("[]", "bad_type"),
        ):
            with self.subTest(code):
                bundle, [mistake] = read(text)
                self.assertEqual((bundle, mistake.code), (Bundle(), code))

    def test_what_is_far_too_large_is_not_even_parsed(self):
        self.assertEqual(read(" " * (MOST_CHARACTERS + 1))[1], (Mistake("", "too_large"),))

    def test_so_many_mistakes_are_looked_for(self):
        def change(value):
            value["contracts"] = [{"format": 1} for _ in range(MOST_MISTAKES)]

        self.assertLessEqual(len(self.wrong(change)), MOST_MISTAKES)
