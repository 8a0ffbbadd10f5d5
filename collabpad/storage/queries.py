"""The SQL of sessions, people, chat and runs; that of documents is in compaction.py.

What reads raises `ValueError`, `TypeError` or `sqlite3.Error` where there is damage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from ..protocol.enums import WriteMode
from . import rows
from .catalog import Catalog
from .compaction import read_document, save_document, save_history
from .packing import Unreadable
from .records import Author, MessageRow, Roles, RunRow, StoredSession
from .store import RUNS_KEPT


def _insert(table: str, columns: str) -> str:
    places = ", ".join("?" for _ in columns.split(","))
    return f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  of constants


UPDATE_SESSION: Final = (
    f"UPDATE sessions SET ({rows.SESSION_COLUMNS}) ="  # noqa: S608  of constants
    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), spared = 0"
    " WHERE key = ?"
)
TOUCH_SESSION: Final = "UPDATE sessions SET active_at = ?, spared = ? WHERE key = ?"
SPARE_SESSIONS: Final = "UPDATE sessions SET spared = spared + ?"
DELETE_SESSION: Final = "DELETE FROM sessions WHERE key = ?"
SAVE_PARTICIPANT: Final = (
    f"{_insert('participants', f'session, {rows.PARTICIPANT_COLUMNS}')}"
    " ON CONFLICT (session, id) DO UPDATE SET resume_hash = excluded.resume_hash,"
    " name = excluded.name, color = excluded.color, viewer = excluded.viewer,"
    " holds_key = excluded.holds_key, joined_at = excluded.joined_at,"
    " wants_write = excluded.wants_write, stayed = excluded.stayed, seen_at = excluded.seen_at,"
    " gone = 0"
)
FORGET_PARTICIPANT: Final = (
    "UPDATE participants SET gone = 1, resume_hash = '' WHERE session = ? AND id = ?"
)
SAVE_TEXT_SIZE: Final = "REPLACE INTO text_sizes (session, seq, bytes) VALUES (?, ?, ?)"
_INSERT_SESSION: Final = _insert("sessions", rows.SESSION_COLUMNS)
_INSERT_ROLES: Final = _insert("roles", f"session, {rows.ROLES_COLUMNS}")
_INSERT_MESSAGE: Final = _insert("messages", f"session, {rows.MESSAGE_COLUMNS}")
_INSERT_RUN: Final = _insert("runs", f"session, {rows.RUN_COLUMNS}")

# --- writes of more than one statement --------------------------------------------------------


class OutOfStep(RuntimeError):
    """The database does not hold what this process, its only writer, has written."""


def create(db: sqlite3.Connection, stored: StoredSession) -> None:
    key = stored.session.key
    db.execute(_INSERT_SESSION, rows.session_values(stored.session))
    db.execute(_INSERT_ROLES, (key, *rows.roles_values(stored.roles)))
    people = ((key, *rows.participant_values(each)) for each in stored.participants)
    db.executemany(SAVE_PARTICIPANT, people)
    authors = [(key, *rows.participant_values(each)) for each in stored.authors]
    db.executemany(SAVE_PARTICIPANT, authors)
    db.executemany(FORGET_PARTICIPANT, ((key, each.id) for each in stored.authors))
    db.executemany(_INSERT_RUN, ((key, *rows.run_values(each)) for each in stored.runs))
    messages = ((key, *rows.message_values(each)) for each in stored.messages)
    db.executemany(_INSERT_MESSAGE, messages)
    save_document(db, key, stored.snapshot, stored.updates)
    save_history(db, key, stored.history)


def swap_roles(db: sqlite3.Connection, key: str, old: Roles, new: Roles) -> None:
    changed = db.execute(
        "UPDATE roles SET version = ?, write_mode = ?, host_id = ?, acting = ?, pen_id = ?,"
        " muted = ?, pen_since = ?, rotation = ?, rotation_order = ?, rotation_held = ?"
        " WHERE session = ? AND version = ?",
        (*rows.roles_values(new), key, old.version),
    ).rowcount
    if changed != 1:
        raise OutOfStep("the roles of a session are not the ones that were written")


def append_message(db: sqlite3.Connection, key: str, row: MessageRow, cap: int) -> None:
    db.execute(_INSERT_MESSAGE, (key, *rows.message_values(row)))
    db.execute("DELETE FROM messages WHERE session = ? AND id <= ?", (key, row.id - cap))


def save_run(db: sqlite3.Connection, key: str, row: RunRow) -> None:
    db.execute(_INSERT_RUN, (key, *rows.run_values(row)))
    db.execute(
        "DELETE FROM runs WHERE session = ? AND number <= (SELECT number FROM runs"
        " WHERE session = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
        (key, key, RUNS_KEPT),
    )


# --- reads ------------------------------------------------------------------------------------


def read_catalog(db: sqlite3.Connection) -> tuple[Catalog, int]:
    """All sessions, and how many there are besides that cannot be read."""
    catalog, damaged = Catalog(), 0
    found = db.execute(
        f"SELECT {rows.SESSION_COLUMNS}, spared, version"  # noqa: S608  of constants
        " FROM sessions LEFT JOIN roles ON session = key"
    )
    for *values, spared, version in found:
        try:
            if not isinstance(version, int):
                raise Unreadable("a session has no roles")
            catalog.add(rows.session(values), version, spared=float(spared))
        except (ValueError, TypeError):
            damaged += 1
            catalog.add_damaged([each for each in values[1:3] if isinstance(each, str)])
    return catalog, damaged


def read_summaries(
    db: sqlite3.Connection, keys: Sequence[str]
) -> list[tuple[str, WriteMode, int, int | None]]:
    """Of each session its key, its mode, how many people it knows and the size of its text.

    Those that cannot be read are left out.
    """
    found = db.execute(
        "SELECT key, write_mode,"  # noqa: S608  of constants
        " (SELECT count(*) FROM participants WHERE session = key AND NOT gone),"
        " coalesce((SELECT max(seq) FROM updates WHERE session = key),"
        "  (SELECT seq FROM snapshots WHERE session = key), 0), seq, bytes"
        " FROM sessions JOIN roles ON roles.session = key"
        " LEFT JOIN text_sizes ON text_sizes.session = key"
        f" WHERE key IN ({', '.join('?' for _ in keys)})",
        keys,
    )
    summaries = []
    for key, mode, people, seq, counted_at, size in found:
        with suppress(ValueError):
            known = size if counted_at == seq else None if seq else 0
            summaries.append((key, WriteMode(mode), int(people), known))
    return summaries


def load(db: sqlite3.Connection, key: str) -> StoredSession:
    session = _of(db, rows.SESSION_COLUMNS, "sessions WHERE key = ?", key).fetchone()
    roles = _of(db, rows.ROLES_COLUMNS, "roles WHERE session = ?", key).fetchone()
    if session is None or roles is None:
        raise Unreadable("a session has lost its first row")
    people = _of(
        db,
        rows.PARTICIPANT_COLUMNS,
        "participants WHERE session = ? AND NOT gone ORDER BY number",
        key,
    )
    messages = _of(db, rows.MESSAGE_COLUMNS, "messages WHERE session = ? ORDER BY id", key)
    snapshot, updates = read_document(db, key)
    return StoredSession(
        session=rows.session(session),
        roles=rows.roles(roles),
        participants=tuple(map(rows.participant, people)),
        messages=tuple(map(rows.message, messages)),
        snapshot=snapshot,
        updates=updates,
    )


def read_runs(db: sqlite3.Connection, key: str) -> list[RunRow]:
    """Without their output, which can be much."""
    found = _of(db, f"{rows.RUN_FACTS}, '[]'", "runs WHERE session = ? ORDER BY number", key)
    return [rows.run(each) for each in found]


def read_run(db: sqlite3.Connection, key: str, run_id: str) -> RunRow | None:
    found = _of(db, rows.RUN_COLUMNS, "runs WHERE session = ? AND id = ?", key, run_id).fetchone()
    return None if found is None else rows.run(found)


def read_last_run(db: sqlite3.Connection, key: str) -> RunRow | None:
    newest = "runs WHERE session = ? ORDER BY number DESC LIMIT 1"
    found = _of(db, rows.RUN_COLUMNS, newest, key).fetchone()
    return None if found is None else rows.run(found)


def read_authors(db: sqlite3.Connection, key: str) -> dict[str, Author]:
    found = _of(db, "id, name, color", "participants WHERE session = ?", key)
    return {author: Author(name=name, color=color) for author, name, color in found}


def _of(db: sqlite3.Connection, columns: str, rest: str, *keys: str) -> sqlite3.Cursor:
    return db.execute(f"SELECT {columns} FROM {rest}", keys)  # noqa: S608  of constants
