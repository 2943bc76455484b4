"""Charges and invoices as they are written in FHIR R4."""

from dataclasses import replace
from datetime import date, timezone
from decimal import Decimal

from ..canonical import Charge, Identifier, Invoice, InvoiceLine, Money
from ..canonical.fhir import to_fhir
from ..fhir_extensions import (
    ADDITIONAL_IDENTIFIER,
    ASSOCIATED_ENCOUNTER,
    BASED_ON,
    DUE_DATE,
    LINE_PRODUCT,
    LINE_QUANTITY,
    ORDER_LINE,
    REVERSES,
    UNIT_PRICE,
)
from ..transforms import TRANSFORMS
from . import shipped
from .test_shipped_fhir import read
from .test_to_fhir import AT, IDS, UNKNOWN, WRITTEN_AT, WriterCase, ref, written_ref
from .test_to_fhir_care import BOX, CODE, EURO, WRITTEN_BOX, WRITTEN_CODE, WRITTEN_EURO, pointing


class ChargeTest(WriterCase):
    def test_a_charge(self):
        self.check(
            Charge(
                identifiers=IDS,
                kind="charge",
                occurred_at=AT,
                code=CODE,
                quantity=BOX,
                unit_price=EURO,
                amount=EURO,
                party=ref("party"),
                encounter=ref("encounter"),
                order=ref("order"),
                department=ref("organization"),
                performer=ref("employee"),
            ),
            ChargeItem={
                "extension": [
                    {
                        "url": UNIT_PRICE,
                        "extension": [
                            {"url": "type", "valueCode": "base"},
                            {"url": "amount", "valueMoney": WRITTEN_EURO},
                        ],
                    },
                    pointing(BASED_ON, "ServiceRequest"),
                ],
                "status": "billable",
                "code": WRITTEN_CODE,
                "subject": written_ref("Patient"),
                "context": written_ref("Encounter"),
                "occurrenceDateTime": WRITTEN_AT,
                "performer": [{"actor": written_ref("Practitioner")}],
                "costCenter": written_ref("Organization"),
                "quantity": WRITTEN_BOX,
                "priceOverride": WRITTEN_EURO,
            },
        )

    def test_a_credit_adds_up_to_less(self):
        credit = Charge(
            identifiers=IDS,
            kind="credit",
            amount=Money(Decimal("-1.50"), "EUR"),
            reverses=ref("charge"),
        )
        written = self.write(credit)["ChargeItem"]
        self.assertEqual(written["extension"], [pointing(REVERSES, "ChargeItem")])
        self.assertEqual(
            (written["factorOverride"], written["priceOverride"]),
            (-1, {"value": Decimal("-1.50"), "currency": "EUR"}),
        )
        unsigned = to_fhir(Charge(identifiers=IDS, kind="credit", amount=EURO), timezone.utc)
        self.assertEqual(unsigned["priceOverride"], written["priceOverride"])
        self.assertEqual(
            self.write(Charge(identifiers=IDS, kind="credit"))["ChargeItem"]["code"], UNKNOWN
        )

    def test_a_credit_that_is_an_error_takes_back_itself(self):
        body = to_fhir(Charge(identifiers=IDS, kind="credit", reverses=ref("charge")), timezone.utc)
        ((event, found),) = read({**body, "status": "entered-in-error"})
        self.assertEqual((event, found.reverses.identifiers), ("reversed", IDS))


class InvoiceTest(WriterCase):
    def test_what_a_vendor_asks_for(self):
        names = (Identifier("R-1", "urn:x"),)
        written = self.write(
            Invoice(
                identifiers=names,
                number="R-1",
                kind="vendor",
                status="posted",
                invoice_date=date(2026, 3, 1),
                due_date=date(2026, 3, 31),
                partner=ref("organization"),
                encounter=ref("encounter"),
                order=ref("order"),
                currency="EUR",
                lines=(
                    InvoiceLine(
                        "Gloves",
                        ref("product"),
                        CODE,
                        BOX,
                        EURO,
                        Money(Decimal(3)),
                        "10",
                        Decimal(19),
                    ),
                    InvoiceLine("Freight"),
                ),
                tax=Money(Decimal("0.50"), "EUR"),
                total=Money(Decimal(2), "EUR"),
            )
        )["Invoice"]
        self.assertEqual(
            written,
            {
                "identifier": [{"system": "urn:x", "value": "R-1"}],
                "extension": [
                    {"url": DUE_DATE, "valueDate": "2026-03-31"},
                    pointing(ASSOCIATED_ENCOUNTER, "Encounter"),
                    pointing(BASED_ON, "ServiceRequest"),
                ],
                "status": "issued",
                "type": {"text": "vendor"},
                "issuer": written_ref("Organization"),
                "date": "2026-03-01",
                "lineItem": [
                    {
                        "extension": [
                            pointing(LINE_PRODUCT, "Device"),
                            {"url": LINE_QUANTITY, "valueQuantity": WRITTEN_BOX},
                            {"url": ORDER_LINE, "valueString": "10"},
                        ],
                        "chargeItemCodeableConcept": {**WRITTEN_CODE, "text": "Gloves"},
                        "priceComponent": [
                            {"type": "base", "amount": {"value": 3}},
                            {
                                "type": "informational",
                                "code": {"text": "unit price"},
                                "amount": WRITTEN_EURO,
                            },
                            {"type": "tax", "factor": Decimal("0.19")},
                        ],
                    },
                    {"chargeItemCodeableConcept": {"text": "Freight"}},
                ],
                "totalPriceComponent": [
                    {"type": "tax", "amount": {"value": Decimal("0.50"), "currency": "EUR"}}
                ],
                "totalNet": WRITTEN_EURO,
                "totalGross": {"value": 2, "currency": "EUR"},
            },
        )

    def test_what_a_patient_or_a_payer_is_asked_for(self):
        names, common = (Identifier("R-1"),), {"number": "R-1", "kind": "customer"}
        patient = self.write(Invoice(identifiers=names, partner=ref("party"), **common))["Invoice"]
        self.assertEqual(patient["subject"], patient["recipient"])
        payer = self.write(Invoice(identifiers=names, partner=ref("organization"), **common))
        self.assertNotIn("subject", payer["Invoice"])
        self.assertEqual(payer["Invoice"]["_status"], UNKNOWN)

    def test_lines_and_taxes_that_do_not_tell_much(self):
        names = (Identifier("R-1"),)
        invoice = Invoice(
            identifiers=names,
            number="R-1",
            kind="vendor",
            currency="EUR",
            lines=(InvoiceLine(unit_price=EURO),),
            tax=Money(Decimal(1), "USD"),
            total=EURO,
        )
        self.assertNotIn("totalNet", self.write(invoice)["Invoice"])
        (line,) = to_fhir(replace(invoice, lines=(InvoiceLine(),)), timezone.utc)["lineItem"]
        self.assertEqual(line, {"chargeItemCodeableConcept": UNKNOWN})


class ReadingTest(WriterCase):
    def test_components_that_say_nothing_give_nothing(self):
        line = {
            "chargeItemCodeableConcept": {"text": "Gloves"},
            "priceComponent": [
                {"type": "tax"},
                {"type": "informational", "code": {"text": "unit price"}},
                {"type": "informational", "amount": {"value": 3}},
            ],
        }
        body = {"resourceType": "Invoice", "id": "1", "status": "issued", "lineItem": [line]}
        ((_, found),) = read(body)
        self.assertEqual(found.lines, (InvoiceLine("Gloves"),))

    def test_rubbish_in_an_extension_says_nothing(self):
        lines = TRANSFORMS["fhir.invoice_lines"]
        junk = {"_product": "x", "_quantity": [], "_order_line": {}, "priceComponent": ["x"]}
        self.assertEqual(lines((junk, {}), "", shipped.context()), (InvoiceLine(), InvoiceLine()))
        for extension in ("x", ["x"], [{"url": ADDITIONAL_IDENTIFIER, "valueIdentifier": "x"}]):
            item = {"reference": "Patient/1", "extension": extension}
            found = TRANSFORMS["fhir.reference"]((item,), "party", shipped.context())
            self.assertEqual([name.value for name in found.identifiers], ["1"])
