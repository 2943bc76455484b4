"""Settings are checked as a whole, name what is wrong, and never a secret."""

import ssl
import tempfile
import unittest
from pathlib import Path

from ..settings import BadSettings, load, read
from .fake import SECRET

GOOD = {
    "listen": "127.0.0.1:2575",
    "url": "http://localhost:8069/interop/v1/in/adt",
    "credential_env": "SECRET",
}
KEY = "hio_" + "a" * 8 + "_" + "b" * 52


def told(changes, environ=None):
    options = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return read({"listener adt": options}, {"SECRET": SECRET} if environ is None else environ)


class TestSettings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def bad(self, words, *arguments):
        with self.assertRaises(BadSettings) as caught:
            told(*arguments)
        self.assertIn(words, caught.exception.args[0])
        return caught.exception.args[0]

    def test_the_least(self):
        (one,) = told({}).listeners
        self.assertEqual((one.name, one.host, one.port), ("adt", "127.0.0.1", 2575))
        self.assertEqual(one.address.path, "/interop/v1/in/adt")
        self.assertEqual(one.content_type, "application/hl7-v2")
        self.assertTrue(one.admits("127.0.0.1"))
        self.assertTrue(one.admits("::1"))
        self.assertFalse(one.admits("10.0.0.1"))
        self.assertNotIn(SECRET, repr(one))

    def test_each_mistake_is_named(self):
        for changes, words in (
            ({"listen": None}, "[listener adt] listen: missing"),
            ({"listen": "127.0.0.1"}, "listen"),
            ({"listen": "localhost:2575"}, "listen"),
            ({"listen": "127.0.0.1:99999"}, "listen"),
            ({"url": "ftp://localhost/"}, "url"),
            ({"url": "http://me:you@localhost/"}, "url"),
            ({"url": "http://localhost/?a=b"}, "url"),
            ({"url": "http://localhost/a b"}, "url"),
            ({"url": "http://odoo.example/in/adt"}, "allow_plain_http"),
            ({"url": "http://127.0.0.1.example/in/adt"}, "allow_plain_http"),
            ({"peers": "10.1.2.3/16"}, "peers"),
            ({"unavailable": "AA"}, "unavailable"),
            ({"charset": "a\r\nb"}, "charset"),
            ({"charset": "ä"}, "charset"),
            ({"key": "k.pem"}, "certificate"),
            ({"certificate": "/nowhere.pem"}, "certificate"),
            ({"ca": "/nowhere.pem", "url": "https://odoo.example/"}, "ca"),
            ({"certificate": "${NOWHERE}/x"}, "certificate"),
            ({"credential_env": None}, "credential_file"),
            ({"credential_file": "/x"}, "credential_file"),
            ({"credential_env": None, "credential_file": "/nowhere"}, "credential_file"),
            ({"secret": SECRET}, "[listener adt] secret: no such option"),
        ):
            with self.subTest(changes):
                self.assertNotIn(SECRET, self.bad(words, changes))

    def test_plain_http_to_another_host_if_one_insists(self):
        address = "http://10.0.0.5:8069/in/adt"
        found = told({"url": address, "allow_plain_http": "yes"}).listeners[0]
        self.assertIsNone(found.upstream_tls)
        self.assertIsNotNone(told({"url": "https://10.0.0.5/in"}).listeners[0].upstream_tls)

    def test_the_least_tls(self):
        found = told({"url": "https://odoo.example/in"}).listeners[0].upstream_tls
        self.assertEqual(found.minimum_version, ssl.TLSVersion.TLSv1_2)
        self.assertEqual(found.verify_mode, ssl.CERT_REQUIRED)
        self.assertTrue(found.check_hostname)

    def test_the_id_of_a_message_is_of_address_content_and_secret(self):
        one = told({}).listeners[0].credential
        other = told({}, {"SECRET": KEY}).listeners[0].credential
        found = [
            each.identity(*pair)
            for each in (one, other)
            for pair in (("/a", b"b"), ("/ab", b""), ("/a", b"c"))
        ]
        self.assertEqual(len(set(found)), 6)
        self.assertEqual(one.identity("/a", b"b"), found[0])

    def test_secrets_are_one_of_two_kinds(self):
        self.assertFalse(told({}, {"SECRET": KEY}).listeners[0].credential.is_signature)
        self.assertTrue(told({}).listeners[0].credential.is_signature)
        for text in ("", "whsec_", "whsec_!!!", "whsec_AAAA", "password", KEY[:-1], KEY + "\nX: y"):
            with self.subTest(text):
                message = self.bad("credential_env", {}, {"SECRET": text})
                self.assertNotIn(text or "\0", message)

    def test_a_secret_s_file_is_not_everybody_s(self):
        file = self.folder / "secret"
        file.write_text(SECRET + "\n", encoding="ascii")
        changes = {"credential_env": None, "credential_file": "${HERE}/secret"}
        file.chmod(0o644)
        self.bad("chmod", changes, {"HERE": str(self.folder)})
        file.chmod(0o640)
        self.assertEqual(
            told(changes, {"HERE": str(self.folder)}).listeners[0].credential.secret, SECRET
        )

    def test_limits(self):
        listener = {"listener adt": GOOD}
        found = read(
            {"bridge": {"max_connections": "7", "idle_seconds": "1.5"}, **listener},
            {"SECRET": SECRET},
        )
        self.assertEqual((found.limits.max_connections, found.limits.idle_seconds), (7, 1.5))
        for options in (
            {"max_connections": "0"},
            {"max_connections": "1.5"},
            {"idle_seconds": "nan"},
            {"idle_seconds": "-1"},
            {"max_frame_bytes": "10"},
            {"max_fun": "1"},
        ):
            with self.subTest(options), self.assertRaises(BadSettings):
                read({"bridge": options, **listener}, {"SECRET": SECRET})

    def test_sections(self):
        for sections in (
            {},
            {"bridge": {}},
            {"listener": GOOD},
            {"listener ": GOOD},
            {"other": {}, "listener adt": GOOD},
            {"listener a": GOOD, "listener b": GOOD},
        ):
            with self.subTest(sections), self.assertRaises(BadSettings):
                read(sections, {"SECRET": SECRET})

    def test_a_file(self):
        file = self.folder / "mllp.ini"
        lines = [f"{name} = {value}" for name, value in GOOD.items()]
        file.write_text("\n".join(["[listener adt]", *lines, "# end"]), encoding="utf-8")
        self.assertEqual(load(file, {"SECRET": SECRET}), told({}))
        for text in (
            SECRET,
            f"[listener adt]\n{SECRET}\n",
            "[a]\n[a]\n",
            "[a]\nx=1\nx=2\n",
            "\xff",
        ):
            with self.subTest(text):
                file.write_bytes(text.encode("latin-1"))
                with self.assertRaises(BadSettings) as caught:
                    load(file, {})
                self.assertNotIn(SECRET, str(caught.exception))
        self.assertRaises(BadSettings, load, self.folder / "nowhere", {})


if __name__ == "__main__":
    unittest.main()
