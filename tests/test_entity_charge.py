"""Charges: amounts, what takes them back, and that a billed charge is never changed."""

from datetime import datetime

from odoo.tests import tagged

from ..core.canonical import Charge, Identifier, Reference
from .common_entities import EntityCase


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


@tagged("post_install", "-at_install")
class ChargeTest(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.make_product("LAB", entity="service", list_price=28)
        cls.encounter = cls.make_encounter("V1")

    def fact(self, number, event="posted", hour=8, **said):
        said.setdefault("encounter", self.ref("encounter", "V1"))
        said.setdefault("code", self.code("LAB"))
        said.setdefault("kind", "charge")
        said = {name: value for name, value in said.items() if value != "nothing"}
        return self.item(event, Charge(identifiers=self.ids(number), **said), at=day(1, hour))

    def bare(self, number, event, hour, **said):
        nothing = dict.fromkeys(("encounter", "code", "kind"), "nothing")
        return self.fact(number, event, hour, **(nothing | said))

    def credit(self, number, hour=9, **said):
        return self.fact(number, "reversed", hour, **({"kind": "credit"} | said))

    def bill(self):
        self.encounter.action_draft_invoice()
        return self.encounter.invoice_ids.sorted("id")[-1:]

    def amounts(self):
        charges = self.env["interop.charge"].search(
            [("encounter_id", "=", self.encounter.id)], order="id"
        )
        return [(charge.amount, charge.state) for charge in charges]

    # -- what it costs --

    def test_a_charge_is_kept_with_everything_it_says(self):
        department = self.bind(
            self.env["hr.department"].create({"name": "Laboratory"}), "department", "LAB"
        )
        department.interop_analytic_account_id = self.make_centre("Laboratory")
        charge = self.done(
            self.fact(
                "T1",
                occurred_at=self.moment(day(1, 7)),
                quantity=self.quantity(2),
                unit_price=self.money(30, "USD"),
                amount=self.money("59.99", "USD"),
                department=self.ref("organization", "LAB"),
                performer=self.ref("employee", "E-1"),
            )
        )
        self.assertEqual("T1", charge.name)
        self.assertEqual(self.service, charge.product_id)
        self.assertEqual((2, 30, 59.99), (charge.quantity, charge.price_unit, charge.amount))
        self.assertEqual(self.encounter.partner_id, charge.partner_id)
        self.assertEqual(department, charge.department_id)
        self.assertEqual("Laboratory", charge.analytic_account_id.name)
        self.assertEqual("E-1", charge.performer_id.name)
        self.assertEqual(day(1, 7), charge.occurred_at)
        self.assertEqual("open", charge.state)

    def test_the_amount_is_as_sent_or_by_price_or_by_list(self):
        sent, priced, listed = self.done(
            self.fact("T1", quantity=self.quantity(2), amount=self.money(50)),
            self.fact("T2", quantity=self.quantity(2), unit_price=self.money(30)),
            self.fact("T3", quantity=self.quantity(3)),
        )
        self.assertEqual((50, 25), (sent.amount, sent.price_unit))
        self.assertEqual((60, 30), (priced.amount, priced.price_unit))
        self.assertEqual((84, 28), (listed.amount, listed.price_unit))
        self.assertEqual(self.company.currency_id, sent.currency_id)
        self.assertEqual(self.centre, listed.analytic_account_id)

    def test_another_currency_is_kept_and_an_unknown_one_named(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        charge = self.done(self.fact("T1", amount=self.money(5, "EUR")))
        self.assertEqual(euro, charge.currency_id)
        error = self.fails(self.fact("T2", amount=self.money(5, "XXX")), "unknown_currency")
        self.assertEqual("XXX", error.value)

    def test_an_unknown_code_is_made_or_named(self):
        made = self.done(self.fact("T1", code=self.code("NEW", display="New thing")))
        self.assertEqual(("service", "New thing"), (made.product_id.type, made.product_id.name))
        self.assertEqual(0, made.amount)
        items = [self.fact(f"U{number}", code=self.code("OTHER")) for number in range(5)]
        outcomes = self.apply(*items, may_create=False)
        self.assertEqual({"unknown_service"}, {outcome.error.code for outcome in outcomes})
        self.assertEqual({"OTHER"}, {outcome.error.value for outcome in outcomes})
        waiting = self.apply(items[0], may_create=False, wait_seconds=60)
        self.assertEqual("pending", waiting[0].state)

    def test_goods_are_charged_by_their_code_too(self):
        goods = self.make_product("PLT-06")
        self.assertEqual(goods, self.done(self.fact("T1", code=self.code("PLT-06"))).product_id)

    def test_an_unknown_department_is_made_or_named_and_another_house_is_none(self):
        house = self.make_partner("HOUSE", "organization", is_company=True)
        charges = self.done(
            self.fact("T1", department=self.ref("organization", "HOUSE")),
            self.fact("T2", department=self.ref("organization", "RAD")),
        )
        self.assertFalse(charges[0].department_id, house.name)
        self.assertEqual("RAD", charges[1].department_id.name)
        item = self.fact("T3", department=self.ref("organization", "PHA"))
        error = self.fails(item, "unknown_organization", may_create=False)
        self.assertEqual("PHA", error.value)

    def test_a_stub_of_the_visit_stands_in(self):
        item = self.fact("T1", encounter=self.ref("encounter", "V9", is_carried=True))
        charge = self.done(item, may_create=False)
        self.assertEqual("V9", charge.encounter_id.name)

    # -- again --

    def test_twice_is_once(self):
        item = self.fact("T1", amount=self.money(50))
        self.assertEqual(["created"], self.effects(item))
        self.assertEqual(["unchanged"], self.effects(item))
        self.assertEqual([(50, "open")], self.amounts())

    def test_a_correction_changes_an_open_charge_and_an_older_one_does_not(self):
        charge = self.done(
            self.fact("T1", hour=8, unit_price=self.money(10), quantity=self.quantity(1))
        )
        self.assertEqual(
            ["updated"], self.effects(self.bare("T1", "posted", 10, quantity=self.quantity(3)))
        )
        self.assertEqual((3, 30), (charge.quantity, charge.amount))
        self.assertEqual(
            ["superseded"], self.effects(self.bare("T1", "posted", 7, quantity=self.quantity(9)))
        )
        self.assertEqual((3, 30), (charge.quantity, charge.amount))

    def test_a_billed_charge_is_never_changed(self):
        item = self.fact("T1", amount=self.money(50))
        self.apply(item)
        self.bill()
        self.assertEqual(["unchanged"], self.effects(item))
        self.fails(self.fact("T1", hour=9, amount=self.money(60)), "charge_billed")
        self.assertEqual([(50, "billed")], self.amounts())
        self.assertEqual(
            ["superseded"], self.effects(self.fact("T1", hour=7, amount=self.money(60)))
        )

    # -- taken back --

    def test_a_reversal_takes_back_an_open_charge(self):
        self.apply(self.fact("T1", amount=self.money(50)))
        self.assertEqual(["updated"], self.effects(self.bare("T1", "reversed", 9)))
        self.assertEqual([(50, "reversed")], self.amounts())
        self.assertEqual(["unchanged"], self.effects(self.bare("T1", "reversed", 9)))
        self.apply(self.fact("T1", amount=self.money(50)))
        self.assertEqual([(50, "reversed")], self.amounts())

    def test_a_reversal_that_comes_first_holds(self):
        self.apply(self.bare("T1", "reversed", 9))
        self.apply(self.fact("T1", hour=8, amount=self.money(50)))
        charge = self.env["interop.charge"].search([("name", "=", "T1")])
        self.assertEqual(("reversed", 50), (charge.state, charge.amount))
        self.assertEqual(self.encounter, charge.encounter_id)

    def test_a_reversal_that_comes_first_leaves_the_rest_to_the_charge(self):
        said = {"reverses": self.ref("charge", "T1"), "amount": self.money(50)}
        in_error = self.credit("T1", occurred_at=self.moment(day(1, 9)), **said)
        charge = self.fact("T1", occurred_at=self.moment(day(1, 8)), amount=self.money(60))
        record = self.done(in_error)
        self.assertEqual(("reversed", day(1, 9)), (record.state, record.occurred_at))
        for _time in range(2):
            self.apply(charge)
            self.assertEqual(("reversed", day(1, 8)), (record.state, record.occurred_at))
            self.assertEqual([(60, "reversed")], self.amounts())
            self.apply(in_error)

    def test_newer_news_charges_again(self):
        self.apply(self.fact("T1", amount=self.money(50)))
        self.apply(self.bare("T1", "reversed", 9))
        self.apply(self.fact("T1", hour=10, amount=self.money(50)))
        self.assertEqual([(50, "open")], self.amounts())

    def test_a_fhir_charge_in_error_takes_back_itself(self):
        self.apply(self.fact("T1", amount=self.money(50)))
        item = self.credit("T1", amount=self.money(50), reverses=self.ref("charge", "T1"))
        self.apply(item)
        self.assertEqual([(50, "reversed")], self.amounts())
        self.apply(item)
        self.assertEqual([(50, "reversed")], self.amounts())

    def test_a_reversal_of_a_billed_charge_is_one_credit(self):
        self.apply(self.fact("T1", amount=self.money(50)))
        self.bill()
        item = self.bare("T1", "reversed", 9)
        self.assertEqual(["credited"], self.effects(item))
        self.assertEqual(["unchanged"], self.effects(item))
        self.assertEqual([(50, "billed"), (-50, "open")], self.amounts())
        self.assertEqual(0, self.bill().amount_untaxed)

    def test_a_credit_of_its_own_is_billed_against_the_rest(self):
        self.apply(self.fact("T1", amount=self.money(50)))
        item = self.credit("T2", amount=self.money(20))
        self.apply(item)
        self.assertEqual(["unchanged"], self.effects(item))
        self.assertEqual([(50, "open"), (-20, "open")], self.amounts())
        self.assertEqual(30, self.bill().amount_untaxed)

    def test_a_credit_that_names_its_charge_settles_both(self):
        items = [
            self.credit("T2", amount=self.money(50), reverses=self.ref("charge", "T1")),
            self.fact("T1", amount=self.money(50)),
        ]
        self.apply(*items)
        self.assertEqual([(50, "reversed"), (-50, "reversed")], self.amounts())
        self.apply(*items)
        self.assertEqual([(50, "reversed"), (-50, "reversed")], self.amounts())

    def test_a_credit_without_amount_is_the_whole_charge(self):
        self.apply(self.fact("T1", amount=self.money(50), quantity=self.quantity(2)))
        credit = self.done(
            self.bare("T2", "reversed", 9, kind="credit", reverses=self.ref("charge", "T1"))
        )
        self.assertEqual((self.service, self.encounter), (credit.product_id, credit.encounter_id))
        self.assertEqual([(50, "reversed"), (-50, "reversed")], self.amounts())

    def test_a_partial_credit_and_one_of_a_billed_charge_stay_open(self):
        self.apply(self.fact("T1", amount=self.money(50)), self.fact("T3", amount=self.money(80)))
        self.apply(self.credit("T2", amount=self.money(20), reverses=self.ref("charge", "T1")))
        self.assertEqual([(50, "open"), (80, "open"), (-20, "open")], self.amounts())
        self.bill()
        credit = self.credit("T4", amount=self.money(80), reverses=self.ref("charge", "T3"))
        self.apply(credit)
        self.assertEqual((-80, "open"), self.amounts()[-1])

    def test_a_credit_of_what_nobody_knows_waits(self):
        item = self.credit("T2", amount=self.money(5), reverses=self.ref("charge", "T1"))
        (outcome,) = self.apply(item, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(item, "unknown_charge")

    # -- one bad, the others good; statements --

    def test_what_is_wrong_with_one_does_not_stop_the_others(self):
        outcomes = self.apply(
            self.fact("T1", amount=self.money(50)),
            self.fact("T2", amount=self.money(50, "XXX")),
            self.item("posted", Charge(code=self.code("LAB"))),
            self.fact("T4", amount=self.money(70)),
        )
        self.assertEqual(["done", "failed", "failed", "done"], [one.state for one in outcomes])
        self.assertEqual("no_key", outcomes[2].error.code)

    def test_statements_of_new_charges(self):
        names = (Identifier("V1", "GRH", "VN"),)
        items = [
            self.fact(
                f"N{number}",
                quantity=self.quantity(2),
                amount=self.money(number),
                encounter=Reference("encounter", names),
                occurred_at=self.moment(day(1, 7)),
            )
            for number in range(100)
        ]
        warm = self.fact("W", amount=self.money(1), encounter=Reference("encounter", names))
        with self.at_most(0.3, warm, per=100):
            self.apply(*items)
        with self.at_most(0.2, self.fact("W"), per=100):
            self.apply(*items)

    def test_statements_of_one_unknown_code(self):
        items = [self.fact(f"N{number}", code=self.code("WHAT")) for number in range(100)]
        with self.at_most(0.2, self.fact("W"), per=100):
            self.apply(*items, may_create=False)
