"""Who says otherwise than what stands, without a database."""

import unittest
from datetime import date

from core.disagreements import Listed, Said, is_news, left_out, mark_of, written

KEY = b"k" * 32
EHR, LAB, ERP = 1, 2, 3


def mark(**values):
    return mark_of(KEY, values)


class TestMark(unittest.TestCase):
    def test_the_same_values_have_one_mark_in_any_order(self):
        self.assertEqual(mark(a="1", b="2"), mark(b="2", a="1"))
        self.assertNotEqual(mark(a="1", b="2"), mark(a="2", b="1"))
        self.assertNotEqual(mark(a="1"), mark(b="1"))

    def test_nothing_is_nothing_however_it_is_said(self):
        self.assertEqual(1, len({mark(a=value) for value in (False, None, "", 0, 0.0, -1e-9)}))
        self.assertNotEqual(mark(a=False), mark(a=True))

    def test_amounts_to_the_sixth_place(self):
        self.assertEqual(mark(a=0.1 + 0.2), mark(a=0.3))
        self.assertNotEqual(mark(a=0.30001), mark(a=0.3))

    def test_days_and_ids(self):
        self.assertNotEqual(mark(a=date(2026, 1, 1)), mark(a=date(2026, 1, 2)))
        self.assertNotEqual(mark(a=1), mark(a=2))

    def test_a_list_that_replaces_can_be_compared_and_one_that_adds_can_not(self):
        self.assertEqual(mark(a=[(6, 0, [1, 2])]), mark(a=[(6, 0, [2, 1])]))
        self.assertNotEqual(mark(a=[(6, 0, [1, 2])]), mark(a=[(6, 0, [1])]))
        self.assertIsNone(mark(a=[(0, 0, {"x": 1})]))

    def test_no_separator_makes_two_values_one(self):
        self.assertNotEqual(mark(a="x\nb=1:y", b=""), mark(a="x", b="y"))
        self.assertNotEqual(mark(a="1", b="x"), mark(a="1\nb=1:x"))

    def test_it_can_not_be_guessed_without_the_key(self):
        self.assertNotEqual(mark_of(KEY, {"a": "x"}), mark_of(b"l" * 32, {"a": "x"}))

    def test_any_text_has_one(self):
        self.assertEqual(16, len(mark(a="\ud800 \x00 ü")))


class TestWords(unittest.TestCase):
    def test_who_is_written_stands(self):
        said = written(LAB, "x", {EHR: "y", ERP: "x"})
        self.assertEqual({EHR: True, ERP: False, LAB: False},
                         {one: word.is_otherwise for one, word in said.items()})  # fmt: skip
        self.assertEqual({LAB}, {word.stands for word in said.values()})
        self.assertEqual({"x"}, {word.stands_mark for word in said.values()})

    def test_the_speakers_earlier_word_is_forgotten(self):
        self.assertEqual("x", written(LAB, "x", {LAB: "y"})[LAB].mark)

    def test_who_is_left_out_says_otherwise_or_the_same(self):
        self.assertTrue(left_out(LAB, "x", stands=EHR, stands_mark="y")[LAB].is_otherwise)
        self.assertFalse(left_out(LAB, "x", stands=EHR, stands_mark="x")[LAB].is_otherwise)


class TestNews(unittest.TestCase):
    OTHERWISE, SAME = Said("x", EHR, "y"), Said("y", EHR, "y")

    def test_a_new_disagreement_and_a_new_agreement(self):
        self.assertTrue(is_news(None, self.OTHERWISE))
        self.assertFalse(is_news(None, self.SAME))

    def test_an_open_one_that_is_the_same_is_no_news(self):
        self.assertFalse(is_news(Listed(self.OTHERWISE, True, False), self.OTHERWISE))
        self.assertTrue(is_news(Listed(self.OTHERWISE, True, False), Said("z", EHR, "y")))
        self.assertTrue(is_news(Listed(self.OTHERWISE, True, False), Said("x", ERP, "y")))

    def test_agreement_closes_what_is_open_and_forgets_what_was_decided(self):
        self.assertTrue(is_news(Listed(self.OTHERWISE, True, False), self.SAME))
        self.assertTrue(is_news(Listed(self.OTHERWISE, False, True), self.SAME))
        self.assertFalse(is_news(Listed(self.OTHERWISE, False, False), self.SAME))

    def test_one_that_ended_by_itself_may_come_back(self):
        self.assertTrue(is_news(Listed(self.OTHERWISE, False, False), self.OTHERWISE))

    def test_what_was_decided_stays_until_somebody_says_something_else(self):
        decided = Listed(self.OTHERWISE, False, True)
        self.assertFalse(is_news(decided, self.OTHERWISE))
        self.assertFalse(is_news(decided, Said("x", ERP, "y")))
        self.assertTrue(is_news(decided, Said("z", EHR, "y")))
        self.assertTrue(is_news(decided, Said("x", EHR, "z")))


if __name__ == "__main__":
    unittest.main()
