"""Running servers are found, dead ones are not, whatever they left behind."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collabpad.errors import StartError
from collabpad.runtime import ServerRecord, publish, running
from tests.processes import start_program

HERE = ServerRecord(url="http://127.0.0.1:5000", pid=1, token="secret-of-the-operator", version="1")

PUBLISH = """
import os, sys
from pathlib import Path
from collabpad.runtime import ServerRecord, publish
url = "http://127.0.0.1:5000"
kept = publish(Path(sys.argv[1]), 5000, ServerRecord(url, os.getpid(), "token-of-another", "1"))
print("published", flush=True)
sys.stdin.read()
"""


def another_server(folder: Path) -> subprocess.Popen[str]:
    return start_program(PUBLISH, folder, says="published")


def test_a_published_server_is_found_until_it_withdraws(tmp_path: Path) -> None:
    published = publish(tmp_path, 5000, HERE)
    assert running(tmp_path) == [HERE]
    published.withdraw()
    published.withdraw()
    assert running(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_its_token_is_for_its_owner_alone(tmp_path: Path) -> None:
    published = publish(tmp_path / "run", 5000, HERE)
    assert stat.S_IMODE(published.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(published.path.parent.stat().st_mode) == 0o700
    published.withdraw()


def test_a_killed_server_is_not_found_and_its_file_goes(tmp_path: Path) -> None:
    with another_server(tmp_path) as process:
        assert [server.pid for server in running(tmp_path)] == [process.pid]
        process.kill()
    assert list(tmp_path.glob("server-*"))
    assert running(tmp_path) == []
    assert not list(tmp_path.glob("server-*"))


def test_a_new_server_takes_the_place_of_a_killed_one(tmp_path: Path) -> None:
    with another_server(tmp_path) as process:
        process.kill()
    published = publish(tmp_path, 5000, HERE)
    assert published.path.name == "server-5000.json"
    assert running(tmp_path) == [HERE]
    published.withdraw()


def test_the_same_port_on_another_address_is_another_server(tmp_path: Path) -> None:
    with another_server(tmp_path) as process:
        published = publish(tmp_path, 5000, HERE)
        assert {server.pid for server in running(tmp_path)} == {process.pid, HERE.pid}
        published.withdraw()
        assert [server.pid for server in running(tmp_path)] == [process.pid]
        process.kill()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"url": "x"}', '{"pid": "x"}'])
def test_a_file_that_says_nothing_is_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "server-5000.json").write_text(content)
    assert running(tmp_path) == []


def test_no_folder_means_no_servers(tmp_path: Path) -> None:
    assert running(tmp_path / "none") == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="file"):
        publish(tmp_path / "file", 5000, HERE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such links by default")
def test_a_folder_that_somebody_planted_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(StartError, match="not safe"):
        running(tmp_path / "link")
