"""What the shipped mappings read of authorizations, claims, payers' answers and payments."""

import unittest
from datetime import date
from decimal import Decimal

from ..canonical import (
    Adjudication,
    ClaimLine,
    Coding,
    Identifier,
    Money,
    PaymentAllocation,
    Quantity,
    Reference,
)
from ..errors import MappingError
from ..fhir_extensions import (
    ALTERNATE_REFERENCE,
    ASSOCIATED_ENCOUNTER,
    AUTHORIZATION_STATUS,
    AUTHORIZED_APPOINTMENT,
    CLAIMED_INVOICE,
    PAYMENT_KIND,
)
from . import shipped
from .test_shipped_fhir import read as read_fhir
from .test_shipped_hl7v2 import PID, entities
from .test_shipped_json import IDS
from .test_shipped_json import read as read_json

ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"


def money(value, currency="USD"):
    return {"value": value, "currency": currency}


def adjudication(category, value, **more):
    concept = {"coding": [{"system": ADJUDICATION, "code": category}]}
    return {"category": concept, "amount": money(value), **more}


def claim(**changed):
    return {
        "resourceType": "Claim",
        "id": "c1",
        "identifier": [{"system": "urn:claims", "value": "CL-1"}],
        "status": "active",
        "type": {"coding": [{"code": "institutional"}]},
        "use": "claim",
        "patient": {"reference": "Patient/p1"},
        "created": "2026-03-01",
        "insurer": {"reference": "Organization/o1"},
        "provider": {"reference": "Organization/o2"},
        "priority": {"coding": [{"code": "normal"}]},
        "insurance": [
            {"sequence": 1, "focal": False, "coverage": {"reference": "Coverage/v0"}},
            {"sequence": 2, "focal": True, "coverage": {"reference": "Coverage/v1"}},
        ],
        "item": [
            {
                "sequence": 1,
                "productOrService": {"coding": [{"system": "urn:cdm", "code": "LAB"}]},
                "quantity": {"value": 2},
                "net": money(40),
                "encounter": [{"reference": "Encounter/e1"}],
            },
            {"sequence": 2, "productOrService": {"coding": [{"code": "BED"}]}, "net": money(60)},
        ],
        "total": money(100),
        **changed,
    }


def response(**changed):
    return {
        "resourceType": "ClaimResponse",
        "id": "r1",
        "status": "active",
        "type": {"coding": [{"code": "institutional"}]},
        "use": "claim",
        "patient": {"reference": "Patient/p1"},
        "created": "2026-03-09",
        "insurer": {"reference": "Organization/o1"},
        "request": {"reference": "Claim/c1"},
        "outcome": "complete",
        **changed,
    }


def one(body):
    ((fact, entity),) = read_fhir(body)
    return fact, entity


def ref(entity, kind, id_):
    return Reference(entity, (Identifier(id_, f"fhir:{kind}", "RI"),))


class ClaimTest(unittest.TestCase):
    def test_a_claim_is_read_with_its_lines(self):
        fact, read = one(claim())
        self.assertEqual(fact, "submitted")
        self.assertEqual([name.value for name in read.identifiers], ["c1", "CL-1"])
        self.assertEqual(read.party, ref("party", "Patient", "p1"))
        self.assertEqual(read.payer, ref("organization", "Organization", "o1"))
        self.assertEqual(read.coverage, ref("coverage", "Coverage", "v1"))
        self.assertEqual(read.encounter, ref("encounter", "Encounter", "e1"))
        self.assertEqual((read.status, read.submitted_on), ("active", date(2026, 3, 1)))
        self.assertEqual(read.total, Money(Decimal(100), "USD"))
        self.assertEqual(
            read.lines,
            (
                ClaimLine("1", Coding("LAB", "urn:cdm"), Quantity(Decimal(2)), Money(Decimal(40), "USD")),
                ClaimLine("2", Coding("BED"), None, Money(Decimal(60), "USD")),
            ),
        )  # fmt: skip

    def test_a_claim_withdrawn_is_cancelled(self):
        self.assertEqual(one(claim(status="cancelled"))[1].status, "cancelled")
        self.assertEqual(one(claim(status="entered-in-error"))[1].status, "cancelled")
        self.assertEqual(one(claim(status="draft"))[1].status, "draft")

    def test_a_predetermination_asks_for_nothing(self):
        self.assertEqual(read_fhir(claim(use="predetermination")), [])

    def test_an_answer_tells_the_claim_it_names_what_was_decided(self):
        reason = {"coding": [{"system": "urn:carc", "code": "CO-45"}]}
        lines = [
            {
                "itemSequence": 1,
                "adjudication": [
                    adjudication("submitted", 40),
                    adjudication("benefit", 30),
                    adjudication("copay", 4),
                    adjudication("deductible", 6),
                ],
            },
            {"itemSequence": 2, "adjudication": [adjudication("benefit", 0, reason=reason)]},
        ]
        fact, read = one(response(item=lines))
        self.assertEqual(fact, "adjudicated")
        self.assertEqual(read.identifiers, ref("claim", "Claim", "c1").identifiers)
        self.assertEqual((read.outcome, read.decided_on), ("complete", date(2026, 3, 9)))
        self.assertEqual(read.approved, Money(Decimal(30), "USD"))
        self.assertEqual(read.patient_share, Money(Decimal(10), "USD"))
        self.assertEqual(read.denial, Coding("CO-45", "urn:carc"))
        self.assertEqual(
            read.adjudications,
            (
                Adjudication("1", Money(Decimal(30), "USD"), Money(Decimal(10), "USD")),
                Adjudication("2", Money(Decimal(0), "USD"), None, Coding("CO-45", "urn:carc")),
            ),
        )
        self.assertIsNone(read.status)

    def test_the_totals_told_go_before_what_the_lines_come_to(self):
        total = [adjudication("submitted", 100), adjudication("benefit", 70)]
        lines = [{"itemSequence": 1, "adjudication": [adjudication("benefit", 30)]}]
        added = [
            {
                "productOrService": {"coding": [{"code": "X"}]},
                "adjudication": [adjudication("copay", 5)],
            }
        ]
        read = one(response(total=total, item=lines, addItem=added))[1]
        self.assertEqual((read.approved.amount, read.patient_share.amount), (70, 5))
        silent = one(response())[1]
        self.assertEqual((silent.approved, silent.patient_share), (None, None))

    def test_what_is_decided_of_the_whole_goes_before_what_the_lines_come_to(self):
        reason = {"coding": [{"system": "urn:carc", "code": "CO-45"}]}
        whole = [adjudication("benefit", 70), adjudication("copay", 5, reason=reason)]
        lines = [{"itemSequence": 1, "adjudication": [adjudication("benefit", 70)]}]
        read = one(response(adjudication=whole, item=lines))[1]
        self.assertEqual((read.approved.amount, read.patient_share.amount), (70, 5))
        self.assertEqual(read.denial, Coding("CO-45", "urn:carc"))
        total = [adjudication("benefit", 60)]
        read = one(response(total=total, adjudication=whole, item=lines))[1]
        self.assertEqual((read.approved.amount, read.patient_share.amount), (60, 5))
        for silent in (
            {"category": {"text": "benefit"}},
            {"category": adjudication("benefit", 1)["category"]},
        ):
            read = one(response(adjudication=[silent]))[1]
            self.assertEqual((read.approved, read.patient_share, read.denial), (None, None, None))

    def test_an_answer_taken_back_leaves_the_claim_waiting(self):
        for status in ("cancelled", "entered-in-error"):
            self.assertEqual(one(response(status=status))[1].outcome, "queued")
        self.assertEqual(read_fhir(response(status="draft")), [])

    def test_an_answer_that_names_no_claim_says_so(self):
        body = response()
        del body["request"]
        with self.assertRaises(MappingError) as caught:
            one(body)
        self.assertEqual((caught.exception.code, caught.exception.path), ("no_key", "request"))

    def test_an_error_is_a_denial(self):
        error = [{"code": {"coding": [{"code": "a001"}]}}]
        read = one(response(outcome="error", error=error))[1]
        self.assertEqual((read.outcome, read.denial), ("error", Coding("a001")))

    def test_nothing_clinical_of_a_claim_is_looked_at(self):
        clinical = {"diagnosis", "supportingInfo", "procedure", "accident", "note", "bodySite"}
        for kind in ("Claim", "ClaimResponse"):
            for place in shipped.mapper().source_paths("fhir", kind):
                self.assertTrue(clinical.isdisjoint(place.split(".")), place)

    def test_what_no_element_of_a_claim_says_is_an_extension(self):
        body = claim(
            extension=[{"url": CLAIMED_INVOICE, "valueReference": {"reference": "Invoice/i1"}}]
        )
        read = one(body)[1]
        self.assertEqual(read.invoice, ref("invoice", "Invoice", "i1"))
        unit = {"value": 2, "unit": "box", "system": "urn:units", "code": "BX"}
        read = one(claim(item=[{**claim()["item"][1], "quantity": unit}]))[1]
        self.assertEqual(read.lines[0].quantity, Quantity(Decimal(2), "BX", "urn:units"))
        visit = {"url": ASSOCIATED_ENCOUNTER, "valueReference": {"reference": "Encounter/e2"}}
        self.assertEqual(read.encounter, None)
        read = one(claim(item=[claim()["item"][1]], extension=[visit]))[1]
        self.assertEqual(read.encounter, ref("encounter", "Encounter", "e2"))
        self.assertEqual(
            one(claim(extension=[visit]))[1].encounter, ref("encounter", "Encounter", "e1")
        )
        for wrong in ({"reference": "Patient/p1"}, {"display": "a bill"}):
            body = claim(extension=[{"url": CLAIMED_INVOICE, "valueReference": wrong}])
            self.assertIsNone(one(body)[1].invoice)


class AuthorizationTest(unittest.TestCase):
    def test_a_preauthorization_is_asked_for_and_answered(self):
        fact, asked = one(claim(use="preauthorization"))
        self.assertEqual(fact, "requested")
        self.assertEqual((asked.status, asked.service.code), ("requested", "LAB"))
        self.assertEqual(asked.quantity, Quantity(Decimal(2)))
        period = {"start": "2026-03-01", "end": "2026-03-31"}
        fact, answer = one(
            response(use="preauthorization", preAuthRef="A-77", preAuthPeriod=period)
        )
        self.assertEqual(fact, "decided")
        self.assertEqual(answer.identifiers[0], asked.identifiers[0])
        self.assertEqual((answer.number, answer.status), ("A-77", "approved"))
        self.assertEqual(
            (answer.valid_from, answer.valid_until), (date(2026, 3, 1), date(2026, 3, 31))
        )

    def test_without_a_number_it_is_refused_or_still_awaited(self):
        for outcome, status in (
            ("complete", "denied"),
            ("error", "denied"),
            ("queued", "requested"),
            ("partial", "requested"),
        ):
            read = one(response(use="preauthorization", outcome=outcome))[1]
            self.assertEqual((read.number, read.status), (None, status))

    def test_a_payer_that_says_its_decision_is_believed(self):
        for number, word in (("A-1", "denied"), (None, "approved")):
            told = [{"url": AUTHORIZATION_STATUS, "valueCode": word}]
            numbered = {"preAuthRef": number} if number else {}
            read = one(response(use="preauthorization", extension=told, **numbered))[1]
            self.assertEqual((read.number, read.status), (number, word))
        visit = {"url": AUTHORIZED_APPOINTMENT, "valueReference": {"reference": "Appointment/a1"}}
        read = one(claim(use="preauthorization", extension=[visit]))[1]
        self.assertEqual(read.appointment, ref("appointment", "Appointment", "a1"))

    def test_an_answer_without_a_question_is_known_by_itself(self):
        body = response(use="preauthorization", preAuthRef="A-78")
        del body["request"]
        self.assertEqual(one(body)[1].identifiers[0].value, "r1")

    def test_hl7_has_it_with_the_insurance(self):
        segment = "IN1|1|PLAN|PAYER^^^X|Payer Ltd" + "|" * 10 + "A-77^20260301"
        read = entities("ADT^A01", PID, "PV1|1|I||||||||||||||||V9", segment)
        found = read["authorization.updated"]
        self.assertEqual(
            (found.number, found.status, found.valid_from), ("A-77", "approved", date(2026, 3, 1))
        )
        self.assertEqual(found.identifiers[0].value, "PAYER|A-77")
        self.assertEqual(found.payer.display, "Payer Ltd")
        self.assertTrue(found.party.is_carried)
        self.assertNotIn("authorization.updated", entities("ADT^A01", PID, "IN1|1|PLAN|PAYER"))


class PaymentTest(unittest.TestCase):
    def payment(self, **changed):
        return {
            "resourceType": "PaymentReconciliation",
            "id": "y1",
            "status": "active",
            "created": "2026-04-01",
            "paymentIssuer": {"reference": "Organization/o1"},
            "outcome": "complete",
            "paymentDate": "2026-04-02",
            "paymentAmount": money(60),
            "paymentIdentifier": {"system": "urn:eft", "value": "EFT-5"},
            "detail": [
                {
                    "type": {"coding": [{"code": "payment"}]},
                    "request": {"reference": "Claim/c1"},
                    "amount": money(70),
                },
                {"type": {"coding": [{"code": "advance"}]}, "amount": money(-10)},
            ],
            **changed,
        }

    def test_a_remittance_says_what_it_pays(self):
        fact, read = one(self.payment())
        self.assertEqual(fact, "registered")
        self.assertEqual((read.kind, read.status, read.reference), ("inbound", "active", "EFT-5"))
        self.assertEqual(read.paid_on, date(2026, 4, 2))
        self.assertEqual(read.amount, Money(Decimal(60), "USD"))
        self.assertEqual(
            read.allocations,
            (
                PaymentAllocation(Money(Decimal(70), "USD"), ref("claim", "Claim", "c1")),
                PaymentAllocation(Money(Decimal(-10), "USD")),
            ),
        )

    def test_one_taken_back_is_cancelled_and_a_draft_is_none(self):
        self.assertEqual(one(self.payment(status="cancelled"))[1].status, "cancelled")
        self.assertEqual(read_fhir(self.payment(status="draft")), [])

    def test_whom_we_pay_is_not_who_issues_the_payment(self):
        payee = {"reference": "Organization/o2"}
        detail = [{"type": {"coding": [{"code": "payment"}]}, "payee": payee}]
        for kind, partner in (("outbound", "o2"), ("inbound", "o1")):
            told = [{"url": PAYMENT_KIND, "valueCode": kind}]
            read = one(self.payment(extension=told, detail=detail))[1]
            self.assertEqual(
                (read.kind, read.partner, read.allocations),
                (kind, ref("organization", "Organization", partner), None),
            )
        told = [{"url": PAYMENT_KIND, "valueCode": "outbound"}]
        self.assertIsNone(one(self.payment(extension=told))[1].partner)

    def test_a_patient_pays(self):
        patient = {"url": ALTERNATE_REFERENCE, "valueReference": {"reference": "Patient/p1"}}
        read = one(self.payment(paymentIssuer={"extension": [patient], "display": "Don"}))[1]
        self.assertEqual(read.partner, ref("party", "Patient", "p1"))
        self.assertIsNone(one(self.payment(paymentIssuer={"display": "Don"}))[1].partner)

    def test_json_names_claims_and_invoices(self):
        pays = {"entity": "claim", "identifiers": [{"value": "CL-1"}]}
        allocations = [{"amount": 5}, {"amount": {"amount": 7, "currency": "EUR"}, "pays": pays}]
        allocations.append({"amount": 7, "pays": "INV/1"})
        ((fact, read),) = read_json(
            "remittance.received", identifiers=IDS, allocations=allocations, amount=19
        )
        self.assertEqual((fact.event, read.status), ("received", "active"))
        self.assertEqual(
            read.allocations,
            (
                PaymentAllocation(Money(Decimal(5))),
                PaymentAllocation(
                    Money(Decimal(7), "EUR"), Reference("claim", (Identifier("CL-1"),))
                ),
                PaymentAllocation(Money(Decimal(7)), Reference("invoice", (Identifier("INV/1"),))),
            ),
        )
        self.assertEqual(read_json("payment.cancelled", identifiers=IDS)[0][1].status, "cancelled")

    def test_a_payment_for_anything_else_is_refused_with_its_place(self):
        pays = {"entity": "party", "identifiers": [{"value": "7"}]}
        for allocation in ({"amount": 5, "pays": pays}, {"pays": "INV/1"}, 5):
            with self.subTest(allocation=allocation), self.assertRaises(MappingError) as caught:
                read_json("payment.registered", identifiers=IDS, allocations=[allocation])
            self.assertEqual(caught.exception.path, "allocations")

    def test_json_says_what_a_payer_decided(self):
        decided = [
            {"number": 1, "approved": {"amount": 30, "currency": "USD"}, "denial": "CO-45"},
            {"number": "2", "patient_share": 4},
        ]
        ((_fact, read),) = read_json(
            "claim.adjudicated",
            identifiers=IDS,
            adjudications=decided,
            lines=[{"number": 1, "code": "LAB", "quantity": 2, "amount": 40}],
        )
        self.assertEqual(
            read.adjudications,
            (
                Adjudication("1", Money(Decimal(30), "USD"), None, Coding("CO-45")),
                Adjudication("2", None, Money(Decimal(4))),
            ),
        )
        self.assertEqual(
            read.lines,
            (ClaimLine("1", Coding("LAB"), Quantity(Decimal(2)), Money(Decimal(40))),),
        )
