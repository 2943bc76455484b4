import doctest
import unittest

from .. import audit_changes
from ..audit_changes import HIDDEN, LONGEST_TEXT, changes, shown
from ..audit_sampling import FIRST_FEW, MOST_KINDS, MOST_TOLD, Sampler


def load_tests(_loader, tests, _pattern):
    tests.addTests(doctest.DocTestSuite(audit_changes))
    return tests


class Changes(unittest.TestCase):
    def test_only_what_differs_is_told(self):
        self.assertEqual(changes({"a": 1, "b": 2}, {"a": 1, "b": 3}), {"b": [2, 3]})
        self.assertEqual(changes({}, {"a": "x"}), {"a": [None, "x"]})
        self.assertEqual(changes({"a": True}, {"a": False}), {"a": [True, None]})

    def test_a_secret_is_never_told(self):
        told = changes({"secret": "old"}, {"secret": "new"}, {"secret"})
        self.assertEqual(told, {"secret": HIDDEN})

    def test_a_long_text_is_cut_and_still_told_apart(self):
        one, other = "x" * LONGEST_TEXT + "1", "x" * LONGEST_TEXT + "2"
        self.assertNotEqual(shown(one), shown(other))
        self.assertLess(len(shown("x" * 10**6)), LONGEST_TEXT + 120)
        self.assertEqual(shown("x" * LONGEST_TEXT), "x" * LONGEST_TEXT)

    def test_lists_and_dicts_hold_what_is_shown(self):
        self.assertEqual(shown(({"a": False}, 1.5, None)), [{"a": None}, 1.5, None])


class Sampling(unittest.TestCase):
    def test_the_first_few_are_told_and_the_next_minute_tells_of_the_others(self):
        sampler = Sampler()
        found = [sampler.count("a", 0.5 + place) for place in range(10)]
        self.assertEqual(found, [1] * FIRST_FEW + [0] * (10 - FIRST_FEW))
        self.assertEqual(sampler.count("a", 61), 10 - FIRST_FEW + 1)
        self.assertEqual(sampler.count("a", 62), 1)

    def test_kinds_do_not_share_their_few_but_all_share_a_ceiling(self):
        sampler = Sampler()
        told = sum(sampler.count(number, 1) for number in range(MOST_TOLD * 2))
        self.assertEqual(told, MOST_TOLD)
        self.assertEqual(sampler.count(MOST_TOLD * 2 - 1, 61), 2)

    def test_nothing_is_lost_over_an_hour_of_flood(self):
        sampler, told, entries = Sampler(), 0, 0
        for second in range(0, 3600):
            for _ in range(10):
                count = sampler.count("a", second)
                told, entries = told + count, entries + bool(count)
        told += sampler.count("a", 3600)
        self.assertEqual(told, 36_001)
        self.assertEqual(entries, 60 * FIRST_FEW)

    def test_memory_has_an_end(self):
        sampler = Sampler()
        for number in range(MOST_KINDS * 3):
            sampler.count(number, 1)
        self.assertEqual(len(sampler._kinds), MOST_KINDS)


if __name__ == "__main__":
    unittest.main()
