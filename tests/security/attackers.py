"""Sockets that do what none should, and what must hold meanwhile."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from tests.harness import Person, Server

MIB = 1024 * 1024
ALLOWED = 60 * MIB
TEXT = 0x81
MASK = b"\0\0\0\0"


def memory(server: Server) -> int:
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096


class Elsewhere(HTTPAdapter):
    """Makes requests from another address of this machine than everybody else does."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, source_address=(self._address, 0))


def http_from(address: str) -> requests.Session:
    http = requests.Session()
    http.mount("http://", Elsewhere(address))
    return http


class Raw:
    """A WebSocket that does what none should; it never reads unless told."""

    def __init__(self, server: Server, *, receive_buffer: int | None = None) -> None:
        parts = urlsplit(server.url)
        self.sock = socket.socket()
        self.sock.settimeout(20)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.connect((parts.hostname, parts.port))
        self.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        while b"maxPayload" not in self.sock.recv(65536):
            pass

    def text(self, payload: bytes) -> None:
        size = len(payload)
        head = (
            bytes([TEXT, 0x80 | size])
            if size < 126
            else bytes([TEXT, 0x80 | 127]) + struct.pack("!Q", size)
        )
        self.sock.sendall(head + MASK + payload)

    def joins(self, session: dict[str, str]) -> None:
        wanted = {"session_id": session["session_id"], "name": "Slow"}
        self.text(b"40")
        self.text(b'421["join_session",' + json.dumps(wanted).encode() + b"]")
        seen = b""
        while b"431[" not in seen:
            seen += self.sock.recv(65536)

    def closed(self) -> bool:
        try:
            while self.sock.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True


@contextlib.contextmanager
def people_go_on(server: Server) -> Iterator[tuple[Person, dict[str, str]]]:
    """Within it the server is attacked, and may not grow; two people write before and after."""
    session = server.create_session()
    ann = server.person("Ann", crdt=True).join(session)
    bob = server.person("Bob").join(session)
    ann.writes("before")
    bob.sees(text="before")
    before = memory(server)
    peak = [before]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], memory(server))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield ann, session
        ann.writes("after")
        bob.sees(text="after")
        assert memory(server) - before < ALLOWED
        assert peak[0] - before < ALLOWED, "at no moment"
    finally:
        over.set()
        watcher.join()
        ann.goes()
        bob.goes()
