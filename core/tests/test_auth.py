import base64
import json
import random
import unittest
from datetime import datetime, timedelta, timezone

from .. import auth
from ..auth import api_key, standard_webhooks
from ..errors import PermanentError, Unauthenticated
from ..signature import Credential, SignedRequest
from . import samples

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = b'{"type": "org.example.test"}'
HMAC = Credential("standard_webhooks", "hmac", secrets=(SECRET,))


def request(headers=None, body=BODY, now=NOW):
    return SignedRequest("POST", "/interop/v1/in/demo", headers or {}, body, now)


def signed(message_id="msg_1", secret=SECRET, seconds=0, body=BODY, **changes):
    """Headers of a well-signed request, ``seconds`` old, with some of them changed afterwards."""
    timestamp = int(NOW.timestamp()) - seconds
    headers = standard_webhooks.headers(
        secret, message_id=message_id, timestamp=timestamp, body=body
    )
    return headers | {name.replace("_", "-"): value for name, value in changes.items()}


class AuthCase(unittest.TestCase):
    def accept(self, credentials, request):
        return auth.authenticate(credentials, request)

    def refuse(self, credentials, request):
        with self.assertRaises(Unauthenticated) as caught:
            auth.authenticate(credentials, request)
        self.assertEqual("unauthenticated", caught.exception.code)
        self.assertEqual("", caught.exception.path)
        return caught.exception.detail


class Authenticate(AuthCase):
    def test_both_schemes_are_in_the_table(self):
        self.assertLessEqual({"standard_webhooks", "api_key"}, auth.SCHEMES.keys())

    def test_each_scheme_bears_the_name_of_its_file(self):
        self.assertEqual(len(auth.SCHEMES), len(set(auth.SCHEMES)))
        for name in auth.SCHEMES:
            with self.subTest(name=name):
                try:
                    self.assertEqual(name, auth.SCHEMES[name].name)
                except ModuleNotFoundError as error:
                    self.skipTest(f"{error.name} is not installed")

    def test_a_scheme_that_nobody_wrote_is_none(self):
        self.assertRaises(KeyError, auth.SCHEMES.__getitem__, "none")

    def test_no_credential_no_entry(self):
        self.assertEqual("no_credential", self.refuse([], request(signed())))

    def test_an_unknown_scheme_opens_nothing(self):
        unknown = Credential("none", secrets=(SECRET,))
        self.assertEqual("unknown_scheme", self.refuse([unknown], request(signed())))

    def test_a_credential_ends_when_it_expires(self):
        at = Credential("standard_webhooks", secrets=(SECRET,), expires_at=NOW)
        self.assertEqual("expired", self.refuse([at], request(signed())))
        later = Credential(
            "standard_webhooks", secrets=(SECRET,), expires_at=NOW + timedelta(seconds=1)
        )
        self.accept([later], request(signed()))

    def test_it_tells_which_credential_held_and_for_which_bytes(self):
        other = Credential("standard_webhooks", "other", secrets=(OTHER_SECRET,))
        verified = self.accept([other, HMAC], request(signed()))
        self.assertEqual(("hmac", BODY), (verified.credential.reference, verified.body))

    def test_misuse_is_told_to_the_programmer_at_once(self):
        self.assertRaises(TypeError, request, body='{"a": 1}')
        self.assertRaises(ValueError, request, now=NOW.replace(tzinfo=None))
        naive = NOW.replace(tzinfo=None)
        self.assertRaises(ValueError, Credential, "api_key", expires_at=naive)

    def test_no_secret_stands_in_a_representation(self):
        credential = Credential("api_key", secrets=(SECRET,), digest="d1gest")
        self.assertNotIn(SECRET, repr(credential))
        self.assertNotIn("d1gest", repr(credential))
        self.assertNotIn("org.example.test", repr(request()))


class StandardWebhooks(AuthCase):
    def test_every_published_vector_holds(self):
        vectors = json.loads(samples.read("standard-webhooks/vectors.json"))["vectors"]
        for vector in vectors:
            headers = {
                "webhook-id": vector["msg_id"],
                "webhook-timestamp": str(vector["timestamp"]),
                "webhook-signature": vector["signature"],
            }
            now = datetime.fromtimestamp(vector["timestamp"], timezone.utc)
            made = request(headers, vector["payload"].encode(), now)
            credential = Credential("standard_webhooks", secrets=(vector["secret"],))
            with self.subTest(vector["id"]):
                check = {"accept": self.accept, "refuse": self.refuse}[vector["expect"]]
                check([credential], made)

    def test_a_fixed_signature_of_our_own(self):
        # Made with openssl dgst -sha256 -mac HMAC over "msg_1.1795435200." and the body.
        expected = "v1,dP35fojEnjM8HTIMqczJZi+z+anQ9Vu9q0Ttvgf6ACA="
        made = standard_webhooks.sign(
            SECRET, message_id="msg_1", timestamp=int(NOW.timestamp()), body=BODY
        )
        self.assertEqual(expected, made)

    def test_the_verified_id_is_the_requests_id(self):
        headers = signed(idempotency_key="another")
        self.assertEqual("msg_1", self.accept([HMAC], request(headers)).request_id)

    def test_altered_bytes_are_refused(self):
        self.assertEqual("bad_signature", self.refuse([HMAC], request(signed(), BODY + b" ")))
        self.refuse([HMAC], request(signed(), b""))
        self.refuse([HMAC], request(signed(webhook_id="msg_2")))
        timestamp = str(int(NOW.timestamp()) - 1)
        self.refuse([HMAC], request(signed(webhook_timestamp=timestamp)))

    def test_any_bytes_can_be_signed(self):
        for body in (b"", bytes(range(256)), "ü\r\n".encode()):
            self.accept([HMAC], request(signed(body=body), body))

    def test_the_clock_may_differ_by_five_minutes_either_way(self):
        for seconds in (300, -300):
            self.accept([HMAC], request(signed(seconds=seconds)))
        for seconds in (301, -301, 10**9):
            detail = self.refuse([HMAC], request(signed(seconds=seconds)))
            self.assertEqual("stale_timestamp", detail)
        half = request(signed(seconds=300), now=NOW + timedelta(milliseconds=500))
        self.refuse([HMAC], half)

    def test_a_timestamp_is_digits_and_nothing_else(self):
        now = str(int(NOW.timestamp()))
        wrong = ("", " " + now, now + "\n", "+" + now, now + ".0", now[:-3] + "_" + now[-3:], "1e9")
        arabic = now.translate({ord("0") + n: 0x660 + n for n in range(10)})
        for timestamp in (*wrong, arabic, "-1", "0x6", "9" * 5000):
            detail = self.refuse([HMAC], request(signed(webhook_timestamp=timestamp)))
            self.assertEqual("bad_timestamp", detail)

    def test_an_id_is_of_plain_characters(self):
        for message_id in ("", "a.b", "a b", "é", "a\n", "a,b", "x" * 256):
            detail = self.refuse([HMAC], request(signed(webhook_id=message_id)))
            self.assertEqual("bad_message_id", detail)
            with self.assertRaises(PermanentError):
                standard_webhooks.sign(SECRET, message_id=message_id, timestamp=1, body=b"")

    def test_each_missing_header_is_refused(self):
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            headers = signed()
            del headers[name]
            self.refuse([HMAC], request(headers))

    def test_one_good_signature_among_others_is_enough(self):
        good, other = (
            signed(secret=secret)["webhook-signature"] for secret in (SECRET, OTHER_SECRET)
        )
        for value in (f"{other} {good}", f"v2,AAAA {good} v1a,xx", f"{good} ", f"v1,junk  {good}"):
            self.accept([HMAC], request(signed(webhook_signature=value)))

    def test_only_version_one_in_strict_base64_counts(self):
        good = signed()["webhook-signature"]
        mac = good.removeprefix("v1,")
        # The last character before the padding carries two unused bits: other letters decode alike.
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        twin = alphabet[alphabet.index(mac[-2]) ^ 1]
        wrong = (
            mac,
            f"v2,{mac}",
            f"V1,{mac}",
            f"v1, {mac}",
            f"v1,{mac}\n",
            f"v1,{mac[:-1]}",
            f"v1,{mac}=",
            f"v1,{mac[:-2]}{twin}=",
            f"v1,{mac},v1,{mac}",
            f"v1,{mac[:20]}\n{mac[20:]}",
            f"v1,{base64.b64decode(mac).hex()}",
            "v1,é",
            "v1,",
            "",
        )
        for value in wrong:
            detail = self.refuse([HMAC], request(signed(webhook_signature=value)))
            self.assertEqual("bad_signature", detail, value)

    def test_url_safe_base64_is_not_base64(self):
        for number in range(100):
            headers = signed(message_id=f"m{number}")
            value = headers["webhook-signature"]
            urlsafe = value.replace("+", "-").replace("/", "_")
            if value != urlsafe:
                self.refuse([HMAC], request(headers | {"webhook-signature": urlsafe}))

    def test_a_list_of_thousands_of_signatures_is_not_read_to_its_end(self):
        good = signed()["webhook-signature"]
        value = " ".join(["v1,x"] * 5000 + [good])
        self.refuse([HMAC], request(signed(webhook_signature=value)))

    def test_two_secrets_are_valid_while_one_is_rotated_out(self):
        both = Credential("standard_webhooks", secrets=(OTHER_SECRET, SECRET))
        self.accept([both], request(signed()))
        self.accept([both], request(signed(secret=OTHER_SECRET)))
        self.refuse([HMAC], request(signed(secret=OTHER_SECRET)))

    def test_a_secret_has_24_to_64_bytes_in_strict_base64(self):
        for length in (24, 32, 64):
            encoded = base64.b64encode(bytes(length)).decode()
            self.assertEqual(bytes(length), standard_webhooks.decode_secret("whsec_" + encoded))
            self.assertEqual(bytes(length), standard_webhooks.decode_secret(encoded))
        short, long = (base64.b64encode(bytes(length)).decode() for length in (23, 65))
        urlsafe = base64.urlsafe_b64encode(b"\xff" * 24).decode()
        loose = base64.b64encode(bytes(25)).decode().replace("A==", "B==")
        bad = ("", "whsec_", short, long, urlsafe, loose, SECRET[:-1], SECRET + "\n", "é" * 40)
        for secret in bad:
            with self.assertRaises(PermanentError, msg=secret) as caught:
                standard_webhooks.decode_secret(secret)
            self.assertEqual("secret_malformed", caught.exception.code)

    def test_a_bad_stored_secret_opens_nothing_and_does_not_close_the_door(self):
        self.refuse([Credential("standard_webhooks", secrets=("", "x"))], request(signed()))
        self.refuse([Credential("standard_webhooks")], request(signed()))
        mixed = Credential("standard_webhooks", secrets=("x", SECRET))
        self.accept([mixed], request(signed()))

    def test_a_generated_secret_works(self):
        secret = standard_webhooks.generate_secret(bytes)
        self.assertEqual(bytes(32), standard_webhooks.decode_secret(secret))
        self.assertTrue(secret.startswith("whsec_"))

    def test_no_malformed_header_raises_anything_else(self):
        rng = random.Random(7)
        letters = "v1, =+/AZaz09.\n\t\0\x7f\xe9\u0661\ud800\U0001f600"
        for _ in range(1000):
            headers = signed()
            for name in rng.sample(sorted(headers), rng.randrange(1, 4)):
                headers[name] = mangled(rng, headers[name], letters)
            try:
                self.accept([HMAC], request(headers))
            except Unauthenticated:
                continue
            self.assertEqual("msg_1", headers["webhook-id"])


class ApiKey(AuthCase):
    def setUp(self):
        self.made = api_key.generate(lambda length: bytes(range(length)))
        self.credential = Credential(
            "api_key", "key", prefix=self.made.prefix, digest=self.made.digest
        )

    def test_a_key_is_taken_from_either_header(self):
        for headers in (
            {"authorization": f"Bearer {self.made.key}"},
            {"authorization": f"bearer   {self.made.key} "},
            {"x-api-key": self.made.key},
            {"x-api-key": self.made.key, "authorization": f"Bearer {self.made.key}"},
            {"x-api-key": self.made.key, "authorization": "Basic eDp5"},
        ):
            self.assertEqual(self.made.prefix, api_key.prefix_of(headers))
            self.assertEqual(BODY, self.accept([self.credential], request(headers)).body)

    def test_two_different_keys_are_none(self):
        other = api_key.generate(lambda length: bytes(length)).key
        headers = {"x-api-key": self.made.key, "authorization": f"Bearer {other}"}
        self.assertEqual("no_api_key", self.refuse([self.credential], request(headers)))

    def test_the_key_itself_is_not_in_what_is_stored_or_shown(self):
        secret = self.made.key.rpartition("_")[2]
        self.assertNotIn(secret, self.made.digest + repr(self.made))
        self.assertRegex(self.made.key, r"^hio_[a-z2-7]{8}_[a-z2-7]{52}$")
        self.assertEqual(self.made.digest, api_key.digest(self.made.key))

    def test_a_wrong_key_is_refused(self):
        wrong = self.made.key[:-2] + ("aa" if self.made.key[-2:] != "aa" else "bb")
        swapped = self.made.key.replace(self.made.prefix, "b" * 8)
        for key in (wrong, swapped):
            detail = self.refuse([self.credential], request({"x-api-key": key}))
            self.assertEqual("bad_api_key", detail)

    def test_a_digest_holds_only_with_its_prefix(self):
        moved = Credential("api_key", prefix="bbbbbbbb", digest=self.made.digest)
        self.refuse([moved], request({"x-api-key": self.made.key}))
        empty = Credential("api_key", prefix=self.made.prefix)
        self.refuse([empty], request({"x-api-key": self.made.key}))

    def test_what_is_not_a_key_is_refused(self):
        key = self.made.key
        for shown in ("", "hio_", key + "\n", key.upper(), key[:-1], key + "a", "é" * 64, "\ud800"):
            self.assertEqual("", api_key.prefix_of({"x-api-key": shown}))
            self.refuse([self.credential], request({"x-api-key": shown}))
            self.refuse([self.credential], request({"authorization": f"Bearer {shown}"}))
        self.refuse([self.credential], request({"authorization": f"Basic {key}"}))
        self.refuse([self.credential], request())

    def test_the_bearer_may_state_an_id_for_the_request(self):
        base = {"x-api-key": self.made.key}
        for headers, expected in (
            ({}, ""),
            ({"idempotency-key": "i"}, "i"),
            ({"webhook-id": "w"}, "w"),
            ({"idempotency-key": "i", "webhook-id": "w"}, "i"),
        ):
            verified = self.accept([self.credential], request(base | headers))
            self.assertEqual(expected, verified.request_id)

    def test_no_malformed_header_raises_anything_else(self):
        rng = random.Random(8)
        letters = "hio_ abz27\n\t\0\x7f\xe9\u0661\ud800\U0001f600"
        for _ in range(800):
            key = mangled(rng, self.made.key, letters)
            name, value = rng.choice([("x-api-key", key), ("authorization", "Bearer " + key)])
            try:
                self.accept([self.credential], request({name: value}))
            except Unauthenticated:
                continue
            self.assertEqual(self.made.key, key.strip(" "))


def mangled(rng, text, letters):
    """A few edits of ``text``; sometimes nothing of it is left."""
    characters = list(text)
    for _ in range(rng.randrange(1, 5)):
        position = rng.randrange(len(characters) + 1)
        characters[position : position + rng.randrange(3)] = rng.choices(
            letters, k=rng.randrange(3)
        )
    return "".join(characters) if rng.random() < 0.95 else ""
