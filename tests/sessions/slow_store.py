"""A store whose disk is as slow as the test wants it to be."""

from __future__ import annotations

import threading

from collabpad.storage.commit import Commit
from collabpad.storage.memory import MemoryStore
from collabpad.storage.records import ParticipantRow, SessionRow, StoredSession


class SlowStore(MemoryStore):
    """Takes everything at once; what is in `held` is neither loaded nor said to be saved before
    `release`."""

    def __init__(self) -> None:
        super().__init__()
        self.held: set[str] = set()  # keys of sessions
        self.waiting = threading.Event()  # somebody waits for a load
        self.loads = 0
        self._released = threading.Event()
        self._commits: list[Commit] = []

    def release(self) -> None:
        self.held.clear()
        self._released.set()
        commits, self._commits = self._commits, []
        for commit in commits:
            commit.resolve()

    def _held(self, key: str, commit: Commit) -> Commit:
        if key not in self.held:
            return commit
        slow = Commit()
        self._commits.append(slow)
        return slow

    def load(self, key: str) -> StoredSession | None:
        self.loads += 1
        if key in self.held:
            self.waiting.set()
            self._released.wait()
        return super().load(key)

    def save_session(self, session: SessionRow) -> Commit:
        return self._held(session.key, super().save_session(session))

    def save_participant(self, key: str, participant: ParticipantRow) -> Commit:
        return self._held(key, super().save_participant(key, participant))

    def delete(self, key: str) -> Commit:
        return self._held(key, super().delete(key))
