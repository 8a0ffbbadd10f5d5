"""Under gevent the store never holds up the event loop, and calls back on it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.storage.conftest import GEVENT, ROOT


def run_module(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [*GEVENT, f"tests.storage.{name}", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_loop_ticks_on_while_the_store_works(path: Path) -> None:
    figures = json.loads(run_module("ticking", str(path)))
    assert figures["gap_ms"] < 20
    assert figures["blocked_ticks"] >= 10


def test_greenlets_wait_and_are_called_back_on_the_loop(path: Path) -> None:
    assert run_module("greenlets", str(path)) == "ok"
