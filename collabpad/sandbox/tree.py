"""Looking at, and ending, a process and all its descendants, through Linux's /proc.

Imports nothing but `os`: the launcher, whose start is part of every run's, uses it too.
"""

from __future__ import annotations

import os

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_SIGKILL = 9


def family(root: int) -> list[int]:
    """Return `root` and its descendants, as far as they can be seen; parents come first."""
    found = [root]
    for pid in found:
        found.extend(_children(pid))
    return found


def memory(root: int, limit: int) -> int:
    """Return the memory of a process tree in bytes, exactly enough to compare it with `limit`.

    Resident pages counted once a process overstate what a family shares after fork; only when that
    sum passes the limit are the proportional shares asked for, which cost the kernel a walk.
    """
    pids = family(root)
    resident = sum(_resident(pid) for pid in pids)
    if resident <= limit:
        return resident
    return sum(_proportional(pid) for pid in pids)


def kill(root: int, *, spare_root: bool = False) -> None:
    """Kill a tree from the top down, again until it stays dead or cannot be killed."""
    for _ in range(100):
        victims = [pid for pid in family(root)[spare_root:] if _alive(pid)]
        if not victims:
            return
        for pid in victims:
            try:
                os.kill(pid, _SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - ten times a second; no Path
        for thread in threads:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as children:  # noqa: PTH123
                found.extend(map(int, children.read().split()))
    except OSError:
        return found
    return found


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as statm:  # noqa: PTH123
            return int(statm.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    """The proportional set size; the resident size where the kernel does not tell it."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:  # noqa: PTH123
            for line in rollup:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return _resident(pid)


def _alive(pid: int) -> bool:
    """Whether a process runs; a zombie only waits to be counted."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123
            return stat.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except (OSError, IndexError):
        return False
