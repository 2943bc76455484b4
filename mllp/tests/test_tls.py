"""MLLP/TLS before the bridge, HTTPS behind it, and who is let in."""

import ssl
import tempfile
from dataclasses import replace
from pathlib import Path

from devkit import certificates

from ..settings import BadSettings, Limits, Settings, read
from .fake import SECRET, BridgeCase, code_of, frame, message


class TestTls(BridgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = certificates.issue(Path(folder.name))

    def read(self, port, **options):
        """Settings as the file would give them."""
        told = {
            "listen": "127.0.0.1:0",
            "url": f"http://127.0.0.1:{port}/interop/v1/in/adt",
            "credential_env": "SECRET",
            **{name: str(self.folder / value) for name, value in options.items()},
        }
        return read({"listener adt": told}, {"SECRET": SECRET}).listeners[0]

    async def behind(self, odoo, **options):
        """A bridge with TLS."""
        listener = self.read(odoo.port, **{"certificate": "server.pem", **options})
        return await self.bridge(odoo, server_tls=listener.server_tls)

    def client(self, certificate=None, ca="ca.pem", **versions):
        found = ssl.create_default_context(cafile=self.folder / ca)
        for name, value in versions.items():
            setattr(found, name, value)
        if certificate:
            found.load_cert_chain(self.folder / certificate)
        return found

    async def assert_turned_away(self, bridge, tls):
        """Either in the handshake or, as TLS 1.3 has it, at the first byte after it."""
        try:
            sender = await self.sender(bridge, ssl=tls)
            answer = await sender.ask(message("never"))
        except (ssl.SSLError, OSError):
            answer = b""
        self.assertEqual(answer, b"")

    async def test_messages_go_through_tls(self):
        odoo = await self.odoo()
        bridge = await self.behind(odoo)
        sender = await self.sender(bridge, ssl=self.client())
        sender.writer.write(frame(message("1")) + frame(message("2", "x" * 500_000)))
        self.assertEqual(code_of(await sender.block()), ("AA", "1"))
        self.assertEqual(code_of(await sender.block()), ("AA", "2"))

    async def test_old_versions_are_refused(self):
        bridge = await self.behind(await self.odoo())
        old = self.client()
        old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            await self.sender(bridge, ssl=old)

    async def test_only_certificates_of_the_named_authority_are_let_in(self):
        odoo = await self.odoo()
        bridge = await self.behind(odoo, client_ca="ca.pem")
        await self.assert_turned_away(bridge, self.client())
        await self.assert_turned_away(bridge, self.client("stranger.pem"))
        sender = await self.sender(bridge, ssl=self.client("client.pem"))
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
        self.assertEqual(list(odoo.committed), ["1"])

    async def test_a_plain_sender_at_a_tls_port_harms_nobody(self):
        odoo = await self.odoo()
        bridge = await self.behind(odoo)
        plain = await self.sender(bridge)
        self.assertEqual(await plain.ask(message("1")), b"")
        sender = await self.sender(bridge, ssl=self.client())
        self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))

    async def test_a_handshake_that_never_ends_does(self):
        odoo = await self.odoo()
        listener = self.read(odoo.port, certificate="server.pem")
        bridge = await self.bridge(
            odoo, server_tls=listener.server_tls, limits={"handshake_seconds": 0.3}
        )
        sender = await self.sender(bridge)
        self.assertEqual(await sender.block(3), b"")
        await self.until(lambda: bridge.open_connections == 0)

    async def test_a_reload_takes_a_new_certificate_and_secret(self):
        odoo = await self.odoo()
        told = []
        bridge = await self.bridge(odoo, reload=lambda: told.pop())
        old = await self.sender(bridge)
        self.assertEqual(code_of(await old.ask(message("1"))), ("AA", "1"))
        listener = self.read(odoo.port, certificate="server2.pem")
        odoo.secret = "whsec_" + "A" * 43 + "="
        listener = replace(listener, credential=type(listener.credential)(odoo.secret))
        told.append(Settings(Limits(), (listener,)))
        bridge.reload()
        # who is connected stays so, with the new secret behind
        self.assertEqual(code_of(await old.ask(message("2"))), ("AA", "2"))
        sender = await self.sender(bridge, ssl=self.client())
        names = sender.writer.get_extra_info("peercert")["subject"]
        self.assertEqual(names, ((("commonName", "server2"),),))
        self.assertEqual(code_of(await sender.ask(message("3"))), ("AA", "3"))

    async def test_a_reload_that_fails_changes_nothing(self):
        def broken():
            raise BadSettings("[listener adt] url: missing")

        def moved():
            listener = replace(self.listener(odoo.port), port=1)
            return Settings(Limits(), (listener, replace(listener, name="new")))

        odoo = await self.odoo()
        for reload in (broken, moved):
            bridge = await self.bridge(odoo, reload=reload)
            with self.assertLogs("mllp", "ERROR"):
                bridge.reload()
            sender = await self.sender(bridge)
            self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))

    async def test_https_behind_is_verified(self):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.folder / "server.pem")
        odoo = await self.odoo(ssl=tls)
        known = self.client()
        good = await self.bridge(odoo, scheme="https", upstream_tls=known)
        sender = await self.sender(good)
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
        self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))
        strange = await self.bridge(
            odoo,
            scheme="https",
            upstream_tls=ssl.create_default_context(),
            limits={"retry_seconds": 0.3},
        )
        sender = await self.sender(strange)
        self.assertEqual(await sender.ask(message("3")), b"")
        self.assertEqual(sorted(odoo.committed), ["1", "2"])


class TestPeers(BridgeCase):
    async def test_only_named_networks_are_let_in(self):
        odoo = await self.odoo()
        peers = read(
            {
                "listener a": {
                    "listen": "127.0.0.1:0",
                    "url": "http://localhost/x",
                    "credential_env": "SECRET",
                    "peers": "10.1.0.0/16, 2001:db8::/32 192.0.2.7",
                }
            },
            {"SECRET": SECRET},
        )
        listener = peers.listeners[0]
        for host, is_in in (
            ("10.1.2.3", True),
            ("10.2.0.1", False),
            ("192.0.2.7", True),
            ("192.0.2.8", False),
            ("2001:db8::1", True),
            ("fe80::1%eth0", False),
            ("::ffff:10.1.2.3", True),
            ("127.0.0.1", False),
        ):
            self.assertEqual(listener.admits(host), is_in, host)
        bridge = await self.bridge(odoo, peers=listener.peers)
        with self.assertLogs("mllp", "WARNING"):
            sender = await self.sender(bridge)
            self.assertEqual(await sender.ask(message("1")), b"")
        self.assertEqual((bridge.turned_away, odoo.posts), (1, []))
