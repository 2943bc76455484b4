"""The canonical JSON form, value by value."""

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
    Packaging,
    Period,
    PersonName,
    Quantity,
    Reference,
    SupplierPrice,
)
from ..errors import MappingError
from ..transforms import TRANSFORMS
from . import shipped


def run(name, *values, argument=""):
    return TRANSFORMS[f"json.{name}"](values, argument, shipped.context())


class CanonicalJsonTest(unittest.TestCase):
    def test_supplier_prices_are_objects_and_not_below_nothing(self):
        told = {"supplier": "S-1", "price": 2, "quantity": 10, "unit": "BX", "code": "V-7"}
        days = {"valid_from": "2026-01-01", "valid_until": "2026-12-31"}
        supplier = Reference("organization", (Identifier("S-1"),))
        self.assertEqual(
            run("supplier_prices", told | days, {"supplier": "S-1", "price": 3}),
            (
                SupplierPrice(
                    supplier,
                    Money(Decimal(2)),
                    Decimal(10),
                    "BX",
                    date(2026, 1, 1),
                    date(2026, 12, 31),
                    "V-7",
                ),
                SupplierPrice(supplier, Money(Decimal(3))),
            ),
        )
        for wrong in ({"price": 2}, {"supplier": "S-1"}, {"supplier": "S-1", "price": -1}, 5):
            with self.subTest(wrong=wrong), self.assertRaises(MappingError):
                run("supplier_prices", wrong)

    def test_packagings_are_objects_that_hold_something(self):
        self.assertEqual(
            run(
                "packagings",
                {"unit": "BX", "quantity": 100, "gtin": "7"},
                {"unit": "CS", "quantity": "4"},
            ),
            (Packaging("BX", Decimal(100), "7"), Packaging("CS", Decimal(4))),
        )
        for wrong in ({"unit": "BX"}, {"quantity": 1}, {"unit": "BX", "quantity": 0}, "BX", 5):
            with self.subTest(wrong=wrong), self.assertRaises(MappingError):
                run("packagings", wrong)

    def test_identifiers_and_codes_are_objects_or_one_word(self):
        full = {"value": "7", "system": "urn:x", "type": "MR", "assigner": "North"}
        self.assertEqual(run("identifiers", full, "8", 9, None), (
            Identifier("7", "urn:x", "MR", "North"), Identifier("8"), Identifier("9"),
        ))  # fmt: skip
        self.assertEqual(
            run("coding", {"code": "24", "system": "LN"}), Coding("24", "http://loinc.org")
        )
        self.assertEqual(run("coding", "24"), Coding("24"))
        self.assertEqual(run("codings", {"code": "a"}, "a", "b"), (Coding("a"), Coding("b")))
        self.assertIsNone(run("coding", None))

    def test_people_and_how_to_reach_them(self):
        self.assertEqual(
            run("name", {"family": "Duck", "given": "Don"}), PersonName("Duck", ("Don",))
        )
        self.assertEqual(run("name", {"given": ["Don", "F", None]}).given, ("Don", "F"))
        self.assertEqual(run("name", "Don Duck"), PersonName(text="Don Duck"))
        self.assertIsNone(run("name", {}))
        self.assertIsNone(run("name", " "))
        self.assertEqual(
            run("contacts", {"kind": "email", "value": "a@b.example"}),
            (Contact("email", "a@b.example"),),
        )
        self.assertEqual(
            run("address", {"lines": ["1", "2"], "city": "X"}), Address(("1", "2"), "X")
        )

    def test_numbers_are_objects_or_numbers(self):
        self.assertEqual(
            run("quantity", {"value": Decimal("1.50"), "unit": "EA"}),
            Quantity(Decimal("1.50"), "EA"),
        )
        self.assertEqual(run("quantity", 3), Quantity(Decimal(3)))
        self.assertEqual(
            run("money", {"amount": "10.00", "currency": "eur"}), Money(Decimal("10.00"), "EUR")
        )
        self.assertEqual(run("money", Decimal(2)), Money(Decimal(2)))

    def test_times_days_and_periods(self):
        at = Moment(datetime(2020, 5, 8, tzinfo=timezone.utc), "day")
        self.assertEqual(run("time", "2020-05-08"), at)
        self.assertEqual(run("date", "2020-05-08"), date(2020, 5, 8))
        self.assertEqual(run("period", {"start": "2020-05-08"}), Period(at))
        self.assertIsNone(run("period", {}))

    def test_references_are_long_or_short(self):
        for value in (
            {"system": "urn:x", "value": "7", "display": "Don"},
            {"identifiers": [{"system": "urn:x", "value": "7"}], "display": "Don"},
        ):
            self.assertEqual(
                run("reference", value, argument="party"),
                Reference("party", (Identifier("7", "urn:x"),), "Don"),
            )
        self.assertEqual(
            run("reference", "7", argument="party"), Reference("party", (Identifier("7"),))
        )
        other = {"identifiers": "7", "entity": "organization"}
        self.assertEqual(run("reference", other, argument="employee").entity, "organization")

    def test_lines_and_stays(self):
        line = {
            "description": "Gloves",
            "product": "G1",
            "code": "g",
            "quantity": 2,
            "unit_price": 3,
            "amount": 6,
            "order_line": 10,
            "tax_rate": Decimal("19"),
        }
        wanted = InvoiceLine(
            "Gloves",
            Reference("product", (Identifier("G1"),)),
            Coding("g"),
            Quantity(Decimal(2)),
            Money(Decimal(3)),
            Money(Decimal(6)),
            "10",
            Decimal(19),
        )
        self.assertEqual(run("lines", line, line, None), (wanted, wanted))
        self.assertEqual(run("lines", {}), (InvoiceLine(),))
        self.assertIsNone(run("lines"))
        place = Reference("location", (Identifier("W1"),))
        self.assertEqual(run("stays", {"location": "W1"}), (LocationStay(place),))
        self.assertEqual(run("stays", {"location": "W1", "period": {}}), (LocationStay(place),))

    def test_what_is_written_wrongly_is_refused(self):
        for name, value in (
            ("identifiers", {"system": "urn:x"}),
            ("identifiers", True),
            ("identifiers", ""),
            ("coding", []),
            ("name", 7),
            ("name", {"family": {}}),
            ("contacts", {"kind": "pigeon", "value": "1"}),
            ("contacts", "1"),
            ("address", "Main Street"),
            ("quantity", {"unit": "EA"}),
            ("quantity", "many"),
            ("money", {"amount": None}),
            ("time", "soon"),
            ("date", "2020-05"),
            ("period", "2020"),
            ("reference", {"identifiers": []}),
            ("reference", {"display": "Don"}),
            ("lines", "x"),
            ("stays", {"period": {}}),
        ):
            with self.subTest(name, value=value), self.assertRaises(MappingError):
                run(name, value)
