"""What the server says."""

from __future__ import annotations

from typing import TypedDict


class ParticipantView(TypedDict):
    id: str
    name: str
    color: str
    role: str
    can_write: bool
    can_take_over: bool
    online: bool
    joined_at: str
    wants_write: str | None
    holds_key: bool


class ParticipantsUpdate(TypedDict):
    participants: dict[str, ParticipantView]
    host_id: str | None
    writer_id: str | None
    writer_ids: list[str]


class ChatMessage(TypedDict):
    id: int
    participant_id: str | None
    name: str
    message: str
    timestamp: str
    kind: str
