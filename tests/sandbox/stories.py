"""Short words for what the tests of the sandbox do again and again."""

from __future__ import annotations

import os
import select
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from time import monotonic
from typing import Any, NoReturn

import pytest

from collabpad.errors import StartError
from collabpad.sandbox import Event, Exit, Output, RunSpec, Sandbox, Started, open_sandbox
from collabpad.settings import Settings

BACKENDS = ("bubblewrap", "landlock", "limits")


class Story:
    """What a run told, put together."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = list(events)
        last = self.events[-1]
        assert isinstance(last, Exit), "a run ends with its exit"
        self.exit = last

    @property
    def started(self) -> bool:
        return self.events[0] == Started()

    @property
    def output(self) -> bytes:
        return b"".join(event.data for event in self.events if isinstance(event, Output))

    def said(self, stream: str) -> bytes:
        return b"".join(
            event.data
            for event in self.events
            if isinstance(event, Output) and event.stream == stream
        )


def program(sandbox: Sandbox, code: str, **wishes: Any) -> RunSpec:
    """How to run a Python program in a sandbox."""
    spec = RunSpec(
        command=(sandbox.python.executable, "-S", "main.py"),  # -S: half of the time to start
        files={"main.py": code.encode()},
        readable=sandbox.python.readable,
        environment=dict(sandbox.python.environment),
    )
    return replace(spec, **wishes)


def run(sandbox: Sandbox, code: str, **wishes: Any) -> Story:
    return Story(sandbox.run(program(sandbox, code, **wishes)))


@cache
def opened(backend: str) -> Sandbox | str:
    """A backend of this machine, or why it does not work."""
    try:
        return open_sandbox(Settings(run_backend=backend))
    except StartError as problem:
        return problem.message


def need(backend: str) -> Sandbox:
    """A backend of this machine; without it the test is skipped, or fails for a missing program."""
    found = opened(backend)
    if isinstance(found, str):
        lacking(backend, found)
    return found


def lacking(backend: str, problem: str) -> NoReturn:
    """Skip for what the kernel lacks; a missing program fails where everything is checked."""
    if backend == "bubblewrap" and shutil.which("bwrap") is None:
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(problem)
    pytest.skip(f"kernel: {problem}")


def becomes_true(condition: Callable[[], bool]) -> bool:
    """Look again and again; nothing tells of the death of somebody else's child."""
    end = monotonic() + 10.0
    while not condition() and monotonic() < end:
        select.select([], [], [], 0.02)
    return condition()
