"""What is written as FHIR R4 takes effect where it is received: through the door, minimised, mapped and applied."""

from datetime import date, datetime, timezone
from decimal import Decimal

from odoo.tests import tagged

from ..core.canonical import (
    Charge,
    Coding,
    Identifier,
    Location,
    Moment,
    Money,
    Party,
    PersonName,
    Product,
    Quantity,
    Reference,
    StockMovement,
)
from ..core.canonical.fhir import to_fhir
from ..core.codecs import strict_json
from .common import InteropCase

AT = Moment(datetime(2026, 3, 1, 8, tzinfo=timezone.utc), "second", "+00:00")


@tagged("post_install", "-at_install")
class TestFhirBack(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["interop.route"].search([]).write({"unknown_master": "create", "wait_seconds": 0})

    def names(self, value):
        return (Identifier(value, "urn:test"),)

    def ref(self, entity, value):
        return Reference(entity, self.names(value))

    def tell(self, *entities):
        for entity in entities:
            body = strict_json.dumps(to_fhir(entity, timezone.utc))
            answer = self.receive(body, self.endpoints["fhir"])
            self.assertEqual(answer.status, 202, answer.body)
        self.drain_all()
        self.assertEqual({row["state"] for row in self.rows()}, {"done"})

    def test_a_credit_takes_back_its_charge(self):
        charge = Charge(
            identifiers=self.names("T1"),
            kind="charge",
            occurred_at=AT,
            code=Coding("XR-1", "urn:codes", "Xray"),
            quantity=Quantity(Decimal(2), "1"),
            unit_price=Money(Decimal(25), self.env.company.currency_id.name),
            party=self.ref("party", "P1"),
        )
        credit = Charge(
            identifiers=self.names("T2"),
            kind="credit",
            occurred_at=AT,
            amount=Money(Decimal(-50), self.env.company.currency_id.name),
            party=self.ref("party", "P1"),
            reverses=self.ref("charge", "T1"),
        )
        self.tell(Party(identifiers=self.names("P1"), name=PersonName("Duck", ("Don",))), charge)
        made = self.env["interop.charge"].search([("system_id", "=", self.system.id)])
        self.assertEqual((made.quantity, made.price_unit, made.amount), (2, 25, 50))
        self.tell(credit)
        made = self.env["interop.charge"].search([("system_id", "=", self.system.id)], order="id")
        self.assertEqual(made.mapped("state"), ["reversed", "reversed"])
        self.assertEqual(made[1].reversal_of_id, made[0])

    def test_goods_of_a_lot_are_moved_from_a_store(self):
        self.tell(
            Product(identifiers=self.names("G1"), name="Glove", tracking="lot"),
            Location(identifiers=self.names("STORE"), name="Store", kind="store"),
            Location(identifiers=self.names("WARD"), name="Ward", kind="ward"),
        )
        product = self.env["product.product"].search([("name", "=", "Glove")])
        self.assertEqual(product.tracking, "lot")
        place = self.env["interop.location"].search([("name", "=", "Store")])
        self.assertEqual(place.kind, "store")
        stock = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        place.stock_location_id = stock.lot_stock_id
        ward = self.env["interop.location"].search([("name", "=", "Ward")])
        ward.stock_location_id = stock.lot_stock_id.copy({"name": "Ward"})
        self.tell(
            StockMovement(
                identifiers=self.names("M1"),
                kind="transfer",
                product=self.ref("product", "G1"),
                quantity=Quantity(Decimal(3), "1"),
                lot="L-77",
                expiry=date(2027, 1, 31),
                from_location=self.ref("location", "STORE"),
                to_location=self.ref("location", "WARD"),
                occurred_at=AT,
            )
        )
        move = self.env["stock.move"].search([("product_id", "=", product.id)])
        self.assertEqual((move.quantity, move.location_id), (3, place.stock_location_id))
        self.assertEqual(move.lot_ids.name, "L-77")
