"""The shipped data fit together, and every sample of the world goes through them."""

import gzip
import unittest
from dataclasses import replace
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache

from ..canonical import CLEAR, ENTITIES, Claim
from ..codecs import fhir, hl7v2
from ..document import Document, Envelope
from ..errors import BadBatch, BadDocument, MappingError
from ..kinds import reason_for_nothing
from ..rules import attributes_of
from . import shipped
from .samples import ROOT

CONTEXT = shipped.context()


#: messages that one file of many is looked at for
ENOUGH = 8


@cache
def samples():
    """(file, document, what is read of it) of everything under samples that its codec takes; skips where it is absent."""
    return [(name, document, read(document)) for name, document in documents()]


def documents():
    if not ROOT.exists():
        raise unittest.SkipTest(f"samples are not beside this checkout: {ROOT}")
    for folder, codec in (("hl7v2", hl7v2), ("fhir", fhir)):
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                not path.is_file()
                or path.suffix == ".fhir"
                or path.parent.name in ("expected-fhir", "schema", "v2-tables")
            ):
                continue
            body = path.read_bytes()
            body = gzip.decompress(body) if path.suffix == ".gz" else body
            content_type = "application/fhir+ndjson" if path.suffix == ".ndjson" else ""
            try:
                found = codec.decode(body, content_type=content_type)
            except (BadDocument, BadBatch):
                continue
            yield from ((path.name, document) for document in found[:ENOUGH])


def read(document):
    """(fact, entity or the error's words) of each fact."""
    found = []
    for fact in shipped.mapper().facts(document, CONTEXT):
        try:
            found.append((fact, shipped.mapper().entity(fact, CONTEXT)))
        except MappingError as error:
            found.append((fact, str(error)))
    return found


class DataTest(unittest.TestCase):
    def test_ids_are_unique_and_references_lead_somewhere(self):
        for name, reference, target in (
            ("interop.mapping.rule", "mapping_id:id", "interop.mapping"),
            ("interop.concept.map.line", "map_id:id", "interop.concept.map"),
            ("interop.contract.attribute", "contract_id:id", "interop.contract"),
        ):
            ids = {row["id"] for row in shipped.rows(target)}
            own = [row["id"] for row in shipped.rows(name)]
            self.assertEqual(len(own), len(set(own)), name)
            self.assertEqual({row[reference] for row in shipped.rows(name)} - ids, set(), name)

    def test_names_that_people_see_are_unique(self):
        for name in ("interop.mapping", "interop.concept.map", "interop.contract"):
            names = [row["name"] for row in shipped.rows(name)]
            self.assertEqual(len(names), len(set(names)), name)

    def test_every_concept_map_that_rules_use_is_shipped_and_used(self):
        used = {rule.concept_map for mapping in shipped.mappings() for rule in mapping.rules} - {""}
        self.assertEqual({row["code"] for row in shipped.rows("interop.concept.map")}, used)

    def test_concept_maps_give_words_that_fit_their_attribute(self):
        for mapping in shipped.mappings():
            for rule in mapping.rules:
                accepts = attributes_of(mapping.entity)[rule.target].accepts
                targets = {
                    target
                    for (name, _, _), target in shipped.concept_maps().items()
                    if name == rule.concept_map
                }
                if accepts is bool:
                    self.assertLessEqual(targets, {"true", "false"}, rule.concept_map)
                else:
                    self.assertNotIn("", targets)

    def test_every_place_a_mapping_looks_at_is_allowed_by_a_contract(self):
        for mapping in shipped.mappings():
            for pattern in mapping.documents:
                kind = pattern.replace("*", "org.interop")
                for place in shipped.mapper().source_paths(mapping.format, kind):
                    self.assertTrue(
                        shipped.contracts().allows(mapping.format, kind, place),
                        (mapping.name, kind, place),
                    )

    def test_no_contract_allows_more_than_mappings_look_at(self):
        for row in shipped.rows("interop.contract"):
            looked_at = {
                place
                for pattern in row["document"].split()
                for place in shipped.mapper().source_paths(
                    row["format"], pattern.replace("*", "org.interop")
                )
            }
            listed = {
                one["path"]
                for one in shipped.rows("interop.contract.attribute")
                if one["contract_id:id"] == row["id"]
            }
            self.assertEqual(listed - looked_at, set(), row["id"])

    def test_every_entity_has_a_mapping_in_each_format_that_knows_it(self):
        entities = {name: set() for name in ("hl7v2", "fhir", "json")}
        for mapping in shipped.mappings():
            entities[mapping.format].add(mapping.entity)
        self.assertEqual(entities["json"], set(ENTITIES))
        self.assertEqual(entities["fhir"], set(ENTITIES))
        self.assertEqual(entities["hl7v2"], set(ENTITIES) - {"invoice", "claim", "payment"})

    def test_a_result_keeps_nothing_that_names_its_patient(self):
        """As a public authority redacts it (samples: CELR-config.txt), but for the numbers in PID-3."""
        for place in ("PID-5", "PID-11.1", "PID-13", "PID-14", "PID-19", "NK1-2", "NK1-5", "ZLR-6"):
            self.assertFalse(shipped.contracts().allows("hl7v2", "ORU^R01", place), place)


class DamageTest(unittest.TestCase):
    JUNK = (None, True, 0, Decimal("1e3"), "", "x", "2020-01-01", "1e99", [], {}, [None], [[]], [{}], [[["x"]]], {"value": {}},
            {"identifiers": {}}, {"identifiers": [{}]}, {"family": {}, "given": {}}, {"start": {}}, {"amount": {}})  # fmt: skip

    def test_no_json_value_in_a_wrong_place_raises_anything_but_a_mapping_error(self):
        for mapping in shipped.mappings():
            if mapping.format == "json":
                kind = mapping.documents[0].replace("*", "org.interop")
                names = [rule.source for rule in mapping.rules if not rule.source.startswith("@")]
                for junk in self.JUNK:
                    body = dict.fromkeys(names, junk) | {"identifiers": "7"}
                    for content in (body, junk):
                        read(Document("json", kind, content, Envelope(kind)))

    def test_no_hl7_text_in_a_wrong_place_raises_anything_but_a_mapping_error(self):
        for mapping in shipped.mappings():
            if mapping.format == "hl7v2":
                kind = mapping.documents[0]
                segments = {place[:3] for place in shipped.mapper().source_paths("hl7v2", kind)} - {
                    "MSH"
                }
                for junk in ("x", '""', "^^^^", "&&", "~~x", "20", "-1", "x^y&z^^&&&~~^"):
                    lines = [f"{name}|" + "|".join([junk] * 50) for name in sorted(segments)]
                    (document,) = hl7v2.decode(
                        "\r".join((f"MSH|^~\\&|A|B|||x||{kind}|1", *lines)).encode()
                    )
                    read(document)


class SamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        samples()

    @classmethod
    def tearDownClass(cls):
        samples.cache_clear()

    def test_every_sample_is_read_or_fails_with_a_place(self):
        facts = failures = 0
        for name, _, found in samples():
            for _, entity in found:
                facts += 1
                if isinstance(entity, str):
                    failures += 1
                    self.assertRegex(entity, r"^(no_key|bad_time|required|missing_code) \S", name)
        self.assertGreater(facts, 250)
        self.assertLess(failures, facts * 0.05)

    def test_minimising_changes_no_fact_and_no_entity(self):
        """But for the lines of a claim that a sender bills by diagnosis: they lose their code."""
        diagnoses = 0
        for name, document, found in samples():
            kept, _ = shipped.contracts().minimise(document)
            for (fact, whole), (least, entity) in zip(found, read(kept), strict=True):
                if whole != entity and isinstance(whole, Claim):
                    bare = [replace(line, code=None) for line in whole.lines]
                    self.assertEqual(bare, [replace(line, code=None) for line in entity.lines])
                    diagnoses += sum(line.code is None for line in entity.lines)
                    whole = replace(whole, lines=entity.lines)
                self.assertEqual((fact, whole), (least, entity), name)
        self.assertGreater(diagnoses, 0)

    def test_what_states_nothing_has_a_reason(self):
        for name, document, found in samples():
            if not found:
                is_read = shipped.mapper().reads(document)
                self.assertTrue(
                    reason_for_nothing(document, is_read=is_read), (name, document.kind)
                )

    def test_no_diagnosis_or_observation_becomes_a_fact(self):
        entities = {fact.entity for _, _, found in samples() for fact, _ in found}
        self.assertLessEqual(entities, set(ENTITIES))
        mapped = " ".join(" ".join(mapping.documents) for mapping in shipped.mappings())
        for kind in ("Observation", "Condition", "AllergyIntolerance", "MDM^T02", "VXU^V04"):
            self.assertFalse(any(fnmatchcase(kind, pattern) for pattern in mapped.split()), kind)

    def test_no_attribute_of_a_sample_is_cleared_by_mistake(self):
        for name, _, found in samples():
            for _, entity in found:
                if not isinstance(entity, str):
                    self.assertNotIn(CLEAR, entity.said().values(), name)
