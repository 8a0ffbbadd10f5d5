"""Whoever is sent away hears why, over polling too, by the client that the protocol is made for."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness import PATIENCE, Person, Server

HERE = Path(__file__).parent
CLIENT = HERE / "polling_client.mjs"
INSTALLED = HERE.parents[1] / "frontend" / "node_modules" / "socket.io-client"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("node") is None or not INSTALLED.exists(),
        reason="program: socket.io-client for Node.js is not installed",
    ),
]


class Nod:
    """Somebody whose client is socket.io-client."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.heard: list[list[str]] = []

    def hears(self, *wanted: str) -> list[str]:
        """What came first of `wanted`, with what it said."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said: list[str] = json.loads(line)
            self.heard.append(said)
            if said[0] in wanted:
                return said
        raise AssertionError(f"none of {wanted}, but {self.heard}")


@contextmanager
def nod(server: Server, session: dict[str, str]) -> Iterator[Nod]:
    command = ["node", str(CLIENT), server.url, session["session_id"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Nod(process)
        finally:
            process.kill()


def test_who_is_removed_hears_it_before_the_end(
    server: Server, session: dict[str, str], ann: Person
) -> None:
    with nod(server, session) as there:
        _, participant = there.hears("in")
        ann.does("remove_participant", participant_id=participant)
        assert there.hears("removed", "disconnect") == ["removed", "removed"]
        assert there.hears("disconnect") == ["disconnect", "io server disconnect"]


def test_who_is_in_a_session_that_ends_hears_it(
    server: Server, session: dict[str, str], ann: Person
) -> None:
    with nod(server, session) as there:
        there.hears("in")
        ann.does("close_session")
        assert there.hears("session_closed", "disconnect") == ["session_closed", "closed"]


def test_a_server_that_stops_says_so_first(tmp_path: Path) -> None:
    with Server(tmp_path) as server, nod(server, server.create_session()) as there:
        there.hears("in")
        server.process.terminate()
        assert there.hears("session_closed", "disconnect") == ["session_closed", "shutdown"]
        assert there.hears("disconnect")[1].startswith("transport")
        assert server.process.wait(PATIENCE) == 0
