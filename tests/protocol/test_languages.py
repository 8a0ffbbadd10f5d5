"""Languages: told by the server, and added by its config file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.harness import Server

OWN = """
[languages.tally]
name = "Tally"
run = ["sh", "{file}", "--"]
endings = [".tally"]
aliases = ["count"]
mode = "shell"
indent = 8
example = "echo 1 2 3\\n"
"""


def configure(folder: Path, text: str) -> None:
    file = folder / "config" / "collabpad" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_all_languages_are_told_without_a_session(server: Server) -> None:
    told = server.get("/api/languages").json()["languages"]
    rows = {each["id"]: each for each in told}
    assert (rows["python"]["endings"], rows["python"]["indent"]) == ([".py", ".pyw"], 4)
    assert rows["yaml"]["reason"] == "no_program"
    ann = server.person("Ann").join(server.create_session())
    assert ann.joined["session"]["languages"] == told


def test_an_alias_stands_for_the_language(server: Server) -> None:
    session = server.create_session(language="js", example=True)
    ann = server.person("Ann").join(session, as_host=True)
    assert ann.joined["session"]["language"] == "javascript"
    ann.does("update_session", language="bash")
    ann.hears("session_update", language="shell")
    assert ann.refused("update_session", language="klingon") == "bad_request"


@pytest.mark.slow
def test_a_configured_language_is_one_like_the_others(tmp_path: Path) -> None:
    if shutil.which("sh") is None:
        pytest.skip("program: sh is not installed")
    configure(tmp_path, OWN)
    with Server(tmp_path, "--no-rate-limits") as server:
        session = server.create_session(language="count", example=True)
        ann = server.person("Ann").join(session, as_host=True).sees(text="echo 1 2 3\n")
        (row,) = [each for each in ann.joined["session"]["languages"] if each["id"] == "tally"]
        assert row == {
            "id": "tally",
            "title": "Tally",
            "aliases": ["count"],
            "endings": [".tally"],
            "mode": "shell",
            "indent": 8,
            "runnable": True,
        }
        ann.does("run_start")
        assert ann.hears("run_output")["data"] == "1 2 3\n"
        body = {"code": 'echo "$1"', "language": "tally"}
        answer = server.post("/run_code", body, headers=server.as_operator).json()
        assert answer["output"] == "--\n"
        exported = server.get(f"/api/sessions/{session['session_id']}/export")
        assert 'filename="' in exported.headers["Content-Disposition"]
        assert ".tally" in exported.headers["Content-Disposition"]
        server.stop()
        configure(tmp_path, "")
        server.start()
        again = server.person("Ann").join(session, as_host=True).sees(text="echo 1 2 3\n")
        assert again.joined["session"]["language"] == "tally"
        last = again.joined["session"]["languages"][-1]
        assert (last["id"], last["mode"], last["runnable"]) == ("tally", "text", False)
        assert again.refused("run_start") == "bad_request"
        again.does("update_session", language="shell")
