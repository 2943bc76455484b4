"""Separators, escapes, repetitions and groups of an HL7 v2 message."""

from __future__ import annotations

import doctest
import unittest

from ..codecs import hl7v2_message, hl7v2_path
from ..codecs.hl7v2_message import (
    STANDARD,
    Message,
    Repetition,
    Segment,
    Separators,
    escape,
    groups,
    parse,
    separators_of,
    unescape,
)
from ..errors import BadDocument


def load_tests(loader, tests, pattern):
    """The examples in the docstrings are tests too."""
    tests.addTests(doctest.DocTestSuite(hl7v2_message))
    tests.addTests(doctest.DocTestSuite(hl7v2_path))
    return tests


class Delimiters(unittest.TestCase):
    def test_the_customary_value_is_the_standard(self):
        for declared in ("^~\\&", "", " ", "^~\\&#", "^~\\\\&", "^~\\&amp;"):
            self.assertIs(separators_of("|", declared), STANDARD, declared)

    def test_a_short_value_of_customary_characters_is_read_by_custom(self):
        self.assertEqual(separators_of("|", "^~&"), Separators("|", "^", "~", "", "&"))
        self.assertEqual(separators_of("|", "^\\&"), Separators("|", "^", "", "\\", "&"))
        self.assertEqual(separators_of("|", "^~"), Separators("|", "^", "~", "", ""))
        self.assertEqual(separators_of("|", "~\\&"), STANDARD)

    def test_other_characters_are_read_by_position(self):
        self.assertEqual(separators_of("^", "~|\\&"), Separators("^", "~", "|", "\\", "&"))
        self.assertEqual(separators_of("#", "*!"), Separators("#", "*", "!", "", ""))

    def test_ambiguous_delimiters_are_refused(self):
        for field, declared in (
            ("|", "&&&&"),
            ("|", "^~\\A"),
            ("A", "^~\\&"),
            ("^", "~\\&"),
            ("|", '^~"&'),
        ):
            with self.assertRaises(BadDocument) as caught:
                separators_of(field, declared)
            self.assertEqual(caught.exception.code, "bad_delimiters")


class Escapes(unittest.TestCase):
    def test_sequences_of_the_standard_are_replaced(self):
        for text, meant in (
            (r"\F\\S\\T\\R\\E\\P" "\\", "|^&~\\#"),
            (r"a\X41\b\XC3A9\c\XE9\d\X00" "\\", "aAbécéd"),
            (r"one\.br\two\.BR\three", "one\ntwo\nthree"),
            (r"\H\bold\N\ \.in+2\x\.sp" "\\", "bold x"),
        ):
            self.assertEqual(unescape(text, STANDARD), meant)

    def test_what_is_no_sequence_stays(self):
        for text in ("C:\\scans\\7", "\\X4\\", "50% \\ 60%", "\\Zdd\\", "\\C2842\\"):
            self.assertEqual(unescape(text, STANDARD), text)

    def test_a_sender_without_escapes_means_every_character(self):
        self.assertEqual(unescape(r"\T" "\\", Separators("|", "^", "~", "", "&")), r"\T" "\\")

    def test_a_separator_the_sender_lacks_is_the_customary_one(self):
        self.assertEqual(unescape(r"\T\\R" "\\", Separators("|", "^", "", "\\", "")), "&~")

    def test_escaping_and_back_gives_the_text(self):
        text = "a|b^c~d&e\\f\rg\nh"
        self.assertEqual(unescape(escape(text), STANDARD), text)
        self.assertFalse(set("|^~&\r\n") & set(escape(text)))


class Parts(unittest.TestCase):
    def test_a_leaf_is_found_by_component_and_subcomponent(self):
        repetition = Repetition("a^b1&b2^\\T\\")
        found = [
            repetition.text(*place) for place in ((), (2,), (2, 2), (2, 3), (3,), (4,), (1, 2))
        ]
        self.assertEqual(found, ["a", "b1", "b2", "", "&", "", ""])

    def test_without_subcomponents_there_is_only_the_first(self):
        repetition = Repetition("a&b", Separators("|", "^", "~", "\\", ""))
        self.assertEqual((repetition.text(), repetition.text(1, 2)), ("a&b", ""))

    def test_null_and_empty_are_two_things(self):
        self.assertTrue(Repetition('""').is_null)
        self.assertFalse(Repetition('""').is_empty)
        self.assertTrue(Repetition("^^& ").is_empty)
        self.assertFalse(Repetition("^^a").is_null)

    def test_header_fields_are_numbered_as_the_standard_does(self):
        message = parse(["MSH|^~\\&|LAB|NORTH|||20260102||ADT^A01|7"])
        self.assertEqual(
            [message.header.raw(n) for n in (1, 2, 3, 10, 11)], ["|", "^~\\&", "LAB", "7", ""]
        )
        self.assertEqual((message.header.repetitions(1), message.header.repetitions(2)), ((), ()))
        self.assertEqual(message.header.text_of(9, 2), "A01")

    def test_repetitions_need_a_repetition_character(self):
        message = parse(["MSH|^\\&|LAB", "PID|||1~2"])
        self.assertEqual([r.raw for r in message.segments[1].repetitions(3)], ["1~2"])
        self.assertEqual(message.segments[1].text_of(3), "1~2")
        self.assertEqual(message.segments[1].repetitions(9), ())

    def test_parts_are_equal_by_content_and_never_show_it(self):
        lines = ["MSH|^~\\&|LAB", "PID|||Jane"]
        one, other = parse(lines), parse(lines)
        self.assertEqual((one, hash(one)), (other, hash(other)))
        self.assertNotEqual(one, parse(lines[:1]))
        self.assertNotEqual(one.segments[1], "PID|||Jane")
        self.assertNotEqual(one, "PID|||Jane")
        self.assertEqual(len({one.segments[1], other.segments[1]}), 1)
        (group,) = groups(one, "PID")
        for part in (one, *one.segments, *one.segments[1].repetitions(3), group):
            self.assertNotIn("Jane", repr(part))

    def test_nothing_is_no_message(self):
        with self.assertRaises(BadDocument):
            parse([])


class Groups(unittest.TestCase):
    def message(self, *names: str) -> Message:
        lines = [f"{name}|{n}" for n, name in enumerate(names)]
        return parse(["MSH|^~\\&|LAB", *lines])

    def shape(self, each: str, *names: str) -> list[str]:
        found = groups(self.message(*names), each)
        return [" ".join(segment.name for segment in group.segments) for group in found]

    def test_without_names_the_message_is_the_view(self):
        message = self.message("PID")
        self.assertEqual(groups(message, ""), (message,))

    def test_a_group_goes_on_to_the_next_start(self):
        self.assertEqual(self.shape("FT1", "PID", "FT1", "PR1", "FT1"), ["FT1 PR1", "FT1"])
        self.assertEqual(self.shape("FT1", "PID"), [])

    def test_names_nest_in_their_order(self):
        found = self.shape("ORC, OBR", "PID", "ORC", "OBR", "OBX", "OBR", "ORC", "ORC", "OBR")
        self.assertEqual(found, ["ORC OBR OBX", "OBR", "ORC", "ORC OBR"])
        self.assertEqual(self.shape("ORC,OBR", "OBR", "ORC", "OBR"), ["OBR", "ORC OBR"])

    def test_groups_within_groups_see_what_stands_before_them_there(self):
        message = self.message("PID", "MFE", "STF", "ORG", "AFF", "ORG", "MFE", "MFE", "ORG")
        found = groups(message, "MFE>ORG")
        self.assertEqual(
            [" ".join(segment.name for segment in group.segments) for group in found],
            ["ORG AFF", "ORG", "ORG"],
        )
        self.assertEqual(
            [[segment.raw(1) for segment in group.named("MFE")] for group in found],
            [["1"], ["1"], ["7"]],
        )
        self.assertEqual([bool(group.named("STF")) for group in found], [True, True, False])
        self.assertEqual([len(group.named("PID")) for group in found], [1, 1, 1])
        self.assertEqual(len(groups(message, ">ORG")), 3)

    def test_a_group_sees_its_own_segments_first_and_the_header_else(self):
        message = self.message("PID", "PV1", "FT1", "PV1", "FT1")
        first, second = groups(message, "FT1")
        self.assertEqual([s.raw(1) for s in first.named("PV1")], ["3"])
        self.assertEqual([s.raw(1) for s in second.named("PV1")], ["1"])
        self.assertEqual([s.raw(1) for s in second.named("FT1")], ["4"])
        self.assertEqual(second.named("ZZZ"), ())
        self.assertIs(second.separators, message.separators)
        self.assertEqual(Segment("PID", "PID|0"), second.named("PID")[0])


if __name__ == "__main__":
    unittest.main()
