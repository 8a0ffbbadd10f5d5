"""Sessions from the command line: made, shared, listed, ended."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from collabpad.cli.sessions import session_id
from collabpad.cli.times import ago
from collabpad.errors import UsageProblem

from .conftest import Machine


def exported_state(machine: Machine, session: dict[str, str]) -> dict[str, object]:
    """What the server itself says of a session."""
    where = urlsplit(session["editor_url"])
    assert where.hostname is not None
    connection = HTTPConnection(where.hostname, where.port, timeout=10)
    connection.request("GET", f"/api/sessions/{session['session_id']}")
    state: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return state


class TestNewSession:
    def test_its_links_are_printed_for_people(self, busy_machine: Machine) -> None:
        done = busy_machine.collabpad("new-session", "--title", "Kata")
        lines = dict(line.split("  ", 1) for line in done.stdout.splitlines())
        links = {name: value.strip() for name, value in lines.items()}
        assert list(links) == ["Join link", "View-only link", "Host link", "Session ID"]
        assert links["Join link"].endswith(f"/editor/{links['Session ID']}")
        assert links["Host link"].startswith(links["Join link"] + "#host=")
        assert links["Session ID"] not in links["View-only link"]

    def test_or_as_json(self, busy_machine: Machine) -> None:
        made = busy_machine.json("new-session", "--title", "Grüße", "--write-mode", "open")
        assert set(made) == {
            "session_id", "host_key", "view_id", "editor_url", "view_url", "host_url"
        }  # fmt: skip
        state = exported_state(busy_machine, made)
        assert (state["title"], state["write_mode"]) == ("Grüße", "open")

    def test_from_a_file_it_has_its_text_name_and_language(
        self, busy_machine: Machine, tmp_path: Path
    ) -> None:
        file = tmp_path / "kata.py"
        file.write_text("print('grüße')\n", encoding="utf-8")
        made = busy_machine.json("new-session", "--from", str(file))
        state = exported_state(busy_machine, made)
        assert state["title"] == "kata.py"
        assert state["language"] == "python"
        assert state["size"] == file.stat().st_size

    def test_what_was_typed_beats_the_guess(self, busy_machine: Machine, tmp_path: Path) -> None:
        file = tmp_path / "kata.py"
        file.write_text("text\n")
        options = ["--from", str(file), "--title", "Notes", "--language", "text"]
        state = exported_state(busy_machine, busy_machine.json("new-session", *options))
        assert (state["title"], state["language"]) == ("Notes", "text")

    def test_a_file_of_an_unknown_kind_is_plain_text(
        self, busy_machine: Machine, tmp_path: Path
    ) -> None:
        file = tmp_path / "notes.zzz"
        file.write_text("zzz\n")
        made = busy_machine.json("new-session", "--from", str(file))
        assert exported_state(busy_machine, made)["language"] == "text"

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
    def test_whatever_a_file_is_called(self, busy_machine: Machine, tmp_path: Path) -> None:
        for name in (b"\xff\n\x1b.py", b"\xe2\x80\xae.py", b"n" * 250 + b".py"):
            file = tmp_path / os.fsdecode(name)
            file.write_text("1\n")
            made = busy_machine.json("new-session", "--from", str(file))
            assert exported_state(busy_machine, made)["language"] == "python"

    def test_from_standard_input(self, busy_machine: Machine) -> None:
        done = busy_machine.collabpad("new-session", "--from", "-", "--json", stdin="12345")
        assert exported_state(busy_machine, json.loads(done.stdout))["size"] == 5

    def test_files_that_will_not_do(self, busy_machine: Machine, tmp_path: Path) -> None:
        (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
        (tmp_path / "huge.txt").write_bytes(b"x" * (1024 * 1024 + 1))
        for name, told in [
            ("picture.png", "is not UTF-8 text"),
            ("huge.txt", "larger than the limit for documents (1,048,576 bytes)"),
            ("none.py", "cannot be read"),
            (".", "cannot be read"),
        ]:
            path = str(tmp_path / name)
            assert told in busy_machine.refused("new-session", "--from", path, code=2)

    def test_the_servers_refusal_is_passed_on(self, busy_machine: Machine) -> None:
        assert "language" in busy_machine.refused("new-session", "--language", "klingon")

    def test_a_qr_code_is_drawn_beside_pure_json(self, busy_machine: Machine) -> None:
        done = busy_machine.collabpad("new-session", "--qr", "--json", PYTHONIOENCODING="utf-8")
        json.loads(done.stdout)
        assert "█▀▀▀▀▀█" in done.stderr or "█ ▄▄▄▄▄ █" in done.stderr

    def test_a_terminal_without_blocks_gets_another_drawing(self, busy_machine: Machine) -> None:
        done = busy_machine.collabpad("new-session", "--qr", PYTHONIOENCODING="ascii")
        assert done.returncode == 0, done.stderr
        assert "\x1b[7m" in done.stdout


class TestJoinLink:
    @pytest.fixture
    def made(self, busy_machine: Machine) -> dict[str, str]:
        found: dict[str, str] = busy_machine.json("new-session")
        return found

    def test_for_an_id_or_any_link(self, busy_machine: Machine, made: dict[str, str]) -> None:
        for known in (made["session_id"], made["editor_url"], made["host_url"]):
            done = busy_machine.collabpad("join-link", known)
            assert done.stdout == made["editor_url"] + "\n"

    def test_to_look_only(self, busy_machine: Machine, made: dict[str, str]) -> None:
        found = busy_machine.json("join-link", made["session_id"], "--view")
        assert found["url"] == made["view_url"]

    def test_a_view_id_does_not_lead_to_the_join_link(
        self, busy_machine: Machine, made: dict[str, str]
    ) -> None:
        assert "use --view" in busy_machine.refused("join-link", made["view_id"], code=2)
        done = busy_machine.collabpad("join-link", made["view_id"], "--view")
        assert done.stdout == made["view_url"] + "\n"

    def test_an_unknown_one(self, busy_machine: Machine) -> None:
        assert "no such session" in busy_machine.refused("join-link", "nonesuch")


class TestListAndEnd:
    def test_none(self, machine: Machine) -> None:
        machine.serve()
        assert machine.json("sessions") == {"sessions": []}
        assert "collabpad new-session" in machine.collabpad("sessions").stdout

    def test_they_are_listed_until_they_are_ended(self, machine: Machine) -> None:
        machine.serve()
        kept = machine.json("new-session", "--title", "Kept")
        ended = machine.json("new-session", "--title", "Ended")
        listing = machine.collabpad("sessions").stdout
        assert kept["session_id"] in listing
        assert ended["session_id"] in listing

        done = machine.collabpad("close", ended["host_url"])
        assert done.stdout == f"Session {ended['session_id']} has ended.\n"
        (left,) = machine.json("sessions")["sessions"]
        assert left["title"] == "Kept"
        assert "no such session" in machine.refused("close", ended["session_id"])

    def test_ending_as_json(self, busy_machine: Machine) -> None:
        made = busy_machine.json("new-session")
        assert busy_machine.json("close", made["session_id"]) == {"closed": made["session_id"]}


class TestParts:
    @pytest.mark.parametrize(
        "text", ["abc", " abc ", "http://h:5000/pad/editor/abc", "https://h/editor/abc/#host=k"]
    )
    def test_a_session_is_named_by_its_id_or_a_link(self, text: str) -> None:
        assert session_id(text) == "abc"

    @pytest.mark.parametrize("text", ["", "/", "http://h:5000/"])
    def test_what_names_none(self, text: str) -> None:
        with pytest.raises(UsageProblem, match="SESSION must be"):
            session_id(text)

    @pytest.mark.parametrize(
        ("seconds", "told"),
        [
            (0, "now"),
            (59, "now"),
            (60, "1 minute ago"),
            (7200, "2 hours ago"),
            (86400, "1 day ago"),
        ],
    )
    def test_times(self, seconds: int, told: str) -> None:
        now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert ago((now - timedelta(seconds=seconds)).isoformat(), now) == told
        assert (
            ago((now - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z"), now) == told
        )

    def test_what_is_no_time(self) -> None:
        assert ago(None) == ""
        assert ago("soon") == ""
