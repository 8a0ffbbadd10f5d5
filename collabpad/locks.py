"""Files that only their owner may read, and locks that end with the process that holds them.

A lock tells for sure whether a server lives: a process ID may be somebody else's by now, and a
server that was killed leaves its files behind, but never a lock.
"""

from __future__ import annotations

import os
import stat
import sys
from io import FileIO
from pathlib import Path
from typing import Final

from .errors import StartError

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600

if sys.platform == "win32":
    import msvcrt

    # A locked region cannot be read by others on Windows, so it lies far behind the text.
    _LOCKED_AT: Final = 1 << 30

    def _lock(descriptor: int, *, shared: bool) -> None:  # noqa: ARG001  there is but one kind
        os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock an open file until it is closed; False if somebody else has it.

    Raises OSError where the file system knows no locks.
    """
    try:
        _lock(descriptor, shared=shared)
    except (BlockingIOError, PermissionError):
        return False
    return True


def private_folder(folder: Path) -> Path:
    """Make `folder` for this user alone, or check that an existing one is.

    Raises StartError when somebody else owns it or could put something in it.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        state = folder.lstat()
    except OSError as error:
        raise StartError(f"The folder {folder} cannot be made: {error.strerror}.") from None
    if sys.platform != "win32":
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
            told = f"The folder {folder} is not safe to use: it is not yours alone."
            raise StartError(told)
        if stat.S_IMODE(state.st_mode) & 0o077:
            folder.chmod(PRIVATE_FOLDER)
    return folder


def create_private(path: Path) -> FileIO:
    """A new, empty file that only its owner may read; FileExistsError if there is one already."""
    return FileIO(path, "x+", opener=_private_opener)


def _private_opener(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)


class FolderLock:
    """The right to use a data folder alone, until `release` or the end of this process.

    Making one raises StartError if the folder cannot be used, or another server uses it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._file = FileIO(folder / "server.lock", "a+", opener=_private_opener)
        except FileExistsError:
            raise self._unusable("it is no folder") from None
        except OSError as error:
            raise self._unusable(error.strerror) from None
        try:
            self._hold()
        except BaseException:
            self.release()
            raise

    def _hold(self) -> None:
        try:
            taken = try_lock(self._file.fileno())
        except OSError as error:
            raise self._unusable(error.strerror) from None
        if not taken:
            self._file.seek(0)
            holder = self._file.read(20) or b""
            process = f"process {holder.decode()}" if holder.isdigit() else "an unknown process"
            raise StartError(
                f"Another collabpad server ({process}) is using the data folder {self.folder}: "
                "stop it, or choose another folder with --data-dir."
            )
        try:
            self._file.truncate(0)
            self._file.write(str(os.getpid()).encode())
        except OSError as error:
            raise self._unusable(error.strerror) from None

    def _unusable(self, reason: str | None) -> StartError:
        return StartError(
            f"The data folder {self.folder} cannot be used ({reason}): "
            "choose another with --data-dir."
        )

    def release(self) -> None:
        """Release the folder; calling it twice is harmless.

        The file stays: a process that has just opened it would else lock a file that no one sees.
        """
        self._file.close()
