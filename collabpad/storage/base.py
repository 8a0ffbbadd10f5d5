"""What a store keeps and promises: rows as frozen dataclasses, and the `Store` protocol.

A write returns a `Commit` at once and is carried out in the order of the calls; the caller
acknowledges when the commit is done. `swap_roles` alone answers at once: it is the compare-and-set
by which every change of roles goes, so that two nodes can never both believe to have moved the pen.
As the order is kept, nothing that was acknowledged can build on a change of roles that is lost.

While a store cannot save (a full disk), every write's commit fails with `NotSaved`, so that people
are told; the data stays in memory, in order, and is kept as soon as that works again. `settled`
then tells whether all of a session is kept. Only a session that could not be created is forgotten.

A write about a session that the store does not have fails with `UnknownSession` and changes
nothing. Times are seconds since the epoch; the history keeps them to the millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

from ..protocol.enums import JoinPolicy, RunPolicy, WriteMode
from ..values import MIB
from .commit import COMMITTED as COMMITTED  # noqa: PLC0414  who uses a store needs it too
from .commit import Commit as Commit  # noqa: PLC0414

HISTORY_CAP: Final = 64 * MIB
"""Bytes of history kept of a session, compressed; the oldest goes first."""
RUNS_KEPT: Final = 50
"""Runs of a session that are remembered."""


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session's own facts; `key` is internal and never sent, so that public IDs can change."""

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
    """Who may what in a session; changed only by `Store.swap_roles`, which `version` counts.

    `acting` tells that the host came to the seat by failover. `pen_id` counts in `handoff` mode
    alone, `muted` in `open` mode alone. `pen_since` is when the pen came to who has it; `rotation`
    the minutes after which it goes on to the next, or None. `rotation_order` names those who take
    their turns first, the others following as they joined; `rotation_held` stops the clock.
    """

    version: int = 0
    write_mode: WriteMode = WriteMode.HANDOFF
    host_id: str | None = None
    acting: bool = False
    pen_id: str | None = None
    muted: frozenset[str] = frozenset()
    pen_since: float | None = None
    rotation: int | None = None
    rotation_order: tuple[str, ...] = ()
    rotation_held: bool = False


@dataclass(frozen=True, kw_only=True)
class ParticipantRow:
    """`stayed` is how many seconds they were here until `seen_at`, when they last went away; None
    as long as they have not."""

    id: str
    resume_hash: str
    name: str
    color: str
    viewer: bool
    holds_key: bool
    joined_at: float
    wants_write: float | None = None
    stayed: float = 0.0
    seen_at: float | None = None


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
class Snapshot:
    """A document in one piece: a few updates that together are all those up to `seq`."""

    seq: int
    parts: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A run that is over; `seq` is the document's when it began.

    `code` is None where the whole document ran; `first_line` is of what ran, cut to a length for a
    list, and empty where it was not kept. `output` has the pieces in the order they came, each with
    its stream.
    """

    id: str
    participant_id: str
    name: str
    at: float
    seq: int
    language: str
    code: str | None
    stdin: str
    output: Sequence[tuple[str, str]]
    verdict: str
    exit_code: int | None
    signal: str | None
    duration_ms: int
    truncated: bool
    sandbox: str
    first_line: str = ""


@dataclass(frozen=True, kw_only=True)
class OldUpdates:
    """Updates from before the snapshot, packed (packing.py); `base`, packed too, is the document
    that the first of them builds on, or None where that is the very first."""

    first_seq: int
    last_seq: int
    data: bytes
    base: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class StoredSession:
    """All that brings a session back to life; `updates` are those after the snapshot.

    A new one may bring a past along: `authors` who are not in it, `history` and `runs`. What is
    loaded has none of these.
    """

    session: SessionRow
    roles: Roles
    participants: Sequence[ParticipantRow] = ()
    messages: Sequence[MessageRow] = ()
    snapshot: Snapshot | None = None
    updates: Sequence[UpdateRow] = ()
    authors: Sequence[ParticipantRow] = ()
    history: Sequence[OldUpdates] = ()
    runs: Sequence[RunRow] = ()

    @property
    def seq(self) -> int:
        """How many updates the document has accepted."""
        if self.updates:
            return self.updates[-1].seq
        return self.snapshot.seq if self.snapshot is not None else 0

    @property
    def document(self) -> list[bytes]:
        """The updates that make the document, in order."""
        parts = self.snapshot.parts if self.snapshot is not None else ()
        return [*parts, *(each.data for each in self.updates)]


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote; remembered after they left for good."""

    name: str
    color: str


@dataclass(frozen=True, kw_only=True)
class History:
    """How a document came to be: `updates` in order and without a gap, on top of `base`.

    `base` is None where nothing was forgotten. The updates are fetched as they are asked for, in
    `pieces` of bounded size.
    """

    base: Snapshot | None
    authors: Mapping[str, Author]
    pieces: Iterator[Sequence[UpdateRow]]

    @property
    def updates(self) -> Iterator[UpdateRow]:
        return chain.from_iterable(self.pieces)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a list of sessions tells of one.

    `text_bytes` is the size of the text in UTF-8, or None where nobody has counted it since the
    last edit.
    """

    row: SessionRow
    write_mode: WriteMode
    people: int
    text_bytes: int | None


class Store(Protocol):
    """Where sessions live when they are not in memory."""

    on_saving_changed: Callable[[bool], None]
    """Called, on the event loop, when `saving` changes."""

    @property
    def saving(self) -> bool:
        """Whether writes are being kept; False while the disk is full or broken."""

    # --- sessions ---------------------------------------------------------------------------------

    def create(self, stored: StoredSession) -> Commit:
        """Keep a new session; where that fails it is forgotten at once."""

    def find(self, public_id: str) -> SessionRow | None:
        """The session that this join or view ID names, or named before the links were changed.

        Asks no disk. Raises `Damaged` where there is such a session, but it cannot be read.
        """

    def load(self, key: str) -> StoredSession | None:
        """All of a session, with every write that was asked for before.

        Raises `Damaged`; and `NotSaved` where that depends on what cannot be saved.
        """

    def sessions(self) -> list[SessionRow]:
        """All sessions that can be read. Asks no disk."""

    def summaries(self) -> list[Summary]:
        """All sessions that can be read, without their documents. Raises `NotSaved`, `Damaged`."""

    def save_text_size(self, key: str, seq: int, text_bytes: int) -> Commit:
        """Remember how large the text is after `seq` updates, for the summaries."""

    def save_session(self, session: SessionRow) -> Commit: ...

    def touch(self, key: str, at: float) -> None:
        """Somebody was active in the session; kept to the minute, at the latest by `close`."""

    def delete(self, key: str) -> Commit: ...

    def idle(self, before: float) -> list[SessionRow]:
        """The sessions in which nobody was active since `before`, less what they are spared."""

    def spare(self, seconds: float) -> None:
        """So many seconds of the clock, now over, do not count for any session until it is used
        again."""

    # --- people, chat, runs -----------------------------------------------------------------------

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        """Put `new` in the place of `old`; False, and nothing done, where it is no longer there."""

    def save_participant(self, key: str, participant: ParticipantRow) -> Commit: ...

    def delete_participant(self, key: str, participant_id: str) -> Commit:
        """Forget who may come back as whom; the history still knows the author's name."""

    def append_message(self, key: str, message: MessageRow, cap: int) -> Commit:
        """Keep one more message and, of all, the last `cap`; IDs count up by one."""

    def save_run(self, key: str, run: RunRow) -> Commit:
        """Remember a run that is over, with the `RUNS_KEPT` last."""

    def runs(self, key: str) -> list[RunRow]:
        """The runs remembered without their output, the oldest first.

        Raises `UnknownSession`, `Damaged` or `NotSaved`.
        """

    def run(self, key: str, run_id: str) -> RunRow | None:
        """One of them, with its output; raises what `runs` raises."""

    def last_run(self, key: str) -> RunRow | None:
        """The newest of them, with its output; raises what `runs` raises."""

    # --- the document -----------------------------------------------------------------------------

    def append_update(self, key: str, update: UpdateRow) -> Commit:
        """Keep one more update. Raises ValueError where its `seq` is not the next one."""

    def settled(self, key: str) -> Commit:
        """Done when all that was written of this session is kept.

        Fails with `NotSaved` at once where something is not, while the store cannot save.
        """

    def compaction_due(self, key: str) -> bool:
        """Whether so many single updates have come that loading them one by one would be felt."""

    def compact(self, key: str, seq: int, snapshot: Sequence[bytes]) -> Commit:
        """Keep `snapshot` in the place of all updates up to `seq`, which become history."""

    def history(self, key: str, until: int | None = None) -> History:
        """How the document came to be; or, where only update `until` matters, what is needed for
        that: on top of the last base that is not after it.

        Raises `UnknownSession`, `Damaged` or `NotSaved`; so does going on in its updates.
        """

    def close(self) -> None:
        """Return when everything is kept, or when it is clear that it cannot be."""
