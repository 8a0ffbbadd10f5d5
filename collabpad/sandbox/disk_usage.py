"""How much of a disk a run holds: its folder, and files of it that have no name any more.

Imports nothing but `os`, `stat` and `process_tree`: the supervisor imports it by its folder, and
its start is part of every run's.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import process_tree
else:
    import process_tree

_MOST_ENTRIES, _DEEPEST = 10_000, 100  # of a run's folder; more would take long to remove
_FEW = 8  # files that are mapped only, or on their way between processes, which nobody can measure
_MOST_MAPPINGS_READ = 1 << 20  # bytes
_BLOCK = 512
_OWN_TMP = b" /tmp/"  # where the run's folder is seen as well: see private_folders.py


class LimitExceeded(Exception):
    """A folder holds more than it may, or is too large or too deep to check."""


class DiskUsage:
    """The disk usage of one run, checked again and again."""

    def __init__(self, folder: str, limit: int, file_size: int) -> None:
        self._folder = folder
        self._limit = limit
        self._slack = limit + _FEW * file_size
        self._device = os.stat(folder).st_dev  # noqa: PTH116
        self._free = self._free_now()

    def exceeds_limit(self) -> bool:
        try:
            left = self._look_into(self._folder, None, self._limit, [_MOST_ENTRIES], 0)
            self._look_at_nameless(left)
        except LimitExceeded:
            return True
        return False

    def _look_into(
        self, name: str, parent: int | None, left: int, entries: list[int], depth: int
    ) -> int:
        """Return how much of `left` bytes there still is after a folder is counted."""
        if depth > _DEEPEST:
            raise LimitExceeded
        try:
            fd = _open_folder(name, parent)
        except OSError:  # gone
            return left
        try:
            with os.scandir(fd) as found:
                for entry in found:
                    left = self._look_at(entry, fd, left, entries, depth)
        except OSError:
            pass
        finally:
            os.close(fd)
        return left

    def _look_at(
        self, entry: os.DirEntry[str], fd: int, left: int, entries: list[int], depth: int
    ) -> int:
        entries[0] -= 1
        try:
            left -= entry.stat(follow_symlinks=False).st_blocks * _BLOCK
            deeper = entry.is_dir(follow_symlinks=False)
        except OSError:
            deeper = False
        if left < 0 or entries[0] < 0:
            raise LimitExceeded
        return self._look_into(entry.name, fd, left, entries, depth + 1) if deeper else left

    def _look_at_nameless(self, left: int) -> None:
        """Count the files that processes hold open, or mapped, or have sent and not received."""
        counted: set[int] = set()
        mapped: set[bytes] = set()
        on_their_way = False
        for pid in process_tree.members(os.getpid())[1:]:
            left -= self._held_open(pid, counted)
            if left < 0:
                raise LimitExceeded
            mapped |= _mapped_only(pid, self._folder.encode())
            on_their_way = on_their_way or _sends_files(pid)
        if len(mapped - {str(inode).encode() for inode in counted}) > _FEW:
            raise LimitExceeded
        if on_their_way and self._free - self._free_now() > self._slack:
            raise LimitExceeded

    def _held_open(self, pid: int, counted: set[int]) -> int:
        """Return the bytes of files without a name that a process holds, and are not counted."""
        size = 0
        folder = f"/proc/{pid}/fd"
        for number in _names(folder):
            try:
                found = os.stat(f"{folder}/{number}")  # noqa: PTH116
            except OSError:
                continue
            nameless = stat.S_ISREG(found.st_mode) and found.st_nlink == 0
            if nameless and found.st_dev == self._device and found.st_ino not in counted:
                counted.add(found.st_ino)
                size += found.st_blocks * _BLOCK
        return size

    def _free_now(self) -> int:
        found = os.statvfs(self._folder)
        return found.f_bfree * found.f_frsize


def _open_folder(name: str, parent: int | None) -> int:
    """Open a folder for reading, even if its owner has no right to read it."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        return os.open(name, flags, dir_fd=parent)
    except PermissionError:
        if not hasattr(os, "O_PATH"):
            raise
        path = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    try:
        mode = stat.S_IMODE(os.fstat(path).st_mode)
        os.chmod(f"/proc/self/fd/{path}", 0o700)  # noqa: PTH101 - no link can be put in its place
        try:
            return os.open(f"/proc/self/fd/{path}", os.O_RDONLY)
        finally:
            os.chmod(f"/proc/self/fd/{path}", mode)  # noqa: PTH101
    finally:
        os.close(path)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _mapped_only(pid: int, folder: bytes) -> set[bytes]:
    """Return the inodes of the run's files that are mapped and have no name any more."""
    try:
        with open(f"/proc/{pid}/maps", "rb") as lines:  # noqa: PTH123
            read = lines.read(_MOST_MAPPINGS_READ + 1)
    except OSError:
        return set()
    if len(read) > _MOST_MAPPINGS_READ:
        raise LimitExceeded
    return {
        line.split(None, 5)[4]
        for line in read.splitlines()
        if line.endswith(b" (deleted)") and (folder in line or _OWN_TMP in line)
    }


def _sends_files(pid: int) -> bool:
    """Whether descriptors wait in one of a process's sockets."""
    for number in _names(f"/proc/{pid}/fd"):
        try:
            is_socket = os.readlink(f"/proc/{pid}/fd/{number}").startswith("socket:")  # noqa: PTH115
        except OSError:
            continue
        if is_socket and process_tree.carries_descriptors(pid, number):
            return True
    return False
