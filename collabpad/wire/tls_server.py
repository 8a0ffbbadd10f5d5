"""The HTTP server over TLS. Handshakes have a time limit, and failed ones are not logged."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Any, Final

import gevent
from gevent import socket as gsocket

from .error_responses import error_body
from .http_server import HttpServer

HANDSHAKE_SECONDS: Final = 10.0
TLS_HANDSHAKE: Final = b"\x16"
"""The first byte of every TLS connection (RFC 8446, 5.1)."""

_TOLD = error_body("bad_request", "This server speaks HTTPS: put https:// before the address.")
PLAIN_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_TOLD), _TOLD)
)


class TlsServer(HttpServer):
    """Without the time limit, silent connections would be kept for ever."""

    def wrap_socket_and_handle(self, client_socket: gsocket.socket, address: Any) -> None:
        wrap: Any = self.wrap_socket  # type: ignore[misc]  # gevent sets it on the instance
        with closing(client_socket), suppress(OSError):
            with gevent.Timeout(HANDSHAKE_SECONDS, TimeoutError()):
                if client_socket.recv(1, gsocket.MSG_PEEK) != TLS_HANDSHAKE:
                    client_socket.sendall(PLAIN_ANSWER)
                    return
                secured = wrap(client_socket, **(self.ssl_args or {}))
            with closing(secured):
                self.handle(secured, address)
