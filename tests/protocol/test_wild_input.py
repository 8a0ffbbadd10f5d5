"""Whatever a client sends: a clear refusal for it, and no harm to anybody else."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collabpad.protocol.client_events import CLIENT_EVENTS
from tests.harness import Person, Server

Session = dict[str, str]

ERROR_CODES = {
    "bad_request",
    "unknown_event",
    "too_large",
    "unknown_session",
    "not_joined",
    "not_writer",
    "not_host",
    "unknown_participant",
    "forbidden",
    "passcode_required",
    "waiting",
    "session_full",
    "busy",
    "run_disabled",
    "unknown_run",
}

NAUGHTY = st.sampled_from(
    [
        "",
        "\x00",
        "\ud800",
        "x" * 10_000,
        "<script>alert(1)</script>",
        "\x1b[31m",
        "a\u202eb",
        "../..",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | NAUGHTY
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.just("__proto__"), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = sorted(
    {each.name for kind in CLIENT_EVENTS.values() for each in fields(kind)} - {"session_id"}
)
PAYLOADS = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5)


def check(answer: Any) -> None:
    assert isinstance(answer, dict)
    if not answer["ok"]:
        assert answer["error"]["code"] in ERROR_CODES, answer
        assert answer["error"]["message"]


@pytest.fixture
def eve(server: Server) -> Person:
    """Host of a session of her own, so that she may do everything there."""
    return server.person("Eve").join(server.create_session(), as_host=True)


LIVELY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("event", sorted(CLIENT_EVENTS))
def test_any_payload_is_answered(
    server: Server, ann: Person, bob: Person, eve: Person, event: str
) -> None:
    @LIVELY
    @given(payload=PAYLOADS)
    def send(payload: dict[str, Any]) -> None:
        answer = eve.call(event, **payload)
        check(answer)
        if answer["ok"] and event in ("leave_session", "close_session"):
            eve.join(server.create_session(), as_host=True)

    send()
    ann.does("send_message", message="unharmed")
    bob.hears("chat_message", message="unharmed")
    ann.writes("unharmed")
    bob.sees(text="unharmed")


@LIVELY
@given(args=st.lists(JSON, max_size=3), event=st.text(max_size=12) | st.sampled_from(["connect"]))
def test_any_event_is_answered(server: Server, eve: Person, event: str, args: list[Any]) -> None:
    check(eve.call_raw(event, *args))
    assert eve.connected


@pytest.mark.parametrize("event", sorted(CLIENT_EVENTS))
def test_an_event_takes_one_object(eve: Person, event: str) -> None:
    no_objects: list[tuple[object, ...]] = [(), (1,), ([],), ({}, {}), ("x",), (None,)]
    for args in no_objects:
        assert eve.call_raw(event, *args)["error"]["code"] == "bad_request"
    eve.hears("session_error", event=event, code="bad_request")


@pytest.mark.parametrize("event", sorted(set(CLIENT_EVENTS) - {"join_session"}))
def test_nothing_but_joining_works_before_or_elsewhere(
    server: Server, session: Session, ann: Person, event: str
) -> None:
    full = {
        "content": "x",
        "update": "AAA=",
        "cursor": None,
        "message": "x",
        "name": "x",
        "participant_id": ann.id,
        "which": "both",
        "allow": True,
        "run_id": "x",
        "data": "x",
        "state_vector": "AA==",
        "hash": 1,
        "minutes": 5,
        "range": {"anchor": {"tname": "content"}, "head": {"tname": "content"}},
        "state": "idle",
    }
    stranger = server.person("Stranger").connect()
    for session_id in (session["session_id"], session["view_id"], "nosuchsession"):
        stranger.session_id = session_id
        assert stranger.refused(event, **full) == "not_joined"


def test_an_unknown_event_is_said_to_be_unknown(ann: Person) -> None:
    assert ann.refused("no_such_event") == "unknown_event"
    ann.send("no_such_event")
    ann.hears("session_error", event="no_such_event", code="unknown_event")


def test_binary_packets_are_refused(ann: Person) -> None:
    assert ann.call("send_message", message=b"bytes")["error"]["code"] == "bad_request"
    ann.does("send_message", message="text")


def test_events_of_one_client_keep_their_order(ann: Person, bob: Person) -> None:
    for number in range(300):
        bob.send("send_message", message=str(number))
    bob.settles()
    ann.settles()
    said = [each["message"] for each in ann.all_heard("chat_message") if each["kind"] == "chat"]
    assert said == [str(number) for number in range(300)]
