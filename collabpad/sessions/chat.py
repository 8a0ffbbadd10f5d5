"""Sending chat messages."""

from __future__ import annotations

from ..protocol.answers import Done
from ..protocol.client_events import SendMessage
from ..protocol.enums import Action
from ..storage.commit import Commit
from .roster import Participant
from .session import Session


def send_message(session: Session, person: Participant, event: SendMessage) -> tuple[Done, Commit]:
    """Send a message to everybody, in the sender's own name whatever name the event claims."""
    person.require(Action.CHAT)
    commit = session.add_message(event.message, (person.id, person.name))
    return {}, commit
