"""The public keys of an identity provider, fetched off the request path.

Only https, only from where the host's name leads to and the administrator allows, without redirects, within a size and a
time: an issuer's address is somebody's input, and this server stands inside the hospital.
"""

import contextlib
import os
import socket
import time
from urllib.parse import urlsplit, urlunsplit

import requests

from odoo import models

from ..core.addresses import is_public
from ..core.auth.oauth import LARGEST_KEY_SET
from ..core.codecs import strict_json
from ..core.errors import BadDocument, PermanentError, TransientError

#: OpenID Connect Discovery 1.0, 4
DISCOVERY = "/.well-known/openid-configuration"
STEP_SECONDS = 5
TOTAL_SECONDS = 15


class _Pinned(requests.adapters.HTTPAdapter):
    """Connects to an address, and holds its certificate against the name that was asked for.

    A name resolved twice may lead to two places; the second one would have been checked by nobody.
    """

    def __init__(self, hostname):
        self._hostname = hostname
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        names = {"server_hostname": self._hostname, "assert_hostname": self._hostname}
        return super().init_poolmanager(*args, **kwargs, **names)


class JwksConnector(models.AbstractModel):
    _name = "interop.connector.jwks"
    _description = "Keys of identity providers"

    def _fetch(self, issuer):
        """The issuer's JWK Set as text, not read yet; its place is found by discovery.

        Raises ``TransientError`` for what may pass, ``PermanentError`` for what an administrator has to look at; their
        codes are words of this add-on, whatever the other side said. Nothing leaves a copy of a database that was neutralized.
        """
        if self.env["interop.door"]._is_neutralized():
            raise PermanentError("database_neutralized")
        said = self._read(self._get(issuer.rstrip("/") + DISCOVERY))
        if said.get("issuer") != issuer:
            # mix-up: a provider vouches for its own name only (OpenID Connect Discovery 1.0, 4.3)
            raise PermanentError("issuer_differs")
        url = said.get("jwks_uri")
        if not isinstance(url, str):
            raise PermanentError("discovery_malformed")
        return self._get(url)

    def _read(self, text):
        try:
            said = strict_json.loads(text)
        except BadDocument:
            raise PermanentError("discovery_malformed") from None
        if not isinstance(said, dict):
            raise PermanentError("discovery_malformed")
        return said

    def _get(self, url):
        parts, port = self._parts(url)
        address = self._address(parts.hostname, port)
        shown = f"[{address}]" if ":" in address else address
        there = urlunsplit(("https", f"{shown}:{port}", parts.path, parts.query, ""))
        headers = {
            "Host": parts.netloc,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        with requests.Session() as session:
            # proxies, netrc and the like of the server's environment are not meant for this
            session.trust_env = False
            session.mount("https://", _Pinned(parts.hostname))
            try:
                response = session.get(
                    there,
                    headers=headers,
                    timeout=STEP_SECONDS,
                    verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
                    allow_redirects=False,
                    stream=True,
                )
                with contextlib.closing(response):
                    return self._body(response)
            except requests.exceptions.SSLError:
                raise TransientError("certificate_refused") from None
            except (requests.exceptions.RequestException, OSError):
                raise TransientError("unreachable") from None

    def _parts(self, url):
        try:
            parts = urlsplit(url)
            port = parts.port or 443
        except ValueError:
            raise PermanentError("bad_url") from None
        if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
            raise PermanentError("not_https")
        return parts, port

    def _address(self, host, port):
        """Where ``host`` leads to. All its addresses have to be allowed: which one answers is nobody's choice."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise TransientError("name_unknown") from None
        addresses = [one[4][0] for one in found]
        allowed = self.env["interop.settings"]._words("private_hosts")
        if host not in allowed and not all(map(is_public, addresses)):
            raise PermanentError("private_address")
        return addresses[0]

    def _body(self, response):
        if response.status_code != 200:
            raise TransientError("bad_status", detail=str(response.status_code))
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise PermanentError("encoded")
        data, until = b"", time.monotonic() + TOTAL_SECONDS
        # byte by byte, out of a buffer: a longer read waits for all of it, and a peer that sends one now and then would
        # hold us for ever (read1 came with urllib3 2)
        while chunk := response.raw.read(1):
            data += chunk
            if len(data) > LARGEST_KEY_SET:
                raise PermanentError("too_large")
            if time.monotonic() > until:
                raise TransientError("too_slow")
        return data.decode("utf-8", "replace")
