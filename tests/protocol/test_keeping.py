"""What is acknowledged is kept: over restarts, crashes, evictions and exports."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tests.harness import Payload, Server, eventually

Session = dict[str, str]


def test_a_killed_server_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with Server(tmp_path, "--no-rate-limits") as server:
        session = server.create_session(title="Kata")
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        bob = server.person("Bob").join(session)
        for number in range(50):
            ann.types(f"{number} ")
        ann.does("grant_write", participant_id=bob.id)
        ann.does("send_message", message="remember this")  # kept only after what came before
        written = ann.text
        server.kill()
        server.start()
        bob.forgets().comes_back()
        assert bob.joined["session"]["title"] == "Kata"
        bob.sees(text=written)
        bob.sees_pen_with(bob)
        messages = [each["message"] for each in bob.hears("chat_history")["messages"]]
        assert "remember this" in messages
        late = server.person("Late", crdt=True).join(session)
        assert late.text == written
        assert bob.does("code_change", content=written + "!")["seq"] == 51


def test_what_the_server_had_not_got_comes_from_the_page(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        session = server.create_session()
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        ann.types("acknowledged ")
        server.kill()
        ann.edit("and typed while it was down")
        server.start()
        ann.comes_back()
        late = server.person("Late").join(session)
        late.sees(text="acknowledged and typed while it was down")


def test_killed_in_the_middle_of_typing(tmp_path: Path) -> None:
    """Updates are sent without waiting; each that was acknowledged must be there again."""
    with Server(tmp_path, "--no-rate-limits") as server:
        session = server.create_session()
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        acknowledged: list[int] = []
        for _ in range(400):
            payload = {"session_id": ann.session_id, "update": ann.edit("x")}
            ann.emit("doc_update", payload, lambda answer: acknowledged.append(answer["seq"]))
        eventually(lambda: len(acknowledged) > 100, "some acknowledgements")
        server.kill()
        kept = max(acknowledged)
        server.start()
        late = server.person("Late").join(session)
        assert len(late.hears("code_update")["content"]) >= kept
        ann.comes_back()
        late.sees(text="x" * 400)


def test_an_ephemeral_server_keeps_nothing(tmp_path: Path) -> None:
    with Server(tmp_path, "--ephemeral") as server:
        session = server.create_session()
        assert not list(tmp_path.rglob("*.db"))
        server.kill()
        server.start()
        answer = server.person("Ann").tries_to_join(session)
        assert answer["error"]["code"] == "unknown_session"


def test_idle_sessions_leave_memory_and_come_back(tmp_path: Path) -> None:
    with Server(
        tmp_path, "--log-level", "debug", environment={"COLLABPAD_EVICT_AFTER": "0.2"}
    ) as server:
        session = server.create_session()
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        ann.types("still here")
        ann.goes()
        eventually(lambda: "left memory" in server.read_log(), "an eviction")
        ann.comes_back()
        assert ann.text == "still here"
        ann.types("!")
        ann.sees_pen_with(ann)


def test_a_start_deletes_nothing_however_old_it_looks(tmp_path: Path) -> None:
    """The clock may not be set yet; what is deleted later is in sessions/test_expiry.py."""
    with Server(tmp_path) as server:
        session = server.create_session()
        server.create_session()
    age_by_a_day(tmp_path / "data" / "collabpad.db", session["session_id"])
    with Server(tmp_path, "--session-ttl", "0.5") as server:
        sessions = server.get("/api/sessions", headers=server.as_operator).json()["sessions"]
        assert len(sessions) == 2
        assert server.get(f"/editor/{session['session_id']}").status_code == 200
        assert "Sessions that nobody uses for 0.5 days are deleted" in server.read_log()


def age_by_a_day(database: Path, session_id: str) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute(
            "UPDATE sessions SET active_at = active_at - 86400 WHERE session_id = ?", (session_id,)
        )


# --- the list of sessions -------------------------------------------------------------------------


def listed(server: Server) -> dict[str, Payload]:
    """What the operator sees of all sessions, by their IDs."""
    answer = server.get("/api/sessions", headers=server.as_operator)
    assert answer.status_code == 200, answer.text
    return {each["session_id"]: each for each in answer.json()["sessions"]}


def test_a_list_counts_as_no_use_and_keeps_no_session_in_memory(tmp_path: Path) -> None:
    environment = {"COLLABPAD_EVICT_AFTER": "0.5"}
    with Server(tmp_path, "--log-level", "debug", environment=environment) as server:
        session = server.create_session(content="print(1)\n")
        untouched = server.create_session(content="héllo")
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        ann.types("# two\n")
        seen = listed(server)
        assert seen[session["session_id"]] | {"active_at": ""} == {
            "session_id": session["session_id"],
            "view_id": session["view_id"],
            "title": "Untitled",
            "language": "python",
            "write_mode": "handoff",
            "run_policy": "writers",
            "join_policy": "open",
            "people": 1,
            "online": 1,
            "size": 15,
            "created_at": seen[session["session_id"]]["created_at"],
            "active_at": "",
        }
        assert seen[untouched["session_id"]]["size"] == 6
        before = seen[untouched["session_id"]]["active_at"]
        ann.goes()

        def left_memory() -> bool:
            listed(server)  # again and again, and it is no use of the session
            return "An idle session left memory" in server.read_log()

        eventually(left_memory, "the session to leave memory while it is looked at")
        assert server.read_log().count("An idle session left memory") == 1, "only it was there"
        seen = listed(server)
        assert (seen[session["session_id"]]["online"], seen[session["session_id"]]["size"]) == (
            0,
            15,
        )
        assert seen[untouched["session_id"]]["active_at"] == before


def test_a_list_is_right_after_a_crash(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        session = server.create_session(content="one")
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        ann.types(" two 👋")
        server.kill()
        server.start()
        for _ in range(2):
            assert listed(server)[session["session_id"]]["size"] == len("one two 👋".encode())


# --- real editing, character by character ---------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sveltecomponent", "rustcode"])
def test_a_recorded_session_is_replayed_to_its_exact_end(
    tmp_path: Path, name: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.getoption("--traces")
    if not folder:
        pytest.skip("platform: the folder of recorded sessions is not named by --traces")
    trace = json.loads(gzip.decompress((Path(folder) / f"{name}.json.gz").read_bytes()))
    with Server(tmp_path, "--no-rate-limits") as server:
        session = server.create_session()
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        watcher = server.person("Bob", crdt=True).join(session)
        patches = [patch for transaction in trace["txns"] for patch in transaction["patches"]]
        seqs: list[int] = []
        for sent, (at, deleted, inserted) in enumerate(patches):
            eventually(lambda: sent - len(seqs) < 500, "acknowledgements")  # noqa: B023
            payload = {"session_id": ann.session_id, "update": ann.patch(at, deleted, inserted)}
            ann.emit("doc_update", payload, lambda answer: seqs.append(answer["seq"]))
        eventually(lambda: len(seqs) == len(patches), "all acknowledgements")
        gaps = [pair for pair in pairwise(seqs) if pair[1] - pair[0] not in (0, 1)]
        assert gaps == []
        assert ann.text == trace["endContent"]
        watcher.sees(text=trace["endContent"])
        server.kill()
        server.start()
        late = server.person("Late").join(session)
        assert late.hears("code_update")["content"] == trace["endContent"]
