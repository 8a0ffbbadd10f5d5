"""What a store promises: the `Store` protocol.

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

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from ..units import MIB
from .commit import Commit
from .records import (
    History,
    MessageRow,
    ParticipantRow,
    Roles,
    RunRow,
    SessionRow,
    StoredSession,
    Summary,
    UpdateRow,
)

HISTORY_CAP: Final = 64 * MIB
"""Bytes of history kept of a session, compressed; the oldest goes first."""
RUNS_KEPT: Final = 50
"""Runs of a session that are remembered."""


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
        """Forget a participant; the history still knows the author's name."""

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
