"""The network addresses of clients: their usual form, whom they count for, and how many connections
each has."""

from __future__ import annotations

import ipaddress
from collections import Counter

_IPV6_SITE_BITS = 64


class ConnectionCounter:
    """How many there are of each place; those of whom there are none are forgotten."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def of(self, place: str) -> int:
        return self._counts.get(place, 0)

    def add_to(self, place: str) -> None:
        self._counts[place] += 1

    def take_from(self, place: str) -> None:
        self._counts[place] -= 1
        if self._counts[place] <= 0:
            del self._counts[place]

    def total(self) -> int:
        return self._counts.total()


def client_network(address: str) -> str:
    """Whom an address counts for: one IPv6 subscriber has all the addresses of a /64 (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address) or parsed.is_loopback:
        return str(parsed)
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
