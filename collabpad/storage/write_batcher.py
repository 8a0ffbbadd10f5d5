"""Writes to a database in order and in batches; keeps in memory what cannot be saved.

Everything here runs in the one thread that owns the connection.
"""

from __future__ import annotations

import os
import sqlite3
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final, TypeVar

from ..errors import StartError
from .commit import Commit

WRITES_AT_ONCE: Final = 1000
"""Of a backlog, what goes into one transaction."""
PAUSE_SECONDS: Final = 0.2
"""How soon after a failure the next write may try again; until then it fails without trying."""
RESTORE_REST: Final = 20.0
"""Times as long as a database took to write anew in vain, until that is tried again."""

# SQLite's primary result codes for what is wrong with one statement or its values. All others
# (full, I/O error, busy, read-only, corrupt ...) say that nothing can be saved at the moment.
_OWN_FAULTS: Final = frozenset(
    {
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_MISUSE,
        sqlite3.SQLITE_RANGE,
    }
)
_PRIMARY_CODE: Final = 0xFF

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Write:
    """Something to keep of the session `key`: one statement, or `work` in a transaction.

    `forgettable` is what nobody will ask for again once they were told that it failed.
    """

    key: str
    sql: str = ""
    values: tuple[Any, ...] = ()
    work: Callable[[sqlite3.Connection], None] | None = None
    forgettable: bool = False
    commit: Commit = field(default_factory=Commit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some writes: they are kept, wait in the backlog, or can never be kept.

    `trouble` says why nothing can be saved, None where something can. `news` is for the log.
    """

    kept: Sequence[Write] = ()
    unsaved: Sequence[Write] = ()
    refused: tuple[Write, Exception] | None = None
    trouble: str | None = None
    news: str | None = None


class Unsaved(Exception):
    """A read depends on writes that cannot be carried out now."""


class OpenFile(ABC):
    """The file of an open database: whether it is still the one that was opened.

    A program that has a file open goes on writing into it after it was removed or replaced: what
    is acknowledged then is lost when the program ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.closed = False  # the old connection, and the new one could not be opened yet
        self.remember()

    def remember(self) -> None:
        state = self.path.stat()
        self._identity = (state.st_dev, state.st_ino)
        self._device = self.path.parent.stat().st_dev

    def problem(self) -> str | None:
        """Why nothing may be written now; None where all is well."""
        try:
            state = os.stat(self.path)  # noqa: PTH116  before every commit: a third of the time
        except OSError as error:
            told = "is gone" if isinstance(error, FileNotFoundError) else f"({error.strerror})"
            return f"the database file {self.path} {told}"
        if (state.st_dev, state.st_ino) != self._identity:
            return (
                f"the database file {self.path} was replaced by another file: "
                "put the right one back, or restart the server"
            )
        if state.st_size == 0:
            return f"the database file {self.path} was emptied by another program"
        return "the new database could not be opened" if self.closed else None

    @abstractmethod
    def restore(self, db: sqlite3.Connection) -> sqlite3.Connection:
        """Write all that `db` holds to a new file in the place of one that is gone, and open it.

        Raises OSError, sqlite3.Error or StartError where that is not safe or not possible.
        """

    @abstractmethod
    def release(self) -> None:
        """Called at the end."""


class WriteBatcher:
    """The writes of one database."""

    def __init__(
        self,
        db: sqlite3.Connection,
        clock: Callable[[], float] = time.monotonic,
        file: OpenFile | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._file = file
        self._backlog: deque[Write] = deque()
        self._trouble: str | None = None
        self._displaced = False
        self._next_restore = 0.0
        self._next_try = 0.0

    @property
    def backlog(self) -> int:
        """How many writes could not be saved yet."""
        return len(self._backlog)

    def write(self, writes: Sequence[Write]) -> Iterable[Outcome]:
        """Carry out `writes` after all those that wait."""
        well = not self._backlog and self._trouble is None and len(writes) <= WRITES_AT_ONCE
        if well and (self._file is None or self._file.problem() is None):
            with suppress(Exception):  # `flush` tries again, and finds out what is wrong
                self._transact(writes)
                return (Outcome(kept=writes),)
        self._backlog.extend(writes)
        if self._trouble is not None and self._clock() < self._next_try:
            return (self._defer(writes),)
        return self.flush(writes)

    def flush(self, new: Sequence[Write] = ()) -> Iterator[Outcome]:
        """Carry out what waits; where that fails, only the `new` ones are still to be told."""
        yield from self.check_file()
        if self._displaced:
            yield self._defer(new)
            return
        most = WRITES_AT_ONCE
        while self._backlog:
            writes = list(islice(self._backlog, most))
            try:
                self._transact(writes)
            except Exception as error:  # noqa: BLE001  whatever it is, the thread must go on
                if not _is_own_fault(error):
                    self._trouble = str(error)
                    self._next_try = self._clock() + PAUSE_SECONDS
                    waiting = set(map(id, self._backlog))
                    yield self._defer([each for each in new if id(each) in waiting])
                    return
                if len(writes) > 1:
                    most = 1  # find the one that is at fault
                    continue
                outcome = Outcome(refused=(writes[0], error), trouble=self._trouble)
            else:
                outcome = Outcome(kept=writes, trouble=self._trouble)
            for _ in writes:
                self._backlog.popleft()
            if not self._backlog:
                self._trouble = None
                outcome = Outcome(kept=outcome.kept, refused=outcome.refused)
            yield outcome

    def check_file(self) -> Iterator[Outcome]:
        """Check that the database is still where it was, and restore it if need be."""
        if self._file is None:
            return
        was, trouble = self._displaced, self._file.problem()
        if trouble is not None and self._restore():
            yield Outcome(trouble=self._trouble, news=f"{trouble}: all was written to a new one")
            trouble = None
        self._displaced = trouble is not None
        if trouble is not None:
            self._trouble = trouble
            self._next_try = self._clock() + PAUSE_SECONDS
        elif was and not self._backlog:
            self._trouble = None
        if was != self._displaced:
            yield Outcome(trouble=self._trouble)

    def _restore(self) -> bool:
        start = self._clock()
        if self._file is None or start < self._next_restore:
            return False
        try:
            self._db = self._file.restore(self._db)
        except (OSError, sqlite3.Error, StartError):
            took = self._clock() - start
            self._next_restore = start + PAUSE_SECONDS + took * RESTORE_REST
            return False
        return True

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._db.close()
        if self._file is not None:
            self._file.release()

    def _defer(self, writes: Sequence[Write]) -> Outcome:
        if any(each.forgettable for each in writes):
            self._backlog = deque(each for each in self._backlog if not each.forgettable)
        return Outcome(unsaved=writes, trouble=self._trouble)

    def _transact(self, writes: Sequence[Write]) -> None:
        if len(writes) == 1 and writes[0].work is None:
            self._db.execute(writes[0].sql, writes[0].values)
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._carry_out(writes)
            self._db.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _carry_out(self, writes: Sequence[Write]) -> None:
        for sql, group in groupby(writes, key=lambda each: each.sql):
            if sql:
                self._db.executemany(sql, [each.values for each in group])
                continue
            for each in group:
                if each.work is not None:
                    each.work(self._db)

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # SQLite does it by itself after some errors
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def read(self, key: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` reads, as if all that waits of the session were written.

        Raises `Unsaved` where that cannot be had, and whatever `work` raises.
        """
        waiting = [each for each in self._backlog if each.key == key]
        if not waiting:
            return work(self._db)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._carry_out(waiting)
        except sqlite3.Error as error:
            self._roll_back()
            raise Unsaved(str(error)) from error
        try:
            return work(self._db)
        finally:
            self._roll_back()


def _is_own_fault(error: Exception) -> bool:
    """Whether the write itself is faulty, and not the disk or the database."""
    if not isinstance(error, sqlite3.Error):
        return not isinstance(error, MemoryError)
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is None or code & _PRIMARY_CODE in _OWN_FAULTS
