"""Visits, orders, movements, charges and invoices as they are written in FHIR R4."""

from datetime import date, datetime, timezone
from decimal import Decimal

from ..canonical import (
    Appointment,
    Coding,
    Coverage,
    Encounter,
    LocationStay,
    Moment,
    Money,
    Order,
    OrderLine,
    Period,
    Quantity,
    StockMovement,
)
from ..canonical.fhir import to_fhir
from ..fhir_extensions import (
    ASSOCIATED_ENCOUNTER,
    DELIVER_FOR,
    EVENT_LOCATION,
    MOVEMENT_KIND,
)
from .test_to_fhir import AT, IDS, UNKNOWN, WRITTEN_AT, WriterCase, ref, terminology, written_ref

CODE = Coding("24", "urn:s")
WRITTEN_CODE = {"coding": [{"system": "urn:s", "code": "24"}]}
EURO = Money(Decimal("1.50"), "EUR")
WRITTEN_EURO = {"value": Decimal("1.50"), "currency": "EUR"}
BOX = Quantity(Decimal(2), "xBX", "urn:units")
WRITTEN_BOX = {"value": 2, "unit": "xBX", "system": "urn:units", "code": "xBX"}
DAY = Moment(datetime(2026, 3, 1, tzinfo=timezone.utc), "day")


def pointing(url, kind, value="1"):
    return {"url": url, "valueReference": written_ref(kind, value)}


class CareTest(WriterCase):
    def test_a_visit_has_all_its_places_in_one_list(self):
        first, second, third = (ref("location", number) for number in "123")
        self.check(
            Encounter(
                identifiers=IDS,
                party=ref("party"),
                encounter_class="inpatient",
                status="in_progress",
                period=Period(AT),
                account="A1",
                location=third,
                prior_location=second,
                stays=(
                    LocationStay(first),
                    LocationStay(second, Period(AT)),
                    LocationStay(third),
                ),
                provider=ref("organization"),
                attending=ref("employee"),
                disposition=CODE,
            ),
            Encounter={
                "status": "in-progress",
                "class": terminology("v3-ActCode", "IMP"),
                "subject": written_ref("Patient"),
                "participant": [
                    {
                        "type": [{"coding": [terminology("v3-ParticipationType", "ATND")]}],
                        "individual": written_ref("Practitioner"),
                    }
                ],
                "period": {"start": WRITTEN_AT},
                "account": [{"type": "Account", "identifier": {"value": "A1"}}],
                "hospitalization": {"dischargeDisposition": WRITTEN_CODE},
                "location": [
                    {"location": written_ref("Location", "1")},
                    {
                        "location": written_ref("Location", "2"),
                        "status": "completed",
                        "period": {"start": WRITTEN_AT},
                    },
                    {"location": written_ref("Location", "3"), "status": "active"},
                ],
                "serviceProvider": written_ref("Organization"),
            },
        )

    def test_places_without_a_stay_are_told_as_one(self):
        visit = Encounter(
            identifiers=IDS, location=ref("location", "2"), prior_location=ref("location", "1")
        )
        self.assertEqual(
            to_fhir(visit, timezone.utc)["location"],
            [
                {"location": written_ref("Location", "1"), "status": "completed"},
                {"location": written_ref("Location", "2"), "status": "active"},
            ],
        )

    def test_an_appointment_takes_two_exact_times_or_none(self):
        booked = Appointment(
            identifiers=IDS,
            party=ref("party"),
            status="booked",
            period=Period(AT, AT),
            service=CODE,
            staff=(ref("employee", "1"), ref("employee", "2")),
            location=ref("location"),
        )
        actors = ("Patient", "1"), ("Practitioner", "1"), ("Practitioner", "2"), ("Location", "1")
        self.check(
            booked,
            Appointment={
                "status": "booked",
                "serviceType": [WRITTEN_CODE],
                "start": WRITTEN_AT,
                "end": WRITTEN_AT,
                "participant": [
                    {"actor": written_ref(*actor), "status": "accepted"} for actor in actors
                ],
            },
        )
        for period, asked in (
            (Period(AT), {"start": WRITTEN_AT}),
            (Period(DAY, DAY), {"start": "2026-03-01", "end": "2026-03-01"}),
        ):
            self.check(
                Appointment(identifiers=IDS, status="proposed", period=period),
                Appointment={
                    "status": "proposed",
                    "participant": [{"actor": UNKNOWN, "status": "needs-action"}],
                    "requestedPeriod": [asked],
                },
            )

    def test_a_coverage_and_what_the_payer_answered(self):
        coverage = Coverage(
            identifiers=IDS,
            party=ref("party"),
            payer=ref("organization"),
            plan=Coding("GOLD", "", "Gold"),
            member_id="M1",
            valid_from=date(2026, 1, 1),
            valid_until=date(2026, 12, 31),
            rank=Decimal(1),
            relationship="child",
            status="active",
            is_in_force=True,
            patient_share=Decimal(20),
        )
        written = self.write(coverage)
        self.assertEqual(
            written["Coverage"],
            {
                "status": "active",
                "subscriberId": "M1",
                "relationship": {"coding": [terminology("subscriber-relationship", "child")]},
                "period": {"start": "2026-01-01", "end": "2026-12-31"},
                "beneficiary": written_ref("Patient"),
                "payor": [written_ref("Organization")],
                "order": 1,
                "class": [
                    {
                        "type": {"coding": [terminology("coverage-class", "plan")]},
                        "value": "GOLD",
                        "name": "Gold",
                    }
                ],
            },
        )
        check = written["CoverageEligibilityResponse"]
        self.assertRegex(check["insurance"][0].pop("coverage")["reference"], "^urn:uuid:")
        share = {"coding": [terminology("benefit-type", "copay-percent")]}
        self.assertEqual(
            check,
            {
                "status": "active",
                "purpose": ["benefits"],
                "patient": written_ref("Patient"),
                "_created": UNKNOWN,
                "request": UNKNOWN,
                "outcome": "complete",
                "insurer": written_ref("Organization"),
                "insurance": [
                    {
                        "inforce": True,
                        "item": [{"benefit": [{"type": share, "allowedUnsignedInt": 20}]}],
                    }
                ],
            },
        )

    def test_a_plan_of_a_system_and_a_share_that_is_not_whole(self):
        coverage = Coverage(identifiers=IDS, plan=CODE, patient_share=Decimal("12.5"))
        written = self.write(coverage)
        self.assertEqual(written["Coverage"]["type"], WRITTEN_CODE)
        (insurance,) = written["CoverageEligibilityResponse"]["insurance"]
        self.assertEqual(insurance["item"][0]["benefit"][0]["allowedString"], "12.5")
        written = self.write(Coverage(identifiers=IDS, is_in_force=False))
        self.assertEqual(written["CoverageEligibilityResponse"]["purpose"], ["validation"])


class OrderTest(WriterCase):
    def test_a_service_that_was_done_has_the_procedure_that_says_when(self):
        order = Order(
            identifiers=IDS,
            kind="service",
            status="completed",
            priority="stat",
            code=CODE,
            quantity=BOX,
            authored_at=DAY,
            completed_at=AT,
            requester=ref("employee"),
            performer=ref("organization"),
            party=ref("party"),
            encounter=ref("encounter"),
            location=ref("location"),
        )
        written = self.write(order)
        self.assertEqual(
            written["ServiceRequest"],
            {
                "status": "completed",
                "intent": "order",
                "priority": "stat",
                "code": WRITTEN_CODE,
                "quantityQuantity": WRITTEN_BOX,
                "subject": written_ref("Patient"),
                "encounter": written_ref("Encounter"),
                "authoredOn": "2026-03-01",
                "requester": written_ref("Practitioner"),
                "performer": [written_ref("Organization")],
                "locationReference": [written_ref("Location")],
            },
        )
        self.assertRegex(written["Procedure"].pop("basedOn")[0]["reference"], "^urn:uuid:")
        self.assertEqual(
            written["Procedure"],
            {
                "status": "completed",
                "code": WRITTEN_CODE,
                "subject": written_ref("Patient"),
                "encounter": written_ref("Encounter"),
                "performedDateTime": WRITTEN_AT,
            },
        )

    def test_what_is_not_stocked_is_a_purchase(self):
        self.check(
            Order(
                identifiers=IDS,
                kind="purchase",
                status="on_hold",
                code=CODE,
                quantity=BOX,
                party=ref("party"),
                encounter=ref("encounter"),
                performer=ref("organization"),
                location=ref("location"),
            ),
            SupplyRequest={
                "extension": [
                    pointing(DELIVER_FOR, "Patient"),
                    pointing(ASSOCIATED_ENCOUNTER, "Encounter"),
                ],
                "status": "suspended",
                "category": {"coding": [terminology("supply-kind", "nonstock")]},
                "itemCodeableConcept": WRITTEN_CODE,
                "quantity": WRITTEN_BOX,
                "supplier": [written_ref("Organization")],
                "deliverTo": written_ref("Location"),
            },
        )
        bare = self.write(Order(identifiers=IDS, kind="supply"))["SupplyRequest"]
        self.assertEqual((bare["itemCodeableConcept"], bare["quantity"]), (UNKNOWN, UNKNOWN))

    def test_goods_come_from_an_organization_or_a_place(self):
        for kind in ("supply", "purchase"):
            order = Order(identifiers=IDS, kind=kind, performer=ref("location"))
            written = self.write(order)["SupplyRequest"]
            self.assertEqual(written["deliverFrom"], written_ref("Location"))
            self.assertNotIn("supplier", written)

    def test_what_has_not_moved_is_no_delivery(self):
        for kind in ("announcement", "count"):
            with self.assertRaisesRegex(ValueError, "not moved"):
                to_fhir(StockMovement(identifiers=IDS, kind=kind), timezone.utc)

    def test_an_order_of_one_line_is_written_without_lines(self):
        line = OrderLine(CODE, BOX, EURO, DAY, "10")
        long = Order(identifiers=IDS, kind="purchase", lines=(line,))
        short = Order(identifiers=IDS, kind="purchase", code=CODE, quantity=BOX)
        self.write(short)
        self.assertEqual(to_fhir(long, timezone.utc), to_fhir(short, timezone.utc))
        none = Order(identifiers=IDS, kind="purchase", code=CODE, quantity=BOX, lines=())
        self.assertEqual(to_fhir(none, timezone.utc), to_fhir(short, timezone.utc))

    def test_an_order_of_several_lines_has_no_place_in_r4(self):
        for kind in ("purchase", "supply", "service"):
            order = Order(identifiers=IDS, kind=kind, lines=(OrderLine(CODE), OrderLine(CODE)))
            with self.assertRaisesRegex(ValueError, "several lines"):
                to_fhir(order, timezone.utc)

    def test_goods_of_a_lot_are_a_device_of_it(self):
        self.check(
            StockMovement(
                identifiers=IDS,
                kind="transfer",
                product=ref("product", display="Glove"),
                quantity=Quantity(Decimal(2), "xBX"),
                lot="L1",
                expiry=date(2027, 1, 31),
                from_location=ref("location", "1"),
                to_location=ref("location", "2"),
                occurred_at=AT,
                party=ref("party"),
                encounter=ref("encounter"),
                order=ref("order"),
            ),
            SupplyDelivery={
                "contained": [
                    {
                        "resourceType": "Device",
                        "id": "item",
                        "identifier": [{"system": "urn:y", "value": "1"}],
                        "lotNumber": "L1",
                        "expirationDate": "2027-01-31",
                    }
                ],
                "extension": [
                    {"url": MOVEMENT_KIND, "valueCode": "transfer"},
                    pointing(EVENT_LOCATION, "Location"),
                    pointing(ASSOCIATED_ENCOUNTER, "Encounter"),
                ],
                "basedOn": [written_ref("ServiceRequest")],
                "status": "completed",
                "patient": written_ref("Patient"),
                "suppliedItem": {
                    "quantity": {"value": 2, "unit": "xBX"},
                    "itemReference": {"reference": "#item", "display": "Glove"},
                },
                "occurrenceDateTime": WRITTEN_AT,
                "destination": written_ref("Location", "2"),
            },
        )
        lot = to_fhir(StockMovement(identifiers=IDS, lot="L1"), timezone.utc)["contained"]
        self.assertEqual(lot, [{"resourceType": "Device", "id": "item", "lotNumber": "L1"}])
