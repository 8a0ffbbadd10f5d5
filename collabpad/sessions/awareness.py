"""Carets, pointing, gathering and activity: where people are and what they look at."""

from __future__ import annotations

from ..errors import RateLimited
from ..protocol.answers import Done
from ..protocol.client_events import Point, Presence, SetActivity
from ..protocol.enums import Action, Activity
from ..protocol.server_events import (
    ACTIVITY,
    GATHERING,
    POINTED,
    PRESENCE,
    ActivityUpdate,
    Pointed,
    PresenceUpdate,
)
from ..protocol.views import Person
from .roster import Connection, Participant
from .session import Session

_GATHERING_PAUSE = 5.0  # seconds between two invitations in a session


def gather(session: Session, person: Participant, _event: object = None) -> Done:
    """Invite everybody else to where `person` is."""
    person.require(Action.GATHER)
    now = session.context.scheduler.monotonic()
    wait = session.gathered_at + _GATHERING_PAUSE - now
    if wait > 0 and session.context.settings.rate_limits:
        raise RateLimited("Everybody was invited a moment ago.", wait)
    session.gathered_at = now
    session.emit(
        GATHERING, Person(participant_id=person.id, name=person.name), to=session.room, skip=person
    )
    return {}


def point(session: Session, person: Participant, event: Point) -> Done:
    """Show everybody else a range of the text."""
    person.require(Action.POINT)
    news: Pointed = {"participant_id": person.id, "range": event.range}
    session.emit(POINTED, news, to=session.room, skip=person)
    return {}


def set_activity(session: Session, connection: Connection, event: SetActivity) -> Done:
    connection.activity = event.state
    emit_activity(session, connection.person)
    return {}


def emit_activity(session: Session, person: Participant) -> None:
    """People are as active as the most active of their tabs. Those who go count as active, because
    those who return do: the gap may be too short for a roster update.
    """
    now = {each.activity for each in person.connections.values()} or {Activity.ACTIVE}
    state = next(each for each in Activity if each in now)  # it lists the most active first
    if state is not person.activity:
        person.activity = state
        session.emit(ACTIVITY, activity_view(person), to=session.room, skip=person)


def activity_view(person: Participant) -> ActivityUpdate:
    return {"participant_id": person.id, "state": person.activity}


# --- carets ---------------------------------------------------------------------------------------


def presence(session: Session, connection: Connection, event: Presence) -> Done:
    connection.person.require(Action.SHOW_CURSOR)
    connection.cursor = event.cursor
    session.emit(PRESENCE, presence_view(connection), to=session.room, skip=connection)
    return {}


def presence_view(connection: Connection) -> PresenceUpdate:
    """The payload of `presence`; `tab` tells one person's tabs apart."""
    view: PresenceUpdate = {
        "participant_id": connection.person.id,
        "cursor": connection.cursor,
    }
    if connection.number is not None:
        view["tab"] = connection.number
    return view


def hide_cursor(session: Session, connection: Connection) -> None:
    """Remove a leaving connection's caret from everybody's page."""
    if connection.cursor is None:
        return
    connection.cursor = None
    session.emit(PRESENCE, presence_view(connection), to=session.room, skip=connection)
    # Clients without tabs show one caret a person: send them one that is left.
    left = [each for each in connection.person.connections.values() if each.cursor is not None]
    for each in left[-1:]:
        session.emit(PRESENCE, presence_view(each), to=session.room, skip=each)
