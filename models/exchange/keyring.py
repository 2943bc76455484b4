"""Where keys come from: configuration first, the database only as a last resort."""

import base64
import functools
import hashlib
import os

from odoo import models, tools

from ...core.keyring import Keyring


class KeyringService(models.AbstractModel):
    """Keys are never stored in the database.

    ``HEALTHCARE_INTEROP_KEYS`` in the environment, else ``encryption_keys`` in the section ``[healthcare_interop]`` of
    Odoo's configuration file: ``k2:<base64 of 32 bytes>,k1:…``, the first one encrypts, all decrypt. Without either a
    key is derived from the database's own secret, which protects a stolen disk of payloads but not a stolen dump.
    """

    _name = "interop.keyring"
    _description = "Encryption keys"

    def _key_text(self):
        text = os.environ.get("HEALTHCARE_INTEROP_KEYS", "").strip()
        if text:
            return text
        section = (
            tools.config.misc.get("healthcare_interop", {}) if hasattr(tools.config, "misc") else {}
        )
        return (section.get("encryption_keys") or "").strip()

    def _is_derived(self):
        """True where no key was configured; the health page warns."""
        return not self._key_text()

    @tools.ormcache()
    def _material(self):
        text = self._key_text()
        if text:
            return text
        # reading the database's secret is the server's own business, not the caller's right
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret") or ""
        derived = hashlib.sha256(b"healthcare_interop/encryption/" + secret.encode()).digest()
        return "db:" + base64.b64encode(derived).decode()

    def _keyring(self):
        """The keyring that protects payloads and secrets. ``PermanentError`` where the configuration is malformed."""
        return _keyring_for(self._material())


@functools.lru_cache(maxsize=4)
def _keyring_for(material):
    """Derived once per process: deriving costs more than encrypting."""
    return Keyring(material)
