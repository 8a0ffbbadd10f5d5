"""What SQLite's store does beyond the contract: it keeps, groups, waits and catches up."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from collabpad.errors import CollabpadError, NotSaved
from collabpad.storage.commit import Commit
from collabpad.storage.records import Roles, Snapshot
from collabpad.storage.sqlite import SqliteStore
from tests.harness import eventually
from tests.storage.conftest import OpenStore
from tests.storage.makers import (
    NOON,
    message,
    outcome,
    participant,
    run,
    session_row,
    stored,
    update,
    updates,
)

PATIENCE = 10.0
LARGE = bytes(200_000)


class Held:
    """The store's thread stands still inside of this, so that writes queue up."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._standing, self._go_on = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        def stand(_db: sqlite3.Connection) -> None:
            self._standing.set()
            self._go_on.wait(PATIENCE)

        self._store._worker.read("", stand)

    def __enter__(self) -> Held:
        self._thread.start()
        assert self._standing.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self._thread.join()


def in_thread(store: SqliteStore, sql: str) -> list[tuple[object, ...]]:
    """Ask the store's own connection."""
    return store._worker.read("", lambda db: db.execute(sql).fetchall())


def fill_disk(store: SqliteStore) -> None:
    ((pages,),) = in_thread(store, "PRAGMA page_count")
    in_thread(store, f"PRAGMA max_page_count = {pages}")


def free_disk(store: SqliteStore) -> None:
    in_thread(store, "PRAGMA max_page_count = 1000000")


class Saving:
    """Notes each change of whether the store saves, and waits for one."""

    def __init__(self, store: SqliteStore) -> None:
        self.changes: list[bool] = []
        self._changed = threading.Condition()
        store.on_saving_changed = self._note

    def _note(self, saving: bool) -> None:
        with self._changed:
            self.changes.append(saving)
            self._changed.notify_all()

    def becomes(self, *changes: bool) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.changes == list(changes), PATIENCE)


# --- keeping ----------------------------------------------------------------------------------


def test_everything_is_there_again_after_a_restart(open_store: OpenStore) -> None:
    store = open_store()
    row = session_row("k", session_id="join")
    store.create(stored(session=row, updates=updates(1, 3)))
    store.compact("k", 3, [b"state of 3", b"waits"])
    store.append_update("k", update(4))
    store.save_participant("k", participant())
    store.append_message("k", message(), cap=200)
    store.save_run("k", run())
    store.swap_roles("k", Roles(), Roles(version=1, host_id="person-1"))
    renamed = replace(row, title="Renamed", session_id="new", retired_ids=frozenset({"join"}))
    store.save_session(renamed)
    store = open_store()
    assert store.load("k") == stored(
        session=renamed,
        roles=Roles(version=1, host_id="person-1"),
        participants=(participant(),),
        messages=(message(),),
        snapshot=Snapshot(seq=3, parts=(b"state of 3", b"waits")),
        updates=(update(4),),
    )
    assert store.find("join") == store.find("new") == renamed
    assert list(store.history("k").updates) == updates(1, 4)
    assert store.run("k", "run-1") == run()
    assert not store.swap_roles("k", Roles(), Roles(version=1))
    assert store.swap_roles("k", Roles(version=1), Roles(version=2))


def test_a_deleted_session_stays_deleted(open_store: OpenStore, path: Path) -> None:
    store = open_store()
    store.create(stored("k", participants=(participant(),), updates=updates(1, 9)))
    store.compact("k", 5, [b"state"])
    store.append_message("k", message(), cap=200)
    store.save_run("k", run())
    store.delete("k")
    store = open_store()
    assert store.sessions() == []
    for table in ("participants", "roles", "messages", "updates", "snapshots", "history", "runs"):
        assert in_thread(store, f"SELECT * FROM {table}") == []


def test_a_loaded_session_knows_when_compaction_is_due(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k", updates=updates(1, 600)))
    store = open_store()
    assert not store.compaction_due("k")
    store.load("k")
    assert store.compaction_due("k")


def test_activity_is_kept_by_the_minute_and_at_the_end(open_store: OpenStore) -> None:
    def on_disk() -> object:
        ((at,),) = in_thread(store, "SELECT active_at FROM sessions")
        return at

    store = open_store()
    store.create(stored("k"))
    store.touch("k", NOON + 59)
    assert on_disk() == NOON
    store.touch("k", NOON + 60)
    assert on_disk() == NOON + 60
    store.touch("k", NOON + 100)
    assert on_disk() == NOON + 60
    store = open_store()
    assert on_disk() == NOON + 100


def remember(told: list[int], number: int, _commit: Commit) -> None:
    told.append(number)


# --- together and in order --------------------------------------------------------------------


def test_what_queues_up_is_committed_together_and_told_in_order(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    asked: list[str] = []
    store._worker.read("", lambda db: db.set_trace_callback(lambda sql: asked.append(sql[:6])))
    told: list[int] = []
    with Held(store):
        commits = [store.append_update("k", update(seq)) for seq in range(1, 101)]
        for seq, commit in enumerate(commits, start=1):
            commit.then(partial(remember, told, seq))
        assert not any(each.done for each in commits)
    store.load("k")
    assert asked[:102] == ["BEGIN ", *["INSERT"] * 100, "COMMIT"]
    assert told == list(range(1, 101))


def test_a_read_sees_exactly_the_writes_before_it(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    seen: list[int] = []

    def read() -> None:
        loaded = store.load("k")
        assert loaded is not None
        seen.append(loaded.seq)

    with Held(store):
        store.append_update("k", update(1))
        reader = threading.Thread(target=read)
        put = store._worker._queue.qsize()
        reader.start()
        eventually(lambda: store._worker._queue.qsize() > put, "the read in the queue")
        store.append_update("k", update(2))
    reader.join()
    assert seen == [1]


def test_a_session_is_settled_when_its_last_write_is_kept(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    store.create(stored("other")).wait()
    assert store.settled("k").done
    with Held(store):
        store.append_update("k", update(1))
        settled = store.settled("k")
        assert not settled.done
        assert store.settled("other").done
    settled.wait()
    assert store.settled("k").done


def test_closing_keeps_all_that_was_asked_for(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    with Held(store):
        commits = [store.append_update("k", update(seq)) for seq in range(1, 2001)]
        closing = threading.Thread(target=store.close)
        closing.start()
    closing.join()
    assert [outcome(each) for each in commits] == [None] * 2000
    loaded = open_store().load("k")
    assert loaded is not None
    assert loaded.seq == 2000


def test_a_closed_store_says_that_nothing_is_saved(open_store: OpenStore, path: Path) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    store.close()
    assert isinstance(outcome(store.append_update("k", update(1))), NotSaved)
    with pytest.raises(NotSaved):
        store.load("k")
    store.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_write_that_can_never_be_kept_is_an_error_of_its_own(
    open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store()
    store.create(stored("k", messages=(message(1),))).wait()
    with Held(store):
        good = store.append_message("k", message(2), cap=200)
        twice = store.append_message("k", message(1), cap=200)
        surrogate = store.append_message("k", message(3, message="\ud800"), cap=200)
        after = store.append_message("k", message(4), cap=200)
    assert [outcome(good), outcome(after)] == [None, None]
    for each in (twice, surrogate):
        error = outcome(each)
        assert isinstance(error, CollabpadError)
        assert error.code == "internal"
    assert store.saving
    assert store.settled("k").done
    assert "was refused" in caplog.text
    loaded = store.load("k")
    assert loaded is not None
    assert [each.id for each in loaded.messages] == [1, 2, 4]


def test_whoever_fails_when_told_does_not_keep_the_others_from_it(
    open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    told: list[str] = []

    def fail(_commit: Commit) -> None:
        raise RuntimeError("cannot be told")

    with Held(store):
        commit = store.append_update("k", update(1))
        commit.then(fail)
        commit.then(lambda _commit: told.append("same write"))
        store.append_update("k", update(2)).then(lambda _commit: told.append("next write"))
    store.load("k")
    assert told == ["same write", "next write"]
    assert "A callback of a write failed" in caplog.text


# --- a full disk ------------------------------------------------------------------------------


def test_on_a_full_disk_people_are_told_and_nothing_is_lost(
    open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    saving = Saving(store)
    fill_disk(store)
    assert isinstance(outcome(store.append_update("k", update(1, LARGE))), NotSaved)
    assert saving.becomes(False)
    assert not store.saving
    assert isinstance(outcome(store.append_update("k", update(2))), NotSaved)
    assert store.swap_roles("k", Roles(), Roles(version=1, host_id="person-1"))
    assert isinstance(outcome(store.settled("k")), NotSaved)
    free_disk(store)
    assert saving.becomes(False, True)
    assert store.settled("k").done
    store.append_update("k", update(3)).wait()
    loaded = open_store().load("k")
    assert loaded is not None
    assert loaded.document == [LARGE, update(2).data, update(3).data]
    assert loaded.roles.host_id == "person-1"
    assert "disk is full" in caplog.text
    assert "saved again" in caplog.text


def test_what_still_waits_when_there_is_room_again_is_kept(open_store: OpenStore) -> None:
    store = open_store(retry_seconds=60)
    store.create(stored("k")).wait()
    fill_disk(store)
    assert isinstance(outcome(store.append_update("k", update(1, LARGE))), NotSaved)
    free_disk(store)
    # Tried at the first write that comes when the pause after the failure is over.
    seq = 2
    while isinstance(outcome(store.append_update("k", update(seq))), NotSaved):
        seq += 1
    assert store.saving
    loaded = store.load("k")
    assert loaded is not None
    assert [each.seq for each in loaded.updates] == list(range(1, seq + 1))


def test_other_sessions_are_as_settled_as_they_were(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    store.create(stored("other")).wait()
    fill_disk(store)
    assert isinstance(outcome(store.append_update("k", update(1, LARGE))), NotSaved)
    assert store.settled("other").done
    assert store.settled("other").error is None


def test_a_session_that_cannot_be_created_leaves_nothing_behind(open_store: OpenStore) -> None:
    store = open_store()
    fill_disk(store)
    made = stored("k", updates=(update(1, LARGE),))
    assert isinstance(outcome(store.create(made)), NotSaved)
    assert store.find(made.session.session_id) is None
    assert store.sessions() == []
    assert store.settled("k").done
    free_disk(store)
    store = open_store()
    assert store.sessions() == []
    store.create(made).wait()


def test_a_session_is_not_compacted_while_nothing_is_saved(open_store: OpenStore) -> None:
    store = open_store()
    store.create(stored("k", updates=updates(1, 600))).wait()
    assert store.compaction_due("k")
    fill_disk(store)
    outcome(store.append_update("k", update(601, LARGE)))
    assert not store.compaction_due("k")


def test_what_cannot_be_read_for_want_of_room_is_not_read_without_its_newest_writes(
    open_store: OpenStore,
) -> None:
    store = open_store()
    store.create(stored("k")).wait()
    store.create(stored("other", updates=updates(1, 2))).wait()
    fill_disk(store)
    outcome(store.append_update("k", update(1, LARGE)))
    with pytest.raises(NotSaved):
        store.load("k")
    other = store.load("other")
    assert other is not None
    assert other.seq == 2


def test_what_is_lost_at_the_end_is_said(
    open_store: OpenStore, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(retry_seconds=60)
    store.create(stored("k")).wait()
    fill_disk(store)
    outcome(store.append_update("k", update(1, LARGE)))
    outcome(store.append_update("k", update(2)))
    store.close()
    assert "2 changes could not be saved and are lost" in caplog.text
    loaded = open_store().load("k")
    assert loaded is not None
    assert loaded.seq == 0


def test_closing_tries_once_more(open_store: OpenStore) -> None:
    store = open_store(retry_seconds=60)
    store.create(stored("k")).wait()
    fill_disk(store)
    outcome(store.append_update("k", update(1, LARGE)))
    free_disk(store)
    store.close()
    loaded = open_store().load("k")
    assert loaded is not None
    assert loaded.seq == 1


# --- the promise ------------------------------------------------------------------------------


def told_while_it_is_resolved() -> list[int]:
    """What five callbacks say that one thread gives to a commit while another resolves it."""
    commit, start = Commit(), threading.Barrier(2)
    told: list[int] = []

    def ask() -> None:
        start.wait()
        for number in range(5):
            commit.then(partial(remember, told, number))

    asking = threading.Thread(target=ask)
    asking.start()
    start.wait()
    commit.resolve()
    asking.join()
    return sorted(told)


def test_a_commit_tells_everyone_once_whichever_thread_comes_first() -> None:
    for _ in range(300):
        assert told_while_it_is_resolved() == list(range(5))


@pytest.mark.parametrize("make", [Commit, lambda: Commit(done=True)])
def test_a_failed_commit_raises_what_made_it_fail(make: Callable[[], Commit]) -> None:
    commit = make()
    if not commit.done:
        commit.resolve(NotSaved("full"))
        with pytest.raises(NotSaved, match="full"):
            commit.wait()
    else:
        commit.wait()
