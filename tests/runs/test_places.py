"""The line for a place to run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.errors import Busy
from collabpad.runs.places import Places, Ticket


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
