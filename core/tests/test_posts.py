"""From when on what was told of somebody's work holds."""

import doctest
import itertools
import unittest
from datetime import date

from .. import posts
from ..posts import EVER, NEVER, Back, Told, changes, line, main_post, rebuilt


def day(number):
    return date(2026, 12, number)


def told(start, value="", *, attribute="ward", end=NEVER, **more):
    start = day(start) if isinstance(start, int) else start
    end = day(end) if isinstance(end, int) else end
    return Told(start=start, end=end, values={attribute: value} if value else {}, **more)


def wards(*rows):
    return line(rows).get("ward", {})


class DocTest(unittest.TestCase):
    def test_the_examples_hold(self):
        self.assertEqual(doctest.testmod(posts).failed, 0)


class MainPostTest(unittest.TestCase):
    def main(self, number, *rows):
        return main_post(rows, day(number))

    def test_the_one_held_longest(self):
        rows = told(3, post="B"), told(1, post="C", end=9), told(EVER)
        self.assertEqual([self.main(n, *rows) for n in (1, 3, 9, 10)], ["C", "C", "C", "B"])
        self.assertEqual(self.main(1, told(3, post="B")), "")
        self.assertEqual(self.main(1, told(1, post="B"), told(1, post="A")), "A")

    def test_the_one_that_the_sender_calls_so(self):
        rows = told(1, post="A"), told(3, post="B", is_main=True)
        self.assertEqual([self.main(n, *rows) for n in (2, 3)], ["A", "B"])
        rows = told(1, post="A", is_main=False), told(3, post="B")
        self.assertEqual([self.main(n, *rows) for n in (2, 3)], ["A", "B"])
        again = told(5, post="B", is_main=False), told(6, post="B", order="2", is_main=True)
        self.assertEqual([self.main(n, *rows, *again) for n in (4, 5, 6)], ["B", "A", "B"])


class LineTest(unittest.TestCase):
    def test_the_latest_to_begin_counts_until_it_ends(self):
        self.assertEqual(wards(), {})
        self.assertEqual(wards(told(3, "B"), told(EVER, "A")), {EVER: "A", day(3): "B"})
        self.assertEqual(
            wards(told(1, "A"), told(3, "B", end=5)), {day(1): "A", day(3): "B", day(6): "A"}
        )
        self.assertEqual(wards(told(3, "B", end=5)), {day(3): "B", day(6): Back(day(3))})

    def test_what_was_told_last_counts_on_one_day(self):
        rows = told(1, "A", order="1"), told(1, "B", order="2")
        for order in itertools.permutations(rows):
            self.assertEqual(wards(*order), {day(1): "B"})

    def test_attributes_hold_each_for_itself(self):
        self.assertEqual(
            line([told(1, "A"), told(3, "nurse", attribute="role")]),
            {"ward": {day(1): "A"}, "role": {day(3): "nurse"}},
        )

    def test_posts_take_turns(self):
        rows = told(1, "A", post="P", end=4), told(2, "B", post="Q")
        self.assertEqual(wards(*rows), {day(1): "A", day(5): "B"})
        self.assertEqual(wards(*rows, told(3, "M")), {day(1): "A", day(3): "M"})


class ChangesTest(unittest.TestCase):
    def test_what_says_the_same_is_no_change(self):
        days = {EVER: "A", day(1): "A", day(2): "B", day(3): "A", day(4): "A", day(5): None}
        self.assertEqual(changes(days), {EVER: "A", day(2): "B", day(3): "A", day(5): None})
        self.assertEqual(changes({}), {})


class RebuiltTest(unittest.TestCase):
    def test_nothing_told_leaves_everything(self):
        points = {day(1): "A", day(3): "B"}
        self.assertEqual(rebuilt(points, {}, {}), points)
        self.assertEqual(rebuilt(points, {day(3): "C"}, {day(3): "C"}), points)

    def test_two_moves_in_any_order_of_arrival(self):
        moves = [told(5, "B"), told(10, "C"), told(15, "D")]
        for order in itertools.permutations(moves):
            points, known = {day(1): "A"}, []
            for move in order:
                before = wards(*known)
                known.append(move)
                points = rebuilt(points, before, wards(*known), [move.start])
            self.assertEqual(points, {day(1): "A", day(5): "B", day(10): "C", day(15): "D"})

    def test_a_value_carries_on_until_something_else_was_told(self):
        points = {day(1): "A", day(5): "A", day(10): "B", day(12): "B"}
        after = {day(3): "C", day(10): "B"}
        self.assertEqual(
            rebuilt(points, {day(10): "B"}, after, [day(3)]),
            {day(1): "A", day(3): "C", day(5): "C", day(10): "B", day(12): "B"},
        )

    def test_a_day_that_changed_nothing_needs_its_day_after_all(self):
        known = {day(10): "A"}
        self.assertEqual(
            rebuilt({day(1): "A"}, known, {day(5): "B", **known}, [day(5)]),
            {day(1): "A", day(5): "B", day(10): "A"},
        )

    def test_what_people_changed_by_hand_stays(self):
        points = {day(1): "A", day(8): "by hand"}
        self.assertEqual(
            rebuilt(points, {}, {day(5): "B"}, [day(5)]),
            {day(1): "A", day(5): "B", day(8): "by hand"},
        )
        known = {day(5): "B"}
        self.assertEqual(
            rebuilt({day(1): "A", day(5): "by hand"}, known, {day(3): "C", **known}, [day(3)]),
            {day(1): "A", day(3): "C", day(5): "by hand"},
        )

    def test_what_is_told_anew_counts_again(self):
        known = {day(5): "B"}
        self.assertEqual(
            rebuilt({day(1): "A", day(5): "by hand"}, known, known, [day(5)])[day(5)], "B"
        )

    def test_a_withdrawn_move_never_happens(self):
        points = {day(1): "A", day(5): "B", day(8): "B", day(10): "C"}
        before = {day(5): "B", day(10): "C"}
        self.assertEqual(
            rebuilt(points, before, {day(10): "C"}),
            {day(1): "A", day(5): "A", day(8): "A", day(10): "C"},
        )

    def test_what_ends_goes_back(self):
        after = {day(5): "B", day(8): Back(day(5))}
        self.assertEqual(
            rebuilt({day(1): "A"}, {}, after, [day(5)]),
            {day(1): "A", day(5): "B", day(8): "A"},
        )
        self.assertEqual(rebuilt({day(6): "A"}, {}, after, [day(5)]), {day(6): "B", day(8): "A"})
        self.assertEqual(rebuilt({day(9): "A"}, {}, after, [day(5)]), {day(9): "A"})

    def test_what_begins_before_the_record_holds_from_its_first_day(self):
        rows = {EVER: "A", day(2): "B"}
        for fresh in rows:
            self.assertEqual(rebuilt({day(5): ""}, {}, rows, [fresh]), {day(5): "B"})
        self.assertEqual(rebuilt({day(5): "hand"}, {EVER: "B"}, {EVER: "B"}), {day(5): "hand"})
