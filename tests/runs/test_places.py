"""The line for a place to run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.errors import Busy
from collabpad.runs.places import ASIDE_PER_PLACE, Places, Ticket


def test_first_come_first_served() -> None:
    places = Places(1, 2)
    first, second, third = places.take(), places.take(), places.take()
    assert [first.before, second.before, third.before] == [None, 0, 1]
    with pytest.raises(Busy):
        places.take()
    places.give_back(first)
    assert [second.before, third.before] == [None, 0]


def test_who_leaves_the_line_lets_the_others_move_up() -> None:
    places = Places(1, 3)
    first, second, third, fourth = (places.take() for _ in range(4))
    second.cancel()
    places.give_back(second)
    assert [third.before, fourth.before] == [0, 1]
    places.give_back(first)
    assert third.before is None


def test_a_place_without_a_line() -> None:
    places = Places(1, 0)
    ticket = places.take()
    with pytest.raises(Busy):
        places.take()
    places.give_back(ticket)
    assert places.take().before is None


@given(st.integers(1, 3), st.integers(0, 4), st.lists(st.integers(-5, 5)))
def test_no_place_is_lost_or_given_twice(count: int, waiting: int, moves: list[int]) -> None:
    places = Places(count, waiting)
    held: list[Ticket] = []
    for move in moves:
        if move >= 0:
            try:
                held.append(places.take())
            except Busy:
                assert len(held) == count + waiting
        elif held:
            places.give_back(held.pop(move % len(held)))
        inside = [ticket for ticket in held if ticket.before is None]
        line = [ticket.before for ticket in held if ticket.before is not None]
        assert len(inside) == min(count, len(held))
        assert sorted(line) == list(range(len(held) - len(inside)))


def test_who_waits_for_input_lets_the_next_have_its_place() -> None:
    places = Places(1, 2)
    first, second = places.take(), places.take()
    places.step_aside(first)
    assert second.before is None
    places.come_back(first)  # at once: it would have had its place all along
    third = places.take()
    assert third.before == 0
    places.give_back(second)
    assert third.before == 0, "the one that came back has the place"
    places.give_back(first)
    assert third.before is None


def test_who_ends_while_aside_gives_nothing_back_twice() -> None:
    places = Places(1, 1)
    first = places.take()
    places.step_aside(first)
    places.step_aside(first)
    places.give_back(first)
    places.take()
    assert places.take().before == 0


def test_not_everybody_may_wait_aside() -> None:
    places = Places(1, 1)
    for _ in range(ASIDE_PER_PLACE):
        places.step_aside(places.take())
    last = places.take()
    places.step_aside(last)
    assert places.take().before == 0
    places.come_back(last)
    places.give_back(last)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["aside", "back", "end"]))))
def test_no_place_is_lost_or_made(steps: list[tuple[int, str]]) -> None:
    places = Places(2, 10)
    tickets = [places.take() for _ in range(10)]
    for number, what in steps:
        ticket = tickets[number]
        if ticket.before is not None:
            continue
        if what == "aside":
            places.step_aside(ticket)
        elif what == "back":
            places.come_back(ticket)
        else:
            places.give_back(ticket)
            tickets[number] = places.take()
    for ticket in tickets:
        places.give_back(ticket)
    assert [places.take().before for _ in range(3)] == [None, None, 0]
