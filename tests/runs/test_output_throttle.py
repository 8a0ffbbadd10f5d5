"""Events of a run, told in order and not too often."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import gevent
from hypothesis import given, settings
from hypothesis import strategies as st

from collabpad.runs.events import Queued, RunEvent, RunOutput, RunStarted
from collabpad.runs.output_throttle import FRAMES_PER_SECOND, OutputThrottle
from tests.runs.conftest import in_order

STARTED = RunStarted(0.0, 5.0)


def told(throttle: OutputThrottle, heard: list[RunEvent]) -> list[RunEvent]:
    throttle.close()
    throttle.greenlet.join(timeout=30)
    assert throttle.greenlet.successful()
    return heard


def test_events_keep_their_order() -> None:
    heard: list[RunEvent] = []
    throttle = OutputThrottle(heard.append)
    throttle.emit(Queued(1))
    throttle.emit(STARTED)
    throttle.output("stdout", "a")
    throttle.output("stdout", "b")
    throttle.output("stderr", "c")
    throttle.output("stdout", "d")
    throttle.emit(Queued(0))
    assert told(throttle, heard) == [
        Queued(1),
        STARTED,
        RunOutput("stdout", "ab"),
        RunOutput("stderr", "c"),
        RunOutput("stdout", "d"),
        Queued(0),
    ]


def test_nothing_is_told_by_who_calls() -> None:
    heard: list[RunEvent] = []
    throttle = OutputThrottle(heard.append)
    throttle.emit(STARTED)
    assert heard == []
    assert told(throttle, heard) == [STARTED]


def test_the_first_output_does_not_wait_for_the_end() -> None:
    heard: list[RunEvent] = []
    throttle = OutputThrottle(heard.append)
    throttle.output("stdout", "now")
    with gevent.Timeout(10):
        while not heard:
            gevent.sleep(0.001)
    assert told(throttle, heard) == [RunOutput("stdout", "now")]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from(["stdout", "stderr", "stdin"]), st.text(min_size=1)),
        max_size=200,
    )
)
def test_a_burst_is_told_whole_in_few_frames(pieces: list[tuple[str, str]]) -> None:
    heard: list[RunEvent] = []
    throttle = OutputThrottle(heard.append)
    for stream, text in pieces:
        throttle.output(stream, text)  # type: ignore[arg-type]
    outputs = [event for event in told(throttle, heard) if isinstance(event, RunOutput)]
    assert len(outputs) <= FRAMES_PER_SECOND
    for name in ("stdout", "stderr", "stdin"):
        wanted = "".join(text for stream, text in pieces if stream == name)
        assert "".join(event.data for event in outputs if event.stream == name) == wanted
    assert joined(in_order(outputs)) == joined(pieces)


def joined(pieces: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What comes one after the other on the same stream is one."""
    return [
        (stream, "".join(text for _, text in group))
        for stream, group in groupby(pieces, key=lambda piece: piece[0])
    ]


def test_the_order_of_very_many_pieces_costs_no_more_than_they_are_worth() -> None:
    heard: list[RunEvent] = []
    throttle = OutputThrottle(heard.append)
    for number in range(50_000):
        throttle.output("stderr" if number % 2 else "stdout", "x")
    outputs = [event for event in told(throttle, heard) if isinstance(event, RunOutput)]
    assert len(outputs) <= FRAMES_PER_SECOND
    assert sum(len(event.pieces) for event in outputs) <= 1000
    assert sum(len(text) for _, text in in_order(outputs)) == 50_000


def test_a_listener_that_fails_hears_the_rest() -> None:
    heard: list[RunEvent] = []

    def listen(event: RunEvent) -> None:
        heard.append(event)
        if event == STARTED:
            raise ValueError("no")

    throttle = OutputThrottle(listen)
    throttle.emit(STARTED)
    throttle.emit(Queued(0))
    assert told(throttle, heard) == [STARTED, Queued(0)]
