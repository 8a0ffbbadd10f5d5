"""The backends that work here, and the two ways of waiting for a run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gevent
import pytest

from collabpad.sandbox import Sandbox
from tests.sandbox.stories import BACKENDS, need

FIRST, *OTHERS = BACKENDS


@pytest.fixture(params=[FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each backend in turn."""
    return need(request.param)


@pytest.fixture
def bubblewrap() -> Sandbox:
    return need("bubblewrap")


@pytest.fixture(params=["alone", "in a loop"])
def wait_for(request: pytest.FixtureRequest) -> Callable[[Callable[[], Any]], Any]:
    """Calls a function where no loop is, and in gevent's, as the server does."""

    def alone(call: Callable[[], Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(call).result()

    def in_a_loop(call: Callable[[], Any]) -> Any:
        return gevent.spawn(call).get()

    return alone if request.param == "alone" else in_a_loop
