"""Ownership: what becomes of the word of a system that does not master what it speaks of."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.applying import Outcome
from ..core.canonical import Address, Contact, Encounter, Product
from .common_ownership import OwnershipCase, at, phone


@tagged("post_install", "-at_install")
class TestPolicies(OwnershipCase):
    """What another system says of what one system masters."""

    def test_without_a_rule_the_last_news_wins(self):
        one = self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        self.assertEqual("Bob", one.name)

    def test_refused_nothing_of_the_message_is_written(self):
        self.own("party", "name", policy="refuse")
        one = self.done(self.party("Ada", contacts=phone("1")))
        [outcome] = self.by_lab(self.party("Bob", 9, contacts=phone("2")))
        self.assertRefused(outcome, "name")
        self.assertEqual(("Ada", "1"), (one.name, one.phone))

    def test_ignored_the_rest_is_written_and_the_delivery_says_so(self):
        self.own("party", "name", "address")
        one = self.done(self.party("Ada", contacts=phone("1")))
        [outcome] = self.by_lab(
            self.party("Bob", 9, contacts=phone("2"), address=Address(city="Elsewhere"))
        )
        self.assertEqual(("done", "updated"), (outcome.state, outcome.effect))
        self.assertEqual("left to x-ehr: address, name", outcome.reason)
        self.assertEqual(("Ada", "2", False), (one.name, one.phone, one.city))

    def test_ignored_with_nothing_left_it_is_discarded_with_the_reason(self):
        self.own("party")
        one = self.done(self.party("Ada"))
        [outcome] = self.by_lab(self.party("Bob", 9))
        self.assertEqual(
            ("discarded", "left to x-ehr: name", "res.partner", one.id),
            (outcome.state, outcome.reason, outcome.model, outcome.record),
        )
        self.assertEqual("Ada", one.name)

    def test_flagged_it_is_written(self):
        self.own("party", "name", policy="flag")
        one = self.done(self.party("Ada"))
        [outcome] = self.by_lab(self.party("Bob", 9))
        self.assertEqual(("done", "updated"), (outcome.state, outcome.effect))
        self.assertEqual("Bob", one.name)

    def test_the_owner_is_heard(self):
        for policy in ("refuse", "ignore", "flag"):
            with self.subTest(policy):
                rule = self.own("party", policy=policy)
                one = self.done(self.party("Ada", number=policy))
                self.done(self.party("Bob", 9, number=policy))
                self.assertEqual("Bob", one.name)
                rule.active = False

    def test_who_says_the_same_is_no_stranger(self):
        self.own("party", policy="refuse")
        self.done(self.party("Ada", contacts=phone("1")))
        [outcome] = self.by_lab(self.party("Ada", 9, contacts=phone("1")))
        self.assertEqual(("done", "unchanged", ""), (outcome.state, outcome.effect, outcome.reason))

    def test_old_news_of_a_stranger_is_superseded_not_refused(self):
        self.own("party", policy="refuse")
        self.done(self.party("Ada"))
        self.by_lab(self.party("Ada", 10))
        [outcome] = self.by_lab(self.party("Bob", 9))
        self.assertEqual(("done", "superseded"), (outcome.state, outcome.effect))

    def test_a_stranger_does_not_make_what_another_masters(self):
        self.own("party", policy="refuse")
        [outcome] = self.by_lab(self.party("Bob"))
        self.assertRefused(outcome, "name")
        self.assertFalse(self.env["interop.binding"].search([("value", "=", "4711")]))

    def test_ignored_a_new_record_has_what_is_left(self):
        self.own("party", "name")
        [outcome] = self.by_lab(self.party("Bob", contacts=phone("2")))
        one = self.env["res.partner"].browse(outcome.record)
        self.assertEqual(("created", "4711", "2"), (outcome.effect, one.name, one.phone))
        self.done(self.party("Ada", 9))
        self.assertEqual(("Ada", "2"), (one.name, one.phone))

    def test_ignored_with_nothing_left_no_record_is_made(self):
        self.own("party")
        [outcome] = self.by_lab(self.party("Bob"))
        self.assertEqual(("discarded", 0), (outcome.state, outcome.record))
        self.assertFalse(self.env["interop.binding"].search([("value", "=", "4711")]))

    def test_a_stub_may_be_made_by_anybody(self):
        self.own("party", policy="refuse")
        guest = self.item(
            "started",
            Encounter(identifiers=self.ids("V1"), party=self.ref("party", "4711", display="Ada")),
            at=at(8),
        )
        [outcome] = self.by_lab(guest)
        encounter = self.env["interop.encounter"].browse(outcome.record)
        self.assertEqual("Ada", encounter.partner_id.name)

    def test_several_policies_in_one_message(self):
        self.own("party", "phone", policy="ignore")
        self.own("party", "email", policy="flag")
        one = self.done(self.party("Ada", contacts=phone("1")))
        contacts = (Contact("phone", "2"), Contact("email", "b@example.org"))
        [outcome] = self.by_lab(self.party("Bob", 9, contacts=contacts))
        self.assertEqual("left to x-ehr: phone", outcome.reason)
        self.assertEqual(("Bob", "1", "b@example.org"), (one.name, one.phone, one.email))

    def test_one_of_a_set_does_not_concern_the_others(self):
        self.own("party", "name", policy="refuse")
        first, second = self.done(self.party("Ada"), self.party("Eve", number="4712"))
        outcomes = self.by_lab(
            self.party("Bob", 9), self.party("", 9, number="4712", contacts=phone("3"))
        )
        self.assertEqual(["failed", "done"], [outcome.state for outcome in outcomes])
        self.assertEqual(("Ada", "Eve", "3"), (first.name, second.name, second.phone))


@tagged("post_install", "-at_install")
class TestWhoseWord(OwnershipCase):
    def test_an_attribute_given_to_another_is_not_the_general_owners(self):
        self.own("party", policy="refuse")
        self.own("party", "phone", owner=self.lab, policy="refuse")
        one = self.done(self.party("Ada"))
        [outcome] = self.by_lab(self.party("", 9, contacts=phone("2")))
        self.assertEqual("done", outcome.state, outcome.error)
        self.assertEqual("2", one.phone)
        [outcome] = self.apply(self.party("Ada", 10, contacts=phone("3")))
        self.assertRefused(outcome, "phone", "x-lab")

    def test_a_rule_of_a_facility_is_for_its_messages(self):
        other = self.env["interop.facility"].create({"name": "Other"})
        self.own("party", policy="refuse", facility_id=other.id)
        one = self.done(self.party("Ada"))
        self.assertEqual("done", self.by_lab(self.party("Bob", 9))[0].state)
        self.assertEqual("Bob", one.name)
        [outcome] = self.apply(
            self.party("Cid", 10), system=self.lab.id, facility=other.id, system_code="x-lab"
        )
        self.assertRefused(outcome, "name")

    def test_what_people_keep_a_system_may_begin_and_not_change(self):
        self.own("product", "price", owner=False)
        product = Product(identifiers=self.ids("P1"), name="Glove", price=self.money(3))
        one = self.done(self.item("updated", product, at=at(8)))
        self.assertEqual(3, one.list_price)
        one.list_price = 4
        product = Product(identifiers=self.ids("P1"), name="Gloves", price=self.money(5))
        [outcome] = self.apply(self.item("updated", product, at=at(9)))
        self.assertEqual("left to Odoo: price", outcome.reason)
        self.assertEqual(("Gloves", 4), (one.name, one.list_price))

    def test_what_people_keep_is_refused_where_that_was_chosen(self):
        self.own("product", "price", owner=False, policy="refuse")
        one = self.make_product("P1", system="GRH", list_price=4)
        product = Product(identifiers=self.ids("P1"), name="Gloves", price=self.money(5))
        [outcome] = self.apply(self.item("updated", product, at=at(9)))
        self.assertRefused(outcome, "price", "Odoo")
        self.assertEqual(("P1", 4), (one.name, one.list_price))

    def test_a_change_of_the_rules_acts_at_once(self):
        rule = self.own("party", policy="refuse")
        one = self.done(self.party("Ada"))
        self.assertRefused(self.by_lab(self.party("Bob", 9))[0], "name")
        rule.policy = "flag"
        self.assertEqual("done", self.by_lab(self.party("Bob", 9))[0].state)
        rule.write({"policy": "refuse", "system_id": self.lab.id})
        self.assertRefused(self.apply(self.party("Cid", 10))[0], "name", "x-lab")
        rule.active = False
        self.assertEqual("done", self.apply(self.party("Cid", 10))[0].state)
        rule.active = True
        self.assertRefused(self.apply(self.party("Dan", 11))[0], "name", "x-lab")
        rule.unlink()
        self.assertEqual("done", self.apply(self.party("Dan", 11))[0].state)
        self.assertEqual("Dan", one.name)

    def test_merges_are_an_attribute_too(self):
        rule = self.own("party", "merged_into", policy="refuse")
        first, _second = self.done(self.party("Ada"), self.party("Eve", number="4712"))

        def merge(hour):
            into = {"merged_into": self.ref("party", "4712")}
            return self.party("", hour, event="merged", **into)

        self.assertRefused(self.by_lab(merge(9))[0], "merged_into")
        rule.policy = "ignore"
        self.assertEqual(
            Outcome("discarded", "left to x-ehr: merged_into"),
            Outcome(*(getattr(self.by_lab(merge(9))[0], name) for name in ("state", "reason"))),
        )
        self.assertTrue(first.active)
        self.assertEqual(["merged"], self.effects(merge(10)))


@tagged("post_install", "-at_install")
class TestRules(OwnershipCase):
    """Rules that make no sense can't be saved."""

    def test_two_owners_of_one_group(self):
        self.own("party")
        with self.assertRaisesRegex(ValidationError, "Two lines give the same"):
            self.own("party", owner=self.lab)

    def test_two_owners_of_one_attribute(self):
        self.own("party", "name", "phone")
        with self.assertRaisesRegex(ValidationError, "Phone"):
            self.own("party", "phone", "email", owner=self.lab)

    def test_two_in_one_go(self):
        values = {"entity": "party", "policy": "refuse"}
        with self.assertRaises(ValidationError):
            self.env["interop.ownership"].create([values, values])

    def test_an_archived_rule_is_in_nobodys_way_until_it_comes_back(self):
        first = self.own("party")
        first.active = False
        self.own("party", owner=self.lab)
        with self.assertRaises(ValidationError):
            first.active = True

    def test_the_whole_and_a_part_and_a_facility_go_together(self):
        self.own("party")
        self.own("party", "name", owner=self.lab)
        self.own("party", owner=False, facility_id=self.facility.id)
        self.own("employee")

    def test_another_entitys_attribute(self):
        with self.assertRaisesRegex(ValidationError, "no attribute of what"):
            self.env["interop.ownership"].create(
                {
                    "entity": "party",
                    "attribute_ids": [Command.set(self.attributes("product", "price").ids)],
                }
            )

    def test_another_policy(self):
        with self.assertRaises(ValueError):
            self.own("party", policy="pray")

    def test_the_owner_of_something_cannot_be_deleted(self):
        self.own("party", owner=self.lab)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.lab.unlink()

    def test_a_rule_tells_of_itself(self):
        self.assertEqual(
            "Patients and parties, Name, Phone: Entities",
            self.own("party", "name", "phone").display_name,
        )
        self.assertEqual(
            "Products, all of it: people here", self.own("product", owner=False).display_name
        )

    def test_what_is_changed_and_archived_is_on_record(self):
        rule = self.own("party").with_context(tracking_disable=False)
        for name, value in (
            ("active", False),
            ("policy", "flag"),
            ("system_id", False),
            ("attribute_ids", [Command.set(self.attributes("party", "phone").ids)]),
        ):
            self.flush_tracking()
            before = rule.message_ids
            rule[name] = value
            self.flush_tracking()
            told = (rule.message_ids - before).tracking_value_ids.field_id.mapped("name")
            with self.subTest(name):
                self.assertEqual([name], told)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()


@tagged("post_install", "-at_install")
class TestAsAFile(OwnershipCase):
    """Rules travel in the configuration file, with codes and names in the place of ids."""

    def setUp(self):
        super().setUp()
        self.files = self.env["interop.configuration.file"]
        self.rules = self.own("party", "name", "phone", policy="refuse")
        self.rules |= self.own("product", owner=False, facility_id=self.facility.id)

    def text(self):
        return self.files._text({"ownership": self.rules})

    def test_into_the_database_it_came_from_it_changes_nothing(self):
        seen, mistakes = self.files._take(self.text())
        self.assertFalse(mistakes)
        self.assertEqual(["same", "same"], [one.state for one in seen])

    def test_into_one_that_knows_nothing_of_it(self):
        before = self.text()
        self.rules.unlink()
        seen, mistakes = self.files._take(before)
        self.assertFalse(mistakes)
        self.assertEqual(["new", "new"], [one.state for one in seen])
        self.rules = self.env["interop.ownership"].search([])
        self.assertEqual(before, self.text())

    def test_what_differs_is_told_and_taken(self):
        before = self.text()
        self.rules[0].write({"policy": "flag", "system_id": self.lab.id})
        seen = self.files._plan(before).changes
        owner = self.rules[0].system_id.code
        self.assertEqual(["changed", "same"], [one.state for one in seen])
        self.assertEqual(
            {("policy", "flag", "refuse"), ("owner", owner, "x-ehr")}, {*map(tuple, seen[0].told)}
        )
        self.files._take(before)
        self.assertEqual(before, self.text())

    def test_what_nobody_knows_here_keeps_the_file_out(self):
        before = self.text()
        for word, other, code in (
            ("x-ehr", "x-other", "unknown_system"),
            ("phone", "fax", "unknown_attribute"),
            ("Main", "Moon", "unknown_facility"),
            ("refuse", "pray", "bad_enum"),
            ("product", "prayer", "bad_enum"),
        ):
            with self.subTest(code=code, word=other):
                seen, mistakes = self.files._take(before.replace(f'"{word}"', f'"{other}"'))
                self.assertEqual(([], [code]), (seen, [one.code for one in mistakes]))
                self.assertTrue(mistakes[0].place.startswith("ownership["))
        self.assertEqual(before, self.text())

    def test_what_can_not_stand_beside_what_is_here_raises(self):
        before = self.text()
        self.rules[0].attribute_ids = self.attributes("party", "phone", "email")
        with (
            self.assertRaisesRegex(UserError, r"ownership\[\d\]: Two lines"),
            self.env.cr.savepoint(),
        ):
            self.files._take(before)


@tagged("post_install", "-at_install")
class TestStatements(OwnershipCase):
    """Rules come from a cache; what they need to know of records is asked once a set."""

    def test_a_rule_costs_nothing_where_it_does_not_apply(self):
        self.done(*self.crowd("Ada", 7))
        self.statements(self.apply, *self.crowd("Ada", 8))
        without = self.statements(self.apply, *self.crowd("Ada", 9))
        self.own("employee", policy="refuse")
        self.own("party", policy="refuse")
        # compiling the rules is not counted: a worker does it once
        self.env["interop.ownership"]._rules()
        self.statements(self.apply, *self.crowd("Ada", 10))
        self.assertEqual(without, self.statements(self.apply, *self.crowd("Ada", 11)))

    def test_strangers_cost_the_same_however_many_they_are(self):
        self.own("party", "name", policy="ignore")
        self.done(*self.crowd("Ada", 7, contacts=phone("1")))
        self.statements(self.by_lab, *self.crowd("Bob", 8, contacts=phone("1")))
        few = self.statements(self.by_lab, *self.crowd("Bob", 9, contacts=phone("1"))[:3])
        many = self.statements(self.by_lab, *self.crowd("Bob", 10, contacts=phone("1")))
        self.assertEqual(few, many)
