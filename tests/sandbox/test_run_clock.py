"""The clock of a run, by times of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.sandbox.run_clock import RunClock


def test_a_program_that_works_ends_at_its_limit() -> None:
    clock = RunClock(100.0, 5.0, 60.0)
    assert clock.deadline == 105
    clock.update(101.0, 0.9, waiting=False)
    assert clock.deadline == pytest.approx(105)


def test_a_wait_does_not_count() -> None:
    clock = RunClock(100.0, 5.0, 60.0)
    clock.update(101.0, 0.5, waiting=False)
    clock.update(101.1, 0.5, waiting=True)
    clock.update(130.0, 0.5, waiting=True)
    seen = [clock.waiting]
    clock.answered(140.0)
    seen.append(clock.waiting)
    assert seen == [True, False]
    assert clock.deadline == pytest.approx(144)


def test_a_wait_has_an_end() -> None:
    clock = RunClock(100.0, 5.0, 60.0)
    clock.update(101.0, 0.0, waiting=True)
    assert clock.deadline == pytest.approx(161)
    clock.update(150.0, 0.0, waiting=True)
    assert clock.deadline == pytest.approx(161)


def test_so_have_all_waits_together() -> None:
    clock = RunClock(0.0, 5.0, 60.0)
    now = 0.0
    while now < 700:
        clock.update(now, 0.0, waiting=True)
        now += 50
        clock.answered(now)
        now += 0.1
    assert clock.deadline == pytest.approx(605)


def test_who_computes_while_a_thread_waits_uses_up_the_limit() -> None:
    clock = RunClock(0.0, 5.0, 60.0)
    for second in range(1, 7):
        clock.update(float(second), 4.0 * second, waiting=True)
    assert clock.deadline <= 6.0


def test_a_thread_found_at_work_costs_the_whole_time() -> None:
    clock = RunClock(0.0, 5.0, 60.0)
    clock.update(1.0, 0.0, waiting=True)
    assert clock.unanswered
    for second in range(2, 8):
        clock.update(float(second), 0.0, waiting=True, at_work=True)
    assert clock.deadline <= 7.0
    assert not clock.unanswered


def test_a_hundred_quick_answers_cost_nothing() -> None:
    clock = RunClock(0.0, 5.0, 60.0)
    now = 0.0
    for _ in range(100):
        now += 0.1
        clock.update(now, 0.0, waiting=True)
        clock.answered(now + 1)
        now += 1
    assert clock.deadline == pytest.approx(now + 5)


def test_a_child_that_ends_unnoticed_gives_no_time_back() -> None:
    clock = RunClock(0.0, 5.0, 60.0)
    clock.update(1.0, 4.0, waiting=True)
    clock.update(2.0, 1.0, waiting=True)
    clock.answered(2.0)
    assert clock.deadline == pytest.approx(2 + 4)


@given(
    st.lists(st.tuples(st.floats(0.01, 20), st.floats(0, 20), st.booleans(), st.booleans())),
    st.floats(0.1, 10),
    st.floats(0.1, 60),
)
def test_no_run_lives_longer_than_its_whole_life(
    steps: list[tuple[float, float, bool, bool]], seconds: float, input_wait: float
) -> None:
    clock = RunClock(0.0, seconds, input_wait)
    now = used = 0.0
    for elapsed, more, waiting, fed in steps:
        if now + elapsed >= clock.deadline:
            break
        now, used = now + elapsed, used + more
        clock.update(now, used, waiting=waiting)
        if fed:
            clock.answered(now)
    assert clock.deadline <= seconds + 10 * input_wait + 1e-6
