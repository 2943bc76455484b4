"""Encounters: status, places and periods, whatever order messages come in; the bill at the end."""

import itertools
from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..core.canonical import CLEAR, Charge, Encounter, LocationStay, Party
from .common_entities import EntityCase


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


@tagged("post_install", "-at_install")
class EncounterTest(EntityCase):
    def encounter(self, event, hour, *, number="V1", **said):
        if "location" in said:
            said["location"] = self.ref("location", said["location"])
        return self.item(
            event, Encounter(identifiers=self.ids(number, kind="VN"), **said), at=day(1, hour)
        )

    def admitted(self, hour=8, **said):
        said = {"location": "SUR", "period": self.period(day(1, 7))} | said
        return self.encounter("started", hour, **said)

    def transferred(self, to, hour, **said):
        return self.encounter(
            "transferred", hour, location=to, period=self.period(day(1, 7)), **said
        )

    def discharged(self, hour, **said):
        said.setdefault("period", self.period(day(1, 7), day(1, hour)))
        return self.encounter("finished", hour, **said)

    def places(self, encounter):
        return [(stay.location_id.name, stay.start_at, stay.end_at) for stay in encounter.stay_ids]

    def charged(self, encounter, *amounts, **values):
        product = self.make_product(f"S{next(self.numbers)}", entity="service", list_price=1)
        return self.env["interop.charge"].create(
            [
                {
                    "name": f"T{place}",
                    "encounter_id": encounter.id,
                    "product_id": product.id,
                    "price_unit": amount,
                    "amount": amount,
                    "currency_id": self.company.currency_id.id,
                    **values,
                }
                for place, amount in enumerate(amounts)
            ]
        )

    # -- what is kept --

    def test_an_admission_is_kept_with_everything_it_says(self):
        item = self.admitted(
            party=self.ref("party", "4711", display="Doe"),
            encounter_class="inpatient",
            account="A1",
            attending=self.ref("employee", "E-1", display="Dr Wren"),
            provider=self.ref("organization", "GRH"),
            disposition=self.code("01"),
        )
        encounter = self.done(item)
        self.assertEqual("V1", encounter.name)
        self.assertEqual("in_progress", encounter.status)
        self.assertEqual("inpatient", encounter.encounter_class)
        self.assertEqual("A1", encounter.account)
        self.assertEqual("Dr Wren", encounter.attending_id.name)
        self.assertEqual("Doe", encounter.partner_id.name)
        self.assertEqual("GRH", encounter.provider_id.name)
        self.assertEqual("01", encounter.disposition_code)
        self.assertEqual(day(1, 7), encounter.start_at)
        self.assertFalse(encounter.end_at)
        self.assertEqual((self.facility, self.system), (encounter.facility_id, encounter.system_id))
        self.assertEqual([("SUR", day(1, 7), False)], self.places(encounter))

    def test_twice_is_once(self):
        items = [self.admitted(), self.transferred("ICU", 9), self.discharged(12)]
        encounter = self.done(items[0])
        self.apply(items[1])
        self.apply(items[2])
        before = encounter.read()[0], self.places(encounter)
        self.assertEqual(["unchanged"], self.effects(items[2]))
        for item in items:
            self.apply(item)
        self.env.invalidate_all()
        self.assertEqual(before, (encounter.read()[0], self.places(encounter)))

    def test_an_unknown_class_is_named(self):
        error = self.fails(self.admitted(encounter_class="ambulatory"), "unknown_encounter_class")
        self.assertEqual("ambulatory", error.value)

    def test_a_missing_reference_is_awaited_then_an_exception(self):
        item = self.admitted()
        (outcome,) = self.apply(item, may_create=False, wait_seconds=600)
        self.assertEqual("pending", outcome.state)
        error = self.fails(item, "unknown_location", may_create=False)
        self.assertEqual("SUR", error.value)

    def test_what_is_explicitly_empty_is_emptied(self):
        encounter = self.done(self.admitted(account="A1"))
        self.apply(self.encounter("updated", 9, account=CLEAR))
        self.assertFalse(encounter.account)

    # -- status by event --

    def test_events_lead_through_the_states(self):
        steps = [
            ("planned", 5, "planned"),
            ("started", 8, "in_progress"),
            ("leave", 9, "on_leave"),
            ("updated", 10, "on_leave"),
            ("finished", 12, "finished"),
            ("discharge_cancelled", 13, "in_progress"),
            ("cancelled", 14, "cancelled"),
        ]
        for event, hour, status in steps:
            encounter = self.done(self.encounter(event, hour))
            self.assertEqual(status, encounter.status, event)

    def test_a_status_that_is_told_goes_before_the_event(self):
        encounter = self.done(self.encounter("leave", 9, status="in_progress"))
        self.assertEqual("in_progress", encounter.status)

    def test_a_discharge_ends_the_period_and_taking_it_back_reopens_it(self):
        self.apply(self.admitted())
        encounter = self.done(self.discharged(12))
        self.assertEqual(day(1, 12), encounter.end_at)
        self.assertEqual([("SUR", day(1, 7), day(1, 12))], self.places(encounter))
        self.apply(self.encounter("discharge_cancelled", 13))
        self.assertFalse(encounter.end_at)
        self.assertEqual([("SUR", day(1, 7), False)], self.places(encounter))
        self.apply(self.discharged(12))
        self.assertEqual("in_progress", encounter.status, "an older discharge came again")
        self.apply(self.discharged(15))
        self.assertEqual(("finished", day(1, 15)), (encounter.status, encounter.end_at))

    def test_a_discharge_without_a_time_ends_when_it_was_told(self):
        encounter = self.done(self.discharged(12, period=None))
        self.assertEqual(day(1, 12), encounter.end_at)

    # -- order of arrival --

    def test_any_order_gives_the_same_encounter(self):
        def facts(number):
            return [
                self.admitted(number=number, account="A1", encounter_class="emergency"),
                self.transferred(
                    "ICU", 9, number=number, prior_location=self.ref("location", "SUR")
                ),
                self.encounter("class_changed", 10, number=number, encounter_class="inpatient"),
                self.transferred(
                    "MED", 11, number=number, prior_location=self.ref("location", "ICU")
                ),
                self.encounter("updated", 12, number=number, location="MED", account="A2"),
                self.discharged(13, number=number),
            ]

        def story(encounter):
            names = "status encounter_class account start_at end_at".split()
            told = [encounter[name] for name in names]
            told += [encounter.location_id.name, encounter.prior_location_id.name]
            return told, self.places(encounter)

        wanted = story([self.done(item) for item in facts("V0")][-1])
        self.assertEqual(
            [
                ("SUR", day(1, 7), day(1, 9)),
                ("ICU", day(1, 9), day(1, 11)),
                ("MED", day(1, 11), day(1, 13)),
            ],
            wanted[1],
        )
        orders = list(itertools.permutations(range(6)))[::48]
        for place, order in enumerate(orders):
            items = facts(f"V{place}x")
            for index in order:
                (outcome,) = self.apply(items[index])
            encounter = self.env["interop.encounter"].browse(outcome.record)
            self.assertEqual(wanted, story(encounter), order)

    def test_a_transfer_before_the_admission_in_one_call(self):
        encounters = self.done(self.transferred("ICU", 9), self.admitted())
        self.assertEqual(encounters[0], encounters[1])
        self.assertEqual("ICU", encounters[0].location_id.name)
        self.assertEqual(
            [("SUR", day(1, 7), day(1, 9)), ("ICU", day(1, 9), False)], self.places(encounters[0])
        )

    def test_a_change_of_class_in_place_is_no_second_stay(self):
        encounter = self.done(self.admitted())
        self.apply(self.encounter("class_changed", 9, location="SUR"))
        self.assertEqual([("SUR", day(1, 7), False)], self.places(encounter))
        self.apply(self.transferred("ICU", 8))
        self.assertEqual(
            [
                ("SUR", day(1, 7), day(1, 8)),
                ("ICU", day(1, 8), day(1, 9)),
                ("SUR", day(1, 9), False),
            ],
            self.places(encounter),
        )

    def test_places_with_periods_are_kept_as_told(self):
        stays = (
            LocationStay(self.ref("location", "SUR"), self.period(day(1, 7), day(1, 9))),
            LocationStay(self.ref("location", "ICU"), self.period(day(1, 10))),
        )
        encounter = self.done(self.encounter("started", 12, stays=stays, location="ICU"))
        wanted = [("SUR", day(1, 7), day(1, 9)), ("ICU", day(1, 10), False)]
        self.assertEqual(wanted, self.places(encounter))
        self.apply(self.encounter("started", 13, stays=stays, location="ICU"))
        self.assertEqual(wanted, self.places(encounter))

    # -- beds --

    def test_beds_are_occupied_and_freed(self):
        first, second = (self.make_place(name, kind="bed") for name in ("B1", "B2"))
        self.apply(self.admitted(location="B1"))
        self.assertEqual(("occupied", False), (first.operational_status, second.operational_status))
        self.apply(self.transferred("B2", 9))
        self.assertEqual("free", first.operational_status)
        self.assertEqual("occupied", second.operational_status)
        second.operational_status = "cleaning"
        self.apply(self.discharged(12))
        self.assertEqual("cleaning", second.operational_status)

    # -- the bill --

    def test_the_end_drafts_the_invoice_of_open_charges(self):
        encounters = self.done(
            self.admitted(), self.admitted(number="V2"), self.admitted(number="V3")
        )
        for encounter in encounters:
            encounter.partner_id = self.make_partner(f"P-{encounter.name}")
        charges = self.charged(encounters[0], 100, 20)
        self.charged(encounters[1], 50)
        self.apply(self.discharged(12), self.discharged(12, number="V2"), bill_on_finish=True)
        invoice = encounters[0].invoice_ids
        self.assertEqual(("out_invoice", "draft"), (invoice.move_type, invoice.state))
        self.assertEqual(encounters[0].partner_id, invoice.partner_id)
        self.assertEqual([100, 20], invoice.invoice_line_ids.mapped("price_unit"))
        self.assertEqual(["billed", "billed"], charges.mapped("state"))
        self.assertEqual(invoice.invoice_line_ids, charges.move_line_id)
        self.assertEqual(1, len(encounters[1].invoice_ids))
        self.assertFalse(encounters[2].invoice_ids)

    def test_without_the_routes_wish_nothing_is_billed(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        charges = self.charged(encounter, 100)
        self.apply(self.discharged(12))
        self.assertFalse(encounter.invoice_ids)
        encounter.action_draft_invoice()
        self.assertEqual("billed", charges.state)
        self.assertEqual(100, encounter.invoice_ids.amount_untaxed)

    def test_a_second_discharge_adds_to_the_draft(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        self.charged(encounter, 100)
        self.apply(self.discharged(12), bill_on_finish=True)
        self.apply(self.encounter("discharge_cancelled", 13), bill_on_finish=True)
        self.apply(self.discharged(14), bill_on_finish=True)
        self.assertEqual(1, len(encounter.invoice_ids))
        self.apply(self.encounter("discharge_cancelled", 15), bill_on_finish=True)
        late = self.charged(encounter, 30)
        self.apply(self.discharged(16), bill_on_finish=True)
        invoice = encounter.invoice_ids
        self.assertEqual([100, 30], invoice.invoice_line_ids.sorted("id").mapped("price_unit"))
        self.assertEqual("billed", late.state)

    def test_what_comes_after_the_end_is_added_to_the_draft(self):
        encounter = self.done(self.admitted(party=self.ref("party", "P1")))
        self.make_product("S1", entity="service", list_price=10)
        self.apply(self.discharged(12), bill_on_finish=True)
        self.assertFalse(encounter.invoice_ids)
        for number in ("T1", "T2"):
            charge = Charge(
                identifiers=self.ids(number),
                code=self.code("S1"),
                encounter=self.ref("encounter", "V1"),
            )
            self.apply(self.item("posted", charge, at=day(1, 11)))
        self.assertEqual([10, 10], encounter.invoice_ids.invoice_line_ids.mapped("price_unit"))
        self.apply(self.encounter("discharge_cancelled", 13), bill_on_finish=True)
        charge = Charge(
            identifiers=self.ids("T3"), code=self.code("S1"), encounter=self.ref("encounter", "V1")
        )
        self.assertEqual("open", self.done(self.item("posted", charge, at=day(1, 14))).state)

    def test_who_guarantees_is_billed(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        encounter.partner_id.interop_guarantor_id = self.make_partner("G1")
        self.charged(encounter, 100)
        self.apply(self.discharged(12), bill_on_finish=True)
        self.assertEqual("G1", encounter.invoice_ids.partner_id.name)

    def test_a_merged_patients_bill_goes_to_the_record_that_stands(self):
        encounter = self.done(self.admitted(party=self.ref("party", "P1")))
        merged = encounter.partner_id
        merge = Party(identifiers=self.ids("P1"), merged_into=self.ref("party", "P2"))
        self.apply(self.item("merged", merge))
        self.charged(encounter, 100)
        self.apply(self.discharged(12), bill_on_finish=True)
        self.assertNotEqual(merged, encounter.invoice_ids.partner_id)
        self.assertEqual("P2", encounter.invoice_ids.partner_id.name)

    def test_nobody_to_bill_leaves_the_charges_open(self):
        encounter = self.done(self.admitted())
        charges = self.charged(encounter, 100)
        self.apply(self.discharged(12), bill_on_finish=True)
        self.assertEqual("open", charges.state)

    def test_an_invoice_that_goes_gives_its_charges_back(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        charges = self.charged(encounter, 100, 20)
        encounter.action_draft_invoice()
        encounter.invoice_ids.invoice_line_ids[0].unlink()
        self.assertEqual(["open", "billed"], charges.mapped("state"))
        encounter.invoice_ids.button_cancel()
        self.assertEqual(["open", "open"], charges.mapped("state"))
        encounter.action_draft_invoice()
        self.assertEqual(["cancel", "draft"], encounter.invoice_ids.sorted("id").mapped("state"))
        encounter.invoice_ids.filtered(lambda move: move.state == "draft").unlink()
        self.assertEqual(["open", "open"], charges.mapped("state"))

    def test_whoever_may_invoice_may_press_the_button(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        charges = self.charged(encounter, 100)
        biller = new_test_user(self.env, "x-biller", groups="account.group_account_invoice")
        action = encounter.with_user(biller).action_draft_invoice()
        self.assertEqual(encounter.invoice_ids.id, action["res_id"])
        self.assertEqual("billed", charges.state)
        encounter.with_user(biller).invoice_ids.button_cancel()
        self.assertEqual("open", charges.state)
        with self.assertRaises(UserError):
            encounter.with_user(biller).invoice_ids.button_draft()
        charges._set_state(("open",), "reversed")
        with self.assertRaises(UserError):
            encounter.with_user(biller).action_draft_invoice()

    def test_two_currencies_are_two_invoices(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.charged(encounter, 100)
        self.charged(encounter, 70, currency_id=euro.id)
        encounter.action_draft_invoice()
        told = {move.currency_id.name: move.amount_untaxed for move in encounter.invoice_ids}
        self.assertEqual({"EUR": 70, self.company.currency_id.name: 100}, told)

    def test_credits_alone_make_a_credit_note(self):
        encounter = self.done(self.admitted())
        encounter.partner_id = self.make_partner("P1")
        self.charged(encounter, -40, kind="credit")
        encounter.action_draft_invoice()
        self.assertEqual("out_refund", encounter.invoice_ids.move_type)
        self.assertEqual(40, encounter.invoice_ids.amount_untaxed)

    # -- statements --

    def test_statements_of_new_encounters(self):
        self.make_place("SUR")
        items = [self.admitted(number=f"N{number}") for number in range(100)]
        with self.at_most(0.4, self.admitted(number="W"), per=100):
            self.apply(*items)

    def test_statements_of_draft_invoices_at_the_end(self):
        service = self.make_product("S", entity="service", list_price=10)
        items = []
        for number in range(25):
            encounter = self.make_encounter(f"N{number}")
            for amount in (10, 20, 30):
                self.charged(encounter, amount, product_id=service.id)
            items.append(self.discharged(12, number=f"N{number}"))
        with self.at_most(9, self.discharged(12, number="W"), per=25):
            self.apply(*items, bill_on_finish=True)
        self.assertEqual(
            25, self.env["account.move"].search_count([("interop_encounter_id.name", "like", "N%")])
        )
