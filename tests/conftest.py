"""Options of the whole suite, and what of it is left out by `scripts/check fast`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import network
from tests.harness import Person, Server
from tests.security.promises import SHOWN_BY, Promises

# How long one example takes is up to whatever else the machine does.
settings.register_profile("collabpad", deadline=None)
settings.load_profile("collabpad")

HERE = Path(__file__).parent
# Each takes seconds for its many servers, real waits or wild inputs; single tests mark themselves.
SLOW = {
    "browser",
    "cli/test_sessions.py",
    "cli/test_transfer.py",
    "packaging/test_packages.py",
    "packaging/test_scripts.py",
    "protocol/test_clock.py",
    "protocol/test_full_disk.py",
    "protocol/test_keeping.py",
    "protocol/test_running.py",
    "protocol/test_wild_input.py",
    "sandbox/test_attacks.py",
    "security",
    "sessions/test_absence.py",
    "sessions/test_surrogate_pairs.py",
    "wire/test_websocket.py",
    "wire/test_engine.py",
    "wire/test_fairness.py",
    "wire/test_http_handler.py",
    "wire/test_socketio.py",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--traces",
        default=os.environ.get("EDITING_TRACES"),
        help="folder with recorded editing sessions (josephg/editing-traces), to be replayed",
    )
    parser.addoption(
        "--promises",
        action="store_true",
        help="run what shows the promises of docs/security.md, and nothing else",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("promises"):
        config.args[:] = [f"{HERE / test}" for tests in SHOWN_BY.values() for test in tests]
    if not hasattr(config, "workerinput"):  # whoever gives the tests out hears of all of them
        config.pluginmanager.register(Promises(), "promises")


def is_slow(path: Path) -> bool:
    inside = path.relative_to(HERE)
    return bool(inside.parts) and (inside.as_posix() in SLOW or inside.parts[0] in SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out, do not even read their files: that takes seconds."""
    left_out = "not slow" in config.option.markexpr
    return True if left_out and is_slow(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def namespaces() -> Iterator[tuple[str, str]]:
    """Two machines on a cable of their own."""
    yield from network.cable()


# --- people at whatever `server` the folder of the test has; browsers have their own -------------


@pytest.fixture
def session(server: Server) -> dict[str, str]:
    return server.create_session()


@pytest.fixture
def ann(server: Server, session: dict[str, str]) -> Person:
    """The host, by the host link, with the pen."""
    return server.person("Ann", crdt=True).join(session, as_host=True)


@pytest.fixture
def vic(server: Server, session: dict[str, str], ann: Person) -> Person:
    """Came by the view link."""
    return server.person("Vic").view(session)
