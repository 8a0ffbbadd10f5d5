"""Looking at, and ending, a process and all its descendants, through Linux's /proc.

Imports nothing but `os`: the supervisor, whose start is part of every run's, uses it too.
"""

from __future__ import annotations

import os

_SIGKILL = 9


def members(root: int) -> list[int]:
    """Return `root` and its descendants, as far as they can be seen; parents come first."""
    found = [root]
    for pid in found:
        found.extend(_children(pid))
    return found


def kill(root: int, *, spare_root: bool = False) -> bool:
    """Kill a tree from the top down, again until it stays dead or cannot be killed.

    Return whether there was anything to kill.
    """
    for attempt in range(100):
        victims = [pid for pid in members(root)[spare_root:] if _alive(pid)]
        if not victims:
            return attempt > 0
        for pid in victims:
            try:
                os.kill(pid, _SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
    return True


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


def _alive(pid: int) -> bool:
    """Whether a process runs; a zombie only waits to be counted."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123
            return stat.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except (OSError, IndexError):
        return False


def carries_descriptors(pid: int, number: str) -> bool:
    """Whether descriptors wait in a process's socket: `scm_fds`, proc_pid_fdinfo(5)."""
    try:
        with open(f"/proc/{pid}/fdinfo/{number}", "rb") as info:  # noqa: PTH123
            return info.read().partition(b"scm_fds:")[2].strip() not in (b"", b"0")
    except OSError:
        return False
