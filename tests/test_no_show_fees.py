"""Missed appointments cost their fee once; and charges that belong to no encounter can be billed."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.canonical import Appointment
from .common_entities import EntityCase


@tagged("post_install", "-at_install")
class NoShowFeesTest(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls.make_product("FEE", entity="service", list_price=45, taxes_id=False)
        cls.facility.no_show_product_id = cls.fee
        cls.patient = cls.make_partner("P1")

    def told(self, hour=8, *, number="T1", event="booked", **said):
        appointment = Appointment(identifiers=self.ids(number), **said)
        return self.item(event, appointment, at=datetime(2026, 3, 1, hour))

    def booked(self, hour=8, **said):
        start = datetime(2026, 3, 1, 9)
        said = {"party": self.ref("party", "P1"), "period": self.period(start)} | said
        return self.told(hour, **said)

    def missed(self, hour=10, **said):
        return self.told(hour, event="no_show", **said)

    def fees(self):
        charges = self.env["interop.charge"].search([("product_id", "=", self.fee.id)], order="id")
        return [(charge.amount, charge.state) for charge in charges]

    def test_who_does_not_come_is_charged_once(self):
        appointment = self.done(self.booked())
        self.assertEqual([], self.fees())
        for hour in (10, 11):
            self.apply(self.missed(hour))
        self.assertEqual([(45, "open")], self.fees())
        charge = appointment.charge_ids
        self.assertEqual(
            (self.patient, datetime(2026, 3, 1, 9), self.facility.analytic_account_id, "T1"),
            (charge.partner_id, charge.occurred_at, charge.analytic_account_id, charge.name),
        )

    def test_whoever_came_after_all_gets_it_back(self):
        self.apply(self.booked(status="no_show"))
        self.assertEqual([(45, "open")], self.fees())
        self.apply(self.told(11, event="updated", status="completed"))
        self.assertEqual([(45, "reversed")], self.fees())
        self.apply(self.missed(10))
        self.assertEqual([(45, "reversed")], self.fees())
        self.apply(self.missed(12))
        self.assertEqual([(45, "open")], self.fees())

    def test_a_billed_fee_is_for_people(self):
        appointment = self.done(self.booked(status="no_show"))
        appointment.charge_ids.action_draft_invoices()
        self.apply(self.told(11, event="updated", status="completed"))
        self.assertEqual([(45, "billed")], self.fees())

    def test_the_patient_may_be_told_later(self):
        self.apply(self.missed())
        self.assertEqual([], self.fees())
        self.apply(self.booked(11, event="updated"))
        self.assertEqual([(45, "open")], self.fees())

    def test_without_a_fee_nothing_is_charged(self):
        self.facility.no_show_product_id = False
        self.apply(self.booked(status="no_show"))
        self.apply(self.booked(number="T2", status="no_show"), facility=0)
        self.assertFalse(self.env["interop.charge"].search([("partner_id", "=", self.patient.id)]))

    # -- billing what belongs to no encounter --

    def alone(self, *partners, **values):
        return self.env["interop.charge"].create(
            [
                {
                    "name": f"A{place}",
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "product_id": self.fee.id,
                    "amount": 45,
                    "price_unit": 45,
                    "currency_id": self.company.currency_id.id,
                    **values,
                }
                for place, partner in enumerate(partners)
            ]
        )

    def test_one_draft_for_each_patient(self):
        other = self.make_partner("P2")
        charges = self.alone(self.patient, other, self.patient)
        charges.action_draft_invoices()
        moves = charges.move_id
        told = {(move.partner_id, move.amount_total, move.invoice_origin) for move in moves}
        self.assertEqual({(self.patient, 90, "A0, A2"), (other, 45, "A1")}, told)
        self.assertEqual({"draft"}, set(moves.mapped("state")))
        with self.assertRaises(UserError):
            charges.action_draft_invoices()
        moves.button_cancel()
        self.assertEqual(["open"] * 3, charges.mapped("state"))

    def test_what_has_an_encounter_goes_on_its_invoice_and_credits_make_a_credit_note(self):
        encounter = self.make_encounter("V1", partner=self.patient)
        charges = self.alone(self.patient, encounter_id=encounter.id)
        charges |= self.alone(self.patient, amount=-45, kind="credit")
        charges.action_draft_invoices()
        told = {(move.interop_encounter_id, move.move_type) for move in charges.move_id}
        nothing = self.env["interop.encounter"]
        self.assertEqual({(encounter, "out_invoice"), (nothing, "out_refund")}, told)

    def test_only_whoever_may_invoice_and_only_what_they_see(self):
        charges = self.alone(self.patient)
        operator = new_test_user(self.env, "x-op", groups="healthcare_interop.group_operator")
        with self.assertRaises(AccessError):
            charges.with_user(operator).action_draft_invoices()
        biller = new_test_user(self.env, "x-bill", groups="account.group_account_invoice")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.alone(self.patient, company_id=elsewhere.id)
        with self.assertRaises(AccessError):
            hidden.with_user(biller).action_draft_invoices()
        charges.with_user(biller).action_draft_invoices()
        self.assertEqual(["billed", "open"], (charges | hidden).mapped("state"))
