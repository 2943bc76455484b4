"""What callers of an interface that ends are told."""

import unittest
from datetime import datetime, timedelta, timezone

from core.lifecycle import (
    ACTIVE,
    DEPRECATED,
    DRAFT,
    RETIRED,
    Lifecycle,
    Retired,
    status_of,
    term_due,
)
from core.problem import headers_of, problem

DAY = datetime(2026, 6, 30, 23, 59, 59, tzinfo=timezone.utc)


class TestLifecycle(unittest.TestCase):
    def test_only_what_ends_tells_of_its_end(self):
        for status in (DRAFT, ACTIVE):
            with self.subTest(status=status):
                self.assertEqual(Lifecycle(status, DAY, DAY, "/new").headers(), ())

    def test_headers_are_those_of_the_standards(self):
        self.assertEqual(
            Lifecycle(DEPRECATED, DAY, DAY + timedelta(days=1), "/interop/v1/in/new").headers(),
            (
                ("Deprecation", "@1782863999"),
                ("Sunset", "Wed, 01 Jul 2026 23:59:59 GMT"),
                ("Link", '</interop/v1/in/new>; rel="successor-version"'),
            ),
        )

    def test_a_sunset_is_told_in_greenwich_time_whatever_its_zone(self):
        there = DAY.astimezone(timezone(timedelta(hours=9)))
        self.assertEqual(
            Lifecycle(DEPRECATED, sunset_at=there).headers(),
            (("Sunset", "Tue, 30 Jun 2026 23:59:59 GMT"),),
        )

    def test_an_end_of_which_no_day_is_set_is_told_as_such(self):
        self.assertEqual(Lifecycle(DEPRECATED, DAY).headers(), (("Deprecation", "@1782863999"),))

    def test_nothing_ends_by_itself(self):
        Lifecycle(DEPRECATED, DAY, DAY - timedelta(days=9999)).check()

    def test_what_is_retired_is_gone_and_says_what_follows(self):
        with self.assertRaises(Retired) as caught:
            Lifecycle(RETIRED, successor="/interop/v1/in/new").check()
        told = problem(caught.exception)
        self.assertEqual((told["status"], told["code"]), (410, "interface_retired"))
        self.assertEqual(caught.exception.successor, "/interop/v1/in/new")
        self.assertEqual(headers_of(caught.exception), {})

    def test_a_pause_or_a_trial_is_no_end(self):
        for state in ("test", "live", "paused"):
            self.assertEqual(status_of(state, None), ACTIVE)
            self.assertEqual(status_of(state, DAY), DEPRECATED)
        for state in (DRAFT, RETIRED):
            self.assertEqual(status_of(state, None), state)
            self.assertEqual(status_of(state, DAY), state)

    def test_each_term_is_told_once_and_only_what_is_nearer_after_it(self):
        told, terms = 0, []
        for days in (31, 30, 29, 7, 6.9, 1, 0, -5):
            due = term_due(timedelta(days=days), told)
            told = due or told
            terms.append(due)
        self.assertEqual(terms, [0, 30, 0, 7, 0, 1, 0, 0])

    def test_a_term_that_was_missed_is_not_made_up_for(self):
        self.assertEqual(term_due(timedelta(hours=3), 0), 1)
        self.assertEqual(term_due(timedelta(days=20), 7), 0)
