import doctest
import unittest
from datetime import timedelta

from .. import audit_ranges
from ..audit import MOST_SEALED, NO_HEAD, Act, Entry, details_text, entry_mac, holds, seal_head
from ..audit_heads import head_line, read_heads
from ..audit_ranges import Ranges, parse_ranges
from .audit_log import KEYS, NOW, Log, entry


def load_tests(_loader, tests, _pattern):
    tests.addTests(doctest.DocTestSuite(audit_ranges))
    return tests


class AnEntrysMac(unittest.TestCase):
    def test_every_column_is_covered(self):
        one = entry(5, message_uuid="u", remote_address="10.0.0.1")
        others = {
            "id": 6,
            "at": one.at + timedelta(microseconds=1),
            "actor_id": None,
            "res_id": 0,
            "company_id": 2,
            "count": 2,
        }
        for name in Entry._fields[:-1]:
            value = others.get(name, f"{getattr(one, name)} ")
            with self.subTest(name):
                changed = one._replace(**{name: value})
                self.assertNotEqual(entry_mac(KEYS["k1"], changed), one.mac)
        self.assertNotEqual(entry_mac(KEYS["k2"], one), one.mac)

    def test_nothing_moves_from_one_column_to_the_next(self):
        pairs = [
            (entry(1, actor="ab", res_name="c"), entry(1, actor="a", res_name="bc")),
            (entry(1, actor=None), entry(1, actor="")),
            (entry(1, actor='","'), entry(1, actor='"', remote_address='"')),
            (entry(1, actor="1"), entry(1, actor=1)),
        ]
        for one, other in pairs:
            self.assertNotEqual(one.mac, other.mac)

    def test_details_are_canonical_and_storable(self):
        self.assertEqual(details_text({"b": "é", "a": [1, None]}), '{"a":[1,null],"b":"é"}')
        self.assertIsNone(details_text({}))
        self.assertIsNone(details_text(Act("login").details))
        self.assertEqual(details_text({"a": "x\0\ud800"}), '{"a":"x\\u0000?"}')

    def test_a_comparison_takes_anything(self):
        self.assertTrue(holds("ab", "ab"))
        self.assertFalse(holds("ab", "ab\ud800é"))


class ASealsHead(unittest.TestCase):
    def test_every_column_is_covered(self):
        log = Log(3, 2)
        one = log.seals[2]
        others = {"sealed_at": NOW - timedelta(days=1), "removed_through": 1}
        for name in one._fields[:-1]:
            value = getattr(one, name)
            other = others.get(name, value + 1 if isinstance(value, int) else f"{value} ")
            with self.subTest(name):
                changed = one._replace(**{name: other})
                self.assertNotEqual(seal_head(KEYS["k1"], changed), one.head)

    def test_it_names_what_it_closes_and_the_one_before(self):
        log = Log(3)
        log.add(9, 5, 4)
        first, second = log.seals[1], log.seals[2]
        self.assertEqual((first.id, first.previous), (1, NO_HEAD))
        self.assertEqual((first.first_id, first.last_id, first.count), (1, 3, 3))
        self.assertEqual((second.previous, second.entries), (first.head, "4-5,9"))
        self.assertEqual(second.ranges(), ((4, 5), (9, 9)))

    def test_what_can_not_be_is_read_as_nothing(self):
        seal = Log(1).seals[1]
        for text in ("", "0", "1-", "-1", "2-1", "1,,2", "x", "1-99999999999999999999", "١"):
            self.assertEqual(seal._replace(entries=text).ranges(), (), text)
        self.assertEqual(seal._replace(entries=f"1-{MOST_SEALED + 1}").ranges(), ())
        self.assertEqual(seal._replace(kind="removal").ranges(), ())


class RangesTest(unittest.TestCase):
    def test_they_grow_together(self):
        ranges = Ranges()
        self.assertIsNone(ranges.bounds())
        for first, last in ((5, 6), (1, 2), (9, 9), (3, 4), (7, 8)):
            self.assertTrue(ranges.add(first, last))
        self.assertEqual((str(ranges), ranges.bounds()), ("1-9", (1, 9)))
        self.assertFalse(ranges.add(4, 20))
        self.assertEqual(str(ranges), "1-20")
        self.assertIn(20, ranges)
        self.assertNotIn(0, ranges)
        self.assertNotIn(21, ranges)

    def test_text_and_back(self):
        for text in ("1", "1-4,7", "3,5-9"):
            self.assertEqual(str(Ranges(text)), text)
        self.assertEqual(parse_ranges("2,1"), ((2, 2), (1, 1)))


class Heads(unittest.TestCase):
    def test_a_line_is_read_back_from_wherever_it_stands(self):
        log = Log(2, 1)
        lines = [head_line("db", seal) for seal in log.seals.values()]
        lines[1] = f"2026-05-01 12:00:00,1 77 INFO db odoo.addons.x: {lines[1]}\n"
        rubbish = ["", "interop audit seal database=db number=0 entries=1 head=" + "0" * 64]
        self.assertEqual(read_heads("db", lines + rubbish), log.heads)
        self.assertEqual(read_heads("d", lines), {})


if __name__ == "__main__":
    unittest.main()
