import unittest

from ..codecs import fhir
from ..contract import Contract, Contracts
from ..document import Document, Envelope
from ..fhir_extensions import ADDITIONAL_IDENTIFIER

EVERYTHING = Contracts([Contract.allowing("fhir", "*", "*"), Contract.allowing("json", "*", "*")])
SSN = "http://hl7.org/fhir/sid/us-ssn"
UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"


def json_document(body, kind="org.interop.item.consumed.v1", format="json"):
    return Document(format, kind, body, Envelope(type=kind))


def minimise(resource, *paths, contracts=None):
    contracts = contracts or Contracts([Contract.allowing("fhir", "*", *paths)])
    document, dropped = contracts.minimise(fhir.read(resource))
    return document.body, dropped


class TestMinimiseJson(unittest.TestCase):
    def minimise(self, body, *paths):
        contracts = Contracts([Contract.allowing("json", "*", *paths)])
        document, dropped = contracts.minimise(json_document(body))
        return document.body, dropped

    def test_what_is_listed_stays_and_the_rest_is_named(self):
        body = {
            "item": [{"code": "A", "cost": 1}, {"code": "B"}],
            "patient": {"name": "X"},
            "lot": "7",
        }
        kept, dropped = self.minimise(body, "item.code", "lot")
        self.assertEqual(kept, {"item": [{"code": "A"}, {"code": "B"}], "lot": "7"})
        self.assertEqual(dropped, ("item.cost", "patient"))

    def test_a_value_where_an_object_was_agreed_is_dropped(self):
        self.assertEqual(self.minimise({"item": "free text"}, "item.code"), ({}, ("item",)))
        self.assertEqual(
            self.minimise({"item": ["text", {"code": 1}]}, "item.code")[0], {"item": [{"code": 1}]}
        )
        self.assertEqual(self.minimise(["text"], "item"), ([], ("*",)))

    def test_clinical_names_go_at_any_depth_however_written(self):
        body = {
            "a": {"b": [{"Marital_Status": "M", "diagnosis-codes": ["I10"], "SSN": "1", "keep": 2}]}
        }
        kept, dropped = self.minimise(body, "a")
        self.assertEqual(kept, {"a": {"b": [{"keep": 2}]}})
        self.assertEqual(dropped, ("a.b.Marital_Status", "a.b.SSN", "a.b.diagnosis-codes"))

    def test_a_name_that_may_be_a_value_is_not_repeated(self):
        _, dropped = self.minimise({"Muster, Anna": 1, "a": {"+41 44 123": 2}}, "a.b")
        self.assertEqual(dropped, ("*", "a.*"))

    def test_without_contract_nothing_is_kept(self):
        document, dropped = Contracts([]).minimise(json_document({"a": 1}))
        self.assertEqual((document.body, dropped), ({}, ("a",)))

    def test_a_body_that_is_no_json_is_dropped(self):
        for body in (b"bytes", "text", None):
            document, dropped = EVERYTHING.minimise(json_document(body))
            self.assertEqual((document.body, dropped), (None, ("*",)))


class TestMinimiseFhir(unittest.TestCase):
    def test_what_is_listed_stays_and_identity_always_does(self):
        patient = {
            "resourceType": "Patient",
            "id": "1",
            "meta": {"versionId": "2", "profile": ["http://x.example"], "tag": [{"code": "x"}]},
            "name": [{"family": "Muster", "given": ["Anna"]}],
            "birthDate": "1980-01-01",
            "_birthDate": {"id": "x"},
        }
        kept, dropped = minimise(patient, "name.family")
        self.assertEqual(
            kept,
            {
                "resourceType": "Patient",
                "id": "1",
                "meta": {"versionId": "2"},
                "name": [{"family": "Muster"}],
            },
        )
        places = (
            "Patient._birthDate",
            "Patient.birthDate",
            "Patient.meta.profile",
            "Patient.meta.tag",
        )
        self.assertEqual(dropped, (*places, "Patient.name.given"))

    def test_meta_that_says_nothing_kept_goes(self):
        self.assertNotIn(
            "meta",
            minimise({"resourceType": "Patient", "meta": {"profile": ["http://x"]}}, "id")[0],
        )

    def test_the_never_list_wins_over_everything_allowed(self):
        encounter = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "text": {"status": "generated", "div": "<div>secret</div>"},
            "reasonCode": [{"text": "secret"}],
            "diagnosis": [{"condition": {"reference": "Condition/1"}}],
            "hospitalization": {"dietPreference": [{"text": "secret"}]},
        }
        kept, dropped = minimise(encounter, "*")
        self.assertEqual(set(kept), {"resourceType", "status", "class"})
        self.assertEqual(
            dropped,
            (
                "Encounter.diagnosis",
                "Encounter.hospitalization",
                "Encounter.hospitalization.dietPreference",
                "Encounter.reasonCode",
                "Encounter.text",
            ),
        )

    def test_a_denial_code_is_finance_and_stays(self):
        eob_item = {
            "adjudication": [{"category": {"text": "c"}, "reason": {"coding": [{"code": "45"}]}}]
        }
        response = {
            "resourceType": "ClaimResponse",
            "type": {"text": "t"},
            "patient": {"reference": "Patient/1"},
            "insurer": {"reference": "Organization/1"},
            "item": [{"itemSequence": 1, **eob_item}],
            "disposition": "secret",
        }
        kept, dropped = minimise(response, "*")
        self.assertEqual(kept["item"], response["item"])
        self.assertEqual(dropped, ("ClaimResponse.disposition",))

    def test_a_resource_never_stored_or_without_contract_keeps_its_type(self):
        observation = {"resourceType": "Observation", "id": "1", "code": {"text": "secret"}}
        self.assertEqual(
            minimise(observation, "*"), ({"resourceType": "Observation"}, ("Observation",))
        )
        patient = {"resourceType": "Patient", "id": "1"}
        self.assertEqual(
            minimise(patient, contracts=Contracts([])), ({"resourceType": "Patient"}, ("Patient",))
        )

    def test_a_diagnostic_report_keeps_what_completes_an_order(self):
        report = {
            "resourceType": "DiagnosticReport",
            "identifier": [{"value": "F1"}],
            "basedOn": [{"reference": "ServiceRequest/1"}],
            "status": "final",
            "code": {"text": "secret"},
            "conclusion": "secret",
            "contained": [{"resourceType": "Patient", "id": "p"}],
            "extension": [{"url": "http://x.example/ok", "valueString": "x"}],
        }
        kept, _ = minimise(report, "*", "extension(http://x.example/ok)")
        self.assertEqual(set(kept), {"resourceType", "identifier", "basedOn", "status"})

    def test_numbers_of_the_state_go_wherever_an_identifier_stands(self):
        identifiers = [
            {"system": SSN, "value": "1"},
            {"type": {"coding": [{"code": "SS"}]}, "value": "2"},
            {"type": {"text": "Social Security Number"}, "value": "3"},
            {"type": {"text": "MRN"}, "value": "4"},
        ]
        patient = {
            "resourceType": "Patient",
            "identifier": identifiers,
            "managingOrganization": {"identifier": identifiers[0], "display": "Clinic"},
        }
        kept, dropped = minimise(patient, "*")
        self.assertEqual(kept["identifier"], [identifiers[3]])
        self.assertEqual(kept["managingOrganization"], {"display": "Clinic"})
        self.assertIn("Patient.identifier", dropped)
        nothing, _ = minimise({"resourceType": "Patient", "identifier": identifiers[:1]}, "*")
        self.assertEqual(nothing, {"resourceType": "Patient"})

    def test_references_to_what_is_not_stored_go_with_their_words(self):
        item = {
            "resourceType": "ChargeItem",
            "status": "billable",
            "code": {"text": "c"},
            "subject": {"reference": f"Patient?identifier={SSN}|123"},
            "service": [
                {"reference": "Observation/1", "display": "secret"},
                {"type": "Condition", "display": "secret"},
                {"reference": "#o", "display": "secret"},
                {"reference": "#p", "display": "Dr. X"},
                {"reference": "ServiceRequest/1", "display": "X-ray"},
                {"display": "words"},
            ],
            "contained": [
                {"resourceType": "Observation", "id": "o", "code": {"text": "secret"}},
                {"resourceType": "Practitioner", "id": "p", "active": True},
            ],
        }
        kept, dropped = minimise(item, "*")
        self.assertEqual([ref["display"] for ref in kept["service"]], ["Dr. X", "X-ray", "words"])
        self.assertEqual([resource["id"] for resource in kept["contained"]], ["p"])
        self.assertNotIn("subject", kept)
        self.assertIn("Observation", dropped)

    def test_the_further_names_of_a_reference_stay_with_it_but_for_secret_ones(self):
        name, secret = (
            {"url": ADDITIONAL_IDENTIFIER, "valueIdentifier": identifier}
            for identifier in ({"value": "A"}, {"system": SSN, "value": "secret"})
        )
        other = {"url": "http://x.example/ok", "valueString": "dropped"}
        subject = {"reference": "Patient/1", "extension": [name, secret, other]}
        body = {"resourceType": "Encounter", "class": {"code": "AMB"}, "subject": subject}
        kept, _ = minimise(body, "subject")
        self.assertEqual(kept["subject"]["extension"], [name, {"url": ADDITIONAL_IDENTIFIER}])
        self.assertNotIn("extension", str(minimise(body, "subject.reference")[0]))

    def test_extensions_stay_only_if_named_and_never_if_they_say_who_one_is(self):
        race = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
        vat = "http://x.example/vat"
        nested = {"url": "rate", "valueDecimal": 19}
        address = {"url": "http://x.example/street", "valueString": "Street"}
        patient = {
            "resourceType": "Patient",
            "extension": [
                {"url": race, "valueString": "secret"},
                {"url": vat, "extension": [nested, {"url": "note", "valueString": "secret"}]},
                {"url": "http://x.example/other", "valueString": "x"},
            ],
            "modifierExtension": [{"url": vat, "valueString": "x"}],
            "address": [{"city": "Bern", "extension": [address]}],
        }
        kept, dropped = minimise(patient, "*", f"extension({vat})", f"extension({race})")
        self.assertEqual(kept["extension"], [{"url": vat, "extension": [nested]}])
        self.assertEqual(kept["address"], [{"city": "Bern"}])
        self.assertIn("Patient.modifierExtension", dropped)
        self.assertIn("Patient.address.extension", dropped)
        partly, _ = minimise(patient, f"extension({vat}).url")
        self.assertEqual(partly["extension"], [{"url": vat}])

    def test_a_shape_that_was_never_checked_is_dropped_not_trusted(self):
        body = {
            "resourceType": "Patient",
            "name": ["Muster"],
            "gender": {"secret": 1},
            "Muster": "x",
            "extension": "x",
            "address": {"city": "Bern"},
        }
        document = Document("fhir", "Patient", body, Envelope(type="Patient"))
        minimised, dropped = EVERYTHING.minimise(document)
        self.assertEqual(minimised.body, {"resourceType": "Patient", "address": {"city": "Bern"}})
        expected = ("Patient.*", "Patient.extension", "Patient.gender", "Patient.name")
        self.assertEqual(dropped, expected)
        unknown = Document("fhir", "X", {"resourceType": "X"}, Envelope(type="X"))
        self.assertEqual(EVERYTHING.minimise(unknown)[1], ("*",))


class TestMinimiseBundle(unittest.TestCase):
    def bundle(self, *entries, **more):
        return {"resourceType": "Bundle", "type": "batch", "entry": list(entries), **more}

    def test_each_resource_follows_its_own_contract(self):
        contracts = Contracts(
            [
                Contract.allowing("fhir", "Patient", "birthDate"),
                Contract.allowing("fhir", "Location", "name"),
            ]
        )
        post = {"method": "POST", "url": "x"}
        body = self.bundle(
            {
                "resource": {"resourceType": "Patient", "birthDate": "1980", "active": True},
                "request": post,
            },
            {
                "resource": {"resourceType": "Location", "name": "Ward", "status": "active"},
                "request": post,
            },
            {"resource": {"resourceType": "Device", "id": "d"}, "request": post},
        )
        kept, dropped = minimise(body, contracts=contracts)
        self.assertEqual(
            [item["resource"] for item in kept["entry"]],
            [
                {"resourceType": "Patient", "birthDate": "1980"},
                {"resourceType": "Location", "name": "Ward"},
                {"resourceType": "Device"},
            ],
        )
        self.assertEqual(dropped, ("Device", "Location.status", "Patient.active"))

    def test_what_holds_the_entries_together_stays(self):
        request = {"method": "DELETE", "url": "Patient?identifier=urn:mrn|7", "ifMatch": "x"}
        body = self.bundle(
            {
                "request": request,
                "response": {"status": "200"},
                "link": [{"relation": "self", "url": "x"}],
            },
            {"request": {"method": "GET", "url": "Patient?name=secret"}},
            {"request": {"method": "DELETE", "url": f"Patient?identifier={SSN}|7"}},
            id="b",
            identifier={"value": "7"},
            timestamp="2024-01-01T00:00:00Z",
            link=[{"relation": "self", "url": "http://x?name=secret"}],
        )
        kept, dropped = minimise(body, "*")
        self.assertEqual(
            kept,
            {
                "resourceType": "Bundle",
                "id": "b",
                "type": "batch",
                "timestamp": "2024-01-01T00:00:00Z",
                "identifier": {"value": "7"},
                "entry": [
                    {"request": {"method": "DELETE", "url": "Patient?identifier=urn:mrn|7"}},
                    {"request": {"method": "GET", "url": "Patient"}},
                    {"request": {"method": "DELETE", "url": "Patient"}},
                ],
            },
        )
        self.assertEqual(dropped, ("Bundle.entry.link", "Bundle.entry.response", "Bundle.link"))

    def test_an_empty_bundle_and_one_named_by_a_secret_number(self):
        body = {
            "resourceType": "Bundle",
            "type": "collection",
            "identifier": {"system": SSN, "value": "1"},
        }
        self.assertEqual(minimise(body, "*")[0], {"resourceType": "Bundle", "type": "collection"})

    def test_references_to_entries_that_are_not_stored_go(self):
        post = {"method": "POST", "url": "x"}
        task = {
            "resourceType": "Task", "status": "requested", "intent": "order",
            "focus": {"reference": UUID, "display": "secret"},
        }  # fmt: skip
        observation = {"resourceType": "Observation", "code": {"text": "secret"}}
        inner = {"resourceType": "Bundle", "type": "collection"}
        body = self.bundle(
            {"resource": task, "request": post},
            {"fullUrl": UUID, "resource": observation, "request": post},
            {"resource": inner, "request": post},
        )
        kept, _ = minimise(body, "*")
        self.assertNotIn("focus", kept["entry"][0]["resource"])
        self.assertNotIn("fullUrl", kept["entry"][1])
        self.assertEqual(kept["entry"][2]["resource"], inner)

    def test_a_diagnosis_does_not_come_back_as_a_claim_line(self):
        flu = {"coding": [{"system": "urn:s", "code": "flu"}], "text": "secret"}
        visit = {"coding": [{"system": "urn:s", "code": "visit"}]}
        claim = {
            "resourceType": "Claim",
            "type": {"text": "t"},
            "priority": {"text": "p"},
            "patient": {"reference": "Patient/1"},
            "provider": {"reference": "Organization/1"},
            "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/1"}}],
            "diagnosis": [
                {"sequence": 1, "diagnosisCodeableConcept": flu},
                {
                    "sequence": 2,
                    "diagnosisCodeableConcept": {"coding": [{"display": "only words"}]},
                },
            ],
            "item": [
                {"sequence": 1, "productOrService": visit},
                {"sequence": 2, "productOrService": flu},
                {"sequence": 3, "productOrService": {"text": "words"}},
            ],
        }
        kept, dropped = minimise(claim, "*")
        self.assertEqual(
            [item.get("productOrService") for item in kept["item"]],
            [visit, None, {"text": "words"}],
        )
        self.assertIn("Claim.item.productOrService", dropped)
        condition = {
            "resourceType": "Condition",
            "subject": {"reference": "Patient/1"},
            "code": flu,
        }
        item = {
            "resourceType": "ChargeItem",
            "status": "billable",
            "subject": {"reference": "Patient/1"},
            "code": flu,
        }
        body = {
            "resourceType": "Bundle", "type": "collection", "entry": [{"resource": item}, {"resource": condition}]
        }  # fmt: skip
        self.assertNotIn("code", minimise(body, "*")[0]["entry"][0]["resource"])
