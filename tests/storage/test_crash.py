"""kill -9 and power cuts in the middle of writing: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import select
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from collabpad.storage.sqlite import SqliteStore
from tests.storage.conftest import GEVENT, ROOT
from tests.storage.makers import update

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="platform: stops processes by signals"),
]

PATIENCE = 30.0
WAL_HEADER, FRAME_HEADER = 32, 24  # bytes; sqlite.org/fileformat.html#the_write_ahead_log
BACKFILL_ATTEMPTED_AT = 128  # in the shared memory; sqlite.org/walformat.html


class Writer:
    """A process that writes; `acknowledged` is the last update that it said to be kept."""

    def __init__(self, path: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [*GEVENT, "tests.storage.writer", str(path), *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._rest = b""
        self.acknowledged = 0

    def acknowledge(self, more: int) -> None:
        """Wait until so many more updates are acknowledged."""
        wanted = self.acknowledged + more
        while self.acknowledged < wanted:
            assert self._said_within(PATIENCE), "the writer says nothing"
            assert self._listen(), "the writer has ended"

    def _said_within(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _listen(self) -> bool:
        assert self._process.stdout is not None
        said = self._process.stdout.read(65536)
        *lines, self._rest = (self._rest + said).split(b"\n")
        for each in lines:
            assert int(each) == self.acknowledged + 1 or self.acknowledged == 0
            self.acknowledged = int(each)
        return bool(said)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The process stands still, with its files as they are."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)
        while self._said_within(0):
            self._listen()
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        while self._listen():
            pass
        self._process.wait()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def kept(path: Path) -> int:
    """How many updates are there; every one must be as it was written."""
    store = SqliteStore(path)
    try:
        loaded = store.load("k")
        if loaded is None:
            return 0
        history = list(store.history("k").updates)
    finally:
        store.close()
    assert [each.seq for each in history] == list(range(1, loaded.seq + 1))
    assert history == [update(each.seq) for each in history]
    if loaded.snapshot is not None:
        assert loaded.snapshot.parts == (b"state of %d" % loaded.snapshot.seq,)
    return loaded.seq


@pytest.mark.parametrize("options", [(), ("strict",)])
def test_a_killed_server_has_kept_all_that_it_acknowledged(
    path: Path, options: tuple[str, ...]
) -> None:
    random = Random(7)
    for _ in range(4):
        with Writer(path, *options) as writer:
            writer.acknowledge(random.randint(1, 400))
            writer.kill()
            assert kept(path) >= writer.acknowledged > 0


def copy(path: Path, folder: Path) -> Path:
    """The files as they are at this moment, without the shared memory, which no crash leaves."""
    folder.mkdir()
    for each in (path, path.with_name(f"{path.name}-wal")):
        shutil.copyfile(each, folder / each.name)
    return folder / path.name


def frames_on_disk(path: Path, page_size: int = 4096) -> int:
    """Bytes of the journal that the disk has for sure: those that the database has taken over."""
    shared = path.with_name(f"{path.name}-shm").read_bytes()
    (frames,) = struct.unpack_from("=I", shared, BACKFILL_ATTEMPTED_AT)
    return WAL_HEADER + frames * (page_size + FRAME_HEADER) if frames else 0


def cut_power(database: Path, safe: int, random: Random, *, torn: bool) -> None:
    """Lose the end of the journal, which the disk need not have; `torn` leaves rubbish there."""
    journal = database.with_name(f"{database.name}-wal")
    data = journal.read_bytes()
    end = random.randint(min(safe, len(data)), len(data))
    rest = random.randbytes(len(data) - end) if torn else b""
    journal.write_bytes(data[:end] + rest)


def test_after_a_power_cut_there_is_a_prefix_of_what_was_acknowledged(
    path: Path, tmp_path: Path
) -> None:
    random = Random(11)
    before = lost = synced = 0
    with Writer(path) as writer:
        for number in range(12):
            writer.acknowledge(random.randint(1, 150))
            with writer.stopped():
                safe = frames_on_disk(path)
                synced += safe
                newest = kept(copy(path, tmp_path / f"{number}-killed"))
                assert newest >= writer.acknowledged > before
                before = writer.acknowledged
                for torn in (False, True):
                    after = copy(path, tmp_path / f"{number}-{torn}")
                    cut_power(after, safe, random, torn=torn)
                    found = kept(after)
                    assert found <= newest
                    lost += newest - found
    assert lost, "no cut was deep enough to lose anything: the test shows nothing"
    assert synced, "no cut fell on a journal that was partly in the database already"
