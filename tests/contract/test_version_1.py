"""What the first text of version 1 promised still holds, to the letter.

Programs are written against it. Fields, events and values may be added; what is listed here never
goes away, never becomes necessary to send, and never stops being sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, get_args

import pytest

from collabpad.protocol import answers, enums, http_bodies, views
from collabpad.protocol.client_events import CLIENT_EVENTS
from collabpad.protocol.server_events import SERVER_EVENTS
from collabpad.runs.events import RunResult
from collabpad.settings import Limits, Settings
from collabpad.web.openapi import describe
from tests.contract import wire_code
from tests.contract.wire_code import fields_of

ROUTES = """
GET /
POST /create_session
GET /editor/{session_id}
POST /run_code
GET /api/sessions/{session_id}
GET /api/sessions/{session_id}/export
POST /api/sessions/import
DELETE /api/sessions/{session_id}
GET /api/sessions
GET /api/openapi.json
GET /healthz
"""

ERROR_CODES = """
bad_request unknown_event too_large unknown_session not_joined not_writer not_host
unknown_participant forbidden passcode_required waiting session_full rate_limited busy run_disabled
unknown_run not_saved internal
"""

FROM_CLIENTS = """
join_session session_id name? host_key? resume? passcode? state_vector?
leave_session session_id
code_change session_id content
doc_update session_id update
presence session_id cursor
send_message session_id message
rename session_id name
request_write session_id
cancel_request session_id
release_write session_id
grant_write session_id participant_id
revoke_write session_id participant_id
transfer_host session_id participant_id
remove_participant session_id participant_id rotate?
rotate_links session_id which
admit session_id participant_id allow
update_session session_id title? language? write_mode? run_policy? join_policy? passcode?
close_session session_id
run_start session_id code? stdin?
run_input session_id run_id data eof?
run_stop session_id run_id
"""

TO_CLIENTS = """
code_update content
doc_update update seq
participants_update participants host_id writer_id writer_ids
presence participant_id cursor
chat_history messages
chat_message id participant_id name message timestamp kind
write_requested participant_id name
join_requested participant_id name
admitted resume
session_update
run_started run_id participant_id language started_at timeout
run_output run_id stream data
run_finished run_id exit_code signal verdict duration_ms truncated sandbox
removed reason
session_closed reason
session_error event code message
joined ok participant_id resume session update? state_vector?
"""

OBJECTS: dict[Any, str] = {
    http_bodies.Created: "session_id host_key view_id editor_url view_url host_url",
    RunResult: "stdout stderr output exit_code signal verdict duration_ms truncated sandbox "
    "timed_out",
    views.ParticipantView: "id name color role can_write online joined_at wants_write",
    views.SessionView: "session_id view_id? title language write_mode run_policy join_policy "
    "created_at chat_cap run_timeout limits languages run waiting?",
    answers.JoinAnswer: "participant_id resume session update? state_vector?",
    answers.EditAnswer: "seq",
    answers.RunAnswer: "run_id",
    http_bodies.ErrorAnswer: "error",
    views.WireError: "code message",
}

BODIES: dict[Any, str] = {
    http_bodies.CreateSession: "title? language? content? write_mode? run_policy? join_policy? "
    "passcode?",
    http_bodies.RunCode: "code language? stdin?",
}

VALUES: dict[Any, str] = {
    enums.WriteMode: "handoff open",
    enums.RunPolicy: "host writers everyone off",
    enums.JoinPolicy: "open approve locked",
    enums.Which: "join view both",
    enums.ParticipantRole: "host participant viewer",
    enums.MessageKind: "chat system",
    enums.Stream: "stdout stderr stdin",
    enums.Verdict: "ok error timeout output_limit memory_limit killed stopped failed",
    enums.RemovalReason: "removed refused replaced links_changed",
    enums.ClosingReason: "closed expired shutdown",
}


class Told(NamedTuple):
    always: set[str]
    optional: set[str]


def told(words: Iterable[str]) -> Told:
    names = list(words)
    optional = {each[:-1] for each in names if each.endswith("?")}
    return Told({each for each in names if not each.endswith("?")}, optional)


def rows(text: str) -> dict[str, Told]:
    found = (line.split() for line in text.strip().splitlines())
    return {name: told(fields) for name, *fields in found}


def test_routes() -> None:
    paths = describe(Settings())["paths"]
    missing = [
        each
        for each in ROUTES.strip().splitlines()
        if each.split()[0].lower() not in paths.get(each.split()[1], {})
    ]
    assert not missing


def test_error_codes() -> None:
    assert set(ERROR_CODES.split()) <= {code for code, _ in wire_code.error_statuses()}


def check_sent_to_us(kind: Any, promised: Told) -> None:
    """A client that sends just what it was told to is understood."""
    code = fields_of(kind)
    assert promised.always | promised.optional <= code.all, "is taken"
    assert code.all - code.optional <= promised.always, "nothing more is asked"


def check_sent_by_us(kind: Any, promised: Told) -> None:
    """A client gets all that it was told of."""
    code = fields_of(kind)
    assert promised.always | promised.optional <= code.all, "is sent"
    assert not promised.always & code.optional, "is always sent"


@pytest.mark.parametrize(("event", "promised"), rows(FROM_CLIENTS).items())
def test_events_from_clients(event: str, promised: Told) -> None:
    check_sent_to_us(CLIENT_EVENTS[event], promised)


@pytest.mark.parametrize(("event", "promised"), rows(TO_CLIENTS).items())
def test_events_to_clients(event: str, promised: Told) -> None:
    check_sent_by_us(SERVER_EVENTS[event].payload, promised)


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda kind: kind.__name__)
def test_objects(kind: Any) -> None:
    check_sent_by_us(kind, told(OBJECTS[kind].split()))


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: kind.__name__)
def test_bodies(kind: Any) -> None:
    check_sent_to_us(kind, told(BODIES[kind].split()))


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: getattr(kind, "__name__", None))
def test_values(kind: Any) -> None:
    known = get_args(kind) or [str(each) for each in kind]
    assert set(VALUES[kind].split()) <= set(known)


def test_a_new_session() -> None:
    wanted = http_bodies.CreateSession()
    policies = (wanted.write_mode, wanted.run_policy, wanted.join_policy)
    assert policies == ("handoff", "writers", "open")


def test_sizes() -> None:
    kib = 1024
    limits = Limits()
    assert limits.document >= 1024 * kib
    assert limits.state >= 8 * 1024 * kib
    assert limits.update >= 2 * 1024 * kib
    assert limits.frame >= 4 * 1024 * kib
    assert limits.message >= 4000
    assert limits.run_code >= 256 * kib
    assert Settings().chat_cap >= 200
    assert Settings().max_participants >= 200
