"""A service costs what it cost when it was done, whatever came first: the order of arrival decides nothing."""

import itertools
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..core.canonical import Appointment, Charge, Order, Service
from .common_entities import EntityCase


def at(hour):
    return datetime(2026, 3, 1, hour)


@tagged("post_install", "-at_install")
class ListPriceTest(EntityCase):
    also_sends = ("charge",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.encounter = cls.make_encounter("V1")
        cls.prices = cls.env["interop.list.price"]

    def price(self, hour, amount, service="MR"):
        told = Service(identifiers=self.ids(service, system="CDM"), price=self.money(amount))
        return self.item("updated", told, at=at(hour))

    def completed(self, hour, *, number="O1", encounter="V1"):
        """Done at ``hour``, and told so at the end of the day."""
        order = Order(
            identifiers=self.ids(number),
            kind="service",
            code=self.code("MR"),
            encounter=self.ref("encounter", encounter),
            authored_at=self.moment(at(3)),
            status="completed",
            completed_at=self.moment(at(hour)),
        )
        return self.item("completed", order, at=at(23))

    def sent(self, hour, number="C1", **said):
        charge = Charge(
            identifiers=self.ids(number),
            kind="charge",
            code=self.code("MR"),
            encounter=self.ref("encounter", "V1"),
            occurred_at=self.moment(at(hour)),
            **said,
        )
        return self.item("posted", charge, at=at(22))

    def charges(self):
        charges = self.env["interop.charge"].search([("product_id.name", "=", "MR")], order="id")
        return [(one.kind, one.amount, one.state) for one in charges]

    def amounts(self):
        return [amount for _kind, amount, _state in self.charges()]

    def watch(self):
        self.env.flush_all()
        followed = self.prices._follow()
        self.env["interop.order"]._charge_priced()
        self.env.invalidate_all()
        return followed

    def begin(self, hour=0, amount=860):
        """What the catalogue said on the evening before."""
        self.apply(self.price(hour, amount))
        return self.env["product.product"].search([("name", "=", "MR")])

    # -- any order of arrival --

    def test_every_order_of_arrival_of_prices_and_orders(self):
        for hour, wanted in ((9, 860), (10, 875), (15, 875), (20, 890), (4, 860)):
            for number, order in enumerate(itertools.permutations(range(4))):
                with self.subTest(done=hour, order=order), self.env.cr.savepoint() as savepoint:
                    items = [
                        self.price(5, 860),
                        self.price(10, 875),
                        self.price(18, 890),
                        self.completed(hour, number=f"O{number}"),
                    ]
                    for place in order:
                        self.apply(items[place])
                    self.watch()
                    self.assertEqual([("charge", wanted, "open")], self.charges())
                    savepoint.rollback()

    def test_a_service_that_people_made_costs_what_stood_before_the_first_price(self):
        self.make_product("MR", entity="service", list_price=800)
        for order in itertools.permutations(range(3)):
            with self.subTest(order=order), self.env.cr.savepoint() as savepoint:
                items = [self.price(10, 875), self.completed(9), self.completed(11, number="O2")]
                for place in order:
                    self.apply(items[place])
                self.assertEqual([800, 875], sorted(self.amounts()))
                savepoint.rollback()

    def test_a_charge_without_an_amount_and_the_fee_of_who_did_not_come(self):
        for is_first in (True, False):
            with self.subTest(is_first=is_first), self.env.cr.savepoint() as savepoint:
                self.facility.no_show_product_id = self.begin()
                self.make_partner("P9")
                missed = Appointment(
                    identifiers=self.ids("T1"),
                    party=self.ref("party", "P9"),
                    period=self.period(at(11)),
                )
                items = [self.sent(12), self.item("no_show", missed, at=at(12))]
                for item in [self.price(10, 875)] * is_first + items:
                    self.apply(item)
                if not is_first:
                    self.assertEqual([860, 860], self.amounts())
                    self.apply(self.price(10, 875))
                self.assertEqual([875, 875], self.amounts())
                savepoint.rollback()

    def test_a_stated_price_follows_nothing(self):
        self.begin()
        self.apply(self.sent(12, amount=self.money(500)))
        self.apply(self.sent(12, "C2", unit_price=self.money(600)))
        self.apply(self.sent(12, "C3"))
        self.apply(self.sent(12, "C3", amount=self.money(700)))
        self.apply(self.price(10, 875))
        self.assertEqual([500, 600, 700], self.amounts())

    def test_what_is_stated_to_cost_nothing_costs_nothing(self):
        self.begin()
        for _time in range(2):
            self.apply(self.sent(12, amount=self.money(0)))
            self.apply(self.sent(12, "C2", unit_price=self.money(0)))
            self.assertEqual([0, 0], self.amounts())

    def test_what_is_said_of_time_and_service_later_changes_the_price(self):
        self.begin()
        self.apply(self.price(10, 875), self.price(0, 40, "CBC"))
        self.apply(self.sent(12))
        self.apply(self.sent(9))
        self.assertEqual([860], self.amounts())
        other = Charge(identifiers=self.ids("C1"), code=self.code("CBC"))
        charge = self.done(self.item("posted", other, at=at(23)))
        self.assertEqual((40, 40), (charge.price_unit, charge.amount))

    def test_a_corrected_time_of_completion_changes_the_price(self):
        self.begin()
        self.apply(self.price(10, 875))
        self.apply(self.completed(12))
        self.assertEqual([875], self.amounts())
        self.apply(self.completed(9))
        self.assertEqual([860], self.amounts())

    # -- invoices --

    def billed(self):
        self.begin()
        self.apply(self.completed(12))
        self.encounter.action_draft_invoice()
        return self.env["interop.charge"].search([("product_id.name", "=", "MR")])

    def test_a_draft_follows(self):
        charge = self.billed()
        line = charge.move_line_id
        self.apply(self.price(10, 875))
        self.assertEqual([("charge", 875, "billed")], self.charges())
        self.assertEqual(
            (875, 875, line), (line.price_unit, line.price_subtotal, charge.move_line_id)
        )

    def test_what_a_person_wrote_on_a_draft_stands(self):
        charge = self.billed()
        charge.move_line_id.price_unit = 500
        self.apply(self.price(10, 875))
        self.watch()
        self.assertEqual((860, 500), (charge.amount, charge.move_line_id.price_unit))

    def test_a_credit_of_a_draft_follows_with_it_and_the_note_is_turned_where_need_be(self):
        self.begin()
        self.apply(self.sent(12))
        credit = Charge(
            identifiers=self.ids("C9"),
            kind="credit",
            amount=self.money(870),
            reverses=self.ref("charge", "C1"),
        )
        self.apply(self.item("credited", credit, at=at(23)))
        self.encounter.action_draft_invoice()
        move = self.encounter.invoice_ids
        self.assertEqual(("out_refund", 10), (move.move_type, move.amount_untaxed))
        self.apply(self.price(10, 900))
        self.assertEqual(("out_invoice", 30), (move.move_type, move.amount_untaxed))
        self.assertEqual([900, -870], self.amounts())

    def test_what_takes_back_the_charge_of_a_draft_follows_with_it(self):
        self.begin()
        charge = self.done(self.sent(12))
        self.encounter.action_draft_invoice()
        self.apply(self.item("reversed", Charge(identifiers=self.ids("C1")), at=at(22)))
        self.assertEqual([("charge", 860, "billed"), ("credit", -860, "open")], self.charges())
        self.apply(self.price(10, 875))
        self.assertEqual([875, -875], self.amounts())
        self.encounter.action_draft_invoice()
        self.assertEqual(0, charge.move_id.amount_total)
        self.apply(self.price(11, 890))
        self.assertEqual([890, -890], self.amounts())
        self.assertEqual([890, -890], charge.move_id.invoice_line_ids.mapped("price_subtotal"))

    def test_a_posted_invoice_is_corrected_by_a_credit_and_a_new_charge(self):
        charge = self.billed()
        charge.move_id.action_post()
        self.apply(self.price(10, 875))
        wanted = [("charge", 860, "billed"), ("charge", 875, "open"), ("credit", -860, "open")]
        self.assertEqual(wanted, self.charges())
        self.assertEqual((860, "posted"), (charge.move_line_id.price_unit, charge.move_id.state))
        self.assertIn("875", charge.move_id.message_ids[:1].body)
        # once, and what follows a still later price is the new charge
        self.watch()
        self.assertEqual(wanted, self.charges())
        self.apply(self.price(11, 890))
        self.assertEqual([860, 890, -860], self.amounts())
        self.encounter.action_draft_invoice()
        self.assertEqual(
            30,
            sum(
                self.encounter.invoice_ids.filtered(lambda one: one.state == "draft").mapped(
                    "amount_untaxed"
                )
            ),
        )

    def test_after_a_correction_the_senders_number_means_the_new_charge(self):
        self.begin()
        charge = self.done(self.sent(12))
        self.encounter.action_draft_invoice()
        charge.move_id.action_post()
        self.apply(self.price(10, 875))
        taken_back = Charge(identifiers=self.ids("C1"))
        self.apply(self.item("reversed", taken_back, at=at(23)))
        self.assertEqual(
            [("charge", 860, "billed"), ("charge", 875, "reversed"), ("credit", -860, "open")],
            self.charges(),
        )

    def test_a_corrected_fee_is_not_charged_again(self):
        self.facility.no_show_product_id = self.begin()
        self.make_partner("P9")
        missed = Appointment(
            identifiers=self.ids("T1"), party=self.ref("party", "P9"), period=self.period(at(11))
        )
        appointment = self.done(self.item("no_show", missed, at=at(12)))
        appointment.charge_ids.action_draft_invoices()
        appointment.charge_ids.move_id.action_post()
        self.apply(self.price(10, 875))
        self.apply(self.item("no_show", missed, at=at(13)))
        self.assertEqual([860, 875, -860], self.amounts())

    def test_what_was_taken_back_after_posting_is_not_corrected(self):
        self.begin()
        charge = self.done(self.sent(12))
        self.encounter.action_draft_invoice()
        charge.move_id.action_post()
        self.apply(self.item("reversed", Charge(identifiers=self.ids("C1")), at=at(22)))
        self.apply(self.price(10, 875))
        self.assertEqual([860, -860], self.amounts())

    def test_a_price_from_before_the_first_one_corrects_no_posted_invoice(self):
        """What was charged for want of a price of its time was nobody's word."""
        self.apply(self.price(15, 900))
        self.apply(self.completed(4))
        self.encounter.action_draft_invoice()
        self.encounter.invoice_ids.action_post()
        self.apply(self.price(10, 875))
        self.watch()
        self.assertEqual([900], self.amounts())

    def test_a_price_finer_than_the_currency_is_followed_once(self):
        precision = self.env.ref("product.decimal_price")
        precision.digits = 3
        charge = self.billed()
        charge.move_id.action_post()
        self.apply(self.price(10, "875.125"))
        self.assertEqual(3, len(self.charges()))
        self.assertEqual(0, self.watch())
        self.assertEqual(3, len(self.charges()))

    # -- people --

    def test_a_persons_price_stands_and_reprices_nothing(self):
        service = self.begin()
        self.apply(self.price(5, 870))
        self.apply(self.completed(4))
        service.list_price = 40
        self.watch()
        self.assertEqual([860], self.amounts())
        self.apply(self.completed(4, number="O2"))
        self.apply(self.price(3, 850))
        self.watch()
        self.assertEqual([860, 40], self.amounts())

    # -- what is looked at, and how often --

    def test_what_a_race_hid_is_found_by_the_watchdog_until_it_is_over(self):
        self.begin()
        self.apply(self.completed(12))
        with patch.object(type(self.prices), "_follow", lambda *_args: 0):
            self.apply(self.price(10, 875))
        self.assertEqual([860], self.amounts())
        self.assertEqual(1, self.watch())
        self.assertEqual([875], self.amounts())
        self.assertEqual(0, self.watch())
        self.assertTrue(self.prices.search([("is_due", "=", True)]))
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        self.env.cr.execute("UPDATE interop_list_price SET told_at = %s", (long_ago,))
        self.assertEqual(0, self.watch())
        self.env.invalidate_all()
        self.assertFalse(self.prices.search([("is_due", "=", True)]))

    def test_what_cannot_follow_stops_no_other_and_is_tried_again(self):
        self.begin()
        other = self.make_encounter("V2")
        self.apply(self.completed(12), self.completed(12, number="O2", encounter="V2"))
        (self.encounter | other).action_draft_invoice()
        repricing = type(self.env["interop.repricing"])
        reprice = repricing._reprice

        def refuse(self, charges, **options):
            if charges.encounter_id.name == "V1":
                raise ValueError("a broken extension, quoting P-V1")
            return reprice(self, charges, **options)

        with (
            patch.object(repricing, "_reprice", refuse),
            self.assertLogs(
                "odoo.addons.healthcare_interop.models.care.list_price", "WARNING"
            ) as logs,
        ):
            self.apply(self.price(10, 875))
        self.assertNotIn("P-V1", "".join(logs.output))
        self.assertEqual([860, 875], self.amounts())
        self.assertEqual(1, self.watch())
        self.assertEqual([875, 875], self.amounts())

    def test_rows_and_statements(self):
        """One row a change, and nothing for what is told again."""

        def tell(hour, more):
            return [self.price(hour, 10 + number + more, f"S{number}") for number in range(50)]

        def count():
            return self.prices.search_count([("product_id.name", "=like", "S%")])

        self.apply(*tell(1, 0))
        self.assertEqual(50, count())
        refuse = patch.multiple(type(self.prices), _told=None, _keep=None, _follow=None)
        with self.at_most(0.22, *tell(2, 0), per=50), refuse:
            self.apply(*tell(3, 0))
        self.assertEqual(50, count())
        self.apply(*tell(4, 5))
        # what it changes was told last at three
        self.assertEqual(150, count())
        self.apply(*tell(4, 5))
        self.assertEqual(150, count())
