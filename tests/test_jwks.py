"""How keys are fetched: from a real server with a certificate of its own, which tries what a bad one would."""

import contextlib
import http.server
import json
import os
import socket
import ssl
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..connectors import jwks
from ..core.errors import InteropError

NAME = "id.test"
KEYS = '{"keys": []}'


def certificate(folder, name):
    """A certificate that is its own authority; paths of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = Path(folder) / f"{name}.pem", Path(folder) / f"{name}.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(cert), str(private)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what ``pages`` has for a path: text, or a function that answers by itself."""

    pages = {}
    asked = []

    def do_GET(self):
        self.asked.append((self.headers["Host"], self.path))
        page = self.pages.get(self.path)
        if callable(page):
            page(self)
        elif page is None:
            self.answer(404, b"")
        else:
            self.answer(200, page.encode())

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_args):
        pass


@tagged("post_install", "-at_install")
class TestJwks(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.authority, private = certificate(folder, NAME)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.authority, private)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        cls.server.socket = context.wrap_socket(cls.server.socket, server_side=True)
        cls.port = cls.server.server_address[1]
        cls.issuer = f"https://{NAME}:{cls.port}/realm"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self):
        super().setUp()
        self.addresses = ["127.0.0.1"]
        self.enterContext(patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": self.authority}))
        self.allow(NAME)
        Handler.asked.clear()
        self.pages = Handler.pages = {
            "/realm/.well-known/openid-configuration": json.dumps(
                {"issuer": self.issuer, "jwks_uri": f"https://{NAME}:{self.port}/keys"}
            ),
            "/keys": KEYS,
        }

    def allow(self, hosts):
        self.patch(
            self.registry["interop.settings"],
            "_option",
            lambda _settings, name: hosts if name == "private_hosts" else "",
        )

    def _found(self, host, port, **_options):
        return [(0, 0, 0, "", (address, port)) for address in self.addresses]

    def fetch(self, issuer=None):
        connector = self.env["interop.connector.jwks"]
        real = socket.getaddrinfo
        # only the connector's own look-up: the connection that follows is to an address
        with patch.object(
            jwks.socket,
            "getaddrinfo",
            lambda host, port, *args, **more: (
                self._found(host, port)
                if host.endswith(".test")
                else real(host, port, *args, **more)
            ),
        ):
            return connector._fetch(issuer or self.issuer)

    def refuse(self, code, issuer=None):
        with self.assertRaises(InteropError) as caught:
            self.fetch(issuer)
        self.assertEqual(caught.exception.code, code)

    def test_keys_are_found_by_the_issuers_address(self):
        self.assertEqual(self.fetch(), KEYS)
        self.assertEqual({host for host, _path in Handler.asked}, {f"{NAME}:{self.port}"})

    def test_only_the_name_that_was_asked_for_may_answer(self):
        """The address is right, the certificate of another name."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        other, _private = certificate(folder, "another.test")
        with patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": other}):
            self.refuse("certificate_refused")
        self.allow("another.test")
        with mute_logger("urllib3.connection"):
            self.refuse("certificate_refused", f"https://another.test:{self.port}/realm")
        self.assertFalse(Handler.asked)

    def test_our_own_house_is_not_asked_unless_allowed(self):
        self.allow("")
        for address in (
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "::1",
            "::ffff:127.0.0.1",
            "fd00::1",
        ):
            self.addresses = [address]
            self.refuse("private_address")
        self.addresses = ["8.8.8.8", "127.0.0.1"]
        self.refuse("private_address")
        self.assertFalse(Handler.asked)

    def test_a_key_sets_place_is_held_to_the_same(self):
        discovery = "/realm/.well-known/openid-configuration"
        for uri, code in (
            (f"http://{NAME}/keys", "not_https"),
            ("file:///etc/passwd", "not_https"),
            (f"https://user:secret@{NAME}/keys", "not_https"),
            ("https://", "not_https"),
            ("https://x:99999/", "bad_url"),
            ("https://[::1]:1/keys", "private_address"),
            ("https://127.0.0.1/keys", "private_address"),
            (7, "discovery_malformed"),
            (None, "discovery_malformed"),
        ):
            with self.subTest(uri):
                self.pages[discovery] = json.dumps({"issuer": self.issuer, "jwks_uri": uri})
                self.refuse(code)

    def test_a_provider_vouches_for_its_own_name_only(self):
        discovery = "/realm/.well-known/openid-configuration"
        for issuer in ("https://evil.example", self.issuer + "/", None, [self.issuer]):
            self.pages[discovery] = json.dumps({"issuer": issuer, "jwks_uri": self.issuer})
            self.refuse("issuer_differs")

    def test_rubbish_for_discovery(self):
        for page in ("", "<html>", "[]", "null", '{"issuer": 1, "issuer": 2}', "[" * 5000):
            self.pages["/realm/.well-known/openid-configuration"] = page
            self.refuse("discovery_malformed")

    def test_redirects_are_not_followed_and_errors_are_told(self):
        def redirect(handler):
            handler.answer(302, b"", Location=f"https://{NAME}:{self.port}/elsewhere")

        self.pages["/elsewhere"] = KEYS
        self.pages["/keys"] = redirect
        self.refuse("bad_status")
        self.assertNotIn("/elsewhere", [path for _host, path in Handler.asked])
        for status in (204, 301, 401, 404, 500, 503):
            self.pages["/keys"] = lambda handler, status=status: handler.answer(status, b"")
            self.refuse("bad_status")

    def test_endless_answers_end(self):
        self.pages["/keys"] = " " * (jwks.LARGEST_KEY_SET + 1)
        self.refuse("too_large")
        self.pages["/keys"] = lambda handler: handler.answer(200, b"x", Content_Encoding="gzip")
        self.refuse("encoded")
        with patch.object(jwks, "TOTAL_SECONDS", -1):
            self.pages["/keys"] = KEYS
            self.refuse("too_slow")

    def test_nobody_there(self):
        self.refuse("unreachable", f"https://{NAME}:1/realm")
        with patch.object(jwks.socket, "getaddrinfo", side_effect=socket.gaierror()):
            with self.assertRaises(InteropError) as caught:
                self.env["interop.connector.jwks"]._fetch(self.issuer)
            self.assertEqual(caught.exception.code, "name_unknown")

    def test_a_neutralized_copy_asks_nobody(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        connector = self.env["interop.connector.jwks"]
        with (
            patch.object(jwks.socket, "getaddrinfo", side_effect=AssertionError) as looked_up,
            self.assertRaises(InteropError) as caught,
        ):
            connector._fetch(self.issuer)
        self.assertEqual(caught.exception.code, "database_neutralized")
        self.assertFalse(looked_up.called or Handler.asked)

    def test_the_servers_environment_leads_nowhere_else(self):
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:1")
        with patch.dict(os.environ, proxies):
            self.assertEqual(self.fetch(), KEYS)
