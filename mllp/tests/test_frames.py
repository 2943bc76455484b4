"""Laws of the frame parser, for any bytes in any chunks."""

import unittest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..frames import HEAD_BYTES, Reader, UnsafeContent, framed

LIMIT = 2100
LAWS = settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
#: what is near the parser's decisions, more often than by chance
PIECES = st.one_of(
    st.sampled_from(
        [b"\x0b", b"\x1c", b"\r", b"\n", b"\x1c\r", b"\x0bMSH", b"MSH|", b"FHS", b"M", b"S", b"\0"]
    ),
    st.binary(max_size=8),
    st.sampled_from([b"a" * 700, b"b" * LIMIT, b"c" * (LIMIT - 3)]),
)
STREAMS = st.lists(PIECES, max_size=30).map(b"".join)
#: what a message may be: no framing in it
CONTENTS = st.binary(max_size=60).map(lambda one: one.translate(None, b"\x0b\x1c"))


def read(data, cuts=(), limit=LIMIT):
    """Frames, and the parser after it all, with ``data`` cut at ``cuts``."""
    reader, frames, last = Reader(limit), [], 0
    for place in sorted({min(cut, len(data)) for cut in cuts} | {len(data)}):
        frames += reader.feed(data[last:place])
        last = place
    return frames, reader


class TestLaws(unittest.TestCase):
    @LAWS
    @given(STREAMS, st.lists(st.integers(0, 6000), max_size=12))
    def test_chunks_make_no_difference(self, data, cuts):
        whole, one = read(data)
        parts, other = read(data, cuts)
        self.assertEqual(parts, whole)
        self.assertEqual(
            (other.is_inside, other.noise, other.noise_in_all, other.cut, other.may_settle),
            (one.is_inside, one.noise, one.noise_in_all, one.cut, one.may_settle),
        )
        self.assertEqual(other.settle(), one.settle())

    @LAWS
    @given(STREAMS)
    def test_byte_by_byte_makes_no_difference(self, data):
        self.assertEqual(read(data, range(len(data)))[0], read(data)[0])

    @LAWS
    @given(STREAMS, st.lists(st.integers(0, 6000), max_size=12))
    def test_never_more_than_the_limit_is_held(self, data, cuts):
        reader, last = Reader(LIMIT), 0
        for place in sorted({min(cut, len(data)) for cut in cuts} | {len(data)}):
            for one in reader.feed(data[last:place]):
                self.assertLessEqual(len(one.content), HEAD_BYTES if one.is_too_long else LIMIT)
            self.assertLessEqual(reader.held, LIMIT + 4)
            last = place

    @LAWS
    @given(st.lists(CONTENTS, max_size=6), st.lists(st.sampled_from([b"", b"\r\n", b"x"])))
    def test_what_is_framed_is_read(self, contents, between):
        gaps = iter(between)
        data = b"".join(next(gaps, b"") + framed(one) for one in contents)
        frames, reader = read(data)
        self.assertEqual([one.content for one in frames], contents)
        self.assertFalse(reader.is_inside)

    @LAWS
    @given(st.binary(max_size=40))
    def test_what_can_t_be_framed_is_not(self, content):
        if b"\x0b" in content or b"\x1c" in content:
            self.assertRaises(UnsafeContent, framed, content)
        else:
            self.assertEqual(framed(content), b"\x0b" + content + b"\x1c\x0d")


class TestReading(unittest.TestCase):
    def contents(self, data):
        return [one.content for one in read(data)[0]]

    def test_an_end_without_cr_before_the_next_start(self):
        for end in (b"\x1c", b"\x1c\n"):
            with self.subTest(end):
                data = b"\x0bMSH|1" + end + b"\x0bMSH|2\x1c\r"
                self.assertEqual(self.contents(data), [b"MSH|1", b"MSH|2"])

    def test_an_end_without_cr_before_silence(self):
        for end in (b"\x1c", b"\x1c\n"):
            with self.subTest(end):
                frames, reader = read(b"\x0bMSH|1" + end)
                self.assertEqual(frames, [])
                self.assertTrue(reader.may_settle)
                self.assertEqual(reader.settle().content, b"MSH|1")
                self.assertFalse(reader.is_inside)
                self.assertEqual(reader.feed(b"\r\x0bMSH|2\x1c\r")[0].content, b"MSH|2")
                self.assertEqual(reader.noise_in_all, 0)

    def test_silence_within_a_message_ends_nothing(self):
        for data in (b"\x0bMSH|1", b"\x0bMSH|1\r", b"\x0bMSH\x1c|", b"\x0b", b"", b"\x1c"):
            with self.subTest(data):
                reader = read(data)[1]
                self.assertFalse(reader.may_settle)
                self.assertIsNone(reader.settle())

    def test_marks_in_a_message_that_end_and_begin_nothing(self):
        for content in (b"MSH|a\x0bb", b"MSH|a\x1cb", b"MSH|\x1c\x1c", b"MSH|\x0bMS"):
            with self.subTest(content):
                self.assertEqual(self.contents(b"\x0b" + content + b"\x1c\r"), [content])

    def test_a_sender_that_begins_anew(self):
        frames, reader = read(b"\x0bMSH|1\rPID|\x0bMSH|1\rPID|7\x1c\r")
        self.assertEqual([one.content for one in frames], [b"MSH|1\rPID|7"])
        self.assertEqual(reader.cut, 1)
        self.assertEqual(read(b"\x0b\x0bMSH|1\x1c\r")[1].cut, 0)
        # of a long one little is left, and the new start may be all of it
        data = b"\x0bMSH|" + b"x" * 3 * LIMIT + b"\x0bMSH|2\x1c\r"
        for cut in range(len(data) - 12, len(data)):
            frames, reader = read(data, [cut])
            self.assertEqual(([one.content for one in frames], reader.cut), ([b"MSH|2"], 1))

    def test_noise_is_counted_and_blanks_are_not(self):
        frames, reader = read(b"\r\n \t\0GET /\x0bMSH\x1c\r\nmore")
        self.assertEqual(len(frames), 1)
        self.assertEqual((reader.noise, reader.noise_in_all), (4, 8))

    def test_a_message_at_the_limit_and_beyond(self):
        for length in range(LIMIT - 4, LIMIT + 6):
            with self.subTest(length):
                content = b"MSH|" + b"x" * (length - 4)
                (one,), _reader = read(b"\x0b" + content + b"\x1c\r\x0b")
                self.assertEqual(one.is_too_long, length > LIMIT)
                self.assertEqual(one.content, content[:HEAD_BYTES] if length > LIMIT else content)

    def test_after_a_long_one_the_next_is_read(self):
        data = framed(b"MSH|" + b"x" * 3 * LIMIT) + framed(b"MSH|2")
        self.assertEqual(
            [one.is_too_long for one in read(data, range(0, 9000, 7))[0]], [True, False]
        )

    def test_a_limit_that_holds_no_header_is_none(self):
        self.assertRaises(ValueError, Reader, HEAD_BYTES - 1)


if __name__ == "__main__":
    unittest.main()
