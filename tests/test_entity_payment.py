"""Payments: booked once, matched exactly with what they pay, taken back by reversal; what finds nothing stays in sight."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..core.canonical import Payment, PaymentAllocation
from .common_entities import NOW
from .common_payment import PaymentCase, at


@tagged("post_install", "-at_install")
class PaymentTest(PaymentCase):
    # -- booking --

    def test_it_is_posted_in_the_facilitys_journal_with_everything_it_says(self):
        payment = self.done(self.payment())
        self.assertEqual("in_process", payment.state)
        self.assertEqual("posted", payment.move_id.state)
        self.assertEqual(
            (self.journal, self.payer, 100, "inbound", "customer", "EFT-Y1"),
            (
                payment.journal_id,
                payment.partner_id,
                payment.amount,
                payment.payment_type,
                payment.partner_type,
                payment.payment_reference,
            ),
        )
        self.assertEqual(date(2026, 3, 9), payment.date)
        self.assertEqual([(100, 100, "unnamed")], self.parts(payment))

    def test_without_a_journal_chosen_it_fails_and_says_so(self):
        self.facility.payment_journal_id = False
        self.env["account.journal"].create({"name": "Second", "type": "bank", "code": "IBN2"})
        self.assertEqual("amount", self.fails(self.payment(), "no_payment_journal").path)

    def test_what_it_cannot_be_booked_without_is_named(self):
        for name in ("kind", "amount", "paid_on"):
            self.assertEqual(name, self.fails(self.payment(**{name: None}), "required").path)

    def test_twice_is_once_and_another_system_telling_of_it_is_for_a_person(self):
        item = self.payment()
        self.assertEqual(["created"], self.effects(item))
        self.assertEqual(["unchanged"], self.effects(item))
        other = self.payment("Z9", reference="EFT-Y1")
        self.assertEqual("reference", self.fails(other, "duplicate_payment").path)
        both = self.apply(self.payment("A1", reference="N"), self.payment("A2", reference="N"))
        self.assertEqual(["done", "failed"], sorted(outcome.state for outcome in both))

    def test_another_currency_is_kept_and_an_unknown_one_named(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2026-01-01"}
        )
        payment = self.done(
            self.payment(amount=self.money(50, "EUR"), allocations=(self.part(20), self.part(30)))
        )
        self.assertEqual(euro, payment.currency_id)
        lines = payment.move_id.line_ids.sorted("balance")
        self.assertEqual([-60, -40, 100], lines.mapped("balance"))
        self.assertEqual("XXX", self.fails(
            self.payment("Y2", amount=self.money(5, "XXX")), "unknown_currency"
        ).value)  # fmt: skip
        mixed = self.payment(
            "Y3",
            amount=self.money(5, "EUR"),
            allocations=(PaymentAllocation(self.money(5, "USD")),),
        )
        self.assertEqual("allocations", self.fails(mixed, "allocation_currency").path)

    # -- locked periods --

    def test_a_locked_period_is_an_exception_or_the_first_open_day_never_silent(self):
        self.company.fiscalyear_lock_date = "2026-03-15"
        self.assertEqual("paid_on", self.fails(self.payment(), "period_locked").path)
        payment = self.done(self.payment(), moves_locked=True)
        self.assertEqual(date(2026, 3, 16), payment.date)
        self.assertEqual(date(2026, 3, 16), payment.move_id.date)
        self.assertEqual(date(2026, 3, 9), payment.interop_paid_on)
        self.assertEqual(["unchanged"], self.effects(self.payment(), moves_locked=True))

    # -- matching --

    def test_each_part_pays_its_own_invoice_and_no_other(self):
        first, second = self.invoice(100), self.invoice(50)
        payment = self.done(self.for_invoices((80, first), (50, second)))
        self.assertEqual((20, "partial"), (first.amount_residual, first.payment_state))
        self.assertEqual(0, second.amount_residual)
        self.assertIn(second.payment_state, ("paid", "in_payment"))
        self.assertEqual([(80, 0, ""), (50, 0, "")], self.parts(payment))
        lines = payment.move_id.line_ids.filtered("interop_allocation_id")
        self.assertEqual(self.patient, lines.partner_id)
        self.done(self.for_invoices((20, first), number="Y2"))
        self.assertEqual(0, first.amount_residual)

    def test_a_claim_leads_to_its_invoice(self):
        move = self.invoice(100)
        claim = self.claim(invoice=self.ref("invoice", move.name), total=self.money(100))
        self.assertEqual(move, claim.move_id)
        payment = self.done(self.payment(allocations=(self.part(100, "CL-1", "claim"),)))
        self.assertEqual(0, move.amount_residual)
        self.assertEqual(claim, payment.interop_allocation_ids.claim_id)
        self.assertEqual(100, claim.amount_paid)

    def test_what_is_not_named_or_too_much_stays_open_and_in_sight(self):
        move = self.invoice(30)
        payment = self.done(self.for_invoices((40, move), amount=self.money(100)))
        self.assertEqual(0, move.amount_residual)
        self.assertEqual([(40, 10, "settled"), (60, 60, "unnamed")], self.parts(payment))
        self.assertTrue(payment.interop_allocation_ids[1].is_rest)
        is_open = self.env["interop.payment.allocation"].search([("is_open", "=", True)])
        self.assertLessEqual(payment.interop_allocation_ids, is_open)

    def test_what_a_payer_takes_back_is_a_debt_again(self):
        payment = self.done(
            self.payment(amount=self.money(60), allocations=(self.part(70), self.part(-10)))
        )
        lines = payment.move_id.line_ids.filtered("interop_allocation_id").sorted("id")
        self.assertEqual([-70, 10], lines.mapped("balance"))

    def test_a_payment_below_zero_is_money_that_goes_back(self):
        payment = self.done(
            self.payment(amount=self.money(-15), allocations=(self.part(5), self.part(-20)))
        )
        self.assertEqual(("outbound", "customer", 15), (
            payment.payment_type, payment.partner_type, payment.amount
        ))  # fmt: skip
        lines = payment.move_id.line_ids.filtered("interop_allocation_id").sorted("id")
        self.assertEqual([-5, 20], lines.mapped("balance"))
        self.assertEqual(["unchanged"], self.effects(self.payment(
            amount=self.money(-15), allocations=(self.part(5), self.part(-20))
        )))  # fmt: skip

    def test_a_bill_of_ours_is_paid_by_the_vendors_number(self):
        bill = self.invoice(70, kind="in_invoice", partner=self.payer, ref="B-77")
        self.done(
            self.payment(
                kind="outbound", amount=self.money(70), allocations=(self.part(70, "B-77"),)
            )
        )
        self.assertEqual(0, bill.amount_residual)

    def test_an_invoice_that_is_posted_later_finds_its_payment_at_once(self):
        move = self.invoice(100, post=False)
        self.claim(encounter=None)
        self.bind(move, "invoice", "X-1")
        payment = self.done(self.payment(allocations=(self.part(100, "X-1"),)))
        self.assertEqual([(100, 100, "draft")], self.parts(payment))
        move.action_post()
        self.assertEqual(0, move.amount_residual)
        self.assertEqual([(100, 0, "")], self.parts(payment))

    def test_whose_debt_is_paid_does_not_depend_on_what_came_first(self):
        found = []
        for late in (False, True):
            number = f"INV-LATE-{late}"
            payment = self.payment(f"Y-{late}", allocations=(self.part(100, number),))
            booked = self.done(payment) if late else None
            move = self.invoice(100, post=False, partner=self.make_partner(f"P-{late}"))
            move.name = number
            booked = booked or self.done(payment)
            booked.interop_allocation_ids._match()
            self.assertEqual([(100, 100, "draft")], self.parts(booked))
            line = booked.interop_allocation_ids.line_ids
            self.assertEqual(move.partner_id, line.partner_id, late)
            found.append((line.account_id, move.partner_id.customer_rank))
        self.assertEqual(*found)

    def test_what_nobody_knows_yet_is_looked_for_again(self):
        with self.clock(NOW):
            payment = self.done(self.payment(allocations=(self.part(100, "CL-9", "claim"),)))
        part = payment.interop_allocation_ids
        self.assertEqual("unknown", part.reason)
        self.assertEqual(NOW + timedelta(minutes=1), part.look_at)
        with self.clock(NOW):
            self.assertEqual(0, part._match_due())
        move = self.invoice(100)
        claim = self.claim("CL-9")
        with self.clock(NOW + timedelta(minutes=1)):
            self.assertEqual(1, part._match_due())
        self.assertEqual(("no_invoice", claim), (part.reason, part.claim_id))
        claim.move_id = move
        with self.clock(NOW + timedelta(minutes=5)):
            self.assertEqual(1, part._match_due())
            self.assertEqual(0, part._match_due())
        self.assertEqual((0, False, False), (move.amount_residual, part.reason, part.look_at))
        self.assertEqual(self.patient, payment.move_id.line_ids.filtered(
            "interop_allocation_id"
        ).partner_id)  # fmt: skip

    def test_what_cannot_be_matched_stops_neither_its_invoice_nor_others(self):
        moves = [self.invoice(100, post=False) for _number in range(2)]
        for place, move in enumerate(moves):
            self.bind(move, "invoice", f"X-{place}")
        payment = self.done(
            self.payment(
                amount=self.money(200), allocations=(self.part(100, "X-0"), self.part(100, "X-1"))
            )
        )
        first, _second = payment.interop_allocation_ids
        plugin = self.env.registry["interop.payment.allocation"]
        original = plugin._targets

        def _targets(part):
            if part.id == first.id:
                raise ValueError("a value")
            return original(part)

        with (
            patch.object(plugin, "_targets", _targets),
            self.assertLogs("odoo.addons.healthcare_interop", "WARNING") as logged,
        ):
            (moves[0] | moves[1]).action_post()
        self.assertNotIn("a value", str(logged.output))
        self.assertEqual(["posted"] * 2, [move.state for move in moves])
        self.assertEqual([100, 0], [move.amount_residual for move in moves])
        self.assertTrue(first.look_at)
        first.action_match()
        self.assertEqual(0, moves[0].amount_residual)

    # -- taken back --

    def test_one_that_is_cancelled_is_reversed_and_its_invoice_is_owed_again(self):
        move, before = self.invoice(100), None
        before = self.balance()
        payment = self.done(self.for_invoices((100, move)))
        self.assertNotEqual(before, self.balance())
        item = self.payment(hour=9, status="cancelled")
        self.assertEqual(["cancelled"], self.effects(item))
        self.assertEqual(("canceled", "posted"), (payment.state, payment.move_id.state))
        self.assertEqual(100, move.amount_residual)
        self.assertEqual(before, self.balance())
        self.assertEqual(["unchanged"], self.effects(item))
        self.assertEqual(["superseded"], self.effects(self.payment()))
        self.assertFalse(self.env["interop.payment.allocation"].search(
            [("payment_id", "=", payment.id), ("is_open", "=", True)]
        ))  # fmt: skip

    def test_a_cancellation_that_comes_first_holds(self):
        before = self.balance()
        self.assertEqual(
            ["created"],
            self.effects(
                self.payment(hour=9, event="cancelled", amount=None, paid_on=None, kind=None)
            ),
        )
        self.assertEqual(["unchanged"], self.effects(self.payment(status="active")))
        self.assertEqual(before, self.balance())

    def test_a_correction_is_a_reversal_and_another_payment_under_the_same_name(self):
        first, second = self.invoice(100), self.invoice(70)
        before = self.balance()
        payment = self.done(self.for_invoices((100, first)))
        item = self.for_invoices((70, second), hour=9)
        self.assertEqual(["updated"], self.effects(item))
        self.assertEqual("canceled", payment.state)
        self.assertEqual((100, 0), (first.amount_residual, second.amount_residual))
        self.assertEqual(["unchanged"], self.effects(item))
        self.assertEqual(["superseded"], self.effects(self.for_invoices((100, first))))
        self.effects(self.payment(hour=10, event="cancelled"))
        self.assertEqual((100, 70), (first.amount_residual, second.amount_residual))
        self.assertEqual(before, self.balance())

    def test_newer_news_of_a_part_changes_that_part_alone(self):
        move = self.invoice(100)
        self.done(self.payment())
        parts = (self.part(100, move.name),)
        only = Payment(identifiers=self.ids("Y1"), allocations=parts)
        payment = self.done(self.item("registered", only, at=at(9)))
        self.assertEqual((100, self.payer), (payment.amount, payment.partner_id))
        self.assertEqual(0, move.amount_residual)

    def test_a_person_may_correct_a_draft_of_several_parts(self):
        payment = self.done(self.payment(allocations=(self.part(60), self.part(40))))
        payment.action_draft()
        payment.amount = 110
        self.assertEqual(
            [-60, -40, -10, 110],
            [line.balance for line in payment.move_id.line_ids.sorted("id")][1:]
            + [payment.move_id.line_ids.sorted("id")[0].balance],
        )
        payment.action_post()
        self.assertEqual("in_process", payment.state)

    # -- speed --

    def test_statements(self):
        moves, bare = self.invoices(200), self.invoices(50)
        (moves | bare).action_post()
        warm = [self.for_invoices((100, self.invoice(100)), number=f"W{n}") for n in range(2)]
        items = [
            self.for_invoices((100, move), number=f"N{place}") for place, move in enumerate(moves)
        ]
        used = self.bare_orm(bare)
        with self.at_most(used + 2, *warm, per=200):
            self.apply(*items)
        self.assertEqual({0}, {move.amount_residual for move in moves})

    def bare_orm(self, moves):
        """Statements a payment of whoever made them with the ORM: all in one create, one post, one reconciliation."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        payments = self.env["account.payment"].create(
            [
                {
                    "journal_id": self.journal.id,
                    "partner_id": self.payer.id,
                    "amount": 100,
                    "date": "2026-03-09",
                    "memo": f"M{place}",
                }
                for place, _move in enumerate(moves)
            ]
        )
        payments.action_post()
        plan = [
            (payment.move_id.line_ids | move.line_ids).filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            for payment, move in zip(payments, moves, strict=True)
        ]
        self.env["account.move.line"]._reconcile_plan(plan)
        self.env.flush_all()
        used = (self.env.cr.sql_log_count - before) / len(moves)
        print(f"\nbare ORM: {used:.2f} statements a payment")  # pylint: disable=print-used
        return used
