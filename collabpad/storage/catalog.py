"""What a store knows of its sessions without asking a disk: who they are, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..errors import Damaged, UnknownSession
from .records import Roles, SessionRow
from .retention import Log

TOUCH_SECONDS: Final = 60.0
"""How far the time of a session's last activity may be behind on disk."""


def unknown_session() -> UnknownSession:
    return UnknownSession("There is no such session any more.")


def damaged() -> Damaged:
    return Damaged("This session cannot be read; the server's log tells its operator why.")


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

    @property
    def compaction_due(self) -> bool:
        return self.log is not None and self.log.due

    def append(self, seq: int, size: int) -> None:
        """Raises ValueError where the update cannot be the next one."""
        if self.log is not None:
            self.log.grow(seq, size)

    def compact(self, seq: int, size: int) -> None:
        """Raises ValueError where the snapshot holds what did not come."""
        if self.log is not None:
            self.log.shrink(seq, size)


class Catalog:
    """All sessions by key and by each of their public IDs, the retired ones too."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._keys: dict[str, str] = {}
        self._damaged: set[str] = set()  # public IDs of sessions that cannot be read

    def add(
        self, row: SessionRow, roles_version: int, log: Log | None = None, *, spared: float = 0.0
    ) -> None:
        self._entries[row.key] = Entry(row, roles_version, row.active_at, log, spared)
        self._name(row)

    def add_damaged(self, public_ids: Collection[str]) -> None:
        self._damaged.update(public_ids)

    def get(self, key: str) -> Entry | None:
        return self._entries.get(key)

    def __getitem__(self, key: str) -> Entry:
        """Raises `UnknownSession`."""
        entry = self._entries.get(key)
        if entry is None:
            raise unknown_session()
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def find(self, public_id: str) -> SessionRow | None:
        """Raises `Damaged`."""
        key = self._keys.get(public_id)
        if key is not None:
            return self._entries[key].row
        if public_id in self._damaged:
            raise damaged()
        return None

    def update(self, row: SessionRow) -> bool:
        """False where there is no such session."""
        entry = self._entries.get(row.key)
        if entry is None:
            return False
        self._forget_names(entry.row)
        entry.row, entry.kept_at, entry.spared = row, row.active_at, 0.0
        self._name(row)
        return True

    def remove(self, key: str) -> bool:
        """False where there is no such session."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return False
        self._forget_names(entry.row)
        return True

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        """Whether `old` was there still, and now is `new`."""
        entry = self._entries.get(key)
        if entry is None or entry.roles_version != old.version:
            return False
        entry.roles_version = new.version
        return True

    def touch(self, key: str, at: float) -> bool:
        """Note an activity; whether it is time to keep that."""
        entry = self._entries.get(key)
        if entry is None or at <= entry.row.active_at:
            return False
        entry.row = replace(entry.row, active_at=at)
        was_spared, entry.spared = entry.spared, 0.0
        return bool(was_spared) or at - entry.kept_at >= TOUCH_SECONDS

    def idle(self, before: float) -> list[SessionRow]:
        """The sessions in which nobody was active since `before`, less what they are spared."""
        return [
            entry.row
            for entry in self._entries.values()
            if entry.row.active_at + entry.spared < before
        ]

    def spare(self, seconds: float) -> None:
        for entry in self._entries.values():
            entry.spared += seconds

    def _name(self, row: SessionRow) -> None:
        for public_id in _public_ids(row):
            self._keys[public_id] = row.key

    def _forget_names(self, row: SessionRow) -> None:
        for public_id in _public_ids(row):
            self._keys.pop(public_id, None)


def _public_ids(row: SessionRow) -> tuple[str, ...]:
    return (row.session_id, row.view_id, *row.retired_ids)
