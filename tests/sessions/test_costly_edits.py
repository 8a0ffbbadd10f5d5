"""Edits that take the server long leave the other sessions their time."""

from __future__ import annotations

import time
from itertools import chain, repeat
from typing import cast

import pytest

from collabpad.errors import Busy
from collabpad.protocol.client_events import CodeChange, JoinSession
from collabpad.sessions import editing, joining
from collabpad.sessions.admission import JoinLink
from tests.sessions.context import Clock, new_context, new_session


def test_after_a_long_edit_the_session_waits_nine_times_as_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = new_context()
    session, _ = new_session(context)
    public = session.row.session_id
    wanted = JoinSession(session_id=public, name="Ann")
    with session.perform():
        joining.join(session, "ann", wanted, JoinLink(public, viewer=False))
    (ann,) = session.roster.connections

    def write(text: str) -> None:
        with session.perform():
            editing.code_change(session, ann, CodeChange(session_id=public, content=text))

    for quick in ("a", "ab", "abc"):
        write(quick)
    processor = chain([10.0, 12.0], repeat(12.0))  # the next edit takes two seconds of it
    monkeypatch.setattr(time, "thread_time", lambda: next(processor))
    write("long")
    clock = cast(Clock, context.scheduler)
    clock.pass_time(19.0)
    with pytest.raises(Busy):
        write("too soon")
    assert session.document.text == "long"
    clock.pass_time(2.0)
    write("in time")
    assert session.document.text == "in time"
