"""Opens the database file: makes it, checks that it is ours, brings it to this version."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

from ..errors import StartError
from ..locks import PRIVATE_FILE, create_private
from .migrations import MIGRATIONS

APPLICATION_ID: Final = 0x636F6C70  # "colp", in SQLite's header
BUSY_SECONDS: Final = 5.0
"""How long a write waits while another program reads the file."""
JOURNAL_BYTES: Final = 16 * 2**20
"""What the write-ahead log is cut down to after it had to be larger."""

_ELSEWHERE = "or choose another folder with --data-dir"


def open_database(
    path: Path, *, strict: bool = False, migrations: Sequence[str] = MIGRATIONS
) -> sqlite3.Connection:
    """A connection to the database in `path`, which is made if there is none.

    `strict` waits for the disk at every commit. Another thread may use the connection.
    Raises `StartError`; a database that cannot be used is never taken for an empty one.
    """
    with plain_errors(path):
        if not os.path.lexists(path):
            _make(path, migrations)
        _keep_private(path)
        db = connect(path)
        try:
            _check(db, path, len(migrations) + 1)
            _migrate(db, migrations)
            _configure(db, path, strict=strict)
        except BaseException:
            db.close()
            raise
    return db


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn errors of the database at `path` into a sentence for the operator."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "decode to UTF-8" in str(error):
            raise _damaged(path, "a text in it is none") from error
        raise StartError(
            f"The database {path} cannot be used ({error}): make that possible, {_ELSEWHERE}."
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error
    except UnicodeDecodeError as error:  # of what SQLite says, which quotes what it has read
        raise _damaged(path, "database disk image is malformed") from error
    except OSError as error:
        raise StartError(
            f"The database {path} cannot be used ({error.strerror}): "
            f"make that possible, {_ELSEWHERE}."
        ) from error


def _damaged(path: Path, reason: str) -> StartError:
    return StartError(
        f"The file {path} is damaged or not a collabpad database ({reason}): put a copy of it "
        f"back, move it away to start anew, {_ELSEWHERE}."
    )


def connect(path: Path) -> sqlite3.Connection:
    # mode=rw never makes a file; without an isolation level Python begins no transactions.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _make(path: Path, migrations: Sequence[str]) -> None:
    """Make it under another name, so that there is never half a database under its own."""
    journal = path.with_name(f"{path.name}-wal")
    if os.path.lexists(journal):
        raise StartError(
            f"The database {path} is gone, but its journal {journal} is still there: put the "
            f"database back, move the journal away to start anew, {_ELSEWHERE}."
        )
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    create_private(new).close()
    try:
        _fill(new, migrations)
        sync(new, os.O_RDWR)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if sys.platform != "win32":
        sync(path.parent, os.O_RDONLY)


def _fill(new: Path, migrations: Sequence[str]) -> None:
    db = connect(new)
    try:
        # A crash leaves at most this useless file: the disk is waited for once, at the end.
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = MEMORY")
        schema = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
        db.executescript(
            f"BEGIN; {schema} PRAGMA application_id = {APPLICATION_ID};"
            "PRAGMA user_version = 1; COMMIT"
        )
        _migrate(db, migrations)
    finally:
        db.close()


def sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep_private(path: Path) -> None:
    """SQLite gives its journals the rights of the database."""
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(PRIVATE_FILE)


def _number(db: sqlite3.Connection, pragma: str) -> int:
    (value,) = db.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)


def _check(db: sqlite3.Connection, path: Path, newest: int) -> None:
    if _number(db, "application_id") != APPLICATION_ID:
        raise StartError(
            f"The file {path} is not a collabpad database: move it away, {_ELSEWHERE}."
        )
    version = _number(db, "user_version")
    if version < 1:
        raise _damaged(path, f"its version is {version}")
    if version > newest:
        raise StartError(
            f"The database {path} was made by a newer collabpad (its version is {version}, this "
            f"one knows {newest}): upgrade collabpad, {_ELSEWHERE}."
        )


def _configure(db: sqlite3.Connection, path: Path, *, strict: bool) -> None:
    (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StartError(
            f"The database {path} is on a file system without shared memory, such as a network "
            "drive: choose a folder on a disk of this machine with --data-dir."
        )
    db.execute(f"PRAGMA synchronous = {'FULL' if strict else 'NORMAL'}")
    db.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
    db.execute("PRAGMA foreign_keys = ON")


def _migrate(db: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Take the steps that are missing, each whole or not at all."""
    for version, step in enumerate(migrations, start=1):
        if _number(db, "user_version") > version:
            continue
        try:
            db.executescript(
                f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {version + 1}; COMMIT"
            )
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise
