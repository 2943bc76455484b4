"""What stands in Odoo's configuration file is what counts."""

import base64
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase

from ..models.exchange import settings

KEY = base64.b64encode(b"k" * 32).decode()


class TestSettings(TransactionCase):
    def configure(self, *lines, section="healthcare_interop"):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        file = Path(folder) / "odoo.conf"
        file.write_text("\n".join([f"[{section}]", *lines]), encoding="utf-8")
        self.enterContext(patch.object(settings.tools, "config", {"config": str(file)}))
        self.settings = self.env["interop.settings"]

    def test_options_are_read_from_their_section(self):
        self.configure("a = one, two  three", "b = True", "c = 100%", "d =")
        self.assertEqual(self.settings._words("a"), {"one", "two", "three"})
        self.assertTrue(self.settings._is_on("b"))
        self.assertEqual(self.settings._option("c"), "100%")
        for name in ("d", "e"):
            self.assertEqual(self.settings._option(name), "")
            self.assertFalse(self.settings._words(name))
            self.assertFalse(self.settings._is_on(name))

    def test_other_sections_and_no_file_are_nothing(self):
        self.configure("a = 1", section="options")
        self.assertEqual(self.settings._option("a"), "")
        with patch.object(settings.tools, "config", {"config": None}):
            self.assertEqual(self.settings._option("a"), "")

    def test_the_key_that_is_configured_encrypts_and_the_derived_one_still_reads(self):
        self.enterContext(patch.dict(os.environ))
        os.environ.pop("HEALTHCARE_INTEROP_KEYS", None)
        ring = self.env["interop.keyring"]
        self.configure()
        self.assertTrue(ring._is_derived())
        said = ring._keyring().encrypt(b"old", row_uuid="r", random_bytes=os.urandom)
        self.configure(f"encryption_keys = k7:{KEY}")
        self.assertFalse(ring._is_derived())
        self.assertEqual(ring._keyring().current_key_id, "k7")
        self.assertEqual(ring._keyring().decrypt(said, row_uuid="r"), b"old")
