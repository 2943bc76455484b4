"""What was told of somebody's posts, in any order of arrival."""

import itertools
import unittest
from datetime import date

from ..post_rows import EMPLOYMENT, MOVE, POST, News, take, told
from ..posts import EVER, NEVER, line


def day(number):
    return date(2026, 12, number)


def news(version, start, ward="", *, kind=MOVE, said=1, **more):
    number = "P" if kind == POST else ""
    values = {"ward": ward} if ward else {}
    values |= more.pop("values", {})
    start = EVER if start is None else day(start)
    return News(1, f"v{version}", day(said), kind, number, start, values, ward == "" and not values)


class TakeTest(unittest.TestCase):
    def wards(self, *said):
        """{day: ward}, the same in every order of arrival."""
        found = []
        for order in itertools.permutations(said):
            rows = []
            for one in order:
                take(rows, one)
            found.append(line(told(rows)).get("ward", {}))
        for other in found[1:]:
            self.assertEqual(found[0], other)
        return found[0]

    def test_moves_stand_beside_one_another(self):
        self.assertEqual(
            self.wards(news(1, 5, "A"), news(2, 3, "B"), news(3, 9, "C")),
            {day(3): "B", day(5): "A", day(9): "C"},
        )

    def test_a_move_is_corrected_and_withdrawn_by_its_day(self):
        self.assertEqual(self.wards(news(1, 5, "A"), news(2, 5, "B")), {day(5): "B"})
        self.assertEqual(self.wards(news(1, 5, "A"), news(2, 5), news(1, 7, "C")), {day(7): "C"})
        self.assertEqual(self.wards(news(1, 5, "A"), news(2, 5), news(3, 5, "C")), {day(5): "C"})

    def test_what_is_older_says_so(self):
        rows = []
        self.assertIs(take(rows, news(2, 5, "A")), rows[0])
        self.assertIsNone(take(rows, news(1, 5, "B")))
        self.assertIsNone(take(rows, news(1, 5)))
        self.assertIs(take(rows, news(2, 5)), rows[0])
        self.assertIs(take(rows, news(3, 5)), rows[0])
        self.assertIsNone(take(rows, news(2, 5, "B")))
        self.assertEqual((len(rows), rows[0].since), (1, day(1)))

    def test_attributes_are_as_new_as_their_own_news(self):
        rows = []
        take(rows, news(2, 5, "A"))
        take(rows, news(1, 5, "B", values={"role": "nurse"}))
        self.assertEqual(rows[0].values, {"ward": "A", "role": "nurse"})

    def test_what_is_repeated_every_night_is_kept_twice(self):
        rows = []
        for night in range(1, 20):
            take(rows, news(f"{night:02}", night, "A"))
            # as if it had been stored
            for number, row in enumerate(rows, 1):
                row.record = row.record or number
        self.assertEqual([row.start.day for row in rows], [1, 19])
        self.assertEqual(sorted(row.record for row in rows), [1, 2])
        take(rows, news("05b", 5, "B"))
        self.assertEqual(line(told(rows)), {"ward": {day(1): "A", day(5): "B", day(19): "A"}})
        take(rows, news("20", 20, "C"))
        self.assertEqual(len(rows), 4)

    def test_what_was_stored_is_not_lost_between_two_that_say_the_same(self):
        rows = []
        for number, start in enumerate((1, 3, 9), 1):
            take(rows, news(start, start, "ABA"[number - 1]))
            rows[-1].record = number
        take(rows, news(4, 3, "A"))
        self.assertEqual([row.record for row in rows], [1, 2, 3])
        take(rows, news(5, 5, "A"))
        kept = sorted((row.start.day, row.record) for row in rows)
        self.assertEqual(kept, [(1, 1), (5, 2), (9, 3)])

    def test_a_post_has_one_plan(self):
        self.assertEqual(
            self.wards(
                news(1, None, "A", kind=POST, said=1),
                news(2, 9, "B", kind=POST, said=2),
                news(3, 12, "C", kind=POST, said=3),
            ),
            {EVER: "A", day(12): "C"},
        )
        self.assertEqual(
            self.wards(news(1, 5, "A", kind=POST, said=1), news(2, 12, "B", kind=POST, said=8)),
            {day(5): "A", day(12): "B"},
        )

    def test_a_post_that_is_withdrawn_ends_or_never_begins(self):
        self.assertEqual(self.wards(news(1, 5, "A", kind=POST), news(2, 5, kind=POST, said=3)), {})
        self.assertEqual(self.wards(news(1, 5, "A", kind=POST), news(2, 5, kind=POST, said=5)), {})
        rows = []
        take(rows, news(1, 5, "A", kind=POST))
        take(rows, news(2, None, kind=POST, said=9))
        self.assertEqual([row.end for row in rows], [day(8), day(8)])
        self.assertEqual([row.is_valid for row in rows], [True, False])
        take(rows, news(3, 5, "B", kind=POST, said=10))
        self.assertEqual((rows[0].end, rows[0].is_valid), (NEVER, True))

    def test_an_end_may_be_told(self):
        rows = []
        take(rows, news(1, 5, "A", values={"effective_until": day(8), "is_main_post": True}))
        (one,) = told(rows)
        self.assertEqual((one.end, one.is_main, one.values), (day(8), True, {"ward": "A"}))

    def test_an_employment_ends_once(self):
        ends = (
            News(1, f"v{n}", day(n), EMPLOYMENT, start=day(start), values={"is_active": False})
            for n, start in ((1, 20), (2, 25))
        )
        rows = []
        for one in ends:
            take(rows, one)
        self.assertEqual(line(told(rows)), {"is_active": {day(25): False}})
