"""Cost centres that are split in shares."""

import doctest
import unittest
from datetime import date
from decimal import Decimal

from .. import shares
from ..shares import divided, shared

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def percents(**by_centre):
    return {int(name[1:]): Decimal(percent) for name, percent in by_centre.items()}


class SharesTest(unittest.TestCase):
    def test_the_examples_hold(self):
        self.assertEqual(doctest.testmod(shares).failed, 0)

    def test_the_latest_split_that_has_begun_counts(self):
        splits = {1: {AUGUST: percents(_3=100), JULY: percents(_1=50, _2=50)}}
        found = [shared(1, day, splits) for day in (date(2026, 1, 1), JULY, AUGUST)]
        self.assertEqual(found, [percents(_1=100), percents(_1=50, _2=50), percents(_3=100)])

    def test_shares_are_split_again_but_not_in_circles(self):
        splits = {
            1: {JULY: percents(_2=50, _3=50)},
            2: {JULY: percents(_3=20, _4=80)},
            4: {JULY: percents(_1=100)},
        }
        self.assertEqual(shared(1, JULY, splits), percents(_3=60, _1=40))

    def test_what_nobody_else_bears_stays(self):
        splits = {1: {JULY: percents(_2=50)}, 2: {JULY: percents(_3=20)}}
        self.assertEqual(shared(1, JULY, splits), percents(_1=50, _2=40, _3=10))

    def test_nothing_is_lost_by_rounding(self):
        thirds = {1: Decimal("33.33"), 2: Decimal("33.34"), 3: Decimal("33.33")}
        for amount in ("0.01", "-0.02", "100", "99.99", "0"):
            parts = divided(Decimal(amount), thirds, 2)
            self.assertEqual(sum(parts.values()), Decimal(amount), amount)
