"""Who takes all that they can get leaves the others their share."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    PING,
    PONG,
    TEXT,
    PollingClient,
    RawClient,
    WireServer,
    connect,
    eventually,
    masked,
    request,
)

CONTINUATION = 0
BINARY_WITHOUT_END = masked(2, b"", final=False)
FLOODS = {
    "pings": (b"", masked(PING, b"x")),
    "pongs": (b"", masked(PONG, b"")),
    "empty fragments": (BINARY_WITHOUT_END, masked(CONTINUATION, b"", final=False)),
    "packets of no meaning": (b"", masked(TEXT, b"3")),
    "unknown namespaces": (b"", masked(TEXT, b"40/nowhere,")),
    "all after a fault": (masked(TEXT, b"\xff"), masked(PONG, b"")),
}


@contextlib.contextmanager
def flooding(sock: socket.socket, first: bytes, again: bytes) -> Iterator[None]:
    """Within it, `sock` sends without a pause, and reads whatever comes."""

    def send() -> None:
        with contextlib.suppress(OSError):
            sock.sendall(first)
            while True:
                sock.sendall(again * 2000)

    def read() -> None:
        with contextlib.suppress(OSError):
            while sock.recv(65536):
                pass

    threads = [threading.Thread(target=each) for each in (send, read)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sock.shutdown(2)
        for thread in threads:
            thread.join()
        sock.close()


def goes_on(wire: WireServer) -> None:
    """Somebody else works as ever, on a connection and by requests."""
    with RawClient(wire) as ann:
        for _ in range(20):
            assert ann.is_well()
        assert request(wire, "/").status == 200


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_of_frames_holds_nobody_up(wire: WireServer, flood: str) -> None:
    attacker = RawClient(wire)
    with flooding(attacker.sock, *FLOODS[flood]):
        goes_on(wire)


@pytest.mark.parametrize("target", ["/", "/socket.io/?EIO=4&transport=polling", "/nowhere"])
def test_a_flood_of_requests_holds_nobody_up(start_wire: StartWire, target: str) -> None:
    wire = start_wire()
    again = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{wire.port}\r\n\r\n".encode()
    with flooding(connect(wire), b"", again):
        goes_on(wire)


def test_what_follows_a_refused_request_holds_nobody_up(wire: WireServer) -> None:
    with flooding(connect(wire), b"NONSENSE\r\n\r\n", b"x" * 16):
        goes_on(wire)


# --- how many there may be -----------------------------------------------------------------------


def test_an_address_begins_so_many_connections_at_a_time(start_wire: StartWire) -> None:
    wire = start_wire(
        settings={"trust_proxy": 1}, patch={"collabpad.wire.engine_server.MOST_OPENING": 3}
    )
    target = "/socket.io/?EIO=4&transport=polling"
    with RawClient(wire) as inside, RawClient(wire, join=False) as outside:
        polling = PollingClient(wire, join=False)
        PollingClient(wire, join=False)
        refused = request(wire, target)
        assert (refused.status, refused.error) == (429, "rate_limited")
        assert request(wire, target, x_forwarded_for="198.51.100.9").status == 200
        polling.post("40")  # is in now, and leaves a place to begin
        assert request(wire, target).status == 200
        outside.sock.close()
        eventually(lambda: request(wire, target).status == 200, "a place that was left")
        assert inside.is_well()


def is_taken(wire: WireServer) -> bool:
    """Whether a new connection is answered."""
    with connect(wire) as sock:
        try:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return sock.recv(100) != b""
        except ConnectionError:
            return False


def test_an_address_has_so_many_connections_of_any_kind(start_wire: StartWire) -> None:
    wire = start_wire(patch={"collabpad.wire.http_server.MOST_CONNECTIONS": 5})
    with RawClient(wire) as inside:
        silent = [connect(wire) for _ in range(4)]
        eventually(lambda: not is_taken(wire), "an address that has enough")
        assert inside.is_well()
        for sock in silent:
            sock.close()
        eventually(lambda: is_taken(wire), "room for others")


def test_a_server_without_room_goes_on_and_takes_people_again(start_wire: StartWire) -> None:
    wire = start_wire(files=60)
    with RawClient(wire) as inside:
        silent = [connect(wire) for _ in range(80)]
        eventually(lambda: "limit of open files" in wire.stderr(), "a warning")
        for _ in range(10):
            assert inside.is_well()
        for sock in silent:
            sock.close()
        eventually(lambda: is_taken(wire), "room for others")
        assert wire.stderr().count("limit of open files") == 1
        assert "Traceback" not in wire.stderr()
