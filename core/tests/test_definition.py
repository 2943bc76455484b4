"""Definitions: written and read again, and what changed from one to the next."""

import json
import unittest

from ..definition import (
    ADDED,
    CHANGED,
    MOVED,
    OTHER_HEADER,
    REMOVED,
    Change,
    Definition,
    Line,
    changes,
    free_key,
    from_json,
    read,
)
from ..errors import MappingError
from ..mapping import Mapping
from ..rules import Rule
from . import shipped

NAME = Line("name", 10, Rule("name", "PID-5", "hl7.name"))
GENDER = Line("gender", 20, Rule("gender", "PID-8.1", "code", "HL70001", "gender", required=True))
PATIENT = Definition(
    "patient", "hl7v2", "ADT^A01 ADT^A04", "party", "updated", when="PID-3", lines=(NAME, GENDER)
)


class WritingTest(unittest.TestCase):
    def test_what_is_written_is_read_as_it_was(self):
        self.assertEqual(read(PATIENT.text()), PATIENT)
        self.assertNotIn("each", json.loads(PATIENT.text()))

    def test_every_shipped_mapping_survives(self):
        for mapping in shipped.mappings():
            lines = tuple(Line(f"r{n}", n, rule) for n, rule in enumerate(mapping.rules))
            header = {
                name: getattr(mapping, name)
                for name in ("name", "format", "entity", "event", "each", "when", "version")
            }
            definition = Definition(**header, documents=" ".join(mapping.documents), lines=lines)
            with self.subTest(mapping.name):
                self.assertEqual(read(definition.text()).mapping(), mapping)
                definition.check()

    def test_the_fingerprint_goes_by_what_is_said(self):
        same = Definition(**{name: getattr(PATIENT, name) for name in Definition.__slots__})
        other = Definition("patient", "hl7v2", "ADT^A01", "party", lines=(NAME, GENDER))
        self.assertEqual(same.fingerprint, PATIENT.fingerprint)
        self.assertNotEqual(other.fingerprint, PATIENT.fingerprint)
        self.assertRegex(PATIENT.fingerprint, "^[0-9a-f]{64}$")

    def test_the_mapping_carries_the_number_it_is_kept_under(self):
        mapping = PATIENT.mapping(7)
        self.assertIsInstance(mapping, Mapping)
        self.assertEqual((mapping.snapshot, PATIENT.mapping().snapshot), (7, 0))
        self.assertEqual(mapping.documents, ("ADT^A01", "ADT^A04"))

    def test_what_cannot_work_is_refused(self):
        with self.assertRaises(MappingError) as caught:
            Definition("x", "hl7v2", "A", "party", lines=(Line("a", 1, Rule("nonsense")),)).check()
        self.assertEqual(caught.exception.code, "bad_target")

    def test_rubbish_is_named_by_its_place(self):
        rule = {"key": "a", "place": 1, "target": "name"}
        head = {"name": "n", "format": "fhir"}
        for value, place in (
            ([], ""),
            ({**head, "rules": 1}, "rules"),
            ({**head, "unknown": ""}, "unknown"),
            ({**head, "event": 1}, "event"),
            ({"format": "fhir"}, "name"),
            ({**head, "rules": [7]}, "rules[0]"),
            ({**head, "rules": [rule, {**rule, "key": ""}]}, "rules[1].key"),
            ({**head, "rules": [{**rule, "place": True}]}, "rules[0].place"),
            ({**head, "rules": [{**rule, "place": "1"}]}, "rules[0].place"),
            ({**head, "rules": [{**rule, "required": "yes"}]}, "rules[0].required"),
            ({**head, "rules": [{**rule, "source": None}]}, "rules[0].source"),
            ({**head, "rules": [rule, {**rule, "place": 2}]}, "rules.a"),
        ):
            with self.subTest(place):
                with self.assertRaises(MappingError) as caught:
                    from_json(value)
                self.assertEqual(
                    (caught.exception.code, caught.exception.path), ("bad_definition", place)
                )

    def test_what_is_no_json_is_refused_as_well(self):
        for text in ("", "{", '{"name":"a","name":"b"}', "[" * 100):
            with self.subTest(text[:9]), self.assertRaises(MappingError) as caught:
                read(text)
            self.assertEqual(caught.exception.code, "bad_definition")
        with self.assertRaises(MappingError) as caught:
            read("[]")
        self.assertEqual(caught.exception.code, "bad_definition")


class KeyTest(unittest.TestCase):
    def test_a_new_key_is_one_that_nothing_goes_by(self):
        self.assertEqual(free_key("gender", ()), "gender")
        self.assertEqual(free_key("gender", ["gender", "gender-3"]), "gender-2")


class ChangesTest(unittest.TestCase):
    def changed(self, *lines, **header):
        values = {name: getattr(PATIENT, name) for name in Definition.__slots__} | header
        return changes(PATIENT, Definition(**values | {"lines": lines or PATIENT.lines}))

    def test_nothing_changed(self):
        self.assertEqual(self.changed(), ())

    def test_what_is_new_as_a_whole_is_all_added(self):
        found = changes(None, PATIENT)
        self.assertEqual([change.kind for change in found], [ADDED, ADDED])
        self.assertIn(("source", "", "PID-5"), found[0].values)

    def test_each_kind_of_change_is_told(self):
        gender = Line("gender", 20, Rule("gender", "PID-8", "code", "HL70001", "gender"))
        email = Line("email", 30, Rule("contacts", "PID-13", "hl7.contacts"))
        self.assertEqual(
            self.changed(gender, email, event=""),
            (
                Change(OTHER_HEADER, "", "event", (("event", "updated", ""),)),
                Change(
                    CHANGED,
                    "gender",
                    "gender",
                    (("source", "PID-8.1", "PID-8"), ("required", True, False)),
                ),
                Change(
                    ADDED,
                    "email",
                    "contacts",
                    (
                        ("target", "", "contacts"),
                        ("source", "", "PID-13"),
                        ("transform", "copy", "hl7.contacts"),
                    ),
                ),
                Change(
                    REMOVED,
                    "name",
                    "name",
                    (
                        ("target", "name", ""),
                        ("source", "PID-5", ""),
                        ("transform", "hl7.name", "copy"),
                    ),
                ),
            ),
        )

    def test_a_rule_that_only_moved(self):
        [change] = self.changed(Line("gender", 5, GENDER.rule), NAME)
        self.assertEqual((change.kind, change.values), (MOVED, (("place", 20, 5),)))
