"""Exports are whole, of one moment, and made in pieces; imports take them back."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pycrdt
import pytest

from collabpad.errors import BadRequest, ClientError, TooLarge
from collabpad.protocol.client_events import CodeChange, DocUpdate, GetRun
from collabpad.protocol.http_bodies import CreateSession
from collabpad.sessions import editing
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.context import Context
from collabpad.sessions.exporting import RUNS_BYTES, export
from collabpad.sessions.importing import read
from collabpad.sessions.joining import join
from collabpad.sessions.registry import Registry
from collabpad.sessions.roster import Participant
from collabpad.sessions.run_history import get_run, list_runs
from collabpad.sessions.session import Session
from collabpad.sessions.yjs_encoder import without_holes
from collabpad.storage.memory import MemoryStore
from collabpad.storage.records import RunRow
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from collabpad.storage.store import RUNS_KEPT
from collabpad.units import MIB
from tests.sessions.context import join_event, new_context
from tests.storage import makers

Json = dict[str, Any]


@pytest.fixture(params=["memory", "sqlite"])
def context(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / FILE_NAME)
    yield replace(new_context(), store=store)
    store.close()


class Pair:
    """A session in which Ann writes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.registry = Registry(context)
        row, _ = self.registry.create(CreateSession(title="Kata"))
        self.session, link = self.registry.find(row.session_id)
        with self.session.perform():
            event = join_event(row.session_id)
            self.ann, _ = join(self.session, "sid", event, link)
        (self.connection,) = self.ann.connections.values()

    def writes(self, text: str) -> None:
        with self.session.perform():
            event = CodeChange(session_id="", content=text)
            editing.code_change(self.session, self.connection, event)[1].wait()

    def runs(self, number: int, **facts: Any) -> RunRow:
        facts = {"participant_id": self.ann.id, "name": self.ann.name, **facts}
        row = makers.run(number, seq=self.session.document.seq, **facts)
        self.context.store.save_run(self.session.key, row).wait()
        return row

    def exported(self) -> Json:
        found: Json = json.loads(b"".join(export(self.session)))
        return found

    def imported(self, exported: object) -> Session:
        made = read(exported, self.context.settings, self.context.runner.knows)
        row, _ = self.registry.create(made.wanted, made.data)
        return self.registry.find(row.session_id)[0]


@pytest.fixture
def pair(context: Context) -> Pair:
    return Pair(context)


def somebody_in(session: Session) -> Participant:
    link = JoinLink(session.row.session_id, viewer=False)
    with session.perform():
        return join(session, "sid", join_event(link.public_id), link)[0]


def run_of(session: Session, place: int) -> Json:
    """One run as everybody in the session can see it; 0 is the newest."""
    person = next(iter(session.roster), None) or somebody_in(session)
    listed = cast("list[Json]", list_runs(session, person)["runs"])
    event = GetRun(session_id="", run_id=listed[place]["run_id"])
    found = cast(Json, get_run(session, person, event)["run"])
    assert found.items() >= listed[place].items()
    return found


def test_runs_go_out_and_come_in_again(pair: Pair) -> None:
    pair.writes("print(1)\n")
    pair.runs(1, verdict="error", exit_code=3, output=(("stderr", "é\x1b[31m\n"), ("stdin", "x")))
    pair.writes("print(2)\n")
    pair.runs(2, code="2 + 2", stdin="given", signal="SIGSEGV", exit_code=None, truncated=True)
    pair.writes("print(3)\n")
    out = pair.exported()
    assert [each["name"] for each in out["runs"]] == ["Ann", "Ann"]
    assert out["authors"][str(out["runs"][0]["author"])]["name"] == "Ann"
    assert not {"run_id", "participant_id"} & set(out["runs"][0])
    for secret in (pair.ann.id, pair.session.row.session_id, "run-1"):
        assert secret not in json.dumps(out)
    copy = pair.imported(out)
    for place, code in ((0, "2 + 2"), (1, "print(1)\n")):
        before, after = run_of(pair.session, place), run_of(copy, place)
        assert before["code"] == after["code"] == code
        new = ("run_id", "participant_id")
        assert all(after[each] != before[each] for each in new)
        assert {**before, "run_id": "", "participant_id": ""} == {
            **after,
            "run_id": "",
            "participant_id": "",
        }
    again = json.loads(b"".join(export(copy)))
    assert again["runs"] == [{**each, "author": again["runs"][0]["author"]} for each in out["runs"]]
    assert again["updates"] == [
        {**each, "author": each["author"] and again["runs"][0]["author"]} for each in out["updates"]
    ]


def test_an_export_of_an_earlier_version_comes_in(pair: Pair) -> None:
    pair.writes("text")
    pair.runs(1)
    out = pair.exported()
    del out["runs"]
    copy = pair.imported(out)
    assert copy.document.text == "text"
    assert list_runs(copy, somebody_in(copy)) == {"runs": []}


def test_code_that_was_forgotten_stays_forgotten(pair: Pair) -> None:
    """A run may be older than what is left of the history."""
    for text in ("one", "two", "three"):
        pair.writes(text)
        pair.runs(len(text), id=text)
    out = pair.exported()
    parts = [each["update"] for each in out["updates"]]
    out |= {"base": {"seq": 2, "updates": parts[:2]}, "updates": out["updates"][2:]}
    copy = pair.imported(out)
    assert copy.document.seq == 3
    assert [run_of(copy, place)["code"] for place in range(3)] == ["three", "two", None]
    again = json.loads(b"".join(export(copy)))
    assert again["base"] == out["base"]
    assert [each["update"] for each in again["updates"]] == parts[2:]


def test_an_export_is_of_one_moment(pair: Pair) -> None:
    """What is written while it is read is not in it, and takes nothing out of it."""
    for number in range(700):
        pair.writes("x" * number)
    pieces = export(pair.session)
    read_so_far = [next(pieces)]
    for number in range(700):
        pair.writes("y" * number)
    pair.context.store.compact(
        pair.session.key, pair.session.document.seq, pair.session.document.snapshot()
    ).wait()
    for piece in pieces:
        read_so_far.append(piece)
        pair.writes(f"z{len(read_so_far)}")
    out = json.loads(b"".join(read_so_far))
    assert out["content"] == "x" * 699
    assert len(out["updates"]) == 699
    assert pair.imported(out).document.text == "x" * 699


def test_no_update_with_holes_goes_out_and_runs_keep_their_code(pair: Pair) -> None:
    """On a hole Yjs 13 loses text: such an update goes out as several, and all behind it move."""
    page: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc(client_id=7)
    text = page.get("content", type=pycrdt.Text)
    typed = []
    for letter in "abcd":
        before = page.get_state()
        text += letter
        typed.append(page.get_update(before))
    for update in (pycrdt.merge_updates(typed[0], typed[2]), typed[1], typed[3]):
        with pair.session.perform():
            event = DocUpdate(session_id="", update=update)
            editing.doc_update(pair.session, pair.connection, event)[1].wait()
        pair.runs(pair.session.document.seq)
    out = pair.exported()
    updates = [base64.b64decode(each["update"]) for each in out["updates"]]
    assert [without_holes(each) for each in updates] == [[each] for each in updates]
    assert len(updates) > 3
    copy = pair.imported(out)
    codes = [[run_of(each, place)["code"] for place in range(3)] for each in (copy, pair.session)]
    assert codes == [["abcd", "abc", "a"]] * 2


def test_the_pieces_of_a_long_history_are_small(context: Context) -> None:
    rows = [
        makers.update(1 + number, random.Random(number).randbytes(40_000).hex().encode())
        for number in range(200)
    ]
    key = "long"
    row = makers.session_row(key)
    context.store.create(makers.stored(key, session=row, history=[makers.packed(rows)])).wait()
    session = Session(context, makers.stored(key, session=row))
    session.document.seq = len(rows)
    sizes = [len(piece) for piece in export(session)]
    assert sum(sizes) > 8 * MIB
    assert max(sizes) < MIB


def test_runs_beyond_the_room_for_them_lose_their_output_first(pair: Pair) -> None:
    pair.writes("text")
    for number in range(4):
        pair.runs(number, output=(("stdout", f"{number}" * (RUNS_BYTES // 3)),), truncated=False)
    runs = pair.exported()["runs"]
    assert [len(each["output"]) for each in runs] == [0, 0, 1, 1]
    assert [each["truncated"] for each in runs] == [True, True, False, False]
    for number in range(40):
        pair.runs(number + 10, code="c" * (RUNS_BYTES // 10), output=())
    assert len(pair.exported()["runs"]) == 9


BAD_RUNS: list[Json] = [
    {"author": 1, "name": "\x00"},
    {"started_at": "yesterday"},
    {"started_at": "9999-12-31T23:59:59Z"},
    {"seq": -1},
    {"seq": 2},
    {"seq": "1"},
    {"seq": True},
    {"language": 7},
    {"language": "x" * 41},
    {"language": "\x1b[2J"},
    {"verdict": "fine"},
    {"verdict": ["ok"]},
    {"exit_code": "0"},
    {"exit_code": 2**40},
    {"signal": {}},
    {"duration_ms": -1},
    {"duration_ms": 1e300},
    {"sandbox": None},
    {"code": 7},
    {"stdin": None},
    {"stdin": "\ud800"},
    {"output": "text"},
    {"output": [{"stream": "stdlog", "data": ""}]},
    {"output": [{"stream": "stdout"}]},
    {"output": [{"stream": "stdout", "data": "\udfff"}]},
    {"output": [["stdout", "data"]]},
]


@pytest.mark.parametrize("damage", BAD_RUNS, ids=repr)
def test_hostile_runs_are_refused(damage: Json) -> None:
    pair = Pair(new_context())
    pair.writes("text")
    pair.runs(1)
    out = pair.exported()
    out["runs"][0] |= damage
    with pytest.raises(BadRequest, match=r"The exported session is damaged: .*`runs`"):
        pair.imported(out)


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("runs", 7),
        ("runs", [7]),
        ("runs", {}),
        ("base", {"seq": 0, "updates": []}),
        ("base", {"seq": 2**60, "updates": []}),
        ("base", {"updates": []}),
        ("chat", "abc"),
        (
            "chat",
            [{"name": "Ann", "message": " ", "timestamp": "2026-01-01T00:00:00Z", "kind": ""}],
        ),
        ("updates", {"0": {}}),
        ("authors", {"1": {"name": "Ann\n", "color": "#1f5fbf"}}),
    ],
)
def test_a_refusal_names_the_part(part: str, damage: object) -> None:
    pair = Pair(new_context())
    pair.writes("text")
    with pytest.raises(BadRequest, match=f"damaged: .*`{part}`"):
        pair.imported({**pair.exported(), part: damage})


def test_what_is_too_large_is_said_to_be(pair: Pair) -> None:
    pair.writes("text")
    pair.runs(1)
    out = pair.exported()
    limits = pair.context.settings.limits
    for damage in (
        {"code": "x" * (limits.run_code + 1)},
        {"stdin": "x" * (limits.stdin + 1)},
        {"output": [{"stream": "stdout", "data": "é" * (limits.run_output + limits.stdin + 1)}]},
    ):
        with pytest.raises(TooLarge, match="`runs`"):
            pair.imported({**out, "runs": [{**out["runs"][0], **damage}]})
    one = {**out["runs"][0], "output": [{"stream": "stdout", "data": "x" * limits.run_output}]}
    with pytest.raises(ClientError, match="`runs`"):
        pair.imported({**out, "runs": [one] * RUNS_KEPT})


def test_of_too_many_runs_the_last_are_kept(pair: Pair) -> None:
    pair.writes("text")
    pair.runs(1)
    out = pair.exported()
    out["runs"] = [{**out["runs"][0], "duration_ms": number} for number in range(RUNS_KEPT + 5)]
    listed = cast("list[Json]", list_runs(pair.imported(out), pair.ann)["runs"])
    assert [each["duration_ms"] for each in listed] == list(range(RUNS_KEPT + 4, 4, -1))


def test_a_language_that_this_server_lacks_is_plain_text(pair: Pair) -> None:
    pair.writes("text")
    pair.runs(1)
    out = pair.exported()
    out["runs"][0]["language"] = "klingon"
    assert run_of(pair.imported(out), 0)["language"] == "text"
