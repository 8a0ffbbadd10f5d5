"""A disk that really is full: a small tmpfs of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from collabpad.errors import NotSaved, StartError
from collabpad.storage.sqlite import SqliteStore
from tests.harness import eventually
from tests.storage.makers import outcome, stored, update

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="platform: mounts a tmpfs")


class Disk:
    """A disk of one mebibyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        assert os.statvfs(self.folder).f_bavail == 0

    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "collabpad-test", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("kernel: there is no mount command")
    if mounted.returncode != 0:
        pytest.skip(f"kernel: no tmpfs can be mounted ({mounted.stderr.strip()})")
    yield Disk(folder)
    subprocess.run(["umount", str(folder)], check=True)


def test_what_is_written_on_a_full_disk_is_kept_in_memory_and_later_on_the_disk(
    disk: Disk,
) -> None:
    path = disk.folder / "collabpad.db"
    store = SqliteStore(path, retry_seconds=0.02)
    try:
        store.create(stored("k")).wait()
        store.append_update("k", update(1)).wait()
        disk.fill()
        seq = 1
        while store.saving:  # what the journal has room for already is still kept
            seq += 1
            outcome(store.append_update("k", update(seq, bytes(5000))))
        unsaved = store.append_update("k", update(seq + 1))
        assert isinstance(outcome(unsaved), NotSaved)
        loaded = store.load("k")
        assert loaded is not None
        assert loaded.seq == seq + 1, "reading sees what is in memory alone"
        disk.free()
        eventually(lambda: store.saving, "saving again")
        assert store.settled("k").done
        store.append_update("k", update(seq + 2)).wait()
    finally:
        store.close()
    store = SqliteStore(path)
    try:
        again = store.load("k")
        assert again is not None
        assert again.seq == seq + 2
        assert again.document[: seq + 1] == loaded.document
    finally:
        store.close()


def test_a_server_does_not_start_where_it_cannot_save(disk: Disk) -> None:
    path = disk.folder / "collabpad.db"
    disk.fill()
    with pytest.raises(StartError, match="full"):
        SqliteStore(path)
    assert [each.name for each in disk.folder.iterdir()] == ["filler"]
    disk.free()
    SqliteStore(path).close()
