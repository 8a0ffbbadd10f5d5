"""Writes into a session without end, and prints each update's number once it is acknowledged.

    python -m gevent.monkey --module tests.storage.writer DATABASE [strict]

Goes on where an earlier one was killed. The parent knows what every update holds.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from collabpad.storage.commit import Commit
from collabpad.storage.sqlite import SqliteStore
from tests.storage.makers import session_row, stored, update

KEY = "k"
IN_FLIGHT = 5
COMPACT_EVERY = 150
CHECKPOINT_PAGES = 40  # far fewer than by default, so that a crash can fall into a checkpoint


class Onlooker:
    """Somebody who looks into the database, so that it cannot take the whole journal over."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)

    def look(self) -> None:
        if self._db.in_transaction:
            self._db.execute("COMMIT")
        self._db.execute("BEGIN")
        self._db.execute("SELECT count(*) FROM sessions").fetchone()


def write_on(store: SqliteStore, seq: int, onlooker: Onlooker) -> None:
    waiting: list[Commit] = []
    while True:
        seq += 1
        commit = store.append_update(KEY, update(seq))
        commit.then(lambda done, seq=seq: acknowledge(done, seq))  # type: ignore[misc]
        waiting.append(commit)
        if seq % COMPACT_EVERY == 0:
            store.compact(KEY, seq, [b"state of %d" % seq])
            onlooker.look()
        if len(waiting) == IN_FLIGHT:
            waiting.pop(0).wait()


def check_point_often(db: sqlite3.Connection) -> None:
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def acknowledge(commit: Commit, seq: int) -> None:
    if commit.error is None:
        os.write(1, b"%d\n" % seq)


def main() -> None:
    path = Path(sys.argv[1])
    store = SqliteStore(path, strict="strict" in sys.argv)
    store._worker.read(KEY, check_point_often)
    loaded = store.load(KEY)
    if loaded is None:
        store.create(stored(session=session_row(KEY, session_id="join"))).wait()
    write_on(store, 0 if loaded is None else loaded.seq, Onlooker(path))


if __name__ == "__main__":
    main()
