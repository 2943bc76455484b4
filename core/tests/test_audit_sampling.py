import random
import unittest

from ..audit_sampling import FIRST_FEW, MOST_KINDS, MOST_LATER, MOST_TOLD, Sample, Sampler


def total(samples):
    return sum(one.count for one in samples)


class Sampling(unittest.TestCase):
    def setUp(self):
        self.sampler = Sampler()

    def count(self, group="g", member="a", seconds=0.0):
        return self.sampler.count(group, member, seconds)

    def test_the_first_few_are_told_and_another_minute_tells_of_the_others(self):
        found = [total(self.count(seconds=0.5 + place)) for place in range(10)]
        self.assertEqual(found, [1] * FIRST_FEW + [0] * (10 - FIRST_FEW))
        now = Sample("g", "b", 1, None, True)
        self.assertEqual(
            self.count(member="b", seconds=61),
            [Sample("g", "a", 10 - FIRST_FEW, 0.5 + FIRST_FEW), now],
        )
        self.assertEqual(self.count(member="b", seconds=62), [now])

    def test_another_member_is_told_though_the_first_goes_on(self):
        for _time in range(10):
            self.count()
        [sample] = self.count(member="b")
        self.assertEqual((sample.member, sample.count), ("b", 1))

    def test_what_is_over_is_told_without_another_of_its_kind(self):
        for _time in range(10):
            self.count(seconds=5)
        self.assertEqual(self.sampler.later(59), [])
        self.assertEqual(self.sampler.later(60), [Sample("g", "a", 10 - FIRST_FEW, 5)])
        self.assertEqual(self.sampler.later(61), [])
        self.assertEqual(self.sampler.later(120), [])

    def test_all_share_a_ceiling_of_which_what_is_over_has_a_part(self):
        for _round in range(10):
            for member in range(MOST_TOLD):
                self.count(member=str(member))
        first = self.count(member="new", seconds=60)
        self.assertEqual(len(first), MOST_LATER + 1)
        self.assertEqual(first[-1].member, "new")
        others = [self.count(member=f"new{place}", seconds=61) for place in range(MOST_TOLD)]
        self.assertEqual(sum(map(len, others)), MOST_TOLD - len(first))

    def test_who_is_over_the_ceiling_is_told_later_with_the_time(self):
        for member in range(MOST_TOLD):
            self.count(member=str(member))
        self.assertEqual(self.count(member="late", seconds=7), [])
        self.assertEqual(self.sampler.later(60), [Sample("g", "late", 1, 7)])

    def test_nothing_is_lost_over_an_hour_of_flood(self):
        told = [
            sample
            for second in range(3600)
            for _time in range(10)
            for sample in self.count(seconds=second)
        ]
        told += self.sampler.later(3600)
        self.assertEqual(total(told), 36_000)
        self.assertEqual(len(told), 60 * (FIRST_FEW + 1))

    def test_nothing_is_lost_of_more_members_than_are_told_apart(self):
        chance, told, count = random.Random(1), [], 5 * MOST_KINDS
        for place in range(count):
            told += self.count(chance.choice("gh"), str(place), place / 100)
        self.assertLessEqual(len(self.sampler._kinds), MOST_KINDS + 2)
        for minute in range(2, 100):
            told += self.sampler.later(60 * minute)
        self.assertEqual(total(told), count)
        several = [one for one in told if one.member is None]
        self.assertEqual({one.group for one in several}, {"g", "h"})
        self.assertGreater(total(several), count // 2)

    def test_memory_has_an_end(self):
        for number in range(MOST_KINDS * 3):
            self.count(member=str(number))
        self.assertLessEqual(len(self.sampler._kinds), MOST_KINDS + 1)

    def test_where_only_groups_are_left_they_are_as_many_as_there_are(self):
        for number in range(MOST_KINDS + 10):
            self.sampler.give_back([Sample(number, None, 2, 1.0)])
        self.assertEqual(len(self.sampler._kinds), MOST_KINDS + 10)

    def test_what_was_not_told_after_all_is_told_later(self):
        for _time in range(5):
            told = self.count(seconds=3)
        self.assertEqual(told, [])
        told = self.count(seconds=60)
        self.sampler.give_back(told)
        # run again, it comes once more
        self.assertEqual(self.count(seconds=61), [Sample("g", "a", 5 - FIRST_FEW + 1, 3, True)])
        self.assertEqual(self.sampler.later(120), [])


if __name__ == "__main__":
    unittest.main()
