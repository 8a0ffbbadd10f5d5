"""Sessions taken out and in from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Machine


def test_a_session_goes_into_a_file_and_out_of_it(busy_machine: Machine, tmp_path: Path) -> None:
    source = tmp_path / "kata.py"
    source.write_text("print('grüße')\n", encoding="utf-8")
    made = busy_machine.json("new-session", "--from", str(source))
    file = tmp_path / "kata.json"
    busy_machine.collabpad("export", made["editor_url"], "-o", str(file))
    assert json.loads(file.read_text("utf-8"))["content"] == "print('grüße')\n"
    copy = busy_machine.json("import", str(file))
    assert copy["session_id"] != made["session_id"]
    text = busy_machine.collabpad("export", copy["session_id"], "--format", "text")
    assert text.stdout == "print('grüße')\n"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "other"}', "\0"])
def test_what_is_no_export_is_told_so(busy_machine: Machine, tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(content)
    told = busy_machine.refused("import", str(file), code=2 if content in ("", "{", "\0") else 1)
    assert "not a session that collabpad exported" in told


def test_files_that_cannot_be_had(busy_machine: Machine, tmp_path: Path) -> None:
    told = busy_machine.refused("import", str(tmp_path / "none.json"), code=2)
    assert "cannot be read" in told
    made = busy_machine.json("new-session")
    nowhere = tmp_path / "none" / "x.json"
    told = busy_machine.refused("export", made["session_id"], "-o", str(nowhere))
    assert "cannot be written" in told
    kept = tmp_path / "kept.json"
    kept.write_text("what was there")
    assert "no such session" in busy_machine.refused("export", "nosuchsession", "-o", str(kept))
    assert kept.read_text() == "what was there"
    assert "no such session" in busy_machine.refused("export", "nosuchsession")
