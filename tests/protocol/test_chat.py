"""Talking: in one's own name, within limits, with the last 200 messages kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.harness import Person, Server

Session = dict[str, str]


def test_everybody_hears_a_message(ann: Person, bob: Person, vic: Person) -> None:
    bob.does("send_message", message="hi <b>there</b>\n\t👋", name="Ann", participant_id=ann.id)
    for each in (ann, bob, vic):
        heard = each.hears("chat_message", kind="chat")
        assert heard["message"] == "hi <b>there</b>\n\t👋"
        assert (heard["participant_id"], heard["name"]) == (bob.id, "Bob")
        assert heard["timestamp"].endswith("Z")
        datetime.fromisoformat(heard["timestamp"])


def test_messages_are_heard_without_an_acknowledgement_too(ann: Person, bob: Person) -> None:
    bob.send("send_message", message="no answer needed")
    ann.hears("chat_message", message="no answer needed")
    bob.send("send_message", message="")
    bob.hears("session_error", event="send_message", code="bad_request")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "bad_request"),
        (" \n\t ", "bad_request"),
        ("a\x00b", "bad_request"),
        ("a\x1b[31mb", "bad_request"),
        ("\ud800", "bad_request"),
        (7, "bad_request"),
        (None, "bad_request"),
        ({"__proto__": {}}, "bad_request"),
        ("x" * 4001, "too_large"),
    ],
)
def test_bad_messages_are_refused_and_reach_nobody(
    ann: Person, bob: Person, message: object, code: str
) -> None:
    ann.settles().forgets()
    assert bob.refused("send_message", message=message) == code
    bob.does("send_message", message="x" * 4000)
    ann.settles()
    assert [each["message"] for each in ann.all_heard("chat_message")] == ["x" * 4000]


def test_half_a_character_is_refused_in_any_field(bob: Person) -> None:
    assert bob.refused("send_message", message="fine", name="\ud800") == "bad_request"


def test_the_last_messages_are_kept(server: Server, session: Session, ann: Person) -> None:
    for number in range(205):
        ann.send("send_message", message=str(number))
    ann.settles()
    bob = server.person("Bob").join(session)
    messages = bob.hears("chat_history")["messages"]
    assert len(messages) == 200
    assert [each["message"] for each in messages[-3:]] == ["203", "204", "Bob joined"]
    ids = [each["id"] for each in messages]
    assert ids == sorted(set(ids))


def test_the_number_kept_is_a_setting(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Server(tmp_path_factory.mktemp("cap"), "--chat-cap", "3") as server:
        session = server.create_session()
        ann = server.person("Ann").join(session)
        assert ann.joined["session"]["chat_cap"] == 3
        for number in range(4):
            ann.does("send_message", message=str(number))
        bob = server.person("Bob").join(session)
        messages = bob.hears("chat_history")["messages"]
        assert [each["message"] for each in messages] == ["2", "3", "Bob joined"]
