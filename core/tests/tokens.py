"""What a sender shows. Tokens are built here by hand, with ``cryptography`` alone: what is verified was not signed by the verifier's library."""

import base64
import json
import unittest
from datetime import datetime, timezone

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .. import auth
from ..auth import oauth
from ..errors import Unauthenticated
from ..signature import Credential, SignedRequest

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
AT = int(NOW.timestamp())
ISSUER, AUDIENCE, CLIENT = "https://id.example.org/realm", "https://odoo.example.org", "lab-engine"
RSA = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
SHORT = rsa.generate_private_key(65537, 1024)
EC = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
ED = ed25519.Ed25519PrivateKey.generate()
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def jwk(key, kid="k1", **more):
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        said = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    elif isinstance(public, ec.EllipticCurvePublicKey):
        numbers, size = public.public_numbers(), (public.key_size + 7) // 8
        name = {256: "P-256", 384: "P-384"}[public.key_size]
        said = {
            "kty": "EC",
            "crv": name,
            "x": number(numbers.x, size),
            "y": number(numbers.y, size),
        }
    else:
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        said = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
    return {**said, "kid": kid, **more}


def key_set(*keys):
    return json.dumps({"keys": keys})


def signed(key, algorithm, data):
    if algorithm == "RS256":
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "PS256":
        return key.sign(data, PSS, hashes.SHA256())
    if algorithm == "EdDSA":
        return key.sign(data)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def claims(**changes):
    said = {"iss": ISSUER, "aud": AUDIENCE, "exp": AT + 300, "iat": AT, "azp": CLIENT, "sub": "s"}
    return {name: value for name, value in (said | changes).items() if value is not ...}


def token(said=None, key=RSA, alg="RS256", kid="k1", signer=None, **header):
    """A signed token. ``said``: the claims, or raw bytes; ``...`` leaves a header out."""
    header = {"typ": "at+jwt", "alg": alg, "kid": kid, **header}
    header = {name: value for name, value in header.items() if value is not ...}
    payload = said if isinstance(said, bytes) else json.dumps(said or claims()).encode()
    start = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    signature = signer(start.encode()) if signer else signed(key, alg, start.encode())
    return f"{start}.{b64(signature)}"


def credential(*keys, client=CLIENT, scopes=(), audience=AUDIENCE):
    known = oauth.read_keys(key_set(*(keys or (jwk(RSA),))))
    terms = oauth.Terms(ISSUER, audience, client, frozenset(scopes), known)
    return Credential("oauth", "c", terms=terms)


class OAuthCase(unittest.TestCase):
    def request(self, shown, now=NOW, scheme="Bearer", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return SignedRequest(
            "POST", "/", {"authorization": f"{scheme} {shown}", **headers}, b"{}", now
        )

    def accept(self, shown, using=None, **request):
        made = self.request(shown, **request)
        return auth.authenticate([using or credential()], made)

    def refuse(self, reason, shown, using=None, **request):
        with self.assertRaises(Unauthenticated) as caught:
            self.accept(shown, using, **request)
        self.assertEqual(
            ("unauthenticated", reason), (caught.exception.code, caught.exception.detail)
        )
