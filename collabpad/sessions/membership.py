"""Leaving: losing the connection, leaving for good, being removed; and renaming."""

from __future__ import annotations

from ..protocol.answers import Done, RenameAnswer
from ..protocol.client_events import Rename
from ..protocol.enums import Action
from ..protocol.server_events import REMOVED, Removed
from . import absence, admission, awareness, roles, serializers
from .roster import Connection, Participant
from .session import Session


def detach(session: Session, connection: Connection) -> None:
    session.context.transport.leave_room(connection.sid, session.room)
    session.context.transport.leave_room(connection.sid, session.crdt_room)
    session.roster.disconnect(connection)
    awareness.hide_cursor(session, connection)
    awareness.emit_activity(session, connection.person)


def disconnected(session: Session, sid: str) -> None:
    """Handle a lost connection. The participant stays; losing the last connection starts grace
    times."""
    admission.cancel_join_request(session, sid)
    connection = session.roster.connection(sid)
    if connection is None:
        return
    detach(session, connection)
    session.touch()
    person = connection.person
    if person.online:
        return
    absence.start(session, person)
    session.roster_changed()


def remove(session: Session, person: Participant) -> None:
    """Remove a participant. Their resume token dies; the host's seat and the pen move on."""
    for connection in list(person.connections.values()):
        detach(session, connection)
    session.roster.remove(person)
    session.context.store.delete_participant(session.key, person.id)
    was_host = session.roles.host_id == person.id
    session.change_roles(roles.participant_removed(session.roster, person))
    session.roster_changed()
    if was_host and session.join_requests:
        serializers.emit_join_requests(session)


def leave(session: Session, connection: Connection, _event: object = None) -> Done:
    """Leave for good, with all tabs."""
    person = connection.person
    others = [sid for sid in person.sids if sid != connection.sid]
    remove(session, person)
    session.emit(REMOVED, Removed(reason="left"), to=others)
    session.system_message(f"{person.name} left", person)
    return {}


def rename(session: Session, person: Participant, event: Rename) -> RenameAnswer:
    person.require(Action.RENAME)
    name = session.roster.available_name(event.name, but=person)
    if name != person.name:
        session.system_message(f"{person.name} is now {name}", person)
        session.save_participant(person, name=name)
        session.roster_changed()
    return {"name": name}
