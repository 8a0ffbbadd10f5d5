"""What the handlers of events do around a session, without a network."""

from __future__ import annotations

from typing import Any

import pytest

from collabpad.protocol.http_bodies import CreateSession
from collabpad.sessions import credentials
from collabpad.sessions.registry import Registry
from collabpad.web.address_limits import AddressLimits
from collabpad.web.sockets import Sockets
from tests.sessions.context import new_context


class Room:
    """A session, and connections to it that answer at once."""

    def __init__(self) -> None:
        context = new_context()
        self.registry = Registry(context)
        row, self.host_key = self.registry.create(CreateSession())
        self.id = row.session_id
        self.session, _ = self.registry.find(self.id)
        self.sockets = Sockets(AddressLimits(context.settings))
        self.sockets.serve(self.registry)

    def joins(self, sid: str, **more: object) -> None:
        self.sockets.connected(sid, "198.51.100.1")
        assert self.call(sid, "join_session", name=sid, **more)["ok"]

    def call(self, sid: str, event: str, **payload: object) -> dict[str, Any]:
        answers: list[dict[str, Any]] = []
        self.sockets.event(sid, event, [{"session_id": self.id, **payload}], answers.append)
        (answer,) = answers
        return answer


@pytest.fixture
def room() -> Room:
    room = Room()
    room.joins("ann", host_key=room.host_key)
    room.joins("bob")
    return room


def test_others_go_on_while_a_new_passcode_is_hashed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    slow = credentials.hash_passcode

    def hash_passcode(passcode: str) -> str:
        assert not room.session._lock._is_owned()  # type: ignore[attr-defined]
        hashed.append(room.call("bob", "send_message", message="meanwhile")["ok"])
        return slow(passcode)

    monkeypatch.setattr(credentials, "hash_passcode", hash_passcode)
    assert room.call("ann", "update_session", passcode="open sesame")["ok"]
    assert hashed == [True]
    kept = room.session.row.passcode_hash
    assert kept is not None
    assert credentials.passcode_matches("open sesame", kept)
    assert room.call("ann", "update_session", passcode=None)["ok"]
    assert room.session.row.passcode_hash is None


def test_nothing_is_hashed_for_who_may_not_set_a_passcode(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "hash_passcode", lambda _: pytest.fail("hashed"))
    refused = room.call("bob", "update_session", passcode="mine")
    assert refused["error"]["code"] == "not_host"
