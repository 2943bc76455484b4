"""Reading HTTP answers, whole, cut and hostile; and what an answer means."""

import asyncio
import datetime as dt
import unittest

from hypothesis import given
from hypothesis import strategies as st

from ..negative import header_of, negative
from ..relay import Later, Refusal, judge
from ..upstream import MAX_BODY_BYTES, Address, Reply, Unreachable, read_reply
from .fake import message
from .test_frames import LAWS

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
BROKEN = (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Unreachable)


def parsed(data):
    async def run():
        reader = asyncio.StreamReader(limit=1024)
        reader.feed_data(data)
        reader.feed_eof()
        return await read_reply(reader)

    return asyncio.run(run())


class TestAnswers(unittest.TestCase):
    def test_whole_ones(self):
        for data, body, is_reusable in (
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", b"ab", True),
            (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", b"", True),
            (b"HTTP/1.0 200 OK\r\ncontent-length:2\r\n\r\nab", b"ab", False),
            (
                b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nab",
                b"ab",
                True,
            ),
            (
                b"HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 2\r\n\r\nab",
                b"ab",
                False,
            ),
            (b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 204 No\r\n\r\n", b"", True),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n2\r\nbc\r\n0\r\nX: y\r\n\r\n",
                b"abc",
                True,
            ),
        ):
            with self.subTest(data):
                found = parsed(data)
                self.assertEqual((found.body, found.is_reusable), (body, is_reusable))

    def test_every_cut_of_one_is_no_answer(self):
        for data in (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        ):
            self.assertEqual(parsed(data).body, b"ab")
            for length in range(len(data)):
                with self.subTest(data[:length]), self.assertRaises(BROKEN):
                    parsed(data[:length])

    def test_hostile_ones(self):
        for data in (
            b"SSH-2.0-OpenSSH\r\n\r\n",
            b"HTTP/2 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nab",
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n name: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n",
            b"HTTP/1.1 200 OK\r\na: " + b"b" * 5000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        ):
            with self.subTest(data[:60]), self.assertRaises(BROKEN):
                parsed(data)

    @LAWS
    @given(st.binary(max_size=80))
    def test_any_bytes_give_an_answer_or_a_known_error(self, data):
        try:
            found = parsed(b"HTTP/1.1 200 OK\r\n" + data)
        except BROKEN:
            return
        self.assertLessEqual(len(found.body), MAX_BODY_BYTES)

    def test_addresses(self):
        self.assertEqual(Address.of("https://odoo.example/a").authority, "odoo.example")
        self.assertEqual(Address.of("http://[::1]:8069/a").authority, "[::1]:8069")
        for url in ("", "odoo", "http://", "http:///a", "https://odoo/a#b", "http://odoo/ä"):
            with self.subTest(url):
                self.assertRaises(ValueError, Address.of, url)


class TestMeaning(unittest.TestCase):
    def verdict(self, status, body=b"", **headers):
        return judge(Reply(status, {k.replace("_", "-"): v for k, v in headers.items()}, body), NOW)

    def test_only_an_acknowledgement_acknowledges(self):
        for body in (b"", b"{}", b"MSA|AA", b"MSH|\x1c\rMSA|AA", b"MSH|\x0b"):
            with self.subTest(body):
                found = self.verdict(200, body, content_type="application/hl7-v2")
                self.assertIsInstance(found, Later)
        self.assertIsInstance(self.verdict(200, b"MSH|", content_type="text/html"), Later)
        self.assertIsInstance(self.verdict(200, b"MSH|"), Later)
        good = self.verdict(202, b"MSH|", content_type="Application/HL7-v2; charset=x")
        self.assertEqual(good, b"MSH|")

    def test_how_long_to_wait(self):
        for text, seconds in (
            ("7", 7.0),
            ("", 0.0),
            ("soon", 0.0),
            ("-3", 0.0),
            ("9" * 400, 999999999.0),
            ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0),
            ("Thu, 01 Jan 2025 00:01:00 GMT", 0.0),
            ("Thu, 99 Jan 2026 00:01:00 GMT", 0.0),
        ):
            with self.subTest(text):
                self.assertEqual(self.verdict(503, retry_after=text).after, seconds)

    def test_no_control_character_gets_into_a_title(self):
        found = self.verdict(403, b'{"title": "a\\r\\u000bb\\u00e4", "code": "x\\ry"}')
        self.assertEqual(found, Refusal("rejected", "a b", "internal_error", 403))

    @LAWS
    @given(st.binary(max_size=60), st.sampled_from(["error", "rejected"]))
    def test_anything_can_be_refused_in_one_frame(self, rubbish, outcome):
        for content in (rubbish, b"MSH" + rubbish, message("1")[:40] + rubbish):
            block = negative(content, outcome, title="No", code="too_long", now=NOW)
            self.assertTrue(block.startswith(b"MSH|"))
            self.assertNotIn(b"\x0b", block)
            self.assertNotIn(b"\x1c", block)

    def test_a_header_behind_a_wrapper_or_mark_is_found(self):
        for before in (b"", b"\xef\xbb\xbf", b"FHS|^~\\&|A\rBHS|^~\\&|B\r", b"\r\n"):
            with self.subTest(before):
                self.assertEqual(header_of(before + message("42")[:80]).control_id, "42")


if __name__ == "__main__":
    unittest.main()
