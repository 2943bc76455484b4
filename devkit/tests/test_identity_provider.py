"""The provider of trials refuses what a real one would."""

import base64
import hashlib
import unittest
from urllib.parse import parse_qs, urlsplit

import jwt

from devkit.identity_provider import Provider, Refused

BACK = "http://127.0.0.1:1/auth_oauth/signin"
VERIFIER = "verifier"


def challenge(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class TestProvider(unittest.TestCase):
    def setUp(self):
        self.provider = Provider("odoo", "secret", BACK)
        self.addCleanup(self.provider._server.server_close)
        self.provider.person, self.provider.claims = "p1", {"groups": ["a"]}
        self.basic = "Basic " + base64.b64encode(b"odoo:secret").decode()

    def ask(self, **changed):
        asked = {
            "client_id": "odoo",
            "redirect_uri": BACK,
            "scope": "openid",
            "state": "s",
            "nonce": "n",
            "response_type": "code",
            "code_challenge": challenge(VERIFIER),
        }
        return self.provider.authorize(asked | changed)

    def code(self):
        return parse_qs(urlsplit(self.ask()).query)["code"][0]

    def exchange(self, code, verifier=VERIFIER, redirect_uri=BACK, authorization=None):
        asked = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        return self.provider.token(asked, authorization or self.basic)

    def refused(self, word, call, *args, **named):
        with self.assertRaises(Refused) as caught:
            call(*args, **named)
        self.assertEqual(str(caught.exception), word)

    def test_a_code_becomes_tokens_once(self):
        code = self.code()
        told = self.exchange(code)
        [key] = jwt.PyJWKSet.from_dict(self.provider.jwks()).keys
        said = jwt.decode(told["id_token"], key, ["RS256"], audience="odoo")
        self.assertEqual((said["sub"], said["groups"], said["nonce"]), ("p1", ["a"], "n"))
        self.assertEqual(self.provider.about(told["access_token"])["sub"], "p1")
        self.refused("invalid_grant", self.exchange, code)

    def test_only_who_began_it_gets_the_tokens(self):
        self.refused("invalid_grant", self.exchange, self.code(), verifier="another")
        self.refused("invalid_grant", self.exchange, self.code(), redirect_uri="http://evil")
        self.refused("invalid_client", self.exchange, self.code(), authorization="Basic x")
        self.refused("invalid_grant", self.exchange, "no such code")

    def test_nobody_is_sent_where_nobody_registered(self):
        self.refused("invalid_client", self.ask, redirect_uri="http://evil")
        self.refused("invalid_client", self.ask, client_id="another")
        self.refused("invalid_scope", self.ask, scope="email")
        self.refused("unsupported_response_type", self.ask, response_type="id_token")

    def test_a_token_travels_in_the_fragment_where_that_was_asked_for(self):
        parts = urlsplit(self.ask(response_type="token"))
        self.assertFalse(parts.query)
        token = parse_qs(parts.fragment)["access_token"][0]
        self.assertEqual(self.provider.about(token)["groups"], ["a"])
        self.refused("invalid_token", self.provider.about, "guessed")


if __name__ == "__main__":
    unittest.main()
