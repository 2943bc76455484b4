import unittest

from core.document import Envelope
from core.trace import of_message, traceparent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"


class TraceTest(unittest.TestCase):
    def test_the_standards_own_examples(self):
        for flags in ("00", "01", "ff"):
            text = f"00-{TRACE}-{SPAN}-{flags}"
            self.assertEqual(text, traceparent(text))

    def test_a_later_version_is_taken_as_far_as_it_is_understood(self):
        self.assertEqual(f"cc-{TRACE}-{SPAN}-01", traceparent(f"cc-{TRACE}-{SPAN}-01"))
        self.assertEqual(f"cc-{TRACE}-{SPAN}-01", traceparent(f"cc-{TRACE}-{SPAN}-01-what-more"))
        self.assertEqual("", traceparent(f"cc-{TRACE}-{SPAN}-01.what"))

    def test_what_is_not_valid_is_none(self):
        bad = (
            "",
            "00",
            GOOD[:-1],
            GOOD + "0",
            GOOD + "-more",
            GOOD.upper(),
            f" {GOOD}",
            f"ff-{TRACE}-{SPAN}-01",
            f"00-{'0' * 32}-{SPAN}-01",
            f"00-{TRACE}-{'0' * 16}-01",
            f"00-{TRACE[:-1]}g-{SPAN}-01",
            f"00_{TRACE}_{SPAN}_01",
            "00-\u0664bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "x" * 100_000,
        )
        for text in bad:
            with self.subTest(length=len(text), begins=text[:8]):
                self.assertEqual("", traceparent(text))

    def test_an_events_own_word_goes_before_its_requests(self):
        own = f"00-{'a' * 32}-{SPAN}-00"
        event = Envelope("t", extensions=(("other", "x"), ("traceparent", own)))
        self.assertEqual(own, of_message(event, {"traceparent": GOOD}))
        self.assertEqual(GOOD, of_message(Envelope("t"), {"traceparent": GOOD}))
        bad = Envelope("t", extensions=(("traceparent", "mine"),))
        self.assertEqual(GOOD, of_message(bad, {"traceparent": GOOD}))
        self.assertEqual("", of_message(Envelope("t"), {}))


if __name__ == "__main__":
    unittest.main()
