"""A store among greenlets: they wait for it side by side, and are called back where they may wait.

python -m gevent.monkey --module tests.storage.greenlets DATABASE
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path

import gevent
from gevent.event import Event
from gevent.monkey import get_original

from collabpad.errors import NotSaved
from collabpad.storage.base import Commit
from collabpad.storage.sqlite import SqliteStore
from tests.storage.makers import outcome, stored, update

native_thread = get_original("_thread", "get_ident")


def check_waiting(store: SqliteStore) -> None:
    """Many write and wait at once; each is answered, in the order of the writes."""
    store.create(stored("k")).wait()
    done: list[int] = []

    def write(seq: int) -> None:
        store.append_update("k", update(seq)).wait()
        done.append(seq)

    gevent.joinall([gevent.spawn(write, seq) for seq in range(1, 501)], raise_error=True)
    assert done == list(range(1, 501))


def check_callbacks(store: SqliteStore) -> None:
    """They run in the loop's own thread, and may wait and ask the store themselves."""
    threads, seqs, told = [], [], Event()

    def callback(_commit: Commit) -> None:
        threads.append(native_thread())
        gevent.sleep(0.001)
        loaded = store.load("k")
        assert loaded is not None
        seqs.append(loaded.seq)
        told.set()

    store.append_update("k", update(501)).then(callback)
    assert told.wait(10)
    assert threads == [native_thread()]
    assert seqs == [501]


def check_saving(store: SqliteStore) -> None:
    """Changes of saving are told on the loop too."""

    def limit(pages: int) -> None:
        def set_limit(db: sqlite3.Connection) -> None:
            (now,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages or now}")

        store._worker.read("", set_limit)

    told: list[tuple[bool, int]] = []
    again = Event()

    def note(saving: bool) -> None:
        told.append((saving, native_thread()))
        if saving:
            again.set()

    store.on_saving_changed = note
    limit(0)
    assert isinstance(outcome(store.append_update("k", update(502, bytes(200_000)))), NotSaved)
    limit(1_000_000)
    assert again.wait(10)
    assert told == [(False, native_thread()), (True, native_thread())]


def check_patience(store: SqliteStore) -> None:
    """A greenlet that gives up waiting leaves the store as it was."""
    sleep = get_original("time", "sleep")
    with gevent.Timeout(0.05, False):
        store._worker.read("", lambda _db: sleep(0.2))
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.seq == 502


def main() -> None:
    assert threading.current_thread() is threading.main_thread()
    store = SqliteStore(Path(sys.argv[1]), retry_seconds=0.02)
    for check in (check_waiting, check_callbacks, check_saving, check_patience):
        check(store)
    store.close()
    store.close()
    sys.stdout.write("ok")


if __name__ == "__main__":
    main()
