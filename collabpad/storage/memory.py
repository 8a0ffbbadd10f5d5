"""A store that forgets everything when its process ends."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from .base import (
    COMMITTED,
    Commit,
    MessageRow,
    ParticipantRow,
    Roles,
    SessionRow,
    StoredSession,
    UpdateRow,
)


@dataclass
class _Kept:
    session: SessionRow
    roles: Roles
    participants: dict[str, ParticipantRow] = field(default_factory=dict)
    messages: deque[MessageRow] = field(default_factory=deque)
    updates: list[UpdateRow] = field(default_factory=list)


class MemoryStore:
    """The `Store` of servers that keep nothing."""

    def __init__(self) -> None:
        self._sessions: dict[str, _Kept] = {}
        self._keys: dict[str, str] = {}  # every public ID, retired ones too, to its session's key

    def create(self, stored: StoredSession) -> Commit:
        self._sessions[stored.session.key] = _Kept(
            stored.session,
            stored.roles,
            {each.id: each for each in stored.participants},
            deque(stored.messages),
            list(stored.updates),
        )
        return self.save_session(stored.session)

    def find(self, public_id: str) -> SessionRow | None:
        key = self._keys.get(public_id)
        return None if key is None else self._sessions[key].session

    def load(self, key: str) -> StoredSession | None:
        kept = self._sessions.get(key)
        if kept is None:
            return None
        return StoredSession(
            session=kept.session,
            roles=kept.roles,
            participants=tuple(kept.participants.values()),
            messages=tuple(kept.messages),
            updates=tuple(kept.updates),
        )

    def sessions(self) -> list[SessionRow]:
        return [kept.session for kept in self._sessions.values()]

    def delete(self, key: str) -> Commit:
        if self._sessions.pop(key, None) is not None:
            self._keys = {public: owner for public, owner in self._keys.items() if owner != key}
        return COMMITTED

    def save_session(self, session: SessionRow) -> Commit:
        self._sessions[session.key].session = session
        for public_id in (session.session_id, session.view_id, *session.retired_ids):
            self._keys[public_id] = session.key
        return COMMITTED

    def swap_roles(self, key: str, old: Roles, new: Roles) -> bool:
        kept = self._sessions.get(key)
        if kept is None or kept.roles.version != old.version:
            return False
        kept.roles = new
        return True

    def save_participant(self, key: str, participant: ParticipantRow) -> Commit:
        self._sessions[key].participants[participant.id] = participant
        return COMMITTED

    def delete_participant(self, key: str, participant_id: str) -> Commit:
        self._sessions[key].participants.pop(participant_id, None)
        return COMMITTED

    def append_message(self, key: str, message: MessageRow, cap: int) -> Commit:
        messages = self._sessions[key].messages
        messages.append(message)
        while len(messages) > cap:
            messages.popleft()
        return COMMITTED

    def append_update(self, key: str, update: UpdateRow) -> Commit:
        self._sessions[key].updates.append(update)
        return COMMITTED

    def close(self) -> None:
        self._sessions.clear()
        self._keys.clear()
