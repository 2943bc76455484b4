import itertools
import json
import unittest

from ..answers import explanation, refused
from ..errors import HttpsRequired
from ..peer import Peer, Trust, certificate, is_private_way, networks

PROXIES, _BAD = networks("10.0.0.5, 192.0.2.0/24 2001:db8::/32")
PROXY, STRANGER = Peer("10.0.0.5"), Peer("203.0.113.9")
HTTPS = {"x-forwarded-proto": "https"}


class PrivateWay(unittest.TestCase):
    def test_plain_http_is_not(self):
        for trust, peer in itertools.product(
            (Trust(), Trust(proxies=PROXIES), Trust(is_proxy_mode=True)),
            (PROXY, STRANGER, Peer("127.0.0.1"), Peer("::1"), Peer()),
        ):
            for headers in ({}, {"x-forwarded-proto": "http"}, {"x-forwarded-proto": ""}):
                self.assertFalse(is_private_way(trust, peer, headers))

    def test_https_as_the_server_itself_saw_it(self):
        self.assertTrue(is_private_way(Trust(), Peer("203.0.113.9", "https"), {}))

    def test_a_trusted_proxy_is_believed_and_nobody_else(self):
        trust = Trust(proxies=PROXIES)
        for address in ("10.0.0.5", "192.0.2.77", "2001:db8::1", "::ffff:10.0.0.5"):
            self.assertTrue(is_private_way(trust, Peer(address), HTTPS), address)
        for address in (
            "10.0.0.6",
            "203.0.113.9",
            "127.0.0.1",
            "::1",
            "",
            "proxy",
            "10.0.0.5, 1.1.1.1",
        ):
            self.assertFalse(is_private_way(trust, Peer(address), HTTPS), address)

    def test_proxy_mode_believes_whoever_connects_unless_proxies_are_named(self):
        self.assertTrue(is_private_way(Trust(is_proxy_mode=True), STRANGER, HTTPS))
        both = Trust(proxies=PROXIES, is_proxy_mode=True)
        self.assertTrue(is_private_way(both, PROXY, HTTPS))
        self.assertFalse(is_private_way(both, STRANGER, HTTPS))

    def test_of_several_words_the_last_one_is_the_proxys(self):
        trust = Trust(proxies=PROXIES)
        self.assertTrue(is_private_way(trust, PROXY, {"x-forwarded-proto": "http, HTTPS "}))
        for said in ("https, http", "https,", "httpsx", "https;", "on", "1", "wss"):
            self.assertFalse(is_private_way(trust, PROXY, {"x-forwarded-proto": said}), said)

    def test_other_headers_say_nothing(self):
        trust = Trust(proxies=PROXIES, is_proxy_mode=True)
        for headers in (
            {"x-forwarded-ssl": "on"},
            {"front-end-https": "on"},
            {"x-forwarded-scheme": "https"},
            {"forwarded": "proto=https"},
            {"x-forwarded-port": "443"},
        ):
            self.assertFalse(is_private_way(trust, PROXY, headers))

    def test_the_operator_may_allow_http(self):
        self.assertTrue(is_private_way(Trust(allows_http=True), STRANGER, {}))


class Told(unittest.TestCase):
    def test_a_sender_is_told_what_to_do_and_not_what_the_endpoint_speaks(self):
        told = refused("", HttpsRequired())
        self.assertEqual(403, told.status)
        said = json.loads(told.body)
        self.assertEqual("https_required", said["code"])
        self.assertEqual(200, explanation(said["code"]).status)


class Certificates(unittest.TestCase):
    TRUST = Trust(proxies=PROXIES, certificate_header="x-cert", verify_header="x-verify")
    HEADERS = {"x-cert": "C", "x-verify": "SUCCESS"}

    def test_a_trusted_proxys_word(self):
        self.assertEqual("C", certificate(self.TRUST, PROXY, self.HEADERS))

    def test_nobody_elses(self):
        self.assertEqual("", certificate(self.TRUST, STRANGER, self.HEADERS))
        for trust in (
            Trust(),
            Trust(is_proxy_mode=True, certificate_header="x-cert", verify_header="x-verify"),
        ):
            for peer in (PROXY, STRANGER, Peer("127.0.0.1")):
                self.assertEqual("", certificate(trust, peer, self.HEADERS))

    def test_only_what_was_verified(self):
        for said in (
            "",
            "NONE",
            "FAILED:self-signed certificate",
            "success",
            "SUCCESS,NONE",
            "SUCCESS ",
            "0",
        ):
            self.assertEqual(
                "", certificate(self.TRUST, PROXY, self.HEADERS | {"x-verify": said}), said
            )
        self.assertEqual("", certificate(self.TRUST, PROXY, {"x-cert": "C"}))
        haproxy = Trust(
            PROXIES, certificate_header="x-cert", verify_header="x-verify", verified="0"
        )
        self.assertEqual("C", certificate(haproxy, PROXY, self.HEADERS | {"x-verify": "0"}))

    def test_without_a_verdict_only_the_standards_own_header_counts(self):
        bare = Trust(PROXIES, certificate_header="x-cert")
        self.assertEqual("", certificate(bare, PROXY, self.HEADERS | {"client-cert": ":AA==:"}))
        self.assertEqual(":AA==:", certificate(Trust(PROXIES), PROXY, {"client-cert": ":AA==:"}))
        self.assertEqual("", certificate(Trust(PROXIES), PROXY, {}))


class Networks(unittest.TestCase):
    def test_what_is_none_is_told(self):
        for text in ("proxy", "10.0.0.0/99", "10.0.0.1/24", "*", "0.0.0.0.0"):
            self.assertEqual(((), (text,)), networks(text))
        self.assertEqual(((), ()), networks(" , "))
