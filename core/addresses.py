"""Which network addresses are everybody's, and which are our own house."""

from __future__ import annotations

import ipaddress

#: IPv6 addresses that lead to an IPv4 one inside them (RFC 6052)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether ``address`` is a global unicast one: not private, loopback, link-local, shared, reserved or multicast, nor
    an IPv6 form of one that is. False for what is no address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in (found, *_inside(found)))


def _inside(
    found: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> tuple[ipaddress.IPv4Address, ...]:
    if found.version == 4:
        return ()
    nat64 = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
    # teredo: (server, client)
    listed = (found.ipv4_mapped, found.sixtofour, nat64, *(found.teredo or ()))
    return tuple(one for one in listed if one is not None)
