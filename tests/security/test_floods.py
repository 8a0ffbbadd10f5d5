"""Who does too much of anything is told so, then disconnected; the others notice nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import socketio

from tests.harness import Person, Server

FLOODS: dict[str, dict[str, Any]] = {
    "send_message": {"message": "again"},
    "rename": {"name": "Bob"},
    "presence": {"cursor": None},
    "doc_update": {"update": "AAA="},
    "doc_check": {"state_vector": "AA==", "hash": 0},
    "list_runs": {},
    "no_such_event": {},
}


def floods(person: Person, event: str) -> None:
    """Send it again and again until the connection ends."""
    with suppress(socketio.exceptions.SocketIOError):
        for _ in range(20_000):
            person.send(event, **FLOODS[event])
            if person.all_heard("disconnect"):
                return


def test_every_kind_of_event_has_its_limit_and_then_the_connection_ends(limited: Server) -> None:
    session = limited.create_session(write_mode="open")
    ann = limited.person("Ann", crdt=True).join(session, as_host=True)
    written = ""
    for event in FLOODS:
        bob = limited.person("Bob").join(session)
        floods(bob, event)
        bob.hears("disconnect")
        refused = [each for each in bob.all_heard("session_error") if each["event"] == event]
        told = [each["message"] for each in refused if each["code"] == "rate_limited"]
        assert len(told) >= 15, event
        assert "wait" in told[0]
        ann.types(f"{event} ")
        written += f"{event} "
        bob.comes_back().sees(text=written)
        bob.does("leave_session")
    assert ann.all_heard("session_error") == []


def test_who_knocks_again_and_again_interrupts_the_host_once(limited: Server) -> None:
    session = limited.create_session(join_policy="approve")
    ann = limited.person("Ann").join(session, as_host=True)
    eve = limited.person("Eve")
    for _ in range(10):
        assert eve.tries_to_join(session)["error"]["code"] == "waiting"
    ann.settles()
    assert len(ann.all_heard("join_requested")) == 1


def test_a_state_vector_of_a_million_clients_is_refused(limited: Server) -> None:
    eve = limited.person("Eve").connect()
    eve.session_id = "nosuchsession"
    large = "A" * (512 * 1024)
    assert eve.refused("join_session", name="Eve", state_vector=large) == "too_large"
    assert eve.refused("doc_check", state_vector=large, hash=0) == "too_large"
