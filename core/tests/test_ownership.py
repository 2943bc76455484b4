"""Whose word stands, decided without a database."""

import unittest

from core.ownership import FLAG, IGNORE, PEOPLE, REFUSE, WHOLE, Ownership, Rule, judge, reason

EHR, LAB = 7, 8


def rule(id_=1, entity="party", attributes=(), owner=EHR, name="ehr", facility=0, policy=REFUSE):
    return Rule(id_, entity, frozenset(attributes), owner, name, facility, policy)


class TestRule(unittest.TestCase):
    def test_without_rules_everybody_may_say_everything(self):
        ownership = Ownership([])
        self.assertIsNone(ownership.rule("party", "name"))
        self.assertEqual(ownership.foreign("party", ["name"], system=LAB), {})

    def test_a_rule_without_attributes_is_for_all_of_the_entity_and_no_other(self):
        whole = rule()
        ownership = Ownership([whole])
        self.assertIs(ownership.rule("party", "name"), whole)
        self.assertIs(ownership.rule("party", WHOLE), whole)
        self.assertIsNone(ownership.rule("employee", "name"))

    def test_a_rule_that_names_attributes_is_for_those(self):
        ownership = Ownership([rule(attributes=["name", "address"])])
        self.assertEqual(
            set(ownership.foreign("party", ["name", "phone", "address"], system=LAB)),
            {"name", "address"},
        )
        self.assertIsNone(ownership.rule("party", WHOLE))

    def test_the_more_specific_goes_first_whatever_their_order(self):
        rules = [
            rule(1),
            rule(2, facility=3),
            rule(3, attributes=["name"]),
            rule(4, attributes=["name"], facility=3),
        ]
        for given in (rules, rules[::-1]):
            ownership = Ownership(given)
            self.assertEqual(
                [
                    ownership.rule("party", name, facility).id
                    for name, facility in (("phone", 0), ("phone", 3), ("name", 0), ("name", 3))
                ],
                [1, 2, 3, 4],
            )

    def test_a_rule_of_one_facility_is_not_for_another(self):
        ownership = Ownership([rule(facility=3)])
        self.assertIsNone(ownership.rule("party", "name", 4))
        self.assertIsNone(ownership.rule("party", "name"))
        self.assertEqual(ownership.rule("party", "name", 3).id, 1)

    def test_answers_are_remembered_apart(self):
        ownership = Ownership([rule(attributes=["name"])])
        for _time in range(2):
            self.assertEqual(ownership.rule("party", "name").id, 1)
            self.assertIsNone(ownership.rule("party", "phone"))


class TestForeign(unittest.TestCase):
    def test_the_owner_may_say_what_is_its_own(self):
        ownership = Ownership([rule()])
        self.assertEqual(ownership.foreign("party", ["name"], system=EHR), {})
        self.assertEqual(list(ownership.foreign("party", ["name"], system=LAB)), ["name"])

    def test_an_attribute_given_away_is_not_the_general_owners(self):
        ownership = Ownership([rule(), rule(2, attributes=["phone"], owner=LAB, name="lab")])
        self.assertEqual(list(ownership.foreign("party", ["name", "phone"], system=LAB)), ["name"])
        self.assertEqual(list(ownership.foreign("party", ["name", "phone"], system=EHR)), ["phone"])

    def test_what_people_own_may_be_said_once(self):
        ownership = Ownership([rule(owner=PEOPLE, name="Odoo")])
        self.assertEqual(list(ownership.foreign("party", ["name"], system=LAB)), ["name"])
        self.assertEqual(ownership.foreign("party", ["name"], system=LAB, is_new=True), {})

    def test_what_a_system_owns_is_not_for_others_to_begin(self):
        ownership = Ownership([rule()])
        self.assertTrue(ownership.foreign("party", ["name"], system=LAB, is_new=True))


class TestJudge(unittest.TestCase):
    def test_each_by_its_own_policy(self):
        rules = {
            "name": rule(1, policy=REFUSE),
            "phone": rule(2, policy=IGNORE),
            "email": rule(3, policy=FLAG),
        }
        verdict = judge(rules)
        self.assertEqual(dict(verdict.refused), {"name": rules["name"]})
        self.assertEqual(dict(verdict.left_out), {"phone": rules["phone"]})
        self.assertEqual(dict(verdict.flagged), {"email": rules["email"]})

    def test_nothing_differs(self):
        verdict = judge({})
        self.assertEqual((verdict.refused, verdict.left_out, verdict.flagged), ({}, {}, {}))

    def test_the_first_of_several_is_always_the_same(self):
        names = ["phone", "address", "name"]
        refused = judge({name: rule() for name in names}).refused
        self.assertEqual(list(refused), sorted(names))


class TestReason(unittest.TestCase):
    def test_owners_and_what_is_theirs(self):
        people = rule(2, owner=PEOPLE, name="Odoo")
        told = reason({"price": people, "name": rule(), "address": rule()})
        self.assertEqual(told, "left to Odoo: price; left to ehr: address, name")

    def test_the_whole(self):
        self.assertEqual(reason({WHOLE: rule()}), "left to ehr: all of it")


if __name__ == "__main__":
    unittest.main()
