"""Opens the sockets on which a server listens, and says in one sentence why one cannot be had."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Final

from .addresses import url_host
from .errors import StartError, UsageProblem

BACKLOG: Final = 1024
"""Connections that may wait to be accepted: a class of fifty that reconnects at once is 300."""
LOOPBACK: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
TRIES_FOR_A_PORT: Final = 20
AIRPLAY_PORT: Final = 5000
NOT_HERE: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})

Endpoint = tuple[socket.AddressFamily, str]


def open_listeners(host: str, port: int) -> list[socket.socket]:
    """Listening sockets on `host`, all on the one port; port 0 picks a free one.

    127.0.0.1 brings ::1 with it where there is one, since browsers take either for localhost.
    Raises StartError or UsageProblem when the address or the port cannot be had.
    """
    places = LOOPBACK if host in ("127.0.0.1", "localhost") else (_place(host),)
    tries = TRIES_FOR_A_PORT if port == 0 else 1
    while True:
        tries -= 1
        try:
            return _listen_on_all(places, port)
        except OSError as error:
            # What is free for one family may be taken for the other: then the next is tried.
            if error.errno != errno.EADDRINUSE or not tries:
                raise _explained(error, host, port, places) from None


def _listen_on_all(places: Iterable[Endpoint], port: int) -> list[socket.socket]:
    with ExitStack() as undo:
        listeners: list[socket.socket] = []
        for family, address in places:
            try:
                listener = _listen(family, address, port)
            except OSError as error:
                if listeners and error.errno in NOT_HERE:
                    continue  # a machine without IPv6
                raise
            undo.enter_context(listener)
            listeners.append(listener)
            port = int(listener.getsockname()[1])
        undo.pop_all()
        return listeners


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would let two programs listen on one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            both = address == "::" and socket.has_dualstack_ipv6()
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if both else 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _place(host: str) -> Endpoint:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageProblem(f"Unknown host {host}: use an address with --host.") from None
    family, _kind, _protocol, _name, address = found[0]
    return family, str(address[0])


def _explained(error: OSError, host: str, port: int, places: Iterable[Endpoint]) -> StartError:
    if error.errno == errno.EADDRINUSE:
        airplay = port == AIRPLAY_PORT and sys.platform == "darwin"
        return StartError(
            f"Port {port} is in use{' (on macOS often by AirPlay Receiver)' if airplay else ''}: "
            f"stop what uses it, or choose another with --port {_free_port(places, port)}."
        )
    if error.errno == errno.EACCES:
        return StartError(
            f"Port {port} is reserved for system services: choose 1024 or above with --port."
        )
    if error.errno in NOT_HERE:
        return UsageProblem(
            f"This machine does not have the address {url_host(host)}: check --host."
        )
    return StartError(f"Port {port} on {host} cannot be opened: {error.strerror}.")


def _free_port(places: Iterable[Endpoint], taken: int) -> int:
    """The next port that can be had, as a suggestion; 0, which picks any, if none is near."""
    for port in range(taken + 1, min(taken + TRIES_FOR_A_PORT, 65536)):
        try:
            listeners = _listen_on_all(places, port)
        except OSError:
            continue
        for listener in listeners:
            listener.close()
        return port
    return 0
