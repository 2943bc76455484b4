"""A small OpenID provider for trials on this machine: people are signed in without being asked, as whoever ``person`` is.

Authorization code with PKCE and the implicit flow (OpenID Connect Core 1.0), discovery, keys and userinfo. It checks what a
client has to show, so that a trial with it means something; it keeps nothing, and is never to be reached from elsewhere.
"""

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

TOKEN_SECONDS = 300
KEY_ID = "trial"


class Refused(Exception):
    """An OAuth error (RFC 6749, 5.2): its word."""


class Provider:
    """One client and one person at a time. ``claims`` are what is said of the person beside ``sub``."""

    def __init__(self, client, secret, redirect_uri):
        self.client, self.secret, self.redirect_uri = client, secret, redirect_uri
        self.person, self.claims = "", {}
        #: of userinfo, where they differ from those of the ID token
        self.userinfo = None
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes, self._tokens = {}, {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def serving(self):
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def jwks(self):
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked):
        """Where the browser goes on."""
        if asked.get("client_id") != self.client or asked.get("redirect_uri") != self.redirect_uri:
            # never redirected to an address that nobody registered (RFC 6749, 4.1.2.1)
            raise Refused("invalid_client")
        if "openid" not in asked.get("scope", "").split():
            raise Refused("invalid_scope")
        state = {"state": asked.get("state", "")}
        if asked.get("response_type") == "code":
            code = secrets.token_urlsafe(16)
            self._codes[code] = (asked.get("code_challenge"), self._said(asked.get("nonce")))
            return f"{self.redirect_uri}?{urlencode({'code': code, **state})}"
        if asked.get("response_type") == "token":
            token = self._token(self._said(None))
            return f"{self.redirect_uri}#{urlencode({'access_token': token, **state})}"
        raise Refused("unsupported_response_type")

    def token(self, asked, authorization):
        """The tokens for a code, once."""
        shown = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        if authorization != f"Basic {shown}":
            raise Refused("invalid_client")
        if asked.get("redirect_uri") != self.redirect_uri:
            raise Refused("invalid_grant")
        challenge, said = self._codes.pop(asked.get("code"), (None, None))
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if said is None or challenge != _base64url(digest):
            raise Refused("invalid_grant")
        token = self._token(said)
        half = hashlib.sha256(token.encode()).digest()[:16]
        signed = jwt.encode(
            {**said, "at_hash": _base64url(half)}, self._key, "RS256", headers={"kid": KEY_ID}
        )
        return {"access_token": token, "token_type": "Bearer", "id_token": signed}

    def about(self, token):
        """Userinfo."""
        if token not in self._tokens:
            raise Refused("invalid_token")
        said = self._tokens[token]
        return said if self.userinfo is None else {"sub": said["sub"], **self.userinfo}

    def _said(self, nonce):
        now = int(time.time())
        times = {"iat": now, "exp": now + TOKEN_SECONDS}
        own = {"iss": self.issuer, "sub": self.person, "aud": self.client, **times}
        return {**own, **({"nonce": nonce} if nonce else {}), **self.claims}

    def _token(self, said):
        token = secrets.token_urlsafe(24)
        self._tokens[token] = said
        return token


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query))
            with self._refusals():
                if parts.path == "/authorize":
                    self._redirect(provider.authorize(asked))
                elif parts.path == "/userinfo":
                    bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                    self._answer(200, provider.about(bearer or asked.get("access_token")))
                elif parts.path == "/jwks":
                    self._answer(200, provider.jwks())
                elif parts.path == "/.well-known/openid-configuration":
                    self._answer(200, provider.discovery())
                else:
                    self._answer(404, {"error": "not_found"})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked = {name: values[-1] for name, values in parse_qs(body).items()}
            with self._refusals():
                self._answer(200, provider.token(asked, self.headers.get("Authorization")))

        @contextlib.contextmanager
        def _refusals(self):
            try:
                yield
            except Refused as refused:
                self._answer(400, {"error": str(refused)})

        def _redirect(self, address):
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, status, said):
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Silent: addresses carry tokens."""

    return Handler
