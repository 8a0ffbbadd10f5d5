"""What an operation sends, held back until the operation and what it saved are done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from ..errors import NotSaved
from ..protocol.server_events import Payload, ServerEvent
from ..storage.commit import COMMITTED, Commit
from .context import Context
from .roster import Connection, Participant

_Outgoing = tuple[str, Mapping[str, object], str | Iterable[str], tuple[str, ...], Commit]
"""An event's name and payload, to whom, whom to skip, and what must be saved before."""


class Outbox:
    """The events and disconnections of one session."""

    def __init__(self, context: Context) -> None:
        self._transport = context.transport
        self._scheduler = context.scheduler
        self._events: list[_Outgoing] = []
        self._disconnecting: list[str] = []

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
        one or all of somebody's connections.

        What must outlive the server is told `after` it was saved, and nobody waits for that. While
        the disk is full it is kept in memory like everything else, and is told.
        """
        self._events.append((event.name, payload, to, skip.sids if skip else (), after))

    def disconnect(self, sid: str) -> None:
        """Close a connection when all has been sent."""
        self._disconnecting.append(sid)

    def flush(self) -> None:
        events, self._events = self._events, []
        for name, payload, to, skip, after in events:
            if after.done:
                self._transport.emit(name, payload, to=to, skip_sid=skip)
            else:
                send = partial(self._transport.emit, name, payload, to=to, skip_sid=skip)
                self._send_after(after, send)
        leaving, self._disconnecting = self._disconnecting, []
        for sid in leaving:
            self._transport.disconnect(sid)

    def _send_after(self, commit: Commit, send: partial[None]) -> None:
        # Callbacks of a commit must not wait, and an acknowledgement of it comes first.
        commit.then(lambda _commit: self._scheduler.call_later(0, send))

    def drop(self) -> None:
        """Send nothing of it."""
        self._events, self._disconnecting = [], []


def saved_or_kept(commit: Commit) -> Commit:
    """Done when `commit` is, also where it is not saved because the disk is full: it is kept in
    memory then like everything else, and life goes on."""
    if commit.done and commit.error is None:
        return commit
    known = Commit()

    def resolve(commit: Commit) -> None:
        known.resolve(None if isinstance(commit.error, NotSaved) else commit.error)

    commit.then(resolve)
    return known
