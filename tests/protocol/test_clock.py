"""The clock of the day is set while people work: nobody notices."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.harness import Server, eventually

CLOCK = Path(__file__).parent.parent / "clock"
DAYS = 24 * 60 * 60


class Wrong:
    """By how much the server's clock is wrong."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.by(0)

    def by(self, seconds: float) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Wrong:
    return Wrong(tmp_path / "clock")


@pytest.fixture
def server(tmp_path: Path, clock: Wrong) -> Iterator[Server]:
    environment = {
        "PYTHONPATH": os.pathsep.join([str(CLOCK), os.environ.get("PYTHONPATH", "")]),
        "CLOCK_OF_TEST": str(tmp_path / "clock"),
        "COLLABPAD_EVICT_AFTER": "0.2",
    }
    with Server(tmp_path, "--log-level", "debug", environment=environment) as running:
        yield running


def keeps_house(server: Server) -> None:
    """Return after the server has looked for sessions that are too old, at least once more."""
    told = "An idle session left memory"
    before = server.read_log().count(told)
    passing = server.person("Passing").join(server.create_session())
    passing.goes()
    eventually(lambda: server.read_log().count(told) > before, "the server to keep house")


@pytest.mark.parametrize(
    ("jump", "told", "asleep"),
    [
        (40, "forwards by 40 days", False),
        (-40, "backwards by 40", False),
        (40, "forwards by 40 days", True),
    ],
)
def test_a_jump_of_the_clock_ends_no_session(
    server: Server, clock: Wrong, jump: int, told: str, asleep: bool
) -> None:
    session, empty = server.create_session(), server.create_session(content="kept")
    ann = server.person("Ann", crdt=True).join(session, as_host=True)
    bob = server.person("Bob").join(session)
    ann.types("before ")
    if asleep and sys.platform != "win32":
        server.process.send_signal(signal.SIGSTOP)
    clock.by(jump * DAYS)
    if asleep and sys.platform != "win32":
        server.process.send_signal(signal.SIGCONT)
    eventually(lambda: told in server.read_log(), "a line about the jump")
    keeps_house(server)
    ann.types("after")
    ann.does("send_message", message="still here")
    bob.sees(text="before after")
    assert "Deleted session" not in server.read_log()
    clock.by(0)
    keeps_house(server)
    ann.types("!")
    bob.sees(text="before after!")
    assert server.person("Cleo", crdt=True).join(empty).text == "kept"
    listed = server.get("/api/sessions", headers=server.as_operator).json()["sessions"]
    assert {session["session_id"], empty["session_id"]} <= {each["session_id"] for each in listed}


def test_limits_go_on_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, clock: Wrong, tmp_path: Path
) -> None:
    """Set back by an hour, a clock must not keep anybody waiting for an hour; nor let all in."""
    environment = {
        "PYTHONPATH": os.pathsep.join([str(CLOCK), os.environ.get("PYTHONPATH", "")]),
        "CLOCK_OF_TEST": str(tmp_path / "clock"),
        "COLLABPAD_SESSIONS_PER_HOUR": "2",
    }
    options = ("--trust-proxy", "1", "--no-token")
    with Server(tmp_path_factory.mktemp("limited"), *options, environment=environment) as here:
        stranger = {"X-Forwarded-For": "198.51.100.7"}

        def create() -> requests.Response:
            return here.post("/create_session", headers=stranger)

        assert [create().status_code for _ in range(3)] == [200, 200, 429]
        clock.by(40 * DAYS)
        assert create().status_code == 429
        clock.by(-40 * DAYS)
        refused = create()
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 1800


def test_a_request_takes_no_longer_by_a_clock_that_is_set(server: Server, clock: Wrong) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /create_session HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
        assert server.get("/healthz").status_code == 200
        clock.by(40 * DAYS)
        connection.sendall(b"}")
        assert connection.recv(12) == b"HTTP/1.1 200"
    line = eventually(lambda: re.search("POST /create_session.*", server.read_log()), "its line")
    (milliseconds,) = re.findall(r"([-0-9.]+) ms", line[0])
    assert 0 <= float(milliseconds) < DAYS * 1000
