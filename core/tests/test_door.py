"""The small rules of the door."""

import unittest

from core.door import LONGEST_SUBJECT, Answer, has_nul, is_many, stored_subject


class TestDoor(unittest.TestCase):
    def test_a_subject_is_kept_as_it_is(self):
        self.assertEqual(stored_subject("party/GRH|1", "u"), "party/GRH|1")

    def test_facts_without_a_key_do_not_share_a_subject(self):
        self.assertNotEqual(stored_subject("order/?", "a"), stored_subject("order/?", "b"))

    def test_a_long_subject_is_cut_and_stays_itself(self):
        long, other = "party/" + "x" * 400, "party/" + "x" * 401
        self.assertLessEqual(len(stored_subject(long, "u")), LONGEST_SUBJECT)
        self.assertEqual(stored_subject(long, "a"), stored_subject(long, "b"))
        self.assertNotEqual(stored_subject(long, "u"), stored_subject(other, "u"))

    def test_a_body_is_a_batch_by_its_form(self):
        self.assertFalse(is_many(1, "application/json"))
        self.assertTrue(is_many(2, "application/json"))
        self.assertTrue(is_many(1, "application/x-ndjson"))
        self.assertTrue(is_many(1, "application/cloudevents-batch+json; charset=utf-8"))

    def test_nul_is_found_in_any_text(self):
        self.assertTrue(has_nul("a", "b\x00"))
        self.assertFalse(has_nul("a", ""))

    def test_an_answer_tells_more_and_stays_as_it_was(self):
        answer = Answer(202, "application/json", b"{}", (("A", "1"),))
        self.assertIs(answer.with_headers(()), answer)
        told = answer.with_headers((("B", "2"),))
        self.assertEqual(told.headers, (("A", "1"), ("B", "2")))
        self.assertEqual((told.status, told.body), (202, b"{}"))
        self.assertEqual(answer.headers, (("A", "1"),))
