"""Newcomers of one address are paced: a class comes in at once, an endless crowd does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import Person, Server

Session = dict[str, str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    few = {"COLLABPAD_NEWCOMERS_AT_ONCE": "6"}
    with Server(tmp_path_factory.mktemp("server"), environment=few) as running:
        yield running


def test_a_crowd_waits_and_nobody_else_does(server: Server, session: Session) -> None:
    host = server.person("Host").join(session, as_host=True)
    bob = server.person("Bob").join(session)
    refused = {}
    visitor = server.person("Vic")
    for _ in range(12):
        answer = visitor.tries_to_join(session["view_id"])
        if not answer["ok"]:
            refused = answer["error"]
            break
        visitor.call_raw("leave_session", {"session_id": visitor.session_id})
    assert refused["code"] == "rate_limited"
    assert 0 < refused["retry_after"] <= 1
    # Whoever has a token or the key comes in all the same, and a miss costs nobody a place.
    bob.comes_back()
    host.goes()
    host.join(session, as_host=True)
    assert visitor.tries_to_join("no-such-session")["error"]["code"] == "unknown_session"


def test_who_is_refused_takes_nobodys_turn(tmp_path_factory: pytest.TempPathFactory) -> None:
    few = {"COLLABPAD_NEWCOMERS_AT_ONCE": "2"}
    with Server(tmp_path_factory.mktemp("server"), environment=few) as server:
        session = server.create_session(passcode="tulip")
        eve: Person = server.person("Eve")
        for _ in range(4):
            assert eve.tries_to_join(session)["error"]["code"] == "passcode_required"
        for name in ("Ann", "Bob"):
            server.person(name).join(session, passcode="tulip")
