"""HL7 v2 data types as canonical values."""

import unittest
from datetime import date, datetime, timezone
from decimal import Decimal

from ..canonical import (
    Address,
    Coding,
    Contact,
    Identifier,
    Moment,
    Money,
    Period,
    PersonName,
    Quantity,
    Reference,
)
from ..codecs.hl7v2 import Repetition
from ..errors import MappingError
from ..transforms import TRANSFORMS
from . import shipped


def run(name, *raws, argument=""):
    """The transform of repetitions; a tuple is one part of a joined source."""
    return TRANSFORMS[f"hl7.{name}"](tuple(map(made, raws)), argument, shipped.context())


def made(raw):
    return tuple(map(Repetition, raw)) if isinstance(raw, tuple) else Repetition(raw)


class IdentifierTest(unittest.TestCase):
    def identifier(self, raw, **options):
        found = run("identifiers", raw, **options)
        return found and found[0]

    def test_a_number_has_its_assigner_type_and_facility(self):
        self.assertEqual(self.identifier("7^^^MRN^MR^NORTH"), Identifier("7", "MRN", "MR", "NORTH"))
        self.assertEqual(self.identifier("7", argument="VN"), Identifier("7", "", "VN"))

    def test_the_assigner_is_its_universal_id_where_that_is_what_it_says(self):
        for authority, system in (
            ("MRN&1.2.840.1&ISO", "urn:oid:1.2.840.1"),
            ("MRN&not-an-oid&ISO", "MRN"),
            ("&not-an-oid&ISO", "urn:oid:not-an-oid"),
            (
                "&6E8F7A3C-1111-2222-3333-444455556666&UUID",
                "urn:uuid:6e8f7a3c-1111-2222-3333-444455556666",
            ),
            ("MRN&nothing&GUID", "MRN"),
            ("&http://a.example/mrn&URI", "http://a.example/mrn"),
            ("MRN&a.example&DNS", "MRN"),
            ("&a.example&DNS", "a.example"),
        ):
            self.assertEqual(self.identifier(f"7^^^{authority}^MR").system, system, authority)

    def test_personal_numbers_of_the_state_are_never_read(self):
        for raw in ("7^^^X^SS", "7^^^X^ppn", "7^^^USSSA^MR", "7^^^&2.16.840.1.113883.4.1&ISO", ""):
            self.assertIsNone(run("identifiers", raw), raw)
        self.assertIsNone(run("person_reference", "7^Doe^^^^^^^^^^^SS", argument="employee"))

    def test_equal_numbers_are_one(self):
        self.assertEqual(len(run("identifiers", "7^^^A^MR", "7^^^A^MR", "8^^^A^MR")), 2)

    def test_order_numbers_have_a_namespace(self):
        self.assertEqual(
            run("entity_identifiers", "11^EHR^1.2.3.4^ISO", "", argument="PLAC"),
            (Identifier("11", "urn:oid:1.2.3.4", "PLAC"),),
        )

    def test_a_code_can_be_an_identifier(self):
        self.assertEqual(
            run("coded_identifiers", "99^Xray^C4", "")[0].system, "http://www.ama-assn.org/go/cpt"
        )


class NameTest(unittest.TestCase):
    def test_the_legal_name_goes_before_the_first(self):
        name = run("name", "Duck^Don^^^^^D", "Duck^Donald^F^Jr^Mr^^L")
        self.assertEqual(name, PersonName("Duck", ("Donald", "F"), "Mr", "Jr", use="official"))

    def test_without_a_legal_one_the_first_that_is_no_pseudonym(self):
        self.assertEqual(run("name", "", "^^^^^^S", "Duck&&&&Smith^Don").family, "Duck")
        self.assertIsNone(run("name", "X^Y^^^^^S"))
        self.assertIsNone(run("name"))
        self.assertEqual(run("name", "^^^^^^L", "Doe").family, "Doe")

    def test_a_component_that_is_null_says_nothing(self):
        self.assertEqual(run("name", 'Duck^""'), PersonName("Duck"))


class ContactTest(unittest.TestCase):
    def test_telephones_and_addresses_are_told_apart(self):
        for raw, contacts in (
            ("020 5368^HOME", (Contact("phone", "020 5368", "home"),)),
            ("^PRN^PH^^1^555^5552004", (Contact("phone", "+1 555 5552004", "home"),)),
            ("^WPN^FX^^^555^1^^^^^^", (Contact("fax", "555 1", "work"),)),
            ("^WPN^PH^^^555^1^22", (Contact("phone", "555 1 x22", "work"),)),
            ("78^^CP", (Contact("mobile", "78"),)),
            ("78^PRS", (Contact("mobile", "78"),)),
            ("^NET^Internet^a@b.example", (Contact("email", "a@b.example"),)),
            ("a@b.example", (Contact("email", "a@b.example"),)),
            (
                "1727^PRN^^a@b.example",
                (Contact("phone", "1727", "home"), Contact("email", "a@b.example", "home")),
            ),
            ("^^^^^^^^^^^555 77", (Contact("phone", "555 77"),)),
            ("^PRN", None),
        ):
            self.assertEqual(run("contacts", raw), contacts, raw)


class AddressTest(unittest.TestCase):
    def test_an_address_has_its_lines(self):
        self.assertEqual(
            run("address", "1&Hospital Lane^Ste. 2^Ann Arbor^MI^9999^USA^H"),
            Address(("1 Hospital Lane", "Ste. 2"), "Ann Arbor", "MI", "9999", "USA", "home"),
        )

    def test_the_billing_address_goes_first_then_mailing_then_home(self):
        self.assertEqual(run("address", "a^^X^^^^C", "b^^X^^^^H", "c^^X^^^^BI").lines, ("c",))
        self.assertEqual(run("address", "a^^X", "b^^X^^^^M").lines, ("b",))

    def test_an_address_of_nothing_is_none(self):
        self.assertIsNone(run("address", "^^^^^^H"))


class ValueTest(unittest.TestCase):
    def test_a_code_has_its_system(self):
        self.assertEqual(run("coding", "", "24^CT^LN"), Coding("24", "http://loinc.org", "CT"))
        self.assertEqual(
            run("coding", "24", argument="HL70001").system,
            "http://terminology.hl7.org/CodeSystem/v2-0001",
        )
        self.assertIsNone(run("coding"))

    def test_times_days_and_periods(self):
        at = datetime(2020, 5, 8, 13, 6, tzinfo=timezone.utc)
        self.assertEqual(run("time", "202005081306"), Moment(at, "minute"))
        self.assertIsNone(run("time"))
        self.assertEqual(run("date", "20200508"), date(2020, 5, 8))
        self.assertIsNone(run("date"))
        self.assertEqual(run("period", ("202005081306",), ()), Period(Moment(at, "minute")))
        self.assertIsNone(run("period", (), ("",)))

    def test_quantities_have_units(self):
        self.assertEqual(
            run("quantity", ("10",), ("EA^Each^UCUM",)),
            Quantity(Decimal(10), "EA", "http://unitsofmeasure.org"),
        )
        self.assertEqual(run("quantity", "12&lb", argument="h"), Quantity(Decimal(12), "h"))
        self.assertIsNone(run("quantity", (), ("EA",)))
        with self.assertRaises(MappingError) as caught:
            run("quantity", "once")
        self.assertEqual(caught.exception.code, "bad_quantity")

    def test_amounts_have_currencies(self):
        self.assertEqual(run("money", "100.50&USD"), Money(Decimal("100.50"), "USD"))
        self.assertEqual(run("money", "100.50^usd"), Money(Decimal("100.50"), "USD"))
        self.assertEqual(run("money", "100.50^UP"), Money(Decimal("100.50")))
        self.assertEqual(run("money", "", "7", argument="EUR"), Money(Decimal(7), "EUR"))
        self.assertIsNone(run("money"))
        with self.assertRaises(MappingError):
            run("money", "much")


class ReferenceTest(unittest.TestCase):
    def test_a_patient_is_named(self):
        self.assertEqual(
            run("reference", ("7^^^A^MR",), ("Duck^Don",), argument="party carried"),
            Reference("party", (Identifier("7", "A", "MR"),), "Don Duck", is_carried=True),
        )
        self.assertEqual(run("reference", ("7",), (), argument="party").display, "")
        self.assertIsNone(run("reference", (), ("Duck",), argument="party"))

    def test_a_visit_has_a_default_type(self):
        self.assertEqual(
            run("reference", "9", argument="encounter carried VN"),
            Reference("encounter", (Identifier("9", "", "VN"),), "", is_carried=True),
        )

    def test_an_order_has_both_numbers(self):
        found = run("order_reference", ("1^EHR",), ("2^LAB",), argument="order carried")
        self.assertEqual(
            [(name.value, name.type) for name in found.identifiers], [("1", "PLAC"), ("2", "FILL")]
        )
        self.assertIsNone(run("order_reference", (), (), argument="order"))

    def test_a_product_is_named_by_its_code(self):
        found = run("coded_reference", "01^Doxycycline^NDC", argument="product")
        self.assertEqual((found.display, found.is_carried), ("Doxycycline", False))

    def test_staff_have_number_and_name(self):
        found = run(
            "person_reference",
            "^Nobody",
            "C6^Woolf^Kathleen^^^Dr^^^DRN^^^^NPI",
            argument="employee",
        )
        self.assertEqual(
            found, Reference("employee", (Identifier("C6", "DRN", "NPI"),), "Dr Kathleen Woolf")
        )
        self.assertEqual(run("person_reference", "C6", argument="employee").display, "")
        self.assertIsNone(run("person_reference", "^Woolf", argument="employee"))


class PlaceTest(unittest.TestCase):
    def test_a_place_is_its_path_within_its_facility(self):
        found = run("place_reference", "", "Ward^Room^Bed^NORTH", argument="location")
        self.assertEqual(
            found, Reference("location", (Identifier("Ward|Room|Bed", "NORTH"),), "Ward, Room, Bed")
        )
        self.assertIsNone(run("place_reference", "", argument="location"))

    def test_missing_levels_keep_their_place(self):
        for raw, path in (("Ward", "Ward"), ("^Room^Bed", "|Room|Bed"), ("Ward^^Bed", "Ward||Bed")):
            self.assertEqual(run("place_identifiers", raw)[0].value, path)

    def test_without_levels_the_facility_or_the_description_is_the_place(self):
        self.assertEqual(run("place_identifiers", "^^^NORTH"), (Identifier("NORTH"),))
        self.assertEqual(run("place_identifiers", "^^^^^^^^Oak Ridge"), (Identifier("Oak Ridge"),))
        self.assertIsNone(run("place_identifiers", "^^^^A"))

    def test_the_deepest_level_tells_the_kind(self):
        for raw, kind in (
            ("W^R^B", "bed"),
            ("W^R", "room"),
            ("W", "ward"),
            ("^^^NORTH", "site"),
            ("^^^^A", None),
        ):
            self.assertEqual(run("place_kind", raw), kind)

    def test_a_place_has_words(self):
        for raw, words in (
            ("W^^B", "W, B"),
            ("^^^NORTH", "NORTH"),
            ("^^^^^^^^Oak", "Oak"),
            ("^^^^A", None),
        ):
            self.assertEqual(run("place_name", raw), words)

    def test_the_place_around_it(self):
        for raw, parent in (("W^R^B^N", "W|R"), ("W^^B", "W"), ("W^R", "W")):
            self.assertEqual(run("place_parent", raw).identifiers[0].value, parent)
        self.assertEqual(run("place_parent", "W^R^B^N").display, "W, R")
        for raw in ("W", "^R", "^^^N"):
            self.assertIsNone(run("place_parent", raw), raw)

    def test_plain_text_is_its_own_only_component(self):
        self.assertEqual(TRANSFORMS["hl7.place_name"](("Ward",), "", shipped.context()), "Ward")
        self.assertEqual(
            TRANSFORMS["hl7.identifiers"](("7",), "X", shipped.context()),
            (Identifier("7", "", "X"),),
        )
