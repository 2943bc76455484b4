"""What the shipped mappings read of FHIR orders, reports, stock movements, charges and invoices."""

import json
import unittest
from datetime import date
from decimal import Decimal

from ..canonical import Identifier, Money, Quantity
from ..codecs import fhir
from ..errors import MappingError
from . import shipped
from .test_shipped_fhir import coded, ids, read, resource


class OrderTest(unittest.TestCase):
    def order(self, kind="ServiceRequest", status="active", **more):
        intent = (
            {}
            if kind == "SupplyRequest"
            else {"intent": "order", "subject": {"reference": "Patient/1"}}
        )
        code = {
            "ServiceRequest": "code",
            "DeviceRequest": "codeCodeableConcept",
            "SupplyRequest": "itemCodeableConcept",
        }[kind]
        needed = {"quantity": {"value": 2, "unit": "box"}} if kind == "SupplyRequest" else {}
        return resource(kind, status=status, **{code: coded("24")}, **intent, **needed, **more)

    def test_each_status_tells_what_happened(self):
        for status, event, canonical in (
            ("draft", "placed", "draft"),
            ("active", "placed", "active"),
            ("on-hold", "changed", "on_hold"),
            ("revoked", "cancelled", "cancelled"),
            ("completed", "completed", "completed"),
            ("unknown", "changed", None),
        ):
            ((found, order),) = read(self.order(status=status))
            self.assertEqual((found, order.status), (event, canonical))

    def test_kinds_of_order(self):
        for kind, canonical in (
            ("ServiceRequest", "service"),
            ("DeviceRequest", "supply"),
            ("SupplyRequest", "supply"),
        ):
            ((_, order),) = read(
                self.order(kind, authoredOn="2020-05-08", requester={"reference": "Practitioner/9"})
            )
            self.assertEqual(
                (order.kind, order.code.code, order.requester.entity), (canonical, "24", "employee")
            )
            self.assertEqual(order.authored_at.precision, "day")
        self.assertEqual(order.quantity, Quantity(Decimal(2), "box"))

    def test_goods_go_from_a_store_to_a_place(self):
        body = self.order(
            "SupplyRequest",
            deliverFrom={"reference": "Location/3"},
            deliverTo={"reference": "Location/5"},
        )
        ((_, order),) = read(body)
        self.assertEqual(
            [(one.entity, one.identifiers[0].value) for one in (order.performer, order.location)],
            [("location", "3"), ("location", "5")],
        )

    def test_what_is_not_in_stock_is_bought_of_its_supplier(self):
        places = {
            "deliverFrom": {"reference": "Location/3"},
            "supplier": [{"reference": "Organization/8"}],
        }
        for category, kind, performer in (
            ("nonstock", "purchase", "organization"),
            ("central", "supply", "location"),
            ("ours", "supply", "location"),
            (None, "supply", "location"),
        ):
            said = {"category": coded(category)} if category else {}
            ((_, order),) = read(self.order("SupplyRequest", **places, **said))
            self.assertEqual((order.kind, order.performer.entity), (kind, performer), category)

    def test_a_device_is_asked_for_one_by_one(self):
        ((_, order),) = read(self.order("DeviceRequest", performer={"reference": "Organization/2"}))
        self.assertEqual(order.quantity, Quantity(Decimal(1)))
        self.assertEqual(order.performer.entity, "organization")

    def test_plans_and_prohibitions_are_no_orders(self):
        self.assertEqual(read({**self.order(), "intent": "plan"}), [])
        self.assertEqual(read(self.order(doNotPerform=True)), [])
        self.assertEqual(read({**self.order("DeviceRequest"), "intent": "proposal"}), [])

    def test_a_report_completes_each_order_it_answers(self):
        report = resource("DiagnosticReport", status="final", code=coded("24"), identifier=[{"value": "R1"}],
                          basedOn=[{"reference": "ServiceRequest/7"}, {"reference": "CarePlan/8"}, {"reference": "ServiceRequest/9"}])  # fmt: skip
        (document,) = fhir.decode(json.dumps(report).encode())
        found = shipped.mapper().facts(document, shipped.context())
        self.assertEqual(
            [fact.subject for fact in found],
            ["order/fhir:ServiceRequest|7", "order/?", "order/fhir:ServiceRequest|9"],
        )
        order = shipped.mapper().entity(found[0], shipped.context())
        self.assertEqual(
            (found[0].event, order.status, order.code), ("completed", "completed", None)
        )

    def test_a_report_that_names_no_order_goes_by_its_own_number(self):
        ((event, order),) = read(
            resource(
                "DiagnosticReport",
                status="preliminary",
                code=coded("24"),
                identifier=[{"value": "R1"}],
            )
        )
        self.assertEqual((event, order.status, ids(order)[1]), ("changed", "active", ("", "R1")))

    def test_a_procedure_counts_when_it_is_completed(self):
        body = resource("Procedure", status="completed", code=coded("op"), subject={"reference": "Patient/1"},
                        basedOn=[{"reference": "ServiceRequest/7"}], performedDateTime="2020-05-08", reasonCode=[coded("pain")])  # fmt: skip
        ((event, order),) = read(body)
        self.assertEqual(
            (event, ids(order)),
            ("procedure.completed", [("fhir:ServiceRequest", "7"), ("fhir:Procedure", "1")]),
        )
        self.assertEqual((order.code.code, order.completed_at.precision), ("op", "day"))
        self.assertEqual(read({**body, "status": "in-progress"}), [])


class StockAndMoneyTest(unittest.TestCase):
    def test_deliveries_and_dispenses_are_consumption_once_completed(self):
        delivery = resource("SupplyDelivery", status="completed", patient={"reference": "Patient/1"}, basedOn=[{"reference": "SupplyRequest/4"}],
                            suppliedItem={"quantity": {"value": 3, "code": "EA", "system": "urn:u"}, "itemReference": {"reference": "#d"}},
                            contained=[{"resourceType": "Device", "id": "d", "lotNumber": "L1", "expirationDate": "2022-12-31", "udiCarrier": [{"deviceIdentifier": "0401"}]}],
                            occurrenceDateTime="2020-05-08", destination={"reference": "Location/2"})  # fmt: skip
        ((event, item),) = read(delivery)
        self.assertEqual(
            (event, item.kind, item.lot, item.expiry),
            ("consumed", "consumption", "L1", date(2022, 12, 31)),
        )
        self.assertEqual(
            (item.product.identifiers, item.quantity),
            ((Identifier("0401", "udi", "UDI"),), Quantity(Decimal(3), "EA", "urn:u")),
        )
        self.assertEqual(
            (item.order.identifiers[0].value, item.to_location.identifiers[0].value), ("4", "2")
        )
        self.assertEqual(read({**delivery, "status": "in-progress"}), [])
        dispense = resource(
            "MedicationDispense",
            status="completed",
            medicationCodeableConcept=coded("a", "Aspirin"),
            whenHandedOver="2020-05-08",
            subject={"reference": "Patient/1"},
        )
        ((event, item),) = read(dispense)
        self.assertEqual(
            (event, item.product.display, item.party.identifiers[0].value),
            ("consumed", "Aspirin", "1"),
        )
        with self.assertRaises(MappingError) as caught:
            read(resource("SupplyDelivery", status="completed"))
        self.assertEqual(caught.exception.code, "required")

    def charge(self, status):
        return resource("ChargeItem", status=status, code=coded("24"), subject={"reference": "Patient/1"}, context={"reference": "Encounter/2"},
                        occurrenceDateTime="2020-05-08", quantity={"value": 2}, priceOverride={"value": 40, "currency": "EUR"},
                        costCenter={"reference": "Organization/3"}, performer=[{"actor": {"reference": "Practitioner/9"}}])  # fmt: skip

    def test_charges_are_posted_and_taken_back(self):
        ((event, charge),) = read(self.charge("billable"))
        self.assertEqual(
            (event, charge.kind, charge.reverses, charge.amount),
            ("posted", "charge", None, Money(Decimal(40), "EUR")),
        )
        self.assertEqual(
            (
                charge.department.identifiers[0].value,
                charge.performer.entity,
                charge.encounter.entity,
            ),
            ("3", "employee", "encounter"),
        )
        ((event, charge),) = read(self.charge("entered-in-error"))
        self.assertEqual(
            (event, charge.kind, charge.reverses.identifiers),
            ("reversed", "credit", charge.identifiers),
        )
        self.assertEqual(read(self.charge("planned")), [])

    def test_invoices_are_of_customers_or_vendors(self):
        body = resource("Invoice", identifier=[{"value": "I1"}], status="issued", date="2020-05-08", issuer={"reference": "Organization/5"},
                        totalNet={"value": 40, "currency": "EUR"}, totalGross={"value": 48, "currency": "EUR"},
                        lineItem=[{"chargeItemCodeableConcept": coded("24"), "priceComponent": [{"type": "base", "amount": {"value": 40, "currency": "EUR"}}]}])  # fmt: skip
        ((event, invoice),) = read(body)
        self.assertEqual(
            (event, invoice.kind, invoice.number, invoice.status),
            ("received", "vendor", "I1", "posted"),
        )
        self.assertEqual(
            (invoice.partner.entity, invoice.tax, invoice.currency),
            ("organization", Money(Decimal(8), "EUR"), "EUR"),
        )
        self.assertEqual(invoice.lines[0].amount, Money(Decimal(40), "EUR"))
        ((event, invoice),) = read(
            {**body, "status": "cancelled", "subject": {"reference": "Patient/1"}}
        )
        self.assertEqual(
            (event, invoice.kind, invoice.partner.entity), ("cancelled", "customer", "party")
        )
