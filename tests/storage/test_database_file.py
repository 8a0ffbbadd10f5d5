"""The database is removed, replaced or emptied while somebody has it open."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collabpad.errors import NotSaved
from collabpad.locks import FolderLock
from collabpad.storage.sqlite import SqliteStore
from tests.harness import eventually
from tests.storage.conftest import OpenStore
from tests.storage.makers import message, outcome, run, stored, update

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="platform: Windows removes no file that is open"
)


def written(store: SqliteStore) -> SqliteStore:
    """A store with a session of some age."""
    store.create(stored("k")).wait()
    for seq in range(1, 4):
        store.append_update("k", update(seq)).wait()
    store.compact("k", 2, [b"state"]).wait()
    store.append_message("k", message(1), 200).wait()
    store.save_run("k", run()).wait()
    return store


def remove_file(path: Path) -> None:
    path.unlink()


def remove_all_files(path: Path) -> None:
    for each in path.parent.iterdir():
        each.unlink()


def remove_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def move_file(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path / "data" / "collabpad.db"


@pytest.mark.parametrize("remove", [remove_file, remove_all_files, remove_folder, move_file])
@pytest.mark.parametrize("writing", [True, False])
def test_what_was_kept_in_a_file_that_is_gone_is_written_to_a_new_one(
    path: Path,
    open_store: OpenStore,
    caplog: pytest.LogCaptureFixture,
    remove: Callable[[Path], None],
    writing: bool,
) -> None:
    store = written(open_store())
    remove(path)
    seq = 3
    if writing:  # at once: it is acknowledged only when it is in the new file
        seq = 4
        store.append_update("k", update(seq)).wait()
    eventually(path.exists, "a new database")
    eventually(lambda: "is gone: all was written to a new one" in caplog.text, "a line about it")
    store.append_update("k", update(seq + 1)).wait()
    assert store.saving
    loaded, runs, history = store.load("k"), store.runs("k"), list(store.history("k").updates)
    assert loaded is not None
    assert loaded.seq == seq + 1
    again = open_store()
    assert (again.load("k"), again.runs("k")) == (loaded, runs)
    assert list(again.history("k").updates) == history
    left = {each.name for each in path.parent.iterdir()}
    assert left <= {
        "collabpad.db",
        "server.lock",
        "moved.db",
        "collabpad.db-wal",
        "collabpad.db-shm",
    }
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nobody_else_gets_a_folder_that_was_made_anew(path: Path, open_store: OpenStore) -> None:
    store = written(open_store())
    remove_folder(path)
    store.append_update("k", update(4)).wait()
    with pytest.raises(Exception, match="is using the data folder"):
        FolderLock(path.parent)
    store.close()
    FolderLock(path.parent).release()


def test_a_folder_that_another_server_has_taken_is_left_alone(
    path: Path, open_store: OpenStore
) -> None:
    store = written(open_store())
    remove_folder(path)
    path.parent.mkdir(mode=0o700)
    lock = FolderLock(path.parent)
    (path.parent / "server.lock").write_text("1")
    assert isinstance(outcome(store.append_update("k", update(4))), NotSaved)
    assert not path.exists()
    lock.release()
    (path.parent / "server.lock").unlink()
    eventually(lambda: store.saving, "saving again")
    assert path.exists()


def replaced(path: Path, other: Path) -> None:
    SqliteStore(other).close()
    other.replace(path)


def emptied(path: Path, _other: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize(
    ("damage", "told"),
    [(replaced, "was replaced by another file"), (emptied, "was emptied by another program")],
)
def test_nothing_is_acknowledged_that_another_file_would_not_have(
    path: Path,
    tmp_path: Path,
    open_store: OpenStore,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path, Path], None],
    told: str,
) -> None:
    store = written(open_store())
    changes: list[bool] = []
    store.on_saving_changed = changes.append
    damage(path, tmp_path / "other.db")
    assert isinstance(outcome(store.append_update("k", update(4))), NotSaved)
    assert told in caplog.text
    assert caplog.text.count("Changes cannot be saved") == 1
    eventually(lambda: changes == [False], "people to be told")


def test_work_goes_on_in_memory_and_the_other_file_is_not_touched(
    path: Path, tmp_path: Path, open_store: OpenStore
) -> None:
    store = written(open_store())
    replaced(path, tmp_path / "other.db")
    before = path.read_bytes()
    assert isinstance(outcome(store.append_update("k", update(4))), NotSaved)
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.seq == 4
    store.close()
    assert path.read_bytes() == before


def test_a_removal_is_noticed_by_itself(
    path: Path, tmp_path: Path, open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = written(open_store())
    changes: list[bool] = []
    store.on_saving_changed = changes.append
    replaced(path, tmp_path / "other.db")
    eventually(lambda: changes == [False], "people to be told that nothing is saved")
    assert "was replaced by another file" in caplog.text


def test_the_right_file_can_be_put_back(path: Path, tmp_path: Path, open_store: OpenStore) -> None:
    store = written(open_store())
    kept = path.with_name("kept.db")
    os.link(path, kept)
    replaced(path, tmp_path / "other.db")
    assert isinstance(outcome(store.append_update("k", update(4))), NotSaved)
    kept.replace(path)
    eventually(lambda: store.saving, "saving again")
    assert store.settled("k").done
    loaded = open_store().load("k")
    assert loaded is not None
    assert loaded.seq == 4
