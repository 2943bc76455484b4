import json
import unittest

from cryptography.hazmat.primitives.asymmetric import rsa

from ..errors import PermanentError
from ..signature import Credential

try:
    from ..auth import oauth
    from .tokens import (
        AT,
        AUDIENCE,
        CLIENT,
        EC,
        ED,
        ISSUER,
        NOW,
        OTHER,
        P384,
        RSA,
        SHORT,
        OAuthCase,
        b64,
        claims,
        credential,
        jwk,
        key_set,
        number,
        token,
    )
except ModuleNotFoundError as error:
    # as in test_schema: a bare Python has not every library
    raise unittest.SkipTest(f"{error.name} is not installed") from error


class Claims(OAuthCase):
    def test_the_issuer_is_exactly_the_one(self):
        for issuer in (
            ISSUER + "/",
            ISSUER.upper(),
            "https://id.example.org",
            "",
            None,
            ...,
            [ISSUER],
            {"a": ISSUER},
        ):
            self.refuse("bad_issuer", token(claims(iss=issuer)))

    def test_the_audience_is_exactly_one_of_those(self):
        self.accept(token(claims(aud=["another", AUDIENCE])))
        for audience in (
            AUDIENCE + "/",
            AUDIENCE[:-1],
            "",
            None,
            ...,
            [],
            [[AUDIENCE]],
            {AUDIENCE: 1},
            7,
        ):
            self.refuse("bad_audience", token(claims(aud=audience)))

    def test_the_clock_may_differ_by_a_minute(self):
        self.accept(token(claims(exp=AT - 59)))
        self.refuse("token_expired", token(claims(exp=AT - 60)))
        for name in ("nbf", "iat"):
            self.accept(token(claims(**{name: AT + 60})))
            self.refuse("token_of_the_future", token(claims(**{name: AT + 61})))
        self.accept(token(claims(exp=AT - 59.5, iat=AT - 90.25)))
        self.accept(token(claims(iat=...)))

    def test_it_must_end(self):
        self.refuse("no_expiry", token(claims(exp=...)))
        for name in ("exp", "nbf", "iat"):
            for value in (None, "", str(AT + 300), True, [], {}, [AT]):
                self.refuse("bad_time", token(claims(**{name: value})))
        self.refuse("bad_token", token(claims(exp=10**400)))
        self.refuse(
            "bad_token", token(json.dumps(claims()).replace(str(AT + 300), "1e999").encode())
        )

    def test_the_client_by_the_issuers_own_name_for_it(self):
        for said in (
            {"azp": CLIENT},
            {"azp": ..., "client_id": CLIENT},
            {"azp": ..., "sub": CLIENT},
        ):
            self.accept(token(claims(**said)))
        for said in (
            {"azp": "another", "client_id": CLIENT, "sub": CLIENT},
            {"azp": ..., "client_id": "another", "sub": CLIENT},
            {"azp": ..., "sub": ...},
            {"azp": [CLIENT]},
            {"azp": None, "sub": CLIENT},
        ):
            self.refuse("bad_client", token(claims(**said)))

    def test_all_scopes_are_needed(self):
        needs = credential(scopes=("interop.send", "lab"), client="")
        for said in (
            {"scope": "lab interop.send other"},
            {"scp": ["interop.send", "lab"]},
            {"scp": "interop.send lab"},
        ):
            self.accept(token(claims(**said)), needs)
        for said in (
            {},
            {"scope": "lab"},
            {"scope": "interop.sender lab"},
            {"scope": "LAB INTEROP.SEND"},
            {"scope": ["lab"], "scp": ["interop.send"]},
            {"scope": None},
            {"scp": {"interop.send": 1, "lab": 1}},
            {"scp": [["interop.send", "lab"], 7, None]},
        ):
            self.refuse("missing_scope", token(claims(**said)), needs)

    def test_a_credential_that_asks_for_nobody_lets_nobody_in(self):
        self.refuse("no_terms", token(), credential(client=""))
        self.refuse("no_terms", token(), Credential("oauth"))
        self.refuse("no_terms", token(), Credential("oauth", terms={"issuer": ISSUER}))

    def test_a_token_bound_to_a_key_is_no_bearers(self):
        self.refuse("bound_token", token(claims(cnf={"jkt": "x"})))

    def test_the_bearer_may_state_an_id_for_the_request(self):
        self.assertEqual("", self.accept(token()).request_id)
        self.assertEqual("i", self.accept(token(), idempotency_key="i", webhook_id="w").request_id)
        self.assertEqual("w", self.accept(token(), webhook_id="w").request_id)

    def test_an_expired_credential_refuses_a_good_token(self):
        ended = Credential("oauth", terms=credential().terms, expires_at=NOW)
        self.refuse("expired", token(), ended)


class KeySets(unittest.TestCase):
    def test_what_is_no_signing_key_of_ours_is_left_out(self):
        good = jwk(RSA, "good")
        rubbish = [
            None,
            7,
            "x",
            [],
            {},
            {"kty": "oct", "k": "c2VjcmV0", "kid": "good"},
            {"kty": ["RSA"]},
            jwk(SHORT),
            jwk(P384),
            jwk(RSA, use="enc"),
            jwk(RSA, use=None),
            jwk(RSA, alg="RS512"),
            jwk(RSA, alg=7),
            jwk(RSA, key_ops=["encrypt"]),
            jwk(RSA, key_ops="verify"),
            {**good, "n": "!!"},
            {**good, "n": ""},
            {**good, "n": 7},
            {**good, "e": ""},
            {**jwk(EC), "x": "AA"},
            {**jwk(EC), "y": jwk(EC)["x"]},
            {**jwk(ED), "x": "AA"},
            {**jwk(ED), "crv": "Ed448"},
            {**good, "crv": "P-256"},
        ]
        for one in rubbish:
            with self.subTest(one=str(one)[:60]):
                with self.assertRaises(PermanentError) as caught:
                    oauth.read_keys(key_set(one))
                self.assertEqual("key_set_empty", caught.exception.code)
        found = oauth.read_keys(
            key_set(*rubbish, good, jwk(EC, "e", use="sig", key_ops=["verify"]))
        )
        self.assertEqual(
            [("good", ("RS256", "PS256")), ("e", ("ES256",))],
            [(key.id, key.algorithms) for key in found],
        )

    def test_a_private_key_is_taken_over_without_its_secret(self):
        numbers = RSA.private_numbers()
        [key] = oauth.read_keys(
            key_set(jwk(RSA, d=number(numbers.d), p=number(numbers.p), q=number(numbers.q)))
        )
        self.assertIsInstance(key.key, rsa.RSAPublicKey)

    def test_what_is_no_key_set(self):
        for text in (
            "",
            "x",
            "[]",
            "{}",
            '{"keys": {}}',
            '{"keys": null}',
            '{"keys": "x"}',
            "null",
            "[" * 9999,
            '{"keys":[],"keys":[]}',
            " " * oauth.LARGEST_KEY_SET + "{}",
        ):
            with self.assertRaises(PermanentError) as caught:
                oauth.read_keys(text)
            self.assertEqual("key_set_malformed", caught.exception.code)

    def test_endless_sets_end(self):
        keys = [jwk(ED, f"k{place}") for place in range(oauth.MOST_KEYS + 20)]
        self.assertEqual(oauth.MOST_KEYS, len(oauth.read_keys(key_set(*keys))))


class NewKeys(OAuthCase):
    def test_an_unknown_key_of_the_issuer_is_a_reason_to_look(self):
        using = credential()
        self.assertTrue(oauth.lacks_key(using, self.request(token(kid="k2", key=OTHER))))
        for shown in (
            token(),
            token(claims(iss="https://evil.example"), kid="k2"),
            "x.y.z",
            "",
            "a" * 10_000,
            f"{b64(b'[]')}.{b64(b'{}')}.x",
        ):
            self.assertFalse(oauth.lacks_key(using, self.request(shown)))
        self.assertFalse(oauth.lacks_key(Credential("api_key"), self.request(token(kid="k2"))))
