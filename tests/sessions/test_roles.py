"""Each step from one set of roles to the next, by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collabpad.protocol.enums import RunPolicy, WriteMode
from collabpad.sessions import roles as rules
from collabpad.sessions.permissions import permissions
from collabpad.sessions.roster import Participant, Roster
from collabpad.storage.records import Roles
from tests.storage import makers

HANDOFF, OPEN = WriteMode.HANDOFF, WriteMode.OPEN


class People:
    """Ann, Bob and Cleo, who joined in this order; all are here."""

    def __init__(self) -> None:
        names = ("ann", "bob", "cleo")
        rows = [
            makers.participant(number, id=name, holds_key=False)
            for number, name in enumerate(names)
        ]
        self.roster = Roster(rows)
        self.ann, self.bob, self.cleo = self.roster
        for each in (self.ann, self.bob, self.cleo):
            self.roster.connect(each, f"sid of {each.id}", None)
            each.permissions = permissions(each.row, Roles(), RunPolicy.WRITERS)

    def goes(self, person: Participant) -> None:
        for connection in list(person.connections.values()):
            self.roster.disconnect(connection)

    def leaves(self, person: Participant) -> None:
        self.goes(person)
        self.roster.remove(person)

    def asks(self, person: Participant, at: float) -> None:
        person.row = replace(person.row, wants_write=at)

    def has_key(self, person: Participant) -> None:
        person.row = replace(person.row, holds_key=True)


@pytest.fixture
def people() -> People:
    return People()


ANN_HAS_ALL = Roles(host_id="ann", pen_id="ann")


# --- the host seat ------------------------------------------------------------------------------


def test_the_successor_of_a_host_who_leaves_has_the_same_right_to_the_seat(people: People) -> None:
    people.leaves(people.ann)
    step = rules.participant_removed(people.roster, people.ann)
    for acting in (True, False):
        roles = step(replace(ANN_HAS_ALL, acting=acting))
        assert roles == Roles(host_id="bob", pen_id="bob", acting=acting)


def test_a_host_who_leaves_nobody_behind_leaves_an_empty_seat(people: People) -> None:
    people.leaves(people.ann)
    people.goes(people.bob)
    people.goes(people.cleo)
    step = rules.participant_removed(people.roster, people.ann)
    assert step(replace(ANN_HAS_ALL, acting=True)) == Roles()


def test_somebody_else_who_leaves_takes_nothing_along(people: People) -> None:
    people.leaves(people.cleo)
    step = rules.participant_removed(people.roster, people.cleo)
    assert step(ANN_HAS_ALL) == ANN_HAS_ALL
    bob_writes = replace(ANN_HAS_ALL, pen_id="bob")
    assert step(bob_writes) == bob_writes
    assert step(replace(ANN_HAS_ALL, pen_id="cleo")) == ANN_HAS_ALL


def test_nobody_stays_muted_who_is_gone(people: People) -> None:
    people.leaves(people.cleo)
    step = rules.participant_removed(people.roster, people.cleo)
    muted = Roles(host_id="ann", write_mode=OPEN, muted=frozenset({"bob", "cleo"}))
    assert step(muted).muted == {"bob"}


def test_a_host_who_stays_away_is_followed_by_an_acting_host(people: People) -> None:
    people.goes(people.ann)
    step = rules.host_expired(people.roster)
    assert step(ANN_HAS_ALL) == Roles(host_id="bob", pen_id="ann", acting=True)
    people.has_key(people.bob)
    assert step(ANN_HAS_ALL).acting is False


def test_nobody_acts_where_nobody_is(people: People) -> None:
    for each in (people.ann, people.bob, people.cleo):
        people.goes(each)
    step = rules.host_expired(people.roster)
    assert step(replace(ANN_HAS_ALL, acting=True)) == Roles(host_id=None, pen_id="ann")


def test_an_acting_host_passes_on_an_acting_seat(people: People) -> None:
    step = rules.host_transferred(people.roster, people.bob)
    assert step(replace(ANN_HAS_ALL, acting=True)).acting is True
    assert step(ANN_HAS_ALL) == Roles(host_id="bob", pen_id="ann")
    people.has_key(people.bob)
    assert step(replace(ANN_HAS_ALL, acting=True)).acting is False


def test_whoever_becomes_host_is_no_longer_muted(people: People) -> None:
    people.has_key(people.bob)
    muted = Roles(host_id="ann", write_mode=OPEN, muted=frozenset({"bob", "cleo"}))
    for step in (
        rules.host_claimed(people.roster, people.bob),
        rules.host_transferred(people.roster, people.bob),
    ):
        assert step(muted).host_id == "bob"
        assert step(muted).muted == {"cleo"}


# --- the pen ------------------------------------------------------------------------------------


def test_a_free_pen_goes_to_the_host_and_without_one_to_who_asked_first(people: People) -> None:
    people.asks(people.cleo, 1.0)
    people.asks(people.bob, 2.0)
    assert rules.pen_released(people.roster)(replace(ANN_HAS_ALL, pen_id="bob")) == ANN_HAS_ALL
    people.goes(people.ann)
    free = replace(ANN_HAS_ALL, pen_id=None)
    assert rules.pen_released(people.roster)(ANN_HAS_ALL).pen_id == "cleo"
    assert rules.pen_requested(people.roster)(free).pen_id == "cleo"
    people.goes(people.cleo)
    assert rules.pen_requested(people.roster)(free).pen_id == "bob"
    people.goes(people.bob)
    assert rules.pen_requested(people.roster)(free) == free


def test_a_pen_that_somebody_has_is_not_taken_by_asking(people: People) -> None:
    people.asks(people.bob, 1.0)
    assert rules.pen_requested(people.roster)(ANN_HAS_ALL) == ANN_HAS_ALL


def test_a_new_mode_starts_afresh(people: People) -> None:
    open_ = Roles(
        host_id="ann",
        write_mode=OPEN,
        muted=frozenset({"bob"}),
        rotation=5,
        rotation_held=True,
        rotation_order=("bob",),
    )
    handoff = rules.write_mode_changed(people.roster, HANDOFF)(open_)
    assert handoff == replace(ANN_HAS_ALL, rotation_order=("bob",))
    opened = rules.write_mode_changed(people.roster, OPEN)(replace(handoff, rotation=5))
    assert opened == Roles(host_id="ann", write_mode=OPEN, rotation_order=("bob",))
    for roles in (open_, handoff):
        assert rules.write_mode_changed(people.roster, roles.write_mode)(roles) is roles


def test_a_host_who_is_away_gets_no_pen_by_a_new_mode(people: People) -> None:
    people.goes(people.ann)
    open_ = Roles(host_id="ann", write_mode=OPEN)
    changed = rules.write_mode_changed(people.roster, HANDOFF)
    assert changed(open_).pen_id is None
    people.asks(people.cleo, 1.0)
    assert changed(open_).pen_id == "cleo"


# --- turns --------------------------------------------------------------------------------------


def test_what_is_not_said_of_the_rotation_stays() -> None:
    held = Roles(rotation=5, rotation_held=True, rotation_order=("bob",))
    assert rules.rotation_set(6, held=None, order=None)(held) == replace(held, rotation=6)
    assert rules.rotation_set(5, held=False, order=["ann"])(held) == Roles(
        rotation=5, rotation_order=("ann",)
    )
    assert rules.rotation_set(None, held=True, order=None)(held) == Roles(rotation_order=("bob",))


def test_the_pen_dates_from_when_it_came_to_where_it_is() -> None:
    old = Roles(pen_id="ann", pen_since=1.0)
    assert rules.with_pen_since(old, replace(old, host_id="bob"), 2.0).pen_since == 1.0
    assert rules.with_pen_since(old, replace(old, pen_id="bob"), 2.0).pen_since == 2.0
    assert rules.with_pen_since(old, replace(old, pen_id=None), 2.0).pen_since is None
    assert rules.with_pen_since(old, replace(old, write_mode=OPEN), 2.0).pen_since is None
