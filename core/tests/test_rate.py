"""Token buckets: never more than was promised, whatever comes and whatever the clock does."""

import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from core import answers
from core.problem import headers_of
from core.rate import SECOND, Bucket, Limit, Overloaded, RateLimited, Standing, headers, take

NOW = 1_780_000_000 * SECOND


def limit(count=50, period=1, burst=10, name="endpoint"):
    return Limit(key=f"{name}/1", name=name, count=count, period=period, burst=burst)


def standing(one, bucket, now=NOW):
    return Standing(one, bucket.full_at - now)


class Sender:
    """Asks again and again, as the door does."""

    def __init__(self, *limits, now=NOW):
        self.limits, self.now = limits, now
        self.buckets = (None,) * len(limits)

    def ask(self, **more):
        is_taken, self.buckets = take(self.limits, self.buckets, self.now, **more)
        return is_taken

    def standings(self):
        return [
            standing(one, bucket, self.now)
            for one, bucket in zip(self.limits, self.buckets, strict=True)
        ]


limits = st.builds(
    limit,
    count=st.integers(1, 5000),
    period=st.sampled_from([1, 60, 3600]),
    burst=st.integers(1, 100),
)
#: in tenths of what one token takes
pauses = st.lists(st.integers(0, 300), min_size=1, max_size=40)
MOST = 400


class LawsTest(unittest.TestCase):
    @settings(max_examples=100, deadline=None)
    @given(limits, pauses)
    def test_no_window_has_more_than_burst_and_rate(self, one, steps):
        sender, taken = Sender(one), []
        for pause in steps:
            sender.now += pause * one.step // 10
            while len(taken) < MOST and sender.ask():
                taken.append(sender.now)
        # for every window: count <= burst + length / step
        least = None
        for place, at in enumerate(taken):
            start = place * one.step - at
            least = start if least is None else min(least, start)
            self.assertLessEqual(start + one.step - least, one.room)

    @settings(max_examples=100, deadline=None)
    @given(limits, pauses)
    def test_who_waits_as_long_as_told_is_let_in(self, one, steps):
        sender = Sender(one)
        for pause in steps:
            sender.now += pause * one.step // 400
            if not sender.ask():
                [told] = sender.standings()
                self.assertEqual(told.remaining, 0)
                sender.now += told.wait - 1
                self.assertFalse(sender.ask())
                sender.now += 1
                self.assertTrue(sender.ask())

    @settings(max_examples=100, deadline=None)
    @given(limits, st.lists(st.integers(-7200, 60), min_size=1, max_size=40))
    def test_a_clock_that_goes_back_makes_nobody_wait_longer(self, one, steps):
        sender = Sender(one)
        for step in steps:
            sender.now += step * SECOND
            sender.ask()
            [told] = sender.standings()
            self.assertLessEqual(told.wait, one.step)
            self.assertLessEqual(told.fills_in, one.room)

    @settings(max_examples=100, deadline=None)
    @given(limits, st.lists(st.integers(-7200, 0), min_size=1, max_size=20))
    def test_a_clock_that_goes_back_gives_nobody_more(self, one, steps):
        sender, taken = Sender(one), 0
        for step in steps:
            sender.now += step * SECOND
            while taken < MOST and sender.ask():
                taken += 1
        self.assertEqual(taken, one.burst)

    @settings(max_examples=100, deadline=None)
    @given(limits, limits, pauses)
    def test_of_two_limits_both_hold_and_a_refusal_takes_from_neither(self, one, other, steps):
        both = Sender(one, other)
        for pause in steps:
            both.now += pause * SECOND // 100
            single = [Sender(each, now=both.now) for each in (one, other)]
            for sender, bucket in zip(single, both.buckets, strict=True):
                sender.buckets = (bucket,)
            would = [sender.ask() for sender in single]
            before = [_full(bucket, both.now) for bucket in both.buckets]
            self.assertEqual(both.ask(), all(would))
            if not all(would):
                self.assertEqual([bucket.full_at for bucket in both.buckets], before)

    @settings(max_examples=100, deadline=None)
    @given(limits, st.integers(1, 2000), st.integers(1, 50))
    def test_what_is_owed_is_waited_for(self, one, tokens, more):
        sender = Sender(one)
        self.assertTrue(sender.ask(tokens=tokens, is_owed=True))
        [told] = sender.standings()
        self.assertEqual(told.fills_in, tokens * one.step)
        sender.now += tokens * one.step
        self.assertEqual(sum(sender.ask() for _one in range(one.burst + more)), one.burst)


def _full(bucket, now):
    return now if bucket is None else max(now, bucket.full_at)


class ToldTest(unittest.TestCase):
    def test_the_headers_name_each_limit(self):
        found = dict(
            headers(
                [
                    Standing(limit(count=100, period=60, burst=20), 3 * SECOND),
                    Standing(limit(count=5, period=1, burst=5, name="credential"), SECOND),
                ]
            )
        )
        self.assertEqual(found["RateLimit-Policy"], '"endpoint";q=100;w=60, "credential";q=5;w=1')
        self.assertEqual(found["RateLimit"], '"endpoint";r=15;t=3, "credential";r=0;t=1')

    def test_without_limits_nothing_is_told(self):
        self.assertEqual(headers([]), ())

    def test_tokens_owed_are_no_negative_rest(self):
        owed = Standing(limit(count=1, period=1, burst=1), 5 * SECOND)
        self.assertEqual((owed.remaining, owed.wait), (0, 5 * SECOND))
        self.assertIn("r=0;t=5", dict(headers([owed]))["RateLimit"])

    def test_a_refusal_tells_how_long_and_by_whom(self):
        slow = Standing(limit(count=1, period=60, burst=1, name="credential"), 60 * SECOND)
        fast = Standing(limit(), SECOND // 50)
        error = RateLimited([fast, slow])
        self.assertEqual((error.http_status, error.detail), (429, "credential"))
        self.assertEqual(headers_of(error), {"Retry-After": "60"})
        # a second at least, or a sender would be told to come at once
        self.assertEqual(headers_of(RateLimited([fast]))["Retry-After"], "1")

    def test_a_part_of_a_second_is_rounded_up(self):
        error = RateLimited([Standing(limit(count=10, period=23, burst=1), 2_300_000_000)])
        self.assertEqual(error.retry_after, 3)

    def test_each_format_gets_its_own_answer(self):
        error = RateLimited([Standing(limit(count=1, period=1, burst=1), SECOND)])
        for format_, type_ in (
            ("fhir", "application/fhir+json"),
            ("hl7v2", "application/problem+json"),
            ("json", "application/problem+json"),
        ):
            answer = answers.refused(format_, error)
            self.assertEqual((answer.status, answer.content_type), (429, type_))
            self.assertIn(b"rate_limited", answer.body)
            self.assertEqual(dict(answer.headers)["Retry-After"], "1")
        self.assertIn(b'"throttled"', answers.refused("fhir", error).body)

    def test_overload_is_told_with_the_time_to_come_back(self):
        error = Overloaded(30)
        for format_, type_ in (("fhir", "fhir+json"), ("hl7v2", "problem+json")):
            answer = answers.refused(format_, error)
            self.assertEqual((answer.status, answer.content_type), (503, f"application/{type_}"))
            self.assertEqual(dict(answer.headers)["Retry-After"], "30")

    def test_what_odoo_cannot_serve_is_told_with_a_time_too(self):
        self.assertEqual(dict(answers.http_error(503).headers), {"Retry-After": "5"})
        self.assertEqual(answers.http_error(500).headers, ())

    def test_a_limit_as_people_set_it(self):
        self.assertIsNone(Limit.of("endpoint", 7, 0, 1, 5))
        self.assertEqual(
            Limit.of("endpoint", 7, 50, 1, 20), Limit("endpoint/7/50/1/20", "endpoint", 50, 1, 20)
        )
        bursts = [Limit.of("endpoint", 7, count, 1, 0).burst for count in (1, 10, 11, 50)]
        self.assertEqual(bursts, [1, 1, 2, 5])

    def test_a_bucket_that_is_full_is_full(self):
        is_taken, [bucket] = take([limit(burst=1)], [Bucket(NOW - 5, NOW - 6)], NOW)
        self.assertTrue(is_taken)
        self.assertEqual(bucket, Bucket(NOW + SECOND // 50, NOW))


if __name__ == "__main__":
    unittest.main()
