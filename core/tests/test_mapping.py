"""Mappings find facts, in order, and make entities of them; nothing goes wrong at the door."""

import json
import unittest

from ..canonical import Identifier, Party, Reference
from ..codecs import fhir, hl7v2
from ..document import Document, Envelope
from ..errors import MappingError, MissingCode
from ..mapping import Mapper, Mapping, Rule
from . import shipped

ID = Rule("identifiers", "PID-3", "hl7.identifiers")


def hl7(*segments, kind="ADT^A01"):
    (document,) = hl7v2.decode(
        "\r".join((f"MSH|^~\\&|A|B|||20200508||{kind}|1", *segments)).encode()
    )
    return document


def resource(body):
    (document,) = fhir.decode(json.dumps(body).encode())
    return document


def plain(kind, body, **envelope):
    return Document("json", kind, body, Envelope(kind, **envelope))


class MapperTest(unittest.TestCase):
    context = shipped.context()

    def facts(self, document, *mappings):
        self.mapper = Mapper(mappings)
        return self.mapper.facts(document, self.context)

    def entity(self, fact):
        return self.mapper.entity(fact, self.context)

    def test_a_fact_says_who_what_and_when_and_the_entity_the_rest(self):
        mapping = Mapping(
            "patient", "hl7v2", ("ADT^A0[14]",), "party", "registered", version="EVN-2",
            rules=(ID, Rule("name", "PID-5", "hl7.name")),
        )  # fmt: skip
        (fact,) = self.facts(hl7("EVN|A01|20200509", "PID|||7^^^MRN||Duck^Don"), mapping)
        self.assertEqual(
            (fact.entity, fact.event, fact.subject), ("party", "registered", "party/MRN|7")
        )
        self.assertEqual(
            (fact.ordinal, fact.mapping, fact.version), (0, "patient", "20200509T000000.000000")
        )
        entity = self.entity(fact)
        self.assertIsInstance(entity, Party)
        self.assertEqual(
            (entity.identifiers, entity.name.family), ((Identifier("7", "MRN"),), "Duck")
        )

    def test_only_documents_of_its_kind_and_format_are_read(self):
        mapping = Mapping(
            "patient", "hl7v2", ("ADT^A0[14]", "ADT^A28"), "party", "updated", rules=(ID,)
        )
        self.assertEqual(self.facts(hl7("PID|||7", kind="ADT^A02"), mapping), ())
        self.assertEqual(len(self.facts(hl7("PID|||7", kind="ADT^A28"), mapping)), 1)
        self.assertEqual(self.facts(plain("ADT^A01", {}), mapping), ())
        self.assertTrue(self.mapper.reads(hl7("PID|||7")))
        self.assertFalse(self.mapper.reads(hl7("PID|||7", kind="ADT^A02")))

    def test_cloudevents_are_read_as_json(self):
        mapping = Mapping("item", "json", ("*.item.consumed.v1",), "stock_movement", rules=(
            Rule("@event", "@trigger"), Rule("identifiers", "id", "text"),
        ))  # fmt: skip
        kind = "org.interop.item.consumed.v1"
        document = Document(
            "cloudevents", kind, {"id": "m1"}, Envelope(kind, time="2020-05-08T00:00:00Z")
        )
        (fact,) = self.facts(document, mapping)
        self.assertEqual(
            (fact.event, fact.subject, fact.version),
            ("consumed", "stock_movement/|m1", "20200508T000000.000000"),
        )

    def test_facts_come_in_the_order_of_mappings_then_of_the_document(self):
        place = Mapping("place", "hl7v2", ("ADT^A01",), "location", "updated", each="PV1", rules=(
            Rule("identifiers", "PV1-3", "hl7.place_identifiers"),
        ))  # fmt: skip
        patient = Mapping("patient", "hl7v2", ("ADT^A01",), "party", "updated", rules=(ID,))
        document = hl7("PID|||7", "PV1|1|I|A", "PV1|2|I|B")
        found = self.facts(document, place, patient)
        self.assertEqual(
            [fact.subject for fact in found], ["location/|A", "location/|B", "party/|7"]
        )
        self.assertEqual([fact.ordinal for fact in found], [0, 1, 2])
        self.assertEqual(found, self.mapper.facts(document, self.context))

    def test_a_group_sees_the_header_before_it(self):
        mapping = Mapping("order", "hl7v2", ("ORM^O01",), "order", "placed", each="ORC,OBR", when="ORC-1!=XX", rules=(
            Rule("identifiers", "ORC-2 | OBR-2", "hl7.entity_identifiers", "PLAC"),
            Rule("party", "PID-3 + PID-5", "hl7.reference", "party carried"),
        ))  # fmt: skip
        found = self.facts(
            hl7("PID|||7", "ORC|NW|1", "OBR|1", "ORC|XX|2", "OBR|1", "OBR|2|3", kind="ORM^O01"),
            mapping,
        )
        self.assertEqual([fact.subject for fact in found], ["order/|1", "order/|3"])
        self.assertEqual(
            self.entity(found[1]).party, Reference("party", (Identifier("7"),), is_carried=True)
        )

    def test_an_element_sees_the_whole_around_it(self):
        mapping = Mapping("line", "json", ("x.y.z.v1",), "charge", "posted", each="lines[?n]", when="n", rules=(
            Rule("@natural", "[_root.visit, n]", "join"), Rule("encounter", "_root.visit", "json.reference", "encounter"),
        ))  # fmt: skip
        body = {"visit": "V1", "lines": [{"n": 1}, {"x": 2}, {"n": 3}]}
        found = self.facts(plain("x.y.z.v1", body), mapping)
        self.assertEqual(
            [fact.subject for fact in found], ["charge/natural|V1|1", "charge/natural|V1|3"]
        )
        entity = self.entity(found[0])
        self.assertEqual(entity.identifiers, (Identifier("V1|1", "natural", "NK"),))
        self.assertEqual(entity.encounter.identifiers[0].value, "V1")

    def test_a_key_of_its_own_names_the_subject_and_leaves_the_identifiers(self):
        mapping = Mapping("result", "hl7v2", ("ORU^R01",), "order", "completed", rules=(
            Rule("identifiers", "OBR-2", "hl7.entity_identifiers", "PLAC"),
            Rule("@key", "OBR-3", "hl7.entity_identifiers", "FILL"),
        ))  # fmt: skip
        (fact,) = self.facts(hl7("OBR|1|5|9^LAB", kind="ORU^R01"), mapping)
        self.assertEqual(fact.subject, "order/LAB|9")
        self.assertEqual(self.entity(fact).identifiers, (Identifier("5", "", "PLAC"),))
        (fact,) = self.facts(hl7('OBR|1|""|9^LAB', kind="ORU^R01"), mapping)
        self.assertEqual(self.entity(fact).identifiers, (Identifier("9", "LAB", "FILL"),))

    def test_without_any_key_the_fact_stands_and_the_entity_fails(self):
        (fact,) = self.facts(
            hl7("PID|1"), Mapping("patient", "hl7v2", ("ADT^A01",), "party", "updated", rules=(ID,))
        )
        self.assertEqual(fact.subject, "party/?")
        with self.assertRaises(MappingError) as caught:
            self.entity(fact)
        self.assertEqual((caught.exception.code, caught.exception.path), ("no_key", "PID-3"))
        (fact,) = self.facts(
            hl7("PID|1"), Mapping("patient", "hl7v2", ("ADT^A01",), "party", "updated")
        )
        with self.assertRaises(MappingError) as caught:
            self.entity(fact)
        self.assertEqual(caught.exception.path, "identifiers")

    def test_no_error_stops_the_door_and_the_entity_says_it(self):
        mapping = Mapping("bed", "hl7v2", ("ADT^A20",), "location", rules=(
            Rule("@event", "NPU-2", concept_map="nothing", required=True),
            Rule("identifiers", "NPU-1", "hl7.place_identifiers"),
            Rule("identifiers", "NPU-3", "decimal"),
        ))  # fmt: skip
        (fact,) = self.facts(hl7("NPU|W|Q|x", kind="ADT^A20"), mapping)
        self.assertEqual((fact.event, fact.subject), ("unknown", "location/?"))
        with self.assertRaises(MissingCode) as caught:
            self.entity(fact)
        self.assertEqual(caught.exception.value, "Q")

    def test_a_condition_that_cannot_be_told_is_a_fact_that_fails(self):
        rules = (Rule("identifiers", "id", "text"),)
        for mapping in (
            Mapping("m", "json", ("a.b.c.v1",), "charge", "posted", when="length(n)", rules=rules),
            Mapping("m", "json", ("a.b.c.v1",), "charge", "posted", each="keys(n)", rules=rules),
        ):
            (fact,) = self.facts(plain("a.b.c.v1", {"id": "1", "n": 731}), mapping)
            self.assertEqual(fact.subject, "charge/|1")
            with self.assertRaises(MappingError) as caught:
                self.entity(fact)
            self.assertEqual(caught.exception.code, "bad_value")

    def test_a_message_that_nothing_is_read_of_states_nothing(self):
        self.assertEqual(self.facts(hl7()), ())


class BundleTest(unittest.TestCase):
    context = shipped.context()
    PATIENT = Mapping("patient", "fhir", ("Patient",), "party", "updated", rules=(
        Rule("identifiers", "[resourceType, id, identifier]", "fhir.identifiers"),
        Rule("is_active", "_deleted", "fixed", "false"),
    ))  # fmt: skip
    VISIT = Mapping("visit", "fhir", ("Encounter",), "encounter", "started", rules=(
        Rule("identifiers", "[resourceType, id, identifier]", "fhir.identifiers"),
        Rule("party", "subject", "fhir.reference", "party"),
    ))  # fmt: skip

    def bundle(self, *entries, kind="transaction"):
        return resource({"resourceType": "Bundle", "type": kind, "entry": list(entries)})

    def entry(self, body, url="", method="POST"):
        request = {"method": method, "url": body["resourceType"]}
        return {"resource": body, "request": request, **({"fullUrl": url} if url else {})}

    def test_each_resource_states_its_facts_with_references_resolved(self):
        visit = {
            "resourceType": "Encounter",
            "id": "e",
            "status": "planned",
            "class": {"code": "AMB"},
            "subject": {"reference": "urn:uuid:1"},
        }
        patient = {"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "M1"}]}
        mapper = Mapper((self.PATIENT, self.VISIT))
        found = mapper.facts(
            self.bundle(self.entry(visit, "urn:uuid:2"), self.entry(patient, "urn:uuid:1")),
            self.context,
        )
        self.assertEqual(
            [fact.subject for fact in found], ["party/urn:mrn|M1", "encounter/fhir:Encounter|e"]
        )
        party = mapper.entity(found[1], self.context).party
        self.assertEqual(party, Reference("party", (Identifier("M1", "urn:mrn"),), is_carried=True))

    def test_a_deleted_resource_says_so(self):
        deleted = {"request": {"method": "DELETE", "url": "Patient/7"}}
        mapper = Mapper((self.PATIENT,))
        document = self.bundle(
            deleted,
            self.entry({"resourceType": "Observation", "status": "final", "code": {"text": "x"}}),
        )
        (fact,) = mapper.facts(document, self.context)
        self.assertIs(mapper.entity(fact, self.context).is_active, False)
        self.assertTrue(mapper.reads(document))
        self.assertFalse(Mapper((self.VISIT,)).reads(document))


class CompileTest(unittest.TestCase):
    def test_a_mapping_that_cannot_work_is_named(self):
        for mapping, code in (
            (Mapping("m", "xml", ("*",), "party"), "bad_format"),
            (Mapping("m", "json", ("*",), "unicorn", rules=(Rule("name"),)), "bad_entity"),
            (Mapping("m", "json", ("*",), "party", each="a["), "bad_path"),
            (Mapping("m", "json", ("*",), "party", when="a["), "bad_path"),
            (Mapping("m", "hl7v2", ("*",), "party", version="nonsense"), "bad_path"),
            (Mapping("m", "json", ("*",), "party", rules=(Rule("colour"),)), "bad_target"),
        ):
            with self.subTest(code), self.assertRaises(MappingError) as caught:
                Mapper((mapping,))
            self.assertEqual((caught.exception.code, caught.exception.detail), (code, "m"))

    def test_kinds_of_strangers_do_not_fill_the_memory(self):
        mapper = Mapper(())
        for number in range(2100):
            mapper.facts(plain(f"a.b.{number}.v1", {}), shipped.context())
        self.assertLessEqual(len(mapper._by_kind), 1000)


class PlacesTest(unittest.TestCase):
    def places(self, *rules, format_name="json", **options):
        mapping = Mapping("m", format_name, ("*",), "charge", rules=rules, **options)
        return Mapper((mapping,)).source_paths(format_name, "x")

    def test_everything_that_a_mapping_looks_at_is_told(self):
        found = self.places(Rule("amount", "FT1-11 | FT1-12.1", "hl7.money"), Rule("kind", default="charge"),
                            format_name="hl7v2", each="FT1", when="FT1-6=CG", version="EVN-2 + MSH-13")  # fmt: skip
        self.assertEqual(found, {"FT1-11", "FT1-12.1", "FT1-6", "EVN-2", "MSH-13"})

    def test_places_of_an_element_are_beneath_its_list(self):
        found = self.places(
            Rule("amount", "price", "json.money"),
            Rule("encounter", "_root.visit", "json.reference"),
            each="lines",
        )
        self.assertEqual(found, {"lines.price", "visit"})

    def test_the_whole_element_is_its_list(self):
        self.assertEqual(
            self.places(Rule("order", "@", "json.reference"), each="orders"), {"orders"}
        )
        self.assertEqual(self.places(each="orders"), {"orders"})

    def test_what_the_engine_adds_is_no_place(self):
        found = self.places(
            Rule("party", "subject._resolved.name", "text"),
            Rule("kind", "_deleted"),
            Rule("encounter", "@"),
        )
        self.assertEqual(found, {"subject", "*"})
