import unittest
from datetime import datetime, timezone

from core import auth
from core.auth import standard_webhooks
from core.body import LARGEST, Body
from core.door import Knock
from core.errors import Unauthenticated
from core.signature import Credential, SignedRequest

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
SECRETS = tuple(
    standard_webhooks.generate_secret(lambda count, b=b: b * count) for b in (b"a", b"b")
)


class TestBody(unittest.TestCase):
    def setUp(self):
        self.read = []

    def pieces(self, *pieces):
        for piece in pieces:
            self.read.append(piece)
            yield piece

    def body(self, *pieces):
        return Body(self.pieces(*pieces))

    def test_what_there_is_room_for_is_held_and_stays(self):
        body = self.body(b"ab", b"c", b"d")
        self.assertEqual(self.read, [])
        for _time in range(2):
            self.assertEqual(body.upto(4), b"abcd")
            self.assertEqual(body.upto(100), b"abcd")
            self.assertIsNone(body.upto(3))
            self.assertEqual(b"".join(body.drain()), b"abcd")
        self.assertEqual(self.read, [b"ab", b"c", b"d"])

    def test_one_of_nothing(self):
        for body in (self.body(), self.body(b"")):
            self.assertEqual(body.upto(0), b"")
            self.assertEqual(b"".join(body.drain()), b"")

    def test_no_more_is_read_than_shows_that_there_is_no_room(self):
        body = self.body(*[b"x" * 10] * 100)
        self.assertIsNone(body.upto(25))
        self.assertEqual(len(self.read), 3)
        self.assertIsNone(body.upto(25))
        self.assertEqual(len(self.read), 3)
        # more room, as an administrator may have given meanwhile: what was read is not lost
        self.assertIsNone(body.upto(500))
        self.assertEqual(len(self.read), 51)
        self.assertEqual(len(body.upto(1000)), 1000)

    def test_a_long_one_passes_by_and_nothing_of_it_is_held(self):
        body = self.body(*[b"x" * 10] * 100)
        self.assertIsNone(body.upto(25))
        seen = 0
        for piece in body.drain():
            seen += len(piece)
            self.assertLessEqual(sum(map(len, body._held)), 0)
        self.assertEqual(seen, 1000)
        self.assertEqual(list(body.drain()), [])

    def test_largest_is_what_an_endpoint_may_be_given(self):
        self.assertEqual(LARGEST, 65536 * 1024)


class TestKnock(unittest.TestCase):
    def knock(self, **more):
        return Knock("e", "POST", "/", "", "", {}, 0, NOW, lambda: b"abc", **more)

    def test_one_body_for_all_runs(self):
        knock = self.knock()
        self.assertEqual(knock.body.upto(3), b"abc")
        self.assertIs(knock.body, knock.body)
        self.assertEqual(self.knock(pieces=lambda: iter((b"d", b"e"))).body.upto(9), b"de")


class TestLongSignatures(unittest.TestCase):
    """A body that nobody has room for is verified all the same."""

    PIECES = (b"x" * 1000, b"", b"y" * 7, b"z")

    def credential(self, *secrets, scheme="standard_webhooks"):
        return Credential(scheme, reference=1, secrets=secrets)

    def verify(self, credentials, headers):
        macs = standard_webhooks.macs(credentials, headers, iter(self.PIECES))
        request = SignedRequest("POST", "/", headers, b"", NOW, macs=macs)
        return auth.authenticate(credentials, request)

    def signed(self, secret, body=None):
        stamp = int(NOW.timestamp())
        body = b"".join(self.PIECES) if body is None else body
        return standard_webhooks.headers(secret, message_id="m", timestamp=stamp, body=body)

    def test_each_secret_holds(self):
        credentials = [self.credential(SECRETS[0]), self.credential(SECRETS[1])]
        for number, secret in enumerate(SECRETS):
            verified = self.verify(credentials, self.signed(secret))
            self.assertIs(verified.credential, credentials[number])
            self.assertEqual((verified.request_id, verified.body), ("m", b""))
        self.verify([self.credential(*SECRETS)], self.signed(SECRETS[1]))

    def test_anything_else_is_refused(self):
        good = self.signed(SECRETS[0])
        one = self.credential(SECRETS[0])
        cases = {
            "another secret": ([one], self.signed(SECRETS[1])),
            "another body": ([one], self.signed(SECRETS[0], b"x")),
            "of an empty body": ([one], self.signed(SECRETS[0], b"")),
            "nothing shown": ([one], {}),
            "no signature": ([one], {**good, "webhook-signature": "v1,"}),
            "surrogates": ([one], {**good, "webhook-id": "\udcff"}),
            "another id": ([one], {**good, "webhook-id": "n"}),
            "too old": ([one], {**good, "webhook-timestamp": "1"}),
            "nobody": ([], good),
            "a bad secret": ([self.credential("whsec_x")], good),
            "another scheme": ([self.credential(SECRETS[0], scheme="api_key")], good),
        }
        for name, (credentials, headers) in cases.items():
            with self.subTest(name), self.assertRaises(Unauthenticated):
                self.verify(credentials, headers)

    def test_all_of_it_is_read_whoever_asks(self):
        for credentials in ([], [self.credential(SECRETS[0])]):
            pieces = iter(self.PIECES)
            standard_webhooks.macs(credentials, {}, pieces)
            self.assertEqual(list(pieces), [])


if __name__ == "__main__":
    unittest.main()
