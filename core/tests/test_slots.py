"""Double bookings: the sweep gives what comparing each with each gives."""

import doctest
import itertools
import random
import unittest
from datetime import datetime, timedelta

from .. import slots
from ..slots import Slot, clashes

START = datetime(2026, 1, 1)


class ClashesTest(unittest.TestCase):
    def test_as_comparing_each_with_each(self):
        rng = random.Random(7)
        for _round in range(50):
            made = [
                Slot(
                    key,
                    start := START + timedelta(minutes=rng.randrange(0, 300, 15)),
                    start + timedelta(minutes=rng.randrange(0, 90, 15)),
                    frozenset(rng.sample("ABCDE", rng.randrange(3))),
                )
                for key in range(30)
            ]
            expected = {}
            for one, two in itertools.permutations(made, 2):
                is_later = (one.start, one.key) > (two.start, two.key)
                first, second = (two, one) if is_later else (one, two)
                if one.takes & two.takes and first.end > second.start:
                    expected.setdefault(one.key, set()).add(two.key)
            self.assertEqual(clashes(made), expected)

    def test_the_example(self):
        self.assertEqual(doctest.testmod(slots).failed, 0)
