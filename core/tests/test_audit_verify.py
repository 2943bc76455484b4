import unittest
from datetime import timedelta

from ..audit import removal, seal_head, signed
from ..audit_verify import MOST_SWAPPED, Finding
from .audit_log import KEYS, NOW, Log, entry


class TheLogHolds(unittest.TestCase):
    def test_as_it_was_written(self):
        for log in (Log(), Log(1), Log(3, 1, 4)):
            self.assertEqual(log.found(), [])
        self.assertEqual((log.check.seal_id, log.check.entry_id, log.check.count), (3, 8, 8))
        self.assertTrue(log.check.is_end_proven)

    def test_with_a_late_commit_of_a_smaller_id(self):
        log = Log(3)
        log.add(5, 6)
        log.add(4, 7)
        self.assertEqual(log.found(), [])

    def test_after_a_rotation_and_when_the_old_key_is_gone(self):
        log = Log(2)
        log.add(3, 4, key_id="k2")
        self.assertEqual(log.found(), [])
        only_new = {"k2": KEYS["k2"]}
        self.assertEqual(
            log.found(keys=only_new),
            [
                Finding("missing_key", seal=1, detail="k1"),
                Finding("missing_key", entry=1, seal=1, detail="k1"),
                Finding("missing_key", entry=2, seal=1, detail="k1"),
            ],
        )

    def test_while_something_waits_for_its_seal_but_not_for_long(self):
        log = Log(2)
        log.entries[3] = entry(3)
        self.assertEqual(log.found(now=NOW + timedelta(minutes=1)), [])
        late = log.found(now=NOW + timedelta(hours=2))
        self.assertEqual(late, [Finding("unsealed_entry", entry=3)])

    def test_without_heads_outside_the_end_is_not_proven(self):
        log = Log(2)
        self.assertEqual(log.found(heads={}), [])
        self.assertFalse(log.check.is_end_proven)
        self.assertEqual(Log().found(heads={}), [])

    def test_in_two_goes(self):
        log = Log(2, 3)
        later = log.seals.pop(2)
        self.assertEqual(log.found(heads={}, now=NOW), [])
        state = log.check.state()
        log.seals = {2: later}
        self.assertEqual(log.found(state=state), [])
        self.assertEqual(log.check.count, 5)

    def test_after_what_was_too_old_went(self):
        log = Log(2, 3, 1)
        log.retain(2)
        self.assertEqual(sorted(log.seals), [2, 3, 4])
        self.assertEqual((log.seals[4].count, log.seals[4].entries), (5, "1-5"))
        self.assertEqual(log.found(), [])
        log.add(7)
        log.retain(4)
        self.assertEqual(sorted(log.seals), [4, 5, 6])
        self.assertEqual(log.found(), [])
        self.assertEqual(sorted(log.entries), [7])

    def test_although_a_seal_was_not_taken_away_yet(self):
        log = Log(2, 3, 1)
        first = log.seals[1]
        log.retain(2)
        log.seals[1] = first
        self.assertEqual(log.found(), [])


class WhatDoesNotHold(unittest.TestCase):
    """Whoever holds the database, and not the key."""

    def setUp(self):
        self.log = Log(4, 4, 4)

    def test_altered(self):
        for name, value in (("actor", "John"), ("mac", "0" * 64), ("count", 7), ("details", None)):
            with self.subTest(name):
                self.setUp()
                self.log.alter(6, **{name: value})
                self.assertEqual(self.log.found(), [Finding("altered_entry", entry=6, seal=2)])

    def test_altered_and_signed_with_another_key(self):
        forged = self.log.entries[6]._replace(actor="John", key_id="k3")
        self.log.entries[6] = signed(forged, {"k3": b"3" * 32})
        self.assertEqual(self.log.found(), [Finding("missing_key", entry=6, seal=2, detail="k3")])
        forged = self.log.entries[6]._replace(key_id="k1")
        self.log.entries[6] = signed(forged, {"k1": b"3" * 32})
        self.assertEqual(self.log.found(), [Finding("altered_entry", entry=6, seal=2)])

    def test_altered_by_who_holds_the_key(self):
        self.log.entries[6] = entry(6, actor="John")
        found = [Finding("other_entries", entry=5, seal=2, last=8)]
        self.assertEqual(self.log.found(), found)

    def test_missing(self):
        for gone in ((6,), (5,), (8,), (5, 6), (7, 8), (5, 6, 7, 8)):
            with self.subTest(gone):
                self.setUp()
                for number in gone:
                    del self.log.entries[number]
                expected = Finding("missing_entry", entry=gone[0], seal=2, last=gone[-1])
                self.assertEqual(self.log.found(), [expected])

    def test_missing_here_and_there(self):
        del self.log.entries[5], self.log.entries[7]
        places = [(found.entry, found.last) for found in self.log.found()]
        self.assertEqual(places, [(5, 5), (7, 7)])

    def test_missing_before_it_was_sealed(self):
        found = [Finding("missing_entry", entry=13, last=13)]
        self.assertEqual(self.log.found(lost=[13]), found)

    def test_inserted(self):
        for number, key_id in ((13, "k1"), (13, "k9")):
            copied = self.log.entries[6]._replace(id=number, key_id=key_id)
            self.log.entries[number] = copied
            self.assertEqual(self.log.found(), [Finding("inserted_entry", entry=13)])

    def test_reordered(self):
        one, other = self.log.entries[6], self.log.entries[7]
        self.log.entries |= {6: other._replace(id=6), 7: one._replace(id=7)}
        self.assertEqual(
            self.log.found(),
            [
                Finding("reordered_entry", entry=6, seal=2, detail="7"),
                Finding("reordered_entry", entry=7, seal=2, detail="6"),
            ],
        )

    def test_moved_into_a_gap(self):
        self.log.entries[7] = self.log.entries.pop(6)._replace(id=7)
        self.assertEqual(
            self.log.found(),
            [
                Finding("missing_entry", entry=6, seal=2, last=6),
                Finding("reordered_entry", entry=7, seal=2, detail="6"),
            ],
        )

    def test_many_bad_ones_do_not_cost_their_square(self):
        log = Log(MOST_SWAPPED * 4)
        for number in log.entries:
            log.alter(number, actor="John")
        self.assertEqual(len(log.found()), MOST_SWAPPED * 4)

    def test_a_seal_altered(self):
        seal = self.log.seals[2]
        self.log.seals[2] = seal._replace(count=3)
        self.assertEqual(self.log.found(), [Finding("altered_seal", seal=2)])

    def test_a_seal_altered_to_name_nothing_leaves_its_entries_unsealed(self):
        self.log.seals[2] = self.log.seals[2]._replace(entries="x")
        found = self.log.found(now=NOW + timedelta(days=1))
        unsealed = [Finding("unsealed_entry", entry=number) for number in (5, 6, 7, 8)]
        self.assertEqual(found[0], Finding("altered_seal", seal=2))
        self.assertEqual(found[-4:], unsealed)

    def test_a_seal_forged_with_another_key(self):
        seal = self.log.seals[2]._replace(key_id="k3")
        self.log.seals[2] = seal._replace(head=seal_head(b"3" * 32, seal))
        kinds = [(found.kind, found.seal) for found in self.log.found()]
        self.assertEqual(kinds, [("missing_key", 2), ("other_head", 2), ("broken_chain", 3)])

    def test_a_seal_replaced_by_who_holds_the_key(self):
        seal = self.log.seals[2]._replace(sealed_at=NOW - timedelta(days=1))
        self.log.seals[2] = seal._replace(head=seal_head(KEYS["k1"], seal))
        kinds = [(found.kind, found.seal) for found in self.log.found()]
        self.assertEqual(kinds, [("other_head", 2), ("broken_chain", 3)])

    def test_seals_reordered(self):
        one, other = self.log.seals[1], self.log.seals[2]
        self.log.seals |= {1: other._replace(id=1), 2: one._replace(id=2)}
        kinds = [(found.kind, found.seal) for found in self.log.found(heads={})]
        self.assertEqual(kinds[:2], [("broken_chain", 1), ("altered_seal", 1)])
        self.assertIn(("altered_seal", 2), kinds)

    def test_a_seal_missing_in_the_middle(self):
        del self.log.seals[2]
        found = self.log.found(now=NOW + timedelta(days=1))
        self.assertEqual(found[0], Finding("missing_seal", seal=2, last=2))
        self.assertEqual([one.entry for one in found[1:]], [5, 6, 7, 8])

    def test_a_seal_missing_with_its_entries(self):
        del self.log.seals[2]
        for number in (5, 6, 7, 8):
            del self.log.entries[number]
        self.assertEqual(self.log.found(), [Finding("missing_seal", seal=2, last=2)])

    def test_the_first_seals_missing_with_their_entries(self):
        del self.log.seals[1], self.log.seals[2]
        for number in range(1, 9):
            del self.log.entries[number]
        self.assertEqual(self.log.found(), [Finding("missing_seal", seal=1, last=2)])

    def test_a_tail_of_entries_cut_off(self):
        del self.log.entries[11], self.log.entries[12]
        found = [Finding("missing_entry", entry=11, seal=3, last=12)]
        self.assertEqual(self.log.found(heads={}), found)

    def test_a_tail_cut_off_with_its_seal_is_known_outside_only(self):
        del self.log.seals[3]
        for number in range(9, 13):
            del self.log.entries[number]
        self.assertEqual(self.log.found(), [Finding("cut_off", seal=3, last=3)])
        self.assertEqual(self.log.found(heads={}), [])
        self.assertFalse(self.log.check.is_end_proven)

    def test_all_of_it_gone(self):
        self.log.seals, self.log.entries = {}, {}
        self.assertEqual(self.log.found(), [Finding("cut_off", seal=1, last=3)])

    def test_sealed_twice(self):
        self.log.seal([4, 5])
        found = Finding("sealed_twice", entry=4, seal=4, last=5)
        self.assertEqual(self.log.found(), [found])

    def test_a_removal_that_nobody_made(self):
        seal = removal(
            [self.log.seals[1], self.log.seals[2]],
            last=self.log.last(),
            at=NOW,
            key_id="k1",
            keys={"k1": b"3" * 32},
        )
        self.log.keep(seal)
        del self.log.seals[1]
        for number in range(1, 9):
            del self.log.entries[number]
        kinds = [(found.kind, found.seal, found.entry) for found in self.log.found()]
        self.assertEqual(
            kinds, [("missing_seal", 1, None), ("missing_entry", 2, 5), ("altered_seal", 4, None)]
        )

    def test_the_closing_seal_missing_after_a_removal(self):
        self.log.retain(2)
        del self.log.seals[2]
        self.assertEqual(self.log.found(), [Finding("missing_seal", seal=2, last=2)])


if __name__ == "__main__":
    unittest.main()
