"""The chat of one session: the last messages of people and of the system."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from ..protocol.fields import encode_time
from ..protocol.views import ChatMessage
from ..storage.records import MessageRow


class ChatLog:
    """Keeps the last `cap` messages; their IDs count up from 1."""

    def __init__(self, cap: int, messages: Iterable[MessageRow] = ()) -> None:
        self.cap = cap
        self._messages = deque(messages, maxlen=cap)
        self._last_id = self._messages[-1].id if self._messages else 0

    def add(
        self, *, author: tuple[str, str] | None, message: str, at: float, system: bool
    ) -> MessageRow:
        """Append a message; `author` is the ID and the name of the person whose line it is."""
        self._last_id += 1
        participant_id, name = author or (None, "")
        row = MessageRow(
            id=self._last_id,
            participant_id=participant_id,
            name=name,
            message=message,
            at=at,
            system=system,
        )
        self._messages.append(row)
        return row

    def history(self) -> list[ChatMessage]:
        return [message_view(row) for row in self._messages]


def message_view(row: MessageRow) -> ChatMessage:
    return {
        "id": row.id,
        "participant_id": row.participant_id,
        "name": row.name,
        "message": row.message,
        "timestamp": encode_time(row.at),
        "kind": "system" if row.system else "chat",
    }
