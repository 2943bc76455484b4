"""What a request's way here proves: that it was private all along, and which certificate its sender showed.

Odoo itself speaks plain http, behind a reverse proxy that speaks TLS and says so in headers. Anybody can write a header; it
counts only where the connection comes from a proxy that the operator named. (RFC 9440, 4; RFC 7239, 8.1)
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: the header that only a proxy which has verified the certificate may send (RFC 9440)
CLIENT_CERT = "client-cert"
#: what nginx and Apache say of a certificate that held
VERIFIED = "SUCCESS"
FORWARDED_PROTO = "x-forwarded-proto"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of the connection: its address, and the scheme that the server itself saw."""

    address: str = ""
    scheme: str = "http"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the operator trusts. ``is_proxy_mode``: Odoo believes whoever connects; only networks given here narrow it.

    ``certificate_header`` and ``verify_header`` (lower case): where the proxy puts the client's certificate and the outcome
    of verifying it, which has to be ``verified``. Without a ``verify_header`` only ``Client-Cert`` counts.
    """

    proxies: tuple[Network, ...] = ()
    is_proxy_mode: bool = False
    allows_http: bool = False
    certificate_header: str = ""
    verify_header: str = ""
    verified: str = VERIFIED


def networks(text: str) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The networks of a list by commas or spaces, and the entries that are none."""
    found, bad = [], []
    for entry in text.replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(entry))
        except ValueError:
            bad.append(entry)
    return tuple(found), tuple(bad)


def is_private_way(trust: Trust, peer: Peer, headers: Mapping[str, str]) -> bool:
    """Whether nobody on the way could read the request, or the operator allows that."""
    if trust.allows_http or peer.scheme == "https":
        return True
    is_believed = _is_proxy(trust, peer) if trust.proxies else trust.is_proxy_mode
    # each proxy adds to the right: the last word is that of the one that is believed
    said = (headers.get(FORWARDED_PROTO) or "").rpartition(",")[2].strip().lower()
    return is_believed and said == "https"


def certificate(trust: Trust, peer: Peer, headers: Mapping[str, str]) -> str:
    """What the proxy says the verified client certificate is, in the proxy's own spelling; '' for none.

    ``proxy_mode`` is not enough here: a certificate's header from anywhere would be a password that everybody knows.
    """
    if not _is_proxy(trust, peer):
        return ""
    name = trust.certificate_header or CLIENT_CERT
    if trust.verify_header:
        if headers.get(trust.verify_header) != trust.verified:
            return ""
    elif name != CLIENT_CERT:
        return ""
    return headers.get(name) or ""


def _is_proxy(trust: Trust, peer: Peer) -> bool:
    try:
        address = ipaddress.ip_address(peer.address)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in trust.proxies)
