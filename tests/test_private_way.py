"""What came in the clear is refused, whoever says otherwise; and certificates count by a trusted proxy's word only."""

import datetime as dt
import json
from unittest.mock import patch
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import config

from ..core.peer import Peer
from ..models.exchange import door_peer
from .common import MEDIA, PRIVATE, DoorCase, InteropHttpCase

CLEAR = Peer("203.0.113.9", "http")
PROXY = Peer("10.0.0.5", "http")
HTTPS = {"x-forwarded-proto": "https"}


def certificate(days=90):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab.example.org")])
    now = dt.datetime.now(dt.timezone.utc).replace(microsecond=0)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=200))
        .not_valid_after(now + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def proxy_mode():
    return patch.dict(config._runtime_options, proxy_mode=True)


class ConfiguredCase(DoorCase):
    def setUp(self):
        super().setUp()
        self.options = {}
        settings = self.registry["interop.settings"]
        real = settings._option
        self.patch(
            settings,
            "_option",
            lambda record, name: (
                real(record, name) if name == "encryption_keys" else self.options.get(name, "")
            ),
        )


class TestInTheClear(ConfiguredCase):
    def test_nothing_is_taken_and_nothing_is_looked_at(self):
        for peer in (CLEAR, Peer("127.0.0.1"), Peer()):
            answer = self.receive(self.party("1"), peer=peer)
            self.assertRefused(answer, 403, "https_required")
        fhir = self.endpoints["fhir"]
        unknown = self.knock(b"{}", peer=CLEAR)
        object.__setattr__(unknown, "endpoint", "nobody")
        answers = {
            self.receive({"resourceType": "Patient", "id": "1"}, fhir, peer=CLEAR).body,
            self.receive(b"{}", headers={"webhook-signature": ""}, peer=CLEAR).body,
            self.env["interop.door"]._receive(unknown).body,
        }
        self.assertEqual(len(answers), 1, "good or bad, known or not: one answer")
        self.assertEqual(self.stored(), 0)

    def test_no_statement_is_spent(self):
        knock = self.knock(self.party("1"), peer=CLEAR)
        before = self.env.cr.sql_log_count
        self.env["interop.door"]._receive(knock)
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_a_status_is_not_told_either(self):
        [message] = self.send(self.party("1"))
        knock = self.knock(b"", method="GET", peer=CLEAR)
        self.assertRefused(self.env["interop.door"]._status(knock, message), 403, "https_required")

    def test_a_header_counts_only_where_its_writer_is_trusted(self):
        for options, peer, status in (
            ({}, CLEAR, 403),
            ({}, PROXY, 403),
            ({"trusted_proxies": "10.0.0.5"}, PROXY, 202),
            ({"trusted_proxies": "10.0.0.5"}, CLEAR, 403),
            ({"trusted_proxies": "10.0.0.0/8, ::1"}, PROXY, 202),
            ({"allow_http": "yes"}, CLEAR, 202),
            ({"allow_http": "false"}, CLEAR, 403),
            ({"allow_http": "perhaps"}, CLEAR, 403),
        ):
            with self.subTest(options=options, peer=peer):
                self.options = options
                answer = self.receive(self.party("1"), headers=HTTPS, peer=peer)
                self.assertEqual(answer.status, status)

    def test_what_is_no_address_is_not_trusted_and_told_once(self):
        self.options = {"trusted_proxies": "proxy, 10.0.0.5"}
        door_peer._trust.cache_clear()
        with self.assertLogs(door_peer._logger, "WARNING") as logs:
            for _knock in range(3):
                answer = self.receive(self.party("1"), headers=HTTPS, peer=PROXY)
                self.assertEqual(answer.status, 202)
        self.assertEqual(len(logs.output), 1)
        self.assertIn("proxy is no address", logs.output[0])

    def test_proxy_mode_believes_as_odoo_does(self):
        self.enterContext(proxy_mode())
        self.assertEqual(self.receive(self.party("1"), headers=HTTPS, peer=CLEAR).status, 202)
        self.assertEqual(self.receive(self.party("1"), peer=CLEAR).status, 403)
        self.options = {"trusted_proxies": "10.0.0.5"}
        self.assertEqual(self.receive(self.party("1"), headers=HTTPS, peer=CLEAR).status, 403)


class TestCertificates(ConfiguredCase):
    def setUp(self):
        super().setUp()
        self.pem = certificate()
        self.options = {
            "trusted_proxies": "10.0.0.5",
            "client_certificate_header": "X-SSL-Client-Cert",
            "client_verify_header": "X-SSL-Client-Verify",
        }

    def issue_certificate(self, pem, replaces=None):
        context = {"default_endpoint_id": self.endpoint.id, "default_replaces_id": replaces}
        with Form(self.env["interop.issue.credential"].with_context(**context)) as form:
            form.scheme = "mutual_tls"
            form.certificate = pem
        before = self.endpoint.credential_ids
        form.record.action_issue()
        self.env.flush_all()
        return self.endpoint.credential_ids - before

    def show(self, pem, peer=PROXY, **changes):
        headers = {
            **dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), ""),
            **HTTPS,
            "x-ssl-client-verify": "SUCCESS",
            "x-ssl-client-cert": quote(pem, safe=""),
            **{name.replace("_", "-"): value for name, value in changes.items()},
        }
        return self.receive(self.party("1"), headers=headers, peer=peer).status

    def test_a_pinned_certificate_opens_and_no_other(self):
        credential = self.issue_certificate(self.pem)
        self.assertEqual((credential.state, credential.subject), ("valid", "lab.example.org"))
        self.assertIn(credential.days_left, (89, 90))
        self.assertEqual(self.show(self.pem), 202)
        self.assertEqual(self.show(certificate()), 401)
        self.assertEqual(self.show(self.pem, x_ssl_client_verify="FAILED"), 401)
        self.assertEqual(self.show(self.pem, x_ssl_client_verify=""), 401)
        self.assertEqual(self.show(self.pem, x_ssl_client_cert=""), 401)

    def test_a_forged_header_is_no_certificate(self):
        self.issue_certificate(self.pem)
        self.assertEqual(self.show(self.pem, peer=Peer("203.0.113.9", "https")), 401)
        self.assertEqual(self.show(self.pem, peer=PRIVATE), 401)
        self.assertEqual(
            self.show(self.pem, x_ssl_client_cert="", client_cert=f":{self.pem}:"), 401
        )
        self.options = {"allow_http": "true"}
        self.assertEqual(self.show(self.pem, peer=CLEAR), 401)

    def test_without_a_trusted_proxy_the_scheme_refuses_everything(self):
        self.issue_certificate(self.pem)
        del self.options["trusted_proxies"]
        self.assertEqual(self.show(self.pem, peer=Peer("10.0.0.5", "https")), 401)

    def test_two_are_valid_while_one_replaces_the_other(self):
        old = self.issue_certificate(self.pem)
        newer = certificate()
        new = self.issue_certificate(newer, old.id)
        self.assertEqual(old.successor_id, new)
        self.assertEqual((self.show(self.pem), self.show(newer)), (202, 202))
        old.action_revoke()
        self.env.flush_all()
        self.assertEqual((self.show(self.pem), self.show(newer)), (401, 202))

    def test_what_is_no_certificate_or_has_expired_is_not_issued(self):
        for pem in ("x", self.pem.replace("CERTIFICATE", "PRIVATE KEY"), certificate(days=-1)):
            with self.assertRaises(UserError):
                self.issue_certificate(pem)

    def test_it_asks_the_operator_for_a_proxy(self):
        wizard = self.env["interop.issue.credential"].new({"endpoint_id": self.endpoint.id})
        self.assertTrue(wizard.is_proxy_known)
        self.options = {}
        wizard = self.env["interop.issue.credential"].new({"endpoint_id": self.endpoint.id})
        self.assertFalse(wizard.is_proxy_known)


@tagged("post_install", "-at_install")
class TestRealPeer(InteropHttpCase):
    """The direct peer of these requests is 127.0.0.1, whatever their headers say."""

    def post(self, **headers):
        knock = self.knock(self.party("1"))
        shown = {name.replace("_", "-"): value for name, value in headers.items()}
        shown = {**knock.headers, "Content-Type": MEDIA["json"], **shown}
        return self.url_open(knock.path, data=knock.read(), headers=shown)

    def test_plain_http_is_refused_and_explained(self):
        self.configure()
        for headers in (
            {},
            {"X_Forwarded_Proto": "https"},
            {
                "X_Forwarded_Proto": "https",
                "X_Forwarded_Host": "odoo.example.org",
                "X_Forwarded_For": "10.0.0.5",
            },
        ):
            response = self.post(**headers)
            self.assertEqual(
                (response.status_code, response.json()["code"]), (403, "https_required")
            )
            self.assertEqual(self.url_open(response.json()["type"]).status_code, 200)

    def test_a_trusted_proxy_says_https(self):
        self.configure(trusted_proxies="127.0.0.1")
        self.assertEqual(self.post(X_Forwarded_Proto="https").status_code, 202)
        self.assertEqual(self.post().status_code, 403)

    def test_the_address_that_a_header_claims_is_not_the_peers(self):
        self.configure(trusted_proxies="10.0.0.5")
        self.enterContext(proxy_mode())
        forged = {"X_Forwarded_For": "10.0.0.5", "X_Forwarded_Host": "odoo.example.org"}
        self.assertEqual(self.post(X_Forwarded_Proto="https", **forged).status_code, 403)
        self.configure(trusted_proxies="127.0.0.1")
        self.assertEqual(self.post(X_Forwarded_Proto="https", **forged).status_code, 202)

    def test_an_underscore_is_no_hyphen(self):
        """WSGI writes both names alike; a header that the proxy does not know it must strip would take its place."""
        self.configure(trusted_proxies="127.0.0.1")
        knock = self.knock(self.party("1"))
        headers = {**knock.headers, "Content-Type": MEDIA["json"], "X_Forwarded_Proto": "https"}
        response = self.url_open(knock.path, data=json.dumps({}).encode(), headers=headers)
        self.assertEqual(response.status_code, 403)
