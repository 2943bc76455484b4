"""Times keep their precision and zone, whatever notation they came in."""

import doctest
import unittest
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .. import moments
from ..canonical import Moment
from ..errors import MappingError
from ..moments import date_hl7, date_iso, parse_hl7, parse_iso, to_iso

UTC = timezone.utc
BERLIN = ZoneInfo("Europe/Berlin")


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite(moments))
    return tests


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


class Hl7TimeTest(unittest.TestCase):
    def test_every_length_has_its_precision(self):
        for text, at, precision in (
            ("2020", utc(2020, 1, 1), "year"),
            ("202005", utc(2020, 5, 1), "month"),
            ("20200508", utc(2020, 5, 8), "day"),
            ("2020050813", utc(2020, 5, 8, 13), "hour"),
            ("202005081306", utc(2020, 5, 8, 13, 6), "minute"),
            ("20200508130643", utc(2020, 5, 8, 13, 6, 43), "second"),
            ("20200508130643.5", utc(2020, 5, 8, 13, 6, 43, 500000), "subsecond"),
        ):
            self.assertEqual(parse_hl7(text, UTC), Moment(at, precision, ""))

    def test_a_time_without_offset_is_in_the_senders_zone_summer_or_winter(self):
        self.assertEqual(parse_hl7("202007011200", BERLIN).at, utc(2020, 7, 1, 10))
        self.assertEqual(parse_hl7("202001011200", BERLIN).at, utc(2020, 1, 1, 11))

    def test_an_offset_is_kept_as_written(self):
        moment = parse_hl7("198808181126+0215", BERLIN)
        self.assertEqual((moment.at, moment.zone), (utc(1988, 8, 18, 9, 11), "+02:15"))
        self.assertEqual(parse_hl7("20200101Z", BERLIN), Moment(utc(2020, 1, 1), "day", "+00:00"))
        self.assertEqual(parse_hl7(" 20200101 -05:00 ", UTC).zone, "-05:00")

    def test_a_fraction_longer_than_microseconds_is_cut(self):
        self.assertEqual(parse_hl7("20200101000000.123456789", UTC).at.microsecond, 123456)

    def test_a_leap_second_is_the_second_after_59(self):
        self.assertEqual(parse_hl7("20161231235960", UTC).at, utc(2017, 1, 1))

    def test_what_is_no_time_is_refused_with_a_code(self):
        for text in (
            "",
            "202",
            "20200",
            "20201301",
            "20200230",
            "2008081830",
            "20200101000000.",
            "2020-05-08",
            "tomorrow",
            "00010101+1400",
            "99991231235959-1400",
            "20200101+2500",
            "20200101000000.1234567890",
            "٢٠٢٠",
        ):
            with self.subTest(text), self.assertRaises(MappingError) as caught:
                parse_hl7(text, UTC)
            self.assertEqual(caught.exception.code, "bad_time")


class IsoTimeTest(unittest.TestCase):
    def test_every_form_has_its_precision(self):
        for text, at, precision, zone in (
            ("2020", utc(2020, 1, 1), "year", ""),
            ("2020-05", utc(2020, 5, 1), "month", ""),
            ("2020-05-08", utc(2020, 5, 8), "day", ""),
            ("2020-05-08T13:06", utc(2020, 5, 8, 13, 6), "minute", ""),
            ("2020-05-08T13:06:43Z", utc(2020, 5, 8, 13, 6, 43), "second", "+00:00"),
            ("2020-05-08t13:06:43z", utc(2020, 5, 8, 13, 6, 43), "second", "+00:00"),
            (
                "2020-05-08 13:06:43,25+02:00",
                utc(2020, 5, 8, 11, 6, 43, 250000),
                "subsecond",
                "+02:00",
            ),
        ):
            self.assertEqual(parse_iso(text, UTC), Moment(at, precision, zone))

    def test_nanoseconds_are_cut(self):
        self.assertEqual(
            parse_iso("2020-01-01T00:00:00.1234567891234Z", UTC).at.microsecond, 123456
        )

    def test_what_is_no_time_is_refused(self):
        for text in (
            "20200508",
            "2020-13",
            "2020-02-30",
            "2020-05-08T25:00",
            "2020-05-08T",
            "soon",
        ):
            with self.subTest(text), self.assertRaises(MappingError):
                parse_iso(text, UTC)


class DayTest(unittest.TestCase):
    def test_a_day_is_the_one_written_in_no_zone(self):
        self.assertEqual(date_hl7("19890118000000"), date(1989, 1, 18))
        self.assertEqual(date_hl7("198808182359-1100"), date(1988, 8, 18))
        self.assertEqual(date_iso("2020-05-08T23:30:00-05:00"), date(2020, 5, 8))

    def test_less_than_a_day_is_no_day(self):
        self.assertIsNone(date_hl7("1978"))
        self.assertIsNone(date_iso("1978-04"))

    def test_what_is_no_day_is_refused(self):
        for parse, text in (
            (date_hl7, "19780231"),
            (date_hl7, "x"),
            (date_iso, "1978-02-31"),
            (date_iso, "x"),
        ):
            with self.subTest(text), self.assertRaises(MappingError):
                parse(text)


class WrittenTest(unittest.TestCase):
    def test_what_was_read_is_written_as_precisely(self):
        for text in (
            "2020",
            "2020-05",
            "2020-05-08",
            "2020-05-08T13:06:43+02:00",
            "2020-05-08T13:06:43.250000-05:00",
        ):
            self.assertEqual(to_iso(parse_iso(text, UTC)), text)

    def test_an_assumed_zone_is_written_out(self):
        self.assertEqual(to_iso(parse_hl7("20200508", BERLIN), BERLIN), "2020-05-08")
        self.assertEqual(
            to_iso(parse_hl7("202005081306", BERLIN), BERLIN), "2020-05-08T13:06:00+02:00"
        )

    def test_a_fixed_offset_zone_serves_as_well(self):
        zone = timezone(timedelta(hours=-3))
        self.assertEqual(parse_hl7("2020010100", zone).at, utc(2020, 1, 1, 3))
