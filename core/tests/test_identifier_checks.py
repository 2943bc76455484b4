"""Which numbers are looked at, which of them are wrong, and what is said of them."""

import unittest
from datetime import datetime, timezone
from decimal import Decimal

from core.canonical import (
    Charge,
    Coding,
    Encounter,
    Identifier,
    InvoiceLine,
    LocationStay,
    Party,
    Product,
    Reference,
)
from core.canonical.entities import Invoice
from core.canonical.values import Packaging
from core.codecs import hl7v2
from core.identifier_checks import STATED, Check, Checks, Fault
from core.sources import View, compile_source
from core.transforms import TRANSFORMS, Context

NHS = "https://fhir.nhs.uk/Id/nhs-number"
RIGHT, WRONG = "9434765919", "9434765918"


def party(*identifiers, **said):
    return Party(identifiers=identifiers, **said)


class TestChecks(unittest.TestCase):
    def setUp(self):
        self.checks = Checks([Check("nhs", NHS, is_refused=True), Check("M10", type="AN")])

    def test_a_right_number_and_one_that_nobody_looks_at_are_no_fault(self):
        said = party(Identifier(RIGHT, NHS), Identifier(WRONG, "MRN", "MR"))
        self.assertEqual(self.checks.faults(said), [])

    def test_a_wrong_number_is_told_by_place_and_scheme_and_never_by_itself(self):
        (fault,) = self.checks.faults(party(Identifier(WRONG, NHS, "NH")))
        self.assertEqual(fault, Fault("identifiers", NHS, "NH", "nhs", True))
        error = fault.error()
        self.assertEqual((error.code, error.path), ("wrong_check_digit", "identifiers"))
        self.assertEqual(error.detail, f"nhs {NHS}")
        self.assertNotIn(WRONG, str(error))

    def test_refused_ones_come_first(self):
        found = self.checks.faults(party(Identifier("124", "B", "AN"), Identifier(WRONG, NHS)))
        self.assertEqual([fault.is_refused for fault in found], [True, False])

    def test_one_place_is_told_once(self):
        found = self.checks.faults(
            party(Identifier("124", "B", "AN"), Identifier("125", "B", "AN"))
        )
        self.assertEqual(len(found), 1)

    def test_the_first_check_for_a_number_counts(self):
        checks = Checks([Check("M10", NHS), Check("nhs", NHS, is_refused=True)])
        (fault,) = checks.faults(party(Identifier(RIGHT, NHS)))
        self.assertEqual((fault.scheme, fault.is_refused), ("M10", False))

    def test_an_oid_is_one_however_it_is_written(self):
        checks = Checks([Check("nhs", "2.16.840.1.113883.2.1.4.1")])
        found = checks.faults(party(Identifier(WRONG, "urn:oid:2.16.840.1.113883.2.1.4.1")))
        self.assertEqual(len(found), 1)

    def test_numbers_of_what_is_referred_to_are_looked_at(self):
        reference = Reference("party", (Identifier(WRONG, NHS),))
        places = {
            "party": Encounter(identifiers=(Identifier("V"),), party=reference),
            "guarantor": party(Identifier("P"), guarantor=reference),
            "stays": Encounter(
                identifiers=(Identifier("V"),),
                stays=(LocationStay(Reference("location", (Identifier(WRONG, NHS),))),),
            ),
            "lines": Invoice(
                identifiers=(Identifier("I"),),
                lines=(InvoiceLine(product=Reference("product", (Identifier(WRONG, NHS),))),),
            ),
        }
        for path, entity in places.items():
            with self.subTest(path=path):
                self.assertEqual([fault.path for fault in self.checks.faults(entity)], [path])

    def test_gtins_are_looked_at_wherever_they_stand(self):
        checks = Checks([Check("gtin", "GTIN")])
        right, wrong = "6291041500213", "6291041500214"
        for gtin, faults in ((right, []), (wrong, ["gtin"])):
            product = Product(identifiers=(Identifier("P"),), gtin=gtin)
            self.assertEqual([fault.path for fault in checks.faults(product)], faults)
        packs = tuple(Packaging("BX", Decimal(1), gtin) for gtin in (right, "", wrong))
        product = Product(identifiers=(Identifier("P"),), packagings=packs)
        self.assertEqual([fault.path for fault in checks.faults(product)], ["packagings"])
        charge = Charge(identifiers=(Identifier("C"),), code=Coding(wrong, "gtin"))
        self.assertEqual([fault.path for fault in checks.faults(charge)], ["code"])

    def test_rubbish_in_a_place_that_is_looked_at_is_wrong(self):
        for text in ("", "n/a", "943476591", "unknown", "٩٤٣٤٧٦٥٩١٩"):
            with self.subTest(text=text):
                self.assertEqual(len(self.checks.faults(party(Identifier(text, NHS)))), 1)

    def test_without_checks_nothing_is_wrong(self):
        self.assertEqual(Checks([]).faults(party(Identifier(WRONG, NHS, misfit="M10"))), [])

    def test_a_check_of_everything_is_none(self):
        with self.assertRaises(ValueError):
            Checks([Check("M10")])


class TestStatedDigits(unittest.TestCase):
    """What a message says itself of its numbers (CX-2, CX-3)."""

    def read(self, cx, transform="hl7.identifiers", argument=""):
        body = f"MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\rPID|1||{cx}\r".encode()
        (document,) = hl7v2.decode(body, content_type="application/hl7-v2")
        view = View(document, document.body)
        context = Context(
            timezone.utc, lambda _name, _coding: None, datetime(2026, 1, 1, tzinfo=timezone.utc)
        )
        values = compile_source("hl7v2", "PID-3").read(view)
        return TRANSFORMS[transform](tuple(values), argument, context)

    def test_only_a_digit_that_contradicts_its_number_is_a_misfit(self):
        for cx, misfit in (
            ("1234567^4^M11^MRN^MR", ""),
            ("1234567^5^M11^MRN^MR", "M11"),
            ("12345^5^M10^MRN^MR", ""),
            ("12345^4^M10^MRN^MR", "M10"),
            ("1234567^5^ISO^MRN^MR", ""),
            ("PATID1234^5^M11^MRN^MR", ""),
            ("1234567^^M11^MRN^MR", ""),
            ("1234567^5^^MRN^MR", ""),
            ("1234567^&^M11^MRN^MR", ""),
        ):
            with self.subTest(cx=cx):
                (identifier,) = self.read(cx)
                self.assertEqual(identifier.misfit, misfit)

    def test_of_people_too(self):
        for digit, misfit in (("4", ""), ("5", "M11")):
            xcn = f"1234567^Ash^Ada^^^^^^STAFF^L^{digit}^M11^EI"
            told = self.read(xcn, "hl7.person_reference", "employee")
            self.assertEqual(told.identifiers[0].misfit, misfit)

    def test_a_misfit_is_the_same_identifier(self):
        (one,), (other,) = self.read("1234567^5^M11^MRN^MR"), self.read("1234567^^^MRN^MR")
        self.assertEqual((one, hash(one)), (other, hash(other)))

    def test_it_is_a_fault_where_that_is_asked_for(self):
        said = party(*self.read("1234567^5^M11^MRN^MR"))
        (fault,) = Checks([Check(STATED)]).faults(said)
        self.assertEqual(fault, Fault("identifiers", "MRN", "MR", "M11", False))
        self.assertEqual(Checks([Check("nhs", NHS)]).faults(said), [])

    def test_a_check_of_our_own_goes_before_what_the_message_says(self):
        said = party(*self.read("12345674^5^M11^MRN^MR"))
        self.assertEqual(Checks([Check("M11", "MRN"), Check(STATED)]).faults(said), [])


if __name__ == "__main__":
    unittest.main()
