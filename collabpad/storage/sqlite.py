"""A store in one SQLite file: acknowledged writes outlive the process."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from ..offload import offload
from . import compaction, queries, rows
from .catalog import Log, failed_unknown, unknown_session
from .commit import COMMITTED, Commit
from .database import open_database, plain_errors
from .database_file import DatabaseFile
from .records import (
    Author,
    History,
    MessageRow,
    OldUpdates,
    ParticipantRow,
    Roles,
    RunRow,
    SessionRow,
    Snapshot,
    StoredSession,
    Summary,
    UpdateRow,
)
from .store import HISTORY_CAP
from .worker import RETRY_SECONDS, Worker, unreadable
from .write_batcher import Write

FILE_NAME: Final = "collabpad.db"
"""Of the database, in the data folder."""

SUMMARIES_AT_ONCE: Final = 200

log = logging.getLogger(__name__)


class SqliteStore:
    """The `Store` of servers that keep their sessions.

    A commit is done when the operating system has the data: it outlives this process, whatever ends
    it. With `strict` the disk has it too: it outlives a power cut. `history_cap` is in bytes a
    session. Opening raises `StartError`. Only one may open it: `locks.FolderLock` sees to that.
    """

    def __init__(
        self,
        path: Path,
        *,
        strict: bool = False,
        history_cap: int = HISTORY_CAP,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        db = open_database(path, strict=strict)
        try:
            with plain_errors(path):
                self._catalog, damaged = queries.read_catalog(db)
        except BaseException:
            db.close()
            raise
        if damaged:
            log.error("Sessions that cannot be read: %d; the others work", damaged)
        self._history_cap = history_cap
        self._worker = Worker(db, DatabaseFile(path, strict=strict), retry_seconds=retry_seconds)

    @property
    def saving(self) -> bool:
        return self._worker.saving

    @property
    def on_saving_changed(self) -> Callable[[bool], None]:
        return self._worker.on_saving_changed

    @on_saving_changed.setter
    def on_saving_changed(self, callback: Callable[[bool], None]) -> None:
        self._worker.on_saving_changed = callback

    # --- sessions ---------------------------------------------------------------------------------

    def create(self, stored: StoredSession) -> Commit:
        row = stored.session
        self._catalog.add(row, stored.roles.version, Log.of(stored))
        commit = self._worker.write(
            Write(row.key, work=lambda db: queries.create(db, stored), forgettable=True)
        )
        commit.then(lambda done: self._forget_failed(row.key, done))
        return commit

    def _forget_failed(self, key: str, created: Commit) -> None:
        if created.error is not None:
            self._catalog.remove(key)

    def find(self, public_id: str) -> SessionRow | None:
        return self._catalog.find(public_id)

    def load(self, key: str) -> StoredSession | None:
        entry = self._catalog.entries.get(key)
        if entry is None:
            return None
        stored = self._worker.read(key, lambda db: queries.load(db, key))
        if entry.log is None:
            entry.log = Log.of(stored)
        return replace(stored, session=entry.row)  # on disk the last activity may be older

    def sessions(self) -> list[SessionRow]:
        return [each.row for each in self._catalog]

    def summaries(self) -> list[Summary]:
        found: list[Summary] = []
        catalog = iter(self._catalog)
        # In parts, so that nobody's edit waits until thousands have been read.
        while part := {each.row.key: each for each in islice(catalog, SUMMARIES_AT_ONCE)}:
            facts = self._worker.read("", partial(queries.read_summaries, keys=list(part)))
            found += [
                Summary(row=part[key].row, write_mode=mode, people=people, text_bytes=size)
                for key, mode, people, size in facts
            ]
        return found

    def save_text_size(self, key: str, seq: int, text_bytes: int) -> Commit:
        return self._execute(key, queries.SAVE_TEXT_SIZE, (key, seq, text_bytes))

    def save_session(self, session: SessionRow) -> Commit:
        if not self._catalog.update(session):
            return failed_unknown()
        values = (*rows.session_values(session), session.key)
        return self._execute(session.key, queries.UPDATE_SESSION, values)

    def touch(self, key: str, at: float) -> None:
        if self._catalog.touch(key, at):
            self._save_touch(key, at)

    def _save_touch(self, key: str, at: float) -> None:
        entry = self._catalog[key]
        entry.kept_at = at
        self._execute(key, queries.TOUCH_SESSION, (at, entry.spared, key))

    def delete(self, key: str) -> Commit:
        if not self._catalog.remove(key):
            return COMMITTED
        return self._worker.write(Write(key, queries.DELETE_SESSION, (key,)))

    def idle(self, before: float) -> list[SessionRow]:
        return self._catalog.idle(before)

    def spare(self, seconds: float) -> None:
        self._catalog.spare(seconds)
        self._worker.write(Write("", queries.SPARE_SESSIONS, (seconds,)))

    # --- people, chat, runs -----------------------------------------------------------------------

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        if not self._catalog.swap_roles(key, old, new):
            return False
        self._worker.write(Write(key, work=lambda db: queries.swap_roles(db, key, old, new)))
        return True

    def save_participant(self, key: str, participant: ParticipantRow) -> Commit:
        values = (key, *rows.participant_values(participant))
        return self._execute(key, queries.SAVE_PARTICIPANT, values)

    def delete_participant(self, key: str, participant_id: str) -> Commit:
        return self._execute(key, queries.FORGET_PARTICIPANT, (key, participant_id))

    def append_message(self, key: str, message: MessageRow, cap: int) -> Commit:
        if self._catalog.entries.get(key) is None:
            return failed_unknown()
        return self._worker.write(
            Write(key, work=lambda db: queries.append_message(db, key, message, cap))
        )

    def save_run(self, key: str, run: RunRow) -> Commit:
        if self._catalog.entries.get(key) is None:
            return failed_unknown()
        return self._worker.write(Write(key, work=lambda db: queries.save_run(db, key, run)))

    def runs(self, key: str) -> list[RunRow]:
        self._require(key)
        return self._worker.read(key, lambda db: queries.read_runs(db, key))

    def run(self, key: str, run_id: str) -> RunRow | None:
        self._require(key)
        return self._worker.read(key, lambda db: queries.read_run(db, key, run_id))

    def last_run(self, key: str) -> RunRow | None:
        self._require(key)
        return self._worker.read(key, lambda db: queries.read_last_run(db, key))

    # --- the document -----------------------------------------------------------------------------

    def append_update(self, key: str, update: UpdateRow) -> Commit:
        entry = self._catalog.entries.get(key)
        if entry is None:
            return failed_unknown()
        if entry.log is not None:
            entry.log.grow(update.seq, len(update.data))
        return self._worker.write(Write(key, compaction.INSERT_UPDATE, (key, *update)))

    def settled(self, key: str) -> Commit:
        return self._worker.settled(key)

    def compaction_due(self, key: str) -> bool:
        entry = self._catalog.entries.get(key)
        return entry is not None and entry.log is not None and entry.log.due and self.saving

    def compact(self, key: str, seq: int, snapshot: Sequence[bytes]) -> Commit:
        entry = self._catalog.entries.get(key)
        if entry is None:
            return failed_unknown()
        if entry.log is not None:
            entry.log.shrink(seq, sum(map(len, snapshot)))
        made, cap = Snapshot(seq=seq, parts=snapshot), self._history_cap
        return self._worker.write(
            Write(key, work=lambda db: compaction.compact(db, key, made, cap))
        )

    def history(self, key: str, until: int | None = None) -> History:
        self._require(key)

        def read(db: sqlite3.Connection) -> tuple[Snapshot | None, dict[str, Author]]:
            if until is None:
                return compaction.read_base(db, key), queries.read_authors(db, key)
            return compaction.read_last_base(db, key, until), queries.read_authors(db, key)

        base, authors = self._worker.read(key, read)
        first = base.seq if base is not None else 0
        return History(base=base, authors=authors, pieces=self._pieces_after(key, first))

    def _pieces_after(self, key: str, seq: int) -> Iterator[Sequence[UpdateRow]]:
        while found := self._read_on(key, seq):
            if isinstance(found, OldUpdates):
                yield from self._unpacked(key, found, seq)
                seq = found.last_seq
            else:
                yield found
                seq = found[-1].seq

    def _read_on(self, key: str, seq: int) -> OldUpdates | Sequence[UpdateRow]:
        self._require(key)
        return self._worker.read(key, lambda db: compaction.read_on(db, key, seq))

    @staticmethod
    def _unpacked(key: str, chunk: OldUpdates, seq: int) -> Iterator[Sequence[UpdateRow]]:
        """Beside the loop, and not by the thread that writes: others go on meanwhile."""
        unpacking = compaction.unpack_after(chunk, seq)
        while True:
            try:
                piece = offload(next, unpacking, None)
            except (ValueError, TypeError) as error:
                raise unreadable(key, error) from error
            if piece is None:
                return
            yield piece

    # --- the end ----------------------------------------------------------------------------------

    def close(self) -> None:
        for entry in self._catalog:
            if entry.row.active_at > entry.kept_at:
                self._save_touch(entry.row.key, entry.row.active_at)
        self._worker.close()

    def _require(self, key: str) -> None:
        if self._catalog.entries.get(key) is None:
            raise unknown_session()

    def _execute(self, key: str, sql: str, values: rows.Values) -> Commit:
        if self._catalog.entries.get(key) is None:
            return failed_unknown()
        return self._worker.write(Write(key, sql, values))
