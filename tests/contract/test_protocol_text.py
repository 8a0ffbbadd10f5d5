"""docs/protocol.md and the code say the same: every route, event, field, value and error code.

Whoever adds one to the code finds here where the text has to tell of it, and the other way round.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Set
from enum import StrEnum
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from collabpad.protocol import enums, http_bodies, views
from collabpad.protocol.client_events import CLIENT_EVENTS
from collabpad.protocol.enums import Action, Verdict
from collabpad.protocol.server_events import SERVER_EVENTS
from collabpad.runs.events import RunResult
from collabpad.sandbox import open_sandbox
from collabpad.sessions.exporting import export
from collabpad.settings import Settings
from collabpad.web.app import create_app
from collabpad.web.openapi import describe
from tests.contract import wire_code, wire_text
from tests.contract.wire_code import Fields, fields_of
from tests.contract.wire_text import about, after, words

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
IN_TEXT = wire_text.events()
IGNORED = {("send_message", "name")}  # of a client: taken, as the contract has it, and not used
ALL = words(wire_text.TEXT)


def same(code: Set[str], text: Set[str], what: str, where: str) -> None:
    """Fails with what to write into the text, and what to take out of it."""
    missing = sorted(code - text)
    assert not missing, f"docs/protocol.md, {where}: document {what} {missing}, which the code has"
    stale = sorted(text - code)
    assert not stale, f"docs/protocol.md, {where}: {what} {stale} are not in the code: take it out"


# --- HTTP -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def routes() -> Iterator[set[tuple[str, str]]]:
    settings = Settings(ephemeral=True, run_backend="off")
    application = create_app(settings, sandbox=open_sandbox(settings), operator_token=None)
    yield {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in application.flask.url_map.iter_rules()
        for method in rule.methods or ()
        if method in METHODS
    }
    application.close()


def test_routes(routes: set[tuple[str, str]]) -> None:
    code, text = ({" ".join(each) for each in found} for found in (routes, wire_text.routes()))
    same(code, text, "the routes", "table of “HTTP” or its end")


@pytest.mark.parametrize(
    ("kind", "anchor"),
    [
        (http_bodies.Created, "| `POST /create_session` | 200 "),
        (RunResult, "A **run result** is"),
        (http_bodies.SessionState, "- **`GET /api/sessions/<session_id>`** answers"),
    ],
)
def test_answers(kind: type, anchor: str) -> None:
    same(set(get_type_hints(kind)), after(anchor), f"the fields of {kind.__name__}", f"“{anchor}”")


def test_bodies() -> None:
    code = fields_of(http_bodies.CreateSession).all
    text = after("optional body") | ({"example"} & about("create_session"))
    same(code, text, "the fields of the body", "`POST /create_session`")
    code = fields_of(http_bodies.RunCode).all
    same(code, after("| `POST /run_code` | body"), "the fields of the body", "`POST /run_code`")


def test_formats_of_exports() -> None:
    paths = describe(Settings())["paths"]
    operation = paths["/api/sessions/{session_id}/export"]["get"]
    (parameter,) = operation["parameters"]
    (text,) = re.findall(r"export\?format=([^`]+)`", wire_text.TEXT)
    same(set(parameter["schema"]["enum"]), set(text.split("\\|")), "the formats", "export")


# --- errors ---------------------------------------------------------------------------------------


def test_error_codes() -> None:
    same(
        {code for code, _ in wire_code.error_statuses()},
        wire_text.error_codes(),
        "the error codes",
        "“Error codes: …” (of events) or “Error codes of HTTP alone: …”",
    )


def test_statuses_of_error_codes() -> None:
    told = {(code, status) for status, codes in wire_text.statuses().items() for code in codes}
    same(
        {f"{code} {status}" for code, status in wire_code.error_statuses()},
        {f"{code} {status}" for code, status in told},
        "codes with their status",
        "the table of HTTP statuses",
    )


# --- events of clients ----------------------------------------------------------------------------


def test_client_events() -> None:
    same(
        set(CLIENT_EVENTS),
        set(IN_TEXT.clients),
        "the events of clients",
        "a table of events from a client, or an item “**`event`** `{session_id, …}`”",
    )


@pytest.mark.parametrize("event", sorted(CLIENT_EVENTS))
def test_fields_of_client_events(event: str) -> None:
    ignored = {name for of, name in IGNORED if of == event}
    told = IN_TEXT.clients[event]
    check_fields(
        f"`{event}` from a client",
        fields_of(CLIENT_EVENTS[event]),
        told.fields - ignored,
        told.optional - ignored,
        about(event),
        # The text says of a name that it is not needed with a `resume`.
        either=frozenset({"name"} if event == "join_session" else ()),
    )


def check_fields(
    where: str,
    code: Fields,
    fields: set[str],
    optional: set[str],
    nearby: set[str],
    either: frozenset[str] = frozenset(),
) -> None:
    """The text has what is always there in its braces, the rest with a `?` or in its prose."""
    in_prose = (code.all - fields) & nearby
    same(code.all, fields | in_prose, "the fields", where)
    wrong = sorted((optional ^ code.optional) & fields - either)
    assert not wrong, f"docs/protocol.md, {where}: only what may be left out has a ?: {wrong}"
    wrong = sorted(in_prose - code.optional)
    assert not wrong, f"docs/protocol.md, {where}: {wrong} belong into the braces"


@pytest.mark.parametrize("event", sorted(CLIENT_EVENTS))
def test_acknowledgements(event: str) -> None:
    missing = sorted(fields_of(CLIENT_EVENTS[event].answer).all - about(event))
    assert not missing, (
        f"docs/protocol.md: tell beside `{event}` that its acknowledgement has {missing}"
        " (“More in acknowledgements”)"
    )


# --- events of the server -------------------------------------------------------------------------

ELSEWHERE = {"session_update", "joined"}  # events whose fields the text has in another place


def test_server_events() -> None:
    same(
        set(SERVER_EVENTS),
        set(IN_TEXT.server),
        "the events of the server",
        "a table of events to clients, or an item “**`event`** `{field, …}`”",
    )


@pytest.mark.parametrize("event", sorted(SERVER_EVENTS.keys() - ELSEWHERE))
def test_fields_of_server_events(event: str) -> None:
    code, told = fields_of(SERVER_EVENTS[event].payload), IN_TEXT.server[event]
    check_fields(f"`{event}` to clients", code, told.fields, told.optional, about(event))


def test_who_is_in_the_roster() -> None:
    text = after("`participants` maps ID to")
    code = fields_of(views.ParticipantView).all
    same(code, text | (code & about("participants_update")), "the fields", "`participants_update`")


def test_permissions() -> None:
    (paragraph,) = [
        each for each in wire_text.paragraphs() if each.startswith("- **Permissions.**")
    ]
    listed = paragraph.partition("The text and the host's seat:")[2].partition("In `part")[0]
    named = words(listed) - {"update_session"}
    same({str(each) for each in Action}, named, "the permissions", "“Permissions”")


def test_the_templates_name_permissions_that_there_are() -> None:
    templates = (wire_code.PACKAGE / "templates").glob("*.html")
    named = re.findall(r'data-may="([^"]+)"', "".join(each.read_text() for each in templates))
    assert named
    assert {name for each in named for name in each.split()} <= {str(each) for each in Action}


# --- what is larger -------------------------------------------------------------------------------


def test_the_session_object() -> None:
    told = after("`session` holds") | set(re.findall(r"`session\.(\w+)", wire_text.TEXT))
    (more,) = [each for each in wire_text.paragraphs() if each.startswith("- **More in `session`")]
    code = fields_of(views.SessionView).all
    same(code, told | (code & words(more)), "fields of `session`", "“More in `session`”")


def test_the_parts_of_the_session_object() -> None:
    (limits,) = re.findall(r"`limits` holds `([^`]+)`", wire_text.TEXT)
    same(fields_of(views.LimitsView).all, set(limits.split(", ")), "the limits", "`limits`")
    language = after("each of `languages` is")
    same(fields_of(views.LanguageView).all, language, "fields", "`languages`")
    sandbox = after("is asked), `sandbox`")
    same(fields_of(views.SandboxView).all, sandbox, "fields", "`sandbox`")
    rotation = after("`session.rotation` is null or")
    same(fields_of(views.RotationView).all, rotation, "fields", "`session.rotation`")


def test_runs_that_are_over() -> None:
    told = after("the newest first, each")
    same(fields_of(views.PastRun).all, told, "the fields of a run", "“Runs that are over”")
    assert fields_of(views.PastRunDetails).all - told <= about("get_run")
    assert fields_of(views.PastRunOutput).all - told <= about("last_run")


def test_exports() -> None:
    from tests.sessions.context import new_context
    from tests.sessions.test_exporting import Pair

    pair = Pair(new_context())
    pair.writes("text")
    pair.runs(1)
    found = json.loads(b"".join(export(pair.session)))
    same(set(found), after("`format=json` holds"), "the fields", "“Exports”")
    (told,) = [each for each in wire_text.paragraphs() if each.startswith("- **Exports.")]
    parts = [found["updates"][0], found["chat"][0], *found["authors"].values()]
    code = {key for part in parts for key in part} | {"seq", "updates"}
    missing = sorted(code - words(told))
    assert not missing, f"docs/protocol.md, “Exports”: document {missing}"
    missing = sorted(set(found["runs"][0]) - words(told) - about("list_runs"))
    assert not missing, f"docs/protocol.md, “Exports” or “Runs that are over”: document {missing}"


def choices() -> dict[str, list[str]]:
    """The values of every enumeration of the wire, by its name."""
    found = {}
    for name, kind in vars(enums).items():
        if get_origin(kind) is Literal:
            found[name] = list(get_args(kind))
        elif inspect.isclass(kind) and issubclass(kind, StrEnum) and kind is not StrEnum:
            found[name] = [str(each) for each in kind]
    return found


@pytest.mark.parametrize("kind", choices())
def test_values(kind: str) -> None:
    missing = sorted(set(choices()[kind]) - ALL)
    assert not missing, f"docs/protocol.md: document the values {missing} of {kind}"


def test_verdicts() -> None:
    text = wire_text.TEXT.partition("`verdict` is one of")[2].partition("`timed_out`")[0]
    same(set(get_args(Verdict)), set(wire_text.names(text)) - {"stderr"}, "verdicts", "`verdict`")


# --- the reading itself ---------------------------------------------------------------------------


def test_the_text_is_read_as_it_is_meant() -> None:
    clients, server = IN_TEXT.clients, IN_TEXT.server
    assert clients["join_session"].optional >= {"host_key", "resume"}
    assert clients["revoke_write"].fields == {"session_id", "participant_id"}
    assert clients["get_run"].fields == {"session_id", "run_id"}
    assert server["chat_history"].fields == {"messages"}
    assert server["run_queued"].fields == {"run_id", "participant_id", "before"}
    assert server["session_closed"].fields == {"reason"}
    assert server["write_revoked"].optional == {"to"}
    assert ("GET", "/api/sessions/{session_id}/qr.svg") in wire_text.routes()
    assert "not_saved" in wire_text.error_codes()


def test_the_code_is_read_as_it_is_meant() -> None:
    answer = fields_of(CLIENT_EVENTS["doc_check"].answer)
    assert answer.all == {"same", "astray", "update", "state_vector"}
    assert answer.optional == {"update", "state_vector"}
    assert fields_of(SERVER_EVENTS["run_finished"].payload).all >= {"run_id", "unanswered"}
    assert fields_of(SERVER_EVENTS["session_update"].payload).optional >= {"title", "acting"}
    assert fields_of(http_bodies.RunCode).optional == {"language", "stdin"}
