"""docs/protocol.md and the code say the same: every route, event, field, value and error code.

Whoever adds one to the code finds here where the text has to tell of it, and the other way round.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, asdict, fields
from enum import StrEnum
from typing import Any, cast, get_args

import pytest

from collabpad import errors
from collabpad.protocol import client_events, enums, http_bodies, server_events
from collabpad.runs.events import Verdict
from collabpad.sandbox import open_sandbox
from collabpad.sessions.exporting import export
from collabpad.sessions.permissions import Action
from collabpad.sessions.run_history import run_facts
from collabpad.sessions.serializers import session_view
from collabpad.settings import Limits, Settings
from collabpad.web import sockets
from collabpad.web.app import create_app
from collabpad.web.openapi import describe
from tests.contract import wire_code, wire_text
from tests.contract.wire_text import about, after, words
from tests.storage import makers

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
CLIENT_EVENTS, SERVER_EVENTS = wire_text.events()
IGNORED = {("send_message", "name")}  # of a client: taken, as the contract has it, and not used
ALL = words(wire_text.TEXT)


def same(code: set[str], text: set[str], what: str, where: str) -> None:
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


def properties(schema: str) -> set[str]:
    return set(describe(Settings())["components"]["schemas"][schema]["properties"])


@pytest.mark.parametrize(
    ("schema", "anchor"),
    [
        ("Created", "| `POST /create_session` | 200 "),
        ("RunResult", "A **run result** is"),
        ("Session", "- **`GET /api/sessions/<session_id>`** answers"),
    ],
)
def test_answers(schema: str, anchor: str) -> None:
    same(properties(schema), after(anchor), f"the fields of an answer ({schema})", f"“{anchor}”")


def body_fields(kind: Any) -> tuple[set[str], set[str]]:
    """The fields of a dataclass that is parsed, and those that may be left out."""
    found = fields(kind)
    return (
        {each.name for each in found},
        {each.name for each in found if each.default is not MISSING},
    )


def test_bodies() -> None:
    code, _ = body_fields(http_bodies.CreateSession)
    text = after("optional body") | ({"example"} & about("create_session"))
    same(code, text, "the fields of the body", "`POST /create_session`")
    code, _ = body_fields(http_bodies.RunCode)
    same(code, after("| `POST /run_code` | body"), "the fields of the body", "`POST /run_code`")


def test_formats_of_exports() -> None:
    paths = describe(Settings())["paths"]
    operation = paths["/api/sessions/{session_id}/export"]["get"]
    (parameter,) = operation["parameters"]
    (text,) = re.findall(r"export\?format=([^`]+)`", wire_text.TEXT)
    same(set(parameter["schema"]["enum"]), set(text.split("\\|")), "the formats", "export")


# --- errors ---------------------------------------------------------------------------------------


def codes(kind: type[errors.CollabpadError]) -> set[str]:
    """Of an error that the code raises, and of all below it."""
    inner = {code for each in kind.__subclasses__() for code in codes(each)}
    if issubclass(kind, errors.StartError):
        return set()
    return inner | ({kind.code} if kind.__name__ in wire_code.raised() else set())


def test_error_codes() -> None:
    same(
        codes(errors.CollabpadError),
        wire_text.error_codes(),
        "the error codes",
        "“Error codes: …” (of events) or “Error codes of HTTP alone: …”",
    )


# --- events of clients ----------------------------------------------------------------------------


def test_client_events() -> None:
    same(
        set(client_events.CLIENT_EVENTS),
        set(CLIENT_EVENTS),
        "the events of clients",
        "a table of events from a client, or an item “**`event`** `{session_id, …}`”",
    )


@pytest.mark.parametrize("event", sorted(client_events.CLIENT_EVENTS))
def test_fields_of_client_events(event: str) -> None:
    code, optional = body_fields(client_events.CLIENT_EVENTS[event])
    told = CLIENT_EVENTS[event]
    in_prose = (code - told.fields) & about(event)
    assert in_prose <= optional, f"docs/protocol.md, `{event}`: {in_prose} belong into its braces"
    ignored = {name for of, name in IGNORED if of == event}
    text = (told.fields - ignored) | in_prose
    same(code, text, "the fields", f"`{event}` from a client")
    wrong = (told.optional ^ optional) & told.fields - ignored
    if event == "join_session":
        wrong.discard("name")  # not with a `resume`, as the text says
    assert not wrong, f"docs/protocol.md, `{event}`: only what may be left out has a ?: {wrong}"


def answer_of(event: str) -> wire_code.Fields | None:
    """The fields of the acknowledgement, as the function that answers an event returns them."""
    if event == "join_session":
        return wire_code.returned_by("_attach", "membership")
    if event == "update_session":
        return wire_code.returned_by("update_session", "administration")
    operations: dict[Any, Any] = {**sockets._OPERATIONS, **sockets._BY_CONNECTION}
    operation = operations[client_events.CLIENT_EVENTS[event]]
    if operation.__name__ == "<lambda>":
        module, name = operation.__code__.co_names[-2:]
        return wire_code.returned_by(name, module)
    return wire_code.returned_by(operation.__name__, operation.__module__.rpartition(".")[2])


@pytest.mark.parametrize("event", sorted(client_events.CLIENT_EVENTS))
def test_acknowledgements(event: str) -> None:
    answered = answer_of(event)
    assert answered is not None, f"return the acknowledgement of `{event}` as a dict display"
    missing = sorted(answered - about(event))
    assert not missing, (
        f"docs/protocol.md: tell beside `{event}` that its acknowledgement has {missing}"
        " (“More in acknowledgements”)"
    )


# --- events of the server -------------------------------------------------------------------------


def test_server_events() -> None:
    same(
        {each.event for each in wire_code.said()},
        set(SERVER_EVENTS),
        "the events of the server",
        "a table of events to clients, or an item “**`event`** `{field, …}`”",
    )


def told_by_server() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in wire_code.said():
        if each.event not in ("session_update", "joined"):  # of which the fields are elsewhere
            assert each.fields is not None, f"{each.place}: write the payload as a dict display"
            found.setdefault(each.event, set()).update(each.fields)
    return found


@pytest.mark.parametrize("event", sorted(told_by_server()))
def test_fields_of_server_events(event: str) -> None:
    code, told = told_by_server()[event], SERVER_EVENTS[event]
    text = told.fields | (code & about(event))
    same(code, text, "the fields", f"`{event}` to clients")


def test_who_is_in_the_roster() -> None:
    text = after("`participants` maps ID to") | ({"holds_key"} & about("participants_update"))
    code = set(server_events.ParticipantView.__annotations__)
    same(code, text | (code & about("participants_update")), "the fields", "`participants_update`")


def test_permissions() -> None:
    (paragraph,) = [
        each for each in wire_text.paragraphs() if each.startswith("- **Permissions.**")
    ]
    listed = paragraph.partition("The text and the host's seat:")[2].partition("In `part")[0]
    named = words(listed) - {"update_session"}
    same({str(each) for each in Action}, named, "the permissions", "“Permissions”")


# --- what is larger -------------------------------------------------------------------------------


def view() -> dict[str, Any]:
    from tests.sessions.context import new_context
    from tests.sessions.test_exporting import Pair

    pair = Pair(new_context())
    return session_view(pair.session, pair.ann)


def test_the_session_object() -> None:
    told = after("`session` holds") | set(re.findall(r"`session\.(\w+)", wire_text.TEXT))
    (more,) = [each for each in wire_text.paragraphs() if each.startswith("- **More in `session`")]
    code = set(view())
    same(code, told | (code & words(more)), "fields of `session`", "“More in `session`”")
    for said in wire_code.said():
        if said.event == "session_update" and said.fields:
            assert said.fields <= code | words(more), f"{said.place}: no fields of `session`"


def test_the_parts_of_the_session_object() -> None:
    (limits,) = re.findall(r"`limits` holds `([^`]+)`", wire_text.TEXT)
    code = {*asdict(Limits()), "participants"}
    same(code, set(limits.split(", ")), "the limits", "“More in `session`”")
    seen = {key for language in cast("list[Any]", view()["languages"]) for key in language}
    same(seen - {"reason"}, after("each of `languages` is") - {"reason"}, "fields", "`languages`")
    sandbox = set(cast("dict[str, Any]", view()["sandbox"]))
    same(sandbox, after("is asked), `sandbox`"), "fields", "`sandbox`")


def test_runs_that_are_over() -> None:
    code = set(run_facts(makers.run()))
    same(code, after("the newest first, each"), "the fields of a run", "“Runs that are over”")
    whole = set(wire_code.returned_by("get_run", "run_history") or ()) | {"code", "stdin", "output"}
    assert whole <= about("get_run")


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


def choices() -> list[type[StrEnum]]:
    return [
        each
        for each in vars(enums).values()
        if inspect.isclass(each) and issubclass(each, StrEnum) and each is not StrEnum
    ]


@pytest.mark.parametrize("kind", choices(), ids=lambda kind: kind.__name__)
def test_values(kind: type[StrEnum]) -> None:
    missing = sorted(set(map(str, kind)) - ALL)
    assert not missing, f"docs/protocol.md: document the values {missing} of {kind.__name__}"


def test_verdicts() -> None:
    text = wire_text.TEXT.partition("`verdict` is one of")[2].partition("`timed_out`")[0]
    same(set(get_args(Verdict)), set(wire_text.names(text)) - {"stderr"}, "verdicts", "`verdict`")


# --- the reading itself ---------------------------------------------------------------------------


def test_the_text_is_read_as_it_is_meant() -> None:
    assert CLIENT_EVENTS["join_session"].optional >= {"host_key", "resume"}
    assert CLIENT_EVENTS["revoke_write"].fields == {"session_id", "participant_id"}
    assert CLIENT_EVENTS["get_run"].fields == {"session_id", "run_id"}
    assert SERVER_EVENTS["chat_history"].fields == {"messages"}
    assert SERVER_EVENTS["run_queued"].fields == {"run_id", "participant_id", "before"}
    assert SERVER_EVENTS["session_closed"].fields == {"reason"}
    assert ("GET", "/api/sessions/{session_id}/qr.svg") in wire_text.routes()
    assert "not_saved" in wire_text.error_codes()


def test_the_code_is_read_as_it_is_meant() -> None:
    told = told_by_server()
    assert told["chat_message"] == set(server_events.ChatMessage.__annotations__)
    assert told["run_finished"] >= {"run_id", "verdict", "exit_code"}
    assert wire_code.returned_by("doc_check", "editing") == frozenset(
        {"same", "astray", "update", "state_vector"}
    )
    assert wire_code.returned_by("run_start", "running") == frozenset({"run_id"})
