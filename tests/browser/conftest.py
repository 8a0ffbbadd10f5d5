"""People in real browsers, each in a context of their own, on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import launch_options
from tests.browser.seat import Seat
from tests.harness import Server

TakeSeat = Callable[..., Seat]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    options = launch_options()
    if options is None:
        pytest.skip("program: chromium is not installed")
    return options


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), "--no-rate-limits") as running:
        yield running


@pytest.fixture
def session(server: Server) -> dict[str, str]:
    return server.create_session(title="Kata")


@pytest.fixture
def seat(browser: Browser, server: Server) -> Iterator[TakeSeat]:
    """`seat("Ann")` is Ann before an empty browser; her page must end without a complaint."""
    expect.set_options(timeout=30_000)
    taken: list[Seat] = []

    def take(name: str, **context: Any) -> Seat:
        context.setdefault("base_url", server.url)
        taken.append(Seat(browser.new_context(**context), name))
        return taken[-1]

    yield take
    complaints = [complaint for each in taken for complaint in each.complaints]
    for each in taken:
        each.context.close()
    assert complaints == []


@pytest.fixture
def ann(seat: TakeSeat, session: dict[str, str]) -> Seat:
    """The host, by the host link, with the pen."""
    return seat("Ann").joins(session["host_url"])


@pytest.fixture
def bob(seat: TakeSeat, session: dict[str, str], ann: Seat) -> Seat:
    """A participant, by the join link."""
    return seat("Bob").joins(session["editor_url"])
