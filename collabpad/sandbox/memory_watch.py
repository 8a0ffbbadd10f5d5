"""Ends a run that takes more memory than it may, wherever the memory is.

A thread of the system's own, alive while something runs, looks at the machine's free memory many
times a second, which costs microseconds, and weighs the runs one by one when it falls, or after a
while. In a thread, so that a busy loop or a slow reader of the output gives no program time to take
more. It starts no process: bubblewrap's `--die-with-parent` follows the thread that started it.

What a run holds is seen in two ways. Pages, page tables and files in memory are found by looking at
its processes. The rest (socket buffers, locks, mappings, shared memory that is mapped nowhere …)
shows in no process. It counts as the smaller of two numbers: what the machine has lost to such
things since the run began, and what this run's descriptors, mappings and locks could hold at most.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable
from time import monotonic

from . import host_memory, kernel_memory, process_memory, process_tree
from .host_memory import Table
from .kernel_memory import Unaccounted
from .unpatched import unpatched

_TICK, _URGENT_TICK = 0.02, 0.005  # seconds
_LONGEST = 0.1  # seconds between two weighings
_STEP = 32 << 20  # bytes that the machine loses before the runs are weighed at once
_LOW_PRIORITY = 10  # nice(2), of a program that takes half of what it may
_FAST = 8 << 20  # bytes lost within a tick, after which the next one comes soon


class WatchedRun:
    """One run under watch, from `begin` to `end`: `root` tells its outermost process, 0 for none.

    `namespaced`: the processes have a network and a file system of their own to look into.
    `strike` is called from the thread, at most once, and not after `end`.
    """

    def __init__(
        self, root: Callable[[], int], strike: Callable[[], None], limit: int, *, namespaced: bool
    ) -> None:
        self._root = root
        self._strike: Callable[[], None] = strike
        self._limit = limit
        self._namespaced = namespaced
        self._before: Unaccounted | None = None
        self._available = -math.inf
        self._due = 0.0
        self._not_before = 0.0
        self._hurry = False

    def begin(self) -> None:
        with _lock:
            _watched.append(self)
            if _state["running"]:
                return
            _state["running"] = True
        unpatched("_thread", "start_new_thread")(_keep_watch, ())

    def end(self) -> None:
        with _lock:
            if self in _watched:
                _watched.remove(self)
        self._root, self._strike = _none, _nothing  # whose owner they would keep from being freed

    def strike(self) -> None:
        with _lock:
            if self in _watched:
                _watched.remove(self)
                self._strike()

    def exceeds(self, host: Table, now: float) -> bool:
        """Whether the run holds more than it may; weighed only when it is time to."""
        available = host_memory.available(host)
        urgent = self._available - available > _STEP
        if now < self._not_before or not (urgent or now >= self._due):
            return False
        held = Unaccounted(host_memory.hidden(host), host_memory.shared(host))
        if self._before is None:
            self._before = held
        self._available = available
        self._hurry = False
        found = self._weigh(held.since(self._before))
        after = monotonic()
        self._due = now + _LONGEST
        # At most half of the time goes into weighing.
        self._not_before = after if self._hurry else after + (after - now)
        return found

    def _weigh(self, lost: Unaccounted) -> bool:
        root = self._root()
        if not root:
            return False
        files = process_memory.files_in_memory(root) if self._namespaced else 0
        lost = lost.less(files)
        # Checks that need no look at each process come first: the run can grow little meanwhile.
        if (
            self._namespaced
            and files + lost.total > self._limit
            and files + kernel_memory.attributable_to_network(root, lost) > self._limit
        ):
            return True
        pids = process_tree.members(root)
        pages = process_memory.Pages(pids)
        lost = Unaccounted(lost.total - pages.tables, lost.shared)
        estimate = files + pages.at_most + max(lost.total, 0)
        if estimate > self._limit // 2:
            _slow_down(pids)
        if estimate <= self._limit:
            return False
        hidden = kernel_memory.attributable(root, pids, lost, namespaced=self._namespaced)
        seen = pages.counted_once(self._limit - files - hidden, self._falls_behind)
        return files + seen + hidden > self._limit

    def _falls_behind(self) -> bool:
        """Whether the machine has lost much since this weighing began: then the next is due."""
        lost = self._available - host_memory.available(host_memory.read_meminfo())
        if lost > _STEP:
            self._hurry = True
        return self._hurry


_lock = unpatched("_thread", "allocate_lock")()
_watched: list[WatchedRun] = []
_state = {"running": False}


def _keep_watch() -> None:
    sleep = unpatched("time", "sleep")
    available = 0.0
    try:
        while True:
            with _lock:
                runs = list(_watched)
                if not runs:
                    _state["running"] = False
                    return
            host = host_memory.read_meminfo()
            for run in runs:
                if run.exceeds(host, monotonic()):
                    run.strike()
            before, available = available, host_memory.available(host)
            sleep(_URGENT_TICK if before - available > _FAST else _TICK)
    except BaseException:
        _state["running"] = False
        raise


def _slow_down(pids: list[int]) -> None:
    """Lower the priority of a run, so that this thread keeps ahead of it."""
    for pid in pids:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, _LOW_PRIORITY)


def _none() -> int:
    return 0


def _nothing() -> None:
    return
