"""What a sender sends, counted by places: what becomes of each, and that no value is told."""

import json
import unittest

from ..codecs import fhir, hl7v2
from ..contract import Attribute, Contract, Contracts
from ..document import Document, Envelope
from ..errors import BadBatch, BadDocument
from ..mapping import Mapper, Mapping, Rule
from ..survey import Survey
from ..survey_places import places, safe_name, safe_url
from . import shipped
from .samples import ROOT

ADMISSION = (
    "MSH|^~\\&|APP|GH|ODOO|X|20260102101010|secret|ADT^A01|1|P|2.5\r"
    "EVN|A01|20260102\r"
    "PID|1||4711^^^MRN^MR~123456789^^^SSA^SS||Doe^Jane||19800101|F||2106-3|Main St^^Bern||||||||||||||||||||||||||secret\r"
    "PV1|1|I|W1^3^2||||||||||||||||V1\r"
    "OBX|1|ST|8302-2^Height||1.80\r"
    "ZPI|1|something\r"
)


def hl7(text):
    (document,) = hl7v2.decode(text.encode())
    return document


def of_fhir(body):
    (document,) = fhir.decode(json.dumps(body).encode())
    return document


def of_json(body, kind="org.interop.party.updated.v1"):
    return Document("json", kind, body, Envelope(kind))


def surveyed(*documents, contracts=None, mapper=None, is_sample=True):
    contracts, mapper = contracts or shipped.contracts(), mapper or shipped.mapper()
    survey = Survey(contracts)
    for document in documents:
        kept, dropped = contracts.minimise(document)
        whole = document if is_sample else None
        survey.add(kept, dropped, mapper, shipped.context(), whole)
    return survey


def fates(survey):
    return {row.place: row.fate for row in survey.rows()}


class Hl7Test(unittest.TestCase):
    def test_each_place_has_its_fate(self):
        found = fates(surveyed(hl7(ADMISSION)))
        self.assertEqual(
            {
                place: found.get(place)
                for place in (
                    "MSH-9",
                    "PID-5",
                    "PID-10",
                    "PID-1",
                    "OBX",
                    "OBX-5",
                    "ZPI-2",
                    "PID-37",
                )
            },
            {
                "MSH-9": "read",
                "PID-5": "read",
                "PID-10": "never",
                "PID-1": "dropped",
                "OBX": "never",
                "OBX-5": None,
                "ZPI-2": "unknown",
                "PID-37": "dropped",
            },
        )
        self.assertEqual(found["PID-3[5=SS]"], "never")

    def test_a_place_tells_its_name_what_it_fills_and_how_often_it_came(self):
        survey = surveyed(hl7(ADMISSION), hl7(ADMISSION.replace("ADT^A01", "ADT^A08")))
        (name,) = (row for row in survey.rows() if row.place == "PID-5")
        self.assertEqual((name.name, name.messages), ("Patient identification: Patient name", 2))
        self.assertEqual(name.documents, ("ADT^A01", "ADT^A08"))
        self.assertIn("party.name", name.read_by)
        self.assertEqual(survey.documents, 2)

    def test_what_stored_messages_tell_of_what_was_dropped_is_counted_too(self):
        found = fates(surveyed(hl7(ADMISSION), is_sample=False))
        self.assertEqual((found["ZPI"], found["PID-1"]), ("unknown", "dropped"))
        self.assertNotIn("ZPI-2", found)

    def test_a_place_that_nobody_would_write_is_not_repeated(self):
        survey = Survey(shipped.contracts())
        kept, _ = shipped.contracts().minimise(hl7(ADMISSION))
        survey.add(kept, ["Doe Jane", "PID-19"], shipped.mapper(), shipped.context())
        self.assertLessEqual({"*", "PID-19"}, set(fates(survey)))

    def test_documents_that_no_contract_knows_are_unknown_and_have_hints_by_place(self):
        document = hl7(ADMISSION.replace("ADT^A01", "XXX^Y99"))
        rows = {row.place: row for row in surveyed(document).rows()}
        self.assertEqual((rows["PID-5"].fate, rows["OBX"].fate), ("unknown", "never"))
        self.assertIn("party.name", rows["PID-5"].hints)
        self.assertEqual((rows["MSH-9"].hints, rows["ZPI-2"].hints), ((), ()))

    def test_where_nothing_acts_what_is_known_of_such_messages_is_suggested_first(self):
        survey = Survey(shipped.contracts(), shipped.mapper())
        kept, dropped = shipped.contracts().minimise(hl7(ADMISSION))
        survey.add(kept, dropped, Mapper([]), shipped.context())
        rows = {row.place: row for row in survey.rows()}
        self.assertEqual(
            (rows["PID-3"].fate, rows["PID-3"].hints),
            ("kept", ("party.identifiers", "encounter.party", "coverage.party")),
        )
        self.assertEqual(rows["PV1-2"].hints, ("encounter.encounter_class",))


class FhirTest(unittest.TestCase):
    def test_elements_of_each_resource(self):
        vat = "https://interop.example.org/fhir/StructureDefinition/worker-type"
        patient = {
            "resourceType": "Patient",
            "id": "p1",
            "name": [{"family": "Duck"}, {"given": ["Don"]}],
            "maritalStatus": {"text": "secret"},
            "contact": [{"name": {"family": "Mouse"}}],
            "extension": [{"url": "http://x.example/0815", "valueString": "secret"}],
        }
        role = {
            "resourceType": "PractitionerRole",
            "contained": [{"resourceType": "Organization", "id": "o", "name": "Org"}],
            "extension": [{"url": vat, "valueCode": "staff"}],
        }
        observation = {"resourceType": "Observation", "status": "final", "code": {"text": "secret"}}
        account = {"resourceType": "Task", "status": "draft", "intent": "order"}
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "link": [{"relation": "self", "url": "http://x.example"}],
            "entry": [{"resource": one} for one in (patient, role, observation, account)],
        }
        found = fates(surveyed(of_fhir(bundle)))
        expected = {
            "Patient.name.family": "read",
            "Patient.id": "read",
            "Patient.maritalStatus": "never",
            "Patient.contact": "dropped",
            "Patient.contact.name.family": "dropped",
            "Patient.extension": "unknown",
            f"PractitionerRole.extension({vat})": "read",
            "Organization.name": "read",
            "Observation": "never",
            "Task": "unknown",
            "Bundle.link": "dropped",
        }
        self.assertEqual({place: found.get(place) for place in expected}, expected)
        self.assertNotIn("0815", str(found))
        self.assertNotIn("secret", str(found))

    def test_what_is_kept_and_not_read(self):
        contracts = Contracts([Contract.allowing("fhir", "Patient", "name", "telecom")])
        rule = Rule("name", "name", "fhir.name")
        mapper = Mapper([Mapping("m", "fhir", ("Patient",), "party", "updated", rules=(rule,))])
        document = of_fhir(
            {"resourceType": "Patient", "name": [{"family": "A"}], "telecom": [{"value": "1"}]}
        )
        survey = surveyed(document, contracts=contracts, mapper=mapper)
        self.assertEqual(
            fates(survey), {"Patient.name.family": "read", "Patient.telecom.value": "kept"}
        )


class JsonTest(unittest.TestCase):
    def test_members_and_what_they_might_be(self):
        body = {
            "identifiers": [{"value": "1"}],
            "patient": {"dob": "1934-06-09", "lastName": "Duck", "diagnosis": "gout"},
            "by_number": {"4711": "x", "A4711B": "y"},
            "free text": "z",
            "nothing": None,
        }
        survey = surveyed(of_json(body))
        rows = {row.place: row for row in survey.rows()}
        self.assertEqual(rows["identifiers.value"].fate, "read")
        self.assertEqual(
            (rows["patient.dob"].fate, rows["patient.dob"].hints),
            ("dropped", ("party.birth_date",)),
        )
        self.assertEqual(rows["patient.lastName"].hints, ("party.name",))
        self.assertEqual(rows["patient.diagnosis"].fate, "never")
        self.assertEqual((rows["by_number.*"].fate, rows["*"].fate), ("unknown", "unknown"))
        self.assertNotIn("4711", str(rows))

    def test_a_kind_that_nobody_knows_has_hints_by_the_names_of_its_members(self):
        body = {"visit": {"ward": "W1"}, "xyz": 1, "diagnosis": {"code": "I10"}}
        survey = surveyed(of_json(body, "hospital.something"))
        rows = {row.place: row for row in survey.rows()}
        self.assertEqual(rows["visit.ward"].fate, "unknown")
        self.assertIn("encounter.location", rows["visit.ward"].hints)
        self.assertEqual((rows["diagnosis"].fate, rows["xyz"].hints), ("never", ()))


class CodesTest(unittest.TestCase):
    MAPPING = Mapping(
        "m",
        "json",
        ("x.y",),
        "location",
        "updated",
        each="places",
        rules=(
            Rule("identifiers", "id", "json.identifiers"),
            Rule("kind", "kind", "code", concept_map="place_kind"),
            Rule("operational_status", "@kind", "code", concept_map="hl7_place_kind"),
            Rule("status", "state", "code", concept_map="place_kind", required=True),
        ),
    )

    def codes(self, data_class):
        attributes = (
            Attribute("places.id"),
            Attribute("places.kind", data_class),
            Attribute("places.state", "restricted"),
        )
        contracts = Contracts([Contract("json", "x.y", attributes)])
        places_ = [
            {"id": str(number), "kind": kind, "state": "S"}
            for number, kind in enumerate(("W", "Q", "Q", "y" * 65))
        ]
        document = of_json({"places": places_}, "x.y")
        survey = Survey(contracts)
        kept, dropped = contracts.minimise(document)
        known = {("place_kind", "W"): "ward"}
        context = shipped.context_of(lambda name, coding: known.get((name, coding.code)))
        survey.add(kept, dropped, Mapper([self.MAPPING]), context)
        return {row.source: row for row in survey.codes()}

    def test_codes_are_counted_and_shown_only_where_the_contract_allows(self):
        for data_class, shown, known in (
            ("internal", (("Q", 2),), (("W", 1),)),
            ("confidential", (), ()),
        ):
            found = self.codes(data_class)
            self.assertEqual(set(found), {"kind", "state"})
            row = found["kind"]
            self.assertEqual((row.times, row.distinct, row.unknown), (4, 3, 2), data_class)
            self.assertEqual((row.shown, row.known), (shown, known), data_class)
            self.assertEqual((row.concept_map, row.documents), ("place_kind", ("x.y",)))
            self.assertEqual((found["state"].unknown, found["state"].shown), (1, ()))

    def test_codes_of_the_standard_formats(self):
        survey = surveyed(
            hl7(ADMISSION.replace("PV1|1|I|", "PV1|1|QQ|")),
            of_fhir({"resourceType": "Patient", "id": "1", "gender": "male"}),
        )
        found = {row.source: row for row in survey.codes()}
        self.assertEqual((found["PV1-2.1"].distinct, found["PV1-2.1"].unknown), (1, 1))
        self.assertEqual((found["gender"].distinct, found["gender"].shown), (1, ()))
        self.assertEqual(found["gender"].documents, ("Patient",))

    def test_what_cannot_be_read_counts_as_no_code(self):
        mapping = Mapping("m", "json", ("x.y",), "party", "updated", each="length(a)")
        contracts = Contracts([Contract.allowing("json", "x.y", "a")])
        survey = surveyed(of_json({"a": 1}, "x.y"), contracts=contracts, mapper=Mapper([mapping]))
        self.assertEqual(survey.codes(), [])
        with_code = Mapping("m", "json", ("x.y",), "party", "updated", rules=(
            Rule("gender", "a", "decimal", concept_map="gender"),))  # fmt: skip
        survey = surveyed(
            of_json({"a": "x"}, "x.y"), contracts=contracts, mapper=Mapper([with_code])
        )
        self.assertEqual(survey.codes(), [])


class ValuesTest(unittest.TestCase):
    def test_names_and_addresses_that_may_be_values(self):
        self.assertEqual(
            [safe_name(one) for one in ("a_1", "P4711", "Anna M", "x" * 60)], ["a_1", "*", "*", "*"]
        )
        us_core = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
        for url in (
            us_core,
            "http://x.example/4711",
            "urn:oid:1.2",
            "",
            None,
            5,
            "http://x/" + "y" * 200,
        ):
            self.assertEqual(safe_url(url), us_core if url == us_core else "…")

    def test_what_is_no_shape_of_fhir_has_no_place(self):
        odd = Document(
            "fhir",
            "Patient",
            {"resourceType": "Patient", "contained": ["x"], "extension": ["y"], "name": ""},
            Envelope(""),
        )
        self.assertEqual(places(odd), {("Patient", "Patient.extension(…)")})
        odd = Document(
            "fhir", "Patient", {"resourceType": "Patient", "extension": "x"}, Envelope("")
        )
        self.assertEqual(places(odd), {("Patient", "Patient.extension")})

    def test_no_value_of_a_sample_s_patient_is_told(self):
        folder = ROOT / "hl7v2"
        if not folder.exists():
            raise unittest.SkipTest(f"samples are not beside this checkout: {folder}")
        documents = [
            document
            for path in sorted(folder.rglob("*.hl7"))
            for document in _decoded(path.read_bytes())
        ]
        survey = surveyed(*documents)
        told = {
            word
            for row in survey.rows()
            for word in (row.place, *row.documents, *row.hints, *row.read_by)
        }
        told |= {code for row in survey.codes() for code, _ in (*row.shown, *row.known)}
        values = {
            value
            for document in documents
            for segment in document.body.named("PID")
            for field in segment.fields[1:]
            for value in _words(field)
        }
        self.assertGreater(len(values), 200)
        text = "\n".join(told)
        self.assertEqual({value for value in values if value in text}, set())


def _decoded(body):
    try:
        return hl7v2.decode(body)
    except BadBatch as error:
        return error.documents
    except BadDocument:
        return ()


def _words(field):
    """What stands in a field, as far as it is long enough to be told from a number of a place."""
    for mark in "~^&":
        field = field.replace(mark, "\n")
    return {word for word in field.split("\n") if len(word) >= 5}
