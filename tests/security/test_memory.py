"""What attackers make the server hold: within 60 MiB of where it was, while people write on."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.harness import Server, eventually
from tests.security.attackers import MASK, MIB, TEXT, Raw, http_from, people_go_on

pytestmark = pytest.mark.slow

UNFINISHED_TEXT = 0x01


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path("/proc/self/statm").exists():
        pytest.skip("platform: no /proc")
    with Server(tmp_path_factory.mktemp("server"), "--no-rate-limits") as running:
        warm = running.person("Warm").join(running.create_session())
        warm.writes("what is loaded at the first use is there")
        yield running


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


def test_readers_that_ask_for_more_and_more_and_read_nothing(server: Server) -> None:
    large = server.create_session(content="x" * 1_000_000)["session_id"]
    empty = server.create_session()["session_id"]

    def online(session_id: str) -> int:
        return int(server.get(f"/api/sessions/{session_id}").json()["online"])

    with people_go_on(server):
        slow = [Raw(server, receive_buffer=4096) for _ in range(40)]
        for each in slow:
            each.text(b"40")
            for session_id in [large] * 7 + [empty]:  # it has left the large one when all is done
                wanted = {"session_id": session_id, "name": "Slow"}
                each.text(b'42["join_session",' + json.dumps(wanted).encode() + b"]")
        eventually(lambda: online(empty), "somebody who has asked for everything")
        eventually(lambda: not online(large), "all to have asked, or to be cut off")
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
    with people_go_on(server), http_from("127.0.0.2") as http:
        base = f"{server.url}/socket.io/?EIO=4&transport=polling"
        told = [http.get(base, timeout=10).status_code for _ in range(2500)]
        assert set(told) <= {200, 429}, "an address has so many at a time"


def test_connections_that_say_nothing(server: Server) -> None:
    address = urlsplit(server.url)
    with people_go_on(server), contextlib.ExitStack() as stack:
        for _ in range(6000):
            sock = stack.enter_context(socket.socket())
            sock.bind(("127.0.0.4", 0))
            with contextlib.suppress(ConnectionError):
                sock.connect((address.hostname, address.port))


def test_passcodes_of_many_sessions_at_once(server: Server) -> None:
    with people_go_on(server), ThreadPoolExecutor(20) as pool:
        wanted = [{"passcode": f"number {number}"} for number in range(40)]
        made = pool.map(lambda each: server.post("/create_session", each).status_code, wanted)
        assert set(made) == {200}


def test_all_of_it_is_given_up_again(server: Server) -> None:
    """Whatever the stories above have left ends by itself."""
    descriptors = Path(f"/proc/{server.process.pid}/fd")
    eventually(
        lambda: len(list(descriptors.iterdir())) < 100, "open connections to end", patience=60
    )
