import unittest

from ..codecs.fhir_structure import RESOURCE_TYPES, elements
from ..never import (
    ONLY,
    STORABLE,
    is_never,
    is_never_extension,
    is_never_name,
    is_secret_identifier,
    speakable,
)


class TestNever(unittest.TestCase):
    def test_every_word_of_the_promise_is_kept_for_every_resource(self):
        promised = {
            "text", "note", "diagnosis", "reasonCode", "reasonReference", "component", "supportingInfo", "maritalStatus"
        }  # fmt: skip
        for kind in STORABLE:
            for name, element in elements(kind).items():
                if name in promised:
                    with self.subTest(kind=kind, name=name):
                        self.assertTrue(is_never(kind, name, element.type))

    def test_clinical_resources_are_not_storable(self):
        clinical = {
            "Observation",
            "Condition",
            "AllergyIntolerance",
            "Composition",
            "DocumentReference",
        }
        self.assertFalse(clinical & STORABLE)
        self.assertLessEqual(STORABLE, RESOURCE_TYPES)
        for kind, names in ONLY.items():
            self.assertLessEqual(names, set(elements(kind)))

    def test_text_and_pictures_go_by_their_type(self):
        self.assertTrue(is_never("Practitioner", "photo", "Attachment"))
        self.assertTrue(is_never("Invoice", "anything", "Annotation"))
        self.assertFalse(is_never("HumanName", "text", "string"))

    def test_a_reason_is_kept_only_where_it_is_a_denial_code(self):
        self.assertFalse(is_never("ExplanationOfBenefit_Adjudication", "reason", "CodeableConcept"))
        self.assertTrue(is_never("ChargeItem", "reason", "CodeableConcept"))

    def test_extensions_about_who_somebody_is_are_known_by_their_words(self):
        self.assertTrue(is_never_extension("http://x.example/patient-religion"))
        self.assertFalse(is_never_extension("http://x.example/trace-id"))

    def test_json_names_are_known_however_written(self):
        for name in ("SSN", "marital_status", "Reason-Code", "notes"):
            self.assertTrue(is_never_name(name), name)
        self.assertFalse(is_never_name("quantity"))

    def test_numbers_of_the_state_are_known_by_type_system_or_words(self):
        for identifier in (
            {"system": "urn:oid:2.16.840.1.113883.4.1"},
            {"type": {"coding": [{"code": "MR"}, {"code": "PPN"}]}},
            {"type": {"text": "Driver's License"}},
        ):
            self.assertTrue(is_secret_identifier(identifier), identifier)
        self.assertFalse(is_secret_identifier({"type": {"coding": [{}]}, "value": "1"}))

    def test_only_a_plain_name_is_spoken(self):
        self.assertEqual(speakable("birthDate"), "birthDate")
        self.assertEqual(speakable("Anna Muster"), "*")
