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
def bob(server: Server, session: dict[str, str], ann: Person) -> Person:
    """Came second, with a plain client."""
    return server.person("Bob").join(session)
