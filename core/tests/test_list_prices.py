import doctest
import itertools
import unittest
from datetime import datetime

from .. import list_prices
from ..list_prices import Told, in_force, in_order, to_keep


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite(list_prices))
    return tests


def at(hour):
    return datetime(2026, 3, 1, hour)


def told(hour, price):
    return Told(at(hour), f"20260301T{hour:02}", price)


BEFORE = Told(None, "", 20)


class InForceTest(unittest.TestCase):
    def test_the_latest_since_then(self):
        prices = [told(8, 28), told(12, 30)]
        for hour, price in ((8, 28), (11, 28), (12, 30), (23, 30)):
            self.assertEqual(price, in_force(prices, 30, at(hour)).price)

    def test_before_the_first_the_first(self):
        self.assertEqual(told(8, 28), in_force([told(8, 28)], 28, at(7)))
        self.assertEqual(BEFORE, in_force([BEFORE, told(8, 28)], 28, at(7)))

    def test_a_price_of_nothing_is_none(self):
        prices = [told(8, 28), told(10, 0), told(12, 30)]
        self.assertEqual(30, in_force(prices, 30, at(11)).price)
        self.assertIsNone(in_force(prices[:2], 0, at(11)))

    def test_a_persons_price_stands(self):
        self.assertIsNone(in_force([told(8, 28)], 40, at(9)))

    def test_nothing_told_and_no_moment(self):
        self.assertIsNone(in_force([], 28, at(9)))
        self.assertIsNone(in_force([told(8, 28)], 28, None))


class Catalogue:
    """Takes prices as the add-on does: no older version overwrites a newer."""

    def __init__(self, standing=0.0):
        self.told, self.standing, self.known = [], standing, None

    def tell(self, price):
        kept = to_keep(self.told, self.standing, price, self.known)
        rows = {one.version: one for one in (*self.told, *kept)}
        self.told = in_order(rows.values())
        if self.known is None or price.version >= self.known.version:
            self.standing, self.known = price.price, price
        return kept


class ToKeepTest(unittest.TestCase):
    def test_the_order_of_arrival_decides_nothing(self):
        """Any four prices, one of them repeated, in any order: the same price at each hour that they speak of."""
        for standing in (0.0, 20.0):
            for words in (
                (told(8, 28), told(10, 30), told(12, 28)),
                (told(8, 28), told(10, 0), told(12, 30)),
                (told(8, 28), told(10, 30), told(14, 31), told(16, 30)),
            ):
                found = set()
                for order in itertools.permutations(words):
                    one = Catalogue(standing)
                    for word in order:
                        one.tell(word)
                    prices = [
                        in_force(one.told, one.standing, at(hour)).price
                        for hour in (9, 11, 13, 15, 17)
                    ]
                    found.add(tuple(prices))
                self.assertEqual(1, len(found), found)

    def test_what_is_told_again_is_kept_once(self):
        one = Catalogue()
        self.assertEqual([told(8, 28)], one.tell(told(8, 28)))
        self.assertEqual([], one.tell(told(9, 28)))
        self.assertEqual([told(9, 28), told(12, 30)], one.tell(told(12, 30)))
        self.assertEqual([], one.tell(told(12, 30)))

    def test_what_stood_before_the_first_is_kept(self):
        one = Catalogue(20)
        self.assertEqual([], one.tell(told(8, 20)))
        self.assertEqual([BEFORE, told(8, 20), told(9, 28)], one.tell(told(9, 28)))

    def test_late_news_is_bounded_by_the_newest_word(self):
        one = Catalogue()
        one.tell(told(8, 28))
        one.tell(told(12, 28))
        self.assertEqual([told(12, 28), told(10, 30)], one.tell(told(10, 30)))
        self.assertEqual(30, in_force(one.told, 28, at(11)).price)
        self.assertEqual(28, in_force(one.told, 28, at(13)).price)

    def test_a_persons_price_is_not_taken_for_a_told_one(self):
        one = Catalogue()
        one.tell(told(8, 28))
        one.standing = 40.0
        self.assertEqual([told(12, 30)], one.tell(told(12, 30)))

    def test_numbers_without_a_time_hold_from_when_they_came(self):
        first, second = (Told(at(hour), f"n{hour}", hour) for hour in (8, 9))
        one = Catalogue()
        self.assertEqual([second], one.tell(second))
        self.assertEqual([], one.tell(first))
        one.standing, one.told = 5.0, []
        third = Told(at(10), "na", 10)
        self.assertEqual([BEFORE._replace(price=5.0), third], one.tell(third))
