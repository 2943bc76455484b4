import doctest
import unittest

from .. import audit_changes
from ..audit_changes import HIDDEN, LONGEST_TEXT, changes, shown


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


if __name__ == "__main__":
    unittest.main()
