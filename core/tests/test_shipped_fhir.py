"""What the shipped mappings read of FHIR R4 resources."""

import json
import unittest
from datetime import date
from decimal import Decimal

from ..canonical import Coding, Money
from ..codecs import fhir
from . import shipped


def read(body):
    """(event, entity) of each fact of one resource."""
    (document,) = fhir.decode(json.dumps(body).encode())
    mapper, context = shipped.mapper(), shipped.context()
    return [(fact.event, mapper.entity(fact, context)) for fact in mapper.facts(document, context)]


def resource(kind, **body):
    return {"resourceType": kind, "id": "1", **body}


def bundle(*entries):
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": entry} for entry in entries],
    }


def coded(code, display=""):
    return {
        "coding": [{"code": code, "system": "urn:s", **({"display": display} if display else {})}]
    }


def ids(entity):
    return [(name.system, name.value) for name in entity.identifiers]


class PeopleTest(unittest.TestCase):
    def test_a_patient_has_what_bills_need(self):
        ((event, party),) = read(
            resource(
                "Patient",
                identifier=[{"system": "urn:mrn", "value": "M1"}],
                active=True,
                name=[{"family": "Duck", "given": ["Don"]}],
                telecom=[{"system": "phone", "value": "1"}],
                gender="male",
                birthDate="1934-06-09",
                deceasedDateTime="2020",
                address=[{"city": "Duckburg"}],
                communication=[
                    {"language": coded("de")},
                    {"language": coded("fr"), "preferred": True},
                ],
                meta={"versionId": "3", "lastUpdated": "2020-05-08T00:00:00Z"},
            )
        )
        self.assertEqual(
            (event, ids(party)), ("updated", [("fhir:Patient", "1"), ("urn:mrn", "M1")])
        )
        self.assertEqual(
            (party.name.display, party.gender, party.birth_date),
            ("Don Duck", "male", date(1934, 6, 9)),
        )
        self.assertEqual((party.is_active, party.is_deceased, party.language), (True, True, "fr"))
        self.assertEqual((party.address.city, party.contacts[0].value), ("Duckburg", "1"))

    def test_a_version_is_time_and_number(self):
        (document,) = fhir.decode(
            json.dumps(
                resource("Patient", meta={"versionId": "3", "lastUpdated": "2020-05-08T00:00:00Z"})
            ).encode()
        )
        (fact,) = shipped.mapper().facts(document, shipped.context())
        self.assertEqual(fact.version, "20200508T000000.000000#00000000000000000003")

    def test_a_replaced_patient_is_an_alias(self):
        link = {"other": {"reference": "Patient/2", "display": "Don"}, "type": "replaced-by"}
        (_, (event, merged)) = read(resource("Patient", link=[link]))
        self.assertEqual(
            (event, ids(merged), merged.name), ("merged", [("fhir:Patient", "1")], None)
        )
        self.assertEqual(
            (merged.merged_into.identifiers[0].value, merged.merged_into.is_carried), ("2", False)
        )

    def test_a_patient_who_replaces_others_makes_them_aliases(self):
        links = [{"other": {"reference": f"Patient/{n}"}, "type": "replaces"} for n in (2, 3)]
        _, (event, second), (_, third) = read(
            resource(
                "Patient", link=[*links, {"other": {"reference": "Patient/4"}, "type": "seealso"}]
            )
        )
        self.assertEqual(
            (event, ids(second), ids(third)),
            ("merged", [("fhir:Patient", "2")], [("fhir:Patient", "3")]),
        )
        self.assertEqual(
            (ids(second.merged_into), second.merged_into.is_carried),
            ([("fhir:Patient", "1")], True),
        )

    def test_a_role_is_of_its_practitioner(self):
        role = resource(
            "PractitionerRole",
            practitioner={"reference": "Practitioner/9"},
            code=[coded("doc", "Doctor")],
            specialty=[coded("gp")],
            organization={"reference": "Organization/2"},
            location=[{"reference": "Location/3"}],
            period={"start": "2020-05-01T08:00:00Z", "end": "2021"},
        )
        ((_, employee),) = read(role)
        self.assertEqual(
            ids(employee), [("fhir:Practitioner", "9"), ("fhir:PractitionerRole", "1")]
        )
        self.assertEqual(
            (employee.role, employee.specialty.code, employee.job.code, employee.post),
            ("Doctor", "gp", "doc", employee.identifiers[1:]),
        )
        # a year is no day
        self.assertEqual(
            (employee.effective_at, employee.effective_until, employee.active_period),
            (date(2020, 5, 1), None, None),
        )
        ((_, employee),) = read(resource("Practitioner", name=[{"family": "Woolf"}], active=False))
        self.assertEqual((employee.name.family, employee.is_active), ("Woolf", False))

    def test_people_come_before_what_refers_to_them(self):
        visit = resource(
            "Encounter",
            status="planned",
            **{"class": {"code": "AMB"}},
            subject={"reference": "Patient/1"},
        )
        found = read(bundle(visit, resource("Patient")))
        self.assertEqual([event for event, _ in found], ["updated", "planned"])
        self.assertTrue(found[1][1].party.is_carried)


class PlaceTest(unittest.TestCase):
    def test_organizations_and_places(self):
        body = resource(
            "Organization",
            identifier=[{"type": {"coding": [{"code": "TAX"}]}, "value": "DE1"}],
            name="Cardiology",
            type=[coded("dept")],
            partOf={"reference": "Organization/2"},
            active=True,
        )
        ((_, organization),) = read(body)
        self.assertEqual(
            (organization.kind, organization.tax_id, organization.parent.identifiers[0].value),
            ("department", "DE1", "2"),
        )
        body = resource(
            "Location",
            name="Bed 3",
            status="active",
            physicalType=coded("bd"),
            partOf={"reference": "Location/2"},
            managingOrganization={"reference": "Organization/2"},
            operationalStatus={"code": "H", "system": "urn:v2-0116"},
        )
        (event, place), (status_event, status) = read(body)
        self.assertEqual(
            (event, place.kind, place.status, place.operational_status),
            ("updated", "bed", "active", None),
        )
        self.assertEqual(
            (status_event, status.operational_status, status.name),
            ("status_changed", "cleaning", None),
        )

    def test_catalogues(self):
        ((_, service),) = read(
            resource(
                "HealthcareService",
                type=[coded("x", "Xray")],
                category=[coded("img", "Imaging")],
                active=True,
            )
        )
        self.assertEqual(
            (service.name, service.category, service.codes),
            ("Xray", "Imaging", (Coding("x", "urn:s", "Xray"),)),
        )
        group = {
            "priceComponent": [{"type": "base", "amount": {"value": 67.44, "currency": "EUR"}}]
        }
        ((_, service),) = read(
            resource(
                "ChargeItemDefinition",
                url="http://a/x",
                status="draft",
                title="Visit",
                propertyGroup=[group],
            )
        )
        self.assertEqual(
            (service.price, service.name, service.is_active),
            (Money(Decimal("67.44"), "EUR"), "Visit", False),
        )
        ((_, product),) = read(
            resource(
                "Device",
                udiCarrier=[{"deviceIdentifier": "0401"}],
                type=coded("pump", "Pump"),
                lotNumber="L1",
                status="active",
            )
        )
        self.assertEqual(
            (ids(product)[1], product.name, product.tracking), (("udi", "0401"), "Pump", "lot")
        )
        drug = {
            "coding": [
                {"system": "http://hl7.org/fhir/sid/ndc", "code": "01"},
                {"system": "urn:class", "code": "c"},
            ],
            "text": "Aspirin",
        }
        ((_, product),) = read(resource("Medication", code=drug, form=coded("tab", "Tablet")))
        self.assertEqual(
            (ids(product)[1:], product.name, product.form),
            ([("http://hl7.org/fhir/sid/ndc", "01")], "Aspirin", "Tablet"),
        )


class VisitTest(unittest.TestCase):
    def visit(self, status="in-progress", **more):
        return resource("Encounter", status=status, **{"class": {"code": "IMP"}}, **more)

    def test_each_status_tells_what_happened(self):
        for status, event, canonical in (
            ("planned", "planned", "planned"),
            ("arrived", "started", "in_progress"),
            ("in-progress", "started", "in_progress"),
            ("onleave", "leave", "on_leave"),
            ("finished", "finished", "finished"),
            ("cancelled", "cancelled", "cancelled"),
            ("entered-in-error", "cancelled", "cancelled"),
            ("unknown", "updated", None),
        ):
            ((found, encounter),) = read(self.visit(status))
            self.assertEqual((found, encounter.status), (event, canonical))

    def test_a_visit_has_places_people_and_an_account(self):
        def at(number, status):
            return {
                "location": {"reference": f"Location/{number}"},
                "status": status,
                "period": {"start": "2020"},
            }

        ((_, encounter),) = read(
            self.visit(
                identifier=[{"value": "V1"}],
                subject={"reference": "Patient/1"},
                period={"start": "2020-05-08T10:00:00+02:00"},
                account=[{"identifier": {"value": "A1"}}],
                serviceProvider={"reference": "Organization/2"},
                location=[at(1, "completed"), at(2, "active"), at(3, "planned")],
                participant=[
                    {"individual": {"reference": "Practitioner/8"}},
                    {"type": [coded("ATND")], "individual": {"reference": "Practitioner/9"}},
                ],
                hospitalization={"dischargeDisposition": coded("home")},
            )
        )
        self.assertEqual((encounter.encounter_class, encounter.account), ("inpatient", "A1"))
        self.assertEqual(
            (
                encounter.location.identifiers[0].value,
                encounter.prior_location.identifiers[0].value,
            ),
            ("2", "1"),
        )
        self.assertEqual((len(encounter.stays), encounter.attending.identifiers[0].value), (3, "9"))
        self.assertEqual(
            (encounter.provider.entity, encounter.disposition.code), ("organization", "home")
        )

    def test_a_deleted_visit_is_cancelled(self):
        body = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {"request": {"method": "DELETE", "url": f"{kind}/1"}}
                for kind in ("Encounter", "ServiceRequest", "ChargeItem", "Invoice")
            ],
        }
        self.assertEqual(
            [event for event, _ in read(body)], ["cancelled", "cancelled", "reversed", "cancelled"]
        )


class AccountTest(unittest.TestCase):
    def test_an_account_tells_who_answers_for_each_patient_s_bills(self):
        patients = [{"reference": "Patient/1"}, {"reference": "Patient/2"}]
        guarantors = [{"party": {"reference": "Organization/9", "display": "Ins"}}]
        found = read(resource("Account", status="active", subject=patients, guarantor=guarantors))
        self.assertEqual(
            [ids(party) for _, party in found], [[("fhir:Patient", "1")], [("fhir:Patient", "2")]]
        )
        self.assertEqual({party.guarantor.entity for _, party in found}, {"organization"})
        self.assertEqual(read(resource("Account", status="active", subject=patients)), [])

    def test_goods_that_expire_are_tracked_by_lot_and_a_url_of_nobody_is_no_name(self):
        for kind, more in (
            ("Device", {"expirationDate": "2027"}),
            ("Medication", {"batch": {"expirationDate": "2027"}}),
        ):
            ((_, product),) = read(resource(kind, **more))
            self.assertEqual(product.tracking, "lot")
        for url, names in (("urn:uuid:1", ["1"]), ("http://a/x", ["1", "http://a/x"])):
            ((_, service),) = read(
                resource("ChargeItemDefinition", url=url, status="active", title="Visit")
            )
            self.assertEqual([value for _, value in ids(service)], names)
