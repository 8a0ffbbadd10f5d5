"""Small inputs that would cost much: each is refused at once, and nobody else notices.

(`x` is taken apart in time with the square of its size, or unfolds in memory.)
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Server
from tests.security.attackers import Raw, people_go_on
from tests.sessions.bombs import typed_letter_by_letter

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
AT_ONCE = 30.0
"""Seconds of processor time; what is refused takes milliseconds, what is not takes minutes."""
MARKS = "a" + "\u0316\u0300" * 300_000  # each pair is to be put into its canonical order
QUOTES = "[" + "," * 30_000 + '"' + '\\"' * 1_000_000
BODIES = {
    "lists": "[" + "[]," * 1_300_000 + "[]]",
    "objects": '{"title":' + "[" + "{}," * 1_300_000 + "{}]}",
    "texts": '{"title":["' + '","'.join(["ab"] * 800_000) + '"]}',
    "quotes": QUOTES,
    "marks": json.dumps({"title": MARKS}),
}
IMPORT = '{"format":"collabpad-session","version":1,"x":[' + "[]," * 7_000_000 + "[]]}"
EVENTS = {
    "lists": '42["join_session",' + "[]," * 1_300_000 + "[]]",
    "quotes": '42["join_session",' + QUOTES,
    "marks": "42" + json.dumps(["join_session", {"session_id": "none", "name": MARKS}]),
    "a long name": "42" + json.dumps(["x" * 4_000_000]),
}


def processor_time(server: Server) -> float:
    """Seconds that the server has worked; the 14th and 15th field, see proc_pid_stat(5)."""
    status = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii")
    ticks = status.rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(autouse=True)
def at_once(server: Server) -> Iterator[None]:
    before = processor_time(server)
    yield
    assert processor_time(server) - before < AT_ONCE


@pytest.fixture
def eve(server: Server) -> Iterator[Raw]:
    """In no session: a stranger."""
    raw = Raw(server)
    raw.text(b"40")
    yield raw
    raw.sock.close()


def told(raw: Raw) -> dict[str, Any]:
    """The next refusal."""
    seen = b""
    while b"session_error" not in seen or not seen.endswith(b"]"):
        part = raw.sock.recv(65536)
        assert part, seen[:200]
        seen += part
    event: dict[str, Any] = json.loads(seen[seen.index(b'["session_error"') :])[1]
    return event


@pytest.mark.parametrize("bomb", EVENTS)
def test_events(server: Server, eve: Raw, bomb: str) -> None:
    with people_go_on(server):
        eve.text(EVENTS[bomb].encode())
        refusal = told(eve)
        assert refusal["code"] == ("unknown_event" if bomb == "a long name" else "bad_request")
        assert len(refusal["event"]) <= 100, "what comes back is not as large"


@pytest.mark.parametrize("bomb", BODIES)
def test_bodies(server: Server, bomb: str) -> None:
    with people_go_on(server):
        body = BODIES[bomb].encode()
        response = server.request("POST", "/create_session", data=body, headers=JSON)
        assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")


def test_an_import(server: Server) -> None:
    body = IMPORT.encode()
    response = server.request("POST", "/api/sessions/import", data=body, headers=JSON)
    assert response.status_code == 400
    assert "too many values" in response.json()["error"]["message"]


def test_an_update_of_many_places(server: Server) -> None:
    with people_go_on(server) as (ann, _):
        bomb = base64.b64encode(typed_letter_by_letter(200_000)).decode()
        assert ann.refused("doc_update", update=bomb) == "too_large"
