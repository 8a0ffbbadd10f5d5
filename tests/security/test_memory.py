"""What attackers make the server hold: within 60 MiB of where it was, while people write on."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.harness import Person, Server, eventually

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
ALLOWED = 60 * MIB
TEXT = 0x81
UNFINISHED_TEXT = 0x01
MASK = b"\0\0\0\0"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path("/proc/self/statm").exists():
        pytest.skip("platform: no /proc")
    with Server(tmp_path_factory.mktemp("server"), "--no-rate-limits") as running:
        warm = running.person("Warm").join(running.create_session())
        warm.writes("what is loaded at the first use is there")
        yield running


def memory(server: Server) -> int:
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096


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


def test_frames_of_200_mb(server: Server) -> None:
    with people_go_on(server):
        for _ in range(10):
            attacker = Raw(server)
            attacker.sock.sendall(bytes([TEXT, 0xFF]) + struct.pack("!Q", 200 * MIB) + MASK)
            with contextlib.suppress(OSError):
                for _ in range(200):
                    attacker.sock.sendall(b"x" * MIB)
            assert attacker.closed()


def test_bodies_of_200_mb(server: Server) -> None:
    chunk = b"x" * MIB

    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield chunk

    with people_go_on(server):
        for path in ("/create_session", "/run_code", "/api/sessions/import"):
            headers = {"Content-Type": "application/json"}
            # It is refused before it is read: the client may see that only as a broken connection.
            with contextlib.suppress(requests.exceptions.ConnectionError):
                response = server.request("POST", path, data=endless(), headers=headers)
                assert response.status_code == 413


def test_fragments_that_never_end(server: Server) -> None:
    with people_go_on(server):
        attackers = [Raw(server) for _ in range(60)]
        part = bytes([UNFINISHED_TEXT, 0xFF]) + struct.pack("!Q", 3 * MIB) + MASK
        for attacker in attackers:
            with contextlib.suppress(OSError):
                attacker.sock.sendall(part + b"x" * (3 * MIB))
        for attacker in attackers:
            attacker.sock.close()


def test_a_thousand_idle_sockets(server: Server) -> None:
    with people_go_on(server):
        idle = [Raw(server) for _ in range(1000)]
        for each in idle:
            each.sock.close()


def test_readers_that_do_not_read(server: Server) -> None:
    with people_go_on(server) as (ann, session):
        slow = [Raw(server, receive_buffer=4096) for _ in range(20)]
        for each in slow:
            each.joins(session)
        for number in range(40):
            ann.writes(f"{number} " + "x" * 200_000)
        for each in slow:
            each.sock.close()


def test_polling_clients_that_never_poll(server: Server) -> None:
    with people_go_on(server) as (ann, session):
        base = f"{server.url}/socket.io/?EIO=4&transport=polling"
        wanted = {"session_id": session["session_id"], "name": "Silent"}
        with requests.Session() as http:
            for _ in range(30):
                sid = json.loads(http.get(base, timeout=10).text[1:])["sid"]
                body = "40\x1e42" + json.dumps(["join_session", wanted])
                assert http.post(f"{base}&sid={sid}", data=body, timeout=10).status_code == 200
        for number in range(40):
            ann.writes(f"{number} " + "x" * 200_000)


def test_polling_sessions_that_are_only_opened(server: Server) -> None:
    with people_go_on(server), requests.Session() as http:
        base = f"{server.url}/socket.io/?EIO=4&transport=polling"
        for _ in range(1500):
            assert http.get(base, timeout=10).status_code == 200


def test_all_of_it_is_given_up_again(server: Server) -> None:
    """Whatever the stories above have left ends by itself, within the time of two pings."""
    start = time.monotonic()
    descriptors = Path(f"/proc/{server.process.pid}/fd")
    eventually(
        lambda: len(list(descriptors.iterdir())) < 100, "open connections to end", patience=30
    )
    assert time.monotonic() - start < 30
