"""Who hears of requests for the pen, and of its going from one to another."""

from __future__ import annotations

from typing import Any

import pytest

from collabpad.protocol.client_events import (
    CancelRequest,
    GrantWrite,
    ReleaseWrite,
    RequestWrite,
    RevokeWrite,
    RotationNext,
    SetRotation,
)
from collabpad.protocol.enums import WriteMode
from collabpad.sessions import write_permission
from collabpad.sessions.roster import Participant
from tests.sessions.house import House


class Pen(House):
    """Hanna is host; Ann, Bob and Vic, a viewer, are here."""

    def __init__(self) -> None:
        super().__init__()
        self.hanna = self.comes("Hanna", with_key=True)
        self.ann, self.bob = self.comes("Ann"), self.comes("Bob")
        self.vic = self.comes("Vic", viewer=True)

    def asks(self, person: Participant) -> None:
        with self.session.perform():
            write_permission.request_write(self.session, person, RequestWrite(session_id=""))

    def takes_back_request(self, person: Participant) -> None:
        with self.session.perform():
            write_permission.cancel_request(self.session, person, CancelRequest(session_id=""))

    def gives(self, person: Participant, target: Participant) -> None:
        with self.session.perform():
            event = GrantWrite(session_id="", participant_id=target.id)
            write_permission.grant_write(self.session, person, event)

    def takes(self, person: Participant, target: Participant) -> None:
        with self.session.perform():
            event = RevokeWrite(session_id="", participant_id=target.id)
            write_permission.revoke_write(self.session, person, event)

    def gives_back(self, person: Participant) -> None:
        with self.session.perform():
            write_permission.release_write(self.session, person, ReleaseWrite(session_id=""))

    def passes_on(self, person: Participant) -> None:
        with self.session.perform():
            event = SetRotation(session_id="", minutes=5)
            write_permission.set_rotation(self.session, self.hanna, event)
            write_permission.rotation_next(self.session, person, RotationNext(session_id=""))

    def who_heard(self, event: str) -> dict[str, list[dict[str, Any]]]:
        people = (self.hanna, self.ann, self.bob, self.vic)
        told = {each.name: self.told(each, event) for each in people}
        return {name: news for name, news in told.items() if news}


@pytest.fixture
def pen() -> Pen:
    return Pen()


def test_a_request_is_told_once_to_those_who_can_grant_it(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.bob)
    pen.asks(pen.ann)
    pen.asks(pen.ann)
    news = [{"participant_id": pen.ann.id, "name": "Ann"}]
    assert pen.who_heard("write_requested") == {"Hanna": news, "Bob": news}
    pen.takes_back_request(pen.ann)
    pen.asks(pen.ann)
    assert pen.who_heard("write_requested") == {"Hanna": news * 2, "Bob": news * 2}


def test_a_host_who_asks_is_not_told_of_it(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.bob)
    pen.asks(pen.hanna)
    news = [{"participant_id": pen.hanna.id, "name": "Hanna"}]
    assert pen.who_heard("write_requested") == {"Bob": news}


def test_nobody_who_can_write_asks(pen: Pen) -> None:
    pen.asks(pen.hanna)
    assert pen.hanna.row.wants_write is None
    assert pen.who_heard("write_requested") == {}


def test_people_who_ask_in_one_moment_keep_their_order(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.bob)
    pen.asks(pen.ann)
    pen.clock.jump(-60)
    pen.asks(pen.hanna)
    assert pen.ann.row.wants_write is not None
    assert pen.hanna.row.wants_write == pytest.approx(pen.ann.row.wants_write + 0.001, abs=1e-4)


def test_a_holder_learns_who_passed_the_pen_on_and_to_whom(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.ann)
    pen.gives(pen.hanna, pen.bob)
    news = {"participant_id": pen.hanna.id, "name": "Hanna", "to": "Bob"}
    assert pen.who_heard("write_revoked") == {"Ann": [news]}


def test_a_holder_learns_who_took_the_pen(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.ann)
    pen.takes(pen.hanna, pen.ann)
    pen.takes(pen.hanna, pen.ann)
    news = {"participant_id": pen.hanna.id, "name": "Hanna"}
    assert pen.who_heard("write_revoked") == {"Ann": [news]}


def test_nobody_is_told_of_their_own_doing(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.ann)
    pen.gives(pen.ann, pen.bob)
    pen.gives_back(pen.bob)
    assert pen.who_heard("write_revoked") == {}
    assert pen.has_pen(pen.hanna)


def test_a_holder_learns_that_the_host_ended_the_turn(pen: Pen) -> None:
    pen.gives(pen.hanna, pen.ann)
    pen.passes_on(pen.hanna)
    assert pen.has_pen(pen.bob)
    news = {"participant_id": pen.hanna.id, "name": "Hanna", "to": "Bob"}
    assert pen.who_heard("write_revoked") == {"Ann": [news]}
    pen.passes_on(pen.bob)
    assert pen.who_heard("write_revoked") == {"Ann": [news]}


def test_whoever_is_muted_learns_by_whom(pen: Pen) -> None:
    pen.sets_mode(pen.hanna, WriteMode.OPEN)
    pen.takes(pen.hanna, pen.ann)
    pen.takes(pen.hanna, pen.ann)
    news = {"participant_id": pen.hanna.id, "name": "Hanna"}
    assert pen.who_heard("write_revoked") == {"Ann": [news]}
