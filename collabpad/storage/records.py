"""What a store keeps, as frozen dataclasses: sessions, people, chat, runs, documents.

Times are seconds since the epoch; the history keeps them to the millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from ..protocol.enums import JoinPolicy, RunPolicy, Stream, Verdict, WriteMode


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


class UpdateRow(NamedTuple):
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
    output: Sequence[tuple[Stream, str]]
    verdict: Verdict
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
