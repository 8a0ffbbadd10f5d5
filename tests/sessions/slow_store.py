"""A store whose disk is as slow as the test wants it to be."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from collabpad.storage.commit import Commit
from collabpad.storage.memory import MemoryStore
from collabpad.storage.records import ParticipantRow, SessionRow, StoredSession
from tests.sessions.threads import LONG


class SlowStore(MemoryStore):
    """Takes everything at once; what is in `held` is neither loaded nor said to be saved before
    `release`."""

    def __init__(self) -> None:
        super().__init__()
        self.held: set[str] = set()  # keys of sessions
        self.waiting = threading.Event()  # somebody waits for a load
        self.saving_slowly = threading.Event()  # somebody saves
        self.loads = 0
        self._released = threading.Event()
        self._commits: SimpleQueue[Commit] = SimpleQueue()

    def release(self, after: int = 0) -> None:
        """Let the disk be quick, once so many have saved something."""
        commits = [self._commits.get(timeout=LONG) for _ in range(after)]
        self.held.clear()
        self._released.set()
        while not self._commits.empty():
            commits.append(self._commits.get())
        for commit in commits:
            commit.resolve()

    def _held(self, key: str, commit: Commit) -> Commit:
        if key not in self.held:
            return commit
        slow = Commit()
        self._commits.put(slow)
        self.saving_slowly.set()
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
