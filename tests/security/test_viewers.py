"""A viewer tries everything: every event, every address, by every name the session has."""

from __future__ import annotations

import base64
from typing import Any

import pycrdt
import pytest

from collabpad.protocol.client_events import CLIENT_EVENTS
from tests.harness import Person, Server

Session = dict[str, str]


def an_update() -> str:
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    document["content"] = pycrdt.Text("stolen")
    return base64.b64encode(document.get_update()).decode()


def no_state() -> str:
    return base64.b64encode(b"\0").decode()


CONTENT = {"tname": "content"}
# What each event needs so that nothing but the viewer's rights stands in its way, and its answer.
TRIES: dict[str, tuple[dict[str, Any], str]] = {
    "code_change": ({"content": "stolen"}, "not_writer"),
    "doc_update": ({"update": an_update()}, "not_writer"),
    "request_write": ({}, "forbidden"),
    "cancel_request": ({}, "ok"),
    "release_write": ({}, "not_writer"),
    "grant_write": ({"participant_id": "me"}, "not_host"),
    "revoke_write": ({"participant_id": "ann"}, "not_host"),
    "transfer_host": ({"participant_id": "me"}, "not_host"),
    "remove_participant": ({"participant_id": "ann"}, "not_host"),
    "rotate_links": ({"which": "both"}, "not_host"),
    "admit": ({"participant_id": "ann", "allow": True}, "not_host"),
    "update_session": ({"language": "javascript"}, "not_host"),
    "close_session": ({}, "not_host"),
    "run_start": ({}, "forbidden"),
    "run_input": ({"run_id": "run", "data": "x"}, "forbidden"),
    "run_stop": ({"run_id": "run"}, "forbidden"),
    "presence": ({"cursor": None}, "ok"),
    "send_message": ({"message": "hello"}, "ok"),
    "rename": ({"name": "Victor"}, "ok"),
    "doc_check": ({"state_vector": no_state(), "hash": 0}, "ok"),
    "list_runs": ({}, "ok"),
    "get_run": ({"run_id": "run"}, "unknown_run"),  # until it is over
    "last_run": ({}, "ok"),
    "set_rotation": ({"minutes": 5}, "not_host"),
    "rotation_next": ({}, "not_host"),
    "rotation_skip": ({"participant_id": "ann"}, "not_host"),
    "gather": ({}, "not_host"),
    "point": ({"range": {"anchor": CONTENT, "head": CONTENT}}, "ok"),
    "activity": ({"state": "idle"}, "ok"),
    "leave_session": ({}, "ok"),
}


def test_no_event_is_left_out() -> None:
    assert set(TRIES) == set(CLIENT_EVENTS) - {"join_session"}


@pytest.mark.parametrize("policy", ["host", "everyone"])
@pytest.mark.parametrize("mode", ["handoff", "open"])
def test_no_event_lets_a_viewer_write_run_or_rise(
    server: Server, session: Session, ann: Person, vic: Person, mode: str, policy: str
) -> None:
    ann.does("update_session", write_mode=mode, run_policy=policy)
    ann.writes("theirs")
    vic.sees(text="theirs")
    run_id = ann.does("run_start", code="input()")["run_id"]
    ann.hears("run_started", run_id=run_id)
    names = {"me": vic.id, "ann": ann.id, "run": run_id}
    told = []
    for event, (fields, expected) in TRIES.items():
        payload = {
            key: names.get(value, value) if isinstance(value, str) else value
            for key, value in fields.items()
        }
        answer = vic.call(event, **payload)
        told.append((event, "ok" if answer["ok"] else answer["error"]["code"], expected))
        assert session["session_id"] not in repr(answer)
    assert [each for each in told if each[1] != each[2]] == []
    ann.does("run_stop", run_id=run_id)
    ann.hears("run_finished", run_id=run_id, verdict="stopped")
    state = server.get(f"/api/sessions/{session['session_id']}").json()
    assert (state["title"], state["language"], state["write_mode"]) == ("Untitled", "python", mode)
    assert server.get(f"/api/sessions/{session['session_id']}/export").text == "theirs"
    roster = ann.sees_roster(lambda roster: vic.id not in roster["participants"])
    assert roster["host_id"] == ann.id
    assert session["session_id"] not in repr(vic.heard)


def test_the_session_id_is_no_name_for_a_viewers_connection(session: Session, vic: Person) -> None:
    vic.session_id = session["session_id"]
    assert vic.refused("send_message", message="x") == "not_joined"


def test_a_viewers_token_and_knowledge_open_nothing_more(
    server: Server, session: Session, vic: Person
) -> None:
    eve = server.person("Eve")
    resume = vic.joined["resume"]
    assert eve.tries_to_join(session["view_id"], host_key=resume)["error"]["code"] == "forbidden"
    # Even with the join link, by which anybody may come as a participant, the place is a viewer's.
    eve.join(session["session_id"], resume=resume)
    assert eve.refused("code_change", content="stolen") == "not_writer"
    assert eve.refused("run_start") == "forbidden"


def test_who_is_viewer_and_alone_does_not_rise(server: Server, session: Session) -> None:
    vic = server.person("Vic").view(session)
    roster = vic.hears("participants_update")
    assert (roster["host_id"], roster["writer_id"], roster["writer_ids"]) == (None, None, [])
    assert vic.refused("request_write") == "forbidden"
    assert vic.refused("code_change", content="mine") == "not_writer"


@pytest.mark.parametrize("closed", [{}, {"passcode": "x"}, {"join_policy": "locked"}])
def test_no_address_tells_a_viewer_more(server: Server, closed: dict[str, str]) -> None:
    session = server.create_session(content="shown", **closed)
    secrets = [session["session_id"], session["host_key"]]
    host = server.person("Ann").join(session, as_host=True)
    secrets.append(host.joined["resume"])
    view = session["view_id"]
    for path in (
        f"/editor/{view}",
        f"/api/sessions/{view}",
        f"/api/sessions/{view}/export",
        f"/api/sessions/{view}/export?format=json",
        f"/api/sessions/{view}/qr.svg",
    ):
        for accept in ("*/*", "text/html"):
            response = server.get(path, headers={"Accept": accept})
            assert response.status_code in ((200,) if not closed else (200, 403))
            told = response.text + repr(response.headers)
            assert not [secret for secret in secrets if secret in told], path
    assert server.request("DELETE", f"/api/sessions/{view}").status_code == 401
    assert (
        server.get(
            f"/api/sessions/{session['session_id']}",
            headers={"Authorization": f"Bearer {session['host_key']}"},
        ).status_code
        == 200
    )
