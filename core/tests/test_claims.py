"""What has become of a claim."""

import unittest
from decimal import Decimal

from ..claims import refused, state_of


class ClaimStateTest(unittest.TestCase):
    def test_what_was_said_and_the_amounts_decide(self):
        for status, outcome, amounts, state in (
            ("draft", "", (100, 0, 0), "draft"),
            ("active", "", (100, 0, 0), "submitted"),
            ("", "", (0, 0, 0), "submitted"),
            ("draft", "complete", (100, 100, 0), "accepted"),
            ("active", "queued", (100, 0, 0), "queued"),
            ("active", "error", (100, 0, 0), "rejected"),
            ("active", "complete", (100, 80, 20), "accepted"),
            ("active", "complete", (100, 80, 0), "partial"),
            ("active", "partial", (100, 80, 0), "partial"),
            ("active", "complete", (100, 0, 0), "denied"),
            ("active", "complete", (100, 0, 30), "denied"),
            ("active", "complete", (100, 0, 100), "accepted"),
            ("active", "complete", (0, 0, 0), "accepted"),
            ("cancelled", "complete", (100, 80, 0), "cancelled"),
        ):
            with self.subTest(status=status, outcome=outcome, amounts=amounts):
                self.assertEqual(state_of(status, outcome, *map(Decimal, amounts)), state)

    def test_nothing_below_zero_is_refused(self):
        self.assertEqual(refused(Decimal(100), Decimal(120), Decimal(0)), 0)
        self.assertEqual(refused(Decimal(100), Decimal(70), Decimal("10.5")), Decimal("19.5"))
