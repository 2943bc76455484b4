"""FHIR R4 data types as canonical values."""

import unittest
from datetime import date, datetime, timezone
from decimal import Decimal

from ..canonical import (
    Address,
    Coding,
    Contact,
    Identifier,
    InvoiceLine,
    LocationStay,
    Moment,
    Money,
    Period,
    PersonName,
    Quantity,
    Reference,
)
from ..errors import MappingError
from ..transforms import TRANSFORMS
from . import shipped


def run(name, *values, argument=""):
    return TRANSFORMS[f"fhir.{name}"](values, argument, shipped.context())


def concept(*codes, **more):
    return {
        "coding": [{"code": code, "system": "s", "display": code.upper()} for code in codes],
        **more,
    }


class IdentifierTest(unittest.TestCase):
    def test_the_logical_id_goes_first(self):
        found = run(
            "identifiers",
            "Patient",
            "7",
            [
                {
                    "system": "urn:mrn",
                    "value": "M1",
                    "type": {"coding": [{"code": "MR"}]},
                    "assigner": {"display": "North"},
                },
                {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999"},
                {"system": "urn:without-value"},
            ],
        )
        self.assertEqual(
            found,
            (Identifier("7", "fhir:Patient", "RI"), Identifier("M1", "urn:mrn", "MR", "North")),
        )

    def test_a_resource_without_id_has_its_business_identifiers(self):
        self.assertEqual(
            run("identifiers", "Patient", None, [{"value": "M1"}]), (Identifier("M1"),)
        )
        self.assertEqual(
            run("identifiers", "Bundle", "1", {"value": "one alone"})[1].value, "one alone"
        )
        self.assertIsNone(run("identifiers", "Patient"))

    def test_a_device_is_known_by_its_bar_code(self):
        self.assertEqual(
            run("udi", {"deviceIdentifier": "0401"}, {"carrierHRF": "x"}),
            (Identifier("0401", "udi", "UDI"),),
        )

    def test_only_codes_of_articles_are_identifiers(self):
        self.assertEqual(
            run("code_identifiers", concept("a"), argument="t s"), (Identifier("a", "s"),)
        )
        self.assertIsNone(run("code_identifiers", concept("a"), argument="t"))


class ReferenceTest(unittest.TestCase):
    def refer(self, item, argument="party"):
        return run("reference", item, argument=argument)

    def test_what_the_document_carries_is_named_by_all_its_identifiers(self):
        target = {
            "resourceType": "Patient",
            "id": "7",
            "identifier": [{"system": "urn:mrn", "value": "M1"}],
            "name": "Don Duck",
        }
        self.assertEqual(
            self.refer({"reference": "urn:uuid:1", "_resolved": target}),
            Reference(
                "party",
                (Identifier("7", "fhir:Patient", "RI"), Identifier("M1", "urn:mrn")),
                "Don Duck",
                True,
            ),
        )

    def test_a_contained_resource_has_no_id_outside(self):
        target = {"resourceType": "Patient", "id": "p", "identifier": [{"value": "M1"}]}
        self.assertEqual(
            self.refer({"reference": "#p", "_resolved": target}).identifiers, (Identifier("M1"),)
        )

    def test_a_search_is_not_carried(self):
        target = {"resourceType": "Patient", "identifier": [{"value": "M1"}]}
        self.assertFalse(
            self.refer({"reference": "Patient?identifier=M1", "_resolved": target}).is_carried
        )

    def test_what_is_not_carried_is_named_by_type_and_id(self):
        for written in ("Patient/7", "http://a.example/fhir/Patient/7/_history/2"):
            found = self.refer({"reference": written, "display": "Don"})
            self.assertEqual(
                found, Reference("party", (Identifier("7", "fhir:Patient", "RI"),), "Don")
            )

    def test_a_uuid_or_an_identifier_alone_serves(self):
        self.assertEqual(
            self.refer({"reference": "urn:uuid:6E", "identifier": {"value": "M1"}}).identifiers,
            (Identifier("urn:uuid:6E", "urn:ietf:rfc:3986"), Identifier("M1")),
        )
        self.assertEqual(
            self.refer({"type": "Patient", "identifier": {"value": "M1"}}).identifiers,
            (Identifier("M1"),),
        )

    def test_words_alone_name_nothing(self):
        self.assertIsNone(self.refer({"display": "Don"}))
        self.assertIsNone(self.refer("Patient/7"))

    def test_the_entity_must_be_one_of_those_asked_for(self):
        self.assertIsNone(self.refer({"reference": "Group/1"}))
        found = run(
            "reference",
            {"reference": "Device/1"},
            {"reference": "Organization/2"},
            argument="employee organization",
        )
        self.assertEqual(found.entity, "organization")

    def test_a_product_in_the_document_is_named_by_its_bar_code_or_its_code(self):
        device = {
            "resourceType": "Device",
            "udiCarrier": [{"deviceIdentifier": "0401"}],
            "code": concept("class"),
        }
        self.assertEqual(
            self.refer({"reference": "#d", "_resolved": device}, "product").identifiers,
            (Identifier("0401", "udi", "UDI"),),
        )
        medication = {"resourceType": "Medication", "id": "m", "code": concept("aspirin")}
        self.assertEqual(
            self.refer({"reference": "#m", "_resolved": medication}, "product").identifiers,
            (Identifier("aspirin", "s"),),
        )

    def test_identifiers_of_a_reference_can_stand_for_the_thing(self):
        self.assertEqual(
            run("reference_identifiers", {"reference": "Patient/7"}, argument="party")[0].value, "7"
        )
        self.assertIsNone(run("reference_identifiers", {"display": "x"}, argument="party"))

    def test_a_resource_can_name_itself(self):
        found = run("self_reference", "Patient", "7", None, argument="party")
        self.assertEqual(
            found, Reference("party", (Identifier("7", "fhir:Patient", "RI"),), is_carried=True)
        )
        self.assertIsNone(run("self_reference", False, argument="party"))

    def test_a_number_for_people_is_the_business_identifier_or_else_the_id(self):
        for item, number in (
            ({"identifier": {"value": "A1"}}, "A1"),
            ({"reference": "#a", "_resolved": {"id": "a", "identifier": [{"value": "A2"}]}}, "A2"),
            ({"reference": "urn:uuid:1", "_resolved": {"id": "a3"}}, "a3"),
            ({"reference": "Account/a4"}, "a4"),
            ({"display": "x"}, None),
        ):
            self.assertEqual(run("reference_number", item), number)

    def test_a_code_names_a_product(self):
        found = run(
            "code_reference",
            {"text": "none"},
            concept("a", "b", text="Aspirin"),
            argument="product",
        )
        self.assertEqual(found, Reference("product", (Identifier("a", "s"),), "Aspirin"))
        self.assertIsNone(run("code_reference", {"text": "none"}, argument="product"))

    def test_the_code_that_the_user_chose_goes_first(self):
        coded = {"coding": [{"code": "class"}, {"code": "article", "userSelected": True}]}
        self.assertEqual(
            run("code_reference", coded, argument="product").identifiers, (Identifier("article"),)
        )


class CodeTest(unittest.TestCase):
    def test_codes_of_concepts_and_codings(self):
        self.assertEqual(run("coding", concept("a", "b")), Coding("a", "s", "A"))
        self.assertEqual(run("coding", {"code": "c", "system": "t"}), Coding("c", "t"))
        self.assertEqual(
            run("coding", {"coding": [{"code": "d"}], "text": "words"}), Coding("d", "", "words")
        )
        self.assertEqual(run("coding", "final", argument="t"), Coding("final", "t"))
        self.assertEqual(run("codings", concept("a", "b"), concept("a"))[1].code, "b")
        self.assertIsNone(run("coding", {"text": "words"}))

    def test_a_code_for_no_code_is_none(self):
        absent = {
            "coding": [
                {
                    "code": "unknown",
                    "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                }
            ]
        }
        self.assertIsNone(run("codings", absent))

    def test_concepts_in_words(self):
        self.assertEqual(run("concept_text", {}, concept("a", text="Words")), "Words")
        self.assertEqual(run("concept_text", concept("a")), "A")
        self.assertEqual(run("concept_text", {"coding": [{"code": "a"}]}), "a")
        self.assertIsNone(run("concept_text"))

    def test_kinds_of_place(self):
        self.assertEqual(run("place_kind", {"coding": [{"code": "area"}, {"code": "bd"}]}), "bed")
        self.assertIsNone(run("place_kind", {"coding": [{"code": "area"}]}))


class PersonTest(unittest.TestCase):
    def test_the_official_name_that_is_current(self):
        found = run(
            "name",
            {"use": "old", "family": "Was"},
            {"use": "usual", "text": "Donny"},
            {
                "use": "official",
                "family": "Duck",
                "given": ["Don", ""],
                "prefix": ["Dr", "h.c."],
                "suffix": ["Jr"],
            },
        )
        self.assertEqual(found, PersonName("Duck", ("Don",), "Dr h.c.", "Jr", use="official"))
        self.assertEqual(run("name", {"use": "official"}, {"text": "Donny"}).text, "Donny")
        self.assertIsNone(run("name", {"use": "maiden", "family": "Was"}))

    def test_contacts_in_use(self):
        found = run(
            "contacts",
            {"system": "phone", "value": "1", "use": "mobile"},
            {"system": "email", "value": "a@b.example", "use": "mobile"},
            {"system": "sms", "value": "2", "use": "home"},
            {"value": "3"},
            {"system": "pager", "value": "4"},
            {"system": "fax"},
            {"system": "phone", "value": "5", "use": "old"},
        )
        self.assertEqual(
            found,
            (
                Contact("mobile", "1"),
                Contact("email", "a@b.example"),
                Contact("phone", "2", "home"),
                Contact("phone", "3"),
            ),
        )

    def test_the_billing_address_goes_first(self):
        found = run(
            "address",
            {"use": "home", "city": "A"},
            {"use": "billing", "line": ["1"], "postalCode": "9"},
        )
        self.assertEqual(found, Address(("1",), postal_code="9", use="billing"))
        self.assertEqual(run("address", {"use": "home"}, {"text": "One line"}).lines, ("One line",))
        self.assertIsNone(run("address", {"use": "home"}))


class ValueTest(unittest.TestCase):
    AT = Moment(datetime(2020, 5, 8, 11, 6, 43, tzinfo=timezone.utc), "second", "+02:00")
    TEXT = "2020-05-08T13:06:43+02:00"

    def test_times_days_and_periods(self):
        self.assertEqual(run("time", None, {"start": self.TEXT}), self.AT)
        self.assertEqual(run("time", self.TEXT), self.AT)
        self.assertIsNone(run("time"))
        self.assertEqual(run("date", "2020-05-08"), date(2020, 5, 8))
        self.assertIsNone(run("date"))
        self.assertEqual(run("period", {}, {"start": self.TEXT}), Period(self.AT))
        self.assertEqual(run("period", {"end": self.TEXT}), Period(None, self.AT))
        self.assertIsNone(run("period"))

    def test_quantities_and_amounts(self):
        self.assertEqual(
            run("quantity", {}, {"value": Decimal(2), "unit": "tablet"}),
            Quantity(Decimal(2), "tablet"),
        )
        coded = {"value": 2, "unit": "ml", "code": "mL", "system": "http://unitsofmeasure.org"}
        self.assertEqual(
            run("quantity", coded), Quantity(Decimal(2), "mL", "http://unitsofmeasure.org")
        )
        self.assertIsNone(run("quantity", "2"))
        self.assertEqual(
            run("money", {}, {"value": Decimal("1.50"), "currency": "EUR"}),
            Money(Decimal("1.50"), "EUR"),
        )
        self.assertEqual(run("money", {"value": 1}, argument="USD"), Money(Decimal(1), "USD"))
        self.assertIsNone(run("money"))
        with self.assertRaises(MappingError):
            run("money", {"value": "much"})

    def test_the_tax_is_the_difference(self):
        gross, net = (
            {"value": Decimal(48), "currency": "EUR"},
            {"value": Decimal(40), "currency": "EUR"},
        )
        self.assertEqual(run("difference", gross, net), Money(Decimal(8), "EUR"))
        self.assertIsNone(run("difference", gross, {"value": 40, "currency": "USD"}))
        self.assertIsNone(run("difference", gross))


class PartTest(unittest.TestCase):
    def test_an_encounter_has_been_in_places(self):
        found = run(
            "stays",
            {"location": {"reference": "Location/1"}, "period": {"start": "2020"}},
            {"location": {"display": "x"}},
        )
        place = Reference("location", (Identifier("1", "fhir:Location", "RI"),))
        self.assertEqual(
            found,
            (
                LocationStay(
                    place, Period(Moment(datetime(2020, 1, 1, tzinfo=timezone.utc), "year"))
                ),
            ),
        )

    def test_an_invoice_has_lines_at_their_price_before_tax(self):
        def part(kind, value, **more):
            return {"type": kind, "amount": {"value": Decimal(value), "currency": "EUR"}, **more}

        components = [
            part("tax", 9),
            part("base", 40),
            part("surcharge", 5),
            part("discount", -2),
            part("deduction", 1),
            {"type": "base"},
            part("informational", 3),
        ]
        found = run(
            "invoice_lines",
            {"chargeItemCodeableConcept": concept("x"), "priceComponent": components},
            {"chargeItemReference": {"display": "Bed"}, "priceComponent": [part("discount", 1)]},
            {"chargeItemCodeableConcept": {"text": "Visit"}},
        )
        self.assertEqual(
            found,
            (
                InvoiceLine("X", code=Coding("x", "s", "X"), amount=Money(Decimal(42), "EUR")),
                InvoiceLine("Bed"),
                InvoiceLine("Visit"),
            ),
        )
        self.assertIsNone(run("invoice_lines"))

    def test_equal_lines_are_two_lines(self):
        self.assertEqual(len(run("invoice_lines", {}, {})), 2)
