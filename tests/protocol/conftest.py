"""One server for all stories: each makes a session of its own, and its people leave at the end."""

from __future__ import annotations

from collections.abc import Iterator

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
