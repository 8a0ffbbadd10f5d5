"""The log of a busy story holds nothing that opens a door, and nothing that anybody wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness import Server

TOKEN = "TheOperatorsOwnToken"
WRITTEN = {
    "code": "zebra_in_the_code",
    "chat": "zebra in the chat",
    "output": "zebra-printed",
    "stdin": "zebra-typed-in",
    "name": "Zebra Ann",
    "title": "Zebra title",
    "passcode": "zebra passcode",
    "query": "zebraquery",
    "bad": "zebra\r\n2026-01-01 00:00:00 INFO forged\x1b[31m",
}


@pytest.mark.parametrize("level", ["debug", "info"])
def test_a_busy_storys_log_has_no_secrets(tmp_path: Path, level: str) -> None:
    secrets = [TOKEN, *WRITTEN.values()]
    environment = {"COLLABPAD_TOKEN": TOKEN}
    with Server(tmp_path, "--log-level", level, environment=environment) as server:
        session = server.create_session(
            title=WRITTEN["title"], passcode=WRITTEN["passcode"], content="input()"
        )
        secrets += [session[each] for each in ("session_id", "view_id", "host_key")]
        cookie = server.get(f"/?token={TOKEN}", allow_redirects=False).headers["Set-Cookie"]
        secrets.append(cookie.partition(";")[0].partition("=")[2])

        ann = server.person(WRITTEN["name"], crdt=True).join(session, as_host=True)
        bob = server.person("Bob", polling=True).join(session, passcode=WRITTEN["passcode"])
        secrets += [ann.joined["resume"], bob.joined["resume"], ann.id]
        ann.writes(f"print('{WRITTEN['output']}', input())  # {WRITTEN['code']}")
        ann.does("send_message", message=WRITTEN["chat"])
        run_id = ann.does("run_start")["run_id"]
        ann.does("run_input", run_id=run_id, data=WRITTEN["stdin"] + "\n", eof=True)
        ann.hears("run_finished", run_id=run_id)

        # What goes wrong is logged with the least.
        ann.refused("send_message", message=WRITTEN["bad"])
        ann.refused("rename", name=WRITTEN["bad"])
        ann.call_raw(WRITTEN["bad"], {"session_id": session["session_id"]})
        ann.refused("doc_update", update="AAAA" + WRITTEN["code"])
        server.person("Eve").tries_to_join(session, passcode="zebra guess")
        server.person("Eve").tries_to_join(session, host_key="zebra-guessed-key")
        for path in ("editor", "api/sessions"):
            server.get(f"/{path}/{session['session_id']}?{WRITTEN['query']}={TOKEN}")
            server.get(f"/{path}/{session['view_id']}", headers={"Cookie": cookie})
        server.get(f"/api/sessions/{session['session_id']}/export?format=json")
        server.post("/run_code", {"code": WRITTEN["code"]}, headers=server.as_operator)
        server.post("/run_code", {"code": 7, "stdin": WRITTEN["stdin"]}, headers=server.as_operator)
        server.get("/zebra%0d%0a2026-01-01%20INFO%20forged%1b[31m")
        server.get("/", headers={"User-Agent": "zebra-agent", "Referer": server.url + "/zebra-ref"})
        bob.goes()
        server.request(
            "DELETE",
            f"/api/sessions/{session['session_id']}",
            headers={"Authorization": f"Bearer {session['host_key']}"},
        )

    log = server.read_log().partition("Press Ctrl-C to stop.")[2]
    assert log.count("\n") > 20, "a log to search"
    assert [secret for secret in secrets if secret in log] == []
    for gone in (
        "zebra-agent",
        "zebra-ref",
        "zebra guess",
        "zebra-guessed",
        "forged\n",
        "\x1b",
        "\r",
    ):
        assert gone not in log
    for line in log.strip().splitlines():
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (DEBUG|INFO|WARNING) ", line), line


def test_the_token_is_in_no_command_line(tmp_path: Path) -> None:
    with Server(tmp_path, environment={"COLLABPAD_TOKEN": TOKEN}) as server:
        command = Path(f"/proc/{server.process.pid}/cmdline")
        if not command.exists():
            pytest.skip("platform: no /proc")
        assert TOKEN.encode() not in command.read_bytes()


def test_the_operators_link_leaves_no_trace_in_other_sites_or_in_history(tmp_path: Path) -> None:
    with Server(tmp_path, environment={"COLLABPAD_TOKEN": TOKEN}) as server:
        traded = server.get(f"/?token={TOKEN}", allow_redirects=False)
        assert traded.status_code == 303
        assert traded.headers["Location"] == "/"
        assert traded.headers["Referrer-Policy"] == "no-referrer"
        assert TOKEN not in traded.text + repr(traded.headers)
