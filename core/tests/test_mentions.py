"""Finding where an entity mentions a code."""

import doctest
import unittest

from core import mentions as module
from core.canonical import (
    Charge,
    Coding,
    Employee,
    Identifier,
    Invoice,
    InvoiceLine,
    Reference,
    StockMovement,
)
from core.mentions import mentions

ME = (Identifier("1", "t"),)
GLOVES = Identifier("GLV-M", "cabinet")
GTIN = Identifier("2900000040021", "gtin")


class TestMentions(unittest.TestCase):
    def test_a_reference_gives_all_names_it_carries(self):
        movement = StockMovement(identifiers=ME, product=Reference("product", (GLOVES, GTIN)))
        self.assertEqual(mentions(movement, "GLV-M", "product"), (GLOVES, GTIN))
        self.assertEqual(mentions(movement, "2900000040021", "product"), (GLOVES, GTIN))

    def test_a_reference_to_something_else_is_none(self):
        movement = StockMovement(identifiers=ME, from_location=Reference("location", (GLOVES,)))
        self.assertEqual(mentions(movement, "GLV-M", "product"), ())

    def test_a_coding_names_products_and_services_only(self):
        charge = Charge(identifiers=ME, code=Coding("LAB-1", "local"))
        self.assertEqual(mentions(charge, "LAB-1", "service"), (Identifier("LAB-1", "local"),))
        self.assertEqual(mentions(charge, "LAB-1", "location"), ())

    def test_lines_are_looked_at(self):
        line = InvoiceLine(product=Reference("product", (GLOVES,)))
        bill = Invoice(identifiers=ME, lines=(InvoiceLine(), line))
        self.assertEqual(mentions(bill, "GLV-M", "product"), (GLOVES,))

    def test_a_department_is_an_organization_on_the_wire(self):
        ward = Identifier("SUR", "org")
        worker = Employee(identifiers=ME, organization=Reference("organization", (ward,)))
        self.assertEqual(mentions(worker, "SUR", "department"), (ward,))

    def test_what_is_not_mentioned_gives_nothing(self):
        self.assertEqual(mentions(Charge(identifiers=ME), "X", "product"), ())


def load_tests(_loader, tests, _pattern):
    tests.addTests(doctest.DocTestSuite(module))
    return tests
