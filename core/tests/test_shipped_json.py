"""What the shipped mappings read of the canonical JSON form: attributes under their own names."""

import unittest
from dataclasses import fields
from datetime import date
from decimal import Decimal

from ..canonical import ENTITIES, Identifier, Quantity
from ..codecs import plain_json
from ..document import Document, Envelope
from . import shipped


def read(event, **body):
    kind = f"org.interop.{event}.v1"
    mapper, context = shipped.mapper(), shipped.context()
    document = Document("json", kind, body, Envelope(kind, time="2020-05-08T00:00:00Z"))
    return [(fact, mapper.entity(fact, context)) for fact in mapper.facts(document, context)]


IDS = [{"system": "urn:x", "value": "7"}]


class CanonicalFormTest(unittest.TestCase):
    def test_every_event_states_one_fact_of_its_entity(self):
        for events, entity in (
            ("party.registered party.updated party.merged party.unmerged", "party"),
            ("employee.onboarded employee.updated employee.left", "employee"),
            ("organization.updated supplier.updated", "organization"),
            ("location.updated location.status_changed", "location"),
            ("service.updated", "service"),
            ("product.updated price.updated", "product"),
            (
                "encounter.planned encounter.started encounter.transferred encounter.class_changed",
                "encounter",
            ),
            (
                "encounter.finished encounter.cancelled encounter.discharge_cancelled encounter.leave",
                "encounter",
            ),
            (
                "appointment.booked appointment.confirmed appointment.rescheduled appointment.cancelled",
                "appointment",
            ),
            ("appointment.no_show", "appointment"),
            ("coverage.updated eligibility.checked", "coverage"),
            ("order.placed order.changed order.cancelled order.completed", "order"),
            ("item.consumed item.returned item.transferred goods.received", "stock_movement"),
            ("shipment.announced stock.counted", "stock_movement"),
            ("charge.posted charge.reversed", "charge"),
            ("invoice.received invoice.cancelled", "invoice"),
            (
                "authorization.requested authorization.approved authorization.denied authorization.cancelled",
                "authorization",
            ),
            ("claim.submitted claim.adjudicated claim.cancelled", "claim"),
            ("payment.registered payment.cancelled", "payment"),
            ("remittance.received remittance.cancelled", "payment"),
        ):
            for event in events.split():
                ((fact, _),) = read(event, identifiers=IDS)
                self.assertEqual((fact.entity, fact.event), (entity, event.partition(".")[2]))
                self.assertEqual(
                    (fact.subject, fact.version), (f"{entity}/urn:x|7", "20200508T000000.000000")
                )
        for event in ("purchase_order.acknowledged", "purchase_order.rejected"):
            ((fact, order),) = read(event, identifiers=IDS)
            # a subject of its own: an answer that overtakes its order waits for it, and must not hold it back
            self.assertEqual((fact.entity, fact.subject), ("order", "order/|7"))
            self.assertEqual(order.identifiers, (Identifier("7", "urn:x"),))
        ((fact, order),) = read("procedure.completed", identifiers=IDS)
        self.assertEqual(
            (fact.entity, fact.event, order.status), ("order", "procedure.completed", "completed")
        )

    def test_every_attribute_can_be_written(self):
        for mapping in shipped.mappings():
            # news of prices alone say no more than prices
            if mapping.format == "json" and mapping.documents != ("*.price.updated.v1",):
                attributes = {rule.target for rule in mapping.rules} - {"@event", "@key"}
                self.assertEqual(
                    attributes,
                    {item.name for item in fields(ENTITIES[mapping.entity])},
                    mapping.name,
                )

    def test_prices_are_of_a_product_or_where_it_says_so_of_a_service(self):
        price = {"amount": 4, "currency": "USD"}
        asked = [{"supplier": "S-1", "price": 2}]
        ((_fact, product),) = read(
            "price.updated", identifiers=IDS, price=price, supplier_prices=asked
        )
        self.assertEqual((product.NAME, product.price.amount), ("product", 4))
        self.assertEqual(product.supplier_prices[0].price.amount, 2)
        ((_fact, service),) = read("price.updated", identifiers=IDS, price=price, kind="service")
        self.assertEqual((service.NAME, service.price.amount), ("service", 4))

    def test_the_event_says_what_the_sender_leaves_out(self):
        for event, attribute, value in (
            ("employee.onboarded", "is_active", True),
            ("employee.left", "is_active", False),
            ("employee.updated", "is_active", None),
            ("encounter.started", "status", "in_progress"),
            ("encounter.leave", "status", "on_leave"),
            ("encounter.discharge_cancelled", "status", "in_progress"),
            ("order.placed", "status", "active"),
            ("order.changed", "status", None),
            ("order.changed", "kind", None),
            ("purchase_order.acknowledged", "kind", "purchase"),
            ("purchase_order.rejected", "kind", "purchase"),
            ("item.returned", "kind", "return"),
            ("goods.received", "kind", "receipt"),
            ("shipment.announced", "kind", "announcement"),
            ("stock.counted", "kind", "count"),
            ("charge.reversed", "kind", "credit"),
            ("invoice.received", "kind", "vendor"),
            ("invoice.cancelled", "status", "cancelled"),
            ("supplier.updated", "kind", "supplier"),
        ):
            ((_, entity),) = read(event, identifiers=IDS)
            self.assertEqual(getattr(entity, attribute), value, event)

    def test_the_sender_has_the_first_word(self):
        ((_, order),) = read("order.placed", identifiers=IDS, status="draft", kind="purchase")
        self.assertEqual((order.status, order.kind), ("draft", "purchase"))

    def test_a_purchase_has_lines(self):
        lines = [
            {"code": "GLV-M", "quantity": {"value": 3, "unit": "BX"}, "unit_price": 7, "number": 1},
            {"code": {"code": "MSK", "system": "urn:x"}, "planned_at": "2026-12-01"},
        ]
        ((_, order),) = read("order.placed", identifiers=IDS, kind="purchase", lines=lines)
        first, second = order.lines
        self.assertEqual(
            (first.code.code, first.quantity, first.unit_price.amount, first.number),
            ("GLV-M", Quantity(Decimal(3), "BX"), Decimal(7), "1"),
        )
        self.assertEqual((second.code.system, second.planned_at.precision), ("urn:x", "day"))
        self.assertEqual((second.quantity, second.unit_price, second.number), (None, None, ""))

    def test_an_appointment_takes_several_people(self):
        staff = [{"system": "STF", "value": "E1"}, "E2", {"identifiers": IDS, "display": "Wren"}]
        ((_, appointment),) = read("appointment.booked", identifiers=IDS, staff=staff)
        self.assertEqual(
            [(one.entity, one.identifiers[0].value) for one in appointment.staff],
            [("employee", "E1"), ("employee", "E2"), ("employee", "7")],
        )

    def test_a_supply_cabinet_tells_what_it_gave_out(self):
        ((fact, item),) = read(
            "item.consumed",
            identifiers=IDS,
            product={"system": "gtin", "value": "04012345678901", "display": "Gloves"},
            quantity={"value": 2, "unit": "EA"},
            lot="L1",
            expiry="2027-01-31",
            from_location="CAB-1",
            encounter={"system": "VIS", "value": "V99"},
            occurred_at="2020-05-08T10:15:00+02:00",
            version=42,
        )
        self.assertEqual(fact.version, "n00000000000000000042")
        self.assertEqual(
            (item.product.identifiers, item.product.entity),
            ((Identifier("04012345678901", "gtin"),), "product"),
        )
        self.assertEqual(
            (item.quantity, item.expiry), (Quantity(Decimal(2), "EA"), date(2027, 1, 31))
        )
        self.assertEqual(
            (item.from_location.identifiers[0].value, item.occurred_at.zone), ("CAB-1", "+02:00")
        )

    def test_a_bill_comes_through_its_codec(self):
        body = b"""{"type": "org.interop.invoice.received.v1", "id": "1", "source": "erp", "data": {
            "identifiers": [{"value": "B-17"}], "number": "B-17", "invoice_date": "2026-11-01", "currency": "EUR",
            "partner": {"system": "vendor", "value": "S1", "display": "Acme"}, "total": {"amount": 23.80, "currency": "EUR"},
            "lines": [{"description": "Gloves", "product": "G1", "quantity": 10, "unit_price": 2.00, "tax_rate": 19}]}}"""
        (document,) = plain_json.decode(body)
        (fact,) = shipped.mapper().facts(document, shipped.context())
        bill = shipped.mapper().entity(fact, shipped.context())
        self.assertEqual(
            (bill.number, bill.kind, bill.total.amount), ("B-17", "vendor", Decimal("23.80"))
        )
        self.assertEqual(
            (bill.lines[0].product.identifiers[0].value, bill.lines[0].tax_rate),
            ("G1", Decimal(19)),
        )
