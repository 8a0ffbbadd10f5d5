"""One operation at a time on a session. What it sends is held back until it is done, or until what
it saved is committed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

from ..errors import NotSaved, UnknownSession
from ..protocol.server_events import Payload, ServerEvent
from ..storage.commit import COMMITTED, Commit
from .context import Context
from .roster import Connection, Participant

_Outgoing = tuple[str, Mapping[str, object], str | Iterable[str], tuple[str, ...], Commit]
"""An event's name and payload, to whom, whom to skip, and what must be saved before."""


class Room:
    """The connections of one session: its lock, its outgoing events and its timers."""

    def __init__(self, context: Context, key: str) -> None:
        self.context = context
        self.key = self.room = key
        self.crdt_room = f"{key}:crdt"  # of clients that keep a CRDT
        self.closed = False
        self.used_at = context.scheduler.monotonic()
        self._lock = threading.RLock()
        self._events: list[_Outgoing] = []
        self._disconnecting: list[str] = []

    @contextmanager
    def perform(self) -> Iterator[None]:
        """Run one operation with the session to itself, then send its events.

        Send an acknowledgement inside if it must come before the events. Never wait for the disk
        inside. Raises `UnknownSession` if the session ended while the caller waited.
        """
        with self._lock:
            if self.closed:
                raise UnknownSession("This session has ended.")
            try:
                yield
            finally:
                self._flush()

    def call_later(self, delay: float, operation: Callable[[], None]) -> None:
        """Perform `operation` after `delay` seconds, if the session still lives."""

        def due() -> None:
            with suppress(UnknownSession), self.perform():
                operation()

        self.context.scheduler.call_later(delay, due)

    def touch(self) -> float:
        """Note that the session was used; returns the time of day."""
        self.used_at = self.context.scheduler.monotonic()
        now = self.context.scheduler.now()
        self.context.store.touch(self.key, now)
        return now

    def emit(
        self,
        event: ServerEvent[Payload],
        payload: Payload,
        *,
        to: str | Iterable[str],
        skip: Connection | Participant | None = None,
        after: Commit = COMMITTED,
    ) -> None:
        """Send `event` when the running operation and the commit `after` are done; not to `skip`,
        one or all of a person's connections. Use `after` for what must outlive the server. If the
        disk is full, the event is sent all the same: the data is kept in memory like everything
        else.
        """
        self._events.append((event.name, payload, to, skip.sids if skip else (), after))

    def disconnect(self, sid: str) -> None:
        """Close a connection after everything was sent."""
        self._disconnecting.append(sid)

    def _flush(self) -> None:
        events, self._events = self._events, []
        for name, payload, to, skip, after in events:
            if after.done:
                self.context.transport.emit(name, payload, to=to, skip_sid=skip)
            else:
                send = partial(self.context.transport.emit, name, payload, to=to, skip_sid=skip)
                self._send_after(after, send)
        leaving, self._disconnecting = self._disconnecting, []
        for sid in leaving:
            self.context.transport.disconnect(sid)

    def _send_after(self, commit: Commit, send: partial[None]) -> None:
        # A commit's callbacks must not wait, and its acknowledgement comes first.
        commit.then(lambda _commit: self.context.scheduler.call_later(0, send))

    def give_up(self) -> None:
        """Stop at once, and send nothing of the running operation."""
        self.closed = True
        self._events = []


def saved_or_kept(commit: Commit) -> Commit:
    """A commit that is done when `commit` is, even if the disk is full: the data is then kept in
    memory like everything else."""
    if commit.done and commit.error is None:
        return commit
    known = Commit()

    def resolve(commit: Commit) -> None:
        known.resolve(None if isinstance(commit.error, NotSaved) else commit.error)

    commit.then(resolve)
    return known
