"""A store in memory: everything is gone when the process ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ..units import MIB
from .catalog import Catalog, Log, failed_unknown, unknown_session
from .commit import COMMITTED, Commit
from .packing import (
    NOT_COMPRESSED,
    decompress,
    pack_updates,
    pieces,
    unpack,
    unpack_updates,
)
from .records import (
    Author,
    History,
    MessageRow,
    OldUpdates,
    ParticipantRow,
    Roles,
    RunRow,
    SessionRow,
    Snapshot,
    StoredSession,
    Summary,
    UpdateRow,
)
from .retention import Chunk, plan
from .store import RUNS_KEPT

HISTORY_CAP: Final = 8 * MIB
"""Bytes of history kept of a session, which are not compressed here."""


@dataclass(frozen=True)
class _OldUpdates:
    """A chunk of history; `base` is what the first of its updates builds on."""

    first_seq: int
    last_seq: int
    data: bytes
    base: Snapshot | None

    @property
    def facts(self) -> Chunk:
        return Chunk(self.first_seq, len(self.data), _size(self.base))


@dataclass
class _Kept:
    roles: Roles
    participants: dict[str, ParticipantRow] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)
    messages: deque[MessageRow] = field(default_factory=deque)
    runs: deque[RunRow] = field(default_factory=lambda: deque(maxlen=RUNS_KEPT))
    snapshot: Snapshot | None = None
    updates: list[UpdateRow] = field(default_factory=list)
    history: list[_OldUpdates] = field(default_factory=list)
    text_size: tuple[int, int] = (0, 0)  # after how many updates, and the bytes

    @property
    def seq(self) -> int:
        if self.updates:
            return self.updates[-1].seq
        return self.snapshot.seq if self.snapshot is not None else 0


class MemoryStore:
    """The `Store` of servers that keep nothing."""

    saving = True

    def __init__(self, *, history_cap: int = HISTORY_CAP) -> None:
        self.on_saving_changed: Callable[[bool], None] = lambda _saving: None
        self._history_cap = history_cap
        self._catalog = Catalog()
        self._kept: dict[str, _Kept] = {}

    # --- sessions ---------------------------------------------------------------------------------

    def create(self, stored: StoredSession) -> Commit:
        row = stored.session
        self._catalog.add(row, stored.roles.version, Log.of(stored))
        self._kept[row.key] = _Kept(
            stored.roles,
            messages=deque(stored.messages),
            runs=deque(stored.runs, RUNS_KEPT),
            snapshot=stored.snapshot,
            updates=list(stored.updates),
            history=[_brought(each) for each in stored.history],
        )
        for each in (*stored.authors, *stored.participants):
            self.save_participant(row.key, each)
        for each in stored.authors:
            self.delete_participant(row.key, each.id)
        return COMMITTED

    def find(self, public_id: str) -> SessionRow | None:
        return self._catalog.find(public_id)

    def load(self, key: str) -> StoredSession | None:
        entry = self._catalog.entries.get(key)
        if entry is None:
            return None
        kept = self._kept[key]
        return StoredSession(
            session=entry.row,
            roles=kept.roles,
            participants=tuple(kept.participants.values()),
            messages=tuple(kept.messages),
            snapshot=kept.snapshot,
            updates=tuple(kept.updates),
        )

    def sessions(self) -> list[SessionRow]:
        return [each.row for each in self._catalog]

    def summaries(self) -> list[Summary]:
        return [
            Summary(
                row=each.row,
                write_mode=kept.roles.write_mode,
                people=len(kept.participants),
                text_bytes=kept.text_size[1] if kept.text_size[0] == kept.seq else None,
            )
            for each in self._catalog
            for kept in (self._kept[each.row.key],)
        ]

    def save_text_size(self, key: str, seq: int, text_bytes: int) -> Commit:
        kept = self._kept.get(key)
        if kept is None:
            return failed_unknown()
        kept.text_size = (seq, text_bytes)
        return COMMITTED

    def save_session(self, session: SessionRow) -> Commit:
        return COMMITTED if self._catalog.update(session) else failed_unknown()

    def touch(self, key: str, at: float) -> None:
        self._catalog.touch(key, at)

    def delete(self, key: str) -> Commit:
        self._catalog.remove(key)
        self._kept.pop(key, None)
        return COMMITTED

    def idle(self, before: float) -> list[SessionRow]:
        return self._catalog.idle(before)

    def spare(self, seconds: float) -> None:
        self._catalog.spare(seconds)

    # --- people, chat, runs -----------------------------------------------------------------------

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        if not self._catalog.swap_roles(key, old, new):
            return False
        self._kept[key].roles = new
        return True

    def save_participant(self, key: str, participant: ParticipantRow) -> Commit:
        kept = self._kept.get(key)
        if kept is None:
            return failed_unknown()
        kept.participants[participant.id] = participant
        kept.authors[participant.id] = Author(name=participant.name, color=participant.color)
        return COMMITTED

    def delete_participant(self, key: str, participant_id: str) -> Commit:
        kept = self._kept.get(key)
        if kept is None:
            return failed_unknown()
        kept.participants.pop(participant_id, None)
        return COMMITTED

    def append_message(self, key: str, message: MessageRow, cap: int) -> Commit:
        kept = self._kept.get(key)
        if kept is None:
            return failed_unknown()
        kept.messages.append(message)
        while len(kept.messages) > cap:
            kept.messages.popleft()
        return COMMITTED

    def save_run(self, key: str, run: RunRow) -> Commit:
        kept = self._kept.get(key)
        if kept is None:
            return failed_unknown()
        kept.runs.append(run)
        return COMMITTED

    def runs(self, key: str) -> list[RunRow]:
        return [replace(each, output=()) for each in self._require(key).runs]

    def run(self, key: str, run_id: str) -> RunRow | None:
        return next((each for each in self._require(key).runs if each.id == run_id), None)

    def last_run(self, key: str) -> RunRow | None:
        return next(reversed(self._require(key).runs), None)

    # --- the document -----------------------------------------------------------------------------

    def append_update(self, key: str, update: UpdateRow) -> Commit:
        entry = self._catalog.entries.get(key)
        if entry is None:
            return failed_unknown()
        if entry.log is not None:
            entry.log.grow(update.seq, len(update.data))
        self._kept[key].updates.append(update)
        return COMMITTED

    def settled(self, key: str) -> Commit:
        return COMMITTED

    def compaction_due(self, key: str) -> bool:
        entry = self._catalog.entries.get(key)
        return entry is not None and entry.log is not None and entry.log.due

    def compact(self, key: str, seq: int, snapshot: Sequence[bytes]) -> Commit:
        entry = self._catalog.entries.get(key)
        if entry is None:
            return failed_unknown()
        if entry.log is not None:
            entry.log.shrink(seq, sum(map(len, snapshot)))
        kept = self._kept[key]
        moved = [each for each in kept.updates if each.seq <= seq]
        if moved:
            self._add_to_history(kept, moved)
            del kept.updates[: len(moved)]
            kept.snapshot = Snapshot(seq=seq, parts=tuple(snapshot))
        return COMMITTED

    def _add_to_history(self, kept: _Kept, updates: Sequence[UpdateRow]) -> None:
        data = pack_updates(updates, NOT_COMPRESSED)
        new = _OldUpdates(updates[0].seq, updates[-1].seq, data, kept.snapshot)
        to_do = plan([each.facts for each in kept.history], new.facts, self._history_cap)
        if to_do.keep_from is None:
            kept.history.clear()
            return
        if not to_do.with_base:
            new = _OldUpdates(new.first_seq, new.last_seq, data, None)
        kept.history = [each for each in kept.history if each.first_seq >= to_do.keep_from]
        kept.history.append(new)

    def history(self, key: str, until: int | None = None) -> History:
        kept = self._require(key)
        base = kept.history[0].base if kept.history else kept.snapshot
        if until is not None:
            bases = (*(each.base for each in kept.history), kept.snapshot)
            early = [each for each in bases if each is not None and each.seq <= until]
            base = max(early, key=lambda each: each.seq, default=base)
        first = base.seq if base is not None else 0
        return History(base=base, authors=dict(kept.authors), pieces=_unpacked(kept, first))

    def close(self) -> None:
        self._kept.clear()
        self._catalog = Catalog()

    def _require(self, key: str) -> _Kept:
        kept = self._kept.get(key)
        if kept is None:
            raise unknown_session()
        return kept


def _size(snapshot: Snapshot | None) -> int | None:
    return None if snapshot is None else sum(map(len, snapshot.parts))


def _brought(old: OldUpdates) -> _OldUpdates:
    base = old.base and Snapshot(seq=old.first_seq - 1, parts=tuple(unpack(decompress(old.base))))
    return _OldUpdates(old.first_seq, old.last_seq, old.data, base or None)


def _unpacked(kept: _Kept, after: int) -> Iterator[Sequence[UpdateRow]]:
    """All updates after one, as they are now."""
    chunks = tuple(each for each in kept.history if each.last_seq > after)
    updates = tuple(each for each in kept.updates if each.seq > after)

    def each() -> Iterator[Sequence[UpdateRow]]:
        for chunk in chunks:
            yield from unpack_updates(chunk.data, chunk.first_seq)
        yield from pieces(updates)

    return each()
