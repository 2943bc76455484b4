"""Finding where an entity mentions a code."""

import doctest
import unittest

from core import mentions as module
from core.canonical import (
    Appointment,
    Charge,
    Coding,
    Employee,
    Encounter,
    Identifier,
    Invoice,
    InvoiceLine,
    Order,
    Reference,
    StockMovement,
)
from core.mentions import mentions, referred

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


class TestReferred(unittest.TestCase):
    def test_each_of_its_kind_once_in_order(self):
        head, other = (Reference("employee", (Identifier(number, "S"),)) for number in "21")
        visit = Encounter(
            identifiers=ME,
            party=Reference("party", ME),
            attending=head,
            location=Reference("location", (GLOVES,)),
        )
        self.assertEqual(referred(visit, "employee"), (head,))
        worker = Employee(identifiers=ME, manager=other)
        self.assertEqual(referred(worker, "employee"), (other,))
        planned = Appointment(identifiers=ME, staff=(head, other, head))
        self.assertEqual(referred(planned, "employee"), (head, other))

    def test_those_of_an_attribute_come_first(self):
        one, other = (Reference("employee", (Identifier(number, "S"),)) for number in "12")
        order = Order(identifiers=ME, requester=one, performer=other)
        self.assertEqual(referred(order, "employee"), (one, other))
        self.assertEqual(referred(order, "employee", "performer"), (other, one))
        for attribute in ("priority", "nothing", "PV1-7"):
            self.assertEqual(referred(order, "employee", attribute), (one, other))

    def test_nobody_and_nothing(self):
        self.assertEqual(referred(Charge(identifiers=ME), "employee"), ())
        nameless = Employee(identifiers=ME, manager=Reference("employee", ()))
        self.assertEqual(referred(nameless, "employee"), ())


def load_tests(_loader, tests, _pattern):
    tests.addTests(doctest.DocTestSuite(module))
    return tests
