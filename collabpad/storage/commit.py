"""The promise that a write will be saved."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Commit:
    """The promise that a write will be saved; resolved once, with an error or without.

    That happens on the event loop or, where there is none, in the store's own thread.
    """

    __slots__ = ("_callbacks", "_waiting", "done", "error")

    def __init__(self, *, done: bool = False, error: Exception | None = None) -> None:
        self.done = done
        self.error = error
        self._callbacks: list[Callable[[Commit], None]] = []
        self._waiting: list[threading.Event] = []

    def resolve(self, error: Exception | None = None) -> None:
        """Say how the write ended."""
        self.settle(error)
        self.call_back()

    def settle(self, error: Exception | None = None) -> None:
        """Wake those that wait for the write; `call_back` has to follow.

        A store settles all that it has committed together before it calls anybody back: a callback
        may wait for a lock whose owner waits for another of these writes.
        """
        self.error = error
        self.done = True
        while self._waiting:
            self._waiting.pop().set()

    def then(self, callback: Callable[[Commit], None]) -> None:
        """Call `callback` when the write is kept or has failed; at once where that is known."""
        # Appended before `done` is read, as `settle` sets that before anybody is called: in
        # whichever order two threads come, one finds the callback, and `pop` gives it to one alone.
        self._callbacks.append(callback)
        if self.done:
            self.call_back()

    def call_back(self) -> None:
        """Call the callbacks, each once."""
        while self._callbacks:
            try:
                callback = self._callbacks.pop(0)
            except IndexError:
                return
            try:
                callback(self)
            except Exception:
                log.exception("A callback of a write failed")

    def wait(self) -> None:
        """Wait until the write is saved; raises what made it fail.

        It waits for the disk: call it outside of `Session.perform`, or everybody waits.
        """
        if not self.done:
            resolved = threading.Event()
            self._waiting.append(resolved)
            if not self.done:
                resolved.wait()
        if self.error is not None:
            raise self.error


COMMITTED = Commit(done=True)
"""For what needs no keeping, or is kept already."""
