"""One small server for all tests of the wire; those that need other settings start their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from tests.wire.wire_harness import WireServer, wire_server


class StartWire(Protocol):
    def __call__(self, python_path: str = "", **options: Any) -> WireServer: ...


@pytest.fixture(scope="session")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    """Nothing that clients do to it may leave a traceback in its log."""
    with wire_server(tmp_path_factory.mktemp("wire") / "server.log") as server:
        yield server
        assert "Traceback" not in server.stderr()


@pytest.fixture
def start_wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartWire]:
    """Start servers of a test's own, such as `start_wire(ping=0.2)`."""
    servers: list[WireServer] = []

    def start(python_path: str = "", **options: Any) -> WireServer:
        log = tmp_path_factory.mktemp("wire") / "server.log"
        servers.append(WireServer(log, python_path, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
