"""Adaptations: differences over a profile, and what becomes of them when the profile moves on."""

import itertools
import unittest
from dataclasses import replace

from ..definition import Definition, Line
from ..profiles import (
    BOTH_ADDED,
    BOTH_CHANGED,
    GONE,
    HEADER_CHANGED,
    OFF_AND_CHANGED,
    Difference,
    Own,
    carried_over,
    conflicts,
    difference,
    dropped,
    effective,
    kept,
)
from ..rules import Rule


def line(key, place, source="PID-5", **said):
    return Line(key, place, Rule(key.partition("-")[0], source, **said))


A, B, C = line("a", 10), line("b", 20), line("c", 30)
PROFILE = Definition("p", "hl7v2", "ADT^A01", "party", "updated", lines=(A, B, C))
MY_B = line("b", 20, "ZID-1")
THEIR_B = line("b", 20, "PID-6")


def profile(*lines, **header):
    return replace(PROFILE, lines=lines or PROFILE.lines, **header)


def own(*lines, **header):
    return Difference(header, lines)


class EffectiveTest(unittest.TestCase):
    def keys(self, *lines):
        return [one.key for one in effective(PROFILE, own(*lines)).lines]

    def test_no_difference_is_the_profile_itself(self):
        self.assertEqual(effective(PROFILE, own()), PROFILE)
        self.assertTrue(own().is_empty)
        self.assertFalse(own(Own("b", None, B)).is_empty)
        self.assertFalse(own(event=("", "updated")).is_empty)

    def test_a_changed_rule_acts_in_its_place(self):
        found = effective(PROFILE, own(Own("b", MY_B, B)))
        self.assertEqual(found.lines, (A, MY_B, C))

    def test_a_rule_switched_off_is_gone_and_an_added_one_stands_in_its_place(self):
        self.assertEqual(self.keys(Own("a", None, A)), ["b", "c"])
        self.assertEqual(self.keys(Own("x", line("x", 15))), ["a", "x", "b", "c"])
        self.assertEqual(self.keys(Own("x", line("x", 10))), ["a", "x", "b", "c"])

    def test_the_header_may_be_said_differently_even_as_nothing(self):
        found = effective(PROFILE, own(event=("", "updated"), documents=("ADT^A08", "ADT^A01")))
        self.assertEqual((found.event, found.documents), ("", "ADT^A08"))

    def test_a_changed_rule_follows_its_profile_to_another_place_unless_it_was_moved_here(self):
        moved = profile(replace(B, place=5), A, C)
        found = effective(moved, own(Own("b", MY_B, B)))
        self.assertEqual([one.key for one in found.lines], ["b", "a", "c"])
        mine = own(Own("b", replace(MY_B, place=99), B))
        self.assertEqual([one.key for one in effective(moved, mine).lines], ["a", "c", "b"])

    def test_the_profile_is_followed_where_nothing_differs(self):
        found = effective(profile(A, THEIR_B, C, event="started"), own(Own("a", None, A)))
        self.assertEqual((found.lines, found.event), ((THEIR_B, C), "started"))

    def test_a_rule_whose_original_is_gone_goes_on_acting_until_somebody_decides(self):
        found = effective(profile(A, C), own(Own("b", MY_B, B)))
        self.assertEqual(found.lines, (A, MY_B, C))


class DifferenceTest(unittest.TestCase):
    def test_any_mapping_is_its_profile_and_the_difference(self):
        choices = {
            "a": (A, line("a", 10, "X"), replace(A, place=40), None),
            "b": (B, MY_B, None),
            "c": (C, None),
            "x": (None, line("x", 15)),
        }
        for chosen in itertools.product(*choices.values()):
            lines = sorted(filter(None, chosen), key=lambda one: one.place)
            for event in ("updated", ""):
                wanted = replace(PROFILE, event=event, lines=tuple(lines))
                with self.subTest(keys=[one.key for one in lines], event=event):
                    told = difference(PROFILE, wanted)
                    self.assertEqual(effective(PROFILE, told), wanted)
                    self.assertEqual(conflicts(PROFILE, told), ())
                    self.assertEqual(told.is_empty, wanted == PROFILE)

    def test_it_keeps_nothing_that_is_the_same(self):
        told = difference(PROFILE, replace(PROFILE, lines=(A, MY_B)))
        self.assertEqual(told, own(Own("b", MY_B, B), Own("c", None, C)))


class ConflictTest(unittest.TestCase):
    def kinds(self, changed, *lines, **header):
        return [(one.kind, one.key) for one in conflicts(changed, own(*lines, **header))]

    def test_what_only_one_side_changed_is_none(self):
        mine = Own("b", MY_B, B)
        self.assertEqual(self.kinds(PROFILE, mine), [])
        self.assertEqual(self.kinds(profile(line("a", 10, "X"), B), mine), [])
        self.assertEqual(self.kinds(profile(A, replace(B, place=7)), mine), [])

    def test_one_rule_changed_on_both_sides(self):
        changed = profile(A, THEIR_B, C)
        [found] = conflicts(changed, own(Own("b", MY_B, B)))
        self.assertEqual((found.kind, found.key), (BOTH_CHANGED, "b"))
        self.assertEqual((found.base, found.mine, found.theirs), (B, MY_B, THEIR_B))

    def test_both_changed_it_alike(self):
        self.assertEqual(self.kinds(profile(A, MY_B), Own("b", MY_B, B)), [])
        self.assertEqual(self.kinds(profile(event="x"), event=("x", "updated")), [])

    def test_a_rule_switched_off_here_that_the_profile_changed(self):
        off = Own("b", None, B)
        self.assertEqual(self.kinds(profile(A, THEIR_B), off), [(OFF_AND_CHANGED, "b")])
        self.assertEqual(self.kinds(profile(A), off), [], "gone on both sides")

    def test_a_changed_rule_that_the_profile_has_no_longer(self):
        self.assertEqual(self.kinds(profile(A), Own("b", MY_B, B)), [(GONE, "b")])

    def test_a_rule_added_on_both_sides(self):
        mine = Own("x", line("x", 15, "mine"))
        self.assertEqual(self.kinds(profile(A), mine), [])
        self.assertEqual(self.kinds(profile(A, line("x", 1, "mine")), mine), [])
        self.assertEqual(self.kinds(profile(A, line("x", 1)), mine), [(BOTH_ADDED, "x")])

    def test_a_header_changed_on_both_sides(self):
        mine = {"event": ("started", "updated")}
        self.assertEqual(self.kinds(PROFILE, **mine), [])
        self.assertEqual(self.kinds(profile(event="x"), **mine), [(HEADER_CHANGED, "event")])

    def test_keep_mine_settles_it_and_changes_nothing(self):
        changed = profile(A, THEIR_B, event="x")
        mine = own(Own("b", MY_B, B), Own("c", line("c", 30, "Z"), C), event=("y", "updated"))
        self.assertEqual({one.key for one in conflicts(changed, mine)}, {"b", "c", "event"})
        settled = kept(changed, mine, ["b", "c", "event"])
        self.assertEqual(conflicts(changed, settled), ())
        self.assertEqual(effective(changed, settled), effective(changed, mine))
        self.assertEqual(conflicts(changed, kept(changed, mine, ())), conflicts(changed, mine))

    def test_take_theirs_is_the_profile_again(self):
        changed = profile(A, THEIR_B, event="x")
        mine = own(Own("b", MY_B, B), event=("y", "updated"))
        self.assertEqual(effective(changed, dropped(mine, ["b", "event"])), changed)
        self.assertEqual(dropped(mine, ["event"]), own(Own("b", MY_B, B)))


class TestCarriedOver(unittest.TestCase):
    """An upgrade of what people changed in place."""

    def check(self, mine, theirs, *lines, **header):
        self.assertEqual(carried_over(PROFILE, mine, theirs), profile(*lines, **header))

    def test_where_one_side_changed_nothing_the_other_stands(self):
        other = profile(A, THEIR_B, line("d", 40), documents="ADT^A02")
        for mine, theirs in ((PROFILE, other), (other, PROFILE)):
            self.assertEqual(carried_over(PROFILE, mine, theirs), other)

    def test_news_come_beside_what_people_changed(self):
        new = line("d", 40)
        self.check(profile(A, MY_B), profile(A, B, C, new), A, MY_B, new)
        self.check(profile(*PROFILE.lines, new), profile(A, B), A, B, new)

    def test_what_both_changed_is_as_people_made_it(self):
        self.check(profile(A, MY_B, C), profile(A, THEIR_B, C), A, MY_B, C)
        self.check(profile(A, MY_B, C), profile(A, C), A, MY_B, C)
        self.check(profile(A, C), profile(A, THEIR_B, C), A, C)
        mine, theirs = profile(event="mine", name="ours"), profile(event="theirs", name="p2")
        self.check(mine, theirs, event="mine", name="ours")
        self.check(profile(event="mine"), profile(name="p2"), event="mine", name="p2")
