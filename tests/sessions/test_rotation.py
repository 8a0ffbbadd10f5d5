"""The pen goes round: when, to whom, and when not."""

from __future__ import annotations

from typing import Any, cast

import pytest

from collabpad.errors import BadRequest, Forbidden, NotHost, RateLimited
from collabpad.protocol.client_events import (
    GrantWrite,
    JoinSession,
    RotationSkip,
    RunStart,
    SetActivity,
    SetRotation,
    UpdateSession,
)
from collabpad.protocol.enums import Activity, WriteMode
from collabpad.sessions import (
    administration,
    awareness,
    joining,
    membership,
    running,
    write_permission,
)
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.roster import Participant
from collabpad.sessions.serializers import session_view
from tests.sessions.context import Clock, Connections, new_context, new_session


class Mob:
    """A session with people in it and a clock that the test sets forward."""

    def __init__(self, *names: str, **wanted: Any) -> None:
        self.context = new_context()
        self.clock = cast(Clock, self.context.scheduler)
        self.transport = cast(Connections, self.context.transport)
        self.session, _ = new_session(self.context, **wanted)
        self.id = self.session.row.session_id
        self.tokens: dict[str, str] = {}
        for name in names:
            self.joins(name)

    def joins(self, name: str, *, viewer: bool = False) -> Participant:
        public = self.session.row.view_id if viewer else self.id
        token = self.tokens.get(name)
        with self.session.perform():
            event = JoinSession(session_id=public, name=name, resume=token)
            person, reply = joining.join(self.session, name, event, JoinLink(public, viewer))
        self.tokens[name] = str(reply["resume"])
        return person

    def goes(self, name: str) -> None:
        with self.session.perform():
            membership.disconnected(self.session, name)

    def person(self, name: str) -> Participant:
        return next(each for each in self.session.roster if each.name == name)

    def turns(self, minutes: int | None, by: str = "Ann") -> None:
        with self.session.perform():
            event = SetRotation(session_id=self.id, minutes=minutes)
            write_permission.set_rotation(self.session, self.person(by), event)

    def gives_pen_to(self, name: str) -> None:
        with self.session.perform():
            event = GrantWrite(session_id=self.id, participant_id=self.person(name).id)
            write_permission.grant_write(self.session, self.person("Ann"), event)

    @property
    def writer(self) -> str | None:
        holder = self.session.pen_holder
        return holder.name if holder else None

    @property
    def rotation(self) -> Any:
        return session_view(self.session, self.person("Ann"))["rotation"]

    def told(self, event: str, who: str = "Ann") -> list[dict[str, Any]]:
        self.clock.pass_time(0)
        return [payload for name, payload in self.transport.told[who] if name == event]


def test_the_pen_goes_round_in_the_order_of_joining() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(5)
    assert mob.rotation == {
        "minutes": 5,
        "next_id": mob.person("Bob").id,
        "remaining": 300.0,
        "paused": False,
        "held": False,
        "order": [],
    }
    writers = []
    for _ in range(4):
        mob.clock.pass_time(299)
        writers.append(mob.writer)
        mob.clock.pass_time(1)
    assert [*writers, mob.writer] == ["Ann", "Bob", "Cleo", "Ann", "Bob"]


def test_who_is_next_is_told_half_a_minute_before() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(1)
    mob.clock.pass_time(29)
    assert mob.told("rotation_soon", "Bob") == []
    mob.clock.pass_time(1)
    bob = mob.person("Bob")
    assert mob.told("rotation_soon", "Bob") == [
        {"participant_id": bob.id, "name": "Bob", "seconds": 30}
    ]


def test_it_is_told_again_when_somebody_else_is_next_or_the_clock_stood() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    mob.clock.pass_time(40)
    mob.goes("Bob")
    mob.goes("Cleo")
    mob.clock.pass_time(100)
    mob.joins("Cleo")
    soon = [(each["name"], each["seconds"]) for each in mob.told("rotation_soon")]
    assert soon == [("Bob", 30), ("Cleo", 20), ("Cleo", 20)]


def test_the_absent_and_viewers_are_skipped() -> None:
    mob = Mob("Ann", "Bob")
    mob.joins("Vic", viewer=True)
    mob.joins("Cleo")
    mob.goes("Bob")
    mob.turns(1)
    assert mob.rotation["next_id"] == mob.person("Cleo").id
    mob.clock.pass_time(60)
    assert mob.writer == "Cleo"
    mob.clock.pass_time(60)
    assert mob.writer == "Ann"


def test_it_waits_while_nobody_could_take_the_pen() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(2)
    mob.clock.pass_time(100)
    mob.goes("Bob")
    rotation = mob.rotation
    assert (rotation["next_id"], rotation["remaining"], rotation["paused"]) == (None, 20.0, True)
    mob.clock.pass_time(500)
    assert mob.writer == "Ann"
    mob.joins("Bob")
    mob.clock.pass_time(19)
    assert mob.writer == "Ann"
    mob.clock.pass_time(1)
    assert mob.writer == "Bob"


def test_it_waits_while_a_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(1)
    mob.clock.pass_time(40)
    monkeypatch.setattr(mob.context.runner, "start", lambda *_, **__: "run-1")
    with mob.session.perform():
        running.run_start(mob.session, mob.person("Ann"), RunStart(session_id=mob.id))
    assert mob.rotation["paused"]
    mob.clock.pass_time(600)
    assert mob.writer == "Ann"
    mob.session.run = None
    with mob.session.perform():
        mob.session.refresh_rotation()
    assert mob.rotation["remaining"] == 20.0
    mob.clock.pass_time(20)
    assert mob.writer == "Bob"


def test_whoever_gets_the_pen_has_a_whole_turn() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    mob.clock.pass_time(50)
    mob.gives_pen_to("Cleo")
    mob.clock.pass_time(59)
    assert mob.writer == "Cleo"
    mob.clock.pass_time(1)
    assert mob.writer == "Ann"


def test_it_can_be_ended_and_ends_with_the_mode() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(1)
    mob.turns(None)
    assert mob.rotation is None
    mob.clock.pass_time(300)
    assert mob.writer == "Ann"
    mob.turns(1)
    with mob.session.perform():
        event = UpdateSession(session_id=mob.id, write_mode=WriteMode.OPEN)
        administration.update_session(mob.session, mob.person("Ann"), event)
    assert mob.rotation is None
    told = [each for each in mob.told("session_update", "Bob") if "may" not in each]
    assert told[-2:] == [
        {"write_mode": "open"},
        {"rotation": None, "pen_since": None},
    ]
    with pytest.raises(BadRequest, match="one writer"):
        mob.turns(1)


def test_only_the_host_sets_it() -> None:
    mob = Mob("Ann", "Bob")
    with pytest.raises(NotHost):
        mob.turns(1, by="Bob")


def test_everybody_is_told_of_every_change_but_the_clock() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(3)
    mob.clock.pass_time(60)
    mob.joins("Cleo")
    mob.clock.pass_time(120)
    told = [each["rotation"] for each in mob.told("session_update", "Bob") if "rotation" in each]
    bob, cleo = mob.person("Bob").id, mob.person("Cleo").id
    assert [(each["next_id"], each["remaining"]) for each in told] == [(bob, 180.0), (cleo, 180.0)]


def test_since_when_the_pen_is_where_it_is() -> None:
    mob = Mob("Ann", "Bob")
    mob.clock.pass_time(60)
    mob.gives_pen_to("Bob")
    mob.clock.pass_time(60)
    assert mob.told("session_update", "Bob")[-1] == {"pen_since": "2023-11-14T22:14:20.000Z"}
    view = session_view(mob.session, mob.person("Ann"))
    assert view["pen_since"] == "2023-11-14T22:14:20.000Z"


def test_people_are_brought_together_once_in_five_seconds() -> None:
    mob = Mob("Ann", "Bob")
    ann = mob.person("Ann")

    def gathers() -> None:
        with mob.session.perform():
            awareness.gather(mob.session, ann)

    gathers()
    with pytest.raises(RateLimited):
        gathers()
    mob.clock.pass_time(5)
    gathers()
    assert mob.told("gathering", "Bob") == [{"participant_id": ann.id, "name": "Ann"}] * 2


def puts_in_order(mob: Mob, *names: str) -> None:
    with mob.session.perform():
        order = tuple(mob.person(name).id for name in names)
        event = SetRotation(session_id=mob.id, minutes=1, order=order)
        write_permission.set_rotation(mob.session, mob.person("Ann"), event)


def holds(mob: Mob, held: bool) -> None:
    with mob.session.perform():
        event = SetRotation(session_id=mob.id, minutes=1, paused=held)
        write_permission.set_rotation(mob.session, mob.person("Ann"), event)


def passes_on(mob: Mob, by: str) -> None:
    with mob.session.perform():
        write_permission.rotation_next(mob.session, mob.person(by))


def skips(mob: Mob, name: str, by: str = "Ann") -> None:
    with mob.session.perform():
        event = RotationSkip(session_id=mob.id, participant_id=mob.person(name).id)
        write_permission.rotation_skip(mob.session, mob.person(by), event)


def is_busy(mob: Mob, name: str, state: Activity = Activity.IDLE) -> None:
    with mob.session.perform():
        event = SetActivity(session_id=mob.id, state=state)
        connection = mob.session.roster.connection(name)
        assert connection is not None
        awareness.set_activity(mob.session, connection, event)


def writers_of(mob: Mob, turns: int) -> list[str | None]:
    """Who has the pen, turn after turn of a minute."""
    found = [mob.writer]
    for _ in range(turns):
        mob.clock.pass_time(60)
        found.append(mob.writer)
    return found


def test_the_order_can_be_chosen_and_newcomers_come_last() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    puts_in_order(mob, "Cleo", "Ann")
    assert mob.rotation["order"] == [mob.person("Cleo").id, mob.person("Ann").id]
    mob.joins("Dan")
    assert writers_of(mob, 4) == ["Ann", "Bob", "Dan", "Cleo", "Ann"]


def test_a_new_order_leaves_the_turn_that_goes_on_as_it_is() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    mob.clock.pass_time(40)
    puts_in_order(mob, "Ann", "Cleo", "Bob")
    assert mob.rotation["remaining"] == 20.0
    assert mob.told("session_update", "Bob")[-1]["rotation"]["next_id"] == mob.person("Cleo").id
    mob.clock.pass_time(20)
    assert mob.writer == "Cleo"


def test_the_turns_can_be_held_and_go_on_where_they_stood() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(1)
    mob.clock.pass_time(45)
    holds(mob, True)
    assert (mob.rotation["held"], mob.rotation["paused"]) == (True, True)
    mob.clock.pass_time(600)
    assert mob.writer == "Ann"
    holds(mob, False)
    assert mob.rotation["remaining"] == 15.0
    mob.clock.pass_time(15)
    assert mob.writer == "Bob"
    holds(mob, True)
    mob.turns(None)
    mob.turns(1)
    assert not mob.rotation["held"], "new turns are not held"


def test_the_pen_can_be_passed_on_at_once() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    mob.clock.pass_time(10)
    passes_on(mob, "Ann")
    assert (mob.writer, mob.rotation["remaining"]) == ("Bob", 60.0)
    passes_on(mob, "Bob")
    assert mob.writer == "Cleo"
    with pytest.raises(NotHost):
        passes_on(mob, "Bob")
    passes_on(mob, "Ann")
    assert mob.writer == "Ann"
    mob.turns(None)
    with pytest.raises(BadRequest, match="Turns are off"):
        passes_on(mob, "Ann")


def test_the_pen_cannot_be_passed_on_to_nobody() -> None:
    mob = Mob("Ann")
    mob.joins("Vic", viewer=True)
    mob.turns(1)
    with pytest.raises(BadRequest, match="Nobody else"):
        passes_on(mob, "Ann")


def test_somebody_can_be_passed_over_once() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    skips(mob, "Bob")
    assert mob.rotation["next_id"] == mob.person("Cleo").id
    assert writers_of(mob, 3) == ["Ann", "Cleo", "Ann", "Bob"]


def test_people_may_pass_themselves_over_and_nobody_else() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.joins("Vic", viewer=True)
    mob.turns(1)
    skips(mob, "Cleo", by="Cleo")
    with pytest.raises(NotHost):
        skips(mob, "Bob", by="Cleo")
    with pytest.raises(Forbidden):
        skips(mob, "Vic")
    with pytest.raises(BadRequest, match="has the pen"):
        skips(mob, "Ann")
    assert writers_of(mob, 2) == ["Ann", "Bob", "Ann"]


def test_where_all_others_are_passed_over_the_pen_stays() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(1)
    skips(mob, "Bob")
    assert mob.rotation["next_id"] == mob.person("Ann").id
    assert writers_of(mob, 2) == ["Ann", "Ann", "Bob"]


def test_whoever_keeps_the_pen_is_not_told_that_it_is_gone() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(1)
    passes_on(mob, "Ann")
    skips(mob, "Ann")
    passes_on(mob, "Ann")  # as host
    assert mob.writer == "Bob"
    assert mob.told("write_revoked", "Bob") == []
    passes_on(mob, "Ann")
    assert mob.writer == "Ann"
    assert len(mob.told("write_revoked", "Bob")) == 1


def test_who_is_given_the_pen_out_of_turn_is_not_passed_over_later() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    skips(mob, "Bob")
    mob.gives_pen_to("Bob")
    assert writers_of(mob, 3) == ["Bob", "Cleo", "Ann", "Bob"]


@pytest.mark.parametrize("state", [Activity.IDLE, Activity.AWAY])
def test_who_is_not_at_it_is_asked_and_then_passed_over(state: Activity) -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    is_busy(mob, "Bob", state)
    mob.clock.pass_time(30)
    assert [each.get("idle") for each in mob.told("rotation_soon", "Bob")] == [True]
    mob.clock.pass_time(30)
    assert mob.writer == "Cleo"
    said = [each["message"] for each in mob.told("chat_message")]
    assert "Bob was away and was passed over" in said


def test_who_answers_gets_the_pen() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    is_busy(mob, "Bob")
    mob.clock.pass_time(40)
    is_busy(mob, "Bob", Activity.ACTIVE)
    mob.clock.pass_time(20)
    assert mob.writer == "Bob"


def test_the_pen_stays_where_everybody_else_is_busy() -> None:
    mob = Mob("Ann", "Bob", "Cleo")
    mob.turns(1)
    is_busy(mob, "Bob")
    is_busy(mob, "Cleo")
    assert writers_of(mob, 2) == ["Ann", "Ann", "Ann"]
    is_busy(mob, "Cleo", Activity.ACTIVE)
    assert writers_of(mob, 1) == ["Ann", "Cleo"]


def test_the_chat_says_what_the_host_does_to_the_turns() -> None:
    mob = Mob("Ann", "Bob")
    mob.turns(5)
    mob.turns(1)
    holds(mob, True)
    holds(mob, False)
    mob.turns(None)
    mob.turns(None)
    said = [each["message"] for each in mob.told("chat_message", "Bob")]
    assert said[-5:] == [
        "The pen now goes around every 5 minutes",
        "The pen now goes around every minute",
        "Ann paused the turns",
        "Ann resumed the turns",
        "The pen no longer goes around",
    ]
