import doctest
import itertools
import unittest
from datetime import datetime, timezone

from .. import stays
from ..canonical import Encounter, Identifier, LocationStay, Moment, Period, Reference
from ..stays import event_time, naive, spans, stays_told


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite(stays))
    return tests


def moment(day, hour=0):
    return Moment(datetime(2026, 3, day, hour, tzinfo=timezone.utc))


def day(number, hour=0):
    return datetime(2026, 3, number, hour)


def place(code):
    return Reference("location", (Identifier(code, "GRH"),))


class TimesTest(unittest.TestCase):
    def test_a_moment_is_kept_as_utc_without_zone_or_fractions(self):
        at = datetime(2026, 3, 1, 12, 0, 5, 250, tzinfo=timezone.utc)
        self.assertEqual(datetime(2026, 3, 1, 12, 0, 5), naive(Moment(at)))
        self.assertIsNone(naive(None))

    def test_without_a_time_in_the_version_receipt_counts(self):
        for version in ("", "n00000000000000000007", "rubbish"):
            self.assertEqual(day(2), event_time(version, day(2)))


class ToldTest(unittest.TestCase):
    def test_an_admission_starts_with_the_encounter(self):
        encounter = Encounter(location=place("SUR"), period=Period(moment(1)))
        self.assertEqual([(place("SUR"), day(1), None)], stays_told(encounter, "started", day(2)))

    def test_an_admission_without_period_and_a_transfer_start_when_they_happen(self):
        encounter = Encounter(location=place("SUR"))
        self.assertEqual([(place("SUR"), day(2), None)], stays_told(encounter, "started", day(2)))
        encounter = Encounter(location=place("ICU"), period=Period(moment(1)))
        for event in ("transferred", "class_changed"):
            self.assertEqual([(place("ICU"), day(2), None)], stays_told(encounter, event, day(2)))

    def test_places_with_periods_are_taken_as_they_are(self):
        encounter = Encounter(
            location=place("ICU"),
            stays=(
                LocationStay(place("SUR"), Period(moment(1), moment(2))),
                LocationStay(place("ICU")),
            ),
        )
        self.assertEqual(
            [(place("SUR"), day(1), day(2)), (place("ICU"), None, None)],
            stays_told(encounter, "updated", day(5)),
        )

    def test_a_single_place_without_period_lasts_as_long_as_the_encounter(self):
        encounter = Encounter(
            period=Period(moment(1), moment(2)), stays=(LocationStay(place("DAY")),)
        )
        self.assertEqual([(place("DAY"), day(1), day(2))], stays_told(encounter, "started", day(5)))

    def test_naming_a_place_in_passing_tells_of_no_stay(self):
        self.assertEqual([], stays_told(Encounter(location=place("SUR")), "updated", day(2)))
        self.assertEqual([], stays_told(Encounter(), "started", day(2)))


class SpansTest(unittest.TestCase):
    def test_order_does_not_matter(self):
        rows = [(1, 10, day(1), None), (2, 20, day(2), None), (3, 10, day(3), None)]
        wanted = {1: day(2), 2: day(3), 3: day(9)}
        for order in itertools.permutations(rows):
            found = spans(order, day(9))
            self.assertEqual(
                wanted, {row[0]: span.end for row, span in zip(order, found, strict=True)}
            )
            self.assertFalse(any(span.is_repeat for span in found))

    def test_the_same_place_twice_is_one_stay(self):
        rows = [(1, 10, day(1), None), (2, 10, day(2), None), (3, 20, day(4), None)]
        first, second, third = spans(rows, None)
        self.assertEqual((day(4), False), (first.end, first.is_repeat))
        self.assertEqual((day(4), True), (second.end, second.is_repeat))
        self.assertEqual((None, False), (third.end, third.is_repeat))

    def test_coming_back_after_a_told_end_is_a_stay_of_its_own(self):
        first, second = spans([(1, 10, day(1), day(2)), (2, 10, day(4), None)], None)
        self.assertEqual(day(2), first.end)
        self.assertFalse(second.is_repeat)

    def test_an_encounter_that_ends_before_a_stay_does_not_end_it(self):
        self.assertIsNone(spans([(1, 10, day(5), None)], day(3))[0].end)

    def test_a_stay_without_start_comes_first_and_lasts_to_the_end(self):
        self.assertEqual(day(3), spans([(1, 10, None, None)], day(3))[0].end)
        first, second = spans([(1, 10, day(1), None), (2, 20, None, None)], None)
        self.assertIsNone(first.end)
        self.assertEqual(day(1), second.end)
