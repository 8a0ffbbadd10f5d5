"""The database file: made private, brought to today's version, never taken for an empty one."""

from __future__ import annotations

import sqlite3
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collabpad.errors import Damaged, StartError
from collabpad.storage import database
from collabpad.storage.database import open_database
from collabpad.storage.migrations import MIGRATIONS
from collabpad.storage.records import Roles, Snapshot
from collabpad.storage.sqlite import SqliteStore
from tests.storage.conftest import OpenStore
from tests.storage.makers import message, participant, run, session_row, stored, update, updates

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")


def tamper(path: Path, sql: str) -> None:
    """Change the database behind the store's back."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)


def schema(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def version(db: sqlite3.Connection) -> int:
    (number,) = db.execute("PRAGMA user_version").fetchone()
    return int(number)


def refusal(path: Path, migrations: Sequence[str] = MIGRATIONS) -> str:
    """Why the database is not opened; the file must stay as it is."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StartError) as refused:
        open_database(path, migrations=migrations)
    assert (path.read_bytes() if path.is_file() else None) == before
    said = refused.value.message
    assert str(path) in said
    assert "\n" not in said
    return said


# --- its place --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="platform: file modes are POSIX's")
def test_only_its_owner_can_read_any_of_it(path: Path, open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored()).wait()
    files = sorted(path.parent.iterdir())
    assert [each.name for each in files] == [path.name, f"{path.name}-shm", f"{path.name}-wal"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="platform: file modes are POSIX's")
def test_a_copy_that_others_could_read_is_closed_to_them(path: Path, open_store: OpenStore) -> None:
    open_store().close()
    path.chmod(0o644)
    open_store()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_start_that_was_killed_while_making_it_does_no_harm(
    path: Path, open_store: OpenStore
) -> None:
    path.with_name(f"{path.name}.new").write_bytes(b"half of it")
    open_store().create(stored("k")).wait()
    assert open_store().load("k") is not None


def test_a_strict_store_waits_for_the_disk_and_another_does_not(path: Path) -> None:
    for strict, synchronous in ((True, 2), (False, 1)):
        with closing(open_database(path, strict=strict)) as db:
            assert db.execute("PRAGMA synchronous").fetchone() == (synchronous,)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


# --- what cannot be opened --------------------------------------------------------------------


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"These are not the bytes you are looking for. " * 100)
    assert "damaged or not a collabpad database" in refusal(path)


def test_an_empty_file_is_not_taken_for_an_empty_database(path: Path) -> None:
    path.touch()
    assert "is not a collabpad database" in refusal(path)


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    tamper(path, "CREATE TABLE bookmarks (url TEXT)")
    assert "is not a collabpad database" in refusal(path)


def test_a_database_of_a_newer_collabpad_is_refused(path: Path, open_store: OpenStore) -> None:
    open_store().close()
    tamper(path, f"PRAGMA user_version = {len(MIGRATIONS) + 2}")
    assert "made by a newer collabpad" in refusal(path)


@pytest.mark.parametrize("number", [0, -1])
def test_a_database_of_no_version_is_damaged(
    path: Path, open_store: OpenStore, number: int
) -> None:
    open_store().close()
    tamper(path, f"PRAGMA user_version = {number}")
    assert f"is damaged or not a collabpad database (its version is {number})" in refusal(path)


def test_a_database_whose_sessions_are_damaged_is_refused(
    path: Path, open_store: OpenStore
) -> None:
    store = open_store()
    store.create(stored()).wait()
    store.close()
    overwrite_table(path, "sessions")
    with pytest.raises(StartError, match="is damaged"):
        SqliteStore(path)


def test_a_database_cut_short_is_refused(path: Path, open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k", updates=[update(1, bytes(100_000))])).wait()
    store.close()
    path.write_bytes(path.read_bytes()[:5000])
    assert "damaged" in refusal(path)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store with two sessions."""
    path = tmp_path_factory.mktemp("sound") / "collabpad.db"
    store = SqliteStore(path)
    for key in ("one", "two"):
        store.create(stored(key, updates=updates(1, 3), participants=[participant()])).wait()
    store.close()
    return path.read_bytes()


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=300)), min_size=1, max_size=5
    ),
    st.floats(0, 1) | st.just(1.0),
)
@example([(0.02, b"\xff" * 200)], 1.0)  # the schema, which SQLite quotes in its complaint
@settings(deadline=None, max_examples=60, database=None)
def test_whatever_was_written_over_it_is_told_in_one_sentence(
    sound: bytes, damages: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray(sound[: max(1, round(len(sound) * kept))])
    for place, junk in damages:
        start = round(place * len(data))
        data[start : start + len(junk)] = junk
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collabpad.db"
        path.write_bytes(data)
        with suppress(StartError):  # the one way in which it may fail
            SqliteStore(path).close()


def test_a_journal_without_its_database_is_not_lost_from_sight(
    path: Path, open_store: OpenStore
) -> None:
    open_store().create(stored()).wait()
    path.rename(path.with_name("moved.db"))
    assert "its journal" in refusal(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot be used" in refusal(tmp_path / "nowhere" / "collabpad.db")


def test_a_folder_in_the_place_of_the_database_is_named(path: Path) -> None:
    path.mkdir()
    assert "cannot be used" in refusal(path)


def test_a_file_system_without_shared_memory_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_shared_memory(path: Path) -> sqlite3.Connection:
        # `unix-none` locks nothing and shares no memory, as network file systems do.
        vfs = "win32-none" if sys.platform == "win32" else "unix-none"
        return sqlite3.connect(f"{path.as_uri()}?vfs={vfs}", uri=True, isolation_level=None)

    monkeypatch.setattr(database, "connect", without_shared_memory)
    with pytest.raises(StartError, match="network drive"):
        open_database(path)


# --- one damaged session ----------------------------------------------------------------------


def overwrite_table(path: Path, name: str) -> None:
    """Overwrite the page at which a table begins."""
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM updates WHERE session = 'k' AND seq = 5",
        "UPDATE updates SET data = 'text' WHERE session = 'k' AND seq = 6",
        "UPDATE snapshots SET parts = x'0100' WHERE session = 'k'",
        "UPDATE snapshots SET parts = zeroblob(0) WHERE session = 'k'",
        "UPDATE snapshots SET parts = x'01000000ff00000000' WHERE session = 'k'",
        "DELETE FROM snapshots WHERE session = 'k'",
        "UPDATE roles SET write_mode = 'shouting' WHERE session = 'k'",
        "UPDATE roles SET muted = '{}' WHERE session = 'k'",
        "UPDATE participants SET viewer = 7 WHERE session = 'k'",
        "UPDATE messages SET at = 'noon' WHERE session = 'k'",
    ],
)
def test_a_session_that_cannot_be_read_says_so_and_the_others_work(
    damage: str, path: Path, open_store: OpenStore
) -> None:
    store = open_store()
    for key in ("k", "other"):
        parts = {"participants": (participant(),), "messages": (message(),)}
        store.create(stored(key, updates=updates(1, 6), **parts)).wait()
        store.compact(key, 4, [b"state of 4"]).wait()
    store.close()
    tamper(path, damage)
    store = open_store()
    with pytest.raises(Damaged):
        store.load("k")
    other = store.load("other")
    assert other is not None
    assert other.seq == 6


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sessions SET run_policy = 'anything' WHERE key = 'k'",
        "UPDATE sessions SET retired_ids = 'not JSON' WHERE key = 'k'",
        "UPDATE sessions SET created_at = 'long ago' WHERE key = 'k'",
        "UPDATE sessions SET title = x'ff' WHERE key = 'k'",
        "DELETE FROM roles WHERE session = 'k'",
    ],
)
def test_the_links_of_a_damaged_session_say_that_it_is_damaged(
    damage: str, path: Path, open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store()
    store.create(stored(session=session_row("k", session_id="join", view_id="view"))).wait()
    other = session_row("other")
    store.create(stored(session=other)).wait()
    store.close()
    tamper(path, damage)
    store = open_store()
    assert "Sessions that cannot be read: 1;" in caplog.text
    for link in ("join", "view"):
        with pytest.raises(Damaged):
            store.find(link)
    assert store.sessions() == [other]
    assert store.idle(before=float("inf")) == [other]


def test_damaged_pages_are_an_error_and_never_an_empty_document(
    path: Path, open_store: OpenStore
) -> None:
    store = open_store()
    store.create(stored("k", updates=updates(1, 6))).wait()
    store.close()
    overwrite_table(path, "updates")
    store = open_store()
    with pytest.raises(Damaged):
        store.load("k")
    with pytest.raises(Damaged):
        list(store.history("k").updates)


def test_a_damaged_chunk_of_history_leaves_the_document_alone(
    path: Path, open_store: OpenStore
) -> None:
    store = open_store()
    store.create(stored("k", updates=updates(1, 6))).wait()
    store.compact("k", 4, [b"state of 4"]).wait()
    store.close()
    tamper(path, "UPDATE history SET data = substr(data, 1, 20)")
    store = open_store()
    with pytest.raises(Damaged):
        list(store.history("k").updates)
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.seq == 6


# --- versions ---------------------------------------------------------------------------------


def test_a_database_of_version_1_opens_with_all_that_is_in_it(
    path: Path, open_store: OpenStore
) -> None:
    tamper(path, VERSION_1)
    store = open_store()
    row = store.find("old-1")
    assert row is not None
    assert row == session_row(
        "key-1", session_id="join-1", view_id="view-1", retired_ids=frozenset({"old-1"})
    )
    loaded = store.load("key-1")
    assert loaded is not None
    assert loaded.roles == Roles(version=3, host_id="person-1", pen_id="person-2")
    assert loaded.participants == (participant(1),)
    assert loaded.messages == (message(1), message(2, system=True, participant_id=None))
    assert loaded.snapshot == Snapshot(seq=5, parts=(b"state of 5", b"waits"))
    assert loaded.updates == (update(6),)
    history = store.history("key-1")
    assert list(history.updates) == updates(1, 6)
    assert set(history.authors) == {"person-1", "person-2"}
    assert store.run("key-1", "run-1") == run(1)


def test_an_old_database_gets_the_schema_of_a_new_one(path: Path, tmp_path: Path) -> None:
    tamper(path, VERSION_1)
    with closing(open_database(path)) as old, closing(open_database(tmp_path / "new.db")) as new:
        assert schema(old) == schema(new)
        assert version(old) == version(new) == len(MIGRATIONS) + 1


STEPS = (
    """
    ALTER TABLE sessions ADD COLUMN motto TEXT NOT NULL DEFAULT '';
    UPDATE sessions SET motto = title
    """,
    "CREATE TABLE marks (session TEXT, seq INTEGER)",
)


def test_each_step_to_a_newer_version_is_taken_once(path: Path, tmp_path: Path) -> None:
    tamper(path, VERSION_1)
    open_database(path, migrations=STEPS[:1]).close()
    with closing(open_database(path, migrations=STEPS)) as db:
        assert version(db) == 3
        assert db.execute("SELECT motto = title FROM sessions").fetchone() == (1,)
        with closing(open_database(tmp_path / "new.db", migrations=STEPS)) as new:
            assert schema(new) == schema(db)
    with closing(open_database(path, migrations=STEPS)) as again:
        assert version(again) == 3


def test_a_step_that_fails_leaves_the_database_as_it_was(path: Path) -> None:
    tamper(path, VERSION_1)
    broken = (STEPS[0] + "; UPDATE absent SET x = 1",)
    assert "no such table: absent" in refusal(path, migrations=broken)
    with closing(open_database(path, migrations=())) as db:
        assert version(db) == 1
        assert "motto" not in dict(schema(db))["sessions"]
