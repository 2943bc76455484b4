import base64
import hashlib
import random
import unittest
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .. import auth
from ..auth import mutual_tls
from ..errors import PermanentError, Unauthenticated
from ..signature import Credential, SignedRequest

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def made(*names):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )


CERTIFICATE, OTHER = (made((NameOID.COMMON_NAME, "lab")) for _one in range(2))
DER = CERTIFICATE.public_bytes(serialization.Encoding.DER)
PEM = CERTIFICATE.public_bytes(serialization.Encoding.PEM).decode()
HASH = hashlib.sha256(DER).hexdigest()
SPELLINGS = {
    "RFC 9440": f":{base64.b64encode(DER).decode()}:",
    "nginx": quote(PEM, safe=""),
    "nginx, loosely escaped": quote(PEM),
    "Apache": PEM.replace("\n", " "),
    "PEM": PEM,
    "HAProxy": base64.b64encode(DER).decode(),
}


class MutualTls(unittest.TestCase):
    def authenticate(self, shown, headers=None, digest=HASH, **credential):
        request = SignedRequest("POST", "/", headers or {}, b"{}", NOW, certificate=shown)
        return auth.authenticate([Credential("mutual_tls", digest=digest, **credential)], request)

    def refuse(self, reason, *args, **options):
        with self.assertRaises(Unauthenticated) as caught:
            self.authenticate(*args, **options)
        self.assertEqual(reason, caught.exception.detail)

    def test_every_proxys_spelling(self):
        for name, shown in SPELLINGS.items():
            with self.subTest(name):
                self.authenticate(shown)

    def test_another_certificate_of_the_same_name_is_another(self):
        other = OTHER.public_bytes(serialization.Encoding.PEM).decode()
        self.refuse("bad_certificate", quote(other))
        self.refuse("bad_certificate", SPELLINGS["HAProxy"], digest="")
        self.refuse("bad_certificate", SPELLINGS["HAProxy"], digest="é")

    def test_headers_alone_prove_nothing(self):
        """Whether a header may be believed was decided before; here only ``certificate`` counts."""
        headers = {"client-cert": SPELLINGS["RFC 9440"], "x-ssl-client-cert": quote(PEM)}
        self.refuse("no_certificate", "", headers=headers)

    def test_what_is_no_certificate(self):
        for shown in (
            "", " ", ":", "::", ":AA==", "AA==:", "(null)", "NONE", "é", "x" * 10_000, "A" * 20_000, "%", "%ZZ",
            PEM + PEM, PEM[:-10], "-----BEGIN CERTIFICATE-----", quote("-----BEGIN CERTIFICATE-----é"),
            f"{SPELLINGS['HAProxy']},{SPELLINGS['HAProxy']}", HASH, PEM.replace("CERTIFICATE", "PRIVATE KEY"),
        ):  # fmt: skip
            with self.subTest(shown[:30]), self.assertRaises(Unauthenticated):
                self.authenticate(shown)

    def test_it_ends(self):
        self.refuse("expired", SPELLINGS["PEM"], expires_at=NOW)

    def test_whatever_is_mangled_raises_nothing_else(self):
        rng = random.Random(3)
        for _ in range(1500):
            characters = list(rng.choice(list(SPELLINGS.values())))
            for _edit in range(rng.randrange(1, 4)):
                place = rng.randrange(len(characters) + 1)
                characters[place : place + rng.randrange(3)] = rng.choices(
                    "A%=-: \n\0é", k=rng.randrange(3)
                )
            text = "".join(characters)
            try:
                self.authenticate(text)
            except Unauthenticated:
                continue
            self.assertEqual(HASH, mutual_tls.fingerprint(text))

    def test_the_holder_may_state_an_id_for_the_request(self):
        for headers, expected in (
            ({}, ""),
            ({"webhook-id": "w"}, "w"),
            ({"idempotency-key": "i", "webhook-id": "w"}, "i"),
        ):
            self.assertEqual(expected, self.authenticate(PEM, headers=headers).request_id)


class Reading(unittest.TestCase):
    def test_what_an_administrator_sees(self):
        found = mutual_tls.read(PEM)
        self.assertEqual((HASH, "lab"), (found.fingerprint, found.subject))
        self.assertEqual(NOW + timedelta(days=90), found.ends_at)
        self.assertEqual(HASH[:16].upper(), mutual_tls.spaced(HASH).replace(":", ""))
        nameless = made((NameOID.ORGANIZATION_NAME, "Lab Ltd")).public_bytes(
            serialization.Encoding.PEM
        )
        self.assertEqual("O=Lab Ltd", mutual_tls.read(nameless.decode()).subject)

    def test_what_is_none(self):
        for text in (
            "",
            "x",
            "AAAA",
            PEM + PEM,
            PEM.replace("CERTIFICATE", "PRIVATE KEY"),
            base64.b64encode(DER[:-5]).decode(),
        ):
            with self.assertRaises(PermanentError) as caught:
                mutual_tls.read(text)
            self.assertEqual("certificate_malformed", caught.exception.code)
