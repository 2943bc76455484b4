"""Numbers that clash: one message takes two records for one, and nobody's data gets onto the other's by chance."""

from ..core.canonical import Encounter, Identifier, Order, Party, Reference
from .common import InteropCase
from .common_entities import EntityCase


class TestClashes(InteropCase):
    def setUp(self):
        super().setUp()
        self.apply(*(self.party(key, name=f"Patient {key}") for key in "ab"))

    def apply(self, *messages):
        for message in messages:
            self.send(message)
        self.drain_all()
        self.after_commit()

    def test_a_message_that_takes_two_patients_for_one_is_an_exception(self):
        self.apply(self.party("a", "b", name="Both"))
        row = self.rows()[-1]
        self.assertEqual((row["state"], row["error_code"]), ("failed", "identifiers_clash"))
        self.assertEqual(row["error_path"], "identifiers")
        domain = self.system.identity_domain
        one, other = self.partner("a").id, self.partner("b").id
        self.assertEqual(
            row["error_detail"], f"{domain}|MRN → party {one}, {domain}|MRN → party {other}"
        )
        self.assertEqual(self.partner("a").name, "Patient a")
        self.assertEqual(self.partner("b").name, "Patient b")
        self.assertIn("two records", self.exceptions().name)
        action = self.exceptions().action_open_clashing()
        shown = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(shown, self.partner("a") | self.partner("b"))

    def test_all_messages_about_the_same_two_are_one_exception(self):
        self.apply(self.party("a", "b", name="Both"), self.party("b", "a", name="Once more"))
        self.apply(self.party("c", name="Somebody else"))
        self.assertEqual(self.states()[2:], ["failed", "failed", "done"])
        self.assertEqual(len(self.exceptions()), 1)
        self.assertEqual(self.exceptions().delivery_count, 2)

    def test_a_number_that_is_new_is_the_known_ones(self):
        self.apply(self.party("a", "new", name="Patient a"))
        self.assertEqual(self.rows()[-1]["state"], "done")
        self.assertEqual(self.partner("new"), self.partner("a"))

    def test_those_who_were_merged_are_one(self):
        self.apply(self.merge("a", "b"), self.party("a", "b", name="One"))
        self.assertEqual(self.rows()[-1]["state"], "done")
        self.assertEqual(self.partner("b").name, "One")

    def test_news_from_before_a_merge_is_of_one_too(self):
        self.apply(self.merge("a", "b", version=5), self.party("a", "b", name="Old", version=2))
        self.assertEqual(self.rows()[-1]["state"], "done")

    def test_after_the_merge_it_goes_through(self):
        self.apply(self.party("a", "b", name="One"))
        self.assertEqual(self.rows()[-1]["state"], "failed")
        self.apply(self.merge("b", "a"))
        failed = self.rows()[2]["id"]
        self.env["interop.delivery"].browse(failed).action_try_again()
        self.drain_all()
        self.assertEqual(set(self.states()), {"done"})
        self.assertEqual(self.partner("a").name, "One")

    def test_what_overtakes_the_merge_that_explains_it_waits_for_it(self):
        self.route.wait_seconds = 600
        self.env.flush_all()
        self.apply(self.party("a", "b", name="One"))
        row = self.rows()[-1]
        self.assertEqual((row["state"], row["error_code"]), ("pending", "merge_awaited"))
        self.assertFalse(self.exceptions())
        self.apply(self.merge("b", "a"))
        self.env.cr.execute(
            "UPDATE interop_delivery SET not_before = NULL WHERE id = %s", (row["id"],)
        )
        self.drain_all()
        self.assertEqual(set(self.states()), {"done"})
        self.assertEqual(self.partner("a").name, "One")

    def test_a_merge_may_name_both_itself(self):
        self.apply(self.party("a", event="merged", merged_into=self.reference("b", "a")))
        self.assertEqual(self.rows()[-1]["effect"], "merged")
        self.assertFalse(self.partner("a").active)

    def test_a_route_may_take_the_first(self):
        self.route.clashing_identifiers = "first"
        self.env.flush_all()
        self.apply(self.party("b", "a", name="Said of both"))
        self.assertEqual(self.rows()[-1]["state"], "done")
        self.assertEqual(self.partner("b").name, "Said of both")
        self.assertEqual(self.partner("a").name, "Patient a")

    def test_a_reference_to_two_is_one_to_nobody(self):
        self.apply(self.party("c", name="Child", guarantor=self.reference("a", "b")))
        row = self.rows()[-1]
        self.assertEqual(
            (row["state"], row["error_code"], row["error_path"]),
            ("failed", "identifiers_clash", "guarantor"),
        )
        self.assertFalse(self.partner("c"))


class TestClashingReferences(EntityCase):
    def visit(self, *numbers, **said):
        party = Reference("party", tuple(Identifier(number, "GRH") for number in numbers), **said)
        return self.item("started", Encounter(identifiers=self.ids("V1"), party=party))

    def test_a_visit_is_never_given_to_one_of_two(self):
        for number in "AB":
            self.make_partner(number)
        error = self.fails(self.visit("A", "B", is_carried=True), "identifiers_clash")
        self.assertEqual(error.path, "party")
        self.assertFalse(self.env["interop.encounter"].search([("name", "=", "V1")]))

    def test_nor_where_stubs_may_be_made(self):
        for number in "AB":
            self.make_partner(number)
        self.fails(self.visit("A", "B"), "identifiers_clash", may_create=True)
        self.done(self.visit("A", "C"), may_create=True)

    def test_orders_may_go_by_the_numbers_of_two(self):
        first = self.done(
            self.item("placed", Order(identifiers=self.ids("P1"), code=self.code("XRAY"))),
            may_create=True,
        )
        self.done(
            self.item("placed", Order(identifiers=self.ids("F1"), code=self.code("XRAY"))),
            may_create=True,
        )
        both = self.item("completed", Order(identifiers=self.ids("P1", "F1"), status="completed"))
        self.assertEqual(self.done(both), first)

    def test_no_statement_is_added(self):
        made = [self.make_partner(f"S{number}") for number in range(20)]
        self.assertEqual(len(made), 20)
        news = [
            self.item("updated", Party(identifiers=self.ids(f"S{number}", f"T{number}")))
            for number in range(20)
        ]
        known = [
            self.item("updated", Party(identifiers=self.ids(f"S{number}"))) for number in range(20)
        ]
        self.apply(*news)
        with self.at_most(0.5, *known, per=20):
            self.apply(*news)
