"""Everything that the server says has a type, and mypy holds the code to it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from collabpad.protocol import server_events
from collabpad.protocol.client_events import CLIENT_EVENTS
from collabpad.protocol.server_events import SERVER_EVENTS, ServerEvent, SessionUpdate
from collabpad.protocol.views import SessionView
from collabpad.sessions import administration, joining
from collabpad.web import sockets
from tests.contract import wire_code

ROOT = Path(__file__).parent.parent.parent
OPERATIONS: dict[Any, Any] = {**sockets._OPERATIONS, **sockets._BY_CONNECTION}
"""What answers an event, but for two that `sockets` calls by itself."""
OPERATIONS |= {
    CLIENT_EVENTS["join_session"]: joining._complete,
    CLIENT_EVENTS["update_session"]: administration.update_session,
}


def test_no_event_is_told_by_a_literal_name() -> None:
    places = wire_code.literal_emits()
    assert not places, f"{places}: emit a ServerEvent of protocol/server_events.py"


def test_every_event_of_the_server_is_told() -> None:
    told = wire_code.names_used(but="protocol/server_events.py")
    constants = {
        name for name, each in vars(server_events).items() if isinstance(each, ServerEvent)
    }
    assert len(constants) == len(SERVER_EVENTS)
    assert not constants - told, "take these out of protocol/server_events.py"


@pytest.mark.parametrize("event", sorted(CLIENT_EVENTS))
def test_an_event_is_answered_as_its_class_says(event: str) -> None:
    kind = CLIENT_EVENTS[event]
    returned = get_type_hints(OPERATIONS[kind])["return"]
    if get_origin(returned) is tuple:  # with what is still to be committed
        returned = get_args(returned)[0]
    assert returned is kind.answer


def test_a_session_update_has_fields_of_the_session() -> None:
    whole = get_type_hints(SessionView)
    assert get_type_hints(SessionUpdate).items() <= whole.items()


WRONG = """
from collabpad.protocol import server_events as e
from collabpad.sessions.session import Session

def tell(session: Session) -> None:
    session.emit(e.REMOVED, e.Removed(reason="left"), to="a")
    session.emit(e.REMOVED, e.Removed(), to="a")
    session.emit(e.REMOVED, e.Removed(reason="left", by="a"), to="a")
    session.emit(e.REMOVED, e.Removed(reason="bored"), to="a")
    session.emit(e.ADMITTED, e.Removed(reason="left"), to="a")
    session.emit("removed", e.Removed(reason="left"), to="a")
"""
REFUSED = {
    "6": "Missing key",
    "7": "Extra key",
    "8": "Incompatible types",
    "9": "Cannot infer",
    "10": "incompatible type",
}


@pytest.mark.slow
def test_mypy_refuses_what_is_not_in_the_contract(tmp_path: Path) -> None:
    program = tmp_path / "wrong.py"
    program.write_text(WRONG.lstrip())
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", str(program)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    found = dict(re.findall(r"wrong\.py:(\d+): error: (.*)", done.stdout))
    assert found.keys() == REFUSED.keys(), done.stdout + done.stderr
    for line, message in found.items():
        assert REFUSED[line] in message
