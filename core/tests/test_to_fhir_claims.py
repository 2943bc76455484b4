"""Claims, authorizations and payments as they are written in FHIR R4."""

from dataclasses import replace
from datetime import date, timezone
from decimal import Decimal

from ..canonical import (
    Adjudication,
    Authorization,
    Claim,
    ClaimLine,
    Coding,
    Money,
    Payment,
    PaymentAllocation,
)
from ..canonical.fhir import to_fhir
from ..fhir_extensions import (
    ALTERNATE_REFERENCE,
    ASSOCIATED_ENCOUNTER,
    AUTHORIZATION_STATUS,
    AUTHORIZED_APPOINTMENT,
    CLAIMED_INVOICE,
    PAYMENT_KIND,
)
from .fhir_reading import there_and_back
from .test_to_fhir import IDS, UNKNOWN, WriterCase, ref, terminology, written_ref
from .test_to_fhir_care import BOX, CODE, EURO, WRITTEN_BOX, WRITTEN_CODE, WRITTEN_EURO, pointing

REASON = Coding("CO-45", "urn:carc")
WRITTEN_REASON = {"coding": [{"system": "urn:carc", "code": "CO-45"}]}
#: of a Claim, what R4 demands and nobody tells
UNTOLD = {"type": UNKNOWN, "provider": UNKNOWN, "priority": UNKNOWN}


def category(code):
    return {"coding": [terminology("adjudication", code)]}


def insured(coverage=UNKNOWN):
    return [{"sequence": 1, "focal": True, "coverage": coverage}]


class ClaimTest(WriterCase):
    def test_what_a_payer_is_asked_for(self):
        self.check(
            Claim(
                identifiers=IDS,
                party=ref("party"),
                payer=ref("organization"),
                coverage=ref("coverage"),
                encounter=ref("encounter"),
                invoice=ref("invoice"),
                status="active",
                submitted_on=date(2026, 3, 1),
                lines=(ClaimLine("1", CODE, BOX, EURO), ClaimLine("2")),
                total=EURO,
            ),
            Claim={
                "extension": [pointing(CLAIMED_INVOICE, "Invoice")],
                "status": "active",
                **UNTOLD,
                "use": "claim",
                "patient": written_ref("Patient"),
                "created": "2026-03-01",
                "insurer": written_ref("Organization"),
                "insurance": insured(written_ref("Coverage")),
                "item": [
                    {
                        "sequence": 1,
                        "productOrService": WRITTEN_CODE,
                        "quantity": WRITTEN_BOX,
                        "net": WRITTEN_EURO,
                        "encounter": [written_ref("Encounter")],
                    },
                    {
                        "sequence": 2,
                        "productOrService": UNKNOWN,
                        "encounter": [written_ref("Encounter")],
                    },
                ],
                "total": WRITTEN_EURO,
            },
        )

    def test_a_claim_without_lines_still_names_its_visit(self):
        written = self.write(Claim(identifiers=IDS, encounter=ref("encounter")))["Claim"]
        self.assertEqual(written["extension"], [pointing(ASSOCIATED_ENCOUNTER, "Encounter")])
        self.assertEqual((written["_status"], written["_created"]), (UNKNOWN, UNKNOWN))

    def test_what_the_payer_decided_stands_beside_it(self):
        claim = Claim(
            identifiers=IDS,
            party=ref("party"),
            payer=ref("organization"),
            status="active",
            outcome="complete",
            decided_on=date(2026, 3, 9),
            approved=EURO,
            patient_share=Money(Decimal(4), "EUR"),
            denial=REASON,
            adjudications=(
                Adjudication("1", EURO, Money(Decimal(4), "EUR")),
                Adjudication("2", denial=REASON),
                Adjudication("3"),
            ),
        )
        written = self.write(claim)["ClaimResponse"]
        self.assertEqual(
            written.pop("request"),
            {"reference": to_fhir(claim, timezone.utc)["entry"][0]["fullUrl"]},
        )
        four = {"value": 4, "currency": "EUR"}
        totals = [
            {"category": category("benefit"), "amount": WRITTEN_EURO},
            {"category": category("copay"), "amount": four},
        ]
        self.assertEqual(
            written,
            {
                "status": "active",
                "type": UNKNOWN,
                "use": "claim",
                "patient": written_ref("Patient"),
                "created": "2026-03-09",
                "insurer": written_ref("Organization"),
                "outcome": "complete",
                "item": [
                    {"itemSequence": 1, "adjudication": totals},
                    {
                        "itemSequence": 2,
                        "adjudication": [
                            {"category": category("benefit"), "reason": WRITTEN_REASON}
                        ],
                    },
                    {"itemSequence": 3, "adjudication": [{"category": UNKNOWN}]},
                ],
                "adjudication": [{"category": category("benefit"), "reason": WRITTEN_REASON}],
                "total": totals,
            },
        )

    def test_what_could_not_be_decided_is_an_error(self):
        written = self.write(Claim(identifiers=IDS, outcome="error", denial=REASON))
        self.assertEqual(written["ClaimResponse"]["error"], [{"code": WRITTEN_REASON}])
        self.assertNotIn("adjudication", written["ClaimResponse"])

    def test_a_day_alone_is_an_answer(self):
        written = self.write(Claim(identifiers=IDS, decided_on=date(2026, 3, 9)))["ClaimResponse"]
        self.assertEqual((written["created"], written["_outcome"]), ("2026-03-09", UNKNOWN))

    def test_words_that_r4_has_no_code_for_are_not_written(self):
        body = to_fhir(Claim(identifiers=IDS, status="lost", outcome="lost"), timezone.utc)
        asked, answer = (entry["resource"] for entry in body["entry"])
        self.assertEqual((asked["_status"], answer["_outcome"]), (UNKNOWN, UNKNOWN))
        self.assertNotIn("status", asked)
        self.assertNotIn("outcome", answer)

    def test_lines_are_counted_by_whole_numbers(self):
        for number in ("", "0", "01", "1a", "-1", "1.0", "9" * 10, "１"):
            for said in (
                {"lines": (ClaimLine(number),)},
                {"adjudications": (Adjudication(number),)},
            ):
                with self.subTest(number=number), self.assertRaisesRegex(ValueError, "whole"):
                    to_fhir(Claim(identifiers=IDS, **said), timezone.utc)


class AuthorizationTest(WriterCase):
    def test_a_preauthorization_and_the_payer_s_word(self):
        written = self.write(
            Authorization(
                identifiers=IDS,
                party=ref("party"),
                payer=ref("organization"),
                number="A-77",
                status="approved",
                service=CODE,
                quantity=BOX,
                valid_from=date(2026, 3, 1),
                valid_until=date(2026, 3, 31),
                encounter=ref("encounter"),
                appointment=ref("appointment"),
            )
        )
        self.assertEqual(
            written["Claim"],
            {
                "extension": [pointing(AUTHORIZED_APPOINTMENT, "Appointment")],
                "status": "active",
                **UNTOLD,
                "use": "preauthorization",
                "patient": written_ref("Patient"),
                "_created": UNKNOWN,
                "insurer": written_ref("Organization"),
                "insurance": insured(),
                "item": [
                    {
                        "sequence": 1,
                        "productOrService": WRITTEN_CODE,
                        "quantity": WRITTEN_BOX,
                        "encounter": [written_ref("Encounter")],
                    }
                ],
            },
        )
        self.assertRegex(written["ClaimResponse"].pop("request")["reference"], "^urn:uuid:")
        self.assertEqual(
            written["ClaimResponse"],
            {
                "status": "active",
                "type": UNKNOWN,
                "use": "preauthorization",
                "patient": written_ref("Patient"),
                "_created": UNKNOWN,
                "insurer": written_ref("Organization"),
                "outcome": "complete",
                "preAuthRef": "A-77",
                "preAuthPeriod": {"start": "2026-03-01", "end": "2026-03-31"},
            },
        )

    def test_one_that_is_awaited_has_no_answer(self):
        for status in ("requested", "cancelled", None):
            self.assertEqual(
                {*self.write(Authorization(identifiers=IDS, status=status))}, {"Claim"}
            )
        item = self.write(Authorization(identifiers=IDS, quantity=BOX))["Claim"]["item"]
        self.assertEqual(
            item, [{"sequence": 1, "productOrService": UNKNOWN, "quantity": WRITTEN_BOX}]
        )

    def test_a_promise_without_a_number_says_that_it_is_one(self):
        told = [{"url": AUTHORIZATION_STATUS, "valueCode": "approved"}]
        found = self.write(Authorization(identifiers=IDS, status="approved"))["ClaimResponse"]
        self.assertEqual((found["outcome"], found["extension"]), ("complete", told))

    def test_what_is_no_promise_has_no_number(self):
        denied = self.write(Authorization(identifiers=IDS, status="denied"))
        self.assertEqual(denied["ClaimResponse"]["outcome"], "complete")
        self.assertNotIn("extension", denied["ClaimResponse"])
        for status in ("requested", "cancelled", "denied", "lost"):
            with self.subTest(status=status):
                numbered = Authorization(
                    identifiers=IDS, status=status, number="A-1", valid_from=date(2026, 3, 1)
                )
                self.assertNotIn("preAuth", str(to_fhir(numbered, timezone.utc)))

    def test_a_number_alone_is_a_promise(self):
        numbered = Authorization(identifiers=IDS, number="A-1")
        body = to_fhir(numbered, timezone.utc)
        self.assertEqual(body["entry"][1]["resource"]["_outcome"], UNKNOWN)
        self.assertEqual(there_and_back(numbered), replace(numbered, status="approved"))
        self.write(Authorization(identifiers=IDS, valid_until=date(2026, 3, 31)))


class PaymentTest(WriterCase):
    def test_a_payer_pays(self):
        self.check(
            Payment(
                identifiers=IDS,
                kind="inbound",
                status="active",
                reference="EFT-5",
                paid_on=date(2026, 4, 2),
                amount=EURO,
                partner=ref("organization"),
                allocations=(
                    PaymentAllocation(EURO, ref("claim")),
                    PaymentAllocation(EURO, ref("invoice")),
                    PaymentAllocation(Money(Decimal(-1), "EUR")),
                ),
            ),
            PaymentReconciliation={
                "status": "active",
                "_created": UNKNOWN,
                "paymentIssuer": written_ref("Organization"),
                "paymentDate": "2026-04-02",
                "paymentAmount": WRITTEN_EURO,
                "paymentIdentifier": {"value": "EFT-5"},
                "detail": [
                    {
                        "type": {"coding": [terminology("payment-type", "payment")]},
                        "request": written_ref("Claim"),
                        "amount": WRITTEN_EURO,
                    },
                    {
                        "type": {"coding": [terminology("payment-type", "payment")]},
                        "request": written_ref("Invoice"),
                        "amount": WRITTEN_EURO,
                    },
                    {
                        "type": {"coding": [terminology("payment-type", "adjustment")]},
                        "amount": {"value": -1, "currency": "EUR"},
                    },
                ],
            },
        )

    def test_a_patient_pays(self):
        patient = ref("party", display="Don Duck")
        payment = Payment(identifiers=IDS, kind="inbound", status="cancelled", partner=patient)
        written = self.write(payment)["PaymentReconciliation"]
        self.assertEqual(
            written["paymentIssuer"],
            {
                "extension": [
                    {
                        "url": ALTERNATE_REFERENCE,
                        "valueReference": {**written_ref("Patient"), "display": "Don Duck"},
                    }
                ],
                "display": "Don Duck",
            },
        )
        self.assertEqual((written["status"], written["paymentAmount"]), ("cancelled", UNKNOWN))

    def test_we_pay(self):
        payment = Payment(
            identifiers=IDS,
            kind="outbound",
            status="active",
            partner=ref("organization"),
            allocations=(PaymentAllocation(EURO, ref("invoice")),),
        )
        kind = {"coding": [terminology("payment-type", "payment")]}
        detail = {"type": kind, "payee": written_ref("Organization")}
        written = self.write(payment)["PaymentReconciliation"]
        self.assertEqual(written["extension"], [{"url": PAYMENT_KIND, "valueCode": "outbound"}])
        self.assertNotIn("paymentIssuer", written)
        self.assertEqual(
            written["detail"],
            [{**detail, "request": written_ref("Invoice"), "amount": WRITTEN_EURO}],
        )
        bare = Payment(
            identifiers=IDS, kind="outbound", status="active", partner=ref("organization")
        )
        self.assertEqual(self.write(bare)["PaymentReconciliation"]["detail"], [detail])

    def test_a_payment_that_tells_nothing_more_is_active(self):
        body = to_fhir(Payment(identifiers=IDS), timezone.utc)
        self.assertEqual(body["status"], "active")
        self.assertNotIn("detail", body)
