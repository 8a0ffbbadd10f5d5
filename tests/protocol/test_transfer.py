"""Sessions go out as files and come in again."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pycrdt
import pytest
import requests

from collabpad.storage.records import Snapshot
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from tests.harness import Payload, Person, Server, eventually
from tests.storage import makers

Session = dict[str, str]


def exported(server: Server, public_id: str) -> Payload:
    response = server.get(f"/api/sessions/{public_id}/export?format=json")
    assert response.status_code == 200, response.text
    found: Payload = response.json()
    return found


def test_the_text_can_be_downloaded(server: Server, ann: Person, session: Session) -> None:
    ann.does("update_session", title="Käta: 1/2")
    ann.writes("print('héllo')\n")
    response = server.get(f"/api/sessions/{session['session_id']}/export?format=text")
    assert response.content.decode() == "print('héllo')\n"
    disposition = response.headers["Content-Disposition"]
    assert "filename*=UTF-8''K%C3%A4ta-%201-2.py" in disposition
    assert response.headers["Content-Type"].startswith("text/plain")
    bad = server.get(f"/api/sessions/{session['session_id']}/export?format=pdf")
    assert (bad.status_code, bad.json()["error"]["code"]) == (400, "bad_request")


def test_a_session_goes_out_and_comes_in_again(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    for word in ("one ", "two ", "three"):
        ann.types(word)
    bob.does("send_message", message="hi 👋")
    out = exported(server, session["session_id"])
    assert out["content"] == "one two three"
    assert len(out["updates"]) == 3
    for secret in (*session.values(), ann.id, ann.joined["resume"], "127.0.0.1"):
        assert secret not in json.dumps(out)
    created = server.post("/api/sessions/import", out).json()
    copy = server.person("Cleo", crdt=True).join(created)
    assert copy.text == "one two three"
    assert "hi 👋" in [each["message"] for each in copy.hears("chat_history")["messages"]]
    assert list(copy.sees_roster(bool)["participants"]) == [copy.id]
    again = exported(server, created["session_id"])
    assert [each["update"] for each in again["updates"]] == [
        each["update"] for each in out["updates"]
    ]
    assert again["authors"][str(again["updates"][0]["author"])]["name"] == "Ann"
    assert exported(server, session["view_id"])["content"] == "one two three"


@pytest.mark.parametrize(
    "damage",
    [
        {"format": "other"},
        {"version": 2},
        {"content": "not what the history makes"},
        {"updates": [{"at": "yesterday", "author": 1, "update": "AAA="}]},
        {"updates": [{}]},
        {"updates": 7},
        {"authors": []},
        {"chat": [{"name": "x", "message": "\x00", "timestamp": "", "kind": "chat"}]},
        {"base": {"updates": ["not base64"]}},
        {"created_at": "2026-01-01"},
        {"write_mode": "chaos"},
    ],
)
def test_what_is_no_export_is_refused(
    server: Server, session: Session, ann: Person, damage: Payload
) -> None:
    ann.types("text")
    out = {**exported(server, session["session_id"]), **damage}
    response = server.post("/api/sessions/import", out)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")


CUT_IN_HALF = [  # "a😀b" of client 7, and the second half of the pair deleted
    "AQEHAAQBB2NvbnRlbnQGYfCfmIBiAA==",
    "AAEHAQIB",
]


def test_a_history_that_cuts_a_character_makes_whole_ones(server: Server, session: Session) -> None:
    """Where the text says something else, it is damaged; no two ever see different texts."""
    at = "2026-01-01T00:00:00+00:00"
    updates = [{"at": at, "author": None, "update": each} for each in CUT_IN_HALF]
    out = {**exported(server, session["session_id"]), "updates": updates, "base": None}
    response = server.post("/api/sessions/import", {**out, "content": "a😀"})
    assert response.status_code == 400
    assert "damaged" in response.json()["error"]["message"]
    created = server.post("/api/sessions/import", {**out, "content": "a😀b"}).json()
    server.person("Cleo").join(created).sees(text="a😀b")
    server.person("Dora", crdt=True).join(created).sees(text="a😀b")


def test_importing_is_creating(server: Server) -> None:
    stranger = {"X-Forwarded-For": "192.0.2.1"}
    response = server.post("/api/sessions/import", {}, headers=stranger)
    assert response.status_code == 401


def test_what_was_run_goes_along(server: Server, session: Session, ann: Person) -> None:
    ann.writes("print(input() * 2)\n")
    run_id = ann.does("run_start", stdin="ab\n")["run_id"]
    ann.hears("run_finished", run_id=run_id)
    ann.does("run_start", code="1 / 0")
    ann.hears("run_finished", verdict="error")
    out = exported(server, session["session_id"])
    assert [each["verdict"] for each in out["runs"]] == ["ok", "error"]
    for secret in (run_id, ann.id):
        assert secret not in json.dumps(out)
    created = server.post("/api/sessions/import", out).json()
    cleo = server.person("Cleo", crdt=True).view(created)
    runs = [ann.does("list_runs")["runs"], cleo.does("list_runs")["runs"]]
    own = {"run_id", "participant_id"}
    shown = [[{k: v for k, v in each.items() if k not in own} for each in run] for run in runs]
    assert shown[0] == shown[1]
    other = {}
    for before, after in zip(*runs, strict=True):
        one, other = (
            person.does("get_run", run_id=each["run_id"])["run"]
            for person, each in ((ann, before), (cleo, after))
        )
        assert {k: v for k, v in one.items() if k not in own} == {
            k: v for k, v in other.items() if k not in own
        }
        assert one["code"]
    assert other["output"] == [{"stream": "stdout", "data": "abab\n"}]


def test_hostile_runs_are_refused_and_nothing_is_made(
    server: Server, session: Session, ann: Person
) -> None:
    ann.types("text")
    out = exported(server, session["session_id"])
    before = len(server.get("/api/sessions", headers=server.as_operator).json()["sessions"])
    response = server.post("/api/sessions/import", {**out, "runs": [{"name": "Ann"}]})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")
    assert "`runs`" in response.json()["error"]["message"]
    after = server.get("/api/sessions", headers=server.as_operator).json()["sessions"]
    assert len(after) == before


# --- nobody waits for it --------------------------------------------------------------------------

LONG = 16 * 2**20  # bytes of history


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a session named `long`, of which there is much history."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "data").mkdir(mode=0o700)
    with closing(SqliteStore(folder / "data" / FILE_NAME)) as store:
        noise = random.Random(7)
        noises = (noise.randbytes(16_384).replace(b"\n", b"") for _ in range(LONG // 16_384))
        rows = [makers.update(seq, data) for seq, data in enumerate(noises, 1)]
        row = makers.session_row("key", session_id="long", view_id="long-view")
        empty = Snapshot(seq=rows[-1].seq, parts=(pycrdt.Doc().get_update(),))
        old = [makers.packed(rows[at : at + 32]) for at in range(0, len(rows), 32)]
        store.create(makers.stored("key", session=row, snapshot=empty, history=old)).wait()
    with Server(folder, "--no-rate-limits") as running:
        yield running


def typing_while(server: Server, work: Callable[[], requests.Response]) -> tuple[int, bytes]:
    """How many edits somebody made while a request was being answered; and the answer."""
    ann = server.person("Ann", crdt=True).join(server.create_session(), as_host=True)
    ann.types("x")
    edits = 0
    with ThreadPoolExecutor(1) as other:
        answer: Future[requests.Response] = other.submit(work)
        while not answer.done():
            ann.types("x")
            edits += 1
        response = answer.result()
    ann.goes()
    assert response.status_code == 200, response.text
    return edits, response.content


@pytest.mark.slow
def test_others_go_on_typing_while_a_long_session_goes_out_and_comes_in(
    archive: Server, server: Server
) -> None:
    """Not a time, which a busy machine outruns, but how much others could do meanwhile."""
    path = "/api/sessions/long/export?format=json"
    edits, body = typing_while(archive, lambda: archive.get(path))
    out = json.loads(body)
    assert len(out["updates"]) == LONG // 16_384
    assert edits >= 10
    writer = server.person("Ann", crdt=True)
    history = [
        {"at": out["exported_at"], "author": None, "update": writer.edit("x")}
        for _ in range(20_000)
    ]
    run = {"author": None, "name": "Ann", "started_at": out["exported_at"], "seq": 15_000}
    run |= {"language": "text", "code": None, "stdin": "", "output": [], "verdict": "ok"}
    run |= {"exit_code": 0, "signal": None, "duration_ms": 1, "truncated": False, "sandbox": "off"}
    long = {**out, "content": writer.text, "updates": history, "runs": [run]}
    edits, body = typing_while(server, lambda: server.post("/api/sessions/import", long))
    assert edits >= 50
    created = json.loads(body)
    cleo = server.person("Cleo", crdt=True).join(created)
    assert cleo.text == "x" * 20_000
    # Nor while somebody looks at what was run long ago, in the same session.
    viewer = server.person("Viewer").view(created)
    (listed,) = viewer.does("list_runs")["runs"]
    found: list[Payload] = []
    wanted = {"session_id": viewer.session_id, "run_id": listed["run_id"]}
    viewer.emit("get_run", wanted, found.append)
    edits = 0
    while not found:
        cleo.types("y")
        edits += 1
    assert found[0]["run"]["code"] == "x" * 15_000
    assert edits >= 5


def memory_peak(server: Server) -> int:
    """The most bytes that the server ever had."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (line,) = [each for each in status.splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


@pytest.mark.slow
def test_ten_exports_at_once_take_little_memory(archive: Server) -> None:
    path = "/api/sessions/long/export?format=json"
    if not Path("/proc/self/status").exists():
        pytest.skip("platform: there is no /proc that tells how much memory a process had")
    assert archive.get("/api/sessions/long").status_code == 200
    before = memory_peak(archive)
    with ThreadPoolExecutor(10) as readers:
        sizes = list(readers.map(lambda _: len(archive.get(path).content), range(10)))
    assert len(set(sizes)) == 1
    assert sizes[0] > LONG
    assert memory_peak(archive) - before < 64 * 2**20


@pytest.mark.slow
def test_who_asks_for_the_headers_or_goes_away_takes_no_place(archive: Server) -> None:
    path = "/api/sessions/long/export?format=json"
    host, port = archive.url.removeprefix("http://").split(":")
    for _ in range(20):
        head = archive.request("HEAD", path)
        assert head.status_code == 200
        assert ".collabpad.json" in head.headers["Content-Disposition"]
        assert head.content == b""
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
    assert archive.get(path).status_code == 200
    eventually(lambda: archive.get(path, stream=True).raw.read(1), "the first byte of an export")
