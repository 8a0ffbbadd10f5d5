"""The line for a place to run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.errors import Busy
from collabpad.runs.fair_semaphore import SUSPENDED_PER_SLOT, FairSemaphore, Slot


def test_first_come_first_served() -> None:
    semaphore = FairSemaphore(1, 2)
    first, second, third = semaphore.acquire(), semaphore.acquire(), semaphore.acquire()
    assert [first.before, second.before, third.before] == [None, 0, 1]
    with pytest.raises(Busy):
        semaphore.acquire()
    semaphore.release(first)
    assert [second.before, third.before] == [None, 0]


def test_who_leaves_the_line_lets_the_others_move_up() -> None:
    semaphore = FairSemaphore(1, 3)
    first, second, third, fourth = (semaphore.acquire() for _ in range(4))
    second.cancel()
    semaphore.release(second)
    assert [third.before, fourth.before] == [0, 1]
    semaphore.release(first)
    assert third.before is None


def test_a_place_without_a_line() -> None:
    semaphore = FairSemaphore(1, 0)
    slot = semaphore.acquire()
    with pytest.raises(Busy):
        semaphore.acquire()
    semaphore.release(slot)
    assert semaphore.acquire().before is None


@given(st.integers(1, 3), st.integers(0, 4), st.lists(st.integers(-5, 5)))
def test_no_place_is_lost_or_given_twice(count: int, waiting: int, moves: list[int]) -> None:
    semaphore = FairSemaphore(count, waiting)
    held: list[Slot] = []
    for move in moves:
        if move >= 0:
            try:
                held.append(semaphore.acquire())
            except Busy:
                assert len(held) == count + waiting
        elif held:
            semaphore.release(held.pop(move % len(held)))
        inside = [slot for slot in held if slot.before is None]
        line = [slot.before for slot in held if slot.before is not None]
        assert len(inside) == min(count, len(held))
        assert sorted(line) == list(range(len(held) - len(inside)))


def test_who_waits_for_input_lets_the_next_have_its_place() -> None:
    semaphore = FairSemaphore(1, 2)
    first, second = semaphore.acquire(), semaphore.acquire()
    semaphore.suspend(first)
    assert second.before is None
    semaphore.resume(first)  # at once: it would have had its place all along
    third = semaphore.acquire()
    assert third.before == 0
    semaphore.release(second)
    assert third.before == 0, "the one that came back has the place"
    semaphore.release(first)
    assert third.before is None


def test_who_ends_while_aside_gives_nothing_back_twice() -> None:
    semaphore = FairSemaphore(1, 1)
    first = semaphore.acquire()
    semaphore.suspend(first)
    semaphore.suspend(first)
    semaphore.release(first)
    semaphore.acquire()
    assert semaphore.acquire().before == 0


def test_not_everybody_may_wait_aside() -> None:
    semaphore = FairSemaphore(1, 1)
    for _ in range(SUSPENDED_PER_SLOT):
        semaphore.suspend(semaphore.acquire())
    last = semaphore.acquire()
    semaphore.suspend(last)
    assert semaphore.acquire().before == 0
    semaphore.resume(last)
    semaphore.release(last)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["aside", "back", "end"]))))
def test_no_place_is_lost_or_made(steps: list[tuple[int, str]]) -> None:
    semaphore = FairSemaphore(2, 10)
    slots = [semaphore.acquire() for _ in range(10)]
    for number, what in steps:
        slot = slots[number]
        if slot.before is not None:
            continue
        if what == "aside":
            semaphore.suspend(slot)
        elif what == "back":
            semaphore.resume(slot)
        else:
            semaphore.release(slot)
            slots[number] = semaphore.acquire()
    for slot in slots:
        semaphore.release(slot)
    assert [semaphore.acquire().before for _ in range(3)] == [None, None, 0]
