"""A runner over the best backend of this machine, and an audience for its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import gevent
import pytest
from gevent.event import Event

from collabpad.protocol.enums import Stream
from collabpad.runs.events import (
    Queued,
    RunEvent,
    RunFinished,
    RunOutput,
    RunResult,
    RunStarted,
)
from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox, open_sandbox
from collabpad.settings import Settings
from tests.sandbox.stories import BACKENDS, need

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
    def in_order(self) -> list[tuple[Stream, str]]:
        """What the program printed, as a page shows it."""
        return in_order(event for event in self.events if isinstance(event, RunOutput))

    @property
    def queue(self) -> list[int]:
        return [event.before for event in self.events if isinstance(event, Queued)]


def in_order(outputs: Iterable[RunOutput]) -> list[tuple[Stream, str]]:
    """Take apart the events that hold many pieces at once."""
    told: list[tuple[Stream, str]] = []
    order: list[tuple[Stream, int]] = []
    gathered: dict[Stream, bytes] = {}
    for event in outputs:
        order += event.pieces
        if not order:
            told.append((event.stream, event.data))
            continue
        units = event.data.encode("utf-16-le")
        gathered[event.stream] = gathered.get(event.stream, b"") + units
        wanted = {name: sum(n for stream, n in order if stream == name) for name, _ in order}
        if all(len(gathered.get(name, b"")) >= 2 * number for name, number in wanted.items()):
            for stream, length in order:
                told.append((stream, gathered[stream][: 2 * length].decode("utf-16-le")))
                gathered[stream] = gathered[stream][2 * length :]
            told += [(name, rest.decode("utf-16-le")) for name, rest in gathered.items() if rest]
            order, gathered = [], {}
    assert not gathered
    return told


MakeRunner = Callable[..., Runner]


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


_FIRST, *_OTHERS = BACKENDS


@pytest.fixture(params=[_FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in _OTHERS)])
def every_sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each backend in turn."""
    return need(request.param)


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
