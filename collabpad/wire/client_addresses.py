"""Addresses of clients: their usual form, their networks, and how many connections each has."""

from __future__ import annotations

import ipaddress
from collections import Counter

_IPV6_SITE_BITS = 64


class ConnectionCounter:
    """Counts connections per network. Networks without any are forgotten."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, network: str) -> int:
        return self._counts.get(network, 0)

    def add(self, network: str) -> None:
        self._counts[network] += 1

    def remove(self, network: str) -> None:
        self._counts[network] -= 1
        if self._counts[network] <= 0:
            del self._counts[network]

    def total(self) -> int:
        return self._counts.total()


def client_network(address: str) -> str:
    """The network that an address counts for: an IPv6 subscriber has a whole /64 (RFC 6177).

    An IPv4 address may be given as a dual-stack socket shows it, ::ffff:1.2.3.4.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    if isinstance(parsed, ipaddress.IPv4Address) or mapped is not None or parsed.is_loopback:
        return str(mapped or parsed)
    network = ipaddress.IPv6Network((int(parsed), _IPV6_SITE_BITS), strict=False)
    return str(network.network_address)


def plain_address(address: str) -> str:
    """An IPv4 address that a dual-stack socket shows as ::ffff:1.2.3.4 in its usual form."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
