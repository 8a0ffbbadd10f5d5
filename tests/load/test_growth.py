"""A server that does the same again and again stays as large as it was."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pycrdt
import pytest

from tests.harness import Person, Server, eventually
from tests.security.attackers import MIB, memory

ALLOWED = 20 * MIB
TEXT = "# a line of the program that everybody writes on\n" * 4000  # 200 kB, which may be run

Operation = Callable[[], object]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path("/proc/self/statm").exists():
        pytest.skip("platform: no /proc")
    environment = {"COLLABPAD_EVICT_AFTER": "1"}
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, "--no-rate-limits", environment=environment) as running:
        yield running


def refused_at_a_full_document(server: Server) -> Operation:
    ann = server.person("Ann", crdt=True).join(server.create_session())
    ann.writes("x" * MIB)
    updates = [added_to(ann, 5, 0, "y"), added_to(ann, 9, 400_000, "z" * 400_001)]

    def operation() -> None:
        for update in updates:
            assert ann.refused("doc_update", update=update) == "too_large"

    return operation


def added_to(person: Person, at: int, deleted: int, inserted: str) -> str:
    """An edit of a copy of what somebody has."""
    assert person.document is not None
    copy: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    copy.apply_update(person.document.get_update())
    before, text = copy.get_state(), copy.get("content", type=pycrdt.Text)
    with copy.transaction():
        if deleted:
            del text[at : at + deleted]
        text.insert(at, inserted)
    return base64.b64encode(copy.get_update(before)).decode()


def sessions_made_joined_and_evicted(server: Server) -> Operation:
    ann = server.person("Ann", crdt=True)

    def operation() -> None:
        ann.document = pycrdt.Doc()
        ann.join(server.create_session(content=TEXT)).does("leave_session")
        ann.forgets()

    return operation


def a_run_looked_at_by_a_viewer(server: Server) -> Operation:
    session = server.create_session(content=TEXT, language="python")
    ann = server.person("Ann").join(session)
    run_id = ann.does("run_start")["run_id"]
    ann.hears("run_finished", run_id=run_id)
    vic = server.person("Vic").view(session)

    def operation() -> None:
        assert vic.does("get_run", run_id=run_id)["run"]["code"] == TEXT

    return operation


def imports(server: Server) -> Operation:
    exported = export(server, server.create_session(content=TEXT))
    return lambda: server.post("/api/sessions/import", exported).raise_for_status()


def export(server: Server, session: dict[str, str]) -> object:
    return server.get(f"/api/sessions/{session['session_id']}/export?format=json").json()


def exports(server: Server) -> Operation:
    session = server.create_session(content=TEXT)
    return lambda: export(server, session)


def lists_of_sessions(server: Server) -> Operation:
    for _ in range(20):
        server.create_session(content=TEXT)
    return lambda: server.get("/api/sessions", headers=server.as_operator).raise_for_status()


def joins_and_leaves(server: Server) -> Operation:
    session = server.create_session(content=TEXT)
    server.person("Ann").join(session)
    bob = server.person("Bob", crdt=True).connect()

    def operation() -> None:
        bob.document = pycrdt.Doc()
        bob.join(session).does("leave_session")
        bob.forgets()

    return operation


STORIES = [
    refused_at_a_full_document,
    sessions_made_joined_and_evicted,
    a_run_looked_at_by_a_viewer,
    imports,
    exports,
    lists_of_sessions,
    joins_and_leaves,
]


@pytest.mark.slow
def test_edits_refused_at_a_full_document_leave_nothing(server: Server) -> None:
    """The others, in short, are in tests/sessions/test_given_up.py."""
    stays_as_large_as_it_was(server, refused_at_a_full_document, warming_up=10, times=40)


@pytest.mark.soak
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_thousand_times_leave_nothing(
    server: Server, story: Callable[[Server], Operation]
) -> None:
    stays_as_large_as_it_was(server, story, warming_up=100, times=1000)


def stays_as_large_as_it_was(
    server: Server, story: Callable[[Server], Operation], *, warming_up: int, times: int
) -> None:
    operation = story(server)
    for _ in range(warming_up):
        operation()
    before = memory(server)
    for _ in range(times):
        operation()
    eventually(lambda: memory(server) - before < ALLOWED, "the server to shrink again")
