import hashlib
import hmac
import json
import random
import unittest

from cryptography.hazmat.primitives import serialization

from ..errors import Unauthenticated

try:
    from ..auth import oauth
    from .tokens import EC, ED, OTHER, RSA, OAuthCase, b64, claims, credential, jwk, token
except ModuleNotFoundError as error:
    # as in test_schema: a bare Python has not every library
    raise unittest.SkipTest(f"{error.name} is not installed") from error


class Signatures(OAuthCase):
    KEYS = (jwk(RSA, "rsa"), jwk(EC, "ec"), jwk(ED, "ed"))

    def test_each_algorithm_with_its_own_key(self):
        for key, algorithm, kid in (
            (RSA, "RS256", "rsa"),
            (RSA, "PS256", "rsa"),
            (EC, "ES256", "ec"),
            (ED, "EdDSA", "ed"),
        ):
            with self.subTest(algorithm):
                shown = token(key=key, alg=algorithm, kid=kid)
                verified = self.accept(shown, credential(*self.KEYS))
                self.assertEqual("c", verified.credential.reference)
                self.refuse(
                    "bad_signature",
                    shown[:-6] + ("AAAAAA" if shown[-6:] != "AAAAAA" else "BBBBBB"),
                    credential(*self.KEYS),
                )

    def test_what_is_not_signed_by_the_issuer_is_refused(self):
        self.refuse("bad_signature", token(key=OTHER))
        body = b64(json.dumps(claims(azp="another")).encode())
        head, _body, signature = token().split(".")
        self.refuse("bad_signature", f"{head}.{body}.{signature}")

    def test_no_algorithm_but_four(self):
        for alg in (
            "none",
            "None",
            "NONE",
            "",
            "HS256",
            "HS512",
            "RS1",
            "ES256K",
            "RS256 ",
            "rs256",
            None,
            7,
            [],
            {},
            ["RS256"],
        ):
            with self.subTest(alg=alg):
                self.refuse("bad_algorithm", token(alg=alg, signer=lambda data: b"x"))
        self.refuse("bad_algorithm", token(alg=..., signer=lambda data: b"x"))
        unsigned = token(alg="none", signer=lambda data: b"x").rpartition(".")[0] + "."
        self.refuse("no_token", unsigned)

    def test_a_public_key_is_no_shared_secret(self):
        """The old confusion: HMAC, with what everybody can read as its secret."""
        pem = RSA.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for secret in (pem, pem.strip(), json.dumps(jwk(RSA)).encode(), jwk(RSA)["n"].encode()):
            for alg in ("HS256", "RS256", "ES256", "EdDSA"):
                shown = token(
                    alg=alg,
                    signer=lambda data, s=secret: hmac.new(s, data, hashlib.sha256).digest(),
                )
                with self.assertRaises(Unauthenticated):
                    self.accept(shown, credential(*self.KEYS))

    def test_a_key_serves_only_the_algorithms_of_its_kind(self):
        self.refuse("unknown_key", token(key=EC, alg="ES256", kid="rsa"), credential(*self.KEYS))
        only_pss = credential(jwk(RSA, alg="PS256"))
        self.accept(token(alg="PS256"), only_pss)
        self.refuse("unknown_key", token(), only_pss)

    def test_a_key_that_the_token_brings_along_is_not_looked_at(self):
        brought = {
            "jwk": jwk(OTHER),
            "jku": "https://evil.example/keys",
            "x5u": "https://evil.example",
            "x5c": ["MIIB"],
        }
        self.refuse("bad_signature", token(key=OTHER, **brought))
        self.accept(token(**brought))

    def test_the_key_id_chooses_and_nothing_else_does(self):
        self.refuse("unknown_key", token(kid="k2"))
        for kid in ("", None, 0, [], {"a": 1}, "../../etc/passwd", "k1' OR '1'='1", "k1\\u0000"):
            self.refuse("unknown_key", token(kid=kid))
        nameless = credential({**jwk(RSA), "kid": ""})
        self.refuse("unknown_key", token(kid=""), nameless)

    def test_without_a_key_id_there_must_be_no_choice(self):
        self.accept(token(kid=...))
        self.refuse("no_key_id", token(kid=...), credential(jwk(RSA), jwk(OTHER, "k2")))
        self.accept(token(kid=...), credential(jwk(RSA), jwk(EC, "k2")))

    def test_while_the_issuer_rotates_both_keys_hold(self):
        both = credential(jwk(RSA, "old"), jwk(OTHER, "new"))
        self.accept(token(kid="old"), both)
        self.accept(token(key=OTHER, kid="new"), both)
        self.refuse("bad_signature", token(key=OTHER, kid="old"), both)

    def test_two_keys_of_one_name_are_both_tried(self):
        twins = credential(jwk(OTHER), jwk(RSA), jwk(RSA))
        self.accept(token(), twins)
        self.accept(token(key=OTHER), twins)

    def test_critical_headers_are_not_understood(self):
        for header in (
            {"crit": ["exp"]},
            {"crit": []},
            {"b64": True},
            {"b64": False, "crit": ["b64"]},
        ):
            self.refuse("critical_header", token(**header))

    def test_other_kinds_of_tokens_are_no_access_tokens(self):
        for typ in ("JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", ...):
            self.accept(token(typ=typ))
        for typ in ("dpop+jwt", "logout+jwt", "secevent+jwt", "JOSE", "", None, 7, ["JWT"]):
            self.refuse("bad_token_type", token(typ=typ))


class Malformed(OAuthCase):
    def test_what_is_no_token(self):
        good = token()
        for shown in (
            "",
            ".",
            "..",
            "a.b",
            "a.b.c.d",
            good + ".",
            good + "=",
            good.replace(".", "..", 1),
            " ",
            "é.é.é",
            "\ud800",
            good + "\n",
        ):
            with self.subTest(shown=shown[:10]), self.assertRaises(Unauthenticated):
                self.accept(shown)
        self.refuse("no_token", good, scheme="Basic")
        self.refuse("no_token", good, scheme="DPoP")
        self.refuse("no_token", f"{good} {good}")
        self.refuse("no_token", f"{good},Bearer")

    def test_a_long_one_is_not_read(self):
        self.refuse("token_too_long", token(claims(fill="x" * 10_000)))
        self.refuse("token_too_long", "a" * 10_000)
        self.accept(token(claims(fill="x" * 4_000)))

    def test_parts_that_are_no_objects(self):
        tail = ".".join(token().split(".")[1:])
        for part in (
            b"[]",
            b"null",
            b"7",
            b'"x"',
            b"{",
            b"",
            b"\xff",
            b"[" * 3000,
            b'{"a":' * 900,
            b'{"alg":"RS256","alg":"none"}',
            b'{"alg":NaN}',
        ):
            with self.subTest(part=part[:10]), self.assertRaises(Unauthenticated):
                self.accept(f"{b64(part) or 'A'}.{tail}")
            shown = token(part or b"0")
            with self.assertRaises(Unauthenticated):
                self.accept(shown)

    def test_another_spelling_of_the_same_bytes_is_no_signature(self):
        """The last character of a signature holds bits that decode to nothing."""
        shown = token()
        last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(shown[-1])
        other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1]
        self.refuse("bad_signature", shown[:-1] + other)

    def test_whatever_is_mangled_raises_nothing_else(self):
        rng = random.Random(5)
        good, using = token(), credential(*Signatures.KEYS, jwk(RSA))
        letters = "AZaz09-_.=+/ \n\0\xe9\ud800"
        held = 0
        for _ in range(3000):
            characters = list(good)
            for _edit in range(rng.randrange(1, 4)):
                place = rng.randrange(len(characters) + 1)
                characters[place : place + rng.randrange(3)] = rng.choices(
                    letters, k=rng.randrange(3)
                )
            shown = "".join(characters)
            oauth.lacks_key(using, self.request(shown))
            try:
                self.accept(shown, using)
            except Unauthenticated:
                continue
            held += 1
            self.assertEqual(good, shown.strip(" "))
        self.assertLess(held, 1000)

    def test_no_token_and_no_key_stands_in_a_representation(self):
        using = credential()
        self.assertNotIn("RSA", repr(using))
        self.assertNotIn("RSAPublicKey", repr(using.terms))
        with self.assertRaises(Unauthenticated) as caught:
            self.accept(token(key=OTHER))
        self.assertNotIn("eyJ", str(caught.exception))
