"""A document in the database: its snapshot, its updates and its history; nowhere else is it cut.

What writes runs inside a transaction of the caller's. What reads raises `ValueError`, `TypeError`
or `sqlite3.Error` where there is damage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from . import rows
from .packing import (
    PIECE_BYTES,
    PIECE_UPDATES,
    Unreadable,
    compress,
    decompress,
    pack,
    pack_updates,
    unpack,
    unpack_updates,
)
from .records import OldUpdates, Snapshot, UpdateRow
from .retention import Chunk, plan

INSERT_UPDATE: Final = (
    f"INSERT INTO updates (session, {rows.UPDATE_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608  of constants
)
_UPDATES: Final = f"SELECT {rows.UPDATE_COLUMNS} FROM updates WHERE session = ?"  # noqa: S608  of constants
_INSERT_HISTORY: Final = (
    "INSERT INTO history (session, first_seq, last_seq, data, base) VALUES (?, ?, ?, ?, ?)"
)


def save_document(
    db: sqlite3.Connection, key: str, snapshot: Snapshot | None, updates: Iterable[UpdateRow]
) -> None:
    """Keep a document that was not there before."""
    if snapshot is not None:
        _save_snapshot(db, key, snapshot)
    db.executemany(INSERT_UPDATE, ((key, *each) for each in updates))


def read_document(
    db: sqlite3.Connection, key: str
) -> tuple[Snapshot | None, tuple[UpdateRow, ...]]:
    """The snapshot and the updates after it."""
    snapshot = _read_snapshot(db, key)
    updates = db.execute(f"{_UPDATES} ORDER BY seq", (key,))
    return snapshot, _in_order(updates, after=_seq(snapshot))


def _in_order(found: Iterable[Sequence[Any]], *, after: int) -> tuple[UpdateRow, ...]:
    updates = tuple(map(rows.update, found))
    for expected, update in enumerate(updates, start=after + 1):
        if update.seq != expected:
            raise Unreadable(f"update {expected} of a document is missing")
    return updates


def _seq(snapshot: Snapshot | None) -> int:
    return 0 if snapshot is None else snapshot.seq


def _read_snapshot(db: sqlite3.Connection, key: str) -> Snapshot | None:
    row = db.execute("SELECT seq, parts FROM snapshots WHERE session = ?", (key,)).fetchone()
    return None if row is None else Snapshot(seq=int(row[0]), parts=tuple(unpack(row[1])))


def _save_snapshot(db: sqlite3.Connection, key: str, snapshot: Snapshot) -> None:
    db.execute(
        "REPLACE INTO snapshots (session, seq, parts) VALUES (?, ?, ?)",
        (key, snapshot.seq, pack(snapshot.parts)),
    )


def compact(db: sqlite3.Connection, key: str, snapshot: Snapshot, cap: int) -> None:
    """Put `snapshot` in the place of the updates up to it, and these into the history."""
    before = _read_snapshot(db, key)
    older = db.execute(f"{_UPDATES} AND seq <= ? ORDER BY seq", (key, snapshot.seq))
    moved = _in_order(older, after=_seq(before))
    if not moved:
        return  # the snapshot that is there is not older
    if moved[-1].seq != snapshot.seq:
        raise Unreadable(f"update {snapshot.seq} of a document is missing")
    _add_to_history(db, key, moved, before, cap)
    db.execute("DELETE FROM updates WHERE session = ? AND seq <= ?", (key, snapshot.seq))
    _save_snapshot(db, key, snapshot)


def _add_to_history(
    db: sqlite3.Connection,
    key: str,
    updates: Sequence[UpdateRow],
    before: Snapshot | None,
    cap: int,
) -> None:
    data = pack_updates(updates)
    base = None if before is None else pack(before.parts)
    new = Chunk(updates[0].seq, len(data), None if base is None else len(base))
    old = db.execute(
        "SELECT first_seq, length(data), length(base) FROM history WHERE session = ?"
        " ORDER BY first_seq",
        (key,),
    )
    to_do = plan([Chunk(*each) for each in old], new, cap)
    if to_do.keep_from is None:
        db.execute("DELETE FROM history WHERE session = ?", (key,))
        return
    db.execute("DELETE FROM history WHERE session = ? AND first_seq < ?", (key, to_do.keep_from))
    kept_base = compress(base) if base is not None and to_do.with_base else None
    db.execute(_INSERT_HISTORY, (key, new.first_seq, updates[-1].seq, data, kept_base))


def read_last_base(db: sqlite3.Connection, key: str, until: int) -> Snapshot | None:
    """The last base that is not after update `until`, or else the first."""
    snapshot = db.execute("SELECT seq FROM snapshots WHERE session = ?", (key,)).fetchone()
    if snapshot is not None and int(snapshot[0]) <= until:
        return _read_snapshot(db, key)
    last = db.execute(
        "SELECT first_seq, base FROM history WHERE session = ? AND first_seq <= ?"
        " AND base IS NOT NULL ORDER BY first_seq DESC LIMIT 1",
        (key, until + 1),
    ).fetchone()
    return read_base(db, key) if last is None else _unpack_base(*last)


def read_base(db: sqlite3.Connection, key: str) -> Snapshot | None:
    """What the oldest update of the history builds on; None where that is the very first."""
    oldest = db.execute(
        "SELECT first_seq, base FROM history WHERE session = ? ORDER BY first_seq LIMIT 1", (key,)
    ).fetchone()
    if oldest is None:
        return _read_snapshot(db, key)
    return _unpack_base(*oldest)


def _unpack_base(first_seq: int, base: bytes | None) -> Snapshot | None:
    if base is None:
        return None
    return Snapshot(seq=int(first_seq) - 1, parts=tuple(unpack(decompress(base))))


def read_on(db: sqlite3.Connection, key: str, seq: int) -> OldUpdates | Sequence[UpdateRow]:
    """Some of the updates after `seq`, packed or not, the next one first; none where it is the
    last. Packed ones may begin earlier."""
    chunk = db.execute(
        "SELECT first_seq, last_seq, data FROM history WHERE session = ? AND last_seq > ?"
        " ORDER BY first_seq LIMIT 1",
        (key, seq),
    ).fetchone()
    if chunk is not None:
        first_seq, last_seq, data = chunk
        if first_seq > seq + 1 or not isinstance(data, bytes):
            raise Unreadable(f"update {seq + 1} of a document is missing")
        return OldUpdates(first_seq=first_seq, last_seq=last_seq, data=data)
    found = db.execute(f"{_UPDATES} AND seq > ? ORDER BY seq LIMIT ?", (key, seq, PIECE_UPDATES))
    return _in_order(_first_of(found), after=seq)


def _first_of(found: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of a piece: no more of them than its bytes allow."""
    size = 0
    for row in found:
        yield row
        size += len(row[-1])
        if size >= PIECE_BYTES:
            return


def unpack_after(chunk: OldUpdates, seq: int) -> Iterator[Sequence[UpdateRow]]:
    """What is in a chunk after update `seq`; raises `Unreadable`, also in the middle."""
    for piece in unpack_updates(chunk.data, chunk.first_seq):
        if piece and piece[-1].seq > seq:
            yield [each for each in piece if each.seq > seq]
            seq = piece[-1].seq
    if seq < chunk.last_seq:
        raise Unreadable(f"update {seq + 1} of a document is missing")


def save_history(db: sqlite3.Connection, key: str, history: Iterable[OldUpdates]) -> None:
    """Keep the history of a document that was not there before."""
    db.executemany(
        _INSERT_HISTORY,
        ((key, each.first_seq, each.last_seq, each.data, each.base) for each in history),
    )
