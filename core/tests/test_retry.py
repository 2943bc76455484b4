import doctest
import unittest
from datetime import datetime, timezone

from .. import retry
from ..retry import Backoff, parse_retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite(retry))
    return tests


class BackoffTest(unittest.TestCase):
    def test_the_delay_doubles_up_to_its_cap(self):
        backoff = Backoff(base_seconds=5, cap_seconds=100, jitter=0, max_attempts=0)
        delays = [backoff.delay(attempt, random01=0.9) for attempt in (0, 1, 2, 3, 6, 10**6)]
        self.assertEqual([5, 5, 10, 20, 100, 100], delays)

    def test_jitter_spreads_the_share_it_is_given(self):
        backoff = Backoff(base_seconds=10, jitter=0.5)
        self.assertEqual(5, backoff.delay(1, random01=0))
        self.assertEqual(7.5, backoff.delay(1, random01=0.5))
        self.assertLess(backoff.delay(1, random01=0.999), 10)

    def test_attempts_are_used_up(self):
        backoff = Backoff(max_attempts=3)
        self.assertIsNotNone(backoff.delay(2, random01=0))
        self.assertIsNone(backoff.delay(3, random01=0))
        self.assertIsNone(backoff.delay(3, random01=0, retry_after=5))

    def test_a_peer_may_ask_for_more_time_but_not_for_ever(self):
        backoff = Backoff(base_seconds=10, jitter=0, retry_after_cap_seconds=600)
        self.assertEqual(10, backoff.delay(1, random01=0, retry_after=3))
        self.assertEqual(120, backoff.delay(1, random01=0, retry_after=120))
        self.assertEqual(600, backoff.delay(1, random01=0, retry_after=10**9))

    def test_a_senseless_strategy_is_refused(self):
        for wrong in (
            {"base_seconds": 0},
            {"base_seconds": 10, "cap_seconds": 5},
            {"factor": 0.5},
            {"jitter": 1.1},
            {"max_attempts": -1},
            {"retry_after_cap_seconds": 0},
        ):
            self.assertRaises(ValueError, Backoff, **wrong)


class RetryAfter(unittest.TestCase):
    def test_seconds_and_dates_are_read(self):
        for value, expected in (
            ("120", 120),
            (" 0 ", 0),
            ("Mon, 23 Nov 2026 12:01:00 GMT", 60),
            ("Mon, 23 Nov 2026 12:01:00 -0000", 60),
            ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ):
            self.assertEqual(expected, parse_retry_after(value, NOW))

    def test_anything_else_is_nothing(self):
        for value in (
            "",
            "soon",
            "-5",
            "1.5",
            "9" * 5000,
            "Mon, 99 Nov 2026 12:01:00 GMT",
            "\0",
            "1 2",
        ):
            self.assertIsNone(parse_retry_after(value, NOW), value)
