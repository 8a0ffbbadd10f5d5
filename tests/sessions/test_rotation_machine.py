"""Turns as a pure machine: nobody is in a session here, and no time passes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from collabpad.sessions.rotation import WARNING, Rotation, Turns

ANN_OF_THREE = Turns(minutes=2, held=False, running=False, pen_id="ann", queue=("bob", "cleo"))
NOBODY_ELSE = replace(ANN_OF_THREE, queue=())


def after(turns: Turns, *times: float) -> Rotation:
    """The machine that was asked at each of these times."""
    state = Rotation()
    for now in times:
        state = state.step(turns, now).state
    return state


def test_it_begins_with_a_whole_turn() -> None:
    step = Rotation().step(ANN_OF_THREE, 10)
    assert (step.changed, step.warn, step.is_over, step.look_in) == (True, None, False, 90)
    assert step.state.view(ANN_OF_THREE, 10) == {
        "minutes": 2,
        "next_id": "bob",
        "remaining": 120.0,
        "paused": False,
        "held": False,
        "order": [],
    }


@pytest.mark.parametrize(
    ("passed", "warned", "warn", "is_over", "look_in"),
    [
        (0, None, None, False, 90),
        (60, None, None, False, 30),
        (90, None, "bob", False, 30),
        (90, "bob", None, False, 30),
        (90, "cleo", "bob", False, 30),
        (100, None, "bob", False, 20),
        (120, "bob", None, True, 0),
        (500, "bob", None, True, 0),
    ],
)
def test_what_happens_when(
    passed: float, warned: str | None, warn: str | None, is_over: bool, look_in: float
) -> None:
    state = replace(after(ANN_OF_THREE, 10), warned=warned)
    step = state.step(ANN_OF_THREE, 10 + passed)
    assert (step.warn, step.is_over, step.look_in) == (warn, is_over, look_in)
    assert not step.changed


@pytest.mark.parametrize(
    "still",
    [
        replace(ANN_OF_THREE, held=True),
        replace(ANN_OF_THREE, running=True),
        NOBODY_ELSE,
    ],
    ids=["held", "a program runs", "nobody else is here"],
)
def test_the_clock_stands(still: Turns) -> None:
    stopped = after(ANN_OF_THREE, 0).step(still, 50)
    assert (stopped.changed, stopped.look_in) == (True, None)
    later = stopped.state.step(still, 5000)
    assert not later.changed
    assert later.state.remaining(9000) == 70
    view = later.state.view(still, 9000)
    assert view is not None
    assert view["paused"]
    on_again = later.state.step(ANN_OF_THREE, 9000)
    assert (on_again.changed, on_again.look_in) == (True, 40)


@pytest.mark.parametrize(
    "changed",
    [
        replace(ANN_OF_THREE, pen_id="bob", queue=("cleo", "ann")),
        replace(ANN_OF_THREE, minutes=7),
    ],
    ids=["the pen moved", "other minutes"],
)
def test_a_turn_is_whole(changed: Turns) -> None:
    step = after(ANN_OF_THREE, 0, 100).step(changed, 100)
    assert step.changed
    assert step.state.remaining(100) == (changed.minutes or 0) * 60


def test_the_end_of_turns_is_told_once() -> None:
    none = replace(ANN_OF_THREE, minutes=None)
    ended = after(ANN_OF_THREE, 0).skipping("bob").step(none, 10)
    assert (ended.changed, ended.look_in) == (True, None)
    assert ended.state.view(none, 10) is None
    assert not ended.state.step(none, 20).changed
    assert ended.state.step(ANN_OF_THREE, 30).state.next_id(ANN_OF_THREE) == "bob"


@pytest.mark.parametrize(
    ("skipped", "inactive", "ready", "passed_over"),
    [
        ("", "", "bob", ""),
        ("bob", "", "cleo", ""),
        ("", "bob", "cleo", "bob"),
        ("bob", "bob", "cleo", ""),
        ("bob cleo", "", None, ""),
        ("bob", "cleo", None, "cleo"),
        ("", "bob cleo", None, "bob cleo"),
        ("cleo", "", "bob", ""),
    ],
)
def test_who_gets_the_pen(skipped: str, inactive: str, ready: str | None, passed_over: str) -> None:
    state = after(ANN_OF_THREE, 0, 115)
    for each in skipped.split():
        state = state.skipping(each)
    told = state.advanced(ANN_OF_THREE, {*inactive.split()})
    assert (told.ready, told.passed_over) == (ready, tuple(passed_over.split()))
    if ready is None:  # whoever has the pen keeps it for a whole turn
        assert told.state.step(ANN_OF_THREE, 120).look_in == 90
    reached = ANN_OF_THREE.queue.index(ready) if ready else 2
    assert told.state.skipped == {*skipped.split()} - {*ANN_OF_THREE.queue[:reached]}


def test_who_is_skipped_is_next_no_more() -> None:
    state = after(ANN_OF_THREE, 0)
    assert state.skipping("bob").next_id(ANN_OF_THREE) == "cleo"
    assert state.skipping("bob").skipping("cleo").next_id(ANN_OF_THREE) == "ann"
    step = state.skipping("bob").step(ANN_OF_THREE, 5)
    assert step.changed


PEOPLE = ("ann", "bob", "cleo", "dora")
SITUATIONS = some.builds(
    Turns,
    minutes=some.sampled_from([None, 1, 2, 120]),
    held=some.booleans(),
    running=some.booleans(),
    pen_id=some.sampled_from([None, *PEOPLE]),
    queue=some.lists(some.sampled_from(PEOPLE), unique=True).map(tuple),
    order=some.just(()),
)


def looks(state: Rotation, turns: Turns, now: float, count: int) -> Iterator[tuple[float, object]]:
    """What a session does that only looks when it was told to."""
    for _ in range(count):
        step = state.step(turns, now)
        yield now, step
        if step.is_over or step.look_in is None:
            return
        state, now = step.state, now + step.look_in


@given(SITUATIONS, some.floats(0, 1e9))
def test_whoever_looks_when_told_misses_nothing(turns: Turns, now: float) -> None:
    seen = list(looks(Rotation(), turns, now, 10))
    counts = turns.minutes is not None and not turns.held and not turns.running
    next_id = Rotation().next_id(turns)
    if not counts or next_id is None:
        assert [step.look_in for _, step in seen] == [None]  # type: ignore[attr-defined]
        return
    assert turns.minutes is not None
    end, last = seen[-1]
    assert last.is_over  # type: ignore[attr-defined]
    assert end - now == pytest.approx(turns.minutes * 60, abs=1e-3)
    warnings = [(at, step.warn) for at, step in seen if step.warn]  # type: ignore[attr-defined]
    ((warned_at, who),) = warnings
    assert who == next_id
    assert end - warned_at == pytest.approx(WARNING, abs=0.6)
    assert len(seen) <= 4


class Sessions(RuleBasedStateMachine):
    """Anything may change at any time."""

    @initialize(turns=SITUATIONS)
    def begin(self, turns: Turns) -> None:
        self.now, self.turns, self.state = 100.0, turns, Rotation()
        self.told: object = None
        self.look()

    @rule(turns=SITUATIONS)
    def changes(self, turns: Turns) -> None:
        self.turns = turns
        self.look()

    @rule(seconds=some.floats(0, 200))
    def waits(self, seconds: float) -> None:
        self.now += seconds
        self.look()

    @rule(who=some.sampled_from(PEOPLE))
    def skips(self, who: str) -> None:
        self.state = self.state.skipping(who)
        self.look()

    @rule(inactive=some.sets(some.sampled_from(PEOPLE)))
    def passes_on(self, inactive: set[str]) -> None:
        self.state, ready, passed = self.state.advanced(self.turns, inactive)
        assert ready is None or ready in self.turns.queue
        assert not inactive.isdisjoint(passed) or not passed
        if ready is not None:
            others = tuple(each for each in self.turns.queue if each != ready)
            self.turns = replace(self.turns, pen_id=ready, queue=others)
        self.look()

    def look(self) -> None:
        step = self.state.step(self.turns, self.now)
        self.state = step.state
        if step.changed:
            self.told = self.state.view(self.turns, self.now)

    @invariant()
    def a_page_that_counts_down_shows_what_is_so(self) -> None:
        view = self.state.view(self.turns, self.now)
        told = self.told
        if view is None or not isinstance(told, dict):
            assert told is None
            return
        assert {**view, "remaining": 0} == {**told, "remaining": 0}

    @invariant()
    def a_turn_is_never_longer_than_agreed(self) -> None:
        assert 0 <= self.state.remaining(self.now) <= (self.turns.minutes or 0) * 60

    @invariant()
    def looking_twice_changes_nothing(self) -> None:
        again = self.state.step(self.turns, self.now)
        assert (again.state, again.changed, again.warn) == (self.state, False, None)


TestSessions = pytest.mark.slow(Sessions.TestCase)
