"""The one native thread that owns a database, and how the event loop speaks with it.

The loop never waits for the disk: it puts requests into a queue and is told what became of them.
The thread takes all that has queued up, commits it together, and looks again at once.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from ..errors import CollabpadError, Damaged, NotSaved
from .catalog import damaged
from .commit import COMMITTED, Commit
from .database_file import DatabaseFile
from .write_batcher import Outcome, Unsaved, Write, WriteBatcher

RETRY_SECONDS: Final = 2.0
"""How often a backlog is tried again, and the database looked for, while no write comes."""

T = TypeVar("T")
log = logging.getLogger(__name__)


def not_saved() -> NotSaved:
    return NotSaved("The server cannot save now: it keeps your changes in memory until it can.")


def unreadable(key: str, error: Exception) -> Damaged:
    """The error for the caller; the log says why."""
    log.error("Session %s cannot be read: %r", key[:6], error)
    return damaged()


@dataclass(slots=True, eq=False)
class _Read(Generic[T]):
    key: str
    work: Callable[[sqlite3.Connection], T]
    answer: T | None = None
    commit: Commit = field(default_factory=Commit)


_Request = Write | _Read[Any] | None
"""None ends the thread."""


class Worker:
    """Writes and reads of one database; called, and calling back, on the event loop.

    Without gevent the callers' threads take the loop's place, and the worker's own calls back: what
    it calls may then not read.
    """

    def __init__(
        self, db: sqlite3.Connection, file: DatabaseFile, *, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self.saving = True
        self.on_saving_changed: Callable[[bool], None] = lambda _saving: None
        self._batcher = WriteBatcher(db, file=file)
        self._retry_seconds = retry_seconds
        self._announced, self._announcing = True, False
        self._last: dict[str, Write] = {}  # of each session, the last write that is not kept yet
        self._lock = threading.Lock()  # of `_last` and `_closed`, where the callers are threads
        self._closed = False
        self._finished = Commit()
        self._bridge = open_bridge()
        self._queue: SimpleQueue[_Request] = self._bridge.queue()
        self._bridge.start(self._run)

    # --- on the loop ------------------------------------------------------------------------------

    def write(self, write: Write) -> Commit:
        """Queue a write, after all earlier ones."""
        with self._lock:
            if self._closed:
                return Commit(done=True, error=not_saved())
            self._last[write.key] = write
            self._queue.put(write)
        return write.commit

    def read(self, key: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns, with all that was written before.

        Raises `NotSaved` where that depends on what cannot be saved, and `Damaged` where it fails.
        """
        request = _Read(key, work)
        with self._lock:
            if self._closed:
                raise not_saved()
            self._queue.put(request)
        try:
            request.commit.wait()
        except Unsaved:
            raise not_saved() from None
        except Exception as error:
            raise unreadable(key, error) from error
        return cast(T, request.answer)

    def settled(self, key: str) -> Commit:
        """Done when all that was written of a session is kept; fails where it cannot be now."""
        with self._lock:
            last = self._last.get(key)
        if last is None:
            return COMMITTED
        return last.commit if self.saving else Commit(done=True, error=not_saved())

    def close(self) -> None:
        """Save what can be saved, and end the thread."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._finished.wait()

    # --- told by the thread -----------------------------------------------------------------------

    def _conclude(self, outcome: Outcome) -> None:
        ended = [*outcome.kept, *(each for each in outcome.unsaved if each.forgettable)]
        if outcome.refused is not None:
            ended.append(outcome.refused[0])
        with self._lock:
            for each in ended:
                if self._last.get(each.key) is each:
                    del self._last[each.key]
        if outcome.news is not None:
            log.warning("%s", outcome.news)
        if self.saving is not (outcome.trouble is None):
            self._change_saving(outcome.trouble)
        self._settle(outcome)
        if self._announced != self.saving:
            self._announce()

    def _settle(self, outcome: Outcome) -> None:
        ended: list[tuple[Write, CollabpadError | None]]
        ended = [(each, None) for each in outcome.kept]
        ended += [(each, not_saved()) for each in outcome.unsaved]
        if outcome.refused is not None:
            write, error = outcome.refused
            log.error("A change of session %s was refused", write.key[:6], exc_info=error)
            ended.append((write, CollabpadError("The server could not save this change.")))
        # What was kept late has been told already that it was not saved.
        news = [(write.commit, how) for write, how in ended if not write.commit.done]
        for commit, how in news:
            commit.settle(how)
        for commit, _how in news:
            commit.call_back()

    def _change_saving(self, trouble: str | None) -> None:
        self.saving = trouble is None
        if self.saving:
            log.warning("Changes are saved again, and so are those that had to wait")
        else:
            log.error("Changes cannot be saved and are kept in memory: %s", trouble)

    def _announce(self) -> None:
        """Report whether changes are saved; the last report is true, however long one takes."""
        if self._announcing:
            return
        self._announcing = True
        while self._announced != self.saving:
            self._announced = self.saving
            try:
                self.on_saving_changed(self._announced)
            except Exception:
                log.exception("Nobody could be told whether changes are saved")
        self._announcing = False

    def _conclude_all(self, lost: int) -> None:
        if lost:
            log.error("%d changes could not be saved and are lost", lost)
        self._bridge.close()
        self._finished.resolve()

    # --- in the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        going_on = True
        while going_on:
            # All that has queued up, once there is something; nothing when it is time to try again.
            requests: list[_Request] = []
            with suppress(Empty):
                requests.append(self._queue.get(timeout=self._retry_seconds))
                while True:
                    requests.append(self._queue.get_nowait())
            going_on = None not in requests
            for kind, group in groupby(requests, key=type):
                if kind is Write:
                    for outcome in self._batcher.write(cast("Sequence[Write]", list(group))):
                        self._bridge.call_on_loop(self._conclude, outcome)
                elif kind is _Read:
                    for each in group:
                        self._answer(cast("_Read[Any]", each))
            if not requests or not going_on:
                for outcome in self._batcher.flush():
                    self._bridge.call_on_loop(self._conclude, outcome)
        lost = self._batcher.backlog
        self._batcher.close()
        self._bridge.call_on_loop(self._conclude_all, lost)

    def _answer(self, request: _Read[Any]) -> None:
        error: Exception | None = None
        try:
            request.answer = self._batcher.read(request.key, request.work)
        except Exception as raised:  # noqa: BLE001  passed to the caller
            error = raised
        self._bridge.call_on_loop(request.commit.resolve, error)


# --- the thread, and the way back from it ---------------------------------------------------------
#
# Under gevent, `threading.Thread` and `queue` are made of greenlets, which would block the loop, so
# we ask for the native ones. Without gevent a plain thread does, and the way back is a call.


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
