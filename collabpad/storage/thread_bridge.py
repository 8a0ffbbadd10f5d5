"""A native thread beside the event loop, and the way back from it.

Under gevent `threading.Thread` and `queue` are made of greenlets, which would block the loop: what
is native has to be asked for. Without gevent a plain thread does, and the way back is a call.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol


class ThreadBridge(Protocol):
    """What `open_bridge` gives: how to start the thread, feed it, and hear from it."""

    def queue(self) -> SimpleQueue[Any]:
        """A queue that blocks only the thread that waits at it."""

    def start(self, run: Callable[[], None]) -> None:
        """Call `run` in the thread."""

    def call_on_loop(self, function: Callable[..., None], *args: object) -> None:
        """Called in the thread: have `function` called outside of it, all in this order."""

    def close(self) -> None:
        """Called outside of it: nothing will be told any more."""


def open_bridge() -> ThreadBridge:
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return _PlainBridge()
    return _GeventBridge()


class _PlainBridge:
    def queue(self) -> SimpleQueue[Any]:
        return SimpleQueue()

    def start(self, run: Callable[[], None]) -> None:
        threading.Thread(target=run, name="store", daemon=True).start()

    def call_on_loop(self, function: Callable[..., None], *args: object) -> None:
        function(*args)

    def close(self) -> None:
        """There is nothing to undo."""


class _GeventBridge:
    def __init__(self) -> None:
        import gevent

        self._spawn = gevent.spawn
        self._calls: deque[tuple[Callable[..., None], tuple[object, ...]]] = deque()
        # Active as long as the thread lives: else the loop would believe that nothing can happen
        # any more while a greenlet waits for the thread.
        self._watcher = gevent.get_hub().loop.async_()
        # A greenlet, as what runs in the hub itself may not wait for anything.
        self._watcher.start(self._spawn, self._call)

    def queue(self) -> SimpleQueue[Any]:
        from gevent.monkey import get_original

        native: Callable[[], SimpleQueue[Any]] = get_original("queue", "SimpleQueue")
        return native()

    def start(self, run: Callable[[], None]) -> None:
        from gevent.monkey import get_original

        get_original("_thread", "start_new_thread")(run, ())

    def call_on_loop(self, function: Callable[..., None], *args: object) -> None:
        self._calls.append((function, args))
        self._watcher.send()

    def _call(self) -> None:
        if not self._calls:
            return
        function, args = self._calls.popleft()
        if self._calls:
            self._spawn(self._call)  # the next is told even if this one has to wait
        function(*args)

    def close(self) -> None:
        self._watcher.close()
