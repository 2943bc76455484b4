"""Where keys come from: configuration first, the database only as a last resort."""

import base64
import functools
import hashlib
import os

from odoo import models, tools

from ...core.errors import PermanentError
from ...core.keyring import Keyring

#: the id of the key that is made of the database's secret
DERIVED = "db"


class KeyringService(models.AbstractModel):
    """Keys are never stored in the database.

    ``HEALTHCARE_INTEROP_KEYS`` in the environment, else ``encryption_keys`` in the section ``[healthcare_interop]`` of
    Odoo's configuration file: ``k2:<base64 of 32 bytes>,k1:…``, the first one encrypts, all decrypt. Without either a
    key is derived from the database's own secret, which protects a stolen disk of payloads but not a stolen dump. Once
    there are keys that one still decrypts what it protected before (``interop.reencryption`` does all of it anew).
    """

    _name = "interop.keyring"
    _description = "Encryption keys"

    def _key_text(self):
        text = os.environ.get("HEALTHCARE_INTEROP_KEYS", "").strip()
        if text:
            return text
        return self.env["interop.settings"]._option("encryption_keys")

    def _source(self):
        """Where the keys come from: ``environment``, ``configuration``, or ``database`` where none was configured."""
        if os.environ.get("HEALTHCARE_INTEROP_KEYS", "").strip():
            return "environment"
        return "configuration" if self._key_text() else "database"

    def _is_derived(self):
        return self._source() == "database"

    def _material(self):
        """``(line of keys, line of the key of before)``. ``PermanentError`` where there is no key at all."""
        text, derived = self._key_text(), self._derived()
        if text or derived:
            return (text, derived) if text else (derived, "")
        raise PermanentError("key_missing", detail="neither a key nor the database's secret")

    @tools.ormcache()
    def _derived(self):
        # reading the database's secret is the server's own business, not the caller's right
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        if not secret:
            return ""
        derived = hashlib.sha256(b"healthcare_interop/encryption/" + secret.encode()).digest()
        return f"{DERIVED}:{base64.b64encode(derived).decode()}"

    def _keyring(self):
        """The keyring that protects payloads and secrets. ``PermanentError`` where the configuration is malformed."""
        return _keyring_for(*self._material())


@functools.lru_cache(maxsize=4)
def _keyring_for(text, formerly):
    """Derived once per process: deriving costs more than encrypting."""
    return Keyring(text, formerly=formerly)
