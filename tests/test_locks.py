"""A folder has one server at a time, however the last one ended."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collabpad.errors import StartError
from collabpad.locks import FolderLock, create_private, private_folder
from tests.processes import start_program

HOLD = """
import sys
from pathlib import Path
from collabpad.locks import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    return start_program(HOLD, folder, says="held")


def test_the_second_server_is_told_of_the_first_and_what_to_do(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        with pytest.raises(StartError) as caught:
            FolderLock(tmp_path)
        first.kill()
    assert f"process {first.pid}" in caught.value.message
    assert "--data-dir" in caught.value.message


def test_a_killed_server_leaves_no_lock(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        first.kill()
    lock = FolderLock(tmp_path)
    assert (tmp_path / "server.lock").read_text() == str(os.getpid())
    lock.release()


def test_a_lock_is_given_back_once_and_for_all(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "new" / "folder")
    lock.release()
    lock.release()
    FolderLock(tmp_path / "new" / "folder").release()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StartError, match=r"--data-dir") as caught:
            FolderLock(folder)
        assert str(folder) in caught.value.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
class TestPrivacy:
    def test_a_made_folder_is_its_owners_alone(self, tmp_path: Path) -> None:
        folder = private_folder(tmp_path / "a" / "b")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_an_open_one_is_closed(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o777)
        private_folder(tmp_path)
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_a_link_to_elsewhere_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with pytest.raises(StartError, match="not safe"):
            private_folder(tmp_path / "link")

    @pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="kernel: needs root")
    def test_somebody_elses_is_refused(self, tmp_path: Path) -> None:
        theirs = tmp_path / "theirs"
        theirs.mkdir()
        os.chown(theirs, 12345, 12345)
        with pytest.raises(StartError, match="not safe"):
            private_folder(theirs)

    def test_a_private_file_is_new_and_its_owners_alone(self, tmp_path: Path) -> None:
        with create_private(tmp_path / "secret") as file:
            file.write(b"x")
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
        with pytest.raises(FileExistsError):
            create_private(tmp_path / "secret")

    def test_a_planted_link_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "secret").symlink_to(tmp_path / "target")
        with pytest.raises(FileExistsError):
            create_private(tmp_path / "secret")
        assert not (tmp_path / "target").exists()
