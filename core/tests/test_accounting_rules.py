"""Which rule gives what, decided without a database."""

import itertools
import unittest

from core.accounting_rules import (
    CONDITIONS,
    CUSTOMER,
    PAYMENT,
    VENDOR,
    AccountingRules,
    Case,
    Rule,
)

OURS, THEIRS = 1, 2
CASE = Case(CUSTOMER, OURS, category=(30, 3), department=(20, 2), facility=(10,), system=(5,))


def rule(id_=1, about=CUSTOMER, company=OURS, gives=None, **conditions):
    return Rule(id_, about, company, conditions, {"journal": id_} if gives is None else gives)


def found(rules, case=CASE, what="journal"):
    one = AccountingRules(rules).find(what, case)
    return one and one.id


class TestFind(unittest.TestCase):
    def test_without_rules_there_is_none(self):
        self.assertIsNone(found([]))

    def test_a_rule_without_conditions_is_for_every_case_of_its_company_and_kind(self):
        self.assertEqual(found([rule()]), 1)
        self.assertEqual(found([rule()], Case(CUSTOMER, OURS)), 1)
        for other in (Case(VENDOR, OURS), Case(PAYMENT, OURS), Case(CUSTOMER, THEIRS)):
            self.assertIsNone(found([rule()], other))

    def test_every_condition_has_to_be_met(self):
        self.assertEqual(found([rule(facility=10, system=5)]), 1)
        for other in ({"facility": 11, "system": 5}, {"facility": 10, "system": 6}):
            self.assertIsNone(found([rule(**other)]))
        self.assertIsNone(found([rule(facility=10)], Case(CUSTOMER, OURS)))

    def test_the_more_specific_goes_first_whatever_their_order(self):
        by_rank = [
            {"category": 30, "department": 20},
            {"category": 30},
            {"category": 3, "system": 5},
            {"department": 20, "facility": 10},
            {"department": 20},
            {"department": 2},
            {"facility": 10, "system": 5},
            {"facility": 10},
            {"system": 5},
            {},
        ]
        rules = [rule(number, **conditions) for number, conditions in enumerate(by_rank)]
        for first, second in itertools.combinations(rules, 2):
            self.assertEqual(found([first, second]), first.id)
            self.assertEqual(found([second, first]), first.id)

    def test_each_thing_comes_from_the_nearest_rule_that_gives_it(self):
        rules = [
            rule(1, gives={"journal": 7, "account": 8}),
            rule(2, gives={"account": 9}, system=5),
        ]
        self.assertEqual((found(rules), found(rules, what="account")), (1, 2))
        self.assertIsNone(found(rules, what="taxes"))

    def test_what_is_given_may_be_nothing(self):
        self.assertEqual(found([rule(1, gives={"taxes": ()})], what="taxes"), 1)

    def test_of_two_alike_the_first_made_goes_first(self):
        self.assertEqual(found([rule(2), rule(1)]), 1)


class TestAsks(unittest.TestCase):
    def test_only_what_a_rule_of_that_kind_and_company_asks(self):
        rules = AccountingRules([rule(department=20)])
        asked = [name for name in CONDITIONS if rules.asks(CUSTOMER, OURS, name)]
        self.assertEqual(asked, ["department"])
        self.assertFalse(rules.asks(VENDOR, OURS, "department"))
        self.assertFalse(rules.asks(CUSTOMER, THEIRS, "department"))
