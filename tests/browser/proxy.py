"""A proxy that passes HTTP on and treats WebSockets as some proxies do."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from tests.harness import Server

HEAD_END = b"\r\n\r\n"


class Proxy:
    """In front of a server, at `url`; `mode` can change at any time.

    pass        WebSockets pass
    swallow     the handshake of a WebSocket is never answered
    silence     the handshake is answered, and nothing comes after it, in old ones either
    """

    def __init__(self, server: Server, mode: str) -> None:
        self.mode = mode
        self.handshakes = 0
        parts = urlsplit(server.url)
        self._server = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            head = _read_head(client)
            upgrade = b"upgrade: websocket" in head.lower()
            self.handshakes += upgrade
            if upgrade and self.mode == "swallow":
                return  # and the connection stays open
            server = socket.create_connection(self._server)
            self._sockets.append(server)
            server.sendall(head)
            if upgrade:
                client.sendall(_read_head(server))
            back = threading.Thread(target=self._pump, args=(server, client, upgrade), daemon=True)
            back.start()
            self._pump(client, server, upgrade)

    def _pump(self, source: socket.socket, target: socket.socket, upgraded: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not (upgraded and self.mode == "silence"):
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)


def _read_head(sock: socket.socket) -> bytes:
    """The first head, to the byte where the head of an answer ends."""
    head = b""
    while not head.endswith(HEAD_END):
        data = sock.recv(1)
        if not data:
            break
        head += data
    return head
