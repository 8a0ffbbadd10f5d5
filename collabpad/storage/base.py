"""What a store keeps and promises: rows as frozen dataclasses, and the `Store` protocol.

A write returns a `Commit` at once and is carried out in the order of the calls; the caller acknowledges
when the commit is done. `swap_roles` alone answers at once: it is the compare-and-set by which every
change of roles goes, so that two nodes can never both believe to have moved the pen.
Times are seconds since the epoch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..protocol import JoinPolicy, RunPolicy, WriteMode


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session's own facts; `key` is internal and never sent, so that the public IDs can be rotated."""

    key: str
    session_id: str
    view_id: str
    host_key_hash: str
    title: str
    language: str
    run_policy: RunPolicy = RunPolicy.WRITERS
    join_policy: JoinPolicy = JoinPolicy.OPEN
    passcode_hash: str | None = None
    created_at: float
    active_at: float
    retired_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Who may what in a session; changed only by `Store.swap_roles`, which counts `version` up by one.

    `acting` tells that the host came to the seat by failover. `pen_id` counts in `handoff` mode alone,
    `muted` in `open` mode alone.
    """

    version: int = 0
    write_mode: WriteMode = WriteMode.HANDOFF
    host_id: str | None = None
    acting: bool = False
    pen_id: str | None = None
    muted: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ParticipantRow:
    id: str
    resume_hash: str
    name: str
    color: str
    viewer: bool
    holds_key: bool
    joined_at: float
    wants_write: float | None = None


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    id: int
    participant_id: str | None
    name: str
    message: str
    at: float
    system: bool


@dataclass(frozen=True, kw_only=True)
class UpdateRow:
    """One accepted update; `participant_id` is None for the server's own edits."""

    seq: int
    participant_id: str | None
    at: float
    data: bytes


@dataclass(frozen=True, kw_only=True)
class StoredSession:
    """All that is needed to bring a session back to life."""

    session: SessionRow
    roles: Roles
    participants: Sequence[ParticipantRow] = ()
    messages: Sequence[MessageRow] = ()
    updates: Sequence[UpdateRow] = ()


class Commit:
    """The promise that a write will be kept; resolved once, on the event loop, with an error or without."""

    __slots__ = ("_callbacks", "done", "error")

    def __init__(self, *, done: bool = False) -> None:
        self.done = done
        self.error: Exception | None = None
        self._callbacks: list[Callable[[Commit], None]] = []

    def resolve(self, error: Exception | None = None) -> None:
        self.done, self.error = True, error
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)

    def then(self, callback: Callable[[Commit], None]) -> None:
        """Call `callback` when the write is kept or has failed; at once where that is known."""
        if self.done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def wait(self) -> None:
        """Return when the write is kept; raises what made it fail."""
        if not self.done:
            resolved = threading.Event()
            self._callbacks.append(lambda _commit: resolved.set())
            resolved.wait()
        if self.error is not None:
            raise self.error


COMMITTED = Commit(done=True)


class Store(Protocol):
    """Where sessions live when they are not in memory."""

    def create(self, stored: StoredSession) -> Commit: ...

    def find(self, public_id: str) -> SessionRow | None:
        """The session that this join or view ID names, or named before the links were changed."""

    def load(self, key: str) -> StoredSession | None: ...

    def sessions(self) -> list[SessionRow]: ...

    def delete(self, key: str) -> Commit: ...

    def save_session(self, session: SessionRow) -> Commit: ...

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        """Put `new` in the place of `old`; False, and nothing done, where it is no longer there."""

    def save_participant(self, key: str, participant: ParticipantRow) -> Commit: ...

    def delete_participant(self, key: str, participant_id: str) -> Commit: ...

    def append_message(self, key: str, message: MessageRow, cap: int) -> Commit:
        """Keep one more message and, of all, the last `cap`."""

    def append_update(self, key: str, update: UpdateRow) -> Commit: ...

    def close(self) -> None:
        """Return when everything is kept."""
