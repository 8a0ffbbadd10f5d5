"""How a database gets a file again after its own was removed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from ..errors import StartError
from ..locks import FolderLock, create_private
from .database import connect, open_database, sync
from .write_batcher import OpenFile


class DatabaseFile(OpenFile):
    """The path of an open database. Everything here runs in the thread that owns the connection."""

    def __init__(self, path: Path, *, strict: bool) -> None:
        super().__init__(path)
        self._strict = strict
        self._lock: FolderLock | None = None  # of a folder that was made anew

    def restore(self, db: sqlite3.Connection) -> sqlite3.Connection:
        """Write all that `db` holds to a new file in the place of one that is gone.

        A removed file is still whole for a process that has it open. Raises OSError, sqlite3.Error
        or StartError where that is not safe or not possible; then `db` is as it was. Files that
        others put there are not touched.
        """
        if not self.closed:
            self._write_anew(db)
            self.closed = True
            # Before the new one is opened: closing a database removes its journal, by name.
            with suppress(sqlite3.Error):
                db.close()
        opened = open_database(self.path, strict=self._strict)
        self.closed = False
        self.remember()
        return opened

    def _write_anew(self, db: sqlite3.Connection) -> None:
        self._require_gone()
        self._take_folder()
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        create_private(new).close()
        try:
            with closing(connect(new)) as copy:
                copy.execute("PRAGMA synchronous = OFF")
                db.backup(copy)
            sync(new, os.O_RDWR)
            # Left behind by the one that is gone, it would be taken for the new one's.
            for kind in ("-wal", "-shm"):
                self.path.with_name(f"{self.path.name}{kind}").unlink(missing_ok=True)
            self._name(new)
        finally:
            new.unlink(missing_ok=True)
        self.remember()
        with suppress(OSError):  # only a power cut could tell
            sync(self.path.parent, os.O_RDONLY)

    def _name(self, new: Path) -> None:
        """Give the new file its name, but never over a file that has appeared meanwhile."""
        try:
            os.link(new, self.path)
        except FileExistsError:
            raise
        except OSError:  # some file systems know no links
            self._require_gone()
            new.rename(self.path)

    def _require_gone(self) -> None:
        if os.path.lexists(self.path):
            raise FileExistsError(self.path)
        folder = next(each for each in self.path.parents if each.exists())
        if folder.stat().st_dev != self._device:
            raise OSError("the disk with the database is not there")

    def _take_folder(self) -> None:
        """Make the folder if it is gone too, and hold its lock as before; raises StartError."""
        folder = self.path.parent
        try:
            lock = FolderLock(folder)
        except StartError:
            if (folder / "server.lock").read_text() != str(os.getpid()):
                raise
            return  # the server's own lock is still there
        if self._lock is not None:
            self._lock.release()
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
