"""Who is in a session: the order of their turns, their names and their colours."""

from __future__ import annotations

import pytest

from collabpad.protocol.enums import RunPolicy
from collabpad.sessions.permissions import permissions
from collabpad.sessions.roster import COLORS, Participant, Roster
from collabpad.storage.records import Roles
from tests.storage import makers


def roster(*names: str) -> Roster:
    """All are here; who is named in capitals is a viewer."""
    rows = [
        makers.participant(number, id=name, name=name, viewer=name.isupper())
        for number, name in enumerate(names)
    ]
    made = Roster(rows)
    for each in made:
        each.permissions = permissions(each.row, Roles(), RunPolicy.WRITERS)
        made.connect(each, f"sid of {each.id}", None)
    return made


def goes(roster: Roster, name: str) -> Participant:
    person = roster.find(name)
    for connection in list(person.connections.values()):
        roster.disconnect(connection)
    return person


@pytest.mark.parametrize(
    ("holder", "first", "order"),
    [
        (None, (), "ann bob cleo dora"),
        ("somebody gone", (), "ann bob cleo dora"),
        ("ann", (), "bob cleo dora"),
        ("bob", (), "cleo dora ann"),
        ("dora", (), "ann bob cleo"),
        (None, ("cleo", "ann"), "cleo ann bob dora"),
        ("ann", ("cleo", "ann"), "bob dora cleo"),
        ("ann", ("somebody gone", "dora"), "bob cleo dora"),
    ],
)
def test_turns_go_round_from_the_holder_on(
    holder: str | None, first: tuple[str, ...], order: str
) -> None:
    people = roster("ann", "VIC", "bob", "cleo", "dora")
    assert people.next_in_rotation(holder, first) == tuple(order.split())


def test_the_absent_have_no_turn_and_their_place_counts() -> None:
    people = roster("ann", "bob", "cleo", "dora")
    goes(people, "bob")
    assert people.next_in_rotation("bob", ()) == ("cleo", "dora", "ann")
    assert people.next_in_rotation("ann", ()) == ("cleo", "dora")


def test_a_colour_is_given_twice_only_when_all_are_taken() -> None:
    people = Roster()
    for number in range(len(COLORS)):
        color = people.available_color()
        row = makers.participant(number, id=f"{number}", color=color)
        people.add(Participant(row))
    assert [each.row.color for each in people] == list(COLORS)
    for each in people:
        if each.id != "3":
            people.connect(each, each.id, None)
    assert people.available_color() == COLORS[3], "nobody who is here has it"


def test_a_tab_has_the_first_number_that_is_free() -> None:
    people = roster("ann")
    (ann,) = people
    tabs = [people.connect(ann, f"tab {number}", True) for number in range(3)]
    assert [each.number for each in tabs] == [1, 2, 3]
    people.disconnect(tabs[1])
    assert people.connect(ann, "again", True).number == 2
    assert people.connect(ann, "of no tab", None).number is None
