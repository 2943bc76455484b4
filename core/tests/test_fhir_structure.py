import gzip
import json
import unittest

from ..codecs.fhir_structure import check_resource, elements
from ..errors import BadDocument
from . import fhir_table, samples

#: (resource, code, path)
MISFITS = [
    ([], "not_an_object", ""),
    ("Patient", "not_an_object", ""),
    ({}, "no_resource_type", ""),
    ({"resourceType": ""}, "no_resource_type", ""),
    ({"resourceType": ["Patient"]}, "no_resource_type", ""),
    ({"resourceType": "Money", "value": 1}, "unknown_resource", ""),
    ({"resourceType": "Patient", "id": "a b"}, "bad_value", "Patient.id"),
    ({"resourceType": "Patient", "gender": "m"}, "bad_value", "Patient.gender"),
    ({"resourceType": "Patient", "gender": 1}, "bad_value", "Patient.gender"),
    ({"resourceType": "Patient", "active": None}, "bad_value", "Patient.active"),
    ({"resourceType": "Patient", "birthDate": ["2024"]}, "wrong_shape", "Patient.birthDate"),
    ({"resourceType": "Patient", "meta": []}, "wrong_shape", "Patient.meta"),
    ({"resourceType": "Patient", "meta": "x"}, "wrong_shape", "Patient.meta"),
    ({"resourceType": "Patient", "meta": {}}, "empty_element", "Patient.meta"),
    ({"resourceType": "Patient", "name": {"family": "A"}}, "wrong_shape", "Patient.name"),
    ({"resourceType": "Patient", "name": []}, "empty_element", "Patient.name"),
    ({"resourceType": "Patient", "name": [None]}, "wrong_shape", "Patient.name[0]"),
    ({"resourceType": "Patient", "name": [{"given": ["A", ""]}]}, "bad_value", "Patient.name[0].given[1]"),
    ({"resourceType": "Patient", "name": [{"given": [None]}]}, "bad_value", "Patient.name[0].given[0]"),
    ({"resourceType": "Patient", "link": [{"type": "refer"}]}, "missing_element", "Patient.link[0].other"),
    ({"resourceType": "Patient", "Hans Muster": 1}, "unknown_element", "Patient"),
    ({"resourceType": "Patient", "animal": {}}, "unknown_element", "Patient"),
    ({"resourceType": "Patient", "reason": []}, "unknown_element", "Patient.reason"),
    ({"resourceType": "Patient", "_name": {}}, "unknown_element", "Patient"),
    ({"resourceType": "Patient", "_birthDate": "x"}, "wrong_shape", "Patient._birthDate"),
    ({"resourceType": "Patient", "name": [{"_given": {}}]}, "wrong_shape", "Patient.name[0]._given"),
    ({"resourceType": "Patient", "name": [{"resourceType": "x"}]}, "unknown_element", "Patient.name[0]"),
    ({"resourceType": "Patient", "contained": [{"resourceType": "X"}]}, "unknown_resource", "Patient.contained[0]"),
    ({"resourceType": "Patient", "contained": ["X"]}, "not_an_object", "Patient.contained[0]"),
]  # fmt: skip


class TestShape(unittest.TestCase):
    def test_a_misfit_is_named_by_code_and_place(self):
        for resource, code, path in MISFITS:
            with self.subTest(resource=resource), self.assertRaises(BadDocument) as caught:
                check_resource(resource)
            self.assertEqual((caught.exception.code, caught.exception.path), (code, path))

    def test_a_caller_may_name_the_place_the_resource_stands_in(self):
        with self.assertRaises(BadDocument) as caught:
            check_resource({"resourceType": "Patient", "active": "x"}, path="data")
        self.assertEqual(caught.exception.path, "data.active")

    def test_no_error_repeats_a_value(self):
        for resource, *_ in MISFITS:
            with self.assertRaises(BadDocument) as caught:
                check_resource(resource)
            for word in ("Muster", "a b", "animal"):
                self.assertNotIn(word, str(caught.exception))

    def test_a_null_stands_for_a_primitive_whose_extension_stands_beside_it(self):
        name = {"given": [None, "Ann"], "_given": [{"extension": [{"url": "x"}]}, None]}
        check_resource({"resourceType": "Patient", "name": [name]})
        check_resource({"resourceType": "Patient", "_birthDate": {"id": "x"}})

    def test_elements_include_inherited_ones(self):
        self.assertLessEqual({"id", "meta", "text", "extension", "name"}, set(elements("Patient")))
        self.assertLessEqual(
            {"id", "modifierExtension", "relationship"}, set(elements("Patient_Contact"))
        )


class TestTable(unittest.TestCase):
    def test_the_table_says_what_the_official_schema_says(self):
        schema = json.loads(gzip.decompress(samples.read("fhir/schema/fhir.schema.r4.json.gz")))
        table = fhir_table.derive(schema)
        self.assertEqual(fhir_table.TABLE.read_text(encoding="utf-8"), fhir_table.render(table))
        self.assertEqual(json.loads(fhir_table.render(table)), table)
