"""The memory of a run that shows in its processes: pages, page tables, files in memory.

From Linux's /proc. What the kernel holds for a run beside them is in kernel_memory.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..units import KIB

_WORK_FOLDERS = ("/tmp", "/pad", "/dev/shm")  # noqa: S108 - inside

_INODE = 2 * KIB  # with its name, its target and its directory entry
_SPARSE = 4  # part of the pages beyond which page tables are too many to walk


class Pages:
    """The pages of processes, and their page tables."""

    def __init__(self, pids: list[int]) -> None:
        taken = [(pid, status(pid)) for pid in pids]
        self.tables = sum(kib(status, b"VmPTE") for _, status in taken)
        self._swapped = sum(kib(status, b"VmSwap") for _, status in taken)
        self._resident = {pid: kib(status, b"VmRSS") for pid, status in taken}

    @property
    def at_most(self) -> int:
        """With what a family shares after fork counted in each."""
        return self.tables + self._swapped + sum(self._resident.values())

    def counted_once(self, limit: float, hurry: Callable[[], bool] = lambda: False) -> int:
        """With what a family shares counted once, exactly enough to compare it with `limit`.

        It stops early, with what it has by then, where there is a `hurry`.
        It costs the kernel a walk through each process's page tables, so not where these are what
        takes the memory.
        """
        total = self.tables + self._swapped
        if self.tables > sum(self._resident.values()) // _SPARSE:
            return self.at_most
        for pid, resident in self._resident.items():
            if total > limit or hurry():
                break
            total += _proportional(pid, resident)
        return total


def files_in_memory(root: int) -> int:
    """Return what the file systems of a run hold, which are all memory."""
    total = 0
    for folder in _WORK_FOLDERS if _has_entered(root) else ():
        try:
            found = os.statvfs(f"/proc/{root}/root{folder}")
        except OSError:
            continue
        total += (found.f_blocks - found.f_bfree) * found.f_frsize
        total += (found.f_files - found.f_ffree) * _INODE
    return total


def _has_entered(root: int) -> bool:
    """Whether a process has a file system of its own by now."""
    try:
        return os.stat(f"/proc/{root}/root").st_dev != os.stat("/").st_dev  # noqa: PTH116
    except OSError:
        return False


def status(pid: int) -> dict[bytes, bytes]:
    """The fields of /proc/PID/status; none of a process that is gone."""
    try:
        with open(f"/proc/{pid}/status", "rb") as lines:  # noqa: PTH123 - often; no Path
            return dict(line.split(b":", 1) for line in lines if b":" in line)
    except OSError:
        return {}


def kib(fields: dict[bytes, bytes], name: bytes) -> int:
    """A field of `status` in bytes."""
    return int(fields[name].split()[0]) * KIB if name in fields else 0


def _proportional(pid: int, resident: int) -> int:
    """The proportional set size; the resident size where the kernel does not tell it."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:  # noqa: PTH123
            for line in rollup:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * KIB
    except OSError:
        pass
    return 0 if is_gone(pid) else resident


def is_gone(pid: int) -> bool:
    """Whether a process has given back its memory: it has ended, or is about to."""
    return b"VmRSS" not in status(pid)
