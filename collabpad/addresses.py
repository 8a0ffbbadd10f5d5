"""This machine's address on its network, and the URLs that are made of it."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

ROUTES: Final = Path("/proc/net/route")
# Blocks set aside for documentation (RFC 5737, RFC 3849): nobody's, so the default route is theirs.
SOMEWHERE: Final = ((socket.AF_INET, "203.0.113.1"), (socket.AF_INET6, "2001:db8::1"))


def url_host(host: str) -> str:
    """`host` as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def is_ip_address(name: str) -> bool:
    """Whether `name` is an IPv4 or IPv6 address, and not a host name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without a port, can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def lan_address() -> str | None:
    """The address by which others on the network reach this machine, or None while there is none.

    That of the default route's interface; without such a route that of any attached network.
    Nothing is sent: connecting a UDP socket only asks the kernel which way it would go.
    """
    for family, target in chain(SOMEWHERE[:1], _neighbours(), SOMEWHERE[1:]):
        address = _source_address(family, target)
        if address is not None:
            return address
    return None


def is_own_name(host: str) -> bool:
    """Whether `host` is this machine's name, or an address of it; no name server is asked."""
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return host.lower() == socket.gethostname().lower()
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


def _source_address(family: socket.AddressFamily, target: str) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            address = str(probe.getsockname()[0]).partition("%")[0]
    except OSError:
        return None
    found = ipaddress.ip_address(address)
    return None if found.is_loopback or found.is_unspecified or found.is_link_local else address


def _neighbours() -> Iterator[tuple[socket.AddressFamily, str]]:
    """An address in each network that this machine is attached to (Linux, proc(5))."""
    try:
        lines = ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        columns = line.split()
        if len(columns) > 1 and columns[0] != "lo" and int(columns[1], 16):
            network = ipaddress.IPv4Address(int(columns[1], 16).to_bytes(4, sys.byteorder))
            yield socket.AF_INET, str(network + 1)
