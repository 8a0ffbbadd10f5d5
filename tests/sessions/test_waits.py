"""Nobody who types in a session waits for what somebody else has saved in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from collabpad.errors import Forbidden, UnknownSession
from collabpad.protocol.answers import JoinAnswer
from collabpad.protocol.client_events import (
    Admit,
    CodeChange,
    GrantWrite,
    JoinSession,
    RemoveParticipant,
    RotateLinks,
    UpdateSession,
)
from collabpad.protocol.enums import JoinPolicy, Which
from collabpad.protocol.http_bodies import CreateSession
from collabpad.sessions import administration, editing, joining, write_permission
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.registry import Registry
from collabpad.sessions.roster import Participant
from collabpad.storage.commit import Commit
from tests.sessions.context import Clock, Connections, new_context
from tests.sessions.slow_store import SlowStore
from tests.sessions.threads import LONG, beside


class Room:
    """A session of Ann's, who is host, on a disk that can be made slow."""

    def __init__(self) -> None:
        self.store = SlowStore()
        self.context = replace(new_context(), store=self.store)
        self.clock = cast(Clock, self.context.scheduler)
        self.transport = cast(Connections, self.context.transport)
        self.registry = Registry(self.context)
        row, self.host_key = self.registry.create(CreateSession())
        self.session, _ = self.registry.find(row.session_id)
        self.acknowledged: dict[str, JoinAnswer] = {}
        self.tokens: dict[str, str] = {}
        self.ann = self.joins("ann", host_key=self.host_key)
        self.clock.pass_time(1)

    def joins(self, sid: str, **wanted: Any) -> Participant:
        """Join as the wire does it; the name is the connection's."""
        link = JoinLink(self.session.row.session_id, viewer=False)
        event = JoinSession(session_id=link.public_id, name=sid.title(), **wanted)

        def acknowledge(answer: JoinAnswer) -> None:
            self.acknowledged[sid] = answer

        person, reply = joining.join(self.session, sid, event, link, acknowledge=acknowledge)
        self.tokens[person.id] = str(reply.get("resume"))
        return person

    def slow(self) -> None:
        self.store.held.add(self.session.key)

    def types(self, text: str, sid: str = "ann") -> None:
        """In a thread of its own, as it may find the session taken."""

        def edit() -> None:
            with self.session.perform():
                connection = self.session.roster.connection(sid)
                assert connection is not None
                event = CodeChange(session_id="", content=text)
                editing.code_change(self.session, connection, event)

        beside(edit).result(LONG)
        assert self.session.document.text == text

    def told(self, sid: str, event: str) -> list[dict[str, Any]]:
        self.clock.pass_time(0.1)
        return [payload for name, payload in self.transport.told.get(sid, []) if name == event]

    @property
    def names(self) -> list[str]:
        return [
            each["name"]
            for each in self.session.roster.view(self.session.roles)["participants"].values()
        ]


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.store.release()


def waits(room: Room, work: Callable[[], object]) -> Any:
    """Do what waits for the disk, beside; it has come as far as that."""
    work_done = beside(work)
    assert room.store.saving_slowly.wait(LONG) or work_done.result(0)
    assert not work_done.done()
    return work_done


def done(commit: Commit) -> bool:
    return commit.done


def test_a_join_that_is_being_saved_holds_nobody_up(room: Room) -> None:
    room.slow()
    coming = waits(room, lambda: room.joins("bob"))
    room.types("print(1)\n")
    assert "bob" not in room.acknowledged
    assert "bob" not in room.transport.told
    assert room.names == ["Ann"]
    room.store.release()
    assert coming.result(LONG).name == "Bob"
    assert room.acknowledged["bob"]["resume"]
    room.clock.pass_time(0.1)
    assert room.names == ["Ann", "Bob"]
    assert [each["content"] for each in room.told("bob", "code_update")] == ["print(1)\n"]


def test_who_is_acknowledged_hears_the_rest_afterwards(room: Room) -> None:
    heard_before: list[str] = []
    link = JoinLink(room.session.row.session_id, viewer=False)
    event = JoinSession(session_id=link.public_id, name="Bob")

    def acknowledge(_answer: JoinAnswer) -> None:
        heard_before.extend(name for name, _ in room.transport.told.get("bob", []))

    room.slow()
    coming = waits(
        room,
        lambda: joining.join(room.session, "bob", event, link, acknowledge=acknowledge),
    )
    room.store.release()
    coming.result(LONG)
    assert heard_before == []
    assert room.told("bob", "chat_history")


def test_a_guest_who_brings_the_host_key_holds_nobody_up(room: Room) -> None:
    bob = room.joins("bob")
    room.slow()
    claiming = waits(room, lambda: room.joins("bob", host_key=room.host_key))
    room.types("print(2)\n")
    assert room.session.roles.host_id == room.ann.id
    room.store.release()
    assert claiming.result(LONG) is bob
    assert room.session.roles.host_id == bob.id


def test_two_who_join_at_once_have_two_names(room: Room) -> None:
    room.slow()
    coming = [beside(lambda sid=sid: room.joins(sid)) for sid in ("bob", "BOB")]  # type: ignore[misc]
    room.types("print(3)\n")
    room.store.release(after=2)
    assert sorted(each.result(LONG).name for each in coming) == ["Bob", "Bob 2"]


def test_a_session_that_was_locked_meanwhile_lets_nobody_in(room: Room) -> None:
    room.slow()
    coming = waits(room, lambda: room.joins("bob"))
    with room.session.perform():
        event = UpdateSession(session_id="", join_policy=JoinPolicy.LOCKED)
        administration.update_session(room.session, room.ann, event)
    room.store.release()
    with pytest.raises(Forbidden):
        coming.result(LONG)
    assert room.names == ["Ann"]
    stored = room.store.load(room.session.key)
    assert stored is not None
    assert [each.name for each in stored.participants] == ["Ann"]


def test_who_was_removed_meanwhile_does_not_come_back(room: Room) -> None:
    bob = room.joins("bob")
    room.slow()
    claiming = waits(room, lambda: room.joins("bob", host_key=room.host_key))
    with room.session.perform():
        event = RemoveParticipant(session_id="", participant_id=bob.id)
        administration.remove_participant(room.session, room.ann, event)
    room.store.release()
    with pytest.raises(Forbidden):
        claiming.result(LONG)
    assert room.names == ["Ann"]


def test_a_session_that_ended_meanwhile_lets_nobody_in(room: Room) -> None:
    room.slow()
    coming = waits(room, lambda: room.joins("bob"))
    with room.session.perform():
        administration.close_session(room.session, room.ann)
    room.store.release()
    with pytest.raises(UnknownSession):
        coming.result(LONG)


def test_new_links_are_told_when_they_are_saved(room: Room) -> None:
    room.joins("bob")
    room.slow()
    with room.session.perform():
        event = RotateLinks(session_id="", which=Which.BOTH)
        reply, saved = administration.rotate_links(room.session, room.ann, event)
    room.types("print(4)\n")
    assert not done(saved)
    assert not room.told("bob", "session_update")
    room.store.release()
    assert done(saved)
    assert room.told("bob", "session_update")[-1] == reply


def test_a_token_is_told_when_it_is_saved(room: Room) -> None:
    with room.session.perform():
        asking = UpdateSession(session_id="", join_policy=JoinPolicy.APPROVE)
        administration.update_session(room.session, room.ann, asking)
    with pytest.raises(Exception, match="asked"):
        room.joins("eve")
    (request,) = room.session.join_requests.values()
    room.slow()
    with room.session.perform():
        event = Admit(session_id="", participant_id=request.id, allow=True)
        administration.admit(room.session, room.ann, event)
    room.types("print(5)\n")
    assert not room.told("eve", "admitted")
    room.store.release()
    (admitted,) = room.told("eve", "admitted")
    assert room.joins("eve", resume=admitted["resume"]).name == "Eve"


def test_the_end_is_told_when_nothing_is_left(room: Room) -> None:
    room.joins("bob")
    room.slow()
    with room.session.perform():
        _, deleted = administration.close_session(room.session, room.ann)
    assert not done(deleted)
    assert not room.told("bob", "session_closed")
    room.store.release()
    assert done(deleted)
    assert room.told("bob", "session_closed") == [{"reason": "closed"}]


def test_a_pen_is_handed_over_at_once(room: Room) -> None:
    bob = room.joins("bob")
    room.slow()
    with room.session.perform():
        event = GrantWrite(session_id="", participant_id=bob.id)
        write_permission.grant_write(room.session, room.ann, event)
    room.types("print(6)\n", sid="bob")
