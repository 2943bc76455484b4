"""Disagreements: what systems, or people, say otherwise than what stands."""

from odoo.tests import Form, tagged

from ..core.canonical import Address, Coverage, Product, SupplierPrice
from .common_ownership import DisagreementCase, at, phone


@tagged("post_install", "-at_install")
class TestTwoSystems(DisagreementCase):
    def test_one_system_never_disagrees_with_itself(self):
        self.done(self.party("Ada"))
        self.done(self.party("Bob", 9))
        self.assertFalse(self.listed())

    def test_the_last_word_stands_and_the_other_one_is_listed(self):
        one = self.done(self.party("Ada", contacts=phone("1")))
        self.by_lab(self.party("Bob", 9, contacts=phone("1")))
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())
        [row] = self.listed()
        self.assertEqual((one._name, one.id), (row.res_model, row.res_id))
        self.assertEqual(("Ada", "Bob"), (row.told_text, row.standing_text))

    def test_it_turns_round_with_the_next_word(self):
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.done(self.party("Ada", 10))
        self.assertEqual([("name", "x-lab", "x-ehr")], self.told())
        [row] = self.listed()
        self.assertEqual(("Bob", "Ada"), (row.told_text, row.standing_text))

    def test_it_ends_when_the_other_says_the_same(self):
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.done(self.party("Bob", 10))
        self.assertFalse(self.listed())
        [row] = self.listed("settled")
        self.assertFalse(row.decided_by_id)
        self.assertIsNone(row._unsealed())

    def test_it_ends_when_the_one_that_stands_takes_it_back(self):
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.by_lab(self.party("Ada", 10))
        self.assertFalse(self.listed())

    def test_each_attribute_by_itself(self):
        self.done(self.party("Ada", contacts=phone("1"), address=Address(city="A")))
        self.by_lab(self.party("Bob", 9, contacts=phone("2"), address=Address(city="A")))
        self.assertEqual({"name", "phone"}, {attribute for attribute, *_rest in self.told()})

    def test_what_only_one_speaks_of_is_no_disagreement(self):
        self.done(self.party("Ada"))
        self.by_lab(self.party(None, 9, contacts=phone("2")))
        self.assertFalse(self.listed())

    def test_a_third_voice(self):
        third = self.env["interop.system"].create(
            {"name": "C", "code": "x-c", "identity_domain": self.system.identity_domain}
        )
        self.done(self.party("Ada"))
        self.by_lab(self.party("Ada", 9))
        self.apply(self.party("Cid", 10), system=third.id, system_code="x-c")
        self.assertEqual({"x-ehr", "x-lab"}, {who for _name, who, stands in self.told()})
        self.by_lab(self.party("Cid", 11))
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())

    def test_older_news_says_nothing(self):
        self.done(self.party("Ada", 10))
        self.by_lab(self.party("Ada", 10))
        self.by_lab(self.party("Bob", 9))
        self.assertFalse(self.listed())

    def test_what_people_wrote_in_between_is_nobodys_word(self):
        one = self.done(self.party("Ada"))
        self.by_lab(self.party("Ada", 9))
        self.done(self.party("Ada", 10))
        one.name = "Zoe"
        self.by_lab(self.party("Ada", 11))
        self.assertEqual("Ada", one.name)
        self.assertFalse(self.listed())

    def test_a_set_of_many(self):
        numbers = [f"n{number}" for number in range(10)]
        self.done(*(self.party("Ada", number=number) for number in numbers))
        self.by_lab(
            *(self.party("Bob" if place % 2 else "Ada", 9, number=number)
              for place, number in enumerate(numbers))
        )  # fmt: skip
        self.assertEqual([("name", "x-ehr", "x-lab")] * 5, self.told())

    def test_one_record_by_two_names_in_one_set(self):
        one = self.done(self.party("Ada"))
        self.bind(one, "party", "4712")
        self.by_lab(self.party("Bob", 9), self.party("Cid", 9, number="4712"))
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())

    def test_other_kinds_of_records(self):
        def cover(hour, payer):
            said = {"payer": self.ref("organization", payer, display=payer)}
            return self.item("updated", Coverage(identifiers=self.ids("C1"), **said), at=at(hour))

        self.done(cover(8, "Blue"))
        self.by_lab(cover(9, "Green"))
        self.assertEqual([("payer", "x-ehr", "x-lab")], self.told())
        [row] = self.listed()
        self.assertEqual(("Blue", "Green"), (row.told_text, row.standing_text))

    def test_prices_that_are_added_are_no_word_against_another(self):
        def priced(hour, amount, supplier):
            price = SupplierPrice(self.ref("organization", supplier), self.money(amount))
            product = Product(identifiers=self.ids("P1"), name="Glove", supplier_prices=(price,))
            return self.item("updated", product, at=at(hour))

        self.done(priced(8, 1, "S1"))
        self.by_lab(priced(9, 2, "S2"))
        self.assertFalse(self.listed())

    def test_what_was_said_is_kept_in_no_clear_text(self):
        self.done(self.party("Quirinius"))
        self.by_lab(self.party("Bob", 9))
        self.env.flush_all()
        self.env.cr.execute("SELECT d::text, encode(d.told, 'escape') FROM interop_disagreement d")
        for row in self.env.cr.fetchall():
            self.assertNotIn("Quirinius", "".join(row))
        self.env.cr.execute("SELECT v::text FROM interop_version v WHERE said IS NOT NULL")
        rows = self.env.cr.fetchall()
        self.assertTrue(rows)
        for [text] in rows:
            self.assertNotIn("Bob", text)

    def test_content_moved_to_another_row_can_not_be_read(self):
        self.done(self.party("Ada"), self.party("Eve", number="4712"))
        self.by_lab(self.party("Bob", 9), self.party("Bob", 9, number="4712"))
        first, second = self.listed()
        self.env.cr.execute(
            "UPDATE interop_disagreement d SET told = o.told FROM interop_disagreement o "
            "WHERE d.id = %s AND o.id = %s",
            (first.id, second.id),
        )
        self.env.invalidate_all()
        self.assertFalse(first.told_text)
        self.assertEqual("Eve", second.told_text)


@tagged("post_install", "-at_install")
class TestWithRules(DisagreementCase):
    def test_who_is_left_out_says_otherwise(self):
        self.own("party", "name")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9, contacts=phone("1")))
        self.assertEqual([("name", "x-lab", "x-ehr")], self.told())
        [row] = self.listed()
        self.assertEqual(("Bob", "Ada"), (row.told_text, row.standing_text))

    def test_and_no_longer_once_it_agrees(self):
        self.own("party")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.by_lab(self.party("Ada", 10))
        self.assertFalse(self.listed())

    def test_or_once_the_master_does(self):
        self.own("party")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.done(self.party("Bob", 10))
        self.assertFalse(self.listed())

    def test_older_news_that_is_left_out_does_not_bring_it_back(self):
        self.own("party")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 11))
        self.by_lab(self.party("Cid", 10))
        [row] = self.listed()
        self.assertEqual("Bob", row.told_text)

    def test_refused_it_is_an_exception_and_no_disagreement(self):
        self.own("party", policy="refuse")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.assertFalse(self.listed())

    def test_flagged_the_master_says_otherwise(self):
        self.own("party", policy="flag")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())

    def test_flagged_people_say_otherwise(self):
        self.own("product", "price", owner=False, policy="flag")

        def priced(hour, amount):
            product = Product(identifiers=self.ids("P1"), price=self.money(amount))
            return self.item("updated", product, at=at(hour))

        one = self.done(priced(8, 3))
        self.assertFalse(self.listed())
        one.list_price = 4
        self.done(priced(9, 5))
        self.assertEqual([("price", "Odoo", "x-ehr")], self.told())
        [row] = self.listed()
        self.assertEqual(
            ("People here", "4.0", "5.0"), (row.speaker, row.told_text, row.standing_text)
        )
        self.done(priced(10, 4))
        self.assertFalse(self.listed())

    def test_left_to_people(self):
        self.own("product", "price", owner=False)

        def priced(hour, amount):
            product = Product(identifiers=self.ids("P1"), price=self.money(amount))
            return self.item("updated", product, at=at(hour))

        one = self.done(priced(8, 3))
        one.list_price = 4
        self.apply(priced(9, 5))
        self.assertEqual([("price", "x-ehr", "Odoo")], self.told())
        one.list_price = 5
        self.done(priced(10, 5))
        self.assertFalse(self.listed())

    def test_what_the_master_never_spoke_of_is_no_disagreement(self):
        self.own("party", "phone")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Ada", 9, contacts=phone("1")))
        self.assertFalse(self.listed())


@tagged("post_install", "-at_install")
class TestWorkItems(DisagreementCase):
    def test_one_exception_for_an_attribute_and_two_systems(self):
        self.done(self.party("Ada"), self.party("Eve", number="4712"))
        self.by_lab(self.party("Bob", 9, contacts=phone("1")), self.party("Bob", 9, number="4712"))
        self.done(self.party("Ada", 10))
        [exception] = self.exceptions()
        self.assertEqual(2, exception.disagreement_count)
        self.assertEqual(
            {"Entities", "Laboratory"},
            {exception.system_id.name, exception.other_system_id.name},
        )
        self.assertRegex(exception.name, "disagree: Patients and parties, Name$")
        found = exception.action_open_disagreements()
        self.assertEqual(2, self.env[found["res_model"]].search_count(found["domain"]))
        Form(exception)

    def test_it_closes_with_the_last_of_them(self):
        self.done(self.party("Ada"), self.party("Eve", number="4712"))
        self.by_lab(self.party("Bob", 9), self.party("Bob", 9, number="4712"))
        exception = self.exceptions()
        self.by_lab(self.party("Ada", 10))
        self.assertEqual(exception, self.exceptions())
        self.by_lab(self.party("Eve", 10, number="4712"))
        self.assertFalse(self.exceptions())
        self.assertEqual("resolved", exception.state)

    def test_the_completeness_check_opens_what_a_kill_lost(self):
        self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.env.cr.postcommit.clear()
        self.env.flush_all()
        self.env["interop.exception"]._repair(self.env.cr)
        self.assertEqual(1, len(self.exceptions()))
        self.env["interop.exception"]._repair(self.env.cr)
        self.assertEqual(1, len(self.exceptions()))
        self.env.cr.execute("UPDATE interop_disagreement SET state = 'settled'")
        self.env["interop.exception"]._repair(self.env.cr)
        self.assertFalse(self.exceptions())

    def test_two_others_are_another_cause(self):
        self.own("party", "phone", owner=False)
        one = self.done(self.party("Ada", contacts=phone("1")))
        one.phone = "7"
        self.by_lab(self.party("Bob", 9, contacts=phone("2")))
        names = [exception.name for exception in self.exceptions()]
        self.assertEqual(2, len(names))
        self.assertTrue(any("people here" in name for name in names), names)


@tagged("post_install", "-at_install")
class TestStatements(DisagreementCase):
    def test_two_systems_that_agree_cost_one_statement_a_set(self):
        self.done(*self.crowd("Ada", 7))
        self.statements(self.apply, *self.crowd("Ada", 8))
        alone = self.statements(self.apply, *self.crowd("Ada", 9))
        self.by_lab(*self.crowd("Ada", 9))
        self.assertEqual(alone + 1, self.statements(self.apply, *self.crowd("Ada", 10)))
        self.assertFalse(self.listed())

    def test_listing_costs_the_same_however_many_they_are(self):
        self.done(*self.crowd("Ada", 7))
        self.by_lab(*self.crowd("Ada", 7))
        self.own("party", "name")
        # what both say of the same patients stays as it is: only the list grows
        self.statements(self.by_lab, *self.crowd("Bob", 8))
        few = self.statements(self.by_lab, *self.crowd("Cid", 9)[:3])
        many = self.statements(self.by_lab, *self.crowd("Dan", 10))
        self.assertEqual(few, many)
