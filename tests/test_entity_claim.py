"""Claims: asked, decided, corrected, voided, in any order; what is refused waits for a person."""

from datetime import date, datetime

from odoo import fields
from odoo.tests import tagged

from ..core.canonical import Adjudication, Claim, ClaimLine
from .common_entities import EntityCase


def at(hour):
    return datetime(2026, 3, 10, hour)


@tagged("post_install", "-at_install")
class ClaimTest(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.encounter = cls.make_encounter("V1")

    def claim(self, number="CL-1", hour=8, event="submitted", **said):
        return self.item(event, Claim(identifiers=self.ids(number), **said), at=at(hour))

    def asked(self, hour=8, number="CL-1", **said):
        said = {
            "party": self.ref("party", "P-V1"),
            "payer": self.ref("organization", "P80", display="Quiet Mutual"),
            "encounter": self.ref("encounter", "V1"),
            "status": "active",
            "submitted_on": date(2026, 3, 1),
            "total": self.money(100),
            "lines": (
                ClaimLine("1", self.code("LAB"), self.quantity(2), self.money(40)),
                ClaimLine("2", self.code("BED"), None, self.money(60)),
            ),
        } | said
        return self.claim(number, hour, **said)

    def decided(self, hour=9, approved=70, patient_share=10, number="CL-1", **said):
        said = {
            "outcome": "complete",
            "decided_on": date(2026, 3, 9),
            "approved": self.money(approved),
            "patient_share": self.money(patient_share),
            "adjudications": (
                Adjudication("1", self.money(30), self.money(10), None),
                Adjudication("2", self.money(40), None, self.code("CO-45")),
            ),
        } | said
        return self.claim(number, hour, "adjudicated", **said)

    def invoice(self, **values):
        line = fields.Command.create({"name": "Care", "price_unit": 100, "tax_ids": False})
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.encounter.partner_id.id,
                "invoice_line_ids": [line],
                **values,
            }
        )

    def shown(self, claim):
        return (
            claim.state,
            claim.amount_total,
            claim.amount_approved,
            claim.amount_patient,
            claim.amount_refused,
            [
                (line.number, line.code, line.amount, line.approved, line.denial_code)
                for line in claim.line_ids
            ],
        )

    def test_it_is_kept_with_everything_it_says(self):
        claim = self.done(self.asked())
        self.assertEqual(("CL-1", "submitted"), (claim.name, claim.state))
        self.assertEqual(self.encounter, claim.encounter_id)
        self.assertEqual(self.encounter.partner_id, claim.partner_id)
        self.assertEqual("payer", claim.payer_id.interop_kind)
        self.assertEqual(date(2026, 3, 1), claim.submitted_on)
        self.assertEqual(
            [("1", "LAB", 2, 40), ("2", "BED", 0, 60)],
            [(line.number, line.code, line.quantity, line.amount) for line in claim.line_ids],
        )
        self.assertEqual(["unchanged"], self.effects(self.asked()))

    def test_a_word_for_a_billed_code_is_not_kept(self):
        line = ClaimLine("1", self.code("LAB", display="Words of a sender"), None, None)
        claim = self.done(self.asked(lines=(line,)))
        for model in ("interop.claim", "interop.claim.line"):
            self.assertNotIn("Words of a sender", str(self.env[model].search([]).read()))
        self.assertEqual("LAB", claim.line_ids.code)

    def test_claim_and_answer_come_in_any_order(self):
        asked, decided = self.asked(), self.decided()
        first = self.done(asked)
        self.apply(decided)
        second_asked, second_decided = self.asked(number="CL-2"), self.decided(number="CL-2")
        second = self.done(second_decided)
        self.assertEqual("accepted", second.state)
        self.apply(second_asked)
        self.assertEqual(self.shown(first), self.shown(second))
        self.assertEqual("partial", first.state)
        self.assertEqual(20, first.amount_refused)
        self.assertEqual(["unchanged"], self.effects(decided))

    def test_both_in_one_call_are_one_claim(self):
        outcomes = self.apply(self.asked(), self.decided())
        self.assertEqual(1, len({outcome.record for outcome in outcomes}))
        claim = self.env["interop.claim"].browse(outcomes[0].record)
        self.assertEqual("partial", claim.state)

    def test_states_follow_from_what_was_said(self):
        claim = self.done(self.asked())
        for hour, said, state in (
            (9, {"outcome": "queued"}, "queued"),
            (10, {"outcome": "error", "denial": self.code("A01")}, "rejected"),
            (11, {"approved": 0, "patient_share": 0}, "denied"),
            (12, {"approved": 90}, "accepted"),
        ):
            self.apply(self.decided(hour, **said))
            self.assertEqual(state, claim.state, said)
        self.assertEqual("A01", claim.denial_code)

    def test_one_that_came_before_its_invoice_finds_it(self):
        by_visit, by_number = self.done(self.asked(), self.asked(number="INV-77", encounter=None))
        self.assertFalse(by_visit.move_id or by_number.move_id)
        self.env["interop.charge"].create(
            {
                "name": "T1",
                "encounter_id": self.encounter.id,
                "amount": 100,
                "price_unit": 100,
                "currency_id": self.company.currency_id.id,
            }
        )
        self.encounter.action_draft_invoice()
        self.assertEqual(self.encounter.invoice_ids, by_visit.move_id)
        numbered = self.invoice(name="INV-77")
        self.assertFalse(by_number.move_id)
        numbered.action_post()
        self.assertEqual(numbered, by_number.move_id)

    def test_one_that_is_voided_stays_cancelled(self):
        claim = self.done(self.asked())
        self.apply(self.claim(hour=9, event="cancelled", status="cancelled"))
        self.assertEqual("cancelled", claim.state)
        self.apply(self.asked())
        self.assertEqual("cancelled", claim.state)
        self.apply(self.asked(hour=10))
        self.assertEqual("submitted", claim.state)

    def test_a_correction_takes_the_place_of_the_lines_and_older_news_does_not(self):
        claim = self.done(self.asked())
        line = ClaimLine("1", self.code("LAB"), self.quantity(1), self.money(20))
        item = self.asked(hour=10, total=self.money(20), lines=(line,))
        self.assertEqual(["updated"], self.effects(item))
        self.assertEqual(["superseded"], self.effects(self.asked(hour=9)))
        self.assertEqual([20], claim.line_ids.mapped("amount"))
        self.assertEqual(20, claim.amount_total)

    def test_what_was_refused_waits_until_somebody_deals_with_it(self):
        claim = self.done(self.asked())
        self.apply(self.decided())
        to_work = self.env["interop.claim"].search(
            [("state", "in", ("partial", "denied", "rejected")), ("is_settled", "=", False)]
        )
        self.assertIn(claim, to_work)
        claim.action_settle()
        self.assertTrue(claim.is_settled)
        self.apply(self.decided())
        self.assertTrue(claim.is_settled)
        self.apply(self.decided(10, approved=60))
        self.assertFalse(claim.is_settled)

    def test_its_invoice_is_the_one_named_or_of_that_number_or_the_only_one_of_the_visit(self):
        named = self.invoice()
        named.action_post()
        claim = self.done(self.asked(invoice=self.ref("invoice", named.name)))
        self.assertEqual(named, claim.move_id)
        numbered = self.done(self.claim(named.name, total=self.money(5)))
        self.assertEqual(named, numbered.move_id)
        of_visit = self.invoice(interop_encounter_id=self.encounter.id)
        third = self.done(self.asked(number="CL-3"))
        self.assertEqual(of_visit, third.move_id)
        self.invoice(interop_encounter_id=self.encounter.id)
        self.assertFalse(self.done(self.asked(number="CL-4")).move_id)

    def test_an_invoice_that_nobody_knows_is_awaited_then_named(self):
        item = self.asked(invoice=self.ref("invoice", "INV/9"))
        waiting = self.apply(item, wait_seconds=60)
        self.assertEqual("pending", waiting[0].state)
        self.assertEqual("invoice", self.fails(item, "unknown_invoice").path)

    def test_bad_words_and_currencies_are_named(self):
        self.assertEqual(
            "outcome", self.fails(self.decided(outcome="maybe"), "unknown_outcome").path
        )
        error = self.fails(self.asked(total=self.money(1, "XXX")), "unknown_currency")
        self.assertEqual("XXX", error.value)

    def test_statements(self):
        warm = [self.asked(number=f"W{n}") for n in range(2)]
        items = [self.asked(number=f"N{place}") for place in range(200)]
        with self.at_most(2, *warm, per=200):
            self.apply(*items)
        answers = [self.decided(number=f"N{place}") for place in range(200)]
        warm = [self.decided(number=f"W{n}") for n in range(2)]
        with self.at_most(2, *warm, per=200):
            self.apply(*answers)
        with self.at_most(0.2, *warm, per=200):
            self.apply(*answers)
