"""Servers for those who attack: with all limits on, and with none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.harness import Server

_strangers = count(1)
TOKEN = "an-operators-own-token"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Without limits: for those who try very much."""
    with Server(tmp_path_factory.mktemp("server"), "--no-rate-limits") as running:
        yield running


@pytest.fixture
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With limits, new for each story, and with a token of its own: so no request is local."""
    with Server(
        tmp_path_factory.mktemp("limited"), environment={"COLLABPAD_TOKEN": TOKEN}
    ) as running:
        yield running


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With limits and behind a proxy, so that a story's strangers can be somewhere of their own."""
    folder = tmp_path_factory.mktemp("proxied")
    with Server(folder, "--trust-proxy", "1") as running:
        yield running


@pytest.fixture
def stranger() -> dict[str, str]:
    """The headers by which a proxy tells an address that nobody else has."""
    return {"X-Forwarded-For": f"198.51.100.{next(_strangers)}"}
