"""The two stores, and files for the one that has any."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collabpad.storage.memory import MemoryStore
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from collabpad.storage.store import Store

ROOT = Path(__file__).parent.parent.parent
GEVENT = (sys.executable, "-m", "gevent.monkey", "--module")
"""Runs a module with the standard library patched, in `ROOT`."""

OpenStore = Callable[..., SqliteStore]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is, or will be."""
    return tmp_path / FILE_NAME


@pytest.fixture
def open_store(path: Path) -> Iterator[OpenStore]:
    """Opens the database, again and again if need be; the last one is closed at the end."""
    opened: list[SqliteStore] = []

    def open_again(**options: Any) -> SqliteStore:
        for each in opened:
            each.close()
        opened[:] = [SqliteStore(path, **{"retry_seconds": 0.02, **options})]
        return opened[0]

    yield open_again
    for each in opened:
        each.close()


@pytest.fixture(params=["memory", "sqlite"])
def make_store(request: pytest.FixtureRequest, open_store: OpenStore) -> Callable[..., Store]:
    return MemoryStore if request.param == "memory" else open_store


@pytest.fixture
def store(make_store: Callable[..., Store]) -> Store:
    """Each store in turn, empty."""
    return make_store()
