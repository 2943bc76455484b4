"""The workbench: what each rule gives, and the standard's names of what a sample says."""

import re
import unittest
from datetime import timezone

from ..codecs import decode
from ..codecs.hl7v2_minimise import is_never_place
from ..errors import MappingError
from ..hl7_names import field_name, place_name, segment_name
from ..mapping import Mapping, Rule
from ..transforms import TRANSFORMS, describe
from ..workbench import EMPTIED, Given, tried
from . import shipped

RULES = (
    Rule("identifiers", "PID-3", "hl7.identifiers"),
    Rule("identifiers", "PID-2", "hl7.identifiers"),
    Rule("name", "PID-5", "hl7.name", required=True),
    Rule("birth_date", "PID-7", "hl7.date"),
    Rule("gender", "PID-8", "text", default="unknown"),
    Rule("is_deceased", "PID-30", "flag"),
    Rule("language", "PID-15", "text", required=True),
)
PATIENT = Mapping("p", "hl7v2", ("ADT^A08",), "party", "updated", rules=RULES)
MSH = "MSH|^~\\&|A|B|C|D|20260101||ADT^A08|1|P|2.5\r"


def tell(pid, mapping=PATIENT):
    body = (MSH + pid + "\r").encode()
    documents = decode("hl7v2", body, content_type="application/hl7-v2", headers={})
    return tried(mapping, documents, shipped.context(), timezone.utc)


class TriedTest(unittest.TestCase):
    def test_each_rule_tells_what_it_gives(self):
        [fact] = tell('PID|1|8^^^M|7^^^M^MR||""||1980|F|||||||en|||||||||||||||perhaps')
        self.assertEqual((fact.event, fact.subject), ("updated", "party/M|7"))
        self.assertEqual(
            fact.rules[2:],
            (Given(EMPTIED), Given(), Given("F"), Given(error="bad_flag"), Given("en")),
        )
        self.assertIn("7", fact.rules[0].text)
        self.assertEqual((fact.error, fact.place), ("bad_flag", "PID-30"))

    def test_the_entity_is_told_attribute_by_attribute(self):
        [fact] = tell("PID|1|8^^^M|7^^^M^MR||Roe^Jo")
        said = {one.name: one for one in fact.says}
        self.assertIn("8", said["identifiers"].text)
        self.assertIn("7", said["identifiers"].text)
        self.assertEqual(said["gender"].text, "unknown")
        self.assertEqual((said["address"].text, said["address"].is_missing), ("", False))
        self.assertTrue(said["language"].is_missing)
        self.assertEqual((fact.error, fact.place), ("required", "PID-15"))
        self.assertNotIn("@event", said)

    def test_a_code_that_no_map_knows_is_named_beside_its_rule(self):
        rules = (
            RULES[0],
            Rule("gender", "PID-8.1", "code", "HL70001", "gender"),
            Rule("language", "PID-15", "code", "", "gender", default="en"),
        )
        mapping = Mapping("p", "hl7v2", ("ADT^A08",), "party", "updated", rules=rules)
        [fact] = tell("PID|1||7^^^M^MR|||||QQ|||||||WW", mapping)
        self.assertEqual(fact.rules[1:], (Given(unknown=("QQ",)), Given("en")))
        [fact] = tell("PID|1||7^^^M^MR|||||F", mapping)
        self.assertEqual(fact.rules[1], Given("female"))

    def test_what_can_be_mapped_has_no_error(self):
        [fact] = tell("PID|1||7^^^M^MR||Roe^Jo||||||||||en")
        self.assertEqual((fact.error, fact.place), ("", ""))

    def test_nothing_is_read_of_another_kind_and_rubbish_is_refused(self):
        self.assertEqual(tell("PID|1", Mapping("x", "hl7v2", ("ADT^A01",), "party")), ())
        with self.assertRaises(MappingError):
            tell("PID|1", Mapping("x", "hl7v2", ("ADT^A08",), "party", rules=(Rule("nonsense"),)))


class NamesTest(unittest.TestCase):
    def test_every_place_that_a_shipped_mapping_or_contract_reads_has_a_name(self):
        places = {
            (segment, int(number))
            for name, column in (
                ("interop.mapping.rule", "source"),
                ("interop.contract.attribute", "path"),
                ("interop.mapping", "version_path"),
                ("interop.mapping", "when_path"),
            )
            for row in shipped.rows(name)
            for segment, number in re.findall(
                r"\b([A-Z][A-Z0-9]{2})(?:\[\d+\])?-(\d+)", row[column]
            )
        }
        self.assertGreater(len(places), 80)
        unnamed = [place for place in sorted(places) if not field_name(*place)]
        self.assertEqual(unnamed, [])
        self.assertEqual([s for s, _n in sorted(places) if not segment_name(s)], [])

    def test_what_is_not_in_the_table_has_none(self):
        for place, name in (
            ("PID-3", "Patient identification: Patient identifier list"),
            ("PID-3[2].1", "Patient identification: Patient identifier list"),
            ("PID", "Patient identification"),
            ("PID-99", "Patient identification"),
            ("ZPI-3", ""),
        ):
            self.assertEqual(place_name(place), name)
        self.assertEqual(field_name("PID", 3), "Patient identifier list")
        self.assertEqual(segment_name("PV1"), "Patient visit")
        for place in (("PID", 99), ("PID", 0), ("ZZZ", 1), ("PID", -1)):
            self.assertEqual(field_name(*place), "")
        self.assertEqual(segment_name("ZZZ"), "")

    def test_what_is_never_stored_is_known_by_its_place(self):
        self.assertTrue(is_never_place("PID-19"))
        self.assertTrue(is_never_place("DG1-3"))
        self.assertTrue(is_never_place("PR1-4"))
        self.assertFalse(is_never_place("PR1-3"))
        self.assertFalse(is_never_place("PID-3"))
        self.assertFalse(is_never_place("ZZZ-3"))


class TransformTest(unittest.TestCase):
    def test_each_says_what_it_does(self):
        for name in TRANSFORMS:
            with self.subTest(name):
                self.assertRegex(describe(name), r"^[A-Z].{10,}[.)]$")
