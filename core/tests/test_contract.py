import unittest

from ..allowed import compile_paths, parse_path
from ..codecs import fhir, hl7v2
from ..contract import Attribute, Contract, Contracts, check_data_class
from ..document import Document, Envelope
from ..errors import MessageRefused, PermanentError

EVERYTHING = Contracts([Contract.allowing("fhir", "*", "*"), Contract.allowing("json", "*", "*")])


def json_document(body, kind="org.interop.item.consumed.v1", format="json"):
    return Document(format, kind, body, Envelope(type=kind))


class TestContract(unittest.TestCase):
    def test_an_unknown_data_class_is_refused(self):
        check_data_class("restricted")
        for name in ("secret", "", "Public"):
            with self.subTest(name), self.assertRaises(MessageRefused) as caught:
                Attribute("id", name)
            self.assertEqual(caught.exception.code, "unknown_data_class")

    def test_a_bad_path_is_found_when_the_contract_is_made(self):
        for path in ("", "a..b", "a b", ".a", "a[x]", "extension()", "a.extension(x y)"):
            with self.subTest(path), self.assertRaises(PermanentError) as caught:
                Contract.allowing("json", "*", path)
            self.assertEqual(caught.exception.code, "bad_path")
        Contract.allowing("hl7v2", "*", "PID-3.1", "MSH-*")

    def test_a_contract_is_for_kinds_that_match_one_of_its_patterns(self):
        contract = Contract.allowing("hl7v2", "ADT^A0[148] ORU^*", "PID-3")
        self.assertTrue(contract.is_for("hl7v2", "ADT^A04"))
        self.assertTrue(contract.is_for("hl7v2", "ORU^R01"))
        self.assertFalse(contract.is_for("hl7v2", "ADT^A02"))
        self.assertFalse(contract.is_for("json", "ADT^A04"))

    def test_cloudevents_follow_the_contracts_of_json(self):
        contracts = Contracts([Contract.allowing("json", "*", "a")])
        document, _ = contracts.minimise(json_document({"a": 1, "b": 2}, format="cloudevents"))
        self.assertEqual(document.body, {"a": 1})
        self.assertTrue(contracts.allows("cloudevents", "x", "a"))

    def test_lists_of_plain_values_are_kept_or_dropped_as_a_whole(self):
        contracts = Contracts([Contract.allowing("json", "*", "name.given")])
        given = {"name": {"given": ["Robin", "Kim"], "nick": ["Bo"]}}
        document, dropped = contracts.minimise(json_document(given))
        self.assertEqual(document.body["name"]["given"], ["Robin", "Kim"])
        self.assertIn("name.nick", dropped)

    def test_it_can_be_asked_whether_a_document_is_covered(self):
        contracts = Contracts([Contract.allowing("fhir", "Patient", "id")])
        patient = {"resourceType": "Patient", "id": "1"}
        device = {"resourceType": "Device", "id": "1"}
        self.assertTrue(contracts.covers(fhir.read(patient)))
        self.assertFalse(contracts.covers(fhir.read(device)))
        for resource, expected in ((patient, True), (device, False)):
            body = {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": resource}],
            }
            self.assertEqual(contracts.covers(fhir.read(body)), expected)
        self.assertFalse(contracts.covers(json_document({})))

    def test_hl7_messages_are_minimised_by_their_codec(self):
        body = b"MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\rPID|||4711^^^H^MR||Muster^Anna\rDG1|1||I10\r"
        contracts = Contracts([Contract.allowing("hl7v2", "ADT^*", "PID-3", "DG1-*")])
        (document,) = hl7v2.decode(body)
        minimised, dropped = contracts.minimise(document)
        self.assertEqual([segment.name for segment in minimised.body.segments], ["MSH", "PID"])
        self.assertIn("PID-5", dropped)
        self.assertTrue(contracts.allows("hl7v2", "ADT^A01", "PID-3.1"))
        self.assertFalse(contracts.allows("hl7v2", "ADT^A01", "PID-5"))
        self.assertTrue(
            Contracts([Contract.allowing("hl7v2", "*", "PID-*")]).allows("hl7v2", "X", "PID-5.1")
        )


class TestAllows(unittest.TestCase):
    def test_a_path_is_allowed_with_all_beneath_it(self):
        paths = ("name.family", "identifier", "extension(http://x.example/vat)")
        contracts = Contracts([Contract.allowing("fhir", "Patient", *paths)])
        for path, expected in (
            ("identifier", True),
            ("identifier.value", True),
            ("identifier[0].value", True),
            ("name.family", True),
            ("name", False),
            ("name.given", False),
            ("birthDate", False),
            ("extension(http://x.example/vat)", True),
            ("extension(http://x.example/vat).valueDecimal", True),
            ("extension(http://x.example/other)", False),
            ("extension", False),
        ):
            with self.subTest(path):
                self.assertEqual(contracts.allows("fhir", "Patient", path), expected)
        self.assertFalse(contracts.allows("fhir", "Device", "identifier"))

    def test_what_is_never_stored_or_does_not_exist_is_not_allowed(self):
        for kind, path, expected in (
            ("Patient", "gender", True),
            ("Patient", "maritalStatus", False),
            ("Patient", "text.div", False),
            ("Patient", "nonsense", False),
            ("Patient", "gender.nonsense", False),
            ("Patient", "contained.code", False),
            ("Observation", "status", False),
            ("NoResource", "status", False),
            ("Claim", "item.net", True),
            ("Claim", "item.bodySite", False),
            ("DiagnosticReport", "basedOn.reference", True),
            ("DiagnosticReport", "result", False),
        ):
            with self.subTest(kind=kind, path=path):
                self.assertEqual(EVERYTHING.allows("fhir", kind, path), expected)
        self.assertTrue(EVERYTHING.allows("json", "x", "item.code"))
        self.assertFalse(EVERYTHING.allows("json", "x", "item.diagnosis"))

    def test_an_extension_that_is_never_stored_is_not_allowed_by_name(self):
        path = "extension(http://hl7.org/fhir/us/core/StructureDefinition/us-core-race)"
        contracts = Contracts([Contract.allowing("fhir", "Patient", path)])
        self.assertFalse(contracts.allows("fhir", "Patient", path))


class TestPaths(unittest.TestCase):
    def test_brackets_mean_nothing_and_urls_stay_whole(self):
        self.assertEqual(parse_path(" item[].code "), ("item", "code"))
        self.assertEqual(parse_path("name[*].given[0]"), ("name", "given"))
        self.assertEqual(
            parse_path("a.extension(http://x.example/y.z).b"),
            ("a", "extension(http://x.example/y.z)", "b"),
        )

    def test_a_star_is_any_name_and_adds_to_the_names_beside_it(self):
        tree = compile_paths(["item.code", "*.quantity"])
        self.assertTrue(tree.under("item").under("quantity").is_all)
        self.assertTrue(tree.under("item").under("code").is_all)
        self.assertIsNone(tree.under("other").under("code"))
        self.assertTrue(tree.under("other").under("quantity").is_all)
