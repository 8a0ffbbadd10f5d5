"""A store among greenlets: they wait for it side by side, and are called back where they may wait.

python -m gevent.monkey --module tests.storage.greenlets DATABASE
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import suppress
from pathlib import Path

import gevent
from gevent.event import Event
from gevent.monkey import get_original

from collabpad.errors import NotSaved
from collabpad.storage.commit import Commit
from collabpad.storage.sqlite import SqliteStore
from collabpad.storage.worker import open_bridge
from tests.storage.makers import message, outcome, stored, update

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
        gevent.sleep(0.001 if saving else 0.1)
        told.append((saving, native_thread()))
        if saving:
            again.set()

    store.on_saving_changed = note
    limit(0)
    assert isinstance(outcome(store.append_update("k", update(502, bytes(200_000)))), NotSaved)
    limit(1_000_000)
    assert again.wait(10)
    assert told == [(False, native_thread()), (True, native_thread())]


def stand_still(store: SqliteStore, seconds: float) -> None:
    """Have the store's thread do nothing, and wait for that."""
    sleep = get_original("time", "sleep")
    store._worker.read("", lambda _db: sleep(seconds))


def check_locks(store: SqliteStore) -> None:
    """Being called back may take a lock whose owner waits for a write, as a session's does."""
    lock, entered, told = threading.Lock(), Event(), []

    def join() -> None:
        with lock:
            entered.set()
            store.append_message("k", message(1), cap=200).wait()
            store.load("k")

    def tell(_commit: Commit) -> None:
        with lock:
            told.append("told")

    gevent.spawn(stand_still, store, 0.1)
    gevent.sleep(0)  # so that all that follows is committed together
    joining = gevent.spawn(join)
    commits = [store.append_message("k", message(number), cap=200) for number in range(2, 50)]
    for each in commits:
        each.then(tell)
    assert entered.wait(10)
    joining.get(timeout=10)
    store.settled("k").wait()
    with gevent.Timeout(10):
        while len(told) < len(commits):
            gevent.sleep(0.001)


def check_lane(_store: SqliteStore) -> None:
    """Who is told first may wait for who is told next, also when both are told at once."""
    bridge, first_may_go, went = open_bridge(), Event(), Event()

    def first() -> None:
        if first_may_go.wait(10):
            went.set()

    def tell_both() -> None:
        bridge.call_on_loop(first)
        bridge.call_on_loop(first_may_go.set)

    bridge.start(tell_both)
    get_original("time", "sleep")(0.1)  # the loop hears nothing meanwhile
    assert went.wait(20)
    bridge.close()


def check_patience(store: SqliteStore) -> None:
    """A greenlet that gives up waiting leaves the store as it was."""
    with suppress(gevent.Timeout), gevent.Timeout(0.05):
        stand_still(store, 0.2)
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.seq == 502


CHECKS = (
    check_waiting,
    check_callbacks,
    check_locks,
    check_saving,
    check_lane,
    check_patience,
)


def main() -> None:
    store = SqliteStore(Path(sys.argv[1]), retry_seconds=0.02)
    for check in CHECKS:
        check(store)
    store.close()
    store.close()
    sys.stdout.write("ok")


if __name__ == "__main__":
    main()
