"""A server for each module: its stories make sessions of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import Person, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), "--no-rate-limits") as running:
        yield running


@pytest.fixture
def session(server: Server) -> dict[str, str]:
    return server.create_session()


@pytest.fixture
def ann(server: Server, session: dict[str, str]) -> Person:
    """The host, by the host link, with the pen."""
    return server.person("Ann", crdt=True).join(session, as_host=True)


@pytest.fixture
def bob(server: Server, session: dict[str, str], ann: Person) -> Person:
    """Came second, with a plain client."""
    return server.person("Bob").join(session)


@pytest.fixture
def vic(server: Server, session: dict[str, str], ann: Person) -> Person:
    """Came by the view link."""
    return server.person("Vic").view(session)
