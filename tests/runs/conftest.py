"""A runner over the best backend of this machine, and an audience for its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import pytest
from gevent.event import Event

from collabpad.runs.events import Queued, RunEvent, RunFinished, RunOutput, RunResult, RunStarted
from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox, open_sandbox
from collabpad.settings import Settings

PATIENCE = 30.0  # seconds after which a test that waits for an event has failed


class Audience:
    """Hears the events of one run and can wait for them."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []
        self._heard = Event()

    def __call__(self, event: RunEvent) -> None:
        self.events.append(event)
        self._heard.set()

    def wait(self, until: Callable[[], bool]) -> None:
        with gevent.Timeout(PATIENCE):
            while not until():
                self._heard.clear()
                self._heard.wait()

    def wait_for_start(self) -> None:
        self.wait(lambda: any(isinstance(event, RunStarted) for event in self.events))

    def wait_for_text(self, text: str) -> None:
        self.wait(lambda: text in self.text)

    def wait_for_end(self) -> RunResult:
        self.wait(lambda: bool(self.events) and isinstance(self.events[-1], RunFinished))
        last = self.events[-1]
        assert isinstance(last, RunFinished)
        return last.result

    @property
    def text(self) -> str:
        return "".join(event.data for event in self.events if isinstance(event, RunOutput))

    @property
    def queue(self) -> list[int]:
        return [event.before for event in self.events if isinstance(event, Queued)]


MakeRunner = Callable[..., Runner]


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


@pytest.fixture
def make_runner(sandbox: Sandbox) -> Iterator[MakeRunner]:
    """Makes runners with settings of their own, and closes them."""
    made: list[Runner] = []

    def make(**settings: object) -> Runner:
        made.append(Runner(sandbox, Settings(**settings)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for runner in made:
        runner.close()


@pytest.fixture
def runner(make_runner: MakeRunner) -> Runner:
    return make_runner(run_timeout=20.0, max_runs=2)
