"""Canonical entities as they are written in FHIR R4; that they come back as they were is a law (properties/)."""

import unittest
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ..canonical import (
    CLEAR,
    ENTITIES,
    Address,
    Coding,
    Contact,
    Encounter,
    Identifier,
    Location,
    Moment,
    Money,
    Order,
    Party,
    Period,
    PersonName,
    Product,
    Reference,
    Service,
    StockMovement,
)
from ..canonical.fhir import WRITERS, to_fhir
from ..codecs import fhir, strict_json
from ..fhir_extensions import (
    ABSENT,
    ADDITIONAL_IDENTIFIER,
    COST,
    DURATION,
    FORM,
    PRICE,
    TRACKING,
    UNIT,
)
from .fhir_reading import there_and_back

IDS = (Identifier("7", "urn:x", "MR", "Clinic"),)
WRITTEN_IDS = [
    {
        "type": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]
        },
        "system": "urn:x",
        "value": "7",
        "assigner": {"display": "Clinic"},
    }
]
UNKNOWN = {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
AT = Moment(datetime(2026, 3, 1, 8, tzinfo=timezone.utc), "second", "+02:00")
WRITTEN_AT = "2026-03-01T10:00:00+02:00"


def ref(entity, value="1", display=""):
    return Reference(entity, (Identifier(value, "urn:y"),), display)


def written_ref(kind, value="1"):
    return {"type": kind, "identifier": {"system": "urn:y", "value": value}}


def terminology(name, code):
    return {"system": f"http://terminology.hl7.org/CodeSystem/{name}", "code": code}


class WriterCase(unittest.TestCase):
    maxDiff = None

    def write(self, entity, zone=timezone.utc):
        """The resources, by type, without the identifiers that all have; valid, and read back as they were."""
        body = to_fhir(entity, zone)
        fhir.decode(strict_json.dumps(body))
        self.assertEqual(there_and_back(entity, zone), entity)
        found = [entry["resource"] for entry in body.get("entry", [])] or [body]
        return {
            one["resourceType"]: {
                name: value
                for name, value in one.items()
                if name != "resourceType" and (name, value) != ("identifier", WRITTEN_IDS)
            }
            for one in found
        }

    def check(self, entity, **expected):
        self.assertEqual(self.write(entity), expected)


class CatalogueTest(WriterCase):
    def test_places(self):
        self.check(
            Location(
                identifiers=IDS,
                name="Bed 3",
                kind="bed",
                parent=ref("location"),
                organization=ref("organization"),
                status="active",
                operational_status="cleaning",
            ),
            Location={
                "status": "active",
                "operationalStatus": terminology("v2-0116", "H"),
                "name": "Bed 3",
                "physicalType": {"coding": [terminology("location-physical-type", "bd")]},
                "managingOrganization": written_ref("Organization"),
                "partOf": written_ref("Location"),
            },
        )
        self.check(
            Location(identifiers=IDS, kind="store"), Location={"physicalType": {"text": "store"}}
        )

    def test_a_service_and_its_price(self):
        code = Coding("x", "urn:s", "Xray")
        service = Service(
            identifiers=IDS,
            name="Xray of the chest",
            codes=(code,),
            category="Imaging",
            unit="h",
            duration_minutes=Decimal(30),
            is_active=True,
            price=Money(Decimal("67.50"), "EUR"),
        )
        codes = {"coding": [{"system": "urn:s", "code": "x", "display": "Xray"}]}
        offered = {
            "extension": [
                {"url": UNIT, "valueString": "h"},
                {
                    "url": DURATION,
                    "valueDuration": {
                        "value": 30,
                        "unit": "min",
                        "system": "http://unitsofmeasure.org",
                        "code": "min",
                    },
                },
            ],
            "active": True,
            "category": [{"text": "Imaging"}],
            "type": [codes],
            "name": "Xray of the chest",
        }
        written = self.write(service)
        self.assertEqual(written["HealthcareService"], offered)
        self.assertRegex(written["ChargeItemDefinition"].pop("url"), "^urn:uuid:")
        amount = {"value": Decimal("67.50"), "currency": "EUR"}
        self.assertEqual(
            written["ChargeItemDefinition"],
            {
                "title": "Xray of the chest",
                "status": "active",
                "code": codes,
                "propertyGroup": [{"priceComponent": [{"type": "base", "amount": amount}]}],
            },
        )
        self.check(Service(identifiers=IDS, name="Visit"), HealthcareService={"name": "Visit"})

    def test_an_article(self):
        names = (*IDS, Identifier("0401", "udi", "UDI"))
        price = Money(Decimal(3), "EUR")
        article = Product(
            identifiers=names,
            name="Glove",
            codes=(Coding("gl", "urn:s"),),
            gtin="0401",
            unit="BX",
            tracking="lot",
            form="pair",
            price=price,
            cost=price,
            is_active=False,
        )
        written = self.write(article)["Device"]
        del written["identifier"]
        money = {"value": 3, "currency": "EUR"}
        self.assertEqual(
            written,
            {
                "extension": [
                    {"url": UNIT, "valueString": "BX"},
                    {"url": TRACKING, "valueCode": "lot"},
                    {"url": FORM, "valueString": "pair"},
                    {"url": PRICE, "valueMoney": money},
                    {"url": COST, "valueMoney": money},
                ],
                "udiCarrier": [
                    {
                        "deviceIdentifier": "0401",
                        "issuer": "http://hl7.org/fhir/NamingSystem/gs1-di",
                    }
                ],
                "status": "inactive",
                "deviceName": [{"name": "Glove", "type": "user-friendly-name"}],
                "type": {"coding": [{"system": "urn:s", "code": "gl"}]},
            },
        )
        known = to_fhir(Product(identifiers=IDS, gtin="0401"), timezone.utc)["identifier"]
        self.assertEqual(known[1]["system"], "udi")
        self.assertEqual(self.write(Product(identifiers=IDS)), {"Device": {}})


class CommonTest(WriterCase):
    def test_every_entity_has_a_writer(self):
        self.assertEqual(set(WRITERS), set(ENTITIES))

    def test_what_r4_demands_and_nobody_told_is_marked_as_absent(self):
        for name in WRITERS:
            body = to_fhir(ENTITIES[name](identifiers=IDS), timezone.utc)
            fhir.read(body)
            self.assertNotIn("entry", body, name)
        self.assertEqual(to_fhir(Encounter(identifiers=IDS), timezone.utc)["class"], UNKNOWN)

    def test_what_is_explicitly_empty_or_has_no_name_cannot_be_written(self):
        for entity in (Location(identifiers=IDS, name=CLEAR), Location(name="Ward")):
            with self.assertRaises(ValueError):
                to_fhir(entity, timezone.utc)

    def test_a_server_s_own_id_is_the_id(self):
        own = Identifier("9", "fhir:Location", "RI")
        body = to_fhir(Location(identifiers=(own, *IDS)), timezone.utc)
        self.assertEqual((body["id"], len(body["identifier"])), ("9", 1))
        body = to_fhir(Location(identifiers=(*IDS, own)), timezone.utc)
        self.assertNotIn("id", body)
        body = to_fhir(
            Location(identifiers=(Identifier("a b", "fhir:Location", "RI"),)), timezone.utc
        )
        self.assertNotIn("id", body)

    def test_a_reference_has_all_its_names(self):
        names = (Identifier("9", "fhir:SupplyRequest", "RI"), Identifier("A"), Identifier("B"))
        movement = StockMovement(
            identifiers=IDS,
            kind="return",
            product=ref("product", display="Glove"),
            order=Reference("order", names, "Gloves"),
        )
        written = self.write(movement)["SupplyDelivery"]
        self.assertEqual(
            written["basedOn"],
            [
                {
                    "extension": [
                        {"url": ADDITIONAL_IDENTIFIER, "valueIdentifier": {"value": "B"}}
                    ],
                    "reference": "SupplyRequest/9",
                    "type": "SupplyRequest",
                    "identifier": {"value": "A"},
                    "display": "Gloves",
                }
            ],
        )
        alone = Reference("location", (Identifier("3", "fhir:Location", "RI"),))
        written = self.write(Location(identifiers=IDS, parent=alone))["Location"]
        self.assertEqual(written["partOf"], {"reference": "Location/3", "type": "Location"})

    def test_what_no_uri_and_no_code_can_hold_is_written_as_they_do(self):
        place = Location(identifiers=(Identifier("1", "LAB A", "A  B"),))
        (written,) = to_fhir(place, timezone.utc)["identifier"]
        self.assertEqual(written["system"], "LAB%20A")
        self.assertEqual(written["type"]["coding"][0]["code"], "A B")
        self.assertEqual(there_and_back(Location(identifiers=IDS, name="A\x07\x0b")).name, "A")
        for system, read in (("LAB A", "LAB A"), ("urn:lab a", "urn:lab%20a")):
            (found,) = there_and_back(Location(identifiers=(Identifier("1", system),))).identifiers
            self.assertEqual(found.system, read)

    def test_words_that_r4_does_not_know_are_left_out(self):
        party = Party(
            identifiers=IDS,
            gender="X",
            name=PersonName("Duck", use="B"),
            address=Address((), "Duckburg", use="B"),
            contacts=(Contact("phone", "1", "B"),),
        )
        body = to_fhir(party, timezone.utc)
        fhir.read(body)
        self.assertNotIn("gender", body)
        self.assertEqual(
            [body[name][0].get("use") for name in ("name", "address", "telecom")], [None] * 3
        )
        self.assertEqual(
            to_fhir(Party(identifiers=IDS, address=Address()), timezone.utc).get("address"), None
        )

    def test_times_without_a_zone_get_that_of_the_sender(self):
        zone = timezone(timedelta(hours=1))
        order = Order(identifiers=IDS, kind="service", authored_at=Moment(AT.at, "minute"))
        self.assertEqual(to_fhir(order, zone)["authoredOn"], "2026-03-01T09:00:00+01:00")
        self.assertEqual(
            to_fhir(Encounter(identifiers=IDS, period=Period()), zone).get("period"), None
        )
