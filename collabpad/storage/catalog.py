"""What a store knows of its sessions without reading the disk: their IDs and their progress."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..errors import Damaged, UnknownSession
from ..units import KIB
from .commit import Commit
from .records import Roles, SessionRow, StoredSession

TOUCH_SECONDS: Final = 60.0
"""How far the time of a session's last activity may be behind on disk."""


def unknown_session() -> UnknownSession:
    return UnknownSession("This session does not exist any more.")


def failed_unknown() -> Commit:
    """What a write about a session that is not there returns."""
    return Commit(done=True, error=unknown_session())


def damaged() -> Damaged:
    return Damaged("This session cannot be read: the server's log says why.")


# Loading a document takes about 25 µs an update (bench/store.py), so that a log of this length is
# read in some 15 ms. A large snapshot is not worth writing for so few: it costs its own size.
DUE_AFTER_UPDATES: Final = 500
DUE_AFTER_BYTES: Final = 256 * KIB
SNAPSHOT_BYTES_AN_UPDATE: Final = 1 * KIB


@dataclass(slots=True)
class Log:
    """What there is of a document: the size of its snapshot, and the updates after it.

    `due` tells that it should be compacted.
    """

    seq: int = 0
    updates: int = 0
    bytes: int = 0
    snapshot_bytes: int = 0
    due: bool = False

    @classmethod
    def of(cls, stored: StoredSession) -> Log:
        log = cls(
            seq=stored.seq,
            updates=len(stored.updates),
            bytes=sum(len(each.data) for each in stored.updates),
            snapshot_bytes=sum(map(len, stored.snapshot.parts)) if stored.snapshot else 0,
        )
        log.due = log._is_due()
        return log

    def grow(self, seq: int, size: int) -> None:
        """Add an update. Raises ValueError where it is not the next one."""
        if seq != self.seq + 1:
            raise ValueError(f"update {seq} cannot follow update {self.seq}")
        self.seq = seq
        self.updates += 1
        self.bytes += size
        if self.updates >= DUE_AFTER_UPDATES or self.bytes >= DUE_AFTER_BYTES:
            self.due = self._is_due()

    def shrink(self, seq: int, snapshot_bytes: int) -> None:
        """Put a snapshot in the place of the updates up to `seq`.

        Raises ValueError for a snapshot of updates that did not come.
        """
        if seq > self.seq:
            raise ValueError(f"no snapshot can hold update {seq} after update {self.seq}")
        self.updates, self.bytes, self.snapshot_bytes = self.seq - seq, 0, snapshot_bytes
        self.due = self._is_due()

    def _is_due(self) -> bool:
        many = DUE_AFTER_UPDATES + self.snapshot_bytes // SNAPSHOT_BYTES_AN_UPDATE
        return self.updates >= many or self.bytes >= DUE_AFTER_BYTES + self.snapshot_bytes


@dataclass(slots=True)
class Entry:
    """One session. `log` is None until it is loaded, `kept_at` the last activity on disk.

    `spared` are seconds since that activity that do not count (`Store.spare`).
    """

    row: SessionRow
    roles_version: int
    kept_at: float
    log: Log | None = None
    spared: float = 0.0


class Catalog:
    """All sessions: `entries` by their keys, and found by each public ID, the retired ones too."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._keys: dict[str, str] = {}
        self._damaged: set[str] = set()  # public IDs of sessions that cannot be read

    def add(
        self, row: SessionRow, roles_version: int, log: Log | None = None, *, spared: float = 0.0
    ) -> None:
        self.entries[row.key] = Entry(row, roles_version, row.active_at, log, spared)
        self._name(row)

    def add_damaged(self, public_ids: Collection[str]) -> None:
        self._damaged.update(public_ids)

    def __getitem__(self, key: str) -> Entry:
        """Raises `UnknownSession`."""
        entry = self.entries.get(key)
        if entry is None:
            raise unknown_session()
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self.entries.values()))

    def find(self, public_id: str) -> SessionRow | None:
        """Raises `Damaged`."""
        key = self._keys.get(public_id)
        if key is not None:
            return self.entries[key].row
        if public_id in self._damaged:
            raise damaged()
        return None

    def update(self, row: SessionRow) -> bool:
        """False where there is no such session."""
        entry = self.entries.get(row.key)
        if entry is None:
            return False
        self._forget_names(entry.row)
        entry.row, entry.kept_at, entry.spared = row, row.active_at, 0.0
        self._name(row)
        return True

    def remove(self, key: str) -> bool:
        """False where there is no such session."""
        entry = self.entries.pop(key, None)
        if entry is None:
            return False
        self._forget_names(entry.row)
        return True

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        """Whether `old` was there still, and now is `new`."""
        entry = self.entries.get(key)
        if entry is None or entry.roles_version != old.version:
            return False
        entry.roles_version = new.version
        return True

    def touch(self, key: str, at: float) -> bool:
        """Note an activity; whether it is time to keep that."""
        entry = self.entries.get(key)
        if entry is None or at <= entry.row.active_at:
            return False
        entry.row = replace(entry.row, active_at=at)
        was_spared, entry.spared = entry.spared, 0.0
        return bool(was_spared) or at - entry.kept_at >= TOUCH_SECONDS

    def idle(self, before: float) -> list[SessionRow]:
        """The sessions in which nobody was active since `before`, less what they are spared."""
        return [
            entry.row
            for entry in self.entries.values()
            if entry.row.active_at + entry.spared < before
        ]

    def spare(self, seconds: float) -> None:
        for entry in self.entries.values():
            entry.spared += seconds

    def _name(self, row: SessionRow) -> None:
        for public_id in _public_ids(row):
            self._keys[public_id] = row.key

    def _forget_names(self, row: SessionRow) -> None:
        for public_id in _public_ids(row):
            self._keys.pop(public_id, None)


def _public_ids(row: SessionRow) -> tuple[str, ...]:
    return (row.session_id, row.view_id, *row.retired_ids)
