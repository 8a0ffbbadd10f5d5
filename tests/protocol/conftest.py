"""One server for all stories: each makes a session of its own, and its people leave at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import Person, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), "--no-rate-limits") as running:
        yield running


@pytest.fixture(autouse=True)
def everybody_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    asked = "server" in request.fixturenames
    shared: Server | None = request.getfixturevalue("server") if asked else None
    yield
    if shared is not None:
        shared.everybody_goes()


@pytest.fixture
def bob(server: Server, session: dict[str, str], ann: Person) -> Person:
    """Came second, with a plain client."""
    return server.person("Bob").join(session)


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose grace times are short."""
    environment = {"COLLABPAD_PEN_GRACE": "0.2", "COLLABPAD_HOST_GRACE": "0.6"}
    folder = tmp_path_factory.mktemp("hasty")
    with Server(folder, "--no-rate-limits", environment=environment) as running:
        yield running


@pytest.fixture
def pair_at_own_server(tmp_path: Path) -> Iterator[tuple[Server, Person, Person]]:
    """A server that will not be able to save, Ann who writes, and Bob."""
    with Server(tmp_path, "--no-rate-limits") as server:
        server.excused = "Changes cannot be saved and are kept in memory"
        session = server.create_session()
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        bob = server.person("Bob", crdt=True).join(session)
        ann.types("before ")
        yield server, ann, bob
