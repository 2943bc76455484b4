"""Patients, staff and organizations as FHIR R4."""

from dataclasses import replace
from datetime import date, timezone

from ..canonical import (
    Address,
    Coding,
    Contact,
    Employee,
    Identifier,
    Organization,
    Party,
    Period,
    PersonName,
)
from ..canonical.fhir import to_fhir
from ..fhir_extensions import (
    CLOSED_ON,
    EMPLOYMENT_PERIOD,
    MAIN_POST,
    MANAGER,
    REPLACED_BY,
    WORKER_TYPE,
)
from .test_to_fhir import AT, IDS, WRITTEN_AT, WriterCase, ref, terminology, written_ref


class PeopleTest(WriterCase):
    def test_a_patient_and_who_answers_for_the_bill(self):
        party = Party(
            identifiers=IDS,
            name=PersonName("Duck", ("Don", "Fauntleroy"), "Mr", "Jr", use="official"),
            contacts=(Contact("mobile", "+41"), Contact("email", "d@x.example", "home")),
            address=Address(("Pond 1",), "Duckburg", "CA", "1", "US", "billing"),
            language="de",
            birth_date=date(1934, 6, 9),
            gender="male",
            is_deceased=False,
            is_active=True,
            guarantor=ref("organization"),
            merged_into=ref("party", "8"),
        )
        written = self.write(party)
        self.assertEqual(
            written["Patient"],
            {
                "active": True,
                "name": [
                    {
                        "use": "official",
                        "family": "Duck",
                        "given": ["Don", "Fauntleroy"],
                        "prefix": ["Mr"],
                        "suffix": ["Jr"],
                    }
                ],
                "telecom": [
                    {"system": "phone", "value": "+41", "use": "mobile"},
                    {"system": "email", "value": "d@x.example", "use": "home"},
                ],
                "gender": "male",
                "birthDate": "1934-06-09",
                "deceasedBoolean": False,
                "address": [
                    {
                        "use": "billing",
                        "line": ["Pond 1"],
                        "city": "Duckburg",
                        "state": "CA",
                        "postalCode": "1",
                        "country": "US",
                    }
                ],
                "communication": [
                    {
                        "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "de"}]},
                        "preferred": True,
                    }
                ],
                "link": [{"other": written_ref("Patient", "8"), "type": "replaced-by"}],
            },
        )
        account = written["Account"]
        self.assertEqual(account["guarantor"], [{"party": written_ref("Organization")}])
        patient = to_fhir(party, timezone.utc)["entry"][0]
        self.assertEqual(account["subject"], [{"reference": patient["fullUrl"]}])
        self.assertRegex(patient["fullUrl"], "^urn:uuid:")

    def test_staff_and_their_work(self):
        employee = Employee(
            identifiers=IDS,
            name=PersonName(text="Dr Wren"),
            is_active=True,
            role="Surgeon",
            worker_type="contractor",
            specialty=Coding("gs", "urn:s", "Surgery"),
            organization=ref("organization"),
            location=ref("location"),
            active_period=Period(AT),
            manager=ref("employee", "8"),
            job=Coding("rn", "urn:j", "Nurse"),
            post=(Identifier("P1", "urn:p"),),
            is_main_post=True,
            effective_at=date(2026, 12, 1),
            effective_until=date(2027, 12, 1),
            is_withdrawn=False,
        )
        employee = replace(employee, identifiers=employee.identifiers + employee.post)
        written = self.write(employee)
        names = written["Practitioner"].pop("identifier")
        self.assertEqual([name["value"] for name in names][-1], "P1")
        self.assertEqual(written["Practitioner"], {"active": True, "name": [{"text": "Dr Wren"}]})
        self.assertRegex(written["PractitionerRole"].pop("practitioner")["reference"], "^urn:uuid:")
        self.assertEqual(
            written["PractitionerRole"],
            {
                "identifier": [{"system": "urn:p", "value": "P1"}],
                "extension": [
                    {"url": WORKER_TYPE, "valueCode": "contractor"},
                    {"url": MANAGER, "valueReference": written_ref("Practitioner", "8")},
                    {"url": MAIN_POST, "valueBoolean": True},
                    {"url": EMPLOYMENT_PERIOD, "valuePeriod": {"start": WRITTEN_AT}},
                ],
                "active": True,
                "period": {"start": "2026-12-01", "end": "2027-12-01"},
                "organization": written_ref("Organization"),
                "code": [
                    {"coding": [{"system": "urn:j", "code": "rn", "display": "Nurse"}]},
                    {"text": "Surgeon"},
                ],
                "specialty": [
                    {"coding": [{"system": "urn:s", "code": "gs", "display": "Surgery"}]}
                ],
                "location": [written_ref("Location")],
            },
        )
        self.check(Employee(identifiers=IDS, is_active=False), Practitioner={"active": False})

    def test_organizations_close_and_have_a_tax_number(self):
        names = (Identifier("7", "urn:x"), Identifier("DE1", type="TAX"))
        clinic = Organization(identifiers=names, name="Clinic", kind="provider", tax_id="DE1")
        written = self.write(clinic)["Organization"]
        self.assertEqual([one["value"] for one in written["identifier"]], ["7", "DE1"])
        self.assertEqual(written["type"], [{"coding": [terminology("organization-type", "prov")]}])
        ends = {"closed_on": date(2026, 12, 1), "replaced_by": ref("organization", "8")}
        written = self.write(Organization(identifiers=IDS, **ends))["Organization"]
        self.assertEqual(
            written["extension"],
            [
                {"url": CLOSED_ON, "valueDate": "2026-12-01"},
                {"url": REPLACED_BY, "valueReference": written_ref("Organization", "8")},
            ],
        )
        bare = to_fhir(Organization(identifiers=IDS, tax_id="DE1"), timezone.utc)
        self.assertEqual(bare["identifier"][1]["type"]["coding"][0], terminology("v2-0203", "TAX"))
